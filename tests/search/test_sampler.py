"""Proposals by Optuna behind ask and tell."""

from __future__ import annotations

import logging
import math
import sys

import pytest

from trsim.errors import UsageError
from trsim.search.sampler import Sampler

Point = tuple[int, ...]


def distance(point: Point) -> float:
    return float(sum((a - b) ** 2 for a, b in zip(point, (3, 7, 2), strict=True)))


def search(seed: int, limits: int = 0) -> list[Point]:
    sampler = Sampler((10, 10, 10), seed=seed, constrained=limits)
    points: list[Point] = []
    for _ in range(60):
        point = sampler.ask()
        assert point is not None
        sampler.tell(point, distance(point), [point[0] - 2.0] * limits)
        points.append(point)
    return points


def test_it_comes_near_the_best_of_a_thousand_points() -> None:
    assert min(map(distance, search(1))) <= 2


def test_limits_are_learned() -> None:
    points = search(1, limits=1)
    assert min(distance(point) for point in points if point[0] <= 2) <= 3
    # Without what it learned, three of ten points would be within the limit.
    assert sum(point[0] <= 2 for point in points[20:]) > 20


def test_the_same_seed_proposes_the_same() -> None:
    assert search(5) == search(5)
    assert search(5) != search(6)


def test_no_point_is_proposed_twice_until_all_were() -> None:
    sampler = Sampler((2, 3, 2), seed=1)
    points = []
    while (point := sampler.ask()) is not None:
        sampler.tell(point, 1.0)
        points.append(point)
    assert len(points) == len(dict.fromkeys(points)) == 12


def test_several_are_asked_for_before_any_is_told() -> None:
    sampler = Sampler((4, 4, 4), seed=2, first_points=2)
    for _ in range(5):
        batch = [point for _ in range(4) if (point := sampler.ask()) is not None]
        assert len(dict.fromkeys(batch)) == 4
        for point in reversed(batch):
            sampler.tell(point, float(sum(point)))


def test_it_is_quiet(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    import optuna

    before = optuna.logging.get_verbosity()
    with caplog.at_level(logging.DEBUG):
        search(3)
    assert capfd.readouterr() == ("", "")
    assert not caplog.records
    assert optuna.logging.get_verbosity() == before


def test_refusals() -> None:
    sampler = Sampler((4, 4), seed=1, constrained=1)
    point = sampler.ask()
    assert point is not None
    with pytest.raises(UsageError, match="excesses"):
        sampler.tell(point, 1.0)
    with pytest.raises(UsageError, match="finite"):
        sampler.tell(point, math.nan, [0.0])
    with pytest.raises(UsageError, match="was not proposed"):
        sampler.tell((9, 9), 1.0, [0.0])
    sampler.tell(point, 1.0, [0.0])
    with pytest.raises(UsageError, match="known already"):
        sampler.tell(point, 1.0, [0.0])
    for sizes in ((), (3, 0)):
        with pytest.raises(UsageError):
            Sampler(sizes, seed=1)


def test_a_missing_optuna_names_its_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(UsageError, match=r"pip install 'trsim\[tune\]'"):
        Sampler((3, 3), seed=1)
