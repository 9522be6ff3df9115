"""What the formulator asks: how much of one compound goes through, how fast, how deep, and where the rest is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.card import Card
from hudnal.course.advice import advise_on_compound
from hudnal.course.estimate import require_within_limits
from hudnal.course.plan import add_looks
from hudnal.course.prepare import prepare
from hudnal.course.setting import BATCH, Setting
from hudnal.course.simulate import fold
from hudnal.course.state import State
from hudnal.intake.treatment import Treatment
from hudnal.language import HudnalError
from hudnal.outcome.rules import PlanWarning
from hudnal.parameters import Draws
from hudnal.progress import Progress, part_of
from hudnal.transport import Depot
from hudnal.transport.strip import Strip
from hudnal.units import ML_CM2_PER_MM, PERCENT

STRIPS = ("needled", "whole")
# Where the dose can be, from outside in.
PLACES = (
    "on_skin", "washed_off", "evaporated", "corneum", "epidermis", "dermis", "fat", "holes", "blood", "metabolised",
    "received",
)  # fmt: skip
_LOOKS = 96
_PROFILES = (0.25, 1.0, 4.0, 8.0, 24.0)  # h
_NEAR_END = 0.8  # of the time: a profile after it would be the last one again


@dataclass(frozen=True)
class Delivery:
    """One compound through needled skin and through the same skin left whole.

    `places[strip][place]` ug/cm2 (time, draw); `profiles[strip]` ug/mL in tissue with all that is bound,
    (profile, draw, level) at `profile_times` h, over `depth` mm (draw, level); `plasma` ug/mL (time, draw) or None.
    """

    compound: str
    treatment: Treatment
    seed: int
    time: Float[Array, " time"]  # h
    applied: Float[Array, "time draw"]  # ug/cm2, (time, draw)
    places: Mapping[str, Mapping[str, Float[Array, "time draw"]]]
    profile_times: Float[Array, " profile"]
    depth: Float[Array, "draw level"]
    profiles: Mapping[str, Float[Array, "profile draw level"]]
    plasma: Float[Array, "time draw"] | None
    strength: PerDraw  # ug/mL of the product, (draw,)
    start: float  # h, when it first came on the skin
    used: frozenset[str]  # parameters that the run asked for
    warnings: tuple[PlanWarning, ...]

    def __repr__(self) -> str:
        return self._card().text()

    def _repr_html_(self) -> str:
        return self._card().html()

    def _card(self) -> Card:
        """What was followed, and what can be asked of it."""
        rows = [
            (
                "through",
                f"{' and '.join(STRIPS)} skin, looked at {self.time.size} times in {self.time[-1]:.4g} h",
            ),
            ("run", f"{self.draws} draws, seed {self.seed}"),
            ("places", ", ".join(PLACES)),
            ("quantities", ", ".join(dict.fromkeys(name.split(".")[0] for name in self.quantities))),
        ]
        foot = "hudnal.interval(delivery.quantities[name]); .places, .profiles, .flux(strip) over time"
        return Card(f"Delivery of {self.compound}", rows, foot)

    @property
    def draws(self) -> int:
        """Number of draws."""
        return self.applied.shape[1]

    @property
    def in_vitro(self) -> bool:
        """Whether it ran in a diffusion cell."""
        return self.treatment.in_vitro

    def through(self, strip: str) -> Float[Array, "time draw"]:
        """ug/cm2 that have come through: into the receptor, or on a body out of the living skin, (time, draw)."""
        held = self.places[strip]
        return held["received"] if self.in_vitro else held["blood"] + held["metabolised"]

    def inside(self, strip: str) -> Float[Array, "time draw"]:
        """ug/cm2 that have come past the corneum, (time, draw)."""
        held = self.places[strip]
        return sum((held[p] for p in ("epidermis", "dermis", "fat")), self.through(strip))

    def flux(self, strip: str) -> Float[Array, "between draw"]:
        """ug/cm2/h through, between the looks; (time - 1, draw)."""
        return np.diff(self.through(strip), axis=0) / np.diff(self.time)[:, None]

    @cached_property
    def quantities(self) -> dict[str, PerDraw]:
        """Quantities by name, (draw,) each: of needled and of whole skin, and how much more the needles let in."""
        quantities: dict[str, PerDraw] = {"dose": self.applied[-1]}
        middle = (self.time[1:] + self.time[:-1]) / 2
        for strip in STRIPS:
            through, flux = self.through(strip), self.flux(strip)
            top = flux.argmax(axis=0)
            draw = np.arange(flux.shape[1])
            peak, when = flux[top, draw], middle[top]
            before = (through[top, draw] + through[top + 1, draw]) / 2
            lag = when - np.divide(before, peak, out=np.full_like(peak, np.nan), where=peak > 0)
            quantities[f"cumulative.{strip}"] = through[-1]
            quantities[f"inside.{strip}"] = self.inside(strip)[-1]
            quantities[f"peak_flux.{strip}"] = peak
            quantities[f"lag_time.{strip}"] = np.maximum(lag - self.start, 0)
            quantities[f"permeability.{strip}"] = peak / self.strength
        for name in ("cumulative", "inside", "peak_flux"):
            needled, whole = quantities[f"{name}.needled"], quantities[f"{name}.whole"]
            quantities[f"enhancement.{name}"] = np.divide(
                needled, whole, out=np.full_like(whole, np.nan), where=whole > 0
            )
        if self.plasma is not None:
            quantities["plasma_peak"] = self.plasma.max(axis=0)
        return quantities

    @cached_property
    def balance(self) -> dict[str, dict[str, PerDraw]]:
        """% of the dose in every place at the end, by strip, (draw,)."""
        dose = np.maximum(self.applied[-1], 1e-300)
        return {s: {p: PERCENT * v[-1] / dose for p, v in self.places[s].items()} for s in STRIPS}

    @property
    def balance_error(self) -> float:
        """Largest share of the dose that is missing or too much, at any time in any draw."""
        errors = [
            np.abs(sum(self.places[s].values()) - self.applied) / np.maximum(self.applied, 1e-300)
            for s in STRIPS
        ]
        return float(max(np.where(self.applied > 0, e, 0).max() for e in errors))


UNITS = {
    "dose": "ug/cm2",
    "cumulative": "ug/cm2",
    "inside": "ug/cm2",
    "peak_flux": "ug/cm2/h",
    "lag_time": "h",
    "permeability": "cm/h",
    "enhancement": "1",
    "plasma_peak": "ug/mL",
}


LONGEST = 24.0 * 366 * 3  # h that a compound is followed


class SeveralZones(HudnalError, ValueError):
    """What is asked of a treatment can be told of one zone alone."""

    head = "cli"


class NotApplied(HudnalError, ValueError):
    """The treatment puts nothing on the skin that holds the compound."""

    head = "cli"


def deliver(
    treatment: Treatment,
    compound: str,
    draws: int = 64,
    seed: int = 1,
    hours: float | None = None,
    progress: Progress | None = None,
) -> Delivery:
    """Follow one compound for `hours` after the session, or as long as the course goes on.

    Raises NotApplied where the treatment has nothing that holds it, SeveralZones where it has zones,
    and TooLong as `simulate` does.

    >>> import hudnal
    >>> delivery = hudnal.deliver(hudnal.load("classic"), "ascorbic-acid", draws=16, hours=48)  # doctest: +SKIP
    >>> hudnal.interval(delivery.quantities["enhancement.inside"])  # doctest: +SKIP
    """
    if treatment.zones:
        raise SeveralZones("deliver_zones", zones=", ".join(treatment.zones))
    require_within_limits([treatment], draws)
    sample = Draws(draws, seed).including(treatment.shelf.list_parameters())
    batches = list(sample.split_batches(BATCH))
    first = prepare(treatment, batches[0], heals=False, follow_up=hours)
    settings = chain([first], (prepare(treatment, b, heals=False, follow_up=hours) for b in batches[1:]))
    seen = [
        _follow_compound(setting, compound, part_of(progress, i, len(batches)))
        for i, setting in enumerate(settings)
    ]
    return _join_batches(compound, sample, first, seen)


def _look_often(setting: Setting) -> tuple[Setting, Float[Array, " profile"]]:
    """The setting with looks close enough together for fluxes, and when profiles are taken, h."""
    end = setting.timeline[-1].time
    profile_times = np.array([*(t for t in _PROFILES if t < _NEAR_END * end), end])
    # Close together at first, when everything is steep.
    looks = (*(end * (np.arange(1, _LOOKS) / _LOOKS) ** 2), *profile_times[:-1])
    return replace(setting, timeline=add_looks(setting.timeline, looks)), profile_times


@dataclass(frozen=True)
class _Seen:
    """What one batch of draws showed of a compound, in the terms of a Delivery."""

    time: Float[Array, " time"]
    applied: Float[Array, "time draw"]
    places: Mapping[str, Mapping[str, Float[Array, "time draw"]]]
    profile_times: Float[Array, " profile"]
    depth: Float[Array, "draw level"]
    profiles: Mapping[str, Float[Array, "profile draw level"]]
    plasma: Float[Array, "time draw"] | None
    strength: PerDraw
    start: float


def _follow_compound(setting: Setting, compound: str, progress: Progress | None) -> _Seen:
    """What one batch of draws shows of a compound. Raises NotApplied."""
    setting, profile_times = _look_often(setting)
    looks: dict[float, State] = {}
    for share, _, state in fold(setting):
        looks[state.time] = state  # of looks at one moment the last counts: it has what the step did
        if progress:
            progress(share)
    zero = np.zeros(setting.draws.n)
    rows = [look.depots.get(compound) for look in looks.values()]
    last = rows[-1]
    if last is None:
        title = setting.treatment.title_in("en")
        raise NotApplied("not_applied", compound=compound, path=title)
    held = [{n: _read_places(getattr(r, n)) for n in STRIPS} if r else None for r in rows]
    times = np.array(list(looks))
    at = [int(np.abs(times - t).argmin()) for t in profile_times]
    depth = last.layers.centre[:, last.layers.skin]
    plasma = [look.plasma.get(compound) for look in looks.values()]
    return _Seen(
        time=times,
        applied=np.stack([zero if r is None else r.applied for r in rows]),
        places={
            n: {p: np.stack([zero if h is None else h[n][p] for h in held]) for p in PLACES} for n in STRIPS
        },
        profile_times=profile_times,
        depth=depth,
        profiles={n: np.stack([_read_profile(rows[i], n, np.zeros_like(depth)) for i in at]) for n in STRIPS},
        plasma=None if plasma[-1] is None else np.stack([zero if p is None else p for p in plasma]),
        strength=_read_strength(rows),
        start=last.first_applied,
    )


def _join_batches(compound: str, sample: Draws, first: Setting, seen: Sequence[_Seen]) -> Delivery:
    """The draws of several batches as one; times are the same in all."""

    def join(parts: Iterable[Array]) -> Array:
        return np.concatenate(list(parts), axis=1)

    one = seen[0]
    plasma = join(s.plasma for s in seen if s.plasma is not None) if one.plasma is not None else None
    peak = None if plasma is None else plasma.max(axis=0)
    return Delivery(
        compound=compound,
        treatment=first.treatment,
        seed=sample.seed,
        time=one.time,
        applied=join(s.applied for s in seen),
        places={n: {p: join(s.places[n][p] for s in seen) for p in PLACES} for n in STRIPS},
        profile_times=one.profile_times,
        depth=np.concatenate([s.depth for s in seen]),
        profiles={n: join(s.profiles[n] for s in seen) for n in STRIPS},
        plasma=plasma,
        strength=np.concatenate([s.strength for s in seen]),
        start=one.start,
        warnings=tuple(advise_on_compound(compound, peak, first)),
        used=frozenset(sample.used),
    )


def _read_places(strip: Strip) -> dict[str, PerDraw]:
    """ug/cm2 in every place, (draw,)."""
    n, levels = strip.layers, strip.levels
    layers = {
        name: levels[:, getattr(n, name)].sum(axis=1) for name in ("corneum", "epidermis", "dermis", "fat")
    }
    rest = {
        name: getattr(strip, name) for name in ("on_skin", "washed_off", "evaporated", "blood", "metabolised")
    }
    return {**rest, **layers, "holes": strip.in_channels(), "received": strip.in_receptor()}


def _read_profile(
    depot: Depot | None, name: str, zero: Float[Array, "draw level"]
) -> Float[Array, "draw level"]:
    """ug/mL of tissue, dissolved and bound, (draw, level) of the skin."""
    if depot is None:
        return zero
    strip: Strip = getattr(depot, name)
    return (strip.levels / (ML_CM2_PER_MM * depot.layers.width))[:, depot.layers.skin]


def _read_strength(rows: list[Depot | None]) -> PerDraw:
    """ug/mL of the product as it came on the skin, (draw,)."""
    first = next(r for r in rows if r is not None)
    return first.applied / (ML_CM2_PER_MM * first.film)
