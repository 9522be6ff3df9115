"""Warnings of a course: the rules of `outcome/rules.py`, asked step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from math import inf

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.course.setting import Setting
from hudnal.course.sizes import tell_size
from hudnal.course.steps import find_kind
from hudnal.course.steps.kind import SoFar, measure_layer
from hudnal.outcome.conditions import warn_of_conditions
from hudnal.outcome.doses import warn_of_methaemoglobin_level
from hudnal.outcome.law import pick_country, warn_of_law
from hudnal.outcome.rules import (
    PlanWarning,
    warn_of_compound,
    warn_of_cream_left,
    warn_of_depth,
    warn_of_endpoint,
    warn_of_pause,
    warn_of_person,
    warn_of_plasma,
    warn_of_sun,
)
from hudnal.outcome.uptake import name_plasma_peak
from hudnal.parameters import Draws, table
from hudnal.transport.permeability import list_outside_range
from hudnal.treatment.fault import name_place
from hudnal.treatment.phase import Phase
from hudnal.units import HOURS_PER_DAY, MM_PER_UM

_HIGH = 0.95
_GRAVITY = {"danger": 0, "caution": 1, "note": 2}


def advise(setting: Setting, quantities: Mapping[str, PerDraw]) -> list[PlanWarning]:
    """Every warning of a course that left these quantities, the gravest first, each once."""
    if setting.treatment.in_vitro:  # rules are for people
        return []
    warnings = [*_warn_of_steps(setting), *_warn_of_person(setting), *_warn_of_course(setting)]
    warnings += _warn_of_depth(quantities.get("channel_depth"), setting)
    warnings += _warn_of_endpoint(quantities.get("endpoint_stroke"), setting)
    methaemoglobin = quantities.get("methaemoglobin_peak")
    if methaemoglobin is not None and np.isfinite(methaemoglobin).any():
        warnings += warn_of_methaemoglobin_level(float(np.nanquantile(methaemoglobin, _HIGH)), setting.draws)
    for compound in table("rules")["plasma"]:
        warnings += _warn_of_plasma(compound, quantities.get(name_plasma_peak(compound)), setting.draws)
    products = setting.treatment.products_used
    for compound in dict.fromkeys(name for product in products for name in product.actives):
        warnings += _warn_of_compound(compound, setting.draws)
    told = [tell_size(warning, quantities, setting) for warning in put_gravest_first(warnings)]
    return pick_country(told, setting.treatment.country)


def advise_on_compound(compound: str, peak: PerDraw | None, setting: Setting) -> list[PlanWarning]:
    """Warnings of one compound alone: its relation's range, its level in the blood (`peak` ug/mL), its creams."""
    warnings = _warn_of_compound(compound, setting.draws)
    if not setting.treatment.in_vitro:
        warnings += [w for w in _warn_of_steps(setting) if w.code.startswith("cream")]
        warnings += _warn_of_plasma(compound, peak, setting.draws)
    return pick_country(put_gravest_first(warnings), setting.treatment.country)


def _warn_of_steps(setting: Setting) -> list[PlanWarning]:
    warnings: list[PlanWarning] = []
    so_far = SoFar()
    # Rounds are gone through one by one: what lay before the needles in the first comes after them in the second.
    steps = [(path, step) for path, _, step in setting.treatment.unroll_steps()]
    later = list(setting.treatment.walk_home_steps())
    for part in (steps, later):
        for path, step in part:
            kind, so_far = find_kind(step), replace(so_far, place=name_place(path))
            if kind.opens_skin:
                warnings += _warn_of_cream_left(so_far)
            warnings += kind.warn(step, so_far.place, so_far, setting)
            so_far = kind.pass_on(step, so_far, setting)
        warnings += _warn_of_cream_left(so_far)
    return warnings


def _warn_of_cream_left(so_far: SoFar) -> list[PlanWarning]:
    """The warning of a numbing cream that nobody has washed off before needles, or at all."""
    cream = so_far.cream
    if cream is None:
        return []
    return warn_of_cream_left(cream.name, measure_layer(cream.film), cream.place)


def _warn_of_person(setting: Setting) -> list[PlanWarning]:
    treatment, person = setting.treatment, setting.treatment.person
    steps = [step for _, _, step in treatment.unroll_steps()]
    warnings: list[PlanWarning] = []
    if setting.uses:
        ages = [age for scar in treatment.scars if (age := getattr(scar, "age", None)) is not None]
        warnings += warn_of_person(
            person.age,
            person.phototype,
            person.smoker,
            person.thinner,
            min(ages, default=None),
            person.condition_names,
            bool(setting.skin.face.any()),
            setting.draws,
            person.thinner_stopped,
        )
        facts = {"needles": 1.0, "age": person.age}
        warnings += warn_of_law(facts, treatment.setting, setting.draws, {"age": person.age})
    numbed = any("numbing" in step.takes for step in steps)
    if numbed or any(find_kind(step).opens_skin for step in steps):
        ended = person.isotretinoin_ended
        names = person.condition_names
        warnings += warn_of_conditions(names, treatment.setting, numbed, setting.draws, ended)
    return warnings


def _warn_of_course(setting: Setting) -> list[PlanWarning]:
    draws, treatment = setting.draws, setting.treatment
    suns = [
        getattr(step, "from_", 0.0) / HOURS_PER_DAY
        for phase in treatment.phases_of_course
        for step in phase.aftercare
        if step.in_bare_sun
    ]
    place = "phases" if treatment.phases else "course.interval"
    warnings = warn_of_sun(min(suns, default=None), draws)
    for shallow, hours in _find_shortest_pauses(setting).items():
        warnings += warn_of_pause(hours / HOURS_PER_DAY, shallow, place, draws)
    return warnings


def _find_shortest_pauses(setting: Setting) -> dict[bool, float]:
    """The shortest time between two needlings, h, by whether the needles of both are short enough for home."""
    home = setting.draws.value("rules.length.home")
    needled = [
        (start, reach <= home)
        for start, phase in setting.treatment.sessions_of_course
        if (reach := _find_reach(phase, setting)) is not None
    ]
    pauses: dict[bool, float] = {}
    for (before, was_shallow), (after, is_shallow) in pairwise(needled):
        shallow = was_shallow and is_shallow
        pauses[shallow] = min(pauses.get(shallow, inf), after - before)
    return pauses


def _find_reach(phase: Phase, setting: Setting) -> float | None:
    """How far the longest needles of a phase reach out, mm; None without needles."""
    orders = (order for order, _ in enumerate(phase.unroll_steps(), start=phase.first_order))
    return max((setting.uses[order].reach for order in orders if order in setting.uses), default=None)


def _warn_of_depth(hole: PerDraw | None, setting: Setting) -> list[PlanWarning]:
    """The warning of needles that go through the skin, by the draws of the setting's batch."""
    if hole is None or not setting.uses:
        return []
    return warn_of_depth(hole[: setting.draws.n] * MM_PER_UM, setting.skin.thickness)


def _warn_of_endpoint(strokes: PerDraw | None, setting: Setting) -> list[PlanWarning]:
    """The warning of endpoints that some never reach: `strokes` that it took, infinity for them."""
    signs = {use.endpoint.sign for use in setting.uses.values() if use.endpoint is not None}
    if strokes is None or not signs:
        return []
    sign = signs.pop() if len(signs) == 1 else "every-endpoint"
    return warn_of_endpoint(sign, float(np.mean(np.isinf(strokes))))


def _warn_of_plasma(compound: str, peak: PerDraw | None, draws: Draws) -> list[PlanWarning]:
    if peak is None or not np.isfinite(peak).any():
        return []
    return warn_of_plasma(compound, float(np.nanquantile(peak, _HIGH)), draws)


def _warn_of_compound(name: str, draws: Draws) -> list[PlanWarning]:
    own = f"transport.compounds.{name}."
    # Where permeability was measured the relation is not asked.
    if draws.has(own + "permeability") and draws.parameter(own + "permeability").status != "assumed":
        return []
    log_kow, molar_mass = draws.value(own + "log_kow"), draws.value(own + "molar_mass")
    return warn_of_compound(name, log_kow, molar_mass, list_outside_range(log_kow, molar_mass))


def put_gravest_first(warnings: list[PlanWarning]) -> list[PlanWarning]:
    """Each warning once, as it is gravest or holds for most people; dangers before cautions before notes."""
    once: dict[tuple[object, ...], PlanWarning] = {}
    for warning in warnings:
        key = (warning.code, warning.place, warning.values.get("compound"), warning.values.get("condition"))
        if key not in once or _weigh(warning) > _weigh(once[key]):
            once[key] = warning
    return sorted(once.values(), key=lambda w: _GRAVITY[w.level])


def _weigh(warning: PlanWarning) -> tuple[int, float]:
    """How grave a warning is, and for what share of people it holds, %, where it says so."""
    percent = warning.values.get("percent", 0.0)
    return -_GRAVITY[warning.level], percent if isinstance(percent, float) else 0.0
