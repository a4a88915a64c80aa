-- The wait of each task and those of its parts that the rows tell by themselves [ms].
--
-- Which targets had somebody free is not in the rows, so the pending time is one sum here.

SELECT task, wait_ms, ringing_ms, setup_ms, lost_offers_ms, pending_ms
FROM wait_part
ORDER BY task;
