"""A quick stand-in for the model at one figure: a polynomial in the normal scores of the parameters that move it.

The model itself cannot be differentiated (needles meet vessels or they do not) and takes seconds; a few hundred of its
runs, spread over the prior, tell how a figure follows from the scores z:

    y(z) = b_0 + sum_i b_i z_i + sum_i b_ii (z_i^2 - 1)/sqrt 2 + sum_ij b_ij z_i z_j + e,   e ~ N(0, noise^2)

Terms are Hermite polynomials, orthonormal under the prior, and taken in one by one as long as Schwarz's criterion
falls; `noise` is what they leave, luck of the holes among it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.study.emulator.terms import choose_columns, leave_one_out

_PAIRED = 12  # scores, of those taken in first, whose products are tried
_LEAST = 1e-9

Term = tuple[int, int]  # (i, -1) is z_i, (i, i) its second polynomial, (i, j) a product


@dataclass(frozen=True)
class Emulator:
    """A figure as a polynomial in the scores: a constant, and terms with their weights."""

    constant: float
    terms: tuple[Term, ...]
    weights: Float[Array, " term"]
    noise: float  # standard deviation of what the terms leave
    explained: float  # share of the variance, left-one-out

    def __call__(self, scores: Float[Array, "point name"]) -> Float[Array, " point"]:
        """The figure at `scores` (point, name): (point,)."""
        if not self.terms:
            return np.full(scores.shape[0], self.constant)
        return self.constant + evaluate_terms(scores, self.terms) @ self.weights


def evaluate_terms(scores: Float[Array, "point name"], terms: Sequence[Term]) -> Float[Array, "point term"]:
    """Value of each term at each point, (point, term)."""
    return np.stack([_evaluate_term(scores, i, j) for i, j in terms], axis=1)


def _evaluate_term(scores: Float[Array, "point name"], i: int, j: int) -> Float[Array, " point"]:
    if j < 0:
        return scores[:, i]
    if i == j:
        return (scores[:, i] ** 2 - 1) / sqrt(2)
    return scores[:, i] * scores[:, j]


def fit_emulator(
    scores: Float[Array, "point name"],
    figure: Float[Array, " point"],
    names: Sequence[int],
    weight: Float[Array, " point"] | None = None,
) -> Emulator:
    """Learn `figure` (point,) from `scores` (point, name); only the columns `names` may matter.

    `weight` (point,) says how much each point counts. A figure that does not vary becomes a constant.
    """
    weight = np.ones(figure.size) if weight is None else weight / np.mean(weight)
    root = np.sqrt(np.asarray(weight))
    mean = float(np.average(figure, weights=weight))
    total = float(np.average((figure - mean) ** 2, weights=weight))
    if total < _LEAST:
        return Emulator(mean, (), np.zeros(0), sqrt(total), 1.0)
    candidates = [(i, -1) for i in names] + [(i, i) for i in names]
    terms, fitted = _add_terms(scores, figure, root, candidates, [])
    singles = list(dict.fromkeys(i for i, _ in terms))[:_PAIRED]
    pairs = [(i, j) for a, i in enumerate(singles) for j in singles[a + 1 :]]
    terms, fitted = _add_terms(scores, figure, root, candidates + pairs, terms)
    columns = [np.ones(figure.size), *(_evaluate_term(scores, i, j) for i, j in terms)]
    matrix = root[:, None] * np.column_stack(columns)
    left = leave_one_out(matrix, (root * figure - matrix @ fitted)[:, None])
    unexplained = float(np.mean(left**2))
    return Emulator(
        float(fitted[0]), tuple(terms), fitted[1:], sqrt(unexplained), max(1 - unexplained / total, 0.0)
    )


def _add_terms(
    scores: Float[Array, "point name"],
    figure: Float[Array, " point"],
    root: Float[Array, " point"],
    candidates: list[Term],
    terms: list[Term],
) -> tuple[list[Term], Float[Array, " weight"]]:
    """More terms, each the one that goes best with what is left; (terms, weights with the constant first).

    `root` is the square root of each point's weight.
    """
    columns = np.column_stack([root, *(root * _evaluate_term(scores, i, j) for i, j in candidates)])
    place = {term: k + 1 for k, term in enumerate(candidates)}
    chosen, weights = choose_columns(columns, (root * figure)[:, None], [0, *(place[t] for t in terms)])
    return [candidates[k - 1] for k in chosen[1:]], weights[:, 0]
