"""The path of every draw over a box, for one quantity: a polynomial for each, all of the same terms.

    y_j(x) = sum_r (sum_t w_tr T_t(x)) v_rj + noise e_j          on the quantity's scale; j the draw, T_t a term

What draws have in common is the first of the `r`, whose v is 1; the others are the directions in which draws differ
most (singular vectors). Directions that no term tells, the luck of holes among them, are the `noise`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.study.emulator.basis import Term
from hudnal.study.emulator.scale import Scale
from hudnal.study.emulator.terms import choose_columns, leave_one_out

_DIRECTIONS = 12  # in which draws differ, that are tried
_PRICE = 2.0  # of a term: paths of many draws are paid for by all of them (Akaike's)
_MOST = 60  # terms
_WORTH = 0.02  # share of a direction that has to be told, of points left out, for it to be kept
_BEYOND = 0.1  # of the range that was seen, by which answers may lead out of it
_FINE = 0.002  # of how draws differ: what rounding may change
_NEVER = 0.25  # of the range, beyond the most that was seen: where "never" lies while paths are learnt


@dataclass(frozen=True)
class Paths:
    """One quantity's paths: weights (term, direction), shares (direction, draw), the noise, and what was seen."""

    scale: Scale
    terms: tuple[Term, ...]
    weights: Float[Array, "term direction"]
    shares: Float[Array, "direction draw"]
    noise: float
    least: float  # on the scale, as are the two that follow
    most: float
    never: float  # from which on it never comes; infinity where it always did
    grain: float  # whose whole multiples the weights are
    grains: Float[Array, " direction"]  # and the shares

    def follow(self, values: Float[Array, "setting term"]) -> Float[Array, "setting draw"]:
        """Every draw on the scale, (setting, draw), without noise, of the terms' values (setting, term)."""
        return values @ self.weights @ self.shares

    def restore(self, scaled: Float[Array, ...], bounds: tuple[float, float]) -> Float[Array, ...]:
        """The quantity of what is on the scale, within what was seen and what can be; infinity where it never comes."""
        inside = np.clip(self.scale.restore(np.clip(scaled, self.least, self.most)), *bounds)
        return np.where(scaled > self.never, np.inf, inside)


def fill_gaps(scaled: Float[Array, "setting draw"]) -> tuple[Float[Array, "setting draw"], float]:
    """Values on a scale without gaps, and where "never" begins.

    Infinity becomes a value beyond all; a missing value that of its setting, as its draw usually differs. Each setting
    has some value.
    """
    finite = np.isfinite(scaled)
    low, high = float(scaled[finite].min()), float(scaled[finite].max())
    never = np.inf
    filled = np.where(finite, scaled, np.nan)
    if np.isposinf(scaled).any():
        reach = _NEVER * max(high - low, abs(high), 1e-9)
        filled[np.isposinf(scaled)] = high + reach
        never = high + reach / 2
    gaps = np.isnan(filled)
    if gaps.any():
        seen = np.where(gaps, 0.0, filled)
        rows = seen.sum(axis=1) / np.maximum((~gaps).sum(axis=1), 1)
        differs = np.where(gaps, 0.0, filled - rows[:, None]).sum(axis=0) / np.maximum((~gaps).sum(axis=0), 1)
        filled = np.where(gaps, rows[:, None] + differs, filled)
    return filled, never


def learn_paths(
    candidates: Sequence[Term],
    columns: Float[Array, "setting candidate"],
    scaled: Float[Array, "setting draw"],
    scale: Scale,
    taken: Sequence[int] = (0,),
) -> tuple[Paths, Float[Array, "setting draw"]]:
    """The paths of values on a scale, and what they tell of each setting when they have not seen it.

    The first candidate is the constant. `scaled` (setting, draw) may have gaps, but no setting without any value.
    """
    filled, never = fill_gaps(scaled)
    count, draws = filled.shape
    low, high = float(filled.min()), float(filled.max())
    margin = _BEYOND * (high - low)
    mean = filled.mean(axis=1)
    left, sizes, right = np.linalg.svd(filled - mean[:, None], full_matrices=False)
    tried = min(_DIRECTIONS, int((sizes > 1e-9 * max(sizes[0], abs(mean).max(), 1e-300)).sum()))
    directions = np.concatenate([np.ones((1, draws)), np.sqrt(draws) * right[:tried]])
    targets = np.column_stack([mean, left[:, :tried] * sizes[:tried] / np.sqrt(draws)])
    size = float(np.sqrt(np.mean((targets - targets.mean(axis=0)) ** 2))) or 1.0
    untold = float((sizes[tried:] ** 2).sum() / count / draws)
    chosen, _ = choose_columns(columns, targets / size, taken, _PRICE, _MOST, untold / size**2)
    used = columns[:, chosen]
    weights = np.linalg.lstsq(used, targets, rcond=None)[0]
    unseen = leave_one_out(used, targets - used @ weights)  # (setting, direction)
    told = 1 - (unseen**2).sum(axis=0) / np.maximum((targets**2).sum(axis=0), 1e-300)
    kept = [0, *(r for r in range(1, tried + 1) if told[r] > _WORTH)]
    predicted = (targets - unseen)[:, kept] @ directions[kept]
    rest = filled - predicted
    noise = float(np.sqrt(np.mean((rest - rest.mean(axis=1, keepdims=True)) ** 2)))
    grain, grains = _choose_grains(used @ weights[:, kept], directions[kept], noise)
    paths = Paths(
        scale, tuple(candidates[c] for c in chosen), _round_to(weights[:, kept], grain),
        _round_to(directions[kept], grains[:, None]), _shorten(noise), _shorten(low - margin), _shorten(high + margin),
        never if np.isinf(never) else _shorten(never), grain, grains,
    )  # fmt: skip
    return paths, predicted


def _choose_grains(
    followed: Float[Array, "setting direction"], shares: Float[Array, "direction draw"], noise: float
) -> tuple[float, Float[Array, " direction"]]:
    """What weights and shares are rounded to: a small part of how draws differ, so that few digits are kept."""
    spread = float(np.hypot(np.std(followed @ shares, axis=1).mean(), noise))
    sizes = np.sqrt(np.mean(followed**2, axis=0))
    fine = _FINE * (spread or float(sizes[0]) or 1.0)
    grains = [_round_down(fine / max(size, fine)) for size in sizes]
    return _round_down(fine), np.array([1.0, *grains[1:]])


def _round_down(value: float) -> float:
    """The value's first digit, with its size: numbers that are short to write."""
    size = 10.0 ** floor(log10(value))
    return float(f"{max(floor(value / size), 1) * size:.1g}")


def _round_to(values: Float[Array, ...], grain: float | Float[Array, "direction 1"]) -> Float[Array, ...]:
    return np.round(values / grain) * grain


def _shorten(value: float) -> float:
    return float(f"{value:.6g}")
