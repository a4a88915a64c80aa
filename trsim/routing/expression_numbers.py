"""Numbers and the texts that are numbers: one rule for literals and for attribute values."""

from __future__ import annotations

# Below 309 digits, where a float becomes infinite, and below 640, the smallest limit Python can
# be given for the digits of an integer: within it no conversion can fail.
MAX_NUMBER_LENGTH = 300


def plain_number(text: str) -> int | float | None:
    """Return the number that `text` spells, or None if it is anything else.

    Parameters
    ----------
    text : str
        A number is an optional minus, digits, and optionally a point and more digits: no plus,
        exponent, blank or grouping.  Longer texts than `MAX_NUMBER_LENGTH` are no numbers.

    Examples
    --------
    >>> plain_number("-2.5"), plain_number("007"), plain_number("1e3")
    (-2.5, 7, None)
    """
    if len(text) > MAX_NUMBER_LENGTH:
        return None
    whole, point, fraction = text.removeprefix("-").partition(".")
    if not _only_digits(whole) or (point and not _only_digits(fraction)):
        return None
    # Whole numbers stay integers: an identifier of 17 digits would be rounded by a float.
    return float(text) if point else int(text)


def number_text(number: int | float) -> str | None:
    """Return `number` as text, for ``CONTAINS``; None if it is too long to be written.

    Notes
    -----
    Numbers that are equal give the same text, so a whole float is written without its point.

    Examples
    --------
    >>> number_text(5), number_text(5.0), number_text(0.25)
    ('5', '5', '0.25')
    """
    if isinstance(number, float):
        if not number.is_integer():
            return repr(number)
        number = int(number)
    # 10 ** 300 has 997 bits; a float's 308 digits fit as well.
    return str(number) if number.bit_length() <= 1024 else None


def _only_digits(text: str) -> bool:
    # str.isdigit alone would also take superscripts and other scripts' digits.
    return text.isascii() and text.isdigit()
