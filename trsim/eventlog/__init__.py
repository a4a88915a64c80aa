"""The event log: typed columns of what happened, their names, and their file.

A log holds the rows of :class:`trsim.core.events.Row` and nothing that could be derived from
them.  What the rows mean is said in :mod:`trsim.analysis`.
"""

from trsim.eventlog.log import EventLog, Recorder
from trsim.eventlog.names import Names

__all__ = ["EventLog", "Names", "Recorder"]
