"""Samples of what we don't know: a Latin hypercube, one dimension for each parameter.

Every dimension is shuffled by the seed and by its own name, so a parameter that is added leaves the samples of all
others as they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from zlib import crc32

import numpy as np

from hudnal.parameters.table import Parameter, parameters

SITE_GROUP = "skin.sites."
_EVEN = 64  # draws that are spread evenly together: a longer sample begins with a shorter one of as many


def dimension_of(name: str) -> str:
    """The dimension of a parameter: its name, but one and the same for a quantity at every site.

    So two treatments of different sites, run with the same seed, differ by the site and not by luck.
    """
    if name.startswith(SITE_GROUP):
        return SITE_GROUP + name.rsplit(".", 1)[1]
    return name


def _shuffled(n: int, seeds: list[int]) -> np.ndarray:
    """One point in each n-th part of 0-1, in an order of its own."""
    rng = np.random.default_rng(seeds)
    return (rng.permutation(n) + rng.random(n)) / n


class Draws:
    """`draws["puncture.entry_slope"]` is that parameter's sample, an array of `n` values in the table's unit.

    The same seed gives the same sample. One draw alone sits at the median of every parameter. What has been
    asked for is remembered in `used`, so that a run can print its sources.
    """

    def __init__(self, n: int = 64, seed: int = 1) -> None:
        if n < 1:
            raise ValueError(f"at least 1 draw is needed, not {n}")
        self.n = n
        self.seed = seed
        self.block = 0
        self.whole, self.start = n, 0  # of the sample that this is a part of
        self.own: Mapping[str, Parameter] = {}
        self.used: set[str] = set()
        self._known: dict[str, np.ndarray] = {}

    def including(self, own: Mapping[str, Parameter]) -> Draws:
        """The same sample with parameters of a treatment's own beside those of the tables, which stay as they are."""
        more = copy(self)
        more.own = {**self.own, **own}
        return more

    def blocks(self, size: int) -> Iterator[Draws]:
        """The same sample in parts of at most `size` draws, which remember what they use together."""
        for block, start in enumerate(range(0, self.n, size)):
            part = Draws(min(size, self.n - start), self.seed)
            part.block = block
            part.used, part.own = self.used, self.own
            part.whole, part.start, part._known = self.whole, start, self._known
            yield part

    def _points(self, dimension: str) -> np.ndarray:
        """Where in its distribution each draw lies, 0-1."""
        if self.whole == 1:
            return np.full(1, 0.5)
        if dimension not in self._known:
            own = crc32(dimension.encode())
            starts = range(0, self.whole, _EVEN)
            points = np.concatenate(
                [_shuffled(min(_EVEN, self.whole - s), [self.seed, own, s]) for s in starts]
            )
            # A point may fall on an end, where an unbounded distribution has no value.
            self._known[dimension] = np.clip(points, 2.0**-31, 1 - 2.0**-31)
        return self._known[dimension][self.start : self.start + self.n]

    def __getitem__(self, name: str) -> np.ndarray:
        parameter = self.parameter(name)
        return parameter.distribution.quantile(self._points(dimension_of(name)))

    def parameter(self, name: str) -> Parameter:
        """The entry of a table or of the treatment, noted as used. Raises KeyError with the nearest names."""
        parameter = self.own.get(name) or parameters().get(name)
        if parameter is None:
            from difflib import get_close_matches

            near = ", ".join(get_close_matches(name, [*parameters(), *self.own], 3)) or "nothing near"
            raise KeyError(f"no parameter '{name}' (near: {near})")
        self.used.add(name)
        return parameter

    def value(self, name: str) -> float:
        """The central value of a parameter that is one for all draws (a convention or a threshold)."""
        return self.parameter(name).value

    def has(self, name: str) -> bool:
        """Whether any table, or the treatment, holds that parameter."""
        return name in self.own or name in parameters()
