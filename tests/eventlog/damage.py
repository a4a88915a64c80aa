"""A log that was changed after it was written."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def change_a_row(file: Path) -> None:
    """Change the last row of a log, which still says the fingerprint of what it held before."""
    about = {b"trsim": pq.read_metadata(file).metadata[b"trsim"]}
    table = pq.read_table(file)
    place = table.schema.get_field_index("at_ms")
    at_ms = table.column(place).to_pylist()
    at_ms[-1] += 1
    field = table.schema.field(place)
    changed = table.set_column(place, field, pa.array(at_ms, field.type))
    pq.write_table(changed.replace_schema_metadata(about), file)
