-- What staff costs and what tasks bring, from the definitions.
--
-- Tables: wage (worker, per_hour), shift (worker, start_ms, end_ms) and price (stream, value, lost)
-- as the scenario says them; `counted`, `offer_span` and `activity_span` from the log.

WITH
-- On duty is who has a shift, who has work in hand, and, without shifts, everybody.
duty (worker, start_ms, end_ms) AS (
    SELECT worker, start_ms, end_ms FROM shift
    UNION ALL
    SELECT worker, start_ms, end_ms FROM offer_span WHERE state = 'in hand'
    UNION ALL
    SELECT worker, start_ms, end_ms FROM activity_span ANTI JOIN shift USING (worker)
),
-- Spans in the order of their beginnings: each adds what none before it has covered.
covered AS (
    SELECT
        worker,
        greatest(0, least(end_ms, getvariable('horizon_ms')) - greatest(
            start_ms,
            getvariable('warm_up_ms'),
            coalesce(max(least(end_ms, getvariable('horizon_ms'))) OVER earlier, 0)
        )) AS ms
    FROM duty
    WINDOW earlier AS (
        PARTITION BY worker ORDER BY start_ms, end_ms
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
),
staff AS (SELECT sum(per_hour * ms / 3600000) AS cost FROM covered JOIN wage USING (worker))
SELECT 'cost_of_staff', cost::DOUBLE FROM staff
UNION ALL SELECT 'value_of_answered', (
    SELECT sum(value) FROM counted JOIN price USING (stream) WHERE assigned_ms IS NOT NULL
)::DOUBLE
UNION ALL SELECT 'cost_of_abandoned', (
    SELECT sum(lost) FROM counted JOIN price USING (stream) WHERE reason = 'hangup'
)::DOUBLE
UNION ALL SELECT 'cost_per_assigned', cost / (SELECT count(assigned_ms) FROM counted) FROM staff;
