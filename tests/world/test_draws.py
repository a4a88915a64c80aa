"""Uniforms: pinned values, an independent Philox, order and identity, and the rounding."""

from __future__ import annotations

import math
from hashlib import blake2b
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world.setting import assert_uniform
from trsim.errors import UsageError
from trsim.world.draws import SMALLEST, Draws, Purpose, to_ms

WORD = 2**64 - 1

Identity = tuple[int, int, Purpose, str, int, int, int]

# (seed, replication, purpose, name, number, attempt, place) and the uniform times 2**53.
GOLDEN: list[tuple[Identity, int]] = [
    ((7, 0, Purpose.TALK, "billing", 0, 0, 0), 4787213639967813),
    ((7, 0, Purpose.TALK, "billing", 1, 0, 0), 3027745268585945),
    ((7, 0, Purpose.TALK, "billing", 2, 0, 0), 905776530638359),
    ((7, 0, Purpose.TALK, "billing", 3, 0, 0), 5100992828164995),
    ((7, 0, Purpose.TALK, "billing", 4, 0, 0), 690523936219301),
    ((7, 0, Purpose.TALK, "billing", 16, 0, 0), 470545602067919),
    ((7, 0, Purpose.TALK, "billing", 1023, 0, 0), 7471525233749617),
    ((7, 0, Purpose.TALK, "billing", 1024, 0, 0), 705862377650527),
    ((7, 0, Purpose.TALK, "billing", 1000000, 0, 0), 90578592468737),
    ((7, 1, Purpose.TALK, "billing", 0, 0, 0), 8343883782722065),
    ((8, 0, Purpose.TALK, "billing", 0, 0, 0), 7948438795381023),
    ((7, 0, Purpose.ARRIVAL, "billing", 0, 0, 0), 4822337155340255),
    ((7, 0, Purpose.ANSWER_OUTCOME, "billing", 17, 1, 0), 562526463303173),
    ((7, 0, Purpose.ANSWER_OUTCOME, "billing", 17, 1, 1), 4222367456880167),
    ((7, 0, Purpose.ANSWER_OUTCOME, "billing", 17, 999, 49), 7032734835658045),
    ((7, 0, Purpose.RETURN, "agent", 63, 12, 0), 369446189105119),
    ((7, 0, Purpose.SET_UP_DELAY, "billing", 17, 1, 2), 7978071704099715),
    ((7, 0, Purpose.SET_UP_FAILURE, "billing", 17, 1, 2), 7453056477136793),
    ((18446744073709551621, 1000000, Purpose.PATIENCE, "Grüße, 電話", 5, 0, 0), 5864329405584179),
]


def philox(counter: list[int], key: list[int]) -> list[int]:
    """Philox4x64-10 as in table 2 and figure 2 of Salmon et al. (2011), in whole numbers."""
    for _ in range(10):
        first, second = counter[0] * 0xD2E7470EE14C6C93, counter[2] * 0xCA5A826395121157
        counter = [
            (second >> 64) ^ counter[1] ^ key[0],
            second & WORD,
            (first >> 64) ^ counter[3] ^ key[1],
            first & WORD,
        ]
        key = [(key[0] + 0x9E3779B97F4A7C15) & WORD, (key[1] + 0xBB67AE8584CAA73B) & WORD]
    return counter


def uniform(identity: Identity) -> float:
    """The documented definition, word by word."""
    seed, replication, purpose, name, number, attempt, place = identity
    text = f"trsim/1 {seed} {replication} {purpose.value} {name}".encode()
    key = int.from_bytes(blake2b(text, digest_size=16).digest(), "little")
    counter = [number // 4 + 1, attempt, place, 0]
    word = philox(counter, [key & WORD, key >> 64])[number % 4]
    return ((word >> 12) + 0.5) / 2**52


def drawn(identity: Identity) -> float:
    """What trsim draws."""
    seed, replication, purpose, name, *place = identity
    return Draws(seed, replication).source(purpose, name).at(*place)


def test_the_reference_gives_the_published_answer() -> None:
    # Known answer of the Random123 library for philox4x64-10, all words zero.
    words = [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B]
    assert philox([0, 0, 0, 0], [0, 0]) == words


@pytest.mark.parametrize(("identity", "value"), GOLDEN)
def test_pinned_values(identity: Identity, value: int) -> None:
    assert drawn(identity) * 2**53 == value


identities = st.tuples(
    st.integers(0, 2**70),
    st.integers(0, 10**6),
    st.sampled_from(Purpose),
    st.text(st.characters(codec="utf-8"), max_size=12),
    st.integers(0, 2**40),
    st.integers(0, 1_000),
    st.integers(0, 49),
)


@given(identities)
def test_any_engine_can_reproduce_them(identity: Identity) -> None:
    assert drawn(identity) == uniform(identity)


places = st.tuples(st.integers(0, 5_000), st.integers(0, 3), st.integers(0, 2))


@given(
    st.lists(places, min_size=1, max_size=40).flatmap(
        lambda asked: st.tuples(st.just(asked), st.permutations(asked))
    )
)
def test_the_order_of_draws_does_not_matter(
    orders: tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]],
) -> None:
    values = []
    for order in orders:
        source = Draws(7, 3).source(Purpose.TALK, "calls")
        values.append({place: source.at(*place) for place in order})
    assert values[0] == values[1]


def test_values_survive_being_forgotten() -> None:
    source = Draws(7, 0).source(Purpose.ANSWER_DELAY, "calls")
    before = [source.at(0), source.at(5, 1), source.at(5, 0, 1)]
    for number in range(0, 100 * 1024, 1024):
        source.at(number)
    for attempt in range(1, 4_000):
        source.at(7, attempt)
    assert [source.at(0), source.at(5, 1), source.at(5, 0, 1)] == before
    assert len(source._first) <= 64
    assert len(source._later) <= 2_048


@pytest.mark.parametrize(
    "other",
    [
        (8, 3, Purpose.TALK, "calls"),
        (7, 4, Purpose.TALK, "calls"),
        (7, 3, Purpose.WRAP_UP, "calls"),
        (7, 3, Purpose.TALK, "mails"),
        (7, 3, Purpose.TALK, "calls "),
    ],
)
def test_streams_are_separate(other: tuple[int, int, Purpose, str]) -> None:
    seed, replication, purpose, name = other
    ours = Draws(7, 3).source(Purpose.TALK, "calls")
    theirs = Draws(seed, replication).source(purpose, name)
    assert not {ours.at(k) for k in range(4_000)} & {theirs.at(k) for k in range(4_000)}


def test_numbers_attempts_and_places_do_not_meet() -> None:
    source = Draws(7, 0).source(Purpose.ANSWER_OUTCOME, "calls")
    triples = [(k, a, p) for k in range(200) for a in range(5) for p in range(4)]
    assert len({source.at(*triple) for triple in triples}) == len(triples)


def test_they_are_uniform() -> None:
    source = Draws(7, 0).source(Purpose.TALK, "calls")
    assert_uniform([source.at(k) for k in range(20_000)])
    assert_uniform([source.at(3, attempt) for attempt in range(2_000)])
    assert_uniform([Draws(7, r).source(Purpose.TALK, "calls").at(0) for r in range(2_000)])


def test_neighbors_are_not_related() -> None:
    source = Draws(7, 0).source(Purpose.TALK, "calls")
    values = [source.at(k) - 0.5 for k in range(20_001)]
    products = [a * b for a, b in pairwise(values)]
    # A product has variance 1/144; five standard errors are passed once in two million.
    assert abs(math.fsum(products)) < 5 * math.sqrt(len(products)) / 12


def test_the_ends_are_never_reached() -> None:
    # The largest and smallest words that the generator can give.
    assert ((WORD >> 12) + 0.5) / 2**52 == 1 - SMALLEST < 1
    assert (0 + 0.5) / 2**52 == SMALLEST > 0


def test_a_source_is_found_again() -> None:
    draws = Draws(7, 0)
    assert draws.source(Purpose.TALK, "a") is draws.source(Purpose.TALK, "a")


@pytest.mark.parametrize("pair", [(-1, 0), (0, -1)])
def test_negative_seeds_are_refused(pair: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match="must be a whole number >= 0; found -1"):
        Draws(*pair)


@pytest.mark.parametrize(
    ("seconds", "ms"),
    [
        (0.0, 0),
        (0.00049, 0),
        (0.0005, 1),
        (1.2344, 1234),
        (1.2345, 1235),
        (2.5, 2500),
        (1e15, 10**18),
    ],
)
def test_rounding_half_up(seconds: float, ms: int) -> None:
    assert to_ms(seconds, Purpose.TALK) == ms


@pytest.mark.parametrize("seconds", [-0.001, math.nan, math.inf, -math.inf])
def test_impossible_durations_stop_the_run(seconds: float) -> None:
    with pytest.raises(AssertionError, match="wrap_up: a duration must be finite and >= 0 s"):
        to_ms(seconds, Purpose.WRAP_UP)
