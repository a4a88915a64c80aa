"""HTML for notebooks: escaped, and in the colors of the page around."""

from __future__ import annotations

from html.parser import HTMLParser

from trsim.analysis.page import aside_html, folded_html, list_html, table_html

HOSTILE = "<script>&'\""


class Balance(HTMLParser):
    """Checks that every tag that is opened is closed again, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def texts(page: str) -> list[str]:
    reader = Balance()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader.texts


def test_texts_come_out_as_they_went_in() -> None:
    assert texts(table_html([HOSTILE], [[HOSTILE]])) == [HOSTILE, HOSTILE]
    assert texts(aside_html(HOSTILE)) == [HOSTILE]
    assert texts(list_html([HOSTILE])) == [HOSTILE]
    assert texts(folded_html(HOSTILE, aside_html("inside"))) == [HOSTILE, "inside"]


def test_numbers_are_short_and_what_is_not_known_is_a_dash() -> None:
    rows: list[list[float | None]] = [[0.123456], [1234.5], [2_345_678.9], [None], [-3.0]]
    assert texts(table_html(["n"], rows))[1:] == ["0.1235", "1,234", "2,345,679", "–", "-3"]


def test_no_color_is_set() -> None:
    page = table_html(["a"], [[1.0]])
    assert "color:inherit" in page
    assert "background:transparent" in page


def test_no_list_without_items() -> None:
    assert list_html([]) == ""
