"""Event logs as Parquet files: names as dictionaries, instants as int64 milliseconds.

The file says what it is in its metadata under :data:`KEY`: format, version, the names behind
the numbers and the fingerprint of the rows.  It holds no time of writing, no path and no name
of a machine, so that equal logs give equal bytes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trsim.core.events import NOTHING
from trsim.errors import UsageError
from trsim.eventlog.layout import FORMAT_VERSION, RECORD, Records
from trsim.eventlog.names import Names

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

KEY = b"trsim"
"""Where a file's metadata describes it."""
FORMAT = "trsim event log"


def encode(records: Records, names: Names, fingerprint: str) -> bytes:
    """Return the bytes of a Parquet file.

    Parameters
    ----------
    records : ndarray of RECORD, shape (n_rows,)
        All rows.
    names : Names
        What their numbers stand for.
    fingerprint : str
        Checked when the file is read.
    """
    import pyarrow as pa

    about = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "fingerprint": fingerprint,
        "names": names.as_dict(),
    }
    columns = {
        name: _to_arrow(np.ascontiguousarray(records[name]), names.of_column(name))
        for name in RECORD.names or ()
    }
    return _file(pa.table(columns).replace_schema_metadata({KEY: canonical_json(about)}))


def decode(path: Path) -> tuple[Records, Names, str]:
    """Return rows, names and fingerprint of a file that :func:`encode` made.

    Raises
    ------
    UsageError
        The file cannot be read, is not an event log, or has another version.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with open(path, "rb") as file:
            table = pq.read_table(file, page_checksum_verification=True)
        metadata, columns = table.schema.metadata or {}, table.column_names
    except (OSError, ValueError, pa.ArrowException) as problem:
        reason = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        raise UsageError(f"cannot read {path}: {reason}") from problem
    about = _description(path, metadata)
    if columns != list(RECORD.names or ()):
        raise UsageError(f"cannot read {path}: its columns are not those of an event log")
    try:
        names = Names.from_dict(about["names"])
    except UsageError as problem:
        raise UsageError(f"cannot read {path}: {problem}") from problem
    return _records(path, table, names), names, about["fingerprint"]


def frame_to_parquet(frame: pd.DataFrame) -> bytes:
    """Return a table as the bytes of a Parquet file, without its index and marks of pandas."""
    import pyarrow as pa

    return _file(pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None))


def canonical_json(content: object) -> bytes:
    """Return the one JSON text of a content: sorted keys, no blanks, ASCII, no NaN."""
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode()


def _file(table: pa.Table) -> bytes:
    """Return the bytes of a file with one table; nothing in them depends on when or where."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    return bytes(sink.getvalue())


def _description(path: Path, metadata: dict[bytes, bytes]) -> dict[str, Any]:
    """Return what a file says about itself."""
    try:
        about = json.loads(metadata[KEY])
        form, version = about["format"], about["version"]
        known = isinstance(about["names"], dict) and isinstance(about["fingerprint"], str)
    except (KeyError, TypeError, ValueError):
        form, version, known = None, None, False
    if form != FORMAT or (version == FORMAT_VERSION and not known):
        raise UsageError(f"cannot read {path}: it is not an event log of trsim")
    if version != FORMAT_VERSION:
        raise UsageError(
            f"cannot read {path}: it has version {version!r} of the event log, "
            f"and this trsim reads version {FORMAT_VERSION}"
        )
    assert isinstance(about, dict)
    return about


def _records(path: Path, table: pa.Table, names: Names) -> Records:
    """Return the rows of a stored table."""
    import pyarrow as pa

    records = np.empty(table.num_rows, dtype=RECORD)
    for name in table.column_names:
        try:
            records[name] = _from_arrow(table.column(name), names.of_column(name))
        except (LookupError, TypeError, ValueError, OverflowError, pa.ArrowException) as problem:
            raise UsageError(f"cannot read {path}: column {name!r} is damaged") from problem
    return records


def _to_arrow(numbers: np.ndarray, words: tuple[str, ...] | None) -> pa.Array:
    """Return a column as it is stored; a named one has nulls where it does not apply."""
    import pyarrow as pa

    if words is None:
        return pa.array(numbers)
    absent = numbers == NOTHING
    codes = pa.array(numbers.astype(np.int32), mask=absent)
    return pa.DictionaryArray.from_arrays(codes, pa.array(words, type=pa.string()))


def _from_arrow(column: pa.ChunkedArray, words: tuple[str, ...] | None) -> np.ndarray:
    """Return the numbers of a stored column."""
    import pyarrow as pa

    if words is None:
        return np.asarray(column.to_numpy())
    number_of = {word: number for number, word in enumerate(words)}
    parts = [np.empty(0, dtype=np.int64)]
    for chunk in column.chunks:
        encoded = chunk if isinstance(chunk, pa.DictionaryArray) else chunk.dictionary_encode()
        stored = [number_of[word] for word in encoded.dictionary.to_pylist()]
        lookup = np.array([*stored, NOTHING], dtype=np.int64)
        codes = encoded.indices.fill_null(len(stored)).to_numpy(zero_copy_only=False)
        parts.append(lookup[codes])
    return np.concatenate(parts)
