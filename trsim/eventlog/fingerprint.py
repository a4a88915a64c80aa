"""The fingerprint of a log, taken as its rows come."""

from __future__ import annotations

import hashlib
import json

from trsim.eventlog.layout import COLUMN_CODES, FORMAT_VERSION
from trsim.eventlog.names import Names


class Fingerprint:
    """SHA-256 of all that a log says, fed piece by piece.

    The digest is taken of a header (canonical JSON of the format version, the fields with their
    types, and the names), a line feed, and the packed rows: little endian, without gaps, as in
    :data:`trsim.eventlog.layout.LAYOUT`.  How the rows are cut into pieces does not matter, so
    a log in memory, one on its way to a file and one read back have the same fingerprint.

    Parameters
    ----------
    names : Names
        What the numbers in the rows stand for.
    """

    __slots__ = ("_digest",)

    def __init__(self, names: Names) -> None:
        header = {
            "version": FORMAT_VERSION,
            "fields": [[name, code] for name, code in COLUMN_CODES.items()],
            "names": names.as_dict(),
        }
        self._digest = hashlib.sha256(canonical_json(header) + b"\n")

    def update(self, packed: bytes | bytearray | memoryview) -> None:
        """Take the next rows, packed."""
        self._digest.update(packed)

    def hexdigest(self) -> str:
        """Return the fingerprint of the rows so far, 64 hexadecimal digits."""
        return self._digest.hexdigest()


def canonical_json(content: object) -> bytes:
    """Return the one JSON text of a content: sorted keys, no blanks, ASCII, no NaN."""
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    ).encode()
