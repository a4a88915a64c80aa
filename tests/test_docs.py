"""What the documents say is true: examples load and run, keys and links are there."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest

import trsim
from trsim.scenario.blocks import Block
from trsim.scenario.load import load_scenario
from trsim.scenario.nodes import plain
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.yaml_reader import read_yaml

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "scenario.md"
WITH_EXAMPLES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
WITH_LINKS = (*WITH_EXAMPLES, ROOT / "scenarios" / "README.md", ROOT / "benchmarks" / "README.md")

_BLOCK = re.compile(r"^```(\S*) *(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`]+)`")
_KEY = re.compile(r"[a-z][a-z_]*")


class Sample(NamedTuple):
    """A block of code in a document."""

    document: Path
    line: int
    language: str
    mark: str
    """Second word behind the fence: ``fragment``, or the file that the block is."""
    text: str

    @property
    def label(self) -> str:
        return f"{self.document.relative_to(ROOT).as_posix()}:{self.line}"


def samples(document: Path, language: str) -> list[Sample]:
    text = document.read_text(encoding="utf-8")
    return [
        Sample(document, text.count("\n", 0, found.start()) + 1, found[1], found[2], found[3])
        for found in _BLOCK.finditer(text)
        if found[1] == language
    ]


YAML_SAMPLES = [sample for path in WITH_EXAMPLES for sample in samples(path, "yaml")]
SCENARIOS = [sample for sample in YAML_SAMPLES if sample.mark != "fragment"]
FRAGMENTS = [sample for sample in YAML_SAMPLES if sample.mark == "fragment"]
PYTHON = [sample for path in WITH_EXAMPLES for sample in samples(path, "python")]
SPANS = _CODE.findall(_BLOCK.sub("", GUIDE.read_text(encoding="utf-8")))
LAWS = [span for span in SPANS if span.startswith("{distribution: ")]
PROCESSES = [span for span in SPANS if span.startswith("{process: ")]


def label(sample: Sample) -> str:
    return sample.label


def values(text: str) -> dict[str, Any]:
    return cast("dict[str, Any]", plain(read_yaml(text.encode(), "example")))


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """Return a folder with the files that the guide shows."""
    for language in ("csv", "json"):
        for sample in samples(GUIDE, language):
            assert sample.mark, f"{sample.label}: a file has a name"
            (tmp_path / sample.mark).write_text(sample.text, encoding="utf-8")
    return tmp_path


def example() -> dict[str, Any]:
    """Return the complete example of the guide, which its fragments go with."""
    return values(samples(GUIDE, "yaml")[0].text)


def compiled(data: dict[str, Any], folder: Path) -> trsim.Model:
    return trsim.Scenario.from_dict(data, folder=folder).compile()


@pytest.mark.parametrize("sample", SCENARIOS, ids=label)
def test_complete_scenarios_load_without_a_warning(sample: Sample, beside: Path) -> None:
    assert re.search("^trsim: ", sample.text, re.MULTILINE), "mark it as ```yaml fragment"
    file = beside / "example.yaml"
    file.write_text(sample.text, encoding="utf-8")
    assert load_scenario(file).compile().warnings == ()


@pytest.mark.parametrize("sample", FRAGMENTS, ids=label)
def test_fragments_go_with_the_complete_example(sample: Sample, beside: Path) -> None:
    data = example()
    for section, content in values(sample.text).items():
        is_mapping = isinstance(content, dict)
        data[section] = {**data.get(section, {}), **content} if is_mapping else content
    compiled(data, beside)


@pytest.mark.parametrize("text", LAWS)
def test_laws_of_the_guide_can_be_drawn_from(text: str, beside: Path) -> None:
    data = example()
    data["tasks"]["sales_calls"]["talk_time"] = values(text)
    assert compiled(data, beside).world.streams[1].talk_time.quantile(0.5) > 0


@pytest.mark.parametrize("text", PROCESSES)
def test_arrivals_of_the_guide_can_be_used(text: str, beside: Path) -> None:
    data = example()
    data["tasks"]["sales_calls"]["arrivals"] = values(text)
    compiled(data, beside)


def test_every_law_and_process_has_an_example() -> None:
    known: dict[str, set[str]] = {"distribution": set(), "process": set()}
    for block in ScenarioBlock.model_json_schema()["$defs"].values():
        for kind, names in known.items():
            if "const" in block["properties"].get(kind, {}):
                names.add(block["properties"][kind]["const"])
    assert len(known["distribution"]) == 12
    assert known["distribution"] == {str(values(text)["distribution"]) for text in LAWS}
    assert known["process"] == {str(values(text)["process"]) for text in PROCESSES}


def blocks(base: type[Block] = Block) -> list[type[Block]]:
    found = []
    for block in base.__subclasses__():
        found += [block, *blocks(block)]
    return found


def test_the_guide_names_every_key() -> None:
    named = {word for span in SPANS for word in _KEY.findall(span)}
    known = {
        field.alias or name for block in blocks() for name, field in block.model_fields.items()
    }
    assert known - named == set()


_LISTED = re.compile(r"(?<!other than )`([a-z_]+)`")
PLACES: dict[str, tuple[str | int, ...]] = {
    "`workspace`": ("workspace",),
    "`routing_rules`": ("workspace", "routing_rules"),
    "`task_channels`": ("task_channels", "fax"),
    "`task_queues`": ("task_queues", "billing"),
    "target of a workflow": (
        *("workflows", "front_door", "configuration", "task_routing"),
        *("filters", 0, "targets", 0),
    ),
    "default filter": (
        *("workflows", "front_door", "configuration", "task_routing", "default_filter"),
    ),
    "`tasks`": ("tasks", "billing_calls"),
    "`poisson`": ("tasks", "billing_calls", "arrivals"),
    "`timetable`": ("timetable", 0),
}


def not_supported() -> list[tuple[str, str]]:
    _, _, table = GUIDE.read_text(encoding="utf-8").partition("## Not supported yet")
    rows = re.findall(r"^\| (.+?) \| (`.+) \|$", table, re.MULTILINE)
    return [(place, key) for place, keys in rows for key in _LISTED.findall(keys)]


@pytest.mark.parametrize(("place", "key"), not_supported())
def test_what_is_not_supported_is_refused_by_name(place: str, key: str) -> None:
    data = example()
    mapping: Any = data
    for step in PLACES[place]:
        mapping = mapping[step]
    mapping[key] = "1==1"
    with pytest.raises(trsim.ScenarioError, match=rf"{key}.* is not supported yet"):
        trsim.Scenario.from_dict(data)


@pytest.mark.parametrize("sample", PYTHON, ids=label)
def test_python_examples_run(sample: Sample) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", sample.text],
        cwd=ROOT,
        env={**os.environ, "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


def anchors(document: Path) -> set[str]:
    """Return the names by which headings can be linked to."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


@pytest.mark.parametrize("document", WITH_LINKS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    text = _BLOCK.sub("", document.read_text(encoding="utf-8"))
    for link in _LINK.findall(text):
        if re.match("[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors(target), link


MODULES = [
    module.name
    for module in pkgutil.walk_packages(trsim.__path__, "trsim.")
    if not module.name.endswith("__main__")
]


@pytest.mark.parametrize("name", ["trsim", *MODULES])
def test_examples_in_docstrings_are_true(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module(name)
    monkeypatch.chdir(tmp_path)
    assert doctest.testmod(module, optionflags=doctest.FAIL_FAST).failed == 0
