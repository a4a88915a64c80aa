"""How things look: never told apart by color alone.

The colors are those of Okabe and Ito, "Color Universal Design" (2008), which people with the usual
color deficiencies can tell apart.  Neighbors differ in lightness, and in hatch, line style or
marker, so that a print in black and white says the same.
"""

from __future__ import annotations

from typing import Final, NamedTuple

BLACK: Final = "#000000"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
PINK: Final = "#CC79A7"
LIGHT: Final = "#E4E4E4"
GRAY: Final = "#8A8A8A"
WHITE: Final = "#FFFFFF"


class Look(NamedTuple):
    """How a thing is filled."""

    color: str
    hatch: str = ""
    height: float = 1.0
    """Share of the height of a lane, where lanes are drawn."""


LINE_STYLES: Final = ("solid", "dashed", "dotted", "dashdot", (0, (6, 2, 1, 2, 1, 2)))
LINE_COLORS: Final = (BLACK, VERMILLION, BLUE, GREEN, PINK)
LINE_MARKERS: Final = ("", "o", "s", "^", "D")

TASK_LOOKS: Final = {
    "assigned": Look(BLUE),
    "hung up": Look(ORANGE, "////"),
    "canceled otherwise": Look(VERMILLION, "xxxx"),
    "removed": Look(BLACK),
    "waiting still": Look(WHITE, "...."),
}
"""What became of a task's wait."""

ANSWER_LOOKS: Final = {
    "accepted": Look(BLUE),
    "rejected": Look(ORANGE, "////"),
    "timeout": Look(VERMILLION, "xxxx"),
    "rescinded": Look(LIGHT),
    "canceled": Look(GRAY, "\\\\\\\\"),
    "pending": Look(WHITE, "...."),
}
"""How a reservation stopped being pending."""

ANSWER_MARKERS: Final = {
    "accepted": "o",
    "rejected": "X",
    "timeout": "v",
    "rescinded": "D",
    "canceled": "s",
}

WORKER_LOOKS: Final = {
    "talking": Look(BLUE, "", 0.9),
    "wrapping up": Look(SKY, "....", 0.65),
    "set-up": Look(ORANGE, "\\\\\\\\", 0.9),
    "ringing": Look(YELLOW, "", 0.9),
    "available": Look(LIGHT, "", 0.3),
    "missed an offer": Look(VERMILLION, "xxxx", 0.65),
    "away": Look(WHITE, "////", 0.3),
}
"""What a worker does; off duty nothing is drawn."""

STAFF_LOOKS: Final = {
    "busy": Look(BLUE),
    "reserved": Look(YELLOW, "...."),
    "available": Look(LIGHT),
    "away": Look(WHITE, "////"),
}

LIFE_LOOKS: Final = {
    "pending": Look(LIGHT, "", 0.55),
    "reserved": Look(GRAY, "////", 0.55),
    "ringing": Look(YELLOW, "", 0.7),
    "set-up": Look(ORANGE, "\\\\\\\\", 0.7),
    "talking": Look(BLUE, "", 0.7),
    "wrapping up": Look(SKY, "....", 0.7),
}

PART_LOOKS: Final = (
    Look(BLUE),
    Look(YELLOW, "...."),
    Look(VERMILLION, "xxxx"),
    Look(LIGHT),
    Look(ORANGE, "////"),
    Look(GREEN, "----"),
    Look(GRAY, "\\\\\\\\"),
    Look(WHITE, "++++"),
    Look(BLACK),
    Look(PINK, "oo"),
)
"""For parts whose names are not known beforehand."""
