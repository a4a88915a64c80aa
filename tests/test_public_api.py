"""The front door: every name is deliberate, is there, and costs nothing until it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import trsim

NAMES = {
    "Comparison",
    "Distribution",
    "EventLog",
    "ExperimentError",
    "IllegalTransition",
    "LimitExceeded",
    "Model",
    "OutputError",
    "Result",
    "Scenario",
    "ScenarioError",
    "Search",
    "Study",
    "Sweep",
    "TrsimError",
    "Tuning",
    "UsageError",
    "__version__",
    "compare",
    "explore",
    "load_scenario",
    "replicate",
    "run",
    "sweep",
    "tune",
    "workplace",
}


def test_the_public_names_are_these() -> None:
    assert set(trsim.__all__) == NAMES
    assert list(trsim.__all__) == sorted(trsim.__all__)
    assert set(dir(trsim)) >= NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_public_name_is_there(name: str) -> None:
    value = getattr(trsim, name)
    assert value.__doc__, "a public name is documented"


def test_every_error_is_one_of_ours() -> None:
    for name in ("IllegalTransition", "LimitExceeded", "OutputError", "ScenarioError"):
        assert issubclass(getattr(trsim, name), trsim.TrsimError)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="module 'trsim' has no attribute 'simulate'"):
        _ = trsim.simulate


def test_importing_the_front_door_loads_nothing_else() -> None:
    code = (
        "import sys; before = set(sys.modules); import trsim; "
        "print(*sorted(m for m in set(sys.modules) - before if '.' in m or m == 'numpy'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert [name for name in done.stdout.split() if name.startswith(("trsim.", "numpy"))] == []


def test_the_version_is_that_of_the_package() -> None:
    assert trsim.__version__.count(".") == 2
