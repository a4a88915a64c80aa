-- The time of each worker from the warm-up to the horizon, in pieces in which nothing changes.
--
-- Each instant at which something changes for a worker ends one piece of its time and begins the
-- next; what is on its desk in a piece says what kind of time that is.

CREATE OR REPLACE TABLE kind AS
WITH
thing (worker, kind, start_ms, end_ms) AS (
    SELECT worker, state, start_ms, end_ms FROM offer_span WHERE state <> 'over'
    UNION ALL
    SELECT worker, 'available', start_ms, end_ms FROM activity_span WHERE available
    UNION ALL
    SELECT worker, 'there', start_ms, end_ms FROM activity_span
),
change (worker, at_ms, kind, n) AS (
    SELECT worker, greatest(start_ms, getvariable('warm_up_ms')), kind, 1
    FROM thing WHERE inside_ms(start_ms, end_ms) > 0
    UNION ALL
    SELECT worker, least(end_ms, getvariable('horizon_ms')), kind, -1
    FROM thing WHERE inside_ms(start_ms, end_ms) > 0
),
instant AS (
    SELECT
        worker,
        at_ms,
        sum(n) FILTER (kind = 'in hand') AS in_hand,
        sum(n) FILTER (kind = 'on hold') AS on_hold,
        sum(n) FILTER (kind = 'ringing') AS ringing,
        sum(n) FILTER (kind = 'available') AS available,
        sum(n) FILTER (kind = 'there') AS there
    FROM change
    GROUP BY worker, at_ms
),
piece AS (
    SELECT
        worker,
        lead(at_ms) OVER life - at_ms AS ms,
        coalesce(sum(in_hand) OVER life, 0) AS in_hand,
        coalesce(sum(on_hold) OVER life, 0) AS on_hold,
        coalesce(sum(ringing) OVER life, 0) AS ringing,
        coalesce(sum(available) OVER life, 0) AS available,
        sum(there) OVER life AS there
    FROM instant
    WINDOW life AS (PARTITION BY worker ORDER BY at_ms)
)
SELECT
    worker,
    ms,
    in_hand,
    available,
    CASE
        WHEN in_hand > 0 THEN 'busy'
        WHEN on_hold > 0 THEN 'setup'
        WHEN ringing > 0 THEN 'ringing'
        WHEN available > 0 THEN 'idle'
        ELSE 'away'
    END AS kind
FROM piece
WHERE there > 0;
