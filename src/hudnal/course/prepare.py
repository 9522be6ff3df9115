"""Everything of a course that can be settled before its first moment, from the treatment and the draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from math import sqrt

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.course.drives import Drives
from hudnal.course.endpoints import find_endpoints
from hudnal.course.plan import make_timeline
from hudnal.course.setting import Setting, sum_density
from hudnal.instrument.use import Use, resolve_use
from hudnal.intake.check import choose_instrument
from hudnal.intake.treatment import Treatment
from hudnal.outcome.concerns import find_concern_kind
from hudnal.outcome.relief import Relief
from hudnal.parameters import Draws
from hudnal.result.timeline import Moment
from hudnal.skin import Lesion, Person, Skin
from hudnal.skin.field import SkinField
from hudnal.transport import Numbness
from hudnal.transport.drug_layers import DrugLayers
from hudnal.treatment.model import FranzCell
from hudnal.treatment.steps import Needling
from hudnal.units import MM_PER_ML_CM2

# Side of the sample area on which holes are laid: enough of them for a mean, few enough to be quick.
_MOST_ATTEMPTS, _FEWEST_ATTEMPTS = 1500, 250
_SMALLEST_SIDE, _USUAL_SIDE, _LARGEST_SIDE = 4.0, 8.0, 24.0  # mm
_SPARSEST = 1e-6  # 1/mm2: below it there is nothing to lay


def prepare(
    treatment: Treatment,
    draws: Draws,
    side: float | None = None,
    heals: bool = True,
    follow_up: float | None = None,
    timeline: tuple[Moment, ...] | None = None,
) -> Setting:
    """The setting of a treatment for a batch of draws.

    `side` mm of the sample area where that is asked for; without `heals` only what goes through the skin is followed.
    `follow_up` h stands for the treatment's own, `timeline` for the one that it would have by itself.
    """
    lesions = _make_lesions(treatment, draws)
    skin = _make_skin(treatment, lesions, draws)
    uses = resolve_uses(treatment, skin.tension, draws)
    until = treatment.course.follow_up if follow_up is None else follow_up
    if timeline is None:
        timeline = make_timeline(treatment, uses, draws, until)
    sample_side = choose_side(find_densest(treatment, uses)) if side is None else side
    return Setting(
        treatment=treatment,
        draws=draws,
        skin=skin,
        concern=find_concern_kind(treatment.main_concern),
        layers=_choose_drug_layers(treatment, skin),
        reliefs=tuple(Relief.of(lesion, skin, draws) for lesion in lesions) if heals else (),
        field=_lay_field(draws) if uses else None,
        numbness=Numbness.calibrated(draws) if _is_numbed(treatment, draws) else None,
        uses=uses,
        sample_side=sample_side,
        timeline=timeline,
        drives=Drives(uses, sample_side, skin, draws),
        heals=heals,
    )


def make_skin(treatment: Treatment, draws: Draws) -> Skin:
    """The skin that is treated: of the person, at the site, with the lesion of the main concern."""
    return _make_skin(treatment, _make_lesions(treatment, draws), draws)


def _make_skin(treatment: Treatment, lesions: list[Lesion], draws: Draws) -> Skin:
    lesion = lesions[0] if lesions else Lesion.none(draws)
    return Skin.at(treatment.site, _make_person(treatment), lesion, draws)


def _make_person(treatment: Treatment) -> Person:
    p = treatment.person
    return Person(
        age=p.age,
        sex=p.sex,
        phototype=p.phototype,
        smoker=p.smoker,
        weight=p.weight,
        blood_thinner=p.thinner,
        thinner_stopped=p.thinner_stopped,
        sun=p.sun,
        conditions=p.condition_names,
        antiviral=p.antiviral,
    )


def _make_lesions(treatment: Treatment, draws: Draws) -> list[Lesion]:
    """The lesion of every concern that has one, the main one first."""
    kinds = [(find_concern_kind(concern).lesion, concern) for concern in treatment.concerns]
    return [lesion(concern, draws) for lesion, concern in kinds if lesion is not None]


def resolve_uses(treatment: Treatment, tension: PerDraw, draws: Draws) -> dict[int, Use]:
    """Steps with needles, rounds repeated, by their order among all unrolled steps.

    `tension` N/mm, (draw,), is what the skin has by itself.
    """
    uses: dict[int, Use] = {}
    endpoints = find_endpoints(treatment)
    for phase in treatment.phases_of_course:
        turns: Counter[str] = Counter()
        for order, (_, _, step) in enumerate(phase.unroll_steps(), start=phase.first_order):
            if isinstance(step, Needling) and order not in uses:
                spec = choose_instrument(step, treatment)
                if spec is None:
                    raise ValueError(f"step {order} has no instrument; a checked treatment has one for each")
                turn = turns[step.name]
                use = resolve_use(step, order, turn, spec, treatment.area, tension, draws)
                uses[order] = replace(use, endpoint=endpoints.get(order))
                turns[step.name] += 1
    return uses


def find_densest(treatment: Treatment, uses: Mapping[int, Use]) -> float:
    """Needles that meet each mm2 in the session with most of them, 1/mm2."""
    return max(sum_density(phase, uses) for phase in treatment.phases_of_course)


def _choose_drug_layers(treatment: Treatment, skin: Skin) -> DrugLayers:
    """What drugs go through: the skin on the body, or what was cut of it over its receptor."""
    if not treatment.in_vitro:
        return DrugLayers.of(skin)
    cell = treatment.cell or FranzCell()
    return DrugLayers.excised(skin, cell.skin, cell.receptor / treatment.area * MM_PER_ML_CM2)


def _lay_field(draws: Draws) -> SkinField:
    """How the skin differs from place to place: the same sample area in every step and session."""
    return SkinField.of(
        draws["skin.layers.variation_length"], np.random.default_rng([draws.seed, draws.batch])
    )


def _is_numbed(treatment: Treatment, draws: Draws) -> bool:
    """Whether anything that is put on numbs somebody who feels."""
    compounds = {name for product in treatment.products_used for name in product.actives}
    potent = any(draws.has(f"transport.compounds.{name}.potency") for name in compounds)
    return potent and not treatment.in_vitro


def choose_side(density: float) -> float:
    """Side in mm of a square that stands for the whole area, which `density` needles a mm2 will meet."""
    density = max(density, _SPARSEST)
    if density * _USUAL_SIDE**2 > _MOST_ATTEMPTS:
        return max(sqrt(_MOST_ATTEMPTS / density), _SMALLEST_SIDE)
    if density * _USUAL_SIDE**2 < _FEWEST_ATTEMPTS:
        return min(sqrt(_FEWEST_ATTEMPTS / density), _LARGEST_SIDE)
    return _USUAL_SIDE
