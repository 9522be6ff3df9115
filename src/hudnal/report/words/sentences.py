"""What was done, and what came of it, in sentences."""

from __future__ import annotations

from dataclasses import dataclass

from hudnal.intake.shelf import Shelf
from hudnal.language import Words
from hudnal.report.words.numbers import (
    format_chance,
    format_duration,
    format_given,
    format_number,
    format_quantity,
    format_repetition,
)
from hudnal.result.course import Course
from hudnal.treatment import Treatment
from hudnal.treatment.model import Ageing, Scar, StretchMark, SurgicalScar
from hudnal.treatment.quantity import Phototype
from hudnal.treatment.steps import (
    Apply,
    Disinfect,
    Laser,
    LaterSeal,
    LaterSun,
    Needling,
    Numb,
    Peel,
    Pen,
    Repeat,
    Reuse,
    Roll,
    Seal,
    Spread,
    Stamp,
    Step,
    Sun,
    Wait,
)

# Numbers that say nothing of skin that was not hurt.
_BY_INJURY = ("redness_days", "collagen_change", "pih_probability", "epidermal_thickness_change")


def concern_key(concern: Ageing | Scar) -> str:
    """The key of the concern's name."""
    if isinstance(concern, Ageing):
        return "ageing"
    if isinstance(concern, SurgicalScar):
        return "surgical"
    return "striae" if isinstance(concern, StretchMark) else concern.shape


def lead(treatment: Treatment, words: Words) -> str:
    """Whom, where, why, in which setting."""
    person = treatment.person
    who = words(
        "report.person",
        sex=words(f"words.{person.sex}"),
        age=format_given(person.age, words.language),
        roman=Phototype.NAMES[person.phototype - 1],
        smoker=words("report.smoker") if person.smoker else "",
        sun="" if person.sun == "usual" else words(f"report.sun_{person.sun}"),
    )
    concerns = treatment.scars or (treatment.main_concern,)
    concern = ", ".join(words(f"concerns.{concern_key(c)}") + _sizes(c, words) for c in concerns)
    return words(
        "report.lead",
        person=who[0].upper() + who[1:],
        site=words(f"sites.{treatment.site}"),
        area=format_quantity(treatment.area, "cm2", words, None),
        concern=concern[0].upper() + concern[1:],
        setting=words(f"words.{treatment.setting}"),
    )


def _sizes(concern: Ageing | Scar, words: Words) -> str:
    """What the file says of a scar's size, as far as it does."""
    given_sizes = [
        words(f"words.{name}", n=format_quantity(value, "mm", words, None))
        for name in ("width", "length", "depth")
        if (value := getattr(concern, name, None)) is not None
    ]
    return f" ({', '.join(given_sizes)})" if given_sizes else ""


@dataclass(frozen=True)
class Line:
    """A sentence, and the steps of a round under it."""

    text: str
    inner: tuple[Line, ...] = ()


def what_was_done(treatment: Treatment, words: Words) -> tuple[Line, ...]:
    """Every step of a session."""
    return _lines(treatment.session, treatment, words)


def afterwards(treatment: Treatment, words: Words) -> list[str]:
    """Every step of aftercare, and the course."""
    course = treatment.course
    lines = [_step(step, treatment, words) for step in treatment.aftercare]
    follow = format_duration(course.follow_up, words)
    if course.sessions == 1:
        return [*lines, words("steps.sessions_one", follow=follow)]
    interval = format_duration(course.interval, words)
    return [*lines, words("steps.sessions_many", n=course.sessions, interval=interval, follow=follow)]


def _lines(steps: list[Step], treatment: Treatment, words: Words) -> tuple[Line, ...]:
    return tuple(
        Line(words("steps.repeat", rounds=step.rounds), _lines(step.steps, treatment, words))
        if isinstance(step, Repeat)
        else Line(_step(step, treatment, words))
        for step in steps
    )


def _amount(mg: float | None, default: float, words: Words) -> str:
    return format_quantity(default if mg is None else mg, "mg/cm²", words, None)


def _instrument(step: Needling, treatment: Treatment, words: Words) -> str:
    spec = step.with_ if step.with_ is not None else treatment.instrument
    if isinstance(spec, str):
        return words(f"instruments.{spec}")
    assert spec is not None
    return words(f"instruments.{spec.kind}", length=format_given(spec.length, words.language))


def _held(step: Needling, words: Words) -> str:
    if isinstance(step.skin, str):
        return words(f"steps.{step.skin}")
    return words("steps.tension", tension=format_given(step.skin, words.language))


def _step(step: Step, treatment: Treatment, words: Words) -> str:
    protected = words("steps.protected") if getattr(step, "protected", False) else ""
    match step:
        case Numb():
            cream = Shelf.of(treatment).product(step.with_)
            return words(
                "steps.numb",
                product=_product(step.with_, words),
                amount=_amount(step.amount, cream.default_amount, words),
                time=format_duration(step.for_, words),
                covered=words("steps.covered") if step.covered else "",
            )
        case Disinfect() | Seal():
            return words(f"steps.{step.name}", product=_product(step.with_, words))
        case Spread():
            what = Shelf.of(treatment).product(step.what)
            amount = _amount(step.amount, what.default_amount, words)
            return words("steps.spread", product=_product(step.what, words), amount=amount)
        case Roll():
            ways = len(set(step.directions))
            return words(
                "steps.roll",
                instrument=_instrument(step, treatment, words),
                strokes=step.stroke_count,
                directions=words("steps.directions_one")
                if ways == 1
                else words("steps.directions_many", n=ways),
                force=format_quantity(step.force, "N", words, None),
                skin=_held(step, words),
            )
        case Pen():
            depth = format_quantity(step.depth, "mm", words, None)
            return words(
                "steps.pen",
                instrument=_instrument(step, treatment, words),
                passes=step.passes,
                depth=depth,
                skin=_held(step, words),
            )
        case Stamp():
            return words(
                "steps.stamp",
                instrument=_instrument(step, treatment, words),
                times=step.times,
                skin=_held(step, words),
            )
        case Peel():
            deep = (
                words("steps.peel_depth", depth=format_quantity(step.depth, "mm", words, None))
                if step.depth
                else ""
            )
            return words("steps.peel", agent=words(f"agents.{step.with_}"), depth=deep)
        case Laser():
            return words(
                "steps.laser" if step.ablative else "steps.laser_gentle",
                density=format_given(step.density, words.language),
                diameter=format_quantity(step.diameter * 1000, "um", words, None),
                depth=format_quantity(step.depth, "mm", words, None),
            )
        case Wait():
            return words("steps.wait", time=format_duration(step.for_, words))
        case Sun():
            return words("steps.sun", time=format_duration(step.for_, words), protected=protected)
        case Reuse():
            shared = words("steps.shared") if step.shared else ""
            cleaned = words(f"steps.cleaned_{step.cleaned}")
            return words("steps.reuse", times=step.times, shared=shared, cleaned=cleaned)
        case Apply() | LaterSeal():
            what = step.what if isinstance(step, Apply) else step.with_
            key = "apply" if isinstance(step, Apply) else "later_seal"
            return words(
                f"steps.{key}",
                every=format_repetition(step.every, words),
                start=format_duration(step.from_, words),
                time=format_duration(step.for_, words),
                product=_product(what, words),
            )
        case LaterSun():
            start = format_duration(step.from_, words)
            return words(
                "steps.later_sun", start=start, time=format_duration(step.for_, words), protected=protected
            )
        case _:
            return words(f"steps.{step.name}")


def _product(name: str, words: Words) -> str:
    """A product's name in this language."""
    return words.named("products", name)


@dataclass(frozen=True)
class Headline:
    """One of the five numbers."""

    value: str
    range: str
    text: str


def headlines(course: Course, words: Words) -> list[Headline]:
    """The five numbers that matter, with intervals, in words."""
    found = [h for h in (_headline(name, course, words) for name in _five(course)) if h is not None]
    return found[:5]


def _five(course: Course) -> list[str]:
    benefit = "scar_depth" if course.interval("scar_depth")[0] is not None else "collagen_change"
    # Without needles the first is missing, without any injury most of them: then others come up.
    found = ["hole_density", "pain", "redness_days", benefit, "pih_probability", "epidermis_closed"]
    return [*found, "epidermal_thickness_change", "numb_hours", "lidocaine_peak", "tewl_peak"]


def _headline(name: str, course: Course, words: Words) -> Headline | None:
    median, low, high = course.interval(name)
    if median is None or (name in _BY_INJURY and not any((median, low, high))):
        return None
    possible = bool(high)
    follow = format_duration(course.treatment.course.follow_up, words)

    def shown(value: float | None) -> str:
        if name == "pih_probability":
            return format_chance(value, words, possible)
        if name in ("collagen_change", "epidermal_thickness_change"):
            sign = "+" if value is not None and value > 0 else ""
            return f"{sign}{format_number(value, words.language)}\u202f%"
        return format_number(value, words.language)

    texts = {
        "hole_density": lambda: words(
            "report.headline_holes",
            depth=format_quantity((course.interval("channel_depth")[0] or 0) / 1000, "mm", words),
        ),
        "pain": lambda: words("report.headline_pain", cream=_without_cream(course, words)),
        "redness_days": lambda: words("report.headline_redness"),
        "scar_depth": lambda: words("report.headline_scar", time=follow, before=_scar_before(course, words)),
        "collagen_change": lambda: words("report.headline_collagen", time=follow),
        "pih_probability": lambda: words("report.headline_dark_marks"),
        "epidermis_closed": lambda: words("report.headline_closed"),
        "epidermal_thickness_change": lambda: words("report.headline_epidermis", time=follow),
        "numb_hours": lambda: words("report.headline_numb"),
        "lidocaine_peak": lambda: words("report.headline_lidocaine"),
        "tewl_peak": lambda: words("report.headline_water"),
    }
    return Headline(shown(median), words("words.interval", low=shown(low), high=shown(high)), texts[name]())


def _without_cream(course: Course, words: Words) -> str:
    with_cream, without = course.interval("pain")[0], course.interval("pain_without_cream")[0]
    if with_cream is None or without is None or without - with_cream < 0.05:
        return ""
    return words("report.headline_pain_cream", without=format_number(without, words.language))


def _scar_before(course: Course, words: Words) -> str:
    import numpy as np

    return format_number(float(np.median(course.series["scar_depth"][0])), words.language)


def headline_lines(course: Course, words: Words) -> list[str]:
    """The five numbers as plain lines, for the terminal."""
    return [f"{h.value:>12}  {h.text}  ({h.range})" for h in headlines(course, words)]
