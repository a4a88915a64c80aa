"""Where a log comes from: what must be known to write it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from trsim.errors import UsageError

PACKAGES: Final = ("trsim", "numpy", "simpy", "pyarrow")
"""Packages whose versions are written down, beside that of Python."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The provenance of a log; no time, no path and no name of a machine.

    It is kept in the file beside the rows and is no part of their fingerprint, so that the same
    rows have the same fingerprint whatever wrote them.

    Attributes
    ----------
    scenario : str
        Name of the scenario.
    digest : str
        SHA-256 of the scenario as used.
    seed : int
        Root seed.
    replication : int
        Number of the replication, from 0.
    versions : mapping of str to str
        Versions of Python and of the packages that decide what a run does.
    """

    scenario: str
    digest: str
    seed: int
    replication: int
    versions: Mapping[str, str]

    @classmethod
    def here(cls, scenario: str, digest: str, seed: int, replication: int) -> Origin:
        """Return the origin of a log that is written by what is installed here.

        Parameters
        ----------
        scenario, digest : str
            Name of the scenario, and SHA-256 of the scenario as used.
        seed, replication : int
            Root seed, and number of the replication from 0.
        """
        import platform
        from importlib.metadata import PackageNotFoundError, version

        versions = {"python": platform.python_version()}
        for package in PACKAGES:
            try:
                versions[package] = version(package)
            except PackageNotFoundError:
                versions[package] = "unknown"
        return cls(scenario, digest, seed, replication, versions)

    def as_dict(self) -> dict[str, Any]:
        """Return plain texts and numbers, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: object) -> Origin:
        """Return the origin that :meth:`as_dict` wrote down.

        Raises
        ------
        UsageError
            It is something else.
        """
        known = {field.name: field.type for field in fields(cls)}
        if not isinstance(content, dict) or set(content) != set(known):
            raise UsageError(f"the origin of a log must have the keys {', '.join(known)}")
        for key, kind in {"scenario": str, "digest": str, "seed": int, "replication": int}.items():
            if not isinstance(content[key], kind):
                raise UsageError(f"{key} in the origin of a log must be {kind.__name__}")
        versions = content["versions"]
        if not isinstance(versions, dict) or not all(
            isinstance(text, str) for text in versions.values()
        ):
            raise UsageError("versions in the origin of a log must be texts")
        return cls(**content)
