-- Applicants of publications. One row = one publication x position.
-- A view: stg_organisation reads it, without the inventors, who are most of the parties.
select publication_number, name, country, sector
from staging.stg_party
where role = 'applicant' and name is not null
