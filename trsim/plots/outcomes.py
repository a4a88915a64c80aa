"""What becomes of reservations, and how many of them a task takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from trsim.analysis.results import Result
from trsim.analysis.sample import Observation
from trsim.analysis.spans import Ints
from trsim.core.states import ReservationStatus
from trsim.plots.canvas import filled, headline, in_style, inscribe, legend, panels, plain
from trsim.plots.canvas import whole_counts as count_axis
from trsim.plots.palette import ANSWER_LOOKS, TASK_LOOKS
from trsim.plots.view import WHOLE, View
from trsim.plots.wait_numbers import OUTCOMES, read_waits

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_QUEUES: Final = 20
MOST_OFFERS: Final = 15
_ANSWERS: Final = tuple(ReservationStatus[name.upper()] for name in ANSWER_LOOKS)


class OfferOutcomes(NamedTuple):
    """Reservations by queue and by how they stopped being pending."""

    groups: tuple[str, ...]
    """``all``, then queues by number of reservations, then what is left."""
    counts: Ints
    """Shape (n_answers, n_groups), answers in the order of the palette."""


def offer_outcomes(result: Result, view: View = WHOLE) -> OfferOutcomes:
    """Return the outcomes of the reservations of counted tasks, made in the window."""
    seen = Observation(result.log, result.horizon_ms)
    low, high = view.window(result)
    counted = seen.tasks.created_ms >= result.criteria.warm_up_ms
    offers = seen.reservations
    offers = offers.where(
        (offers.created_ms >= low) & (offers.created_ms < high) & counted[offers.place]
    )
    queues = result.names.queues
    n_groups = len(queues) + 1  # tasks routed to a worker come last
    group = np.where(offers.queue < 0, len(queues), offers.queue)
    by_group = np.stack(
        [np.bincount(group[offers.answer == answer], minlength=n_groups) for answer in _ANSWERS]
    ).astype(np.int64)
    labels = [*(plain(queue) for queue in queues), "routed to a worker"]
    total = by_group.sum(axis=0)
    order = [place for place in np.argsort(-total, kind="stable").tolist() if total[place]]
    first, rest = order[:MOST_QUEUES], order[MOST_QUEUES:]
    columns = [by_group.sum(axis=1), *(by_group[:, place] for place in first)]
    named = ["all", *(labels[place] for place in first)]
    if rest:
        columns.append(by_group[:, rest].sum(axis=1))
        named.append(f"{len(rest)} others")
    return OfferOutcomes(tuple(named), np.stack(columns, axis=1))


@in_style
def outcome_flow(result: Result, view: View = WHOLE) -> Figure:
    """Return what became of reservations, as shares over all and in each queue.

    Parameters
    ----------
    result : Result
    view : View
        Reservations made in its window, of tasks created from the warm-up on.
    """
    numbers = offer_outcomes(result, view)
    figure, (axes,) = panels((1,), height=max(2.4, 1.5 + 0.36 * len(numbers.groups)))
    total = numbers.counts.sum(axis=0)
    labels = [f"{name} ({count:,})" for name, count in zip(numbers.groups, total, strict=True)]
    shares = numbers.counts / np.maximum(total, 1)
    parts = {name: shares[place] for place, name in enumerate(ANSWER_LOOKS)}
    left = np.zeros(len(labels))
    for name, share in parts.items():
        if share.any():
            bars = axes.barh(
                range(len(labels)), share, left=left, label=name, height=0.7,
                **filled(ANSWER_LOOKS[name]),
            )  # fmt: skip
            texts = [f"{100 * part:.0f} %" if part >= 0.04 else "" for part in share]
            inscribe(axes, bars, texts, ANSWER_LOOKS[name])
        left = left + share
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of reservations")
    axes.set_ylabel("queue (reservations)")
    axes.grid(axis="y", visible=False)
    legend(axes)
    headline(
        figure,
        f"What became of reservations: {plain(result.provenance.name, 50)}",
        ["shares below 4 % are not written out"],
    )
    return figure


class OffersPerTask(NamedTuple):
    """Tasks by number of reservations and by outcome of their wait."""

    counts: Ints
    """Shape (n_outcomes, n_numbers), numbers from 0; the last one stands for it and all above."""
    offers: int
    """Reservations made for all of them."""
    most: int


def offers_per_task_numbers(result: Result, view: View = WHOLE) -> OffersPerTask:
    """Return how many reservations were made for the tasks created in the window."""
    waits = read_waits(result, view)
    most = int(waits.offers.max(initial=0))
    n_numbers = min(most, MOST_OFFERS) + 1
    place = np.minimum(waits.offers, n_numbers - 1)
    flat = np.bincount(waits.outcome * n_numbers + place, minlength=len(OUTCOMES) * n_numbers)
    counts = flat.reshape(len(OUTCOMES), n_numbers).astype(np.int64)
    return OffersPerTask(counts, int(waits.offers.sum()), most)


@in_style
def offers_per_task(result: Result, view: View = WHOLE) -> Figure:
    """Return how many reservations were made for a task, stacked by what ended its wait.

    Parameters
    ----------
    result : Result
    view : View
        Tasks created in its window are counted, from the warm-up on.
    """
    numbers = offers_per_task_numbers(result, view)
    figure, (axes,) = panels((1,))
    places = np.arange(numbers.counts.shape[1])
    below = np.zeros(places.size)
    for outcome, (name, look) in enumerate(TASK_LOOKS.items()):
        counts = numbers.counts[outcome]
        if counts.any():
            axes.bar(
                places, counts, bottom=below, width=0.8, label=f"{name}: {counts.sum():,}",
                **filled(look),
            )  # fmt: skip
        below = below + counts
    labels = [str(place) for place in places]
    if numbers.most > places[-1]:
        labels[-1] = f"≥ {places[-1]}"
    axes.set_xticks(places, labels)
    axes.set_xlabel("offers (reservations) made for the task")
    axes.set_ylabel("tasks")
    axes.set_xlim(-0.6, max(places[-1], 3) + 0.6)
    axes.grid(axis="x", visible=False)
    count_axis(axes)
    legend(axes)
    total = int(numbers.counts.sum())
    notes = [f"tasks: {total:,}, offers: {numbers.offers:,}"]
    if total:
        notes.append(f"{numbers.offers / total:.3g} offers per task, at most {numbers.most:,}")
    headline(figure, f"Offers per task: {plain(result.provenance.name, 60)}", notes)
    return figure
