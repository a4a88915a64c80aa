"""KPIs of reservations: how many were made, how they ended, how long workers took to answer.

An offer is a reservation.  Source of the counts: Twilio, "TaskQueue Statistics".
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
    taken = (offers.answered_ms - offers.created_ms)[accepted]
    return seconds(taken.sum(), taken.size)


def _mean_ringing_time(sample: Sample) -> Fraction:
    offers = sample.reservations
    ended = offers.answered_ms >= 0
    return seconds((offers.answered_ms - offers.created_ms)[ended].sum(), np.count_nonzero(ended))


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
        "Offers cut short because the task ended or the offer could not be delivered.",
    ),
    _count(
        "reservations_rescinded",
        ReservationStatus.RESCINDED,
        "Offers withdrawn because another worker was faster.",
    ),
    _count("reservations_open", ReservationStatus.PENDING, "Offers still ringing at the horizon."),
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
        "Mean time from an offer to its acceptance.",
        "sum of (reservation.accepted - reservation.created) / reservations_accepted",
        _mean_answer_time,
    ),
    Kpi(
        "mean_ringing_time",
        "s",
        Kind.POOLED,
        "Mean time that an offer stands, however it ends.",
        "sum of pending time / number of offers that are no longer pending",
        _mean_ringing_time,
    ),
)
