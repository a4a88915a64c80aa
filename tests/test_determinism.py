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
    "quickstart": "5f1793ecfbef9d7916def3d7e46af0b57297264b8dfaf5662b210cc3a8e8a7b3",
    "pool_drain": "6ef684a36056d65f62f3b0d844e44865d03c17b2b233ac578d535c0417873cc0",
    "support_desk": "aebdbab7dc92468561fc2a3c6e5e52f0bdff8c64937963780f4932e1e7f34f68",
    "bank_day": "258526c33321c367f6857066aaea98bcc766483a9d3bc388cb16dce4b9d9d3fa",
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
