"""What the published figures taught: the fitted belief, kept as a turn of the prior's normal scores.

A parameter's normal score is z in `quantile(ndtr(z))`: standard normal under the prior of the tables, whatever its
distribution. The fit moves the scores' mean and pins some directions of them:

    z' = mean + z - sum_k (1 - sqrt(kept_k)) u_k (u_k . z),   z ~ N(0, 1)

so z' ~ N(mean, I - sum_k (1 - kept_k) u_k u_k^T). What the figures say nothing about stays as the tables have it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib import resources
from typing import Any

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.parameters.table import parameters

SCHEMA = "hudnal/posterior/1"
FILE = "posterior.json"
_DIGITS = 4
_DIGEST_BYTES = 16
_AS_BEFORE = 0.95  # share of the prior's variance from which on a direction counts as not pinned


@dataclass(frozen=True, eq=False)
class Posterior:
    """A fitted belief in the normal scores of the parameters `names`.

    Two are equal where they move every sample alike, whatever is noted of how they were made.
    """

    names: tuple[str, ...]
    mean: Float[Array, " name"]
    directions: Float[Array, "direction name"]  # orthonormal rows
    kept: Float[Array, " direction"]  # share of the prior's variance that is left along each
    priors: Mapping[str, str]  # of each name, the prior that it was fitted from
    made: Mapping[str, Any]  # how: cases, draws, seed, version

    @staticmethod
    def none() -> Posterior:
        """The belief that has learnt nothing: the tables' priors."""
        return Posterior((), np.zeros(0), np.zeros((0, 0)), np.zeros(0), {}, {})

    @staticmethod
    def of_sample(
        names: Iterable[str],
        scores: Float[Array, "sample name"],
        information: Float[Array, "name name"],
        made: Mapping[str, Any],
        least: float,
    ) -> Posterior:
        """The belief that a sample of `scores` (sample, name) shows, in the directions that the figures inform.

        `information` (name, name) is the mean outer product of the log-likelihood's gradient. Where it is below
        `least` times the prior's the belief is the prior, and a sample's own noise is not taken for knowledge: the
        likelihood-informed subspace of Cui et al. (2014), doi:10.1088/0266-5611/30/11/114015.
        """
        names = tuple(names)
        learnt, turn = np.linalg.eigh(information)
        informed = turn[:, learnt > least]
        along = scores @ informed
        kept, inner = np.linalg.eigh(np.atleast_2d(np.cov(along, rowvar=False)))
        mean = informed @ along.mean(axis=0)
        priors = {name: prior_signature(name) for name in names}
        # Learning leaves no more doubt than there was (for log-concave figures: Brascamp and Lieb); more is luck.
        pinned = kept < _AS_BEFORE
        return Posterior(
            names, mean, (informed @ inner[:, pinned]).T, np.maximum(kept[pinned], 0.0), priors, made
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Posterior) and self._content() == other._content()

    def __hash__(self) -> int:
        return hash(self._content())

    def digest(self) -> str:
        """A digest of all that moves a sample: it differs where two are not equal, and is the same everywhere."""
        names, *values = self._content()
        return blake2b(json.dumps(names).encode() + b"".join(values), digest_size=_DIGEST_BYTES).hexdigest()

    def _content(self) -> tuple[tuple[str, ...], bytes, bytes, bytes]:
        return self.names, self.mean.tobytes(), self.directions.tobytes(), self.kept.tobytes()

    @property
    def deviation(self) -> Float[Array, " name"]:
        """Standard deviation of each name's score, 1 under the prior, (name,)."""
        if not self.kept.size:
            return np.ones(len(self.names))
        return np.sqrt(np.maximum(1 - ((1 - self.kept)[:, None] * self.directions**2).sum(axis=0), 0.0))

    def move_scores(self, scores: Float[Array, "draw name"]) -> Float[Array, "draw name"]:
        """Scores (draw, name) of the prior as scores of the posterior: z' of the formula above."""
        if not self.kept.size:
            return scores + self.mean
        along = scores @ self.directions.T
        return self.mean + scores - (along * (1 - np.sqrt(self.kept))) @ self.directions

    def as_dict(self) -> dict[str, Any]:
        """The posterior as plain data for its JSON file, numbers rounded to the digits that it keeps."""
        return {
            "schema": SCHEMA,
            "made": dict(self.made),
            "parameters": {
                name: {"prior": self.priors[name], "mean": _round_for_file(mean)}
                for name, mean in zip(self.names, self.mean, strict=True)
            },
            "kept": [_round_for_file(k) for k in self.kept],
            "directions": [[_round_for_file(x) for x in row] for row in self.directions],
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Posterior:
        """The posterior that plain data describe. Raises ValueError for data of another schema."""
        if data.get("schema") != SCHEMA:
            raise ValueError(f"not a posterior of the kind {SCHEMA}")
        entries = data["parameters"]
        names = tuple(entries)
        return Posterior(
            names=names,
            mean=np.array([float(entries[n]["mean"]) for n in names]),
            directions=np.array(data["directions"], float).reshape(len(data["kept"]), len(names)),
            kept=np.array(data["kept"], float),
            priors={n: str(entries[n]["prior"]) for n in names},
            made=data["made"],
        )


def prior_signature(name: str) -> str:
    """The prior of a parameter in one line, to see whether it has changed; empty where there is no such parameter."""
    parameter = parameters().get(name)
    if parameter is None:
        return ""
    prior = parameter.distribution
    ends = "".join(
        f" {word} {end:.6g}" for word, end in (("from", prior.low), ("to", prior.high)) if np.isfinite(end)
    )
    return f"{prior.kind} {prior.a:.6g} {prior.b:.6g}{ends}"


@cache
def load_shipped_posterior() -> Posterior:
    """The posterior that the package ships, which every sample follows unless told otherwise."""
    file = resources.files("hudnal.parameters") / FILE
    return Posterior.from_dict(json.loads(file.read_text(encoding="utf-8")))


def _round_for_file(x: float) -> float:
    return round(float(x), _DIGITS)
