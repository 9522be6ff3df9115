"""What each figure shows, in a sentence with its main number: its caption, and what is read out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from hudnal.language import Words
from hudnal.language.numbers import format_duration, format_number, format_quantity
from hudnal.outcome.declared import find_quantity
from hudnal.report.figures.holes import are_enlarged
from hudnal.report.words.chances import tell_chance
from hudnal.report.words.headlines import format_pain, format_scaled
from hudnal.report.words.sentences import capitalise
from hudnal.result.course import Course
from hudnal.units import MINUTES_PER_HOUR, PERCENT

Values = Mapping[str, str]


def tell_caption(name: str, course: Course, words: Words) -> str:
    """The sentence of the figure called `name`."""
    key = "map_enlarged" if name == "map" and are_enlarged(course) else name
    return words(f"captions.{key}", **_VALUES[name](course, words))


def _show(course: Course, quantity: str, words: Words) -> str:
    """The median of a quantity with its unit, or that it does not come within the course."""
    if quantity not in course.quantities or course.interval(quantity).median is None:
        return words("captions.not_within")
    return format_scaled(course.interval(quantity), find_quantity(quantity).unit, words)[0]


def _of(**quantities: str) -> Callable[[Course, Words], Values]:
    """The gaps of a sentence, each filled with the median of its quantity."""
    return lambda course, words: {gap: _show(course, name, words) for gap, name in quantities.items()}


def _count(**quantities: str) -> Callable[[Course, Words], Values]:
    """The same without units."""
    return lambda course, words: {
        gap: format_number(course.interval(name).median, words.language) for gap, name in quantities.items()
    }


def _tell_change(course: Course, quantity: str, words: Words) -> Values:
    after = format_duration(course.treatment.course.follow_up, words)
    return {"time": after, "change": _show(course, quantity, words)}


def _tell_steps(course: Course, words: Words) -> Values:
    minutes = round(course.ends[0] * MINUTES_PER_HOUR)
    return {"time": words("words.minutes", n=minutes)}


def _tell_pain(course: Course, words: Words) -> Values:
    """The worst pain, and what it were without the cream where that is another."""
    pain, without = (
        format_pain(course.interval(name).median, words) for name in ("pain", "pain_without_cream")
    )
    told = words("captions.pain_without", without=without) if without != pain else ""
    return {"pain": pain, "without": told}


def _tell_felt(course: Course, words: Words) -> Values:
    """How long it tingles and is dry; where neither comes, that."""
    told = [
        words(f"captions.{name}" if course.interval(name).median != 0 else f"captions.no_{name}", time=time)
        for name in ("tingling_hours", "dryness_days")
        for time in [_show(course, name, words)]
    ]
    return {"told": capitalise("; ".join(told))}


def _tell_marks(course: Course, words: Words) -> Values:
    chances = {"marks": course.chance("pih_probability"), "bruises": course.chance("bruise_probability")}
    none = words("words.not_applicable")
    return {gap: none if chance is None else tell_chance(chance, words)[0] for gap, chance in chances.items()}


def _tell_amounts(course: Course, words: Words) -> Values:
    """The median share of each substance that came into living skin within the first day."""
    at = int(np.searchsorted(course.time, 24.0))
    shares = []
    for name in course.compounds:
        applied = course.series[f"applied.{name}"][at]
        if (applied > 0).all():
            share = float(np.median(PERCENT * course.series[f"delivered.{name}"][at] / applied))
            told = format_quantity(share, "%", words)
            shares.append(f"{words.named('compounds', name)} {told}")
    return {"shares": ", ".join(shares)}


def _tell_benefit(course: Course, words: Words) -> Values:
    name = "scar_depth" if "scar_depth" in course.series else "wrinkle_change"
    return _tell_change(course, name, words)


def _tell_numbness(course: Course, words: Words) -> Values:
    """How deep it is numb when that is deepest, in the median."""
    deepest = float(np.median(course.series["numb_depth"].max(axis=0)))
    return {"depth": format_quantity(deepest, "mm", words)}


def _tell_relief(course: Course, words: Words) -> Values:
    before, after = course.scars[0]
    return {
        gap: format_number(float(np.median(shape.depth)), words.language)
        for gap, shape in (("before", before), ("after", after))
    }


_VALUES: Mapping[str, Callable[[Course, Words], Values]] = {
    "map": _count(density="hole_density"),
    "section": _of(tip="tip_depth", channel="channel_depth"),
    "steps": _tell_steps,
    "numbness": _tell_numbness,
    "pain": _tell_pain,
    "drops": _count(points="bleeding_points"),
    "redness": _of(days="redness_days"),
    "felt": _tell_felt,
    "marks": _tell_marks,
    "water": _of(peak="tewl_peak"),
    "closing": _of(barrier="barrier_closed", channel="channel_closed"),
    "amounts": _tell_amounts,
    "collagen": lambda course, words: {
        **_tell_change(course, "collagen_change", words),
        "healthy": _show(course, "healthy_collagen_change", words),
    },
    "epidermis": lambda course, words: _tell_change(course, "epidermal_thickness_change", words),
    "elastin": lambda course, words: _tell_change(course, "elastin_change", words),
    "benefit": _tell_benefit,
    "eyes": _of(patient="patient_improvement"),
    "relief": _tell_relief,
    "relief_cut": _tell_relief,
}
