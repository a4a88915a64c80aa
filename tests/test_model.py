"""A model whose workers answer by a law of one's own."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cloudpickle  # type: ignore[import-untyped]
import pytest

import trsim
from trsim.errors import UsageError
from trsim.world.distributions import Distribution, Exponential

SCENARIO = Path(__file__).parents[1] / "scenarios" / "pool_drain.yaml"
BEHAVIOR = "desk_phone"


@dataclass(frozen=True)
class OwnExponential:
    """The exponential law once more, by somebody else."""

    mean_s: float

    @property
    def mean(self) -> float:
        return self.mean_s

    @property
    def variance(self) -> float:
        return self.mean_s**2

    def quantile(self, u: float) -> float:
        return -self.mean_s * math.log(1.0 - u)


@dataclass(frozen=True)
class Odd:
    """A law that answers with what it is told."""

    first: Any
    last: Any
    mean: float = 1.0
    variance: float = 1.0

    def quantile(self, u: float) -> Any:
        if self.first is None:
            raise ValueError("no idea")
        return self.first if u < 0.5 else self.last


@pytest.fixture(scope="module")
def scenario() -> trsim.Scenario:
    return trsim.load_scenario(SCENARIO)


@pytest.fixture(scope="module")
def model(scenario: trsim.Scenario) -> trsim.Model:
    return scenario.compile()


def log_of(model: trsim.Model) -> str:
    return trsim.run(model, until_s=7_200).log.fingerprint()


def test_a_law_of_ones_own_equal_to_a_known_one_gives_the_same_log(
    scenario: trsim.Scenario, model: trsim.Model
) -> None:
    law = {"distribution": "exponential", "mean": "9s"}
    known = scenario.replace({f"behaviors.{BEHAVIOR}.answer_delay": law}).compile()
    own = model.with_answer_delay(BEHAVIOR, OwnExponential(9.0))
    assert log_of(own) == log_of(known)
    assert log_of(own) != log_of(model)


def test_nothing_else_changes_and_no_scenario_is_claimed(model: trsim.Model) -> None:
    law = OwnExponential(9.0)
    own = model.with_answer_delay(BEHAVIOR, law)
    assert isinstance(law, Distribution)
    assert (own.digest, bool(model.digest)) == ("", True)
    assert trsim.run(own, until_s=60).provenance.digest == ""
    (before,), (after,) = model.world.behaviors, own.world.behaviors
    assert after.answer_delay is law
    assert own.with_answer_delay(BEHAVIOR, before.answer_delay).world == model.world
    assert (own.spec, own.routing, own.seed) == (model.spec, model.routing, model.seed)


def test_it_survives_pickling(model: trsim.Model) -> None:
    own = model.with_answer_delay(BEHAVIOR, OwnExponential(9.0))
    assert log_of(pickle.loads(pickle.dumps(own))) == log_of(own)


def test_a_class_of_a_notebook_is_pickled_by_value(model: trsim.Model) -> None:
    # As in a notebook: the class lives in __main__, which the other process has not got.
    source = Path(__file__).read_text("utf-8")
    begin, end = source.index("@dataclass"), source.index("@dataclass(frozen=True)\nclass Odd")
    cell: dict[str, Any] = {"__name__": "__main__", "dataclass": dataclass, "math": math}
    exec(source[begin:end], cell)
    own = model.with_answer_delay(BEHAVIOR, cell["OwnExponential"](9.0))
    program = (
        "import pickle, sys, trsim\n"
        "model = pickle.load(sys.stdin.buffer)\n"
        "print(trsim.run(model, until_s=7_200).log.fingerprint())\n"
    )
    there = subprocess.run(
        [sys.executable, "-c", program],
        input=cloudpickle.dumps(own),
        capture_output=True,
        check=True,
    )
    assert there.stdout.decode().strip() == log_of(own)


@pytest.mark.parametrize(
    ("law", "message"),
    [
        (9.0, "has mean, variance and quantile"),
        (OwnExponential, "has mean, variance and quantile"),
        (Odd(-1.0, 1.0), r"quantile\(1.1102230246251565e-16\) must be >= 0; found -1.0"),
        (Odd(1.0, math.nan), r"quantile\(0.5\) must be a finite number; found nan"),
        (Odd(1.0, "2s"), r"quantile\(0.5\) must be a number; found '2s'"),
        (Odd(2.0, 1.0), r"must not fall as u grows; quantile\(0.5\) is 1.0, after 2.0"),
        (Odd(None, None), r"quantile\(1.1102230246251565e-16\) fails: no idea"),
        (Odd(1.0, 1e300), "its longest draws overflow"),
    ],
)
def test_what_is_no_law_is_refused(model: trsim.Model, law: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message) as refused:
        model.with_answer_delay(BEHAVIOR, law)
    assert str(refused.value).startswith(f"the answer delay of '{BEHAVIOR}': ")


def test_behaviors_are_named(model: trsim.Model) -> None:
    with pytest.raises(UsageError, match=r"no behavior 'desk_phon' .*did you mean 'desk_phone'\?"):
        model.with_answer_delay("desk_phon", Exponential(3.0))
