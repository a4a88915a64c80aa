-- What is counted: the whole run, one queue or one stream, from the warm-up on.
--
-- Variables: warm_up_ms and horizon_ms [ms]; of_queue and of_stream, names or null.

CREATE OR REPLACE MACRO inside_ms(start_ms, end_ms) AS greatest(
    0,
    least(end_ms, getvariable('horizon_ms')) - greatest(start_ms, getvariable('warm_up_ms'))
);

CREATE OR REPLACE MACRO here(queue, stream) AS (
    (getvariable('of_queue') IS NULL OR queue IS NOT DISTINCT FROM getvariable('of_queue'))
    AND (getvariable('of_stream') IS NULL OR stream IS NOT DISTINCT FROM getvariable('of_stream'))
);

CREATE OR REPLACE TABLE counted AS
SELECT * FROM task WHERE created_ms >= getvariable('warm_up_ms') AND here(queue, stream);

CREATE OR REPLACE TABLE asked AS
SELECT offer.*
FROM offer JOIN task USING (task)
WHERE task.created_ms >= getvariable('warm_up_ms') AND here(offer.queue, task.stream);

CREATE OR REPLACE TABLE waiting AS
SELECT
    span.status,
    greatest(span.start_ms, getvariable('warm_up_ms')) AS start_ms,
    least(span.end_ms, getvariable('horizon_ms')) AS end_ms
FROM task_span AS span JOIN task USING (task)
WHERE span.status IN ('pending', 'reserved')
    AND here(span.queue, task.stream)
    AND inside_ms(span.start_ms, span.end_ms) > 0;
