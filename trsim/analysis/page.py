"""Tables as HTML for notebooks: small, every text escaped, readable on light and on dark pages.

Colors are those of the page around, so that nothing has to be known about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

_ASIDE: Final = "opacity:.75;margin:.3em 0"
_TABLE: Final = "border-collapse:collapse;color:inherit;background:transparent;margin:.3em 0"
_LEFT: Final = "text-align:left;padding:.1em 1.5em .1em 0"
_RIGHT: Final = "text-align:right;padding:.1em 1.5em .1em 0;font-variant-numeric:tabular-nums"


def table_html(heads: Sequence[str], rows: Sequence[Sequence[str | float | None]]) -> str:
    """Return a table; numbers and their titles stand on the right, a dash for none.

    Parameters
    ----------
    heads : sequence of str
        Titles of the columns.
    rows : sequence of sequences
        Texts and numbers; each has as many as there are columns.
    """
    sides = (_LEFT if isinstance(content, str) else _RIGHT for content in (rows or [heads])[0])
    head = "".join(
        f'<th style="{side}">{escape(title)}</th>' for side, title in zip(sides, heads, strict=True)
    )
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f'<table style="{_TABLE}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def aside_html(text: str) -> str:
    """Return a line in the background."""
    return f'<p style="{_ASIDE}">{escape(text)}</p>'


def folded_html(summary: str, content: str) -> str:
    """Return HTML that unfolds below a summary."""
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"


def list_html(texts: Iterable[str]) -> str:
    """Return a list of texts, nothing if there is none."""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul>{items}</ul>" if items else ""


def _cell(content: str | float | None) -> str:
    if isinstance(content, str):
        return f'<td style="{_LEFT}">{escape(content)}</td>'
    return f'<td style="{_RIGHT}">{_number(content)}</td>'


def _number(number: float | None) -> str:
    return "–" if number is None else f"{number:,.4g}" if abs(number) < 1e4 else f"{number:,.0f}"
