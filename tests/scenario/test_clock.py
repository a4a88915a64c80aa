from __future__ import annotations

import datetime as dt

import pytest

from trsim.scenario.clock import Calendar, Moment, Offset, TimeOfDay, instant, zone

HOUR = 3_600_000


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def time_of_day(text: str) -> TimeOfDay:
    found = instant(text)
    assert isinstance(found, TimeOfDay)
    return found


@pytest.mark.parametrize(
    ("text", "kind", "again"),
    [
        ("0s", Offset, "0s"),
        ("90s", Offset, "1m30s"),
        ("08:00", TimeOfDay, "08:00"),
        ("24:00", TimeOfDay, "24:00"),
        ("08:00:01.5", TimeOfDay, "08:00:01.5"),
        ("2026-03-02T08:00", Moment, "2026-03-02T08:00"),
        ("2026-03-02T08:00:00.25", Moment, "2026-03-02T08:00:00.250"),
        ("2026-03-02", Moment, "2026-03-02T00:00"),
    ],
)
def test_instants_are_written_as_they_are_read(text: str, kind: type, again: str) -> None:
    found = instant(text)
    assert isinstance(found, kind)
    assert str(found) == again
    assert instant(str(found)) == found


@pytest.mark.parametrize("value", ["8:00", "08:60", "1:30", "noon", "2026-02-30", 5, None, "-1h"])
def test_what_is_no_instant(value: object) -> None:
    with pytest.raises(ValueError, match=r"must be|there is no|needs a unit"):
        instant(value)


def test_zones() -> None:
    for name in ("Europe/Vienna", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5"):
        assert zone(name) == name
    for wrong in ("Europe/Wien", "Europe", "", "../Vienna", "/etc/passwd", "a\0b", 5, "x" * 5000):
        with pytest.raises(ValueError, match="no time zone of this name"):
            zone(wrong)


def test_the_night_clocks_go_forward_is_an_hour_shorter() -> None:
    calendar = Calendar(at("2026-03-28T22:00"), "Europe/Vienna")
    assert calendar.offset_ms(at("2026-03-29T01:59")) == 4 * HOUR - 60_000
    assert calendar.offset_ms(at("2026-03-29T03:00")) == 4 * HOUR
    assert calendar.offset_ms(at("2026-03-29T08:00")) == 9 * HOUR
    # 02:30 does not exist: read at the offset before the change, that is 03:30.
    assert calendar.offset_ms(at("2026-03-29T02:30")) == calendar.offset_ms(at("2026-03-29T03:30"))


def test_the_night_clocks_go_back_is_an_hour_longer() -> None:
    calendar = Calendar(at("2026-10-24T22:00"), "Europe/Vienna")
    # 02:30 occurs twice: the first counts.
    assert calendar.offset_ms(at("2026-10-25T02:30")) == 4 * HOUR + HOUR // 2
    assert calendar.offset_ms(at("2026-10-25T03:00")) == 6 * HOUR
    assert calendar.offset_ms(at("2026-10-25T08:00")) == 11 * HOUR


def test_without_a_zone_clocks_never_change() -> None:
    calendar = Calendar(at("2026-03-28T22:00"))
    assert calendar.offset_ms(at("2026-03-29T08:00")) == 10 * HOUR


def test_a_time_of_day_is_the_first_from_the_start_on() -> None:
    calendar = Calendar(at("2026-03-02T08:00"))
    assert calendar.at_ms(time_of_day("08:00")) == 0
    assert calendar.at_ms(time_of_day("10:30")) == 2.5 * HOUR
    assert calendar.at_ms(time_of_day("07:00")) == 23 * HOUR
    assert calendar.at_ms(time_of_day("24:00")) == 16 * HOUR
    assert calendar.at_ms(Moment(at("2026-03-01T08:00"))) == -24 * HOUR
    assert calendar.at_ms(Offset(5)) == 5


def test_daily_spans_over_a_clock_change() -> None:
    calendar = Calendar(at("2026-03-28T08:00"), "Europe/Vienna")
    spans = list(calendar.daily(time_of_day("22:00"), time_of_day("06:00"), 72 * HOUR))
    assert spans == [
        (14 * HOUR, 21 * HOUR),  # seven hours instead of eight
        (37 * HOUR, 45 * HOUR),
        (61 * HOUR, 69 * HOUR),
    ]


def test_daily_spans_are_cut_to_the_run() -> None:
    calendar = Calendar(at("2026-03-02T08:00"))
    spans = list(calendar.daily(time_of_day("07:00"), time_of_day("09:00"), 24 * HOUR))
    assert spans == [(0, HOUR), (23 * HOUR, 24 * HOUR)]
    night = list(calendar.daily(time_of_day("22:00"), time_of_day("09:00"), 10 * HOUR))
    assert night == [(0, HOUR)]
    whole = list(calendar.daily(time_of_day("00:00"), time_of_day("24:00"), 20 * HOUR))
    assert whole == [(0, 16 * HOUR), (16 * HOUR, 20 * HOUR)]
    same = list(calendar.daily(time_of_day("08:00"), time_of_day("08:00"), 48 * HOUR))
    assert same == [(0, 24 * HOUR), (24 * HOUR, 48 * HOUR)]
