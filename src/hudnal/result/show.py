"""What a course says of itself at a prompt and in a notebook: whose it is, the numbers that matter most, warnings."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, get_args

from hudnal.card import Card
from hudnal.language import Words, say
from hudnal.language.numbers import format_chance, format_duration, format_number, format_quantity
from hudnal.outcome.declared import all_quantities, find_quantity
from hudnal.outcome.rules import Level
from hudnal.result.interval import Chance, Interval

if TYPE_CHECKING:
    from hudnal.result.course import Course

_PER_WEIGHT = {"benefit": 2, "cost": 2, "harm": 1}
_CHANCE = "_probability"


def make_card(course: Course, size: float) -> Card:
    """The course in some ten lines; `size` is that of its arrays in MB."""
    words = Words("en")
    title = course.treatment.title_in("en") or "treatment"
    plan = course.treatment.course
    sessions = f"{plan.sessions} session{'s' if plan.sessions > 1 else ''}"
    rows = [
        ("plan", f"{sessions}, followed for {format_duration(plan.follow_up, words)}"),
        ("run", f"{course.draws} draws, seed {course.seed}, {size:.1f} MB"),
        ("keeps", ", ".join(("quantities", *course.kept))),
        *((name_quantity(name), tell_quantity(course, name, words)) for name in pick_quantities(course)),
        ("warnings", _count_warnings(course)),
    ]
    return Card(f"Course of {title!r}", rows, "median (central 90 %); all of them: course.to_dataframe()")


def name_quantity(name: str, language: str = "en") -> str:
    """What a quantity is called, with the compound that it is of: "Pain", "Delivered: lidocaine"."""
    head, _, compound = name.partition(".")
    text = say(f"quantities.{head}.name", language)
    return f"{text}: {compound}" if compound else text


def pick_quantities(course: Course) -> list[str]:
    """The quantities that say most of a course: of benefits, costs and harms those that have a value here.

    Of the harms it is the likeliest.
    """
    told = {q.name: q.weight for q in all_quantities().values() if q.weight is not None}
    told = {name: weight for name, weight in told.items() if course.interval(name).median is not None}
    picked = []
    for weight, most in _PER_WEIGHT.items():
        names = [name for name, of in told.items() if of == weight]
        if weight == "harm":
            chances = {name: course.chance(name) for name in names if name.endswith(_CHANCE)}
            names = sorted(
                (n for n, c in chances.items() if c), key=lambda n: -getattr(chances[n], "mean", 0.0)
            )
        picked += names[:most]
    return picked


def tell_quantity(course: Course, name: str, words: Words) -> str:
    """A quantity's median and interval in words: "4.0 mm (3.0 to 5.0)"; a probability as 1 in so many."""
    chance = course.chance(name) if name.endswith(_CHANCE) else None
    if chance is not None:
        return tell_chance(chance, words)
    return tell_interval(course.interval(name), find_quantity(name).unit, words)


def tell_chance(chance: Chance, words: Words) -> str:
    """What a person faces, and between which ends it may lie: "1 in 50 (1 in 200 to 1 in 10)"."""
    middle, low, high = (format_chance(p, words, possible=chance.high > 0) for p in chance)
    return middle if low == high else f"{middle} ({words('words.interval', low=low, high=high)})"


def tell_interval(ends: Interval, unit: str, words: Words) -> str:
    """An interval in words with its unit; of a scale, such as 0-10, without."""
    median = format_quantity(ends.median, unit, words)
    low, high = (format_number(end, words.language) for end in ends[1:])
    return median if low == high else f"{median} ({words('words.interval', low=low, high=high)})"


def _count_warnings(course: Course) -> str:
    """How many there are of each level, the dangers with their codes."""
    told = []
    for level in get_args(Level):
        codes = [warning.code for warning in course.warnings if warning.level == level]
        named = f" ({', '.join(codes)})" if level == "danger" else ""
        if codes:
            told.append(f"{len(codes)} {level}{'s' if len(codes) > 1 else ''}{named}")
    return ", ".join(told) or "none"


def list_warnings(course: Course, language: str = "en") -> Iterator[str]:
    """The warnings as sentences, the dangers first."""
    for warning in sorted(course.warnings, key=lambda w: w.level != "danger"):
        yield f"{warning.level}: {course.describe_warning(warning, language)['text']}"


def make_html(course: Course, size: float) -> str:
    """The card as HTML, with every warning of level danger in full."""
    dangers = [text for text in list_warnings(course) if text.startswith("danger")]
    told = "".join(f'<p style="color:#b00020;max-width:60em">{escape(text)}</p>' for text in dangers)
    return make_card(course, size).html() + told
