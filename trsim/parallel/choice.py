"""Which place of work is meant by a number of processes or the address of a cluster."""

from __future__ import annotations

from collections.abc import Callable

from trsim.errors import UsageError
from trsim.parallel.backend import Backend
from trsim.parallel.processes import Processes, checked_number, cores
from trsim.parallel.serial import Serial


def backend_for(
    processes: int | None, dask: str | None, *, same: Callable[[], str] | None = None
) -> Backend:
    """Return the place of work that is asked for; whoever takes it closes it.

    Parameters
    ----------
    processes : int, optional
        How many processes of this machine work, >= 1; left out: as many as it has cores for us.
        One means this process.
    dask : str, optional
        Address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``.
    same : callable, optional
        What must be the same on every worker of a cluster as here: see
        :class:`~trsim.parallel.cluster.Cluster`.

    Raises
    ------
    UsageError
        Both are given, a number is out of bounds, or the cluster cannot be used.
    """
    if dask is not None:
        if processes is not None:
            raise UsageError(
                "processes and dask both say where work is done: choose one of them "
                "(a cluster's number of processes is set where its workers are started)"
            )
        from trsim.parallel.cluster import Cluster

        return Cluster(dask, same=same)
    n = cores() if processes is None else checked_number(processes)
    return Serial() if n == 1 else Processes(n)
