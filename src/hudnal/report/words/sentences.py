"""What is done, in sentences: to whom and where, each step of a session, the care afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hudnal.intake.treatment import Treatment
from hudnal.language import HudnalError, Words
from hudnal.language.grammar import join_list
from hudnal.language.numbers import count, format_duration, format_given, format_quantity, format_repetition
from hudnal.parameters import parameters
from hudnal.report.words.zones import tell_area, tell_places
from hudnal.transport.amount import spread_over_area
from hudnal.treatment import steps
from hudnal.treatment.amount import WholeAmount
from hudnal.treatment.model import Concern
from hudnal.treatment.person import PersonSpec
from hudnal.treatment.quantity import InUnit, Phototype
from hudnal.units import HOURS_PER_DAY, MM_PER_M, UM_PER_MM

Sentence = Callable[[Any, Treatment, Words], str]  # of a step of a treatment

_GROWN = 18.0  # years
_IN_MONTHS, _MONTHS_PER_YEAR = 2.0, 12  # years, below which an age is told in months
_SIZES = ("width", "length", "depth")  # of a scar, mm


def name_concern(concern: Concern, words: Words) -> str:
    """What a concern is called, by the form of it."""
    return words(f"concerns.{concern.form}")


def capitalise(text: str) -> str:
    """The text with a capital at its start, the rest as it is."""
    return text[0].upper() + text[1:]


def lower_first(text: str) -> str:
    """The text with a small letter at its start, unless its first word is all capitals."""
    return text if text.split()[0].isupper() else text[0].lower() + text[1:]


def name_sex(person: PersonSpec, words: Words) -> str:
    """Woman or man, girl or boy."""
    if person.age >= _GROWN:
        return words(f"words.{person.sex}")
    return words("words.boy" if person.sex == "male" else "words.girl")


def tell_age(person: PersonSpec, words: Words) -> str:
    """How old somebody is: in months where years say too little."""
    if person.age < _IN_MONTHS:
        return words("words.months", n=round(person.age * _MONTHS_PER_YEAR))
    return words("words.years", age=format_given(person.age, words.language))


def describe_treatment(treatment: Treatment, words: Words) -> str:
    """Whom, where, why, in which setting."""
    person = treatment.person
    who = words(
        "report.person",
        sex=name_sex(person, words),
        age=tell_age(person, words),
        roman=Phototype.NAMES[person.phototype - 1],
        smoker=words("report.smoker") if person.smoker else "",
        antiviral=words("report.antiviral") if person.antiviral else "",
        sun="" if person.sun == "usual" else words(f"report.sun_{person.sun}"),
    )
    return words(
        "report.lead",
        person=capitalise(who),
        site=tell_places(treatment, words),
        area=tell_area(treatment, words),
        concern=capitalise(
            join_list(
                (name_concern(c, words) + _tell_sizes(c, words) for c in treatment.concerns), words.language
            )
        ),
        setting=words(f"words.{treatment.setting}"),
    )


def _tell_sizes(concern: Concern, words: Words) -> str:
    """What the file says of a scar's size, as far as it does."""
    sizes = {name: getattr(concern, name, None) for name in _SIZES}
    told = [
        words(f"words.{name}", n=_format_mm(value, words))
        for name, value in sizes.items()
        if value is not None
    ]
    return f" ({', '.join(told)})" if told else ""


def tell_cover(treatment: Treatment, words: Words) -> str:
    """Under what the skin lies after a session, or that it lies open."""
    covers = [step.with_ for _, step in treatment.walk_steps() if isinstance(step, steps.Seal)]
    if not covers:
        return words("report.uncovered")
    return words("report.under_cover", product=_name_product(covers[-1], words))


def tell_by_fields(step: steps.Step, _: Treatment, words: Words) -> str:
    """The sentence `steps.NAME` of a kind that needs no words of its own: its gaps are the step's fields.

    A quantity is written with its unit.
    """
    gaps = {}
    for name, field in type(step).model_fields.items():
        value = getattr(step, name)
        quantity = next((mark for mark in field.metadata if isinstance(mark, InUnit)), None)
        if quantity is not None and value is not None:
            value = format_quantity(value, quantity.unit, words, None)
        gaps[name.rstrip("_")] = value
    return words(f"steps.{step.name}", **gaps)


def _tell_shave(step: steps.Shave, _: Treatment, words: Words) -> str:
    return words("steps.shave_dry" if step.dry else "steps.shave")


def _tell_product(step: Any, _: Treatment, words: Words) -> str:
    return words(f"steps.{step.name}", product=_name_product(step.with_, words))


def _tell_numb(step: steps.Numb, treatment: Treatment, words: Words) -> str:
    return words(
        "steps.numb" if step.wiped else "steps.left_on",
        product=_name_product(step.with_, words),
        amount=_format_amount(step.amount, step.with_, treatment, words),
        time=format_duration(step.for_, words),
        covered=words("steps.covered") if step.covered else "",
    )


def _tell_anaesthesia(step: steps.Anaesthesia, _: Treatment, words: Words) -> str:
    dose = parameters()["handling.anaesthesia.dose"].value if step.dose is None else step.dose
    drug = "" if step.injected is None else words.named("compounds", step.injected)
    shown = format_quantity(dose, "mg", words, None)
    return words(f"steps.anaesthesia_{step.by}", drug=drug, dose=shown)


def _tell_spread(step: steps.Spread, treatment: Treatment, words: Words) -> str:
    amount = _format_amount(step.amount, step.what, treatment, words)
    return words("steps.spread", product=_name_product(step.what, words), amount=amount)


def _tell_roll(step: steps.Roll, treatment: Treatment, words: Words) -> str:
    ways = len(set(step.directions))
    return words(
        "steps.roll",
        instrument=name_step_instrument(step, treatment, words),
        strokes=count(step.stroke_count, "steps.strokes", words),
        directions=count(ways, "steps.directions", words),
        force=format_quantity(step.force, "N", words, None),
        skin=_tell_tension(step, words),
    )


def _tell_pen(step: steps.PenPasses, treatment: Treatment, words: Words) -> str:
    return words(
        "steps.pen",
        instrument=name_step_instrument(step, treatment, words),
        passes=count(step.passes, "steps.passes", words),
        depth=_format_mm(step.depth, words),
        settings=_tell_settings(step, words),
        skin=_tell_tension(step, words),
    )


def _tell_settings(step: steps.PenPasses, words: Words) -> str:
    """What a step sets of its pen besides the depth, as far as it does: motor, glide, needles of the cartridge."""
    told = []
    if step.frequency is not None:
        told.append(words("steps.motor", frequency=format_quantity(step.frequency, "Hz", words, None)))
    if step.speed is not None:
        told.append(words("steps.glide", speed=format_quantity(step.speed, "mm/s", words, None)))
    if step.cartridge is not None and step.cartridge.needles is not None:
        told.append(words("steps.cartridge", n=step.cartridge.needles))
    return "".join(told)


def _tell_repeat(step: steps.Repeat, _: Treatment, words: Words) -> str:
    if step.until is None:
        return count(step.round_count, "steps.rounds", words)
    return count(step.round_count, "steps.rounds_until", words, endpoint=words(f"words.{step.until}"))


def _tell_stamp(step: steps.StampPresses, treatment: Treatment, words: Words) -> str:
    return words(
        "steps.stamp",
        instrument=name_step_instrument(step, treatment, words),
        times=count(step.times, "steps.presses", words),
        skin=_tell_tension(step, words),
    )


def _tell_peel(step: steps.Peel, _: Treatment, words: Words) -> str:
    deep = words("steps.peel_depth", depth=_format_mm(step.depth, words)) if step.depth else ""
    return words("steps.peel", agent=words(f"agents.{step.with_}"), depth=deep)


def _tell_laser(step: steps.Laser, _: Treatment, words: Words) -> str:
    return words(
        "steps.laser" if step.ablative else "steps.laser_gentle",
        density=format_given(step.density, words.language),
        diameter=format_quantity(step.diameter * UM_PER_MM, "um", words, None),
        depth=_format_mm(step.depth, words),
    )


def _tell_sun(step: steps.Sun, _: Treatment, words: Words) -> str:
    return words("steps.sun", time=format_duration(step.for_, words), protected=_tell_shade(step, words))


def _tell_reuse(step: steps.Reuse, _: Treatment, words: Words) -> str:
    times, shared = count(step.times, "steps.times", words), words("steps.shared") if step.shared else ""
    if not step.of_needles:
        return words("steps.reuse_handpiece", times=times, shared=shared)
    return words(
        "steps.reuse",
        times=times,
        shared=shared,
        cleaned=words(f"steps.cleaned_{step.cleaned}"),
    )


def _tell_later_sun(step: steps.LaterSun, _: Treatment, words: Words) -> str:
    if step.from_ == 0:
        start = words("steps.at_once_after")
    elif step.from_ == HOURS_PER_DAY:
        start = words("steps.day_after")
    else:
        start = words("steps.time_after", start=format_duration(step.from_, words))
    time = format_duration(step.for_, words)
    return words("steps.later_sun", start=start, time=time, protected=_tell_shade(step, words))


# Kinds of steps that need more than a text with gaps, by their word in the file: of a session, and of the care
# afterwards.
SENTENCES: Mapping[str, Sentence] = {
    "numb": _tell_numb,
    "shave": _tell_shave,
    "anaesthesia": _tell_anaesthesia,
    "disinfect": _tell_product,
    "spread": _tell_spread,
    "roll": _tell_roll,
    "pen": _tell_pen,
    "stamp": _tell_stamp,
    "seal": _tell_product,
    "peel": _tell_peel,
    "laser": _tell_laser,
    "wait": lambda step, _, words: words("steps.wait", time=format_duration(step.for_, words)),
    "sun": _tell_sun,
    "reuse": _tell_reuse,
    "repeat": _tell_repeat,
}
LATER_SENTENCES: Mapping[str, Sentence] = {
    "wash": lambda step, _, words: _tell_later_wash(step, words),
    "apply": lambda step, plan, words: _tell_again("apply", step, _tell_layer(step, plan, words), words),
    "seal": lambda step, _, words: _tell_again("later_seal", step, _name_product(step.with_, words), words),
    "sun": _tell_later_sun,
}


EARLIER_SENTENCES: Mapping[str, Sentence] = {
    "apply": lambda step, plan, words: _tell_before("before", step, plan, words, step.what),
    "seal": lambda step, plan, words: _tell_before("before", step, plan, words, step.with_),
    "wash": lambda step, plan, words: _tell_before("before_wash", step, plan, words, None),
    "sun": lambda step, plan, words: _tell_before("before_sun", step, plan, words, None),
}


def _tell_before(key: str, step: Any, treatment: Treatment, words: Words, product: str | None) -> str:
    """What is done before the first session, and how long before it that ends."""
    left = treatment.preparation_hours - step.from_ - step.for_
    return words(
        f"steps.{key}",
        every=format_repetition(step.every, words) if getattr(step, "every", None) else words("steps.once"),
        time=format_duration(step.for_, words),
        product="" if product is None else _name_product(product, words),
        protected=_tell_shade(step, words) if isinstance(step, steps.LaterSun) else "",
        until=words("steps.until_before", time=format_duration(left, words)) if left > 0 else "",
    )


def _tell_later_wash(step: steps.LaterWash, words: Words) -> str:
    start = (
        words("steps.time_after", start=format_duration(step.from_, words))
        if step.from_
        else words("steps.at_once_after")
    )
    if step.every is None:
        return words("steps.later_wash", start=start)
    every, time = format_repetition(step.every, words), format_duration(step.for_, words)
    return words("steps.later_washes", start=start, every=every[0].lower() + every[1:], time=time)


def _tell_again(key: str, step: steps.Apply | steps.LaterSeal, product: str, words: Words) -> str:
    """What comes again and again after each session."""
    return words(
        f"steps.{key}",
        every=format_repetition(step.every, words),
        start=words("steps.from", start=format_duration(step.from_, words))
        if step.from_
        else words("steps.from_once"),
        time=format_duration(step.for_, words),
        product=product,
    )


def _tell_layer(step: steps.Apply, treatment: Treatment, words: Words) -> str:
    """What is put on again and again, with its amount where the file gives one."""
    name = _name_product(step.what, words)
    return (
        name if step.amount is None else f"{name}, {_format_amount(step.amount, step.what, treatment, words)}"
    )


def _tell_shade(step: steps.Sun | steps.LaterSun, words: Words) -> str:
    return words("steps.protected") if step.protected else ""


def _tell_tension(step: steps.Needling, words: Words) -> str:
    """How the skin is held."""
    if isinstance(step.skin, str):
        return words(f"steps.{step.skin}")
    return words("steps.tension", tension=format_given(step.skin, words.language))


def name_step_instrument(step: steps.Needling, treatment: Treatment, words: Words) -> str:
    """The instrument of a step, or else of the whole treatment. Raises HudnalError where neither has one."""
    spec = step.with_ or treatment.instrument
    if spec is None:
        raise HudnalError("no_instrument")
    if isinstance(spec, str):
        return words(f"instruments.{spec}")
    length, speed = format_given(spec.length, words.language), getattr(spec, "speed", None)
    if speed is not None:
        shown = format_given(speed / MM_PER_M, words.language)
        return words("instruments.striking_stamp", length=length, speed=shown)
    return words(f"instruments.{spec.kind}", length=length)


def _name_product(name: str, words: Words) -> str:
    return words.named("products", name)


def _format_amount(
    given: float | WholeAmount | None, product: str, treatment: Treatment, words: Words
) -> str:
    """The amount of a product that the step tells, or else the usual one; of a whole area with its mg/cm2."""
    mixture = treatment.shelf.find_product(product)
    amount = spread_over_area(given, mixture, treatment.area, lambda name: parameters()[name].value)
    if not isinstance(given, WholeAmount):
        return format_quantity(amount, "mg/cm²", words, None)
    each = format_quantity(amount, "mg/cm²", words)
    return words("steps.amount_of_all", given=tell_measure(given, words), amount=each)


def tell_measure(given: WholeAmount, words: Words) -> str:
    """What is put on a whole area as people measure it out: "3 ml", "2 pumps"."""
    key = f"steps.measures.{given.unit}"
    if words.has(key):
        return words(key, n=format_given(given.value, words.language))
    return count(given.value, key, words)


def _format_mm(value: float, words: Words) -> str:
    return format_quantity(value, "mm", words, None)
