"""A sitting that treats several zones: each is a course of its own, at the same times, of the same person.

Every zone is simulated with its own skin, holes and healing, on one timeline: while one is needled, cream goes on into
the others. What the blood takes up is added up, since the body clears what each zone gives it by itself; pain,
downtime and risks are the person's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.course.advice import advise, put_gravest_first
from hudnal.course.plan import make_timeline
from hudnal.course.prepare import make_skin, prepare, resolve_uses
from hudnal.course.setting import BATCH, Elsewhere, Setting
from hudnal.instrument.use import Use
from hudnal.intake.treatment import Treatment
from hudnal.outcome.contract import OverZones
from hudnal.outcome.declared import all_quantities, find_quantity
from hudnal.outcome.rules import PlanWarning
from hudnal.outcome.uptake import name_plasma_peak
from hudnal.parameters import Draws
from hudnal.progress import Progress, part_of
from hudnal.result.course import ALL, CONTROL, Course
from hudnal.result.record import Record
from hudnal.result.timeline import Moment
from hudnal.skin import Skin
from hudnal.treatment.fault import name_place

_PLASMA = "plasma."  # how series of levels in the blood begin


@dataclass(frozen=True)
class _Zone:
    """A zone before its run: the treatment as it sees it, and its uses of instruments by the order of their step."""

    treatment: Treatment
    uses: Mapping[int, Use]


def simulate_zones(
    treatment: Treatment,
    sample: Draws,
    run: Callable[[Setting, Progress | None], Record],
    progress: Progress | None = None,
    side: float | None = None,
    keep: tuple[str, ...] = ALL,
) -> Course:
    """Simulate a treatment of several zones for the draws of a sample: each zone as a course, and what they come to.

    `run` makes the record of one batch of draws in one setting.
    """
    batches = list(sample.split_batches(BATCH))
    settings: dict[str, Setting] = {}
    parts: dict[str, list[Record]] = {name: [] for name in treatment.zones}
    for i, batch in enumerate(batches):
        prepared = prepare_zones(treatment, batch, side)
        settings = settings or prepared
        for n, (name, setting) in enumerate(prepared.items()):
            part = part_of(progress, i * len(prepared) + n, len(batches) * len(prepared))
            parts[name].append(run(setting, part))
    records = {name: Record.join(of_zone) for name, of_zone in parts.items()}
    return join_zones(treatment, sample, settings, records, keep)


def prepare_zones(treatment: Treatment, draws: Draws, side: float | None = None) -> dict[str, Setting]:
    """The setting of each zone for a batch of draws, the main one first, all on one timeline."""
    zones = {
        name: _Zone(one, resolve_uses(one, make_skin(one, draws).tension, draws))
        for name, one in treatment.by_zone.items()
    }
    timeline = make_timeline(treatment, _merge_uses(zones), draws, treatment.course.follow_up)
    areas = _sum_areas(zones)
    return {
        name: replace(
            prepare(zone.treatment, draws, side, timeline=_see_from(name, zone, timeline)),
            elsewhere=_count_elsewhere(name, zones),
            areas=areas,
        )
        for name, zone in zones.items()
    }


def _merge_uses(zones: Mapping[str, _Zone]) -> dict[int, Use]:
    """Each step with needles as one use that takes as long, and wears as much, as in all zones one after another."""
    merged: dict[int, Use] = {}
    for zone in zones.values():
        for order, use in zone.uses.items():
            there = merged.get(order)
            merged[order] = use if there is None else replace(
                there, hours=there.hours + use.hours, punctures=there.punctures + use.punctures
            )  # fmt: skip
    return merged


def _see_from(name: str, zone: _Zone, timeline: tuple[Moment, ...]) -> tuple[Moment, ...]:
    """The timeline of all as one zone sees it: what is done elsewhere is a wait, or nothing but a look."""
    steps = [step for _, _, step in zone.treatment.unroll_steps()]
    seen = []
    for moment in timeline:
        if moment.kind == "step":
            here = steps[moment.order]
            kit = moment.kit if here.needles or here.readies_instrument else None
            moment = replace(moment, step=here, kit=kit)
        elif moment.step is not None and moment.step.on is not None and name not in moment.step.on:
            moment = Moment(moment.time, "look", moment.session)
        seen.append(moment)
    return tuple(seen)


def _count_elsewhere(name: str, zones: Mapping[str, _Zone]) -> dict[int, Elsewhere]:
    """What the other zones wear of each instrument, by the order of the step: zones are gone through as they stand."""
    names = list(zones)
    place = names.index(name)
    counted: dict[int, Elsewhere] = {}
    for order, use in _merge_uses(zones).items():
        punctures = [zones[one].uses[order].punctures if order in zones[one].uses else 0.0 for one in names]
        before, after = sum(punctures[:place]), sum(punctures[place + 1 :])
        if before or after:
            counted[order] = Elsewhere(use.kit, before, after)
    return counted


def _sum_areas(zones: Mapping[str, _Zone]) -> dict[str, float]:
    """The skin that each step is done on in all zones together, cm2, by its place."""
    areas: defaultdict[str, float] = defaultdict(float)
    for zone in zones.values():
        for path, _ in zone.treatment.walk_steps():
            areas[name_place(path)] += zone.treatment.area
    return dict(areas)


def join_zones(
    treatment: Treatment,
    sample: Draws,
    settings: Mapping[str, Setting],
    records: Mapping[str, Record],
    keep: tuple[str, ...],
) -> Course:
    """The course of the person: that of the main zone, with what all zones come to, and each zone's own course."""
    main = next(iter(settings))
    levels = _add_up_levels(list(records.values()))
    skins = [setting.skin for setting in settings.values()]
    whole = _join_quantities([record.whole.quantities for record in records.values()], skins, sample)
    whole |= levels.peaks
    control = None
    if CONTROL in keep and all(record.control is not None for record in records.values()):
        control = _join_quantities([record.control or {} for record in records.values()], skins, sample)
    warnings = advise_on_zones(settings, {name: one.whole.quantities for name, one in records.items()}, whole)
    record = records[main]
    joined = Record(
        record.draws,
        record.times,
        [{**look, **level} for look, level in zip(record.looks, levels.looks, strict=True)],
        record.session_ends,
        replace(record.whole, quantities={**whole}),
        control,
    )
    zones = {
        name: Course.of(setting.treatment, sample, setting.frame, records[name], [], keep)
        for name, setting in settings.items()
    }
    course = Course.of(treatment, sample, settings[main].frame, joined, warnings, keep)
    return replace(course, zones=zones)


def advise_on_zones(
    settings: Mapping[str, Setting],
    of_zones: Mapping[str, Mapping[str, PerDraw]],
    whole: Mapping[str, PerDraw],
) -> list[PlanWarning]:
    """Every warning of a course in zones, each once: of each zone's skin, and of the blood of the `whole`."""
    blood = {name: values for name, values in whole.items() if find_quantity(name).group == "plasma"}
    told = (advise(setting, {**of_zones[name], **blood}) for name, setting in settings.items())
    return put_gravest_first(list(chain.from_iterable(told)))


@dataclass(frozen=True)
class _Levels:
    """Levels in the blood of all zones together: at each look, ug/mL by series, and the highest by quantity."""

    looks: Sequence[Mapping[str, PerDraw]]
    peaks: Mapping[str, PerDraw]


def _add_up_levels(records: Sequence[Record]) -> _Levels:
    names = dict.fromkeys(name for record in records for name in record.names() if name.startswith(_PLASMA))
    zero = np.zeros(records[0].draws)
    looks = [
        {
            name: sum((look[name] for look in seen if name in look), zero)
            for name in names
            if any(name in look for look in seen)
        }
        for seen in zip(*(record.looks for record in records), strict=True)
    ]
    peaks = {
        name_plasma_peak(name.removeprefix(_PLASMA)): np.max(
            [look[name] for look in looks if name in look], axis=0
        )
        for name in names
    }
    return _Levels(looks, peaks)


def _join_quantities(
    zones: Sequence[Mapping[str, PerDraw]], skins: Sequence[Skin], sample: Draws
) -> dict[str, PerDraw]:
    """Every quantity of the person, (draw,) each, from those of the zones, of which the first is the main one."""
    joined: dict[str, PerDraw] = {}
    for values in zones:
        for name, value in values.items():
            joined.setdefault(name, value)
    for name, quantity in all_quantities().items():
        each = [values[name] for values in zones if name in values]
        if len(each) < 2 or (how := quantity.over_zones) == "main":
            continue
        joined[name] = (
            how(np.stack(each), skins, sample) if callable(how) else _join_values(np.stack(each), how)
        )
    return joined


def _join_values(each: np.ndarray, how: OverZones) -> PerDraw:
    """One value a draw from one of each zone, (zone, draw); NaN where no zone has any."""
    known = ~np.isnan(each)  # what never comes is infinite
    none = ~known.any(axis=0)
    if how == "any":
        joined = 1 - np.prod(np.where(known, 1 - each, 1.0), axis=0)
    elif how == "sum":
        joined = np.where(known, each, 0.0).sum(axis=0)
    else:
        joined = np.where(known, each, -np.inf).max(axis=0)
    return np.where(none, np.nan, joined)
