"""A drawing made ready to stand inside a page: small, with ids of its own, nothing outside."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree

from trsim.errors import UsageError

_NUMBER = re.compile(r"-?[0-9]+\.[0-9]+")
_LINK = re.compile(r"url\(#([^)]+)\)")
_FAMILY = re.compile(r"font-family:[^;]*;?\s*")
_FONT = re.compile(r"font: *([^'\";]*?) *'[^;]*")
_BLANKS = re.compile(r"\s+")
_LEFT_OUT: Final = ("metadata", "style")
"""Elements that name outside addresses, or whose rules would reach the page around."""
_TEXT: Final = ("text", "tspan")
_ROUNDED: Final = ("d", "x", "y", "width", "height", "points", "cx", "cy", "r")


def inline_svg(svg: bytes, prefix: str, label: str) -> str:
    """Return a drawing as an element for a page.

    Parameters
    ----------
    svg : bytes
        A whole SVG document.
    prefix : str
        What its ids begin with; different for each drawing of a page.
    label : str
        What the drawing shows, for those who do not see it.

    Returns
    -------
    str
        An ``svg`` element of class ``plot``: all texts escaped, coordinates in hundredths, no ids
        but those that something refers to.

    Raises
    ------
    UsageError
        It is no SVG, or refers to anything outside.
    """
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as problem:
        raise UsageError(f"a drawing must be SVG: {problem}") from problem
    _prune(root)
    ids = _short_ids(root, prefix)
    for element in root.iter():
        _rewrite(element, ids)
    view = root.get("viewBox", "")
    root.attrib = {"class": "plot", "viewBox": view, "role": "img", "aria-label": label}
    return ElementTree.tostring(root, encoding="unicode")


def _prune(element: ElementTree.Element) -> None:
    """Take out what a page has no use for, blanks between elements included."""
    element.tag = _plain(element.tag)
    for child in list(element):
        if _plain(child.tag) in _LEFT_OUT:
            element.remove(child)
            continue
        _prune(child)
        if element.tag not in _TEXT:
            child.tail = None
        if child.tag == "defs" and not len(child):
            element.remove(child)
    if element.tag not in _TEXT:
        element.text = None


def _plain(name: str) -> str:
    """Return a name without its namespace."""
    return name.rpartition("}")[2]


def _short_ids(root: ElementTree.Element, prefix: str) -> dict[str, str]:
    """Return the new name of each id that something refers to."""
    used: dict[str, str] = {}
    for element in root.iter():
        for name, value in element.attrib.items():
            found = _LINK.findall(value)
            if _plain(name) == "href" and value.startswith("#"):
                found.append(value[1:])
            for old in found:
                used.setdefault(old, f"{prefix}{len(used)}")
    return used


def _rewrite(element: ElementTree.Element, ids: dict[str, str]) -> None:
    attributes: dict[str, str] = {}
    for name, value in element.attrib.items():
        key = _plain(name)
        if key == "id":
            if value in ids:
                attributes["id"] = ids[value]
        elif key == "href":
            attributes["href"] = _reference(value, ids)
        elif key in _ROUNDED:
            attributes[key] = _BLANKS.sub(" ", _NUMBER.sub(_hundredths, value)).strip()
        else:
            attributes[key] = _LINK.sub(lambda match: f"url(#{ids[match[1]]})", value)
    if "style" in attributes:
        attributes["style"] = _without_family(attributes["style"])
    element.attrib = attributes


def _reference(value: str, ids: dict[str, str]) -> str:
    if value.startswith("data:"):
        return value
    if not value.startswith("#"):
        raise UsageError(f"a drawing must not refer to anything outside, such as {value!r}")
    return f"#{ids[value[1:]]}"


def _without_family(style: str) -> str:
    """Leave the choice of letters to the page."""
    return _FAMILY.sub("", _FONT.sub(r"font-size: \1", style)).strip("; ")


def _hundredths(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
