-- What befell each task, offer and worker, from the rows of events.parquet and nothing else.
--
-- Variables: horizon_ms, the end of the run [ms].  Table `row` holds the file, with `place` the
-- number of the row, and `activity` whether workers in an activity are available.

CREATE TABLE task AS
SELECT
    task,
    min(at_ms) FILTER (event = 'task.created') AS created_ms,
    any_value(stream) FILTER (event = 'task.created') AS stream,
    arg_max(queue, place) FILTER (event = 'task-queue.entered') AS queue,
    min(at_ms) FILTER (event = 'reservation.created') AS first_offer_ms,
    min(at_ms) FILTER (event = 'reservation.accepted') AS assigned_ms,
    min(at_ms) FILTER (event = 'task.wrapup') AS wrapping_ms,
    min(at_ms) FILTER (event = 'task.completed') AS completed_ms,
    min(at_ms) FILTER (event = 'task.canceled') AS canceled_ms,
    any_value(reason) FILTER (event = 'task.canceled') AS reason,
    CASE WHEN count(*) FILTER (event IN ('task.completed', 'task.canceled')) = 0
        THEN min(at_ms) FILTER (event IN ('task.deleted', 'task.system-deleted'))
    END AS removed_ms,
    coalesce(assigned_ms, canceled_ms, removed_ms) AS wait_ended_ms,
    wait_ended_ms - created_ms AS wait_ms,
    -- arg_max passes over rows without a status, which say that the task is removed.
    CASE WHEN coalesce(completed_ms, canceled_ms, removed_ms) IS NULL
        THEN arg_max(task_status, place)
    END AS open_status
FROM row
WHERE task >= 0
GROUP BY task;

CREATE TABLE offer AS
SELECT
    reservation,
    any_value(task) AS task,
    any_value(worker) AS worker,
    any_value(queue) FILTER (event = 'reservation.created') AS queue,
    min(at_ms) FILTER (event = 'reservation.created') AS created_ms,
    min(at_ms) FILTER (event = 'reservation.on-hold') AS on_hold_ms,
    arg_min(at_ms, place) FILTER (event IN ending) AS ended_ms,
    arg_min(event, place) FILTER (event IN ending) AS ending,
    coalesce(on_hold_ms, ended_ms) AS rang_until_ms
FROM row,
    (SELECT ['reservation.accepted', 'reservation.rejected', 'reservation.timeout',
             'reservation.canceled', 'reservation.rescinded'] AS ending)
WHERE reservation >= 0
GROUP BY reservation;

-- A task is in a status, and in the queue it entered last, from one of its rows to the next.
CREATE TABLE task_span AS
SELECT
    task,
    task_status AS status,
    last_value(CASE WHEN event = 'task-queue.entered' THEN queue END IGNORE NULLS) OVER so_far AS queue,
    at_ms AS start_ms,
    coalesce(lead(at_ms) OVER life, getvariable('horizon_ms')) AS end_ms
FROM row
WHERE task >= 0
WINDOW
    life AS (PARTITION BY task ORDER BY place),
    so_far AS (PARTITION BY task ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW);

-- What a reservation asks of its worker, from one of its rows to the next.
CREATE TABLE offer_span AS
SELECT
    reservation,
    worker,
    CASE
        WHEN reservation_status IN ('accepted', 'wrapping') THEN 'in hand'
        WHEN event = 'reservation.on-hold' THEN 'on hold'
        WHEN reservation_status = 'pending' THEN 'ringing'
        ELSE 'over'
    END AS state,
    at_ms AS start_ms,
    coalesce(
        lead(at_ms) OVER (PARTITION BY reservation ORDER BY place), getvariable('horizon_ms')
    ) AS end_ms
FROM row
WHERE reservation >= 0 AND reservation_status IS NOT NULL;

-- A worker is in an activity from the row that says so to the next such row.
CREATE TABLE activity_span AS
SELECT
    row.worker,
    available,
    CASE WHEN row.event = 'worker.activity.update' AND cause.worker = row.worker
        AND cause.at_ms = row.at_ms THEN cause.event
    END AS cause,
    row.at_ms AS start_ms,
    coalesce(
        lead(row.at_ms) OVER (PARTITION BY row.worker ORDER BY row.place), getvariable('horizon_ms')
    ) AS end_ms
FROM row
JOIN activity ON activity.name = row.activity
-- What an offer's end does to its worker's activity is written right after it.
LEFT JOIN (SELECT place, at_ms, worker, event FROM row) AS cause ON cause.place = row.place - 1
WHERE row.event IN ('worker.created', 'worker.activity.update');

-- How long each task waited, up to the horizon at most, and in which way.
CREATE TABLE wait_part AS
WITH
state AS (
    SELECT
        task,
        coalesce(sum(end_ms - start_ms) FILTER (status = 'pending'), 0) AS pending_ms,
        coalesce(sum(end_ms - start_ms) FILTER (status = 'reserved'), 0) AS reserved_ms
    FROM task_span
    GROUP BY task
),
taken AS (
    SELECT task, rang_until_ms - created_ms AS ringing_ms, ended_ms - rang_until_ms AS setup_ms
    FROM offer
    WHERE ending = 'reservation.accepted'
)
SELECT
    task.task,
    coalesce(wait_ended_ms, getvariable('horizon_ms')) - created_ms AS wait_ms,
    coalesce(taken.ringing_ms, 0) AS ringing_ms,
    coalesce(taken.setup_ms, 0) AS setup_ms,
    reserved_ms - coalesce(taken.ringing_ms, 0) - coalesce(taken.setup_ms, 0) AS lost_offers_ms,
    pending_ms
FROM task JOIN state USING (task) LEFT JOIN taken USING (task);
