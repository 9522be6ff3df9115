"""A treatment in sentences: what is done in a session, before and after it, and how often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hudnal.intake.treatment import Treatment
from hudnal.language import Words
from hudnal.language.grammar import join_list
from hudnal.language.numbers import count, format_duration
from hudnal.report.words.sentences import (
    EARLIER_SENTENCES,
    LATER_SENTENCES,
    SENTENCES,
    capitalise,
    name_step_instrument,
    tell_by_fields,
)
from hudnal.report.words.zones import tell_zones
from hudnal.treatment import steps
from hudnal.treatment.phase import Phase


@dataclass(frozen=True)
class Line:
    """A sentence, and the steps of a round or a phase under it."""

    text: str
    inner: tuple[Line, ...] = ()


def tell_session(treatment: Treatment, words: Words) -> tuple[Line, ...]:
    """A sentence for every step of a session; of a course in phases one for each phase, its steps under it."""
    phases = treatment.phases_of_course
    if not treatment.phases:
        return _tell_steps(phases[0].steps, treatment, words)
    return tuple(
        Line(tell_phase(number, phase, words), _tell_steps(phase.steps, treatment, words))
        for number, phase in enumerate(phases, start=1)
    )


def _tell_steps(done: Iterable[steps.Step], treatment: Treatment, words: Words) -> tuple[Line, ...]:
    lines = []
    for step in done:
        text = SENTENCES.get(step.name, tell_by_fields)(step, treatment, words)
        if isinstance(step, steps.Needling) and step.until is not None:
            text += " " + words("steps.until", endpoint=words(f"words.{step.until}"))
        if step.on is not None:
            text = words("steps.on_zones", zones=tell_zones(step.on, treatment, words), text=text)
        lines.append(Line(text, _tell_steps(getattr(step, "steps", ()), treatment, words)))
    return tuple(lines)


def tell_phase(number: int, phase: Phase, words: Words) -> str:
    """How many sessions a phase has and when they are."""
    start = _tell_start(phase.starts[0], words)
    pauses = {round(after - before, 6) for before, after in zip(phase.starts, phase.starts[1:], strict=False)}
    if len(pauses) > 1:
        end = _tell_start(phase.starts[-1], words)
        return words("steps.phase_dates", number=number, n=len(phase.starts), start=start, end=end)
    interval = format_duration(pauses.pop(), words) if pauses else ""
    return count(len(phase.starts), "steps.phase", words, number=number, interval=interval, start=start)


def _tell_start(hours: float, words: Words) -> str:
    return (
        words("steps.phase_later", time=format_duration(hours, words))
        if hours
        else words("steps.phase_at_start")
    )


def tell_home_steps(treatment: Treatment, words: Words) -> list[str]:
    """A sentence for every step before the first session and after each, and one for the course."""
    early = [EARLIER_SENTENCES[step.name](step, treatment, words) for step in treatment.beforehand]
    return [*early, *_tell_aftercare(treatment, words), tell_course(treatment, words)]


def _tell_aftercare(treatment: Treatment, words: Words) -> list[str]:
    """A sentence for every step of aftercare; where phases have their own, with the phase in front."""
    numbers: dict[tuple[steps.Step, ...], list[str]] = {}
    for number, phase in enumerate(treatment.phases_of_course, start=1):
        numbers.setdefault(phase.aftercare, []).append(str(number))
    lines = []
    for aftercare, of in numbers.items():
        for step in aftercare:
            text = LATER_SENTENCES.get(step.name, tell_by_fields)(step, treatment, words)
            if len(numbers) > 1:
                named = join_list(of, words.language)
                text = count(len(of), "steps.of_phases", words, numbers=named, text=text)
            lines.append(text)
    return lines


def tell_course(treatment: Treatment, words: Words) -> str:
    """How many sessions there are, how far apart, and how long one looks on."""
    course, sessions = treatment.course, treatment.sessions_of_course
    follow = format_duration(course.follow_up, words)
    if treatment.phases:
        span = format_duration(sessions[-1][0], words)
        return count(len(sessions), "steps.course_in_phases", words, span=span, follow=follow)
    interval = format_duration(course.interval, words)
    return count(course.sessions, "steps.sessions", words, interval=interval, follow=follow)


def tell_plan(treatment: Treatment, words: Words) -> str:
    """The whole course in a line: what works on the skin, how often, how long it is followed."""
    kinds = [step for _, step in treatment.walk_steps()]
    needles = [
        name_step_instrument(step, treatment, words) for step in kinds if isinstance(step, steps.Needling)
    ]
    others = [words(f"stepnames.{step.name}") for step in kinds if isinstance(step, steps.Peel | steps.Laser)]
    named = ", ".join(dict.fromkeys([*needles, *others])) or words("report.no_strokes").rstrip(".")
    return f"{capitalise(named)}. {tell_course(treatment, words)}"
