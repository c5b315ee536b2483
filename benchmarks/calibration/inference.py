"""What a measured inference declares: its claims, the worlds that try them, what it finds there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb


@dataclass(frozen=True)
class World:
    """A world whose truth is known, and the choices of method with which it is looked at.

    Attributes
    ----------
    kind
        What it is, in words that the page prints: worlds of one kind are repetitions.
    seed
        Of the world.
    families
        How many it has.
    maker
        "generator" (`corepath.synthetic.world`) or "other" (`benchmarks.calibration.other_maker`),
        which share no code.
    options
        Of the maker, as pairs: for the generator layout, null, topic_share and plan (TOML); for
        the other fields of `other_maker.Making`.
    method
        Fields of the topic's `[method]`, as pairs.
    everything
        Whether the topic takes every family, and not those of information technology.
    """

    kind: str
    seed: int
    families: int
    maker: str = "generator"
    options: tuple[tuple[str, Any], ...] = ()
    method: tuple[tuple[str, Any], ...] = ()
    everything: bool = False


@dataclass(frozen=True)
class Claim:
    """A rate that an inference must keep.

    Attributes
    ----------
    name
        What is counted, such as "fires" or "covers".
    says
        In plain words, for the page: of what it is the rate.
    least, most
        Between which it must lie; None is no limit.
    is_mean
        Whether hits are not counted but are differences from the truth, of which the size of the mean
        over all worlds of a kind is asked.
    """

    name: str
    says: str
    least: float | None = None
    most: float | None = None
    is_mean: bool = False


# By a claim's name: how often it held in a world, and in how many cases.
Counts = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Inference:
    """Something that a mart says, with the rates that tell how far to believe it.

    Attributes
    ----------
    name
        Such as "key core technology"; one of the release's report.
    column
        The mart's column that says it.
    claims
        The rates.
    tables
        What must be built to see it: schema.name.
    worlds
        Gives the worlds of a size, "small" or "full".
    count
        Looks into a built world; several counts are of samples of it, each of which is one draw.
    about
        What the page has to say beyond the rates: how cases are counted, what is weak.
    """

    name: str
    column: str
    claims: tuple[Claim, ...]
    tables: tuple[str, ...]
    worlds: Callable[[str], list[World]]
    count: Callable[[duckdb.DuckDBPyConnection, World], Counts | list[Counts]]
    about: str = field(default="")
