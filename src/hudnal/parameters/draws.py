"""Samples of what we don't know: a Latin hypercube, one dimension for each parameter.

Every dimension is shuffled by the seed and by its own name, so a parameter that is added leaves the samples of all
others as they were. The sample is of the fitted belief unless the tables' prior is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from zlib import crc32

import numpy as np
from scipy.special import ndtr, ndtri

from hudnal.arrays import Array, Float, PerDraw
from hudnal.parameters.posterior import Posterior, load_shipped_posterior
from hudnal.parameters.table import Parameter, parameters

SITE_GROUP = "skin.sites."
_EVEN = 64  # draws that are spread evenly together: a longer sample begins with a shorter one of as many
_END = 2.0**-31  # a point may fall on an end, where an unbounded distribution has no value


def dimension_of(name: str) -> str:
    """The dimension of a parameter: its name, but one and the same for a quantity at every site.

    So two treatments of different sites, run with the same seed, differ by the site and not by luck.
    """
    if name.startswith(SITE_GROUP):
        return SITE_GROUP + name.rsplit(".", 1)[1]
    return name


def _shuffle_evenly(n: int, seeds: list[int]) -> Float[Array, " n"]:
    """One point in each n-th part of 0-1, in an order of its own."""
    rng = np.random.default_rng(seeds)
    return (rng.permutation(n) + rng.random(n)) / n


class Draws:
    """`draws["puncture.entry.toughness"]` is that parameter's sample, an array of `n` values in the table's unit.

    The same seed gives the same sample. One draw alone sits at the median of every parameter. What has been
    asked for is remembered in `used`, so that a run can print its sources. `belief` is the posterior of the fit (the
    shipped one, "posterior"), another, or None or "prior" for the tables alone. Without `people` what differs
    between people stands at its median, as in the mean of a trial. Raises ValueError for fewer than 1 draw and for a
    belief that is none of these.
    """

    def __init__(
        self, n: int = 64, seed: int = 1, belief: Posterior | str | None = "posterior", people: bool = True
    ) -> None:
        if n < 1:
            raise ValueError(f"at least 1 draw is needed, not {n}")
        self.n = n
        self.seed = seed
        self.belief = _resolve_belief(belief)
        self.people = people
        self.batch = 0  # which group of 64 of the whole sample it begins with
        self.whole, self.start = n, 0  # of the sample that this is a part of
        self.own: Mapping[str, Parameter] = {}
        self.used: set[str] = set()
        self._anchor: Draws | None = None
        self._known: dict[str, PerDraw] = {}  # points of these draws, by dimension
        self._values: dict[str, PerDraw] = {}

    def __getstate__(self) -> dict[str, object]:
        # Values are made again from the seed; the shipped belief is known wherever the package is.
        state = {**self.__dict__, "_values": {}, "_known": {}}
        if self.belief is load_shipped_posterior():
            state["belief"] = None
        return state

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        if state["belief"] is None:
            self.belief = load_shipped_posterior()

    @property
    def anchor(self) -> Draws:
        """The sample by which the trials behind a rate are told, against whose doing a rate is scaled.

        It is this sample itself, but where `with_anchor` holds it still to see what acts by scaling alone.
        """
        return self if self._anchor is None else self._anchor

    def with_anchor(self, anchor: Draws) -> Draws:
        """The same sample, with another by which the trials behind a rate are told."""
        more = copy(self)
        more._anchor = anchor
        more._values = {}
        return more

    @property
    def of_one_person(self) -> Draws:
        """The same sample of what nobody knows, in one person: what differs between people stands at its median."""
        if not self.people:
            return self
        more = copy(self)
        more.people, more._values = False, {}
        return more

    def including(self, own: Mapping[str, Parameter]) -> Draws:
        """The same sample with parameters of a treatment's own beside those of the tables, which stay as they are."""
        more = copy(self)
        more.own = {**self.own, **own}
        more._values = {}
        return more

    def select_part(self, first: int, count: int) -> Draws:
        """`count` draws of the same sample from `first` on, which remember what they use together with the whole.

        Raises ValueError unless `first` is a multiple of 64, and for a part that the sample does not have.
        """
        if first % _EVEN or first < 0 or count < 1 or first + count > self.n:
            raise ValueError(f"a sample of {self.n} has no part of {count} draws from {first} on")
        part = copy(self)
        part.n, part.start = count, self.start + first
        part.batch = part.start // _EVEN
        part._values, part._known = {}, {}
        return part

    def split_batches(self, size: int = _EVEN) -> Iterator[Draws]:
        """The same sample in batches of at most `size` draws, a multiple of 64."""
        for first in range(0, self.n, size):
            yield self.select_part(first, min(size, self.n - first))

    def scores(self, names: Sequence[str]) -> Float[Array, "draw name"]:
        """Normal scores of parameters in this sample, (draw, name): standard normal under the prior."""
        columns = [self._points_of(dimension_of(name)) for name in names]
        return ndtri(np.stack(columns, axis=1)) if columns else np.zeros((self.n, 0))

    def _points_of(self, dimension: str) -> PerDraw:
        """Where in its prior each of these draws lies, 0-1."""
        if dimension not in self._known:
            if dimension in self.belief.names:
                names = self.belief.names
                groups = [
                    np.clip(ndtr(self.belief.move_scores(ndtri(group))), _END, 1 - _END)
                    for group in self._list_groups(names)
                ]
                self._known |= dict(zip(names, np.concatenate(groups).T, strict=True))
            else:
                self._known[dimension] = np.concatenate(list(self._list_groups((dimension,))))[:, 0]
        return self._known[dimension]

    def _list_groups(self, dimensions: Sequence[str]) -> Iterator[Float[Array, "draw dimension"]]:
        """Points of the prior, 0-1, group by group: a Latin hypercube, shuffled by the seed and the dimension's name.

        A draw's numbers do not depend on which part of the sample it is asked for in, to the last bit.
        """
        end = self.start + self.n
        for start in range(self.start, end, _EVEN):
            if self.whole == 1:
                yield np.full((1, len(dimensions)), 0.5)
                return
            size = min(_EVEN, self.whole - start)
            points = [_shuffle_evenly(size, [self.seed, crc32(d.encode()), start]) for d in dimensions]
            yield np.clip(np.stack(points, axis=1), _END, 1 - _END)[: end - start]

    def __getitem__(self, name: str) -> PerDraw:
        if name not in self._values:
            parameter = self.parameter(name)
            points = self._points_of(dimension_of(name))
            if parameter.varies == "people" and not self.people:
                points = np.full(self.n, 0.5)
            values = parameter.distribution.quantile(points)
            values.flags.writeable = False
            self._values[name] = values
        self.used.add(name)
        return self._values[name]

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


def _resolve_belief(belief: Posterior | str | None) -> Posterior:
    if isinstance(belief, Posterior):
        return belief
    if belief not in (None, "prior", "posterior"):
        raise ValueError(f"a belief is a Posterior, 'posterior' or 'prior', not {belief!r}")
    return load_shipped_posterior() if belief == "posterior" else Posterior.none()
