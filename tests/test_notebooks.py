"""Every notebook runs from top to bottom, as a program and in Jupyter, and is what its source says.

The sources are the ``.py`` files; the ``.ipynb`` files beside them are made from them, without
outputs, by ``jupytext --to ipynb --update notebooks/*.py``.
"""

from __future__ import annotations

import runpy
from pathlib import Path

import jupytext  # type: ignore[import-untyped]
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "notebooks"
SOURCES = sorted(FOLDER.glob("*.py"))
MOST_SECONDS = 200


def name_of(path: Path) -> str:
    return path.stem


def test_there_is_a_notebook_for_each_source() -> None:
    assert SOURCES
    assert sorted(FOLDER.glob("*.ipynb")) == [source.with_suffix(".ipynb") for source in SOURCES]


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_a_notebook_is_its_source_without_outputs(source: Path) -> None:
    expected, notebook = jupytext.read(source), jupytext.read(source.with_suffix(".ipynb"))
    assert [(cell.cell_type, cell.source) for cell in notebook.cells] == [
        (cell.cell_type, cell.source) for cell in expected.cells
    ], "jupytext --to ipynb --update notebooks/*.py brings them up to date"
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
    assert notebook.metadata.kernelspec.name == "python3"
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_runs_as_a_program(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(source.parents[1])
    runpy.run_path(str(source), run_name="__main__")


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_runs_in_jupyter_where_users_open_it(source: Path) -> None:
    notebook = jupytext.read(source.with_suffix(".ipynb"))
    place = {"metadata": {"path": str(FOLDER)}}
    NotebookClient(notebook, timeout=MOST_SECONDS, resources=place).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert not [output.text for output in shown if output.get("name") == "stderr"]
    for output in shown:
        plain = output.get("data", {}).get("text/plain", "")
        # A figure that shows only its name was made without %matplotlib inline.
        assert "image/png" in output.get("data", {}) or not plain.startswith("<Figure")
