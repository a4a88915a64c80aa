-- Every figure of tasks and offers as a fraction `part / whole`, from its definition.
--
-- Variables: those of sample.sql; threshold_ms, the longest wait that is in time [ms].
-- A whole of 0 or null: there is nothing of which the figure could be said.

WITH
said AS (
    SELECT
        count(*) AS offered,
        count(assigned_ms) AS assigned,
        count(completed_ms) AS completed,
        count(canceled_ms) AS canceled,
        count(removed_ms) AS removed,
        count(*) FILTER (reason = 'hangup') AS hangup,
        count(wait_ms) AS waits,
        sum(wait_ms) AS wait_ms,
        max(wait_ms) AS longest_ms,
        sum(wait_ms) FILTER (assigned_ms IS NOT NULL) AS answer_ms,
        max(getvariable('horizon_ms') - created_ms) FILTER (open_status IN ('pending', 'reserved'))
            AS oldest_ms,
        count(first_offer_ms) AS asked,
        sum(first_offer_ms - created_ms) AS first_offer_ms,
        count(*) FILTER (assigned_ms IS NOT NULL AND coalesce(wrapping_ms, completed_ms) IS NOT NULL)
            AS talks,
        sum(coalesce(wrapping_ms, completed_ms) - assigned_ms) AS talk_ms,
        count(*) FILTER (wrapping_ms IS NOT NULL AND completed_ms IS NOT NULL) AS wrap_ups,
        sum(completed_ms - wrapping_ms) AS wrap_up_ms,
        sum(completed_ms - assigned_ms) AS handle_ms,
        count(*) FILTER (assigned_ms IS NOT NULL AND wait_ms <= getvariable('threshold_ms')) AS g,
        count(*) FILTER (reason = 'hangup' AND wait_ms <= getvariable('threshold_ms')) AS l,
        count(*) FILTER (
            wait_ms IS NOT NULL
            OR getvariable('horizon_ms') - created_ms > getvariable('threshold_ms')
        ) AS a
    FROM counted
),
offers AS (
    SELECT
        count(*) AS made,
        count(ended_ms) AS ended,
        count(*) FILTER (ending = 'reservation.accepted') AS accepted,
        count(*) FILTER (ending = 'reservation.rejected') AS rejected,
        count(*) FILTER (ending = 'reservation.timeout') AS timed_out,
        count(*) FILTER (ending = 'reservation.canceled') AS canceled,
        count(*) FILTER (ending = 'reservation.rescinded') AS rescinded,
        count(on_hold_ms) AS setups,
        count(rang_until_ms) AS rang,
        sum(rang_until_ms - created_ms) AS ringing_ms,
        sum(rang_until_ms - created_ms) FILTER (ending = 'reservation.accepted') AS answer_ms,
        count(*) FILTER (on_hold_ms IS NOT NULL AND ended_ms IS NOT NULL) AS set_up,
        sum(ended_ms - on_hold_ms) AS setup_ms
    FROM asked
),
-- Everybody at or below a wait, those who waited as long included.
up_to AS (
    SELECT wait_ms, count(*) OVER (ORDER BY wait_ms RANGE UNBOUNDED PRECEDING) AS n
    FROM counted
    WHERE wait_ms IS NOT NULL
),
step AS (
    SELECT at_ms, sum(change) AS change
    FROM (
        SELECT start_ms AS at_ms, 1 AS change FROM waiting
        UNION ALL
        SELECT end_ms, -1 FROM waiting
    )
    GROUP BY at_ms
),
depth AS (SELECT sum(change) OVER (ORDER BY at_ms) AS n FROM step),
parts AS (
    SELECT
        sum(wait_ms) AS wait_ms,
        sum(ringing_ms) AS ringing_ms,
        sum(setup_ms) AS setup_ms,
        sum(lost_offers_ms) AS lost_offers_ms,
        sum(pending_ms) AS pending_ms
    FROM wait_part SEMI JOIN counted USING (task)
),
again AS (
    SELECT count(DISTINCT task) AS tasks
    FROM (SELECT task FROM asked GROUP BY task, worker HAVING count(*) > 1)
),
span AS (SELECT getvariable('horizon_ms') - getvariable('warm_up_ms') AS ms),
figure (name, part, whole) AS (
    SELECT 'offered', offered, 1 FROM said
    UNION ALL SELECT 'refused', count(*), 1 FROM row
        WHERE event = 'task.refused' AND at_ms >= getvariable('warm_up_ms')
            AND getvariable('of_queue') IS NULL AND here(NULL, stream)
    UNION ALL SELECT 'assigned', assigned, 1 FROM said
    UNION ALL SELECT 'completed', completed, 1 FROM said
    UNION ALL SELECT 'canceled', canceled, 1 FROM said
    UNION ALL SELECT 'canceled_' || cause, (SELECT count(*) FROM counted WHERE reason = cause), 1
        FROM unnest(['hangup', 'operator', 'ttl', 'workflow_timeout', 'workflow_skipped',
                     'no_matching_filter', 'assignment_limit', 'ttl_or_assignment_limit',
                     'routing_target']) AS _(cause)
    UNION ALL SELECT 'silently_canceled', (
            SELECT count(*) FROM counted WHERE reason IN ('workflow_timeout', 'workflow_skipped')
        ), offered FROM said
    UNION ALL SELECT 'removed', removed, 1 FROM said
    UNION ALL SELECT 'open', offered - completed - canceled - removed, 1 FROM said
    UNION ALL SELECT 'open_' || open, (SELECT count(*) FROM counted WHERE open_status = open), 1
        FROM unnest(['pending', 'reserved', 'assigned', 'wrapping']) AS _(open)
    UNION ALL SELECT 'mean_talk_time', talk_ms, 1000 * talks FROM said
    UNION ALL SELECT 'mean_wrap_up_time', wrap_up_ms, 1000 * wrap_ups FROM said
    UNION ALL SELECT 'mean_handle_time', handle_ms, 1000 * completed FROM said
    UNION ALL SELECT 'mean_wait', wait_ms, 1000 * waits FROM said
    UNION ALL SELECT 'asa', answer_ms, 1000 * assigned FROM said
    UNION ALL SELECT 'wait_p' || share, (
            SELECT min(wait_ms) FROM up_to WHERE 100 * n >= share * (SELECT waits FROM said)
        ), 1000 * least(1, (SELECT waits FROM said))
        FROM unnest([50, 80, 90, 95, 99]) AS _(share)
    UNION ALL SELECT 'max_wait', longest_ms, 1000 * least(1, waits) FROM said
    UNION ALL SELECT 'longest_open_wait', oldest_ms, CASE WHEN oldest_ms IS NULL THEN 0 ELSE 1000 END
        FROM said
    UNION ALL SELECT 'wait_to_first_offer', first_offer_ms, 1000 * asked FROM said
    UNION ALL SELECT 'wait_per_task', parts.wait_ms, 1000 * offered FROM parts, said
    UNION ALL SELECT 'wait_ringing', ringing_ms, 1000 * offered FROM parts, said
    UNION ALL SELECT 'wait_set_up', setup_ms, 1000 * offered FROM parts, said
    UNION ALL SELECT 'wait_lost_offers', lost_offers_ms, 1000 * offered FROM parts, said
    -- Not a figure of its own: the rows do not say who was free while a task was pending.
    UNION ALL SELECT 'wait_pending', pending_ms, 1000 * offered FROM parts, said
    UNION ALL SELECT 'wait_ringing_share', ringing_ms, wait_ms FROM parts
    UNION ALL SELECT 'wait_set_up_share', setup_ms, wait_ms FROM parts
    UNION ALL SELECT 'wait_lost_offers_share', lost_offers_ms, wait_ms FROM parts
    UNION ALL SELECT 'wait_pending_share', pending_ms, wait_ms FROM parts
    UNION ALL SELECT 'service_level_offered', g, a FROM said
    UNION ALL SELECT 'service_level_answered', g, assigned FROM said
    UNION ALL SELECT 'service_level_excluding_short', g, a - l FROM said
    UNION ALL SELECT 'service_level_including_short', g + l, a FROM said
    UNION ALL SELECT 'abandonment', hangup, offered FROM said
    UNION ALL SELECT 'mean_queue_length', (SELECT sum(end_ms - start_ms) FROM waiting), ms FROM span
    UNION ALL SELECT 'mean_pending',
        (SELECT sum(end_ms - start_ms) FROM waiting WHERE status = 'pending'), ms FROM span
    UNION ALL SELECT 'max_queue_length', coalesce((SELECT max(n) FROM depth), 0), 1
    UNION ALL SELECT 'reservations_created', made, 1 FROM offers
    UNION ALL SELECT 'reservations_accepted', accepted, 1 FROM offers
    UNION ALL SELECT 'reservations_rejected', rejected, 1 FROM offers
    UNION ALL SELECT 'reservations_timed_out', timed_out, 1 FROM offers
    UNION ALL SELECT 'reservations_canceled', canceled, 1 FROM offers
    UNION ALL SELECT 'reservations_rescinded', rescinded, 1 FROM offers
    UNION ALL SELECT 'reservations_open', made - ended, 1 FROM offers
    UNION ALL SELECT 'setups', setups, 1 FROM offers
    UNION ALL SELECT 'offers_per_task', made, offered FROM said, offers
    UNION ALL SELECT 'accept_share', accepted, ended FROM offers
    UNION ALL SELECT 'reject_share', rejected, ended FROM offers
    UNION ALL SELECT 'timeout_share', timed_out, ended FROM offers
    UNION ALL SELECT 'reoffered_same_worker', tasks, 1 FROM again
    UNION ALL SELECT 'reoffered_same_worker_share', tasks, offered FROM again, said
    UNION ALL SELECT 'mean_answer_time', answer_ms, 1000 * accepted FROM offers
    UNION ALL SELECT 'mean_ringing_time', ringing_ms, 1000 * rang FROM offers
    UNION ALL SELECT 'mean_setup_time', setup_ms, 1000 * set_up FROM offers
)
SELECT name, coalesce(part, 0)::BIGINT, coalesce(whole, 0)::BIGINT FROM figure;
