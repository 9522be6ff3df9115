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
from math import log, sqrt

import numpy as np

_MOST = 40  # terms of one figure
_PAIRED = 12  # scores, of those taken in first, whose products are tried
_PATIENCE = 3  # terms that may fail to help before it stops
_LEAST = 1e-9


@dataclass(frozen=True)
class Emulator:
    """Terms are pairs of columns of the scores: (i, -1) is z_i, (i, i) its second polynomial, else a product."""

    constant: float
    terms: tuple[tuple[int, int], ...]
    weights: np.ndarray  # (term,)
    noise: float  # standard deviation of what the terms leave
    explained: float  # share of the variance, left-one-out

    def __call__(self, scores: np.ndarray) -> np.ndarray:
        """The figure at `scores` (point, name): (point,)."""
        if not self.terms:
            return np.full(scores.shape[0], self.constant)
        return self.constant + design(scores, self.terms) @ self.weights


def design(scores: np.ndarray, terms: Sequence[tuple[int, int]]) -> np.ndarray:
    """Value of each term at each point, (point, term)."""
    return np.stack([_term(scores, i, j) for i, j in terms], axis=1)


def _term(scores: np.ndarray, i: int, j: int) -> np.ndarray:
    if j < 0:
        return scores[:, i]
    if i == j:
        return (scores[:, i] ** 2 - 1) / sqrt(2)
    return scores[:, i] * scores[:, j]


def emulate(
    scores: np.ndarray, figure: np.ndarray, names: Sequence[int], weight: np.ndarray | None = None
) -> Emulator:
    """Learn `figure` (point,) from `scores` (point, name); only the columns `names` may matter.

    `weight` (point,) says how much each point counts. Raises ValueError where there are no two different values.
    """
    weight = np.ones(figure.size) if weight is None else weight / np.mean(weight)
    root = np.sqrt(np.asarray(weight))
    mean = float(np.average(figure, weights=weight))
    total = float(np.average((figure - mean) ** 2, weights=weight))
    if total < _LEAST:
        return Emulator(mean, (), np.zeros(0), sqrt(total), 1.0)
    candidates = [(i, -1) for i in names] + [(i, i) for i in names]
    terms, fitted = _taken_in(scores, figure, root, candidates, [])
    singles = list(dict.fromkeys(i for i, _ in terms))[:_PAIRED]
    pairs = [(i, j) for a, i in enumerate(singles) for j in singles[a + 1 :]]
    terms, fitted = _taken_in(scores, figure, root, candidates + pairs, terms)
    matrix = root[:, None] * np.column_stack([np.ones(figure.size), *(_term(scores, i, j) for i, j in terms)])
    # Leaving one point out of least squares divides its residual by 1 - its leverage.
    q, _ = np.linalg.qr(matrix)
    left = (root * figure - matrix @ fitted) / np.maximum(1 - (q**2).sum(axis=1), 0.05)
    unexplained = float(np.mean(left**2))
    return Emulator(
        float(fitted[0]), tuple(terms), fitted[1:], sqrt(unexplained), max(1 - unexplained / total, 0.0)
    )


def _taken_in(
    scores: np.ndarray,
    figure: np.ndarray,
    root: np.ndarray,
    candidates: list[tuple[int, int]],
    terms: list[tuple[int, int]],
) -> tuple[list[tuple[int, int]], np.ndarray]:
    """More terms, each the one that goes best with what is left; (terms, weights with the constant first)."""
    n = figure.size
    columns = np.column_stack([root, *(root * _term(scores, i, j) for i, j in candidates)])
    place = {term: k + 1 for k, term in enumerate(candidates)}
    chosen = [0, *(place[t] for t in terms)]
    target = root * figure

    def least_squares(taken: list[int]) -> tuple[np.ndarray, float, np.ndarray]:
        found = np.linalg.lstsq(columns[:, taken], target, rcond=None)[0]
        rest = target - columns[:, taken] @ found
        return found, n * log(max(float(rest @ rest) / n, _LEAST)) + log(n) * len(taken), rest

    weights, best, rest = least_squares(chosen)
    length = np.linalg.norm(columns, axis=0)
    trying, failed = list(chosen), 0
    while failed < _PATIENCE and len(trying) < min(_MOST + 1, n // 4):
        gain = np.abs(columns.T @ rest) / np.maximum(length, _LEAST)
        gain[trying] = -1.0
        trying = [*trying, int(gain.argmax())]
        found, criterion, rest = least_squares(trying)
        if criterion < best:
            chosen, weights, best, failed = list(trying), found, criterion, 0
        else:
            failed += 1
    return [candidates[k - 1] for k in chosen[1:]], weights
