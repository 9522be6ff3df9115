"""Warnings of a course: the rules of `outcome/rules.py`, asked step by step."""

from __future__ import annotations

import numpy as np

from hudnal.course.plan import build_instrument
from hudnal.course.quantities import plasma_peak
from hudnal.instrument import Instrument
from hudnal.intake.check import spec_of
from hudnal.intake.shelf import Shelf
from hudnal.outcome.conditions import condition_warnings
from hudnal.outcome.rules import (
    CreamUse,
    NeedleUse,
    Warning,
    compound_warnings,
    course_warnings,
    cream_warnings,
    gel_warnings,
    needle_warnings,
    person_warnings,
    plasma_warnings,
    reuse_warnings,
)
from hudnal.parameters import Draws, table
from hudnal.result.record import Seen
from hudnal.transport import Product
from hudnal.transport.permeability import list_outside_range
from hudnal.treatment import Fault, Treatment
from hudnal.treatment.model import SurgicalScar
from hudnal.treatment.steps import (
    Apply,
    Clean,
    Disinfect,
    Laser,
    LaterSun,
    Needling,
    Numb,
    Peel,
    Reuse,
    Roll,
    Spread,
    Wash,
)
from hudnal.treatment.steps import Pen as PenStep

_MG_PER_G = 1000.0
_LABEL_AREA = 10.0  # cm2 that a label's dose is given for
_HIGH = 0.95


def advice(treatment: Treatment, seen: Seen, draws: Draws) -> list[Warning]:
    """Every warning, the gravest first, each once."""
    if treatment.in_vitro:  # rules are for people
        return []
    shelf = Shelf.of(treatment)
    found = _of_steps(treatment, shelf, draws)
    person = treatment.person
    ages = [s.age for s in treatment.scars if isinstance(s, SurgicalScar) and s.age is not None]
    scar_weeks = min(ages, default=None)
    if any(isinstance(step, Needling) for _, step in treatment.steps()):
        found += person_warnings(
            person.age,
            person.phototype,
            person.smoker,
            person.blood_thinner,
            scar_weeks,
            tuple(person.conditions),
        )
    if any(isinstance(step, (Needling, Laser, Peel, Numb)) for _, step in treatment.steps()):
        numbed = any(isinstance(step, Numb) for _, step in treatment.steps())
        found += condition_warnings(tuple(person.conditions), treatment.setting, numbed)
    sun = [
        step.from_ / 24 for step in treatment.aftercare if isinstance(step, LaterSun) and not step.protected
    ]
    longest = max(
        (_reach(treatment, s, draws) for _, s in treatment.steps() if isinstance(s, Needling)), default=0.0
    )
    shallow = longest <= draws.value("rules.length.home")
    course = treatment.course
    found += course_warnings(course.sessions, course.interval / 24, shallow, min(sun, default=None), draws)
    for compound in table("rules")["plasma"]:
        peak = seen.quantities.get(plasma_peak(compound))
        if peak is not None and np.isfinite(peak).any():
            found += plasma_warnings(compound, float(np.nanquantile(peak, _HIGH)), draws)
    for compound in {name: None for what in shelf.put_on(treatment) for name in what.actives}:
        found += _of_compound(compound, draws)
    return _gravest_first(found)


def advice_on(treatment: Treatment, compound: str, peak: np.ndarray | None, draws: Draws) -> list[Warning]:
    """Warnings of one compound alone: its relation's range, its level in the blood (`peak` ug/mL), its creams."""
    found = _of_compound(compound, draws)
    if not treatment.in_vitro:
        shelf = Shelf.of(treatment)
        found += [w for w in _of_steps(treatment, shelf, draws) if w.code.startswith("cream")]
        if peak is not None:
            found += plasma_warnings(compound, float(np.nanquantile(peak, _HIGH)), draws)
    return _gravest_first(found)


def _gravest_first(found: list[Warning]) -> list[Warning]:
    """Each once."""
    once: dict[tuple[object, ...], Warning] = {}
    for warning in found:
        key = (warning.code, warning.place, warning.values.get("compound"), warning.values.get("condition"))
        once.setdefault(key, warning)
    rank = {"danger": 0, "caution": 1, "note": 2}
    return sorted(once.values(), key=lambda w: rank[w.level])


def _of_compound(name: str, draws: Draws) -> list[Warning]:
    own = f"transport.compounds.{name}."
    # Where permeability was measured the relation is not asked.
    if draws.has(own + "permeability") and draws.parameter(own + "permeability").status != "assumed":
        return []
    log_kow, molar_mass = draws.value(own + "log_kow"), draws.value(own + "molar_mass")
    return compound_warnings(name, log_kow, molar_mass, list_outside_range(log_kow, molar_mass))


def _of_steps(treatment: Treatment, shelf: Shelf, draws: Draws) -> list[Warning]:
    found: list[Warning] = []
    washed = disinfected = needled = False
    serum: str | None = None
    drug = False
    # Rounds are gone through one by one: what lay before the needles in the first comes after them in the second.
    for path, _, step in treatment.unrolled():
        place = Fault("", path).place
        if isinstance(step, (Wash, Clean)):
            washed = washed or isinstance(step, Wash)
            serum, drug = None, False
        elif isinstance(step, Disinfect):
            disinfected = True
        elif isinstance(step, Spread):
            what = shelf.product(step.what)
            if needled and what.anti_inflammatory:
                found += gel_warnings(what.name, place)
            serum = serum or (None if what.sterile else what.name)
            drug = drug or bool(what.actives)
        elif isinstance(step, Numb):
            use = _cream_use(step, shelf.product(step.with_), place, needled)
            found += cream_warnings(use, treatment.setting, treatment.area, draws)
        elif isinstance(step, (Laser, Peel)):
            needled = True
        elif isinstance(step, Reuse):
            found += reuse_warnings(place, step.shared, step.cleaned, kind_survives=False)
        elif isinstance(step, Needling):
            needled = True
            force = step.force if isinstance(step, Roll) else None
            kind = {"roll": "roller"}.get(step.name, step.name)
            reach = _reach(treatment, step, draws)
            use = NeedleUse(place, reach, kind, force, washed, disinfected, serum, drug)
            found += needle_warnings(use, treatment.setting, treatment.person.age, draws)
    for i, later in enumerate(treatment.aftercare):
        if needled and isinstance(later, Apply) and shelf.product(later.what).anti_inflammatory:
            found += gel_warnings(later.what, Fault("", ("aftercare", i, later.name)).place)
    return found


def _cream_use(step: Numb, cream: Product, place: str, needled: bool) -> CreamUse:
    dose = cream.label_dose
    return CreamUse(
        place=place,
        name=cream.name,
        lidocaine=cream.actives.get("lidocaine", 0.0),
        amount=cream.default_amount if step.amount is None else step.amount,
        label_amount=None if dose is None else dose * _MG_PER_G / _LABEL_AREA,
        on_holes=needled,
        hours=step.for_,
        label_area=cream.label_area,
        label_hours=cream.label_hours,
        source=cream.label_source,
    )


def _reach(treatment: Treatment, step: Needling, draws: Draws) -> float:
    """mm that the needles of a step reach out."""
    if isinstance(step, PenStep):
        return step.depth
    spec = spec_of(step, treatment)
    assert spec is not None
    instrument: Instrument = build_instrument(spec, draws)
    return instrument.needle.length
