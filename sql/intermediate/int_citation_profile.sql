-- How much of the citations of a window had come by an age, F(a) of Hall, Jaffe and Trajtenberg
-- (2001), over the topic's families whose window is closed. One row = one window x age, both in
-- whole years. Empty unless the topic wants open windows deflated by it.
with windows as (
    select
        period.window_years,
        elapsed.age
    from (values (3), (5), (7)) as period (window_years)
    inner join (values (2), (3), (4), (5), (6)) as elapsed (age) on period.window_years > elapsed.age
    inner join topic.topic on topic.truncation = 'deflate'
),

summed as (
    select
        windows.window_years,
        windows.age,
        sum(
            case windows.age
                when 2 then forward.fc_2 when 3 then forward.fc_3 when 4 then forward.fc_4 when
                    5
                    then forward.fc_5
                when 6 then forward.fc_6
            end
        ) as seen,
        sum(
            case windows.window_years
                when 3 then forward.fc_3 when 5 then forward.fc_5 when 7 then forward.fc_7
            end
        )
            as complete
    from windows
    inner join intermediate.int_forward as forward on windows.window_years <= forward.years_seen
    group by windows.window_years, windows.age
)

select
    window_years,
    age,
    seen::double / complete as share
from summed
where seen > 0
