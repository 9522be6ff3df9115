"""Samples of what we don't know: a scrambled Sobol sequence, one dimension for each parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from functools import cached_property
from zlib import crc32

import numpy as np

from hudnal.parameters.table import Parameter, parameters

SITE_GROUP = "skin.sites."


def dimension_of(name: str) -> str:
    """The Sobol dimension of a parameter: its name, but one and the same for a quantity at every site.

    So two treatments of different sites, run with the same seed, differ by the site and not by luck.
    """
    if name.startswith(SITE_GROUP):
        return SITE_GROUP + name.rsplit(".", 1)[1]
    return name


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
            part.whole, part.start = self.whole, start
            part.__dict__["_columns"] = self._columns
            part.__dict__["_points"] = self._points[start : start + size]
            yield part

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(sorted({dimension_of(p) for p in parameters()}))}

    @cached_property
    def _points(self) -> np.ndarray:
        if self.n == 1:
            return np.full((1, len(self._columns)), 0.5)
        from scipy.stats import qmc

        sobol = qmc.Sobol(len(self._columns), scramble=True, rng=np.random.default_rng(self.seed))
        points = sobol.random_base2(int(np.ceil(np.log2(self.n))))[: self.n]
        # A scrambled point may fall on 0, where an unbounded distribution has no value.
        return np.clip(points, 2.0**-31, 1 - 2.0**-31)

    def __getitem__(self, name: str) -> np.ndarray:
        parameter = self.parameter(name)
        if name in self.own:
            return parameter.distribution.quantile(self._own_points(name))
        u = self._points[:, self._columns[dimension_of(name)]]
        return parameter.distribution.quantile(u)

    def _own_points(self, name: str) -> np.ndarray:
        """Where in its distribution each draw lies, 0-1: one in each n-th part, in an order of its own."""
        if self.whole == 1:
            return np.full(1, 0.5)
        rng = np.random.default_rng([self.seed, crc32(name.encode())])
        points = (rng.permutation(self.whole) + rng.random(self.whole)) / self.whole
        return np.clip(points, 2.0**-31, 1 - 2.0**-31)[self.start : self.start + self.n]

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
