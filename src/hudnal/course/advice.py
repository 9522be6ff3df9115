"""Warnings of a course: the rules of `outcome/rules.py`, asked step by step."""

from __future__ import annotations

import numpy as np

from hudnal.course.check import spec_of
from hudnal.course.plan import build_instrument
from hudnal.course.seen import Seen
from hudnal.instrument import Instrument
from hudnal.outcome.rules import (
    CreamUse,
    NeedleUse,
    Warning,
    course_warnings,
    cream_warnings,
    needle_warnings,
    person_warnings,
    plasma_warnings,
    reuse_warnings,
)
from hudnal.parameters import Draws
from hudnal.transport import product
from hudnal.treatment import Fault, Treatment
from hudnal.treatment.model import SurgicalScar
from hudnal.treatment.steps import (
    Clean,
    Disinfect,
    LaterSun,
    Needling,
    Numb,
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
    found = _of_steps(treatment, draws)
    person = treatment.person
    scar_weeks = treatment.concern.age if isinstance(treatment.concern, SurgicalScar) else None
    if any(isinstance(step, Needling) for _, step in treatment.steps()):
        found += person_warnings(
            person.age, person.phototype, person.smoker, person.blood_thinner, scar_weeks
        )
    sun = [
        step.from_ / 24 for step in treatment.aftercare if isinstance(step, LaterSun) and not step.protected
    ]
    longest = max(
        (_reach(treatment, s, draws) for _, s in treatment.steps() if isinstance(s, Needling)), default=0.0
    )
    shallow = longest <= draws.value("rules.length.home")
    course = treatment.course
    found += course_warnings(course.sessions, course.interval / 24, shallow, min(sun, default=None), draws)
    peak = seen.quantities.get("lidocaine_peak")
    if peak is not None and np.isfinite(peak).any():
        found += plasma_warnings(float(np.nanquantile(peak, _HIGH)), draws)
    once: dict[tuple[str, str], Warning] = {}
    for warning in found:
        once.setdefault((warning.code, warning.place), warning)
    rank = {"danger": 0, "caution": 1, "note": 2}
    return sorted(once.values(), key=lambda w: rank[w.level])


def _of_steps(treatment: Treatment, draws: Draws) -> list[Warning]:
    found: list[Warning] = []
    washed = disinfected = needled = False
    serum: str | None = None
    drug = False
    seen: set[tuple] = set()
    for path, _, step in treatment.unrolled():
        place = Fault("", path).place
        if path in seen and not isinstance(step, Needling):
            continue
        first = path not in seen
        seen.add(path)
        if isinstance(step, (Wash, Clean)):
            washed = washed or isinstance(step, Wash)
            serum, drug = None, False
        elif isinstance(step, Disinfect):
            disinfected = True
        elif isinstance(step, Spread):
            what = product(step.what)
            serum = serum or (None if what.sterile else what.name)
            drug = drug or bool(what.actives)
        elif isinstance(step, Numb):
            cream = product(step.with_)
            amount = cream.default_amount if step.amount is None else step.amount
            label = cream.label_dose * _MG_PER_G / _LABEL_AREA if cream.label_dose else None
            use = CreamUse(place, cream.name, cream.actives.get("lidocaine", 0.0), amount, label, needled)
            found += cream_warnings(use, treatment.setting, treatment.area, draws)
        elif isinstance(step, Reuse):
            found += reuse_warnings(place, step.shared, step.cleaned, kind_survives=False)
        elif isinstance(step, Needling):
            needled = True
            if first:
                force = step.force if isinstance(step, Roll) else None
                kind = {"roll": "roller"}.get(step.name, step.name)
                reach = _reach(treatment, step, draws)
                use = NeedleUse(place, reach, kind, force, washed, disinfected, serum, drug)
                found += needle_warnings(use, treatment.setting, treatment.person.age, draws)
    return found


def _reach(treatment: Treatment, step: Needling, draws: Draws) -> float:
    """mm that the needles of a step reach out."""
    if isinstance(step, PenStep):
        return step.depth
    spec = spec_of(step, treatment)
    assert spec is not None
    instrument: Instrument = build_instrument(spec, draws)
    return instrument.needle.length
