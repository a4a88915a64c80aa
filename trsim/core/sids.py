"""How numbered objects are called outside: TaskRouter's string identifiers.

Sources: Twilio, "What is a String Identifier (SID)?".
"""

from __future__ import annotations


def sid(prefix: str, number: int) -> str:
    """Return the SID of something numbered: two letters and 32 hexadecimal digits.

    Parameters
    ----------
    prefix : str
        The letters of its kind: WT task, WR reservation, WK worker, WQ queue, WW workflow,
        WA activity, TC channel, WS workspace, EV event.
    number : int
        Its number, >= 0; so the order of SIDs is that of creation.

    Examples
    --------
    >>> sid("WT", 26)
    'WT0000000000000000000000000000001a'
    """
    return f"{prefix}{number:032x}"
