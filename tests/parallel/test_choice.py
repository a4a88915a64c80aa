"""Numbers and addresses become places of work."""

from __future__ import annotations

import pytest

from trsim.errors import UsageError
from trsim.parallel.choice import backend_for
from trsim.parallel.processes import Processes, cores
from trsim.parallel.serial import Serial


def test_one_process_is_this_one() -> None:
    backend = backend_for(1, None)
    assert isinstance(backend, Serial)
    assert list(backend.run(lambda piece: piece + 1, [1, 2])) == [(0, 2), (1, 3)]
    backend.close()


def test_more_are_others_and_all_cores_are_the_default() -> None:
    backend = backend_for(3, None)
    assert isinstance(backend, Processes)
    assert backend.workers == 3
    assert backend_for(None, None).workers == cores()


@pytest.mark.parametrize(
    ("processes", "dask", "reason"),
    [
        (0, None, "processes must be a whole number >= 1, not 0"),
        (2, "tcp://127.0.0.1:8786", "choose one of them"),
        (None, "here", "no Dask scheduler answers at 'here'"),
        (None, "tcp://127.0.0.1:1", "no Dask scheduler answers at 'tcp://127.0.0.1:1'"),
    ],
)
def test_what_cannot_be_is_refused(processes: int | None, dask: str | None, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        backend_for(processes, dask)
