"""Distributions as they are written, of durations and of pure factors."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, Field, model_validator

from trsim.errors import UsageError
from trsim.scenario.blocks import Block, Series, Shorthand, exactly_one, fail
from trsim.scenario.fields import DURATION_SCHEMA, Factor, PositiveNumber, Seconds, Text
from trsim.scenario.law_faults import law_fault
from trsim.scenario.laws import distribution
from trsim.world.distributions import Distribution

V = TypeVar("V")
_MAX_VALUES = 1_000_000
_MAX_PARTS = 1_000


class _Law(Block, Generic[V]):
    """What laws of durations and of factors share: their names."""

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Return a name that says what the law draws."""
        return f"{cls.__name__}{'Time' if params[0] is Seconds else 'Factor'}"


class Constant(_Law[V], Generic[V]):
    """Always the same value."""

    distribution: Literal["constant"]
    value: V


class Exponential(_Law[V], Generic[V]):
    """The exponential law."""

    distribution: Literal["exponential"]
    mean: V


class Uniform(_Law[V], Generic[V]):
    """All values between two are equally likely."""

    distribution: Literal["uniform"]
    low: V
    high: V


class Triangular(_Law[V], Generic[V]):
    """A least, a most likely and a largest value."""

    distribution: Literal["triangular"]
    low: V
    mode: V
    high: V


class Normal(_Law[V], Generic[V]):
    """The normal law given that it is not negative; mean and sd are those before truncation."""

    distribution: Literal["normal"]
    mean: V
    sd: V | None = None
    cv: PositiveNumber | None = None

    @model_validator(mode="after")
    def _parameters(self) -> Normal[V]:
        exactly_one(self, ("sd",), ("cv",))
        return self


class LogNormal(_Law[V], Generic[V]):
    """The lognormal law, by mean and cv or by median and sigma."""

    distribution: Literal["lognormal"]
    mean: V | None = None
    cv: PositiveNumber | None = None
    median: V | None = None
    sigma: PositiveNumber | None = None

    @model_validator(mode="after")
    def _parameters(self) -> LogNormal[V]:
        exactly_one(self, ("mean", "cv"), ("median", "sigma"))
        return self


class Gamma(_Law[V], Generic[V]):
    """The gamma law, by mean and cv, by mean and shape, or by shape and scale."""

    distribution: Literal["gamma"]
    mean: V | None = None
    cv: PositiveNumber | None = None
    shape: PositiveNumber | None = None
    scale: V | None = None

    @model_validator(mode="after")
    def _parameters(self) -> Gamma[V]:
        exactly_one(self, ("mean", "cv"), ("mean", "shape"), ("shape", "scale"))
        return self


class Erlang(_Law[V], Generic[V]):
    """The sum of k equal exponential phases; mean is that of the sum."""

    distribution: Literal["erlang"]
    k: Annotated[int, Field(ge=1, le=10_000)]
    mean: V


class Weibull(_Law[V], Generic[V]):
    """The Weibull law."""

    distribution: Literal["weibull"]
    shape: PositiveNumber
    scale: V


class Pareto(_Law[V], Generic[V]):
    """The Pareto law from a minimum on."""

    distribution: Literal["pareto"]
    shape: PositiveNumber
    minimum: V


class Empirical(_Law[V], Generic[V]):
    """Observed values, listed or from a column of a CSV file."""

    distribution: Literal["empirical"]
    values: Annotated[Series[V], Field(min_length=1, max_length=_MAX_VALUES)] | None = None
    weights: Annotated[Series[Factor], Field(min_length=1, max_length=_MAX_VALUES)] | None = None
    file: Text | None = None
    """CSV file with a line of column names, relative to the scenario."""
    column: Text | None = None
    unit: Literal["ms", "s", "m", "h"] | None = None
    """Unit of bare numbers in the file."""

    @model_validator(mode="after")
    def _source(self) -> Empirical[V]:
        exactly_one(self, ("values",), ("file", "column"))
        if self.unit is not None and self.file is None:
            raise fail("unit belongs to a file (found values)")
        if self.weights is not None and self.values is not None:
            n_weights, n_values = len(self.weights), len(self.values)
            if n_weights != n_values:
                raise fail(f"needs a weight for each value (found {n_weights} for {n_values})")
        return self


class MixtureTime(Block):
    """One of several laws, each with its weight."""

    distribution: Literal["mixture"]
    components: Annotated[Series[TimeLaw], Field(min_length=1, max_length=_MAX_PARTS)]
    weights: Annotated[Series[Factor], Field(min_length=1, max_length=_MAX_PARTS)]


class MixtureFactor(Block):
    """One of several laws, each with its weight."""

    distribution: Literal["mixture"]
    components: Annotated[Series[FactorLaw], Field(min_length=1, max_length=_MAX_PARTS)]
    weights: Annotated[Series[Factor], Field(min_length=1, max_length=_MAX_PARTS)]


LAWS = (
    *("constant", "exponential", "uniform", "triangular", "normal", "lognormal", "gamma"),
    *("erlang", "weibull", "pareto", "empirical", "mixture"),
)


def _constant(value: Any) -> dict[str, Any]:
    if value in LAWS:
        raise fail(f"a law is a mapping: write {{distribution: {value}, …}}")
    return {"distribution": "constant", "value": value}


def _value(law: dict[str, Any]) -> Any:
    return law["value"] if law["distribution"] == "constant" else law


def _buildable(law: Any) -> Any:
    _built(law, of_time=False)
    return law


def _of_time(law: Any) -> Any:
    # A clock that ticks in milliseconds would make nothing of it.
    if 0 < _built(law, of_time=True).mean < 0.0005:
        raise fail("a law's mean must be 0s or at least 0.5ms")
    return law


def _built(law: Any, *, of_time: bool) -> Distribution:
    try:
        return distribution(law)
    except UsageError as fault:
        raise fail(*law_fault(str(fault), law, of_time=of_time)) from None


TimeLaw: TypeAlias = Annotated[
    Annotated[
        Constant[Seconds]
        | Exponential[Seconds]
        | Uniform[Seconds]
        | Triangular[Seconds]
        | Normal[Seconds]
        | LogNormal[Seconds]
        | Gamma[Seconds]
        | Erlang[Seconds]
        | Weibull[Seconds]
        | Pareto[Seconds]
        | Empirical[Seconds]
        | MixtureTime,
        Field(discriminator="distribution"),
    ],
    AfterValidator(_of_time),
    Shorthand(_constant, _value, DURATION_SCHEMA),
]
"""A law of durations; a plain duration is a constant."""

FactorLaw: TypeAlias = Annotated[
    Annotated[
        Constant[Factor]
        | Exponential[Factor]
        | Uniform[Factor]
        | Triangular[Factor]
        | Normal[Factor]
        | LogNormal[Factor]
        | Gamma[Factor]
        | Erlang[Factor]
        | Weibull[Factor]
        | Pareto[Factor]
        | Empirical[Factor]
        | MixtureFactor,
        Field(discriminator="distribution"),
    ],
    AfterValidator(_buildable),
    Shorthand(_constant, _value, {"type": "number", "minimum": 0}),
]
"""A law of factors; a plain number is a constant."""

MixtureTime.model_rebuild()
MixtureFactor.model_rebuild()
