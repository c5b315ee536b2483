-- How much of the citations of a window had come by an age, F(a) of Hall, Jaffe and Trajtenberg
-- (2001), over the topic's families whose window is closed. One row = one window x age, both in
-- whole years. Empty unless the topic wants open windows deflated by it.
with windows as (
    select
        w.window_years,
        a.age
    from (values (3), (5), (7)) as w (window_years)
    inner join (values (2), (3), (4), (5), (6)) as a (age) on w.window_years > a.age
    inner join topic.topic as t on t.truncation = 'deflate'
),

summed as (
    select
        w.window_years,
        w.age,
        sum(
            case w.age
                when 2 then f.fc_2 when 3 then f.fc_3 when 4 then f.fc_4 when 5 then f.fc_5
                when 6 then f.fc_6
            end
        ) as seen,
        sum(case w.window_years when 3 then f.fc_3 when 5 then f.fc_5 when 7 then f.fc_7 end)
            as complete
    from windows as w
    inner join intermediate.int_forward as f on w.window_years <= f.years_seen
    group by w.window_years, w.age
)

select
    window_years,
    age,
    seen::double / complete as share
from summed
where seen > 0
