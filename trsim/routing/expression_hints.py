"""What people write from habit, and what TaskRouter's expression language calls it.

Only words for messages live here: nothing in this module changes how a text is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

WORD_OPERATORS = ("CONTAINS", "HAS", "IN", "NOT IN")
CONNECTIVES = ("AND", "OR")

NO_NOT = "only NOT IN exists: turn the comparison round, for example == into !="

_CHARACTERS = {
    "&": "write AND",
    "|": "write OR",
    "!": "not equal is written != without a blank",
    "+": "there is no arithmetic",
    "*": "there is no arithmetic",
    "/": "there is no arithmetic",
    "%": "there is no arithmetic",
    "“": "strings stand in straight quotation marks",
    "”": "strings stand in straight quotation marks",
    "‘": "strings stand in straight quotation marks",
    "’": "strings stand in straight quotation marks",
    "`": "strings stand in straight quotation marks",
}

_OPERATOR_PAIRS = {
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "===": "==",
    "!==": "!=",
}

_WORDS = {
    "LIKE": "for a part of a text write CONTAINS",
    "MATCHES": "for a part of a text write CONTAINS",
    "INCLUDES": "write HAS for an array, CONTAINS for a text",
    "IS": "write == null or != null",
    "EQ": "write ==",
    "EQUALS": "write ==",
    "NE": "write !=",
    "XOR": "only AND and OR join comparisons",
}

# Longer words are no misspelt keywords, and comparing them would cost more than linear time.
_LONGEST_MISSPELLING = 12


def quoted(text: str) -> str:
    """Return `text` for a message: in quotation marks, shortened, without control characters."""
    shown = text if len(text) <= 40 else text[:39] + "…"
    return "'" + "".join(_visible(character) for character in shown) + "'"


def about_characters(unreadable: str) -> str:
    """Return what to write instead of characters that are in no token; may be empty."""
    if unreadable[0].isalpha():
        return "a name has only the letters a to z, digits, _ and $"
    return _CHARACTERS.get(unreadable[0], "")


def about_operators(first: str, second: str) -> str:
    """Return what to write instead of two operators in a row; may be empty."""
    meant = _OPERATOR_PAIRS.get(first + second)
    return f"'{first + second}' is written {meant}" if meant else ""


def about_word(word: str, expected: Iterable[str]) -> str:
    """Return the help for a word that stands where one of `expected` should; may be empty."""
    return _WORDS.get(word.upper()) or nearest(word.upper(), expected)


def nearest(word: str, expected: Iterable[str]) -> str:
    """Return the question whether another word was meant; may be empty."""
    if len(word) > _LONGEST_MISSPELLING:
        return ""
    found = get_close_matches(word, tuple(expected), n=1, cutoff=0.65)
    return f"did you mean {found[0]}?" if found else ""


def _visible(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"
