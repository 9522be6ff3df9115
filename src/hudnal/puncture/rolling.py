"""A drum rolled over skin: contacts from its kinematics, depths and forces from its balance at every moment."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import pi

import numpy as np
from scipy.special import ndtri

from hudnal.arrays import Array, Float, Int, PerDraw
from hudnal.instrument import Roller
from hudnal.instrument.drum import Drum
from hudnal.instrument.strokes import Passes
from hudnal.parameters import Draws
from hudnal.puncture import cell, mechanics
from hudnal.puncture.contacts import TRACE, WORK, Contacts, Ride
from hudnal.puncture.dent import WIDEST, Ground
from hudnal.puncture.insertion import Crowd, NeedleLaw, derive_needle_law
from hudnal.skin import Skin
from hudnal.threads import share_out

STEPS = 4  # moments a pitch; see the table of convergence in docs/model/puncture.md
_BURIED = 0.999  # of the widest strip: what is as wide as that stands at the bound and not in balance
_LEADS = 0.8  # half widths of the strip that a drum rolls before it counts: until its pose is its own
_DEEPER = 1.6  # room for a harder moment in the window of needles that may touch
_DEEPEST = 0.7  # of the drum's radius: the most that this window allows for
_LIFTED = (
    1 / 8
)  # half widths of the strip, before the end of its way, from which on a drum did not pass a contact
_MOST_AT_ONCE = 300_000  # contacts that passes rolled together may make, some 300 bytes each
_LATER = 1e9  # mm: any pass of the stroke and draw that are followed comes before all others


def derive_drum_law(
    roller: Roller, skin: Skin, ground: Ground, force: PerDraw, draws: Draws
) -> tuple[NeedleLaw, PerDraw]:
    """The law of its needles under `force` N, and the half width in mm of the strip that the drum sinks."""
    sunk, strip = find_strip(roller, ground, force)
    # Soft skin would bury a drum by the linear law; it stiffens, and carries the hand at the widest strip.
    buried = sunk > _BURIED * WIDEST * roller.drum_radius
    carries = force / (4 / 3 * roller.drum_width * sunk**3 / (2 * roller.drum_radius))
    springs = np.where(buried, np.maximum(ground.springs(strip), carries), ground.springs(strip))
    crowd = Crowd(roller.pitch, roller.row, springs)
    return derive_needle_law(skin, roller.needle, ground, crowd, draws), strip


def find_strip(roller: Roller, ground: Ground, force: PerDraw) -> tuple[PerDraw, PerDraw]:
    """Half widths in mm that the drum sinks under `force` N, and over which drum or needles touch."""
    sunk = ground.strip_under_drum(roller.drum_radius, roller.drum_width, force)
    return sunk, np.maximum(sunk, roller.chord)


def lead_length(strip: PerDraw) -> PerDraw:
    """mm that a drum must roll before the area, when it sinks a strip of the half width `strip` mm."""
    return _LEADS * strip


@dataclass(frozen=True)
class _Layout:
    """Contacts that the passes may make, one entry each, ring after ring of each pass."""

    counts: Int[Array, " pass"]  # contacts of each ring
    starts: Int[Array, " edge"]  # where the contacts of each pass begin, and the end
    phase: Float[Array, "pass ring"]  # [0, 1) pitches from where the window begins to the first needle
    turn: Int[Array, "pass ring"]  # which needle that is
    of: Int[Array, " contact"]  # which pass
    ring: Int[Array, " contact"]
    number: Int[Array, " contact"]  # in its ring, from the area's middle

    @staticmethod
    def of_passes(passes: Passes, roller: Roller, window: PerDraw, slip: float) -> _Layout:
        """The contacts of passes of a drum whose needles may touch within `window` rad of the vertical."""
        radius, pitch_angle = roller.drum_radius, 2 * pi / roller.needles_per_ring
        counts = _count_in_ring(passes, roller, window)
        sizes = roller.rings * counts
        starts = np.concatenate([[0], np.cumsum(sizes)])
        of = np.repeat(np.arange(passes.count), sizes)
        ring = (np.arange(of.size) - starts[of]) // counts[of]
        # Pitches from where the window of the drum put down begins to the needle that comes at the area's middle.
        ahead = (radius * window[passes.draw] - passes.begin / (1 + slip)) / (radius * pitch_angle)
        whole, phase = np.divmod(passes.phase + ahead[:, None], 1.0)
        number = (np.arange(of.size) - starts[of]) % counts[of] - whole[of, ring].astype(np.int64)
        turn = (passes.first[:, None] - whole.astype(np.int64)) % roller.needles_per_ring
        return _Layout(counts, starts, phase, turn, of, ring, number)


def _count_in_ring(passes: Passes, roller: Roller, window: PerDraw) -> Int[Array, " pass"]:
    """Contacts that each ring may make in each pass."""
    radius, pitch_angle = roller.drum_radius, 2 * pi / roller.needles_per_ring
    return np.ceil((passes.span / radius + 2 * window[passes.draw]) / pitch_angle).astype(np.int64) + 2


def roll_drum(
    drum: Drum,
    law: NeedleLaw,
    strip: PerDraw,
    passes: Passes,
    force: Float[Array, "draw stroke"],
    speed: PerDraw,
    slip: float = 0.0,
    steps: int = STEPS,
) -> tuple[Contacts, Ride]:
    """Roll along `passes` with a mean `force` N at `speed` mm/s; `strip` mm is the half width that the drum sinks.

    Only contacts within the area are given; the others share the force. Each pitch is done in `steps` moments.
    """
    if not passes.count:
        raise ValueError("a drum is rolled along one pass at least")
    window = find_window(drum.roller, drum.reach.max(axis=(1, 2)), strip)
    rolling = _Rolling(drum, law, strip, force, speed, slip, steps, window)
    # One pass is followed moment by moment: of the stroke whose force is nearest to what was meant, the one that runs
    # nearest to the middle.
    followed = int(np.argmin(np.abs(force[0] - force[0].mean())))
    others = (passes.stroke != followed).astype(float) + (passes.draw != 0)
    traced = int(np.argmin(np.abs(passes.lane) + _LATER * others))
    ends = np.cumsum(drum.roller.rings * _count_in_ring(passes, drum.roller, rolling.window))
    cuts = np.searchsorted(ends, np.arange(_MOST_AT_ONCE, ends[-1], _MOST_AT_ONCE))
    edges = np.unique([0, *cuts, passes.count])
    parts = [
        rolling.roll_along(passes.select(np.arange(first, last)), traced - first)
        for first, last in pairwise(edges.tolist())
    ]
    return Contacts.join([contacts for contacts, _ in parts]), Ride.join([ride for _, ride in parts])


@dataclass(frozen=True)
class _Rolling:
    """A drum in the hand: what stays the same along all passes."""

    drum: Drum
    law: NeedleLaw
    strip: PerDraw
    force: Float[Array, "draw stroke"]
    speed: PerDraw
    slip: float
    steps: int
    window: PerDraw

    def roll_along(self, passes: Passes, traced: int) -> tuple[Contacts, Ride]:
        """Contacts and ride of these passes; the pass `traced`, if it is among them, is followed moment by moment."""
        drum, law, steps = self.drum, self.law, self.steps
        roller, radius = drum.roller, drum.roller.drum_radius
        layout = _Layout.of_passes(passes, roller, self.window, self.slip)
        spread = law.draws["puncture.entry.place_spread"]
        luck = passes.draw_luck(layout.of, layout.ring, layout.number, 1)[:, 0]
        strength = np.exp(np.log(spread)[passes.draw[layout.of]] * ndtri(luck))
        outs = np.full((cell.LEFT_ROWS, layout.of.size), 0.0)
        outs[cell.NEEDLE] = -1
        work, course = (np.zeros((rows, passes.count)) for rows in (cell.WORK_ROWS, mechanics.COURSE_ROWS))
        entry, depth = law.entry_force(drum.blunter), law.entry_depth(drum.blunter)
        trace = self._make_trace(passes, traced)

        # A drum that slips is led farther than it turns, and needles drag the skin along: the balance goes by what it
        # turns.
        farther = 1 + self.slip
        turned = passes.span / farther
        wave = passes.wave.copy()
        wave[..., 2] += wave[..., 1] * passes.begin[:, None] * (1 - farther)
        wave[..., 1] *= farther

        def roll_part(first: int, last: int) -> None:
            mechanics.roll(
                first, last, passes.draw, layout.starts, layout.counts, layout.phase, layout.turn, passes.begin,
                turned, self.force[passes.draw, passes.stroke], wave, self.speed / farther, law.rows, self.window,
                radius, drum.reach, drum.angle, entry, depth, strength, steps, outs, work, course, traced, trace,
            )  # fmt: skip

        share_out(roll_part, passes.count)
        # Under a hand that wavers the drum rolls now on its needles and now on itself: a needle's place and angle then
        # differ by a little. Skin does not pass a needle's foot.
        outs[cell.TIP_MOST] = np.minimum(outs[cell.TIP_MOST], roller.needle.length)
        outs[cell.ALONG] = passes.begin[layout.of] + (outs[cell.ALONG] - passes.begin[layout.of]) * farther
        by_kind: dict[str, Array] = dict(zip(WORK, work, strict=True))
        # What skin gives back it gives on the way: over a long one, the hand leads the drum for what is lost.
        pull = (by_kind["cut"] + by_kind["friction"] + by_kind["relaxed"]) / turned
        ride = Ride(
            passes.draw, passes.stroke, passes.span, course[mechanics.MEAN_WAY], course[mechanics.MEAN_INSIDE],
            course[mechanics.ON_SURFACE], pull, by_kind, trace[:, np.isfinite(trace[0])],
        )  # fmt: skip
        return _gather_contacts(drum, self.strip, passes, layout, outs), ride

    def _make_trace(self, passes: Passes, traced: int) -> Float[Array, "6 moment"]:
        """Room for the moments of the pass `traced`; none where it is not among these passes."""
        if not 0 <= traced < passes.count:
            return np.zeros((len(TRACE), 0))
        turned = self.drum.roller.drum_radius * 2 * pi / self.drum.roller.needles_per_ring / self.steps
        return np.full((len(TRACE), int(passes.span[traced] / turned) + 2), np.nan)


def find_window(roller: Roller, reach: PerDraw, strip: PerDraw) -> PerDraw:
    """Angle in rad off the vertical within which needles may touch whose tips lie `reach` mm from the axle.

    There a tip's circle lies below the plane, with the drum sunk in as deep as it may be: `strip` mm is half the width
    over which it touches.
    """
    radius = roller.drum_radius
    sunk = np.minimum(_DEEPER * strip**2 / (2 * radius), _DEEPEST * radius)
    pitch_angle = 2 * pi / roller.needles_per_ring
    return np.arccos(np.clip((radius - sunk) / reach, 0, 1)) + pitch_angle / 2


def _gather_contacts(
    drum: Drum, strip: PerDraw, passes: Passes, layout: _Layout, outs: Float[Array, "9 contact"]
) -> Contacts:
    """Contacts within the area, of what the compiled core left of all in `outs`; takes the needles' lean in there."""
    roller, of = drum.roller, layout.of
    needle = outs[cell.NEEDLE].astype(np.int64)
    # A contact counts when the drum passed over it: not those still ahead where it was lifted.
    passed = outs[cell.ALONG] < (passes.begin + passes.span - _LIFTED * strip[passes.draw])[of]
    met = np.nonzero((needle >= 0) & passed)[0]
    needle, of, ring = needle[met], of[met], layout.ring[met]
    which = passes.draw[of], needle
    aside = drum.aside.reshape(len(drum.aside), -1)[which]
    across = passes.lane[of] + (ring - (roller.rings - 1) / 2) * roller.row + aside
    x, y = passes.locate(of, outs[cell.ALONG, met], across)
    at = np.nonzero((np.abs(x) <= passes.width / 2) & (np.abs(y) <= passes.height / 2))[0]
    met, needle, of, x, y = met[at], needle[at], of[at], x[at], y[at]
    left = outs[:, met]
    # The needle's foot stands behind its tip by the tip's angle.
    left[cell.LEAN_THERE] += (drum.lean - drum.angle).reshape(len(drum.lean), -1)[passes.draw[of], needle]
    return Contacts.of(
        passes.draw[of], passes.stroke[of], needle, x, y, passes.heading[of], left,
        passes.draw_luck(of, ring[at], layout.number[met]),
    )  # fmt: skip
