-- Titles and abstracts of the families at hand. One row = one family x language: English, and the
-- language of the office of first filing.
with texts as (
    select
        family.family,
        family.industry,
        family.is_ai_title,
        unnest(case country.first_office
            when 'CN' then ['en', 'zh']
            when 'TW' then ['en', 'zh']
            when 'JP' then ['en', 'ja']
            when 'KR' then ['en', 'ko']
            else ['en']
        end) as language
    from family
    inner join country on family.country = country.position
    where family.family between getvariable('from_family') and getvariable('to_family')
),

chosen as (
    select
        texts.family,
        texts.language,
        one_of(case when texts.is_ai_title then form.ai_chip else form.plain end,
            u(100, texts.family)) as form,
        phrase.phrase[1 + floor(u(101, texts.family) * 5)::int] as a,
        phrase.phrase[
            1 + (
                floor(u(101, texts.family) * 5)::int + 1 + floor(u(102, texts.family) * 4)::int
            ) % 5
        ] as b
    from texts
    inner join industry on texts.industry = industry.position
    inner join phrase on industry.industry = phrase.industry and texts.language = phrase.language
    inner join form on texts.language = form.language
),

worded as (
    select
        *,
        replace(replace(replace(form, '{a}', a), '{b}', b), '{A}', upper(a[1]) || a[2:]) as title
    from chosen
)

select
    family,
    language,
    title,
    case language
        when 'zh' then '本发明公开了' || title || '。所述装置包括第一单元和第二单元，第一单元连接'
            || b || '，第二单元输出结果。'
        when 'ja' then '【課題】' || title || 'を提供する。【解決手段】第一部と第二部とを備え、第一部は'
            || b || 'に接続され、第二部は結果を出力する。'
        when 'ko' then title || '가 개시된다. 제1부와 제2부를 포함하고, 제1부는 '
            || b || '에 연결되며, 제2부는 결과를 출력한다.'
        else title || ' is disclosed. A first unit is coupled to ' || b
            || ', and a second unit gives the result in response to a signal "S' || family % 100
            || '" of the first unit.'
    end as abstract
from worded
