"""What a tuning says of itself, from figures made by hand."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.analysis.tuning_case import LABEL, point, tuning
from trsim.analysis.tuning import Verdict


def test_the_range_that_cannot_be_told_from_the_best() -> None:
    made = tuning()
    assert made.alike == (2, 3, 4)
    assert made.alike_range == (made.points[2], made.points[4])
    assert made.changed


def test_a_point_that_is_worse_ends_the_range() -> None:
    points = list(tuning().points)
    points[5] = replace(point(5), verdict=Verdict.NOT_TOLD_APART)
    points[4] = replace(point(4), verdict=Verdict.WORSE)
    made = tuning(points=tuple(points))
    assert made.alike == (2, 3, 5)
    assert made.alike_range == (made.points[2], made.points[3])


def test_the_promise() -> None:
    assert tuning().promise == (
        "With 95 % confidence none of the 6 points tried is better by more than 0.5 points."
    )
    assert "used up" in tuning(promise_kept=False).promise
    assert "Nothing is recommended" in tuning(recommended=None).promise


def test_the_frame_has_a_row_for_each_point() -> None:
    frame = tuning().to_frame()
    assert frame[LABEL].tolist() == [
        5,
        15,
        20,
        24,
        30,
        60,
    ]
    assert frame["today"].tolist() == [False, True, False, False, False, False]
    assert frame["verdict"].tolist()[3] == "recommended"
    assert frame["eliminated_at"].isna().tolist() == [False, *[True] * 5]
    assert frame["service_level@20s"].tolist()[0] == 0.29


def test_json_and_html() -> None:
    made = tuning()
    content = json.loads(json.dumps(made.as_dict()))
    assert content["recommended"] == ["24s"]
    assert content["not_told_apart"] == [["20s"], ["24s"], ["30s"]]
    assert content["pareto"]["points"] == [["24s"], ["30s"], ["60s"]]
    assert content["confirmation"][0]["told_apart"] is True
    assert content["confirmation"][1]["told_apart"] is False
    html = made._repr_html_()
    assert "15s (today)" in html
    assert "none of the 6 points" in html
