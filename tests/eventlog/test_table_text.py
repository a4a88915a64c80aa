"""The log as a table for people."""

from __future__ import annotations

import csv
import dataclasses
import io
from datetime import datetime

from tests.analysis.diary import EMPTY, NAMES, Diary, busy_hour
from trsim.core.events import EventType, Row
from trsim.eventlog.table_text import COLUMNS, csv_text
from trsim.report.wording import Clock, printable

CLOCK = Clock(datetime(2026, 3, 2, 9))


def lines(diary: Diary) -> list[str]:
    return "".join(csv_text(diary.log.rows(), NAMES, CLOCK.stamp)).splitlines()


def test_a_small_log_as_it_is_written() -> None:
    diary = Diary()
    task = diary.create(1_500, queue=1, stream=1)
    diary.offer(2_000, task)
    diary.cancel(3_000, task)
    diary.write(4_000, EventType.WORKFLOW_UPDATED, workflow=0, value=1, until_ms=20_500)
    assert lines(diary) == [
        "row,time,event,task,reservation,worker,queue,workflow,target,channel,activity,task_status,"
        "reservation_status,priority,reason,attributes,stream,number,until,reservation_timeout_s,"
        "offset_s,value",
        "0,2026-03-02T09:00:00.000,worker.created,,,Ann,,,,,Available,,,,,,,,,,,",
        "1,2026-03-02T09:00:00.000,worker.created,,,Bob,,,,,Offline,,,,,,,,,,,",
        "2,2026-03-02T09:00:01.500,task.created,0,,,,front_door,,voice,,pending,,0,,{},mails,0,"
        "2026-03-03T09:00:01.500,,,",
        "3,2026-03-02T09:00:01.500,workflow.entered,0,,,sales,front_door,sales,voice,,pending,,0,"
        ",,,,,,,",
        "4,2026-03-02T09:00:01.500,workflow.target-matched,0,,,sales,front_door,sales,voice,,"
        "pending,,0,,,,,,,,",
        "5,2026-03-02T09:00:01.500,task-queue.entered,0,,,sales,front_door,sales,voice,,pending,,"
        "0,,,,,,,,",
        "6,2026-03-02T09:00:02.000,reservation.created,0,0,Ann,sales,front_door,sales,voice,,"
        "reserved,pending,0,,,,,2026-03-02T09:00:22.000,,,",
        "7,2026-03-02T09:00:03.000,task.canceled,0,,,sales,front_door,sales,voice,,canceled,,0,"
        "hangup,,,,,,,",
        "8,2026-03-02T09:00:03.000,reservation.canceled,0,0,Ann,sales,front_door,sales,voice,,"
        "canceled,canceled,0,,,,,,,,",
        "9,2026-03-02T09:00:04.000,workflow.updated,,,,,front_door,,,,,,,,,,,,20.5,,1",
    ]


def test_every_row_has_every_cell() -> None:
    table = list(csv.reader(lines(busy_hour())))
    assert len(table) == 1 + len(busy_hour().log)
    assert {len(row) for row in table} == {len(COLUMNS)}
    assert "task.refused" in [row[2] for row in table]


def test_names_are_quoted_and_nothing_steers_a_terminal() -> None:
    names = dataclasses.replace(NAMES, workers=('Ann, "the\nfirst"', "B\x1b[2Job"))
    rows = [
        Row._make(EMPTY._replace(at_ms=3_600_250, event=24, worker=n, offset_ms=1_250))
        for n in range(2)
    ]
    text = "".join(csv_text(rows, names, Clock(None).stamp, printable))
    assert "\x1b" not in text
    table = list(csv.DictReader(io.StringIO(text)))
    assert [row["worker"] for row in table] == ['Ann, "the\\nfirst"', "B\\x1b[2Job"]
    assert table[0]["time"] == "+01:00:00.250"
    assert table[0]["offset_s"] == "1.250"
    faithful = "".join(csv_text(rows, names, Clock(None).stamp))
    assert next(csv.DictReader(io.StringIO(faithful)))["worker"] == 'Ann, "the\nfirst"'


def test_long_tables_come_in_pieces() -> None:
    rows = [EMPTY._replace(at_ms=n, event=24, worker=0) for n in range(2_500)]
    pieces = list(csv_text(rows, NAMES, Clock(None).stamp))
    assert len(pieces) == 4
    assert max(map(len, pieces)) < 100_000
    assert "".join(pieces).count("\n") == 2_501
