"""What holds for all tests: long campaigns run on demand only, and no result depends on luck.

``ci``, the default, tries the same examples on every machine.  ``--hypothesis-profile dev`` looks
at 50 new ones each time, ``--deep`` at 2,000, in the campaigns as well.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

# A loaded machine is slow, which says nothing about trsim: no profile looks at a clock.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
PATIENT = settings.get_profile("patient")
settings.register_profile("ci", PATIENT, derandomize=True)
settings.register_profile("dev", PATIENT, derandomize=False, max_examples=50)
settings.register_profile("deep", PATIENT, derandomize=False, max_examples=2_000, print_blob=True)
settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="run the long campaigns too")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--deep") and not config.getoption("--hypothesis-profile"):
        settings.load_profile("deep")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--deep"):
        return
    campaigns = [item for item in items if item.get_closest_marker("deep")]
    config.hook.pytest_deselected(items=campaigns)
    items[:] = [item for item in items if not item.get_closest_marker("deep")]
