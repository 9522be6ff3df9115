"""The warnings of level danger as plain lines, for the terminal."""

from __future__ import annotations

from hudnal.language import Words
from hudnal.result.course import Course
from hudnal.treatment.fault import read_place, tell_place


def tell_dangers(course: Course, words: Words) -> list[str]:
    """One line a danger: its level, where in the plan it lies, and what it is."""
    dangers = (one for one in course.warnings_in(words.language) if one.level == "danger")
    told = (course.describe_warning(one, words.language) for one in dangers)
    return [f"{words('levels.danger')}{_tell_where(one['place'], words)}{one['text']}" for one in told]


def _tell_where(place: str, words: Words) -> str:
    return f", {tell_place(read_place(place), words.language)}: " if place else ": "
