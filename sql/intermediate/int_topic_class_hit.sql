-- Documents with a class that a rule of the topic asks for. One row = one rule x publication.
select distinct s.rule_id, c.publication_number
from staging.stg_classification as c
inner join intermediate.int_topic_symbol as s
    on
        c.scheme = s.scheme
        and c.symbol = s.symbol
        and (not s.is_first_only or c.position = 1)
