"""What is done in a session, in words that need no training."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from hudnal.handout.told import tell_count
from hudnal.instrument.catalogue import find_instrument
from hudnal.intake.check import choose_instrument
from hudnal.intake.treatment import Treatment
from hudnal.language import HudnalError, Words
from hudnal.language.numbers import format_given
from hudnal.report.words.plan import Line
from hudnal.report.words.sentences import name_sex, tell_age
from hudnal.report.words.zones import tell_area, tell_places, tell_zones
from hudnal.treatment import steps
from hudnal.treatment.quantity import Phototype
from hudnal.units import HOURS_PER_DAY, HOURS_PER_WEEK, MINUTES_PER_HOUR

_IN_MINUTES = 2.0  # h, below which a time is told in minutes


def tell_who(treatment: Treatment, words: Words) -> str:
    """Whom and where the plan is for, as far as skin depends on it: sex, age, skin type, place."""
    person = treatment.person
    sex = name_sex(person, words)
    return words(
        "handout.who",
        sex=sex[0].upper() + sex[1:],
        age=tell_age(person, words),
        roman=Phototype.NAMES[person.phototype - 1],
        site=tell_places(treatment, words),
        area=tell_area(treatment, words),
    )


def tell_deeds(treatment: Treatment, words: Words) -> tuple[Line, ...]:
    """A plain sentence for every step of the first session; what is repeated stands under its round."""
    return _tell_steps(treatment.sessions_of_course[0][1].steps, treatment, words)


def _tell_steps(done: Iterable[steps.Step], treatment: Treatment, words: Words) -> tuple[Line, ...]:
    return tuple(
        Line(_tell_where(step, treatment, words), _tell_steps(getattr(step, "steps", ()), treatment, words))
        for step in done
    )


def _tell_where(step: steps.Step, treatment: Treatment, words: Words) -> str:
    """The sentence of a step, with the zones that it is done on where it names some."""
    text = _tell_step(step, treatment, words)
    if step.on is None:
        return text
    return words("handout.on_zones", text=text, zones=tell_zones(step.on, treatment, words))


def _tell_step(step: steps.Step, treatment: Treatment, words: Words) -> str:
    """The sentence of one step: `handout.steps.NAME`, filled with what it is done with, how often and how long."""
    gaps: dict[str, object] = {"product": "", "time": "", "n": 0, "length": ""}
    if step.product is not None:
        gaps["product"] = shorten_name(step.product, words)
    if isinstance(step, steps.Numb | steps.Wait | steps.Sun):
        gaps["time"] = tell_time(step.for_, words)
    if isinstance(step, steps.Needling):
        gaps |= {"n": step.stroke_count, "length": tell_needle_length(step, treatment, words)}
    if isinstance(step, steps.Peel):
        gaps["product"] = words(f"agents.{step.with_}")
    if isinstance(step, steps.Laser):
        gaps["length"] = format_given(step.depth, words.language)
    if isinstance(step, steps.Reuse):
        gaps["n"] = step.times
    if isinstance(step, steps.Repeat):
        gaps["n"] = step.round_count
    sign = getattr(step, "until", None)
    gaps["endpoint"] = "" if sign is None else words(f"handout.endpoints.{sign}")
    text = words(f"handout.steps.{_name_text(step)}", **gaps)
    if sign is None or not isinstance(step, steps.Needling):
        return text
    return f"{text} {words('handout.steps.until', **gaps)}"


def _name_text(step: steps.Step) -> str:
    if isinstance(step, steps.Laser) and not step.ablative:
        return "laser_gentle"
    if isinstance(step, steps.Repeat) and step.until is not None:
        return "repeat_until"
    if isinstance(step, steps.Reuse) and not step.of_needles:
        return "reuse_handpiece"
    if isinstance(step, steps.Numb) and not step.wiped:
        return "left_on"
    if isinstance(step, steps.Anaesthesia) and step.by != "block":
        return f"{step.name}_{step.by}"
    return "reuse_shared" if step.instrument_of_another else step.name


def tell_time(hours: float, words: Words) -> str:
    """A time that the plan gives: "60 minutes", "6 hours", "2 days"; rounded up to whole ones."""
    if hours < _IN_MINUTES:
        return tell_count("minute", max(round(hours * MINUTES_PER_HOUR), 1), words)
    for unit, each in (("week", HOURS_PER_WEEK), ("day", HOURS_PER_DAY)):
        if hours >= each and hours % each == 0:
            return tell_count(unit, round(hours / each), words)
    return tell_count("hour", ceil(hours), words)


def tell_needle_length(step: steps.Needling, treatment: Treatment, words: Words) -> str:
    """How far the needles of a step reach out, mm. Raises HudnalError where it has no instrument."""
    spec = choose_instrument(step, treatment)
    if spec is None:
        raise HudnalError("no_instrument")
    length = find_instrument(spec)["length"] if isinstance(spec, str) else spec.length
    reach = step.needle_reach
    return format_given(float(length if reach is None else reach), words.language)


def name_tool(step: steps.Needling, treatment: Treatment, words: Words) -> str:
    """The instrument of a step by its name, or by its kind and needles where the file writes it out."""
    spec = choose_instrument(step, treatment)
    if isinstance(spec, str):
        return words(f"instruments.{spec}")
    return words(f"handout.tools.{step.instrument_kind}", length=tell_needle_length(step, treatment, words))


def name_product(name: str, treatment: Treatment, words: Words) -> str:
    """What a product is in a plain word, with its own name; in brackets where that has none itself."""
    kind = words(f"handout.kinds.{treatment.shelf.find_product(name).kind}")
    named = words.named("products", name)
    return f"{kind}: {named}" if "(" in named else f"{kind} ({named})"


def shorten_name(product: str, words: Words) -> str:
    """A product's name without what stands in brackets after it."""
    return words.named("products", product).partition(" (")[0]
