"""Scenario: a file, or a dictionary, that has been read, checked and can be compiled."""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trsim.errors import Problem, ScenarioError, UsageError
from trsim.model import Model
from trsim.scenario.checks import content_problems
from trsim.scenario.compile import compile_scenario
from trsim.scenario.documents import document_problems
from trsim.scenario.emit import yaml_text
from trsim.scenario.faults import schema_problems, without_faults
from trsim.scenario.files import read_content
from trsim.scenario.includes import with_files
from trsim.scenario.nodes import Limits, MapNode, Node, plain, tree
from trsim.scenario.paths import parse_path, replaced
from trsim.scenario.places import files_of, place_of
from trsim.scenario.problems import Path as KeyPath
from trsim.scenario.problems import Place, problem_at, shown
from trsim.scenario.references import reference_problems
from trsim.scenario.schema import ScenarioBlock
from trsim.scenario.yaml_reader import read_yaml, read_yaml_value

_SETTING = re.compile(
    r"""(?P<path>(?:"[^"]*"|'[^']*'|[^"'=])+)=(?P<value>.*)""", re.VERBOSE | re.DOTALL
)
_NAMELESS = "scenario"
"""What messages call a scenario that is no file."""


@dataclass(frozen=True, eq=False)
class Scenario:
    """A contact centre, its customers and a span of time, checked and ready to compile.

    Made by :func:`load_scenario` or :meth:`from_dict`; never changes.  Two scenarios are equal
    if they say the same in the same order, however it is spelled.

    Attributes
    ----------
    content : ScenarioBlock
        What it says, as typed values.
    file : str
        Where it came from, for messages.
    """

    content: ScenarioBlock
    file: str
    source: Node = field(repr=False)
    """The same with places."""
    _folder: Path | None = field(repr=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, object], *, folder: Path | None = None) -> Scenario:
        """Return the scenario that a dictionary of the file's shape describes.

        Parameters
        ----------
        data : mapping
            Keys and values as in a file.
        folder : Path, optional
            Folder of the files it names; without one it can name none.

        Raises
        ------
        ScenarioError
            With all problems.
        """
        return _checked(tree(data, Place(_NAMELESS)), _NAMELESS, folder, Limits())

    def files(self) -> tuple[str, ...]:
        """Return the files it was read from, the scenario file and those it names."""
        return files_of(self.source)

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.content.name

    @property
    def description(self) -> str:
        """What its author says about it."""
        return self.content.description

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the scenario says, contents of its files included [64 hex digits]."""
        content = self.content.model_dump(mode="json")
        text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def replace(self, changes: Mapping[str, object]) -> Scenario:
        """Return a scenario with other values at some places.

        Parameters
        ----------
        changes : mapping of str to object
            Values by dotted path, such as ``workers.agent.count`` or
            ``workflows.front_door.configuration.task_routing.filters[0].targets[1].timeout``;
            names with dots or blanks in quotes.  Values are as in :meth:`from_dict`.

        Raises
        ------
        UsageError
            If a path leads nowhere.
        ScenarioError
            If the scenario with the new values has problems.
        """
        source = self.source
        for path, value in changes.items():
            source = replaced(source, parse_path(path), tree(value, Place(self.file)))
        return _checked(source, self.file, self._folder, Limits())

    def place(self, path: str | KeyPath) -> Place:
        """Return file, line and column of what a key path leads to.

        Parameters
        ----------
        path : str or tuple of str and int
            Such as ``workers.agent.count``, or its steps one by one.

        Returns
        -------
        Place
            Of the value, or of the last key on the way that exists; line and column are 0 where
            it was not read from a file.

        Raises
        ------
        UsageError
            If a text is no path.
        """
        return place_of(self.source, parse_path(path) if isinstance(path, str) else path)

    def to_yaml(self) -> str:
        """Return the scenario as a file that loads to an equal one and needs no other file.

        Values are spelled in one way, and what equals its default is left out.
        """
        return yaml_text(self.content.model_dump(mode="json", exclude_defaults=True))

    def compile(self) -> Model:
        """Return the model: everything interpreted, numbered and frozen."""
        return compile_scenario(self.content, self.source, self.digest)

    def __eq__(self, other: object) -> bool:
        return self.digest == other.digest if isinstance(other, Scenario) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key != "digest"}

    def _repr_html_(self) -> str:
        """Return a summary for notebooks."""
        content = self.content
        n_workers = sum(worker.count or 1 for worker in content.workers.values())
        rows = {
            "task queues": ", ".join(content.task_queues),
            "workflows": ", ".join(content.workflows),
            "workers": f"{n_workers} ({', '.join(content.workers)})",
            "task streams": ", ".join(content.tasks),
            "seed, replications": f"{content.seed}, {content.replications}",
            "digest": self.digest[:12],
        }
        cells = "".join(
            f"<tr><th>{html.escape(key)}</th><td>{html.escape(_cut(value))}</td></tr>"
            for key, value in rows.items()
        )
        return (
            f"<b>{html.escape(_cut(content.name))}</b>"
            f"<p>{html.escape(_cut(content.description))}</p><table>{cells}</table>"
        )


def load_scenario(path: str | os.PathLike[str], *, limits: Limits | None = None) -> Scenario:
    """Return the scenario in a YAML file, checked completely.

    Parameters
    ----------
    path : path-like
        The file; files it names lie in its folder.
    limits : Limits, optional
        Budget for each file: 10 MB, depth 64 and 1,000,000 values unless said otherwise.

    Raises
    ------
    ScenarioError
        If it cannot be read, or with all its problems in the order of their places.

    Examples
    --------
    >>> load_scenario("desk.yaml").compile()  # doctest: +SKIP
    """
    limits = limits or Limits()
    file = os.fspath(path)
    try:
        content = read_content(Path(file), limits)
    except ValueError as fault:
        raise ScenarioError([problem_at(Place(file), (), str(fault))]) from None
    return read_scenario(content, file, limits=limits)


def read_scenario(content: bytes, file: str, *, limits: Limits | None = None) -> Scenario:
    """Return the scenario that a file would hold with some content, checked completely.

    Parameters
    ----------
    content : bytes
        YAML, UTF-8.
    file : str
        The file it is for; files it names lie in its folder.
    limits : Limits, optional
        As for :func:`load_scenario`.

    Raises
    ------
    ScenarioError
        With all its problems in the order of their places.
    """
    limits = limits or Limits()
    root = read_yaml(content, file, limits)
    return _checked(root, file, Path(file).parent, limits)


def parse_setting(text: str) -> tuple[str, object]:
    """Return path and value of a setting such as ``workers.agent.count=45``.

    Parameters
    ----------
    text : str
        A dotted path, ``=`` and a value as it would stand in a file.

    Raises
    ------
    UsageError
        If there is no ``=``, or the value is not YAML.

    Examples
    --------
    >>> parse_setting("workers.agent.count=45")
    ('workers.agent.count', 45)
    """
    found = _SETTING.fullmatch(text)
    if found is None:
        raise UsageError(f"a setting is path=value, such as horizon=8h (found {shown(text)})")
    path, value = found["path"].strip(), found["value"]
    try:
        return path, plain(read_yaml_value(value, path))
    except ScenarioError as fault:
        reasons = "; ".join(problem.reason for problem in fault.problems)
        raise UsageError(f"cannot read the value of {shown(path)[1:-1]}: {reasons}") from None


def _cut(text: str) -> str:
    return text if len(text) <= 300 else text[:299] + "…"


def _checked(root: Node, file: str, folder: Path | None, limits: Limits) -> Scenario:
    """Return the scenario of a tree, or raise all of its problems."""
    if not isinstance(root, MapNode):
        reason = f"a scenario is a mapping with the key 'trsim' (found {shown(plain(root))})"
        raise ScenarioError([problem_at(root.place, (), reason)])
    full, included, failed = with_files(root, folder, limits)
    problems = list(included)
    data = plain(full)
    keys: dict[int, tuple[str, ...]] = {}
    content, checkable = None, None
    try:
        content = checkable = ScenarioBlock.model_validate(data, context=keys)
    except ValidationError as error:
        found = schema_problems(error, full, data, keys)
        problems += (problem for problem in found if problem.path not in failed)
        checkable = without_faults(data, error)
    problems += reference_problems(full)
    problems += (problem for problem in document_problems(full) if problem.path not in failed)
    if checkable is not None:
        for path, reason in content_problems(checkable):
            problems.append(problem_at(place_of(full, path), path, reason))
    if problems or content is None:
        raise ScenarioError(_in_order(problems, file))
    return Scenario(content, file, full, folder)


def _in_order(problems: Iterable[Problem], file: str) -> list[Problem]:
    """Return problems by place, those of the scenario itself first, each once."""
    once = {(p.file, p.line, p.column, p.path, p.reason): p for p in problems}
    return sorted(once.values(), key=lambda p: (p.file != file, p.file, p.line, p.column, p.path))
