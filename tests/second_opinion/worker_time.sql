-- What workers did from the warm-up to the horizon, as fractions, from the definitions.

WITH
total AS (
    SELECT
        coalesce(sum(ms) FILTER (kind = 'busy'), 0) AS busy,
        coalesce(sum(ms) FILTER (kind = 'setup'), 0) AS setup,
        coalesce(sum(ms) FILTER (kind = 'ringing'), 0) AS ringing,
        coalesce(sum(ms) FILTER (kind = 'idle'), 0) AS idle,
        coalesce(sum(ms) FILTER (kind = 'away'), 0) AS away,
        coalesce(sum(ms) FILTER (available > 0 AND in_hand = 0), 0) AS unladen,
        coalesce(sum(in_hand * ms), 0) AS load
    FROM kind
),
-- Between whom work is shared, and what each has of it.
sharer AS (
    SELECT
        worker,
        sum(ms) FILTER (kind = 'busy') AS load,
        (SELECT count(*) FROM asked WHERE asked.worker = kind.worker) AS offers
    FROM kind
    GROUP BY worker
    HAVING sum(ms) FILTER (in_hand > 0 OR available > 0) > 0
),
-- Over all pairs of two workers, a worker and itself among them.
gap AS (
    SELECT
        sum(abs(coalesce(one.load, 0) - coalesce(other.load, 0))) AS load,
        sum(abs(one.offers - other.offers)) AS offers
    FROM sharer AS one CROSS JOIN sharer AS other
),
shared AS (SELECT count(*) AS n, sum(load) AS load, sum(offers) AS offers FROM sharer),
absence AS (
    SELECT cause, inside_ms(start_ms, end_ms) AS ms FROM activity_span WHERE NOT available
),
lost AS (
    SELECT sum(inside_ms(span.start_ms, span.end_ms)) AS ms
    FROM offer_span AS span JOIN offer USING (reservation)
    WHERE span.state = 'ringing' AND offer.ending IS NOT NULL
        AND offer.ending <> 'reservation.accepted'
),
figure (name, part, whole) AS (
    SELECT 'occupancy', busy, busy + unladen FROM total
    UNION ALL SELECT 'ringing_share', ringing, busy + setup + ringing + idle FROM total
    UNION ALL SELECT 'concurrency', load, busy FROM total
    UNION ALL SELECT 'busy_time', busy, 1000 FROM total
    UNION ALL SELECT 'setup_time', setup, 1000 FROM total
    UNION ALL SELECT 'ringing_time', ringing, 1000 FROM total
    UNION ALL SELECT 'idle_time', idle, 1000 FROM total
    UNION ALL SELECT 'away_time', away, 1000 FROM total
    UNION ALL SELECT 'gini_load', gap.load, 2 * n * shared.load FROM gap, shared
    UNION ALL SELECT 'gini_offers', gap.offers, 2 * n * shared.offers FROM gap, shared
    UNION ALL SELECT 'lost_ringing_time', ms, 1000 FROM lost
    UNION ALL SELECT 'absent_after_timeout',
        (SELECT sum(ms) FROM absence WHERE cause = 'reservation.timeout'), 1000
    UNION ALL SELECT 'absent_after_reject',
        (SELECT sum(ms) FROM absence WHERE cause = 'reservation.rejected'), 1000
)
SELECT name, coalesce(part, 0)::BIGINT, coalesce(whole, 0)::BIGINT FROM figure;
