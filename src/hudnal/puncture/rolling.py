"""A drum rolled over skin: contacts from its kinematics, depths and forces from its balance at every moment."""

from __future__ import annotations

from math import pi

import numpy as np
from scipy.special import ndtri

from hudnal.instrument import Roller
from hudnal.instrument.drum import Drum
from hudnal.instrument.strokes import Passes
from hudnal.parameters import Draws
from hudnal.puncture import cell, mechanics
from hudnal.puncture.contacts import TRACE, WORK, Contacts, Ride
from hudnal.puncture.dent import WIDEST, Ground
from hudnal.puncture.insertion import Crowd, NeedleLaw, needle_law
from hudnal.skin import Skin
from hudnal.threads import share_out

STEPS = 4  # moments a pitch; see the table of convergence in docs/model/puncture.md
_LEADS = 0.8  # half widths of the strip that a drum rolls before it counts: until its pose is its own
_DEEPER = 1.6  # room for a harder moment in the window of needles that may touch


def drum_law(
    roller: Roller, skin: Skin, ground: Ground, force: np.ndarray, draws: Draws
) -> tuple[NeedleLaw, np.ndarray]:
    """The law of its needles under `force` N, (draw,), and the half width in mm of the strip that it sinks, (draw,)."""
    sunk = ground.strip_under_drum(roller.drum_radius, roller.drum_width, force)
    strip = np.maximum(sunk, roller.chord)
    # Soft skin would bury a drum by the linear law; it stiffens, and carries the hand at the widest strip.
    buried = sunk > 0.999 * WIDEST * roller.drum_radius
    carries = force / (4 / 3 * roller.drum_width * sunk**3 / (2 * roller.drum_radius))
    springs = np.where(buried, np.maximum(ground.springs(strip), carries), ground.springs(strip))
    crowd = Crowd(roller.pitch, roller.row, springs)
    return needle_law(skin, roller.needle, ground, crowd, draws), strip


def lead_of(strip: np.ndarray) -> np.ndarray:
    """mm that a drum must roll before the area, (draw,)."""
    return _LEADS * strip


def roll(
    drum: Drum,
    law: NeedleLaw,
    strip: np.ndarray,
    passes: Passes,
    force: np.ndarray,
    speed: np.ndarray,
    slip: float = 0.0,
    steps: int = STEPS,
    place_spread: np.ndarray | None = None,
) -> tuple[Contacts, Ride]:
    """Roll along `passes` with a mean `force` N, (draw, stroke), at `speed` mm/s, (draw,).

    Only contacts within the area are given; the others share the force. `place_spread` (draw,) is the geometric
    standard deviation of the skin's strength between places (default: the table's).
    """
    roller, draws, n = drum.roller, law.draws, law.draws.n
    radius = roller.drum_radius
    # A needle may touch where its tip's circle lies below the plane, with the drum sunk in as deep as it may be.
    sunk = np.minimum(_DEEPER * strip**2 / (2 * radius), 0.7 * radius)
    pitch_angle = 2 * pi / roller.needles_per_ring
    window = np.arccos(np.clip((radius - sunk) / drum.reach.max(axis=(1, 2)), 0, 1)) + pitch_angle / 2
    counts = np.ceil((passes.span / radius + 2 * window[passes.draw]) / pitch_angle).astype(np.int64) + 2
    sizes = roller.rings * counts
    starts = np.concatenate([[0], np.cumsum(sizes)])
    spread = draws["puncture.entry.place_spread"] if place_spread is None else place_spread
    of = np.repeat(np.arange(passes.count), sizes)
    ring = (np.arange(of.size) - starts[of]) // counts[of]
    # Pitches from where the window of the drum put down begins to the needle that comes at the area's middle.
    ahead = (radius * window[passes.draw] - passes.begin / (1 + slip)) / (radius * pitch_angle)
    whole, phase = np.divmod(passes.phase + ahead[:, None], 1.0)
    number = (np.arange(of.size) - starts[of]) % counts[of] - whole[of, ring].astype(np.int64)
    numbers = passes.luck.shape[2]
    luck = passes.luck[of, ring, np.clip(number + numbers // 2, 0, numbers - 1)]
    strength = np.exp(np.log(spread)[passes.draw[of]] * ndtri(luck[:, 0]))
    turn = (passes.first[:, None] - whole.astype(np.int64)) % roller.needles_per_ring
    outs = np.full((cell.LEFT_ROWS, of.size), 0.0)
    outs[cell.NEEDLE] = -1
    work, course = np.zeros((cell.WORK_ROWS, passes.count)), np.zeros((mechanics.COURSE_ROWS, passes.count))
    entry, depth = law.entry_force(drum.blunter), law.entry_depth(drum.blunter)

    # One pass is followed moment by moment: the one of the first stroke that runs nearest to the middle.
    traced = int(np.argmin(np.abs(passes.lane) + 1e9 * (passes.stroke + passes.draw)))
    moments = int(passes.span[traced] / (radius * pitch_angle / steps)) + 2
    trace = np.full((len(TRACE), moments), np.nan)

    # A drum that slips is led farther than it turns; needles drag the skin along. The balance goes by what it turns.
    farther = 1 + slip
    wave = passes.wave.copy()
    wave[..., 2] += wave[..., 1] * passes.begin[:, None] * (1 - farther)
    wave[..., 1] *= farther

    def roll_part(first: int, last: int) -> None:
        mechanics.roll(
            first, last, passes.draw, starts, counts, phase, turn, passes.begin, passes.span / farther,
            force[passes.draw, passes.stroke], wave, speed / farther, law.rows, window, radius,
            drum.reach, drum.angle, entry, depth, strength, steps, outs, work, course, traced, trace,
        )  # fmt: skip

    share_out(roll_part, passes.count)
    outs[cell.ALONG] = passes.begin[of] + (outs[cell.ALONG] - passes.begin[of]) * farther
    needle = outs[cell.NEEDLE].astype(np.int64)
    which = passes.draw[of], np.maximum(needle, 0)
    aside = drum.aside.reshape(n, -1)[which]
    # The needle's foot stands behind its tip by the tip's angle.
    outs[cell.LEAN_THERE] += (drum.lean - drum.angle).reshape(n, -1)[which]
    across = passes.lane[of] + (ring - (roller.rings - 1) / 2) * roller.row + aside
    x, y = passes.place(of, outs[cell.ALONG], across)
    # A contact counts when the drum passed over it: not those still ahead where it was lifted.
    passed = outs[cell.ALONG] < (passes.begin + passes.span)[of] - strip[passes.draw[of]] / 8
    inside = (np.abs(x) <= passes.width / 2) & (np.abs(y) <= passes.height / 2) & (needle >= 0) & passed
    at = np.nonzero(inside)[0]
    contacts = Contacts.of(
        passes.draw[of[at]], passes.stroke[of[at]], needle[at], x[at], y[at], passes.heading[of[at]], outs[:, at],
        luck[at],
    )  # fmt: skip
    found: dict[str, np.ndarray] = dict(zip(WORK, work, strict=True))
    ride = Ride(
        passes.draw, passes.stroke, passes.span, course[0], course[1], course[2], course[3], found,
        trace[:, np.isfinite(trace[0])],
    )  # fmt: skip
    return contacts, ride
