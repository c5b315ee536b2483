-- Documents with a class that a rule of the topic asks for. One row = one rule x publication.
select distinct symbol.rule_id, classification.publication_number
from staging.stg_classification as classification
inner join intermediate.int_topic_symbol as symbol
    on
        classification.scheme = symbol.scheme
        and classification.symbol = symbol.symbol
        and (not symbol.is_first_only or classification.position = 1)
