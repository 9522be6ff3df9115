"""The emulator of a treatment: what it has learnt, what it answers, and what it says of its own error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.outcome.contract import Bounds
from hudnal.outcome.declared import find_quantity
from hudnal.result.interval import NOTHING, Interval, round_for_files
from hudnal.study.emulator.basis import Term, evaluate_terms
from hudnal.study.emulator.box import Box, Point, read_point
from hudnal.study.emulator.chance import find_ends
from hudnal.study.emulator.paths import Paths

ENDS = ("median", "low", "high")
_HALF = 0.5  # of being there


@dataclass(frozen=True)
class Error:
    """How far an end is from a direct run's, over settings that were left out, as shares of the interval's width."""

    middle: float
    ninetieth: float
    largest: float


@dataclass(frozen=True)
class Learnt:
    """One quantity: its paths (None where it never has a value), whether it is there, and its errors.

    `present` are the paths of a 1 where there is a value and a 0 where there is none; None where there always is one.
    `errors` are those of the median, the low and the high end; `missed` is the share of the left-out settings at which
    an end is there and should not be, or should and is not.
    """

    paths: Paths | None
    present: Paths | None = None
    errors: tuple[Error, ...] = ()
    missed: float = 0.0


@dataclass(frozen=True)
class Origin:
    """What an emulator was learnt from: all that decides its numbers."""

    treatment: Mapping[str, Any]  # as plain data
    settings: int
    draws: int
    seed: int
    people: bool  # whether draws are persons, or what differs between people stands at its median
    used: tuple[str, ...] = ()  # parameters that the runs asked for
    digest: str = ""
    version: str = ""


@dataclass(frozen=True)
class Emulator:
    """A treatment's numbers over a box of settings, without a run."""

    origin: Origin
    box: Box
    usual: Point  # the treatment's own settings, which hold where others are not given
    quantities: Mapping[str, Learnt]
    luck: Float[Array, "repeat draw"] = field(default_factory=lambda: np.zeros((1, 1)))

    def answer(self, point: Mapping[str, object] | None = None, group: bool = False) -> dict[str, Interval]:
        """Median, low and high of every quantity at a point of the box, such as {"force": "5 N"}.

        Settings that are not named are the treatment's own. Single persons have the luck of the holes, and whatever
        else the polynomials lose, added back; in the mean of a `group` it is averaged out. How people differ otherwise
        stays in a group's interval, unless the emulator was learnt from runs without it (`origin.people`). None where
        a quantity does not apply. Raises OutsideBox for a setting outside, or that was not learnt.
        """
        setting = read_point(self.box, point or {}, self.usual)[None]
        luck = np.zeros((1, self.origin.draws)) if group else self.luck
        ends = self.find_ends(setting, luck)
        return {name: _make_interval(of[0]) for name, of in ends.items()}

    def follow(self, point: Mapping[str, object] | None = None, repeat: int = 0) -> dict[str, PerDraw]:
        """Every quantity of each draw at a point, (draw,), with luck dealt for the so-manieth time.

        The same draw at two points is the same person under the same belief, so that differences have an interval.
        Luck is the same too. NaN where a quantity does not apply, infinity where it never comes.
        Raises OutsideBox.
        """
        setting = read_point(self.box, point or {}, self.usual)[None]
        values = self.tell_values(setting, self.luck[repeat % len(self.luck)][None])
        return {name: of[0, 0] for name, of in values.items()}

    def find_ends(
        self, settings: Float[Array, "setting axis"], luck: Float[Array, "repeat draw"]
    ) -> dict[str, Float[Array, "setting end"]]:
        """Median, low and high of each quantity, (setting, 3): the mean over repeats of luck (repeat, draw)."""
        values = self.tell_values(settings, luck)
        ends = find_ends(np.stack(list(values.values()))).mean(axis=2)
        return dict(zip(values, ends, strict=True))

    def tell_values(
        self, settings: Float[Array, "setting axis"], luck: Float[Array, "repeat draw"]
    ) -> dict[str, Float[Array, "setting repeat draw"]]:
        """Every quantity of each draw, (setting, repeat, draw), with luck (repeat, draw) added."""
        values = evaluate_terms(self.box, settings, self._terms)
        nothing = np.full((len(settings), *luck.shape), np.nan)
        told = {}
        for name, learnt in self.quantities.items():
            if learnt.paths is None:
                told[name] = nothing
                continue
            scaled = self._follow(learnt.paths, values)[:, None, :] + learnt.paths.noise * luck
            told[name] = learnt.paths.restore(scaled, find_bounds(name))
            if learnt.present is not None:
                absent = self._follow(learnt.present, values) < _HALF
                told[name] = np.where(absent[:, None, :], np.nan, told[name])
        return told

    def _follow(self, paths: Paths, values: Float[Array, "setting term"]) -> Float[Array, "setting draw"]:
        return paths.follow(values[:, [self._places[term] for term in paths.terms]])

    @cached_property
    def _terms(self) -> Sequence[Term]:
        """Every term that some quantity needs, each once."""
        of = (one for learnt in self.quantities.values() for one in (learnt.paths, learnt.present) if one)
        return list(dict.fromkeys(((), *(term for paths in of for term in paths.terms))))

    @cached_property
    def _places(self) -> Mapping[Term, int]:
        return {term: place for place, term in enumerate(self._terms)}


@cache
def find_bounds(name: str) -> Bounds:
    """The least and the most that a quantity can be."""
    return find_quantity(name).limits


def _make_interval(ends: Float[Array, " end"]) -> Interval:
    if np.isnan(ends[0]) and np.isnan(ends[1]) and np.isnan(ends[2]):
        return NOTHING
    return Interval(*(None if np.isnan(end) else round_for_files(float(end)) for end in ends))
