"""A case: a published figure, the trial that it comes from, and what of the course is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import isfinite, isinf
from typing import Any, Literal

from hudnal.evidence.scale import Scale
from hudnal.evidence.trial import Trial
from hudnal.parameters import parameters, reference_of

Role = Literal["fit", "check"]
How = Literal["difference", "ratio", "relative"]
Form = Literal["pair", "rate", "bound", "range", "number"]
FORMS: tuple[Form, ...] = ("number", "range", "bound", "rate", "pair")
_PASSING = ("bruise_probability", "bruise")  # of what is counted in people


@dataclass(frozen=True)
class Case:
    """One published figure.

    `role` fit: it goes into the fit; check: neither it nor anything else of its source does. `low` and `high` are the
    ends of what the source leaves open: both equal `value` where it gives one number only, and where it tells one
    end only (a bound, a direction) the other is infinite. `count` of `n` people makes `value` a share. `error` is the
    standard error in the figure's unit, where it is told. A second trial makes a pair of it: two arms of one study.
    """

    id: str
    title: str
    fact: str
    role: Role
    trial: Trial
    observe: Mapping[str, Any]
    value: float
    low: float
    high: float
    unit: str
    n: int | None
    spread: str
    cause: str  # the likely cause of a miss, in words
    kind: str  # of thing, for how far studies differ
    scale: Scale
    error: float | None = None
    count: int | None = None
    alike: str = ""  # cases of one such name measured the same thing after comparable treatments
    than: Trial | None = None  # a second treatment, of the same draws, that it is set against
    how: How = "difference"  # less the second, over it, or as the change in % of what the second one leaves
    arms: tuple[str, ...] = ()  # cases that tell one of its arms by itself
    is_named: bool = (
        True  # whether the source names what it counts: where it does not, some of it goes unreported
    )
    is_highest: bool = False  # of its n people, and no mean

    @property
    def trials(self) -> tuple[Trial, ...]:
        """The trial that was simulated for it, and the second one where it is set against one."""
        return (self.trial,) if self.than is None else (self.trial, self.than)

    @property
    def source(self) -> str:
        """The bibliography's key; the fact as it stands where that knows nothing of it, as in a set of one's own."""
        try:
            return reference_of(self.fact).key
        except KeyError:
            return self.fact

    @property
    def single(self) -> bool:
        """Whether it is the figure of one person, and no mean; two arms of one person each are two people."""
        return self.n == 1 and not self.is_pair

    @property
    def is_range(self) -> bool:
        """Whether the source leaves a range open."""
        return self.low < self.high

    @property
    def is_passing(self) -> bool:
        """Whether what is observed passes by itself, so that a paper may well leave it out; marks and scars stay."""
        return any(self.observe.get(what) in _PASSING for what in ("quantity", "series"))

    @property
    def is_pair(self) -> bool:
        """Whether it sets two arms of one study against each other."""
        return self.than is not None

    @property
    def is_bound(self) -> bool:
        """Whether the source tells one end only."""
        return isinf(self.low) != isinf(self.high)

    @property
    def form(self) -> Form:
        """What kind of figure it is: a pair before anything else, then a rate of people, a bound, a range, a number."""
        if self.is_pair:
            return "pair"
        if self.count is not None:
            return "rate"
        if self.is_bound:
            return "bound"
        return "range" if self.is_range else "number"

    @property
    def neutral(self) -> float | None:
        """The value of a pair whose arms are alike; None for any other figure."""
        return None if not self.is_pair else 1.0 if self.how == "ratio" else 0.0

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """Low and high end of the range that the source leaves open; None for an end that it does not tell."""
        return (self.low if isfinite(self.low) else None, self.high if isfinite(self.high) else None)

    @property
    def told_twice(self) -> bool:
        """Whether the fact also stands behind a prior of the tables, or an arm of the pair is a case of its own."""
        return bool(self.arms) or self.fact in facts_in_parameters()


@cache
def facts_in_parameters() -> frozenset[str]:
    """Facts that some number of the model rests on; those of the rules only set warnings."""
    kept_apart = ("rules.", "evidence.")
    return frozenset(f for p in parameters().values() if not p.name.startswith(kept_apart) for f in p.source)
