"""Drawings inside a page: ids of their own, nothing outside, nothing that can run."""

from __future__ import annotations

import re

import pytest

from trsim.errors import UsageError
from trsim.report.page_svg import inline_svg

DRAWING = b"""<?xml version="1.0"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
     width="10pt" height="20pt" viewBox="0 0 10 20">
  <metadata><where href="http://example.org/"/></metadata>
  <defs><style type="text/css">*{stroke: red}</style></defs>
  <!-- a remark -->
  <defs><path id="mark" d="M 0 -0.004
L 1.23456 7"/><clipPath id="edge"/></defs>
  <g id="unused"><use xlink:href="#mark" x="3.1416" clip-path="url(#edge)"/></g>
  <text style="font-size: 9px; font-family: 'DejaVu Sans', sans-serif">a &lt; b</text>
</svg>"""


def test_what_is_left_of_a_drawing() -> None:
    assert inline_svg(DRAWING, "one-", 'Say "hi"') == (
        '<svg class="plot" viewBox="0 0 10 20" role="img" aria-label="Say &quot;hi&quot;">'
        '<defs><path id="one-0" d="M 0 0 L 1.23 7" /><clipPath id="one-1" /></defs>'
        '<g><use href="#one-0" x="3.14" clip-path="url(#one-1)" /></g>'
        '<text style="font-size: 9px">a &lt; b</text></svg>'
    )


def test_ids_of_two_drawings_differ() -> None:
    ids = [
        set(re.findall('id="([^"]+)"', inline_svg(DRAWING, prefix, "x")))
        for prefix in ("one-", "two-")
    ]
    assert [len(own) for own in ids] == [2, 2]
    assert not ids[0] & ids[1]


def test_pictures_inside_of_a_drawing_stay() -> None:
    drawing = (
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="data:image/png;base64,AA=="/></svg>'
    )
    assert '<image href="data:image/png;base64,AA==" />' in inline_svg(drawing, "a-", "x")


@pytest.mark.parametrize(
    ("drawing", "message"),
    [
        (b'<svg><image href="http://example.org/a.png"/></svg>', "anything outside, such as 'http"),
        (b"<svg>", "a drawing must be SVG"),
    ],
    ids=["address", "broken"],
)
def test_what_cannot_stand_in_a_page(drawing: bytes, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        inline_svg(drawing, "a-", "x")
