"""What is said of draws: median, and the central 90 %."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.language.numbers import NEGLIGIBLE


class Interval(NamedTuple):
    """Median and central 90 % of something over draws; None where it does not apply or never comes.

    >>> Interval(2.0, 1.0, 3.0).as_dict()
    {'median': 2.0, 'low': 1.0, 'high': 3.0}
    """

    median: float | None
    low: float | None
    high: float | None

    def as_dict(self) -> dict[str, float | None]:
        """The three numbers by name, as every file gives them."""
        return self._asdict()

    def scale(self, factor: float) -> Interval:
        """The interval of `factor` times the thing, such as the same in another unit.

        >>> Interval(2.0, 1.0, None).scale(-10)
        Interval(median=-20.0, low=None, high=-10.0)
        """
        median, low, high = (None if end is None else factor * end for end in self)
        return Interval(median, high, low) if factor < 0 else Interval(median, low, high)


class Chance(NamedTuple):
    """The chance that a person faces, and the central 90 % of how often it may be.

    `mean` is the probability averaged over what is not known: where it is either rare or common, a person's chance is
    in between, and no median tells that.
    """

    mean: float
    low: float
    high: float

    @property
    def is_known(self) -> bool:
        """Whether what is known leaves less than three decades; below a millionth nothing is told apart."""
        return max(self.high, NEGLIGIBLE) / max(self.low, NEGLIGIBLE) < _UNKNOWN


NOTHING = Interval(None, None, None)
_UNKNOWN = 1e3  # ends of a probability that are so far apart say nothing
LOW, HIGH = 0.05, 0.95  # the central 90 %
_DIGITS = 6


def interval(values: PerDraw) -> Interval:
    """Median, low and high over draws of `values`, (draw,).

    None where most have no value; inf ("never") counts as largest.

    >>> import hudnal, numpy
    >>> hudnal.interval(numpy.arange(101.0))
    Interval(median=50.0, low=5.0, high=95.0)
    """
    known = values[~np.isnan(values)]
    if known.size * 2 <= values.size:
        return NOTHING
    ordered = np.sort(known)

    def at(q: float) -> float | None:
        place = q * (ordered.size - 1)
        below, above = ordered[int(np.floor(place))], ordered[int(np.ceil(place))]
        if not (np.isfinite(below) and np.isfinite(above)):
            return None
        return round_for_files(below + (above - below) * (place - np.floor(place)))

    return Interval(at(0.5), at(LOW), at(HIGH))


def find_chance(probability: PerDraw) -> Chance | None:
    """The chance that a `probability` (draw,) makes for a person; None where it does not apply."""
    ends = interval(probability)
    if ends.low is None or ends.high is None:
        return None
    return Chance(round_for_files(float(np.nanmean(probability))), ends.low, ends.high)


def subtract(values: PerDraw, others: PerDraw) -> PerDraw:
    """By how much `values` are above `others`, (draw,); NaN where either is missing or never comes."""
    both = np.isfinite(values) & np.isfinite(others)
    return np.subtract(values, others, out=np.full(values.shape, np.nan), where=both)


def find_known_share(values: PerDraw) -> float:
    """Share of the draws in which there is a value at all, of `values`, (draw,)."""
    return float(1 - np.isnan(values).mean())


def round_for_files(value: float) -> float:
    """The value rounded to the six digits that files give."""
    return float(f"{value:.{_DIGITS}g}")


def excludes_zero(ends: Interval) -> bool:
    """Whether both ends are known and lie on one side of 0."""
    _, low, high = ends
    return low is not None and high is not None and (low > 0 or high < 0)
