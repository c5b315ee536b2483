-- One row = one application.
with firsts as (
    select
        family,
        min(coalesce(published, granted)) as first_published,
        count(*) as members,
        max(case when is_first then application_id end) as first_application
    from member
    group by all
),

inventors as (
    select
        family,
        count(*) as inventors
    from inventor
    group by all
),

applicants as (
    select
        family,
        count(*) as applicants
    from party
    group by all
)

select
    member.application_id::int as appln_id,
    member.office as appln_auth,
    member.application_number as appln_nr,
    case
        when member.office = 'WO' then 'W'
        when member.type = 'design' then 'F'
        when member.type = 'utility model' then 'U'
        else 'A'
    end as appln_kind,
    member.filing as appln_filing_date,
    year(member.filing)::int as appln_filing_year,
    member.office || member.application_number as appln_nr_epodoc,
    '' as appln_nr_original,
    case member.type when 'invention' then 'PI' when 'design' then 'DP' else 'UM' end as ipr_type,
    case when member.office = 'WO' then member.first_office else '' end as receiving_office,
    0 as internat_appln_id,
    case when member.office = 'WO' then 'Y' else 'N' end as int_phase,
    case when member.office = 'EP' then 'Y' else 'N' end as reg_phase,
    case when member.office in ('EP', 'WO') then 'N' else 'Y' end as nat_phase,
    member.priority as earliest_filing_date,
    year(member.priority)::int as earliest_filing_year,
    coalesce(firsts.first_application, member.application_id)::int as earliest_filing_id,
    firsts.first_published as earliest_publn_date,
    year(firsts.first_published)::int as earliest_publn_year,
    publication_id(member.family, member.office_number, member.published is null)::int
        as earliest_pat_publn_id,
    case when member.granted is null then 'N' else 'Y' end as granted,
    (20000000 + member.family)::int as docdb_family_id,
    (20000000 + member.family)::int as inpadoc_family_id,
    firsts.members::int as docdb_family_size,
    coalesce(cited.citing, 0)::int as nb_citing_docdb_fam,
    applicants.applicants::int as nb_applicants,
    inventors.inventors::int as nb_inventors
from member
inner join firsts using (family)
inner join inventors using (family)
inner join applicants using (family)
left join cited using (family)
order by member.family, member.office_number
