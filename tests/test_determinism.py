"""Same scenario and seed, same log: on any Python, with any hash seed, written byte for byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import trsim
from trsim.experiments.replicate import replicate
from trsim.experiments.runfolder import write_run_folder

SCENARIOS = Path(__file__).parents[1] / "scenarios"

# Found equal on Python 3.11, 3.12 and 3.13.  A change here is a change of behavior, of the draws
# or of a scenario, and belongs into the commit that makes it.
FINGERPRINTS = {
    "quickstart": "57ad743077feaf544c1812ee3af01cc299d52a593a3c338e844da4ce80bdd723",
    "pool_drain": "f757e103e348061d0d83440983db05c23b1e3abbcafa7d0301d3febe39ee0650",
    "support_desk": "d098319102191b15224468131b6841882585dab06237e09fa0d151ef3c07dbae",
    "bank_day": "9c62c6e0bf3d2fe823141c883d14d8f69f297bf80a624540e6ff353b60902ed9",
}

PROGRAM = """
import sys, trsim
for path in sys.argv[1:]:
    print(trsim.run(trsim.load_scenario(path).compile()).fingerprint())
"""


@pytest.mark.parametrize("name", FINGERPRINTS)
def test_fingerprint(name: str) -> None:
    model = trsim.load_scenario(SCENARIOS / f"{name}.yaml").compile()
    assert trsim.run(model).fingerprint() == FINGERPRINTS[name]


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_fingerprints_do_not_depend_on_the_hash_seed(hash_seed: str) -> None:
    paths = [str(SCENARIOS / f"{name}.yaml") for name in FINGERPRINTS]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "Asia/Tokyo"}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, *paths],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == list(FINGERPRINTS.values())


def test_run_folders_are_equal_byte_for_byte(tmp_path: Path) -> None:
    scenario = trsim.load_scenario(SCENARIOS / "support_desk.yaml")
    folders = []
    for name in ("first", "second"):
        study = replicate(scenario.compile(), replications=2, seed=11, until_s=36_000)
        folders.append(write_run_folder(tmp_path / name, study, scenario.to_yaml()))
    first, second = ({p.name: p.read_bytes() for p in f.iterdir()} for f in folders)
    assert first == second
    assert "events.parquet" in first


def test_seeds_and_replications_differ() -> None:
    model = trsim.load_scenario(SCENARIOS / "pool_drain.yaml").compile()
    study = trsim.replicate(model, replications=3, seed=1)
    other = trsim.replicate(model, replications=3, seed=2)
    assert len({*study.fingerprints, *other.fingerprints}) == 6


def test_the_first_replication_is_the_single_run() -> None:
    model = trsim.load_scenario(SCENARIOS / "pool_drain.yaml").compile()
    study = trsim.replicate(model, replications=3, seed=1)
    assert study.fingerprints[0] == trsim.run(model, seed=1).fingerprint()


def test_one_run_does_not_influence_the_next() -> None:
    drain = trsim.load_scenario(SCENARIOS / "pool_drain.yaml").compile()
    alone = trsim.run(drain, seed=5).fingerprint()
    trsim.run(trsim.load_scenario(SCENARIOS / "quickstart.yaml").compile(), seed=5)
    assert trsim.run(drain, seed=5).fingerprint() == alone
