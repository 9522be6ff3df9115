"""Which terms of a polynomial a figure needs: taken in one by one, as long as Schwarz's criterion falls.

The core of every emulator in the house: `evidence/` learns a figure from what is not known with it, this room the
paths of all draws over a box of settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np

from hudnal.arrays import Array, Float

MOST = 40  # terms
_PATIENCE = 3  # terms that may fail to help before it stops
_POINTS_PER_TERM = 4  # at least
_LEAST = 1e-9
_ALIKE = 1e-7  # of a column's length, that the others do not tell


def choose_columns(
    columns: Float[Array, "point column"],
    targets: Float[Array, "point target"],
    taken: Sequence[int],
    price: float | None = None,
    most: int = MOST,
    untold: float = 0.0,
) -> tuple[list[int], Float[Array, "chosen target"]]:
    """Columns, those `taken` first, that tell the `targets` together, and their weights by least squares.

    Each is the one that goes best with what is left. A column costs `price` in the criterion (Schwarz's: the logarithm
    of the number of points), and there are `most` beside the constant. `untold` is the sum of squares, per point, of
    targets that are left out here because no column tells them.
    """
    n = targets.shape[0]
    price = log(n) if price is None else price
    basis = np.linalg.qr(columns[:, list(taken)])[0]
    rest = targets - basis @ (basis.T @ targets)

    def judge(count: int) -> float:
        return n * log(max(float(np.vdot(rest, rest)) / n + untold, _LEAST)) + price * count

    length = np.linalg.norm(columns, axis=0)
    trying, failed = list(taken), 0
    chosen, best = list(taken), judge(len(taken))
    refused = np.zeros(columns.shape[1], dtype=bool)
    refused[trying] = True
    while failed < _PATIENCE and len(trying) < min(most + 1, n // _POINTS_PER_TERM) and not refused.all():
        gain = np.linalg.norm(columns.T @ rest, axis=1) / np.maximum(length, _LEAST)
        gain[refused] = -1.0
        new = int(gain.argmax())
        refused[new] = True
        direction = columns[:, new] - basis @ (basis.T @ columns[:, new])
        direction -= basis @ (basis.T @ direction)
        size = float(np.linalg.norm(direction))
        if size <= _ALIKE * length[new]:
            failed += 1
            continue
        direction /= size
        trying.append(new)
        basis = np.column_stack([basis, direction])
        rest = rest - np.outer(direction, direction @ rest)
        criterion = judge(len(trying))
        if criterion < best:
            chosen, best, failed = list(trying), criterion, 0
        else:
            failed += 1
    return chosen, np.linalg.lstsq(columns[:, chosen], targets, rcond=None)[0]


def leave_one_out(
    columns: Float[Array, "point chosen"], rest: Float[Array, "point target"]
) -> Float[Array, "point target"]:
    """What least squares leaves of each point when it has not seen that point: the rest by 1 less its leverage."""
    basis = np.linalg.qr(columns)[0]
    return rest / np.maximum(1 - (basis**2).sum(axis=1), LEAST_LEFT)[:, None]


LEAST_LEFT = 0.05  # of 1 less a point's leverage
