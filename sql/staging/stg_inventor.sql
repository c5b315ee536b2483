-- Inventors of publications. One row = one publication x position.
-- A view: stg_organisation reads it, without the applicants.
select publication_number, name
from staging.stg_party
where role = 'inventor' and name is not null
