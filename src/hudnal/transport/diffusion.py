"""Time stepping of one compound in strips of skin: a film on top, levels in depth, lanes side by side.

A strip of whole skin has one lane. Needled skin has the channels' fluid as lane 0 and rings of tissue around it.
Unknowns are activities (ug/mL): what a place holds is its capacity times its activity. Flows go by differences of
activity, so what leaves one place enters the other, and mass is kept to rounding.

Alexander's two-stage SDIRK (gamma = 1 - 1/sqrt 2): second order, L-stable, so a step may be long against the fast
places. Each stage is one linear system, a band as wide as there are lanes (`elimination.py`); the film, which touches
several places at once, borders it and is eliminated by its Schur complement. A step that would take anything below
zero is done by backward Euler. `stepping.py` moves many strips side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hudnal.arrays import Array, Float, Int
from hudnal.threads import share_out
from hudnal.transport.stepping import SIDE_BY_SIDE, step_strips


@dataclass(frozen=True)
class StripPlaces:
    """What the places of strips hold, conduct and lose for each unit of activity; a place is a lane of a level."""

    capacity: Float[Array, "skin level lane"]
    down: Float[Array, "skin level-1 lane"]  # conductance to the level below
    across: Float[Array, "skin level lane-1"]  # conductance to the next lane
    loss: Float[Array, "skin level lane"]  # per hour


@dataclass(frozen=True)
class FilmContact:
    """The film on strips, and what it exchanges with the first levels, those that it touches.

    They exchange `into` times the film's activity less `back` times the place's. What lies in the film above
    `saturation` is undissolved.
    """

    into: Float[Array, "skin touched lane"]
    back: Float[Array, "skin touched lane"]
    evaporation: Float[Array, " skin"]  # loss of the film for each unit of activity and hour
    capacity: Float[Array, "skin step"]  # 0 without a film
    saturation: Float[Array, " skin"]  # activity


def advance_strips(
    activity: Float[Array, "strip level lane"],
    in_film: Float[Array, " strip"],
    places: StripPlaces,
    film: FilmContact,
    opening: Float[Array, "skin step"],
    steps: Float[Array, " step"],
    with_fluid: bool,
    which: Int[Array, " some"] | None = None,
) -> tuple[Float[Array, "strip level lane"], Float[Array, " strip"]]:
    """Advance strips through `steps` h; returns the amounts that were lost and that evaporated.

    There may be several times as many strips as skins: strip n is of skin n modulo their number. Where `which` is given
    only those strips are advanced.

    `activity` and the amount `in_film` are changed in place; arrays with the strip innermost in memory (Fortran's
    order) are not copied. `opening` is the share of the channels still open. Where
    `with_fluid` is set lane 0 is the fluid of channels: it counts by this share, and what closes leaves its drug to
    the tissue beside it.
    """
    strips = activity.shape[0]
    moved, amount = _put_last(activity), in_film
    lost, evaporated = np.zeros(moved.shape), np.zeros(strips)
    coefficients = [
        _put_last(x) for x in (places.capacity, places.down, places.across, places.loss, film.into, film.back)
    ]
    which = np.arange(strips) if which is None else which
    lanes = activity.shape[2]
    # Numba would compile all of it once more for an array that may only be read.
    saturation = np.require(film.saturation, requirements=["C", "W"])
    band = None if lanes in (1, 3) else lanes

    def work(first: int, last: int) -> None:
        step_strips(
            moved, amount, *coefficients, film.evaporation, _put_last(film.capacity), saturation,
            _put_last(opening), with_fluid, steps, which[first:last], lost, evaporated, band,
        )  # fmt: skip

    # Strips do not know of each other and cost alike: one part for each core.
    if which.size > SIDE_BY_SIDE:
        share_out(work, which.size, largest=which.size)
    else:
        work(0, which.size)
    if not np.shares_memory(moved, activity):
        activity[:] = moved.transpose(2, 0, 1)
    return lost.transpose(2, 0, 1), evaporated


def _put_last(values: Float[Array, "skin ..."]) -> Float[Array, "... skin"]:
    """With the first axis last and innermost in memory: the same memory where it is so already."""
    return np.ascontiguousarray(values.T if values.ndim == 2 else values.transpose(1, 2, 0))


def choose_steps(
    duration: float, first: float, growth: float = 1.3, longest: float = 6.0
) -> Float[Array, " step"]:
    """Step lengths in h that fill `duration`: from `first` on growing by `growth`, none above `longest`."""
    lengths = []
    left, step = duration, first
    while left > 1e-12:
        step = min(step, longest)
        # No sliver at the end: the last two steps share what is left.
        taken = left if left <= step else (left / 2 if left < 2 * step else step)
        lengths.append(taken)
        left -= taken
        step *= growth
    return np.array(lengths)
