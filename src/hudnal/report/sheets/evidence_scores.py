"""How the forecasts fared, as rows of tables: by role and form, beside the spread of other studies, since before."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from hudnal.evidence.case import FORMS, Case
from hudnal.evidence.forecast import Forecast
from hudnal.evidence.moved import Moved, Shift
from hudnal.evidence.rival import Duel, Group
from hudnal.evidence.score import FOUR_FIFTHS, HALF, Score, score_forecasts
from hudnal.language import Words
from hudnal.language.numbers import NONE, format_as, format_number
from hudnal.outcome.declared import all_quantities, all_series
from hudnal.report.templates import escape_markdown
from hudnal.report.words.intervals import format_measured
from hudnal.units import PERCENT

ROLES = ("fit", "check")
_MOST_SHIFTS = 40  # that are listed one by one

Results = Sequence[Forecast]


def list_scores(results: Results, prior: Results, words: Words) -> list[list[str]]:
    """How each role fared before and after the fit, and of its cases those of each form."""
    rows = []
    for role in ROLES:
        for name, chosen in (
            (f"**{role}**", lambda case, role=role: case.role == role),
            *((words(f"evidence.forms.{form}"), _choose_form(role, form)) for form in FORMS),
        ):
            if any(chosen(r.case) for r in results):
                rows.append([name, *_list_score(results, prior, chosen, words.language)])
    return rows


def _choose_form(role: str, form: str) -> Callable[[Case], bool]:
    return lambda case: case.role == role and case.form == form


def _list_score(results: Results, prior: Results, chosen: Callable[[Case], bool], language: str) -> list[str]:
    before, after = (
        score_forecasts([r for r in these if chosen(r.case)], these) for these in (prior, results)
    )
    inside = [f"{s.inside} ({PERCENT * s.share:.0f} %)" for s in (before, after)]
    shares = [after.by_source, after.coverage[HALF], after.coverage[FOUR_FIFTHS]]
    factors = (before.factor, after.factor)
    return [
        str(after.cases), str(after.sources), *inside, *map(format_share, shares),
        *(format_as(value, ".2f", language) for value in factors), _tell_side(after),
    ]  # fmt: skip


def format_share(share: float) -> str:
    """A share as whole %; a dash where there is none."""
    return NONE if math.isnan(share) else f"{PERCENT * share:.0f} %"


def _tell_side(score: Score) -> str:
    return f"{score.on_side}/{score.sided}" if score.sided else NONE


def tell_measured(case: Case, words: Words) -> str:
    """What was measured: of a rate how many of how many, else the value with what its source leaves open."""
    if case.count is not None:
        return words("evidence.of_people", count=case.count, n=case.n)
    return format_measured(case.value, case.ends, words.language)


def list_duels(duels: Sequence[Duel], words: Words) -> list[list[str]]:
    """The median score of each group's forecasts beside that of the plain spread, and what follows."""
    return [
        [
            escape_markdown(name_group(duel.group, words)), str(duel.figures), str(duel.sources),
            *(format_as(value, "+.2f", words.language) for value in (duel.model, duel.rival)),
            f"{duel.better}/{duel.figures}",
            words("evidence.knows_more") if duel.is_won else f"**{words('evidence.knows_less')}**",
        ]
        for duel in duels
    ]  # fmt: skip


def name_group(group: Group, words: Words) -> str:
    """What a group's figures are of, in words."""
    name = group.name
    if name in all_quantities():
        name = words(f"quantities.{name}.name")
    elif name in all_series():
        name = words(f"series.{name}")
    told = name if group.unit in ("", "1") else f"{name}, {group.unit}"
    return words("evidence.pairs_of", what=told) if group.is_pair else told


def list_shifts(moved: Moved, words: Words) -> list[list[str]]:
    """Those figures that crossed the line or moved most, each with its median before and now."""
    return [_list_shift(shift, words) for shift in moved.shifts[:_MOST_SHIFTS]]


def _list_shift(shift: Shift, words: Words) -> list[str]:
    was, now = (format_number(value, words.language, 3) for value in (shift.was, shift.now))
    lay, lies = (
        words("evidence.inside" if inside else "evidence.outside")
        for inside in (shift.was_inside, shift.is_inside)
    )
    measured = tell_measured(shift.case, words)
    return [escape_markdown(shift.case.title), shift.case.role, measured, f"{was} ({lay})", f"{now} ({lies})"]
