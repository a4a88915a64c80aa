"""KPIs of reservations: how many were made, how they ended, how long workers took to answer.

An offer is a reservation.  It rings from its creation until the worker takes the task, or until it
ends otherwise.  Where a call or conversation must be set up, it is on hold from then on, still
pending; that is set-up time, not ringing.

Sources: Twilio, "TaskQueue Statistics" (counts), "Reservations resource" (on hold).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from trsim.analysis.kpi import Fraction, Kind, Kpi, Measure, number, ratio, seconds
from trsim.analysis.sample import Sample
from trsim.core.states import ReservationStatus


def _ended_as(sample: Sample, answer: ReservationStatus) -> int:
    return int(np.count_nonzero(sample.reservations.answered_by(answer)))


def _created(sample: Sample) -> Fraction:
    return number(len(sample.reservations))


def _number_of(answer: ReservationStatus) -> Measure:
    def measure(sample: Sample) -> Fraction:
        return number(_ended_as(sample, answer))

    return measure


def _share_of(answer: ReservationStatus) -> Measure:
    def measure(sample: Sample) -> Fraction:
        still_open = _ended_as(sample, ReservationStatus.PENDING)
        return ratio(_ended_as(sample, answer), len(sample.reservations) - still_open)

    return measure


def _offers_per_task(sample: Sample) -> Fraction:
    return ratio(len(sample.reservations), len(sample.tasks))


def _mean_answer_time(sample: Sample) -> Fraction:
    offers = sample.reservations
    accepted = offers.answered_by(ReservationStatus.ACCEPTED)
    taken = (offers.rang_until_ms - offers.created_ms)[accepted]
    return seconds(taken.sum(), taken.size)


def _mean_ringing_time(sample: Sample) -> Fraction:
    offers = sample.reservations
    rang = offers.rang_until_ms >= 0
    return seconds((offers.rang_until_ms - offers.created_ms)[rang].sum(), np.count_nonzero(rang))


def _setups(sample: Sample) -> Fraction:
    return number(np.count_nonzero(sample.reservations.on_hold_ms >= 0))


def _mean_setup_time(sample: Sample) -> Fraction:
    offers = sample.reservations
    ended = (offers.on_hold_ms >= 0) & (offers.answered_ms >= 0)
    return seconds((offers.answered_ms - offers.on_hold_ms)[ended].sum(), np.count_nonzero(ended))


def _count(name: str, answer: ReservationStatus, text: str) -> Kpi:
    formula = f"number of reservations whose pending time ended as {answer.label}"
    if answer is ReservationStatus.PENDING:
        formula = "number of reservations that are pending at the horizon"
    return Kpi(name, "reservations", Kind.AVERAGED, text, formula, _number_of(answer))


def _share(name: str, answer: ReservationStatus, text: str) -> Kpi:
    formula = (
        f"offers that ended as {answer.label} / offers that are no longer pending (accepted, "
        "rejected, timed out, canceled or rescinded)"
    )
    return Kpi(name, "share", Kind.POOLED, text, formula, _share_of(answer))


RESERVATION_KPIS: Final = (
    Kpi(
        "reservations_created",
        "reservations",
        Kind.AVERAGED,
        "Offers made for the counted tasks.",
        "number of reservation.created",
        _created,
    ),
    _count("reservations_accepted", ReservationStatus.ACCEPTED, "Offers the worker took."),
    _count("reservations_rejected", ReservationStatus.REJECTED, "Offers the worker turned down."),
    _count("reservations_timed_out", ReservationStatus.TIMEOUT, "Offers nobody reacted to."),
    _count(
        "reservations_canceled",
        ReservationStatus.CANCELED,
        "Offers cut short: the task ended, its target's deadline came, or the offer could not be "
        "delivered.",
    ),
    _count(
        "reservations_rescinded",
        ReservationStatus.RESCINDED,
        "Offers withdrawn because another worker was faster.",
    ),
    _count(
        "reservations_open",
        ReservationStatus.PENDING,
        "Offers still ringing or on hold at the horizon.",
    ),
    Kpi(
        "setups",
        "reservations",
        Kind.AVERAGED,
        "Offers the worker took for which a call or conversation had to be set up.",
        "number of reservation.on-hold",
        _setups,
    ),
    Kpi(
        "offers_per_task",
        "reservations",
        Kind.POOLED,
        "Mean number of offers made for a task.",
        "reservations_created / offered",
        _offers_per_task,
    ),
    _share("accept_share", ReservationStatus.ACCEPTED, "Share of offers the worker took."),
    _share("reject_share", ReservationStatus.REJECTED, "Share of offers the worker turned down."),
    _share("timeout_share", ReservationStatus.TIMEOUT, "Share of offers nobody reacted to."),
    Kpi(
        "mean_answer_time",
        "s",
        Kind.POOLED,
        "Mean time from an offer to the worker's taking it, over accepted offers.",
        "sum of (reservation.on-hold, or accepted without set-up, - reservation.created) / "
        "reservations_accepted",
        _mean_answer_time,
    ),
    Kpi(
        "mean_ringing_time",
        "s",
        Kind.POOLED,
        "Mean time that an offer rings, however that ends.",
        "sum of (reservation.on-hold, or end of pending time without set-up, - "
        "reservation.created) / number of offers that ring no more",
        _mean_ringing_time,
    ),
    Kpi(
        "mean_setup_time",
        "s",
        Kind.POOLED,
        "Mean time from a worker's taking a task to the connection, or to its failure.",
        "sum of (end of pending time - reservation.on-hold) / number of offers that were on hold "
        "and are no longer pending",
        _mean_setup_time,
    ),
)
