"""What a run will cost, told from its plan before anything runs: seconds of one processor, and memory.

Costs were measured on a usual processor over random treatments (docs/reliability.md shows how well they hold) and err
upwards. A run over its limits is refused; people raise the limits where they mean it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from math import ceil, exp, pi, sqrt

import numpy as np

from hudnal.course.drives import MOST_KEPT
from hudnal.course.plan import count_moments
from hudnal.course.prepare import choose_side, find_densest, make_skin, resolve_uses
from hudnal.course.setting import BATCH
from hudnal.instrument.geometry import Pen, Roller, Stamp
from hudnal.instrument.use import Use
from hudnal.intake.treatment import Treatment
from hudnal.language import HudnalError
from hudnal.parameters import Draws
from hudnal.puncture import ElasticLayers, Ground, lead_length
from hudnal.puncture.rolling import find_strip, find_window
from hudnal.skin import Skin
from hudnal.threads import count_cores
from hudnal.treatment.steps import Roll
from hudnal.treatment.units import UnreadableQuantity, read_quantity
from hudnal.units import BYTES_PER_GB, MINUTES_PER_HOUR, SECONDS_PER_HOUR

MAX_TIME, MAX_MEMORY = "HUDNAL_MAX_TIME", "HUDNAL_MAX_MEMORY"  # environment variables
_USUAL_HOURS, _USUAL_GB = 1.0, 4.0

# Bytes.
_PROGRAM = 450e6
_OF_DRAW = 40e3  # parameters, skin and tissue
_OF_LOOK, _OF_COMPOUND = 8 * 90, 80  # series, for each draw
_OF_CONTACT, _OF_KEPT_CONTACT, _OF_HOLE, _OF_PLACE = 700, 200, 1500, 80
_OF_STROKE = 100  # for each draw
_OF_QUANTITIES = 8 * 3 * 180  # for each draw that is kept for its quantities alone, while portions are joined
_AT_ONCE = 150e6  # what a drum's passes take that are rolled together
_LEAD_AND_END = 1.5  # leads that a pass is longer than the area is wide
_TRIALS = 3  # times that the holes of strokes up to an endpoint are made: with all of them, and without the later ones
_JAMMED = 0.7  # holes in each square of the capture radius when no more fit: random sequential addition, 0.547 / (pi/4)


class TooLong(HudnalError, ValueError):
    """A run that would take more time or memory than is allowed."""

    head = "cli"


class UnreadableLimit(HudnalError, ValueError):
    """A limit of time or memory that is none."""

    head = "cli"


@dataclass(frozen=True)
class Work:
    """How often a run does what costs time. As prices: the seconds of one processor that each takes."""

    program: float = 0.0  # loaded and prepared
    moments: float = 0.0  # of the timeline, for each batch of draws
    lives: float = 0.0  # moments, for each draw
    scars: float = 0.0  # at each moment, for each draw
    compounds: float = 0.0  # at each moment, for each batch
    amounts: float = 0.0  # of compounds at each moment, for each draw
    turned: float = 0.0  # pitches that a drum turns on while a needle may touch, also beside the sample area
    pressed: float = 0.0  # contacts of a stamp, which are followed while the plate goes down
    contacts: float = 0.0  # in the sample area
    holes: float = 0.0  # that are there after a step with needles
    looked: float = 0.0  # holes after each stroke

    def as_dict(self) -> dict[str, float]:
        """How often, by name."""
        return asdict(self)

    def price(self, prices: Work) -> float:
        """Seconds of one processor at these prices."""
        mine, theirs = self.as_dict(), prices.as_dict()
        return sum(count * theirs[name] for name, count in mine.items())


# Fitted by benchmarks/estimate.py on the slowest of the machines that were seen, and a tenth taken off: 9 of 10 runs
# take 0.8 to 1.4 times what the fit says. `pressed` is of two runs with dense stamps. Faster machines take less.
_PRICES = Work(
    program=1.0, moments=2.2e-3, lives=7e-5, scars=6.2e-5, compounds=1.3e-3, amounts=1e-6, turned=5.6e-7,
    pressed=2.4e-5, contacts=5.2e-6, holes=1.3e-5, looked=8e-8,
)  # fmt: skip


@dataclass(frozen=True)
class Estimate:
    """What a run will cost: `seconds` of one processor, `bytes` of memory at its height."""

    seconds: float
    bytes: float


@dataclass(frozen=True)
class Limits:
    """What a run may cost on this machine: `hours` by the clock, `bytes` of memory."""

    hours: float
    bytes: float

    @staticmethod
    def read() -> Limits:
        """The limits that the environment variables HUDNAL_MAX_TIME and HUDNAL_MAX_MEMORY give, or the usual ones.

        Raises UnreadableLimit for one that is no time or no memory above 0.
        """
        hours = _read_limit(MAX_TIME, "h", "3 h", _USUAL_HOURS)
        return Limits(hours, _read_limit(MAX_MEMORY, "GB", "8 GB", _USUAL_GB) * BYTES_PER_GB)


def _read_limit(variable: str, unit: str, example: str, usual: float) -> float:
    text = os.environ.get(variable, "").strip()
    if not text:
        return usual
    try:
        limit = read_quantity(text, unit, example)
    except UnreadableQuantity as fault:
        raise UnreadableLimit("limit_form", variable=variable, value=text, example=example) from fault
    if limit <= 0:
        raise UnreadableLimit("limit_form", variable=variable, value=text, example=example)
    return limit


def require_within_limits(
    treatments: Iterable[Treatment], draws: int, side: float | None = None, control: bool = False
) -> None:
    """Raise TooLong where runs of these treatments, one by one, would cost more than `Limits.read()` allows.

    With `control` each is run without its needles as well.
    """
    estimates = [estimate_run(one, draws, side, control) for one in treatments]
    seconds = sum(one.seconds for one in estimates)
    _require_within_limits(
        Estimate(seconds, max((one.bytes for one in estimates), default=0.0)), count_cores()
    )


def require_shards_within_limits(
    treatments: Collection[Treatment], draws: int, workers: int, control: bool = False
) -> Estimate:
    """What runs of these treatments will cost that keep their quantities alone, cut into shards for so many workers.

    With `control` each is run without its needles as well. `bytes` are those of this process. Raises TooLong where they
    would cost more than `Limits.read()` allows.
    """
    runs = [estimate_run(one, draws, control=control) for one in treatments]
    kept = len(runs) * draws * _OF_QUANTITIES * (2 if control else 1)
    whole = Estimate(sum(run.seconds for run in runs), _PROGRAM + kept)
    worker = max((estimate_run(one, min(draws, BATCH)).bytes for one in treatments), default=0.0)
    _require_within_limits(Estimate(whole.seconds, max(whole.bytes, worker)), workers)
    return whole


def estimate_hours(treatments: Iterable[Treatment], draws: int, control: bool = False) -> float:
    """Hours by the clock that runs of these treatments, one by one, take at most on the cores of this machine.

    With `control` each is run without its needles as well.
    """
    seconds = sum(estimate_run(one, draws, control=control).seconds for one in treatments)
    return seconds / SECONDS_PER_HOUR / count_cores()


def _require_within_limits(estimate: Estimate, cores: int) -> None:
    limits, most = Limits.read(), estimate.bytes
    hours = estimate.seconds / SECONDS_PER_HOUR / cores
    if most > limits.bytes:
        need, have = f"{ceil(most / BYTES_PER_GB)}", f"{limits.bytes / BYTES_PER_GB:g}"
        raise TooLong("over_memory", need=need, limit=have, variable=MAX_MEMORY)
    if hours > limits.hours:
        need, have = f"{ceil(MINUTES_PER_HOUR * hours)}", f"{MINUTES_PER_HOUR * limits.hours:g}"
        raise TooLong("over_time", need=need, limit=have, variable=MAX_TIME)


def estimate_run(
    treatment: Treatment, draws: int, side: float | None = None, control: bool = False
) -> Estimate:
    """What a run of so many draws will cost; `side` mm is that of the sample area where it is asked for.

    With `control` the treatment is run without its needles as well.
    """
    if treatment.zones:
        zones = [estimate_run(one, draws, side, control) for one in treatment.by_zone.values()]
        return Estimate(sum(zone.seconds for zone in zones), sum(zone.bytes for zone in zones))
    plan = _Plan.of(treatment, side)
    of_look = _OF_LOOK + _OF_COMPOUND * plan.compounds
    return Estimate(
        plan.count_work(draws, control).price(_PRICES),
        _weigh_needles(plan.uses.values(), plan.side, min(draws, BATCH), plan.sample)
        + draws * (_OF_DRAW + of_look * plan.moments)
        + draws * _OF_STROKE * sum(use.strokes for use in plan.uses.values()),
    )


def count_work(treatment: Treatment, draws: int, side: float | None = None, control: bool = False) -> Work:
    """How often a run of so many draws, beside one without needles for a `control`, does what costs time."""
    return _Plan.of(treatment, side).count_work(draws, control)


@dataclass(frozen=True)
class _Plan:
    """A treatment as far as its cost hangs on it."""

    treatment: Treatment
    sample: Draws  # of one draw
    skin: Skin  # of it
    uses: Mapping[int, Use]
    side: float  # mm, of the sample area
    moments: int
    compounds: int

    @staticmethod
    def of(treatment: Treatment, side: float | None) -> _Plan:
        one = Draws(1, 1).including(treatment.shelf.list_parameters())
        skin = make_skin(treatment, one)
        uses = resolve_uses(treatment, skin.tension, one)
        side = choose_side(find_densest(treatment, uses)) if side is None else side
        compounds = {name for product in treatment.products_used for name in product.actives}
        return _Plan(treatment, one, skin, uses, side, count_moments(treatment, uses, one), len(compounds))

    def count_work(self, draws: int, control: bool) -> Work:
        batches, moments = ceil(draws / BATCH), self.moments * (2 if control and self.uses else 1)
        lives = draws * moments
        # A fresh instrument does in each session what it did in the first, which is then not rolled again.
        reused = any(step.name == "reuse" for _, step in self.treatment.walk_steps())
        jammed = _JAMMED * (self.side / self.sample.value("puncture.channel.capture_radius")) ** 2
        turned = pressed = contacts = holes = looked = 0.0
        driven: set[int] = set()
        for phase in self.treatment.phases_of_course:
            met, sessions = 0.0, len(phase.starts)
            for order, _ in enumerate(phase.unroll_steps(), start=phase.first_order):
                if (use := self.uses.get(order)) is None:
                    continue
                drives = sessions if reused else int(order not in driven)
                driven.add(order)
                turned += drives * self._count_turned(use)
                struck = use.density * self.side**2
                pressed += drives * struck if isinstance(use.instrument, Stamp) else 0.0
                contacts += sessions * struck
                met += struck
                there = jammed * -(exp(-met / jammed) - 1) * (1 if use.endpoint is None else _TRIALS)
                holes += sessions * there
                looked += sessions * there * use.strokes
        return Work(
            program=1.0, moments=batches * moments, lives=lives, scars=len(self.treatment.scars) * lives,
            compounds=batches * self.compounds * moments, amounts=self.compounds * lives,
            turned=draws * turned, pressed=draws * pressed, contacts=draws * contacts, holes=draws * holes,
            looked=draws * looked,
        )  # fmt: skip

    def _count_turned(self, use: Use) -> float:
        """Pitches that a drum turns on while each of its needles may touch, on its way over the sample area; one draw.

        The deeper it sinks, the more needles touch and the longer each does. 0 of what is no drum.
        """
        roller, step = use.instrument, use.step
        if not isinstance(roller, Roller) or not isinstance(step, Roll):
            return 0.0
        ground = Ground(ElasticLayers.of(self.skin, use.tension, self.sample))
        _, strip = find_strip(roller, ground, np.full(1, step.force))
        reach = np.full(1, roller.drum_radius + roller.needle.length)
        window = float(find_window(roller, reach, strip)[0])
        lanes = ceil((sqrt(2) * self.side + roller.drum_width) / (roller.drum_width * (1 - step.overlap)))
        span = sqrt(2) * self.side + _LEAD_AND_END * float(lead_length(strip)[0])
        way = span / roller.drum_radius + 2 * window
        pitch = 2 * pi / roller.needles_per_ring
        contacts = use.strokes * lanes * roller.rings * (way / pitch + 2)
        return contacts * 2 * window / pitch


def _weigh_needles(uses: Iterable[Use], side: float, draws: int, sample: Draws) -> float:
    """Bytes that contacts and holes of a batch of so many draws take at most."""
    counts = [draws * use.density * side**2 for use in uses]
    lattices = [draws * use.strokes * _count_lattice(use, side) for use in uses]
    jammed = draws * _JAMMED * (side / sample.value("puncture.channel.capture_radius")) ** 2
    at_once = (
        _OF_CONTACT * count + _OF_PLACE * places for count, places in zip(counts, lattices, strict=True)
    )
    return (
        _PROGRAM + _AT_ONCE + max(at_once, default=0.0)
        + _OF_KEPT_CONTACT * min(sum(counts), MOST_KEPT)
        + _OF_HOLE * min(sum(counts), jammed)
    )  # fmt: skip


def _count_lattice(use: Use, side: float) -> float:
    """Places of the lattice that one needle of a pen lays in a pass, in the sample area and beside it."""
    if not isinstance(use.instrument, Pen):
        return 0.0
    reach, pitches = side / sqrt(2), (use.instrument.head_diameter, use.speed / use.instrument.frequency)
    across, along = (2 * ceil(reach / pitch) + 3 for pitch in pitches)
    return across * along
