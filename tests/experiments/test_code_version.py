"""The version of the code: every source counts."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import trsim
from trsim.experiments.code_version import code_version

PACKAGE = Path(trsim.__file__).parent


def version_of(root: Path) -> str:
    code = "from trsim.experiments.code_version import code_version; print(code_version())"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=root, check=True, capture_output=True, text=True, timeout=120,
    ).stdout.strip()  # fmt: skip


def test_a_changed_source_is_another_version(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "trsim", ignore=shutil.ignore_patterns("__pycache__"))
    same = version_of(tmp_path)
    assert len(same) == 64
    assert code_version() == code_version()
    (tmp_path / "trsim" / "notes.txt").write_text("no source\n")
    assert version_of(tmp_path) == same
    with (tmp_path / "trsim" / "core" / "offers.py").open("a") as source:
        source.write("\n# another thought\n")
    assert version_of(tmp_path) != same
