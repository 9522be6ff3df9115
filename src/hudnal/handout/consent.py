"""The form of consent: the risks of this plan as people out of a hundred, other ways, the right to stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hudnal.handout.deeds import name_product, tell_deeds
from hudnal.handout.footnotes import Footnotes
from hudnal.handout.icons import draw_people
from hudnal.handout.results import tell_cream_alone, tell_gains
from hudnal.handout.told import Odds, tell_odds
from hudnal.language import Words
from hudnal.language.numbers import NEGLIGIBLE
from hudnal.result.course import Course
from hudnal.result.interval import Chance

LASTING = (
    "pih_probability", "tram_track_probability", "raised_scar_probability", "granuloma_probability",
    "tattoo_probability", "bloodborne_probability",
)  # fmt: skip
PASSING = (
    "bruise_probability", "infection_probability", "heavy_bleeding_probability", "herpes_probability",
    "irritation_probability", "mycobacteria_probability",
)  # fmt: skip
_LIKELIEST = 3
_COUNTED_BADLY = ("safety:REG-019", "safety:AE-002")
_LASER_MARKS = ("safety:AE-019",)
_TO_KNOW = ("safety:REG-039",)


@dataclass(frozen=True)
class Risk:
    """A harm with its plain words, its chance and its picture."""

    name: str
    meaning: str
    odds: Odds
    picture: str


def gather_consent(course: Course, words: Words) -> dict[str, Any]:
    """What stands on the form of consent, by the names of its template."""
    notes, treatment = Footnotes(words), course.treatment
    possible = {name: chance for name in (*LASTING, *PASSING) if (chance := _find_chance(course, name))}
    likeliest = sorted((name for name in PASSING if name in possible), key=lambda n: -_weigh(possible[n]))
    ruled_out = [words(f"handout.risks.{name}.name") for name in (*LASTING, *PASSING) if name not in possible]
    products = [name_product(product.name, treatment, words) for product in treatment.products_used]
    lists: dict[str, Any] = {
        "deeds": tell_deeds(treatment, words),
        "given": words("handout.consent.given", products=", ".join(products))
        if products
        else words("handout.consent.nothing_given"),
        "gains": tell_gains(course, words),
        "lasting": [_tell_risk(name, possible[name], words) for name in LASTING if name in possible],
        "likely": [_tell_risk(name, possible[name], words) for name in likeliest[:_LIKELIEST]],
        "impossible": words("handout.consent.impossible", names=", ".join(ruled_out)) if ruled_out else "",
        "rare_refs": notes.cite(_COUNTED_BADLY),
        "cream_alone": tell_cream_alone(course, words),
        "laser_refs": notes.cite(_LASER_MARKS),
        "known_refs": notes.cite(_TO_KNOW),
    }
    return {**lists, "sources": notes.list_lines()}


def list_lasting(course: Course, words: Words) -> list[tuple[str, str]]:
    """The harms that can stay and that this plan can bring about: the plain name of each, and its chance."""
    return [
        (words(f"handout.risks.{name}.name"), tell_odds(chance, words).text)
        for name in LASTING
        if (chance := _find_chance(course, name))
    ]


def _find_chance(course: Course, name: str) -> Chance | None:
    """The chance of a harm; None where this plan cannot bring it about."""
    chance = course.chance(name)
    return None if chance is None or chance.high <= 0 else chance


def _weigh(chance: Chance) -> float:
    """How likely a harm is; of one that is not known, how likely it may be."""
    return chance.mean if chance.is_known else chance.high


def _tell_risk(name: str, chance: Chance, words: Words) -> Risk:
    odds = tell_odds(chance, words)
    title = words(f"handout.risks.{name}.name")
    label = words("handout.consent.icon_label", name=title, text=odds.text, people=odds.people)
    has_picture = not chance.is_known or chance.mean >= NEGLIGIBLE
    picture = draw_people(odds, label) if has_picture else ""
    return Risk(title, words(f"handout.risks.{name}.meaning"), odds, picture)
