"""The event log: typed columns of what happened, their names, their file, and its exports.

A log holds the rows of :class:`trsim.core.events.Row` and nothing that could be derived from
them.  What the rows mean is said in :mod:`trsim.analysis`.
"""

from trsim.eventlog.log import EventLog, Recorder
from trsim.eventlog.names import Names
from trsim.eventlog.origin import Origin
from trsim.eventlog.stored import StoredLog
from trsim.eventlog.writer import LogWriter

__all__ = ["EventLog", "LogWriter", "Names", "Origin", "Recorder", "StoredLog"]
