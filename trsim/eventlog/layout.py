"""How a row lies in memory: one compact C type for each column, packed without gaps.

The struct format and the NumPy record type are made from one table, so that what is packed row
by row can be read column by column without copying.  Little endian on every machine, because
the packed bytes are what a fingerprint is taken of.
"""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trsim.core.events import FIELDS

FORMAT_VERSION: Final = 2
"""Raised whenever a column, its type or its meaning changes."""

_BYTE, _SHORT, _INT, _LONG = "b", "h", "i", "q"
_NUMPY_TYPES = {_BYTE: "<i1", _SHORT: "<i2", _INT: "<i4", _LONG: "<i8"}

COLUMN_CODES: Final = {
    "at_ms": _LONG,
    "event": _BYTE,
    "task": _INT,
    "reservation": _INT,
    "worker": _INT,
    "queue": _SHORT,
    "workflow": _SHORT,
    "step": _SHORT,
    "channel": _SHORT,
    "activity": _SHORT,
    "task_status": _BYTE,
    "reservation_status": _BYTE,
    "priority": _INT,
    "reason": _BYTE,
    "attributes": _INT,
    "stream": _SHORT,
    "number": _INT,
    "until_ms": _LONG,
    "offset_ms": _LONG,
    "value": _INT,
}
"""Type code of each column, in the order of :class:`~trsim.core.events.Row`."""

assert tuple(COLUMN_CODES) == FIELDS, "the layout must follow the fields of a row"

LAYOUT: Final = struct.Struct("<" + "".join(COLUMN_CODES.values()))
"""Packs and unpacks one row."""

RECORD: Final = np.dtype([(name, _NUMPY_TYPES[code]) for name, code in COLUMN_CODES.items()])
"""The same bytes as a NumPy record."""

assert RECORD.itemsize == LAYOUT.size, "both views of a row must have the same length"

Records = NDArray[np.void]
"""Rows as a structured array, shape (n_rows,), of type :data:`RECORD`."""
