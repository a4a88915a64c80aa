"""One run of each scenario, shared by all that look at it."""

from __future__ import annotations

import pytest

from tests.second_opinion.folders import CASES, Folder, write
from tests.second_opinion.opinion import Opinion


@pytest.fixture(scope="session", params=CASES, ids=lambda case: case.id)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return write(request.param, tmp_path_factory.mktemp("run") / "folder")


@pytest.fixture(scope="session")
def opinion(folder: Folder) -> Opinion:
    return Opinion(folder.events, folder.result.criteria)
