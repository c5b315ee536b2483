-- How well the convergences of the latest period that has new ones could have been predicted before it:
-- by a model learnt one period earlier, and by each of its features alone. All pairs that had not
-- met are candidates. Figures are of one period, and without an interval.
-- One row = one network x predictor. Key: topic, network, predictor.
-- Never null: learnt_period, tested_period, candidates, emerged.
select
    topic.topic, -- Topic of the release
    prediction.network, -- WORLD, or the country whose families (by share) make the network
    prediction.predictor, -- logistic, the model of all features, or the feature that ranks the pairs alone
    prediction.learnt_period, -- Last period that the prediction has seen
    prediction.tested_period, -- The period it is held against
    prediction.candidates, -- Pairs that had not met before the period tested
    prediction.emerged, -- Of these, how many met in two families or more in it
    prediction.emerged::double / nullif(prediction.candidates, 0)
        as base_rate, -- That share: the average precision of a guess
    prediction.average_precision, -- Area under the curve of precision and recall; null if none emerged
    prediction.area_under_roc -- Chance that one that emerged ranks above one that did not
from intermediate.int_link_prediction as prediction
cross join topic.topic
