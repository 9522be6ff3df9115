"""The checklist before a session: questions to the client, what rules say of the plan, the plan itself by the clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args

from hudnal.handout.deeds import name_product, name_tool, shorten_name, tell_needle_length
from hudnal.handout.footnotes import Footnotes
from hudnal.intake.treatment import Treatment
from hudnal.language import Words
from hudnal.language.numbers import format_given, format_number, format_quantity
from hudnal.outcome.conditions import warn_of_conditions
from hudnal.outcome.rules import Level
from hudnal.parameters import Draws, parameters
from hudnal.result.course import Course
from hudnal.transport.amount import spread_over_area
from hudnal.treatment import steps
from hudnal.treatment.person import Condition
from hudnal.units import MG_PER_G, MINUTES_PER_HOUR

_GRAVITY = {"danger": 0, "caution": 1, "note": 2}
_THINNER = ("safety:REG-055", "safety:BLD-008")
_SMALLEST = 0.05  # g: what weighs less is not weighed


@dataclass(frozen=True)
class Question:
    """A question to the client, what a yes means, its sources, and whether the plan says yes already."""

    text: str
    level: Level
    refs: str
    is_stated: bool


@dataclass(frozen=True)
class PlanRow:
    """A step of the session by the clock: begin as h:mm, minutes, what is done and with what."""

    clock: str
    minutes: str
    what: str


def gather_checklist(course: Course, words: Words) -> dict[str, Any]:
    """What stands on the checklist, by the names of its template."""
    notes, treatment = Footnotes(words), course.treatment
    rules = [w for w in course.warnings if w.level != "note"]
    told = [course.describe_warning(w, words.language) for w in rules]
    questions = _list_questions(course, notes, words)
    lists: dict[str, Any] = {
        "questions": questions,
        "rules": [
            {"level": one["level"], "text": one["text"], "refs": notes.cite(rule.source)}
            for rule, one in zip(rules, told, strict=True)
        ],
        "notes": len(course.warnings) - len(rules),
        "plan": _list_plan(course, words),
        "minutes": round((course.steps[-1].until if course.steps else 0.0) * MINUTES_PER_HOUR),
        "needed": _list_needed(treatment, words),
    }
    return {**lists, "sources": notes.list_lines()}


def _list_questions(course: Course, notes: Footnotes, words: Words) -> list[Question]:
    """Every question whose yes changes something, the gravest first."""
    treatment, person = course.treatment, course.treatment.person
    numbed = any(product.kind == "numbing" for product in treatment.products_used)
    law = course.sample.parameter("rules.age.law")
    found: list[tuple[str, Level, tuple[str, ...], bool]] = [
        ("under_age", "danger", law.source, person.age < law.value),
        ("blood_thinner", "caution", _THINNER, person.thinner != "none"),
    ]
    if treatment.scars:
        found.append(("young_scar", "caution", _find_rule("young_scar.age", course.sample), False))
    for condition in get_args(Condition):
        views = warn_of_conditions((condition,), treatment.setting, numbed)
        if views:
            level: Level = min((view.level for view in views), key=lambda one: _GRAVITY[one])
            sources = tuple(source for view in views for source in view.source)
            found.append((condition, level, sources, condition in person.condition_names))
    found.sort(key=lambda one: _GRAVITY[one[1]])
    return [
        Question(words(f"handout.ask.{name}"), level, notes.cite(sources), stated)
        for name, level, sources, stated in found
    ]


def _find_rule(name: str, draws: Draws) -> tuple[str, ...]:
    return draws.parameter(f"rules.{name}").source


def _list_plan(course: Course, words: Words) -> list[PlanRow]:
    """The steps of the first session, what is repeated as one row, with the time that the run gives them."""
    rows = []
    first = course.treatment.sessions_of_course[0][1]
    here = len(first.place) + 1
    for order, step in enumerate(first.steps):
        times = [
            (m.time - course.starts[0], m.until - course.starts[0])
            for m in course.steps
            if m.path[:here] == (*first.place, order)
        ]
        if not times:
            continue
        begin, end = times[0][0], times[-1][1]
        what = _describe_step(step, course.treatment, words)
        rows.append(PlanRow(_tell_clock(begin), f"{max((end - begin) * MINUTES_PER_HOUR, 0):.0f}", what))
    return rows


def _tell_clock(hours: float) -> str:
    minutes = round(hours * MINUTES_PER_HOUR)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _describe_step(step: steps.Step, treatment: Treatment, words: Words) -> str:
    """A step in a few words: its name, its product or tool, how often."""
    if isinstance(step, steps.Repeat):
        inner = ", ".join(_describe_step(one, treatment, words) for one in step.steps)
        if step.until is None:
            return words("handout.checklist.rounds", n=step.round_count, what=inner)
        endpoint = words(f"words.{step.until}")
        return words("handout.checklist.rounds_until", n=step.round_count, what=inner, endpoint=endpoint)
    name = words(f"stepnames.{step.name}")
    if isinstance(step, steps.Needling):
        what = _tell_strokes(step, treatment, words)
        if step.until is not None:
            what = words("handout.checklist.until", what=what, endpoint=words(f"words.{step.until}"))
        return f"{name} ({what})"
    if isinstance(step, steps.Peel):
        return f"{name} ({words(f'agents.{step.with_}')})"
    return name if step.product is None else f"{name} ({shorten_name(step.product, words)})"


def _tell_strokes(step: steps.Needling, treatment: Treatment, words: Words) -> str:
    length = tell_needle_length(step, treatment, words)
    if isinstance(step, steps.Roll):
        force = format_quantity(step.force, "N", words, None)
        return words("handout.checklist.strokes", n=step.stroke_count, force=force)
    key = "passes" if isinstance(step, steps.PenPasses) else "presses"
    return words(f"handout.checklist.{key}", n=step.stroke_count, length=length)


def _list_needed(treatment: Treatment, words: Words) -> list[tuple[str, str]]:
    """What has to lie ready, and how much of it: instruments, products, what every session with blood needs."""
    used: dict[str, bool] = {}
    reused = False
    for _, step in treatment.walk_steps():
        reused = reused or (isinstance(step, steps.Reuse) and step.of_needles)
        if isinstance(step, steps.Needling):
            used.setdefault(name_tool(step, treatment, words), reused)
    state = {old: words(f"handout.checklist.{'used' if old else 'new'}") for old in (True, False)}
    needed = [(tool, state[old]) for tool, old in used.items()]
    done = [step for _, _, step in treatment.unroll_steps()]
    needed += [(text, amount) for text, amount in _weigh_products(done, treatment, words).items()]
    if used:
        needed.append((words("handout.checklist.gloves"), ""))
    return needed


def _weigh_products(done: Iterable[steps.Step], treatment: Treatment, words: Words) -> dict[str, str]:
    """Each product of a session and how many grams of it the area takes."""
    weights: dict[str, float] = {}
    for step in done:
        if step.product is None:
            continue
        product = treatment.shelf.find_product(step.product)
        given = getattr(step, "amount", None)
        amount = spread_over_area(
            given, product, treatment.find_area(step.on), lambda name: parameters()[name].value
        )
        grams = amount * treatment.find_area(step.on) / MG_PER_G
        weights[step.product] = weights.get(step.product, 0.0) + grams
    return {
        name_product(name, treatment, words): _tell_grams(grams, words) for name, grams in weights.items()
    }


def _tell_grams(grams: float, words: Words) -> str:
    if grams < _SMALLEST:
        return ""
    shown = (
        format_given(round(grams), words.language) if grams >= 1 else format_number(grams, words.language, 1)
    )
    return words("handout.checklist.grams", n=shown)
