"""Event logs as Parquet files: names as dictionaries, instants as int64 milliseconds.

The file says what it is in its metadata under :data:`KEY`: format, version, the names behind
the numbers, the fingerprint of the rows and, where it is known, their origin.  It holds no time
of writing, no path and no name of a machine, so that equal logs give equal bytes.

Rows come in groups of :data:`ROWS_PER_GROUP`, so that a file can be written and read with the
memory of one group.  The dictionaries of a group hold the names that occur in it: a run with a
million different attribute sets must not repeat all of them in every group.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from trsim.core.events import FIELDS, NOTHING
from trsim.eventlog.fingerprint import canonical_json
from trsim.eventlog.layout import FORMAT_VERSION, RECORD, Records
from trsim.eventlog.names import Names
from trsim.eventlog.origin import Origin

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

KEY: Final = b"trsim"
"""Where a file's metadata describes it."""
FORMAT: Final = "trsim event log"
ROWS_PER_GROUP: Final = 262_144
"""Rows of a group, about 19 MB when packed; only the last group of a file has fewer.  What a file
says of a group stays in memory until its end (some 40 kB), so groups must not be small."""

_SETTINGS: Final[dict[str, Any]] = {"compression": "zstd", "write_page_checksum": True}


class GroupWriter:
    """Writes groups of rows to a Parquet file.

    Parameters
    ----------
    sink : file object
        Takes the bytes; flushing and closing it is left to the caller.
    names : Names
        What the numbers in the rows stand for.
    """

    def __init__(self, sink: Any, names: Names) -> None:
        import pyarrow.parquet as pq

        self._names = names
        self._schema = schema(names)
        self._writer = pq.ParquetWriter(sink, self._schema, **_SETTINGS)

    def write(self, records: Records) -> None:
        """Write one group, of at most :data:`ROWS_PER_GROUP` rows unless a test wants more."""
        import pyarrow as pa

        columns = [
            _to_arrow(np.ascontiguousarray(records[name]), self._names.of_column(name))
            for name in FIELDS
        ]
        batch = pa.RecordBatch.from_arrays(columns, schema=self._schema)
        self._writer.write_batch(batch, row_group_size=len(records))

    def finish(self, fingerprint: str, origin: Origin | None) -> None:
        """Describe the rows and end the file.

        Parameters
        ----------
        fingerprint : str
            Checked when all rows are read.
        origin : Origin or None
            Where they come from.
        """
        about = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "fingerprint": fingerprint,
            "names": self._names.as_dict(),
            "origin": None if origin is None else origin.as_dict(),
        }
        self._writer.add_key_value_metadata({KEY: canonical_json(about)})
        self._writer.close()

    def abandon(self) -> None:
        """Give up, whatever the state of the file."""
        import pyarrow as pa

        with suppress(OSError, ValueError, pa.ArrowException):
            self._writer.close()
        # Otherwise it would try once more, and complain, when it is collected.
        self._writer.is_open = False


def schema(names: Names) -> pa.Schema:
    """Return the columns of a file, in the order of :class:`~trsim.core.events.Row`."""
    import pyarrow as pa

    word = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        [
            (name, pa.from_numpy_dtype(RECORD[name]) if names.of_column(name) is None else word)
            for name in FIELDS
        ]
    )


def frame_to_parquet(frame: pd.DataFrame) -> bytes:
    """Return a table as the bytes of a Parquet file, without its index and marks of pandas."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **_SETTINGS)
    return bytes(sink.getvalue())


def _to_arrow(numbers: NDArray[np.signedinteger], words: tuple[str, ...] | None) -> pa.Array:
    """Return a column as it is stored; a named one has nulls where it does not apply."""
    import pyarrow as pa

    if words is None:
        return pa.array(numbers)
    seen = np.zeros(len(words) + 1, dtype=np.bool_)
    seen[numbers] = True  # -1 marks the place behind the last word
    used = np.flatnonzero(seen[:-1])
    place = np.zeros(len(words) + 1, dtype=np.int32)
    place[used] = np.arange(used.size, dtype=np.int32)
    codes = pa.array(place[numbers], mask=numbers == NOTHING)
    return pa.DictionaryArray.from_arrays(codes, pa.array([words[n] for n in used], pa.string()))
