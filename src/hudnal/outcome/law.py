"""What the law and the practice of a country ask of a treatment, told for that country alone.

The rules stand in the block `law` of the rules' table; each speaks of one fact of a plan. Its text stands under
`warnings` in the language tables, its country's name under `countries`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from hudnal.language import LANGUAGES, say
from hudnal.outcome.rules import Level, PlanWarning
from hudnal.parameters import Draws, table

_BOUNDS = {
    "from": lambda value, limit: value >= limit,
    "beyond": lambda value, limit: value > limit,
    "below": lambda value, limit: value < limit,
}


@dataclass(frozen=True)
class LawRule:
    """A rule of a country.

    `of` names the fact that it speaks of: `needles` (any), `length` (mm that they reach), `substance` (something lies
    on the skin under them), `cream` (a numbing one), `cream.NAME` (that one), `age` (years). With a `bound` it speaks
    where the fact is `from`, `beyond` or `below` the `limit`, a parameter of the rules' table. `settings`: where it
    holds; everywhere if empty.
    """

    code: str
    country: str
    level: Level
    of: str
    source: tuple[str, ...]
    settings: tuple[str, ...] = ()
    bound: str = ""
    limit: str = ""


@cache
def law_rules() -> tuple[LawRule, ...]:
    """Every rule of the table, in its order. Raises ValueError for one that has two bounds."""
    return tuple(_read_rule(code, entry) for code, entry in table("rules")["law"].items())


def _read_rule(code: str, entry: Mapping[str, object]) -> LawRule:
    fields = {key: tuple(v) if isinstance(v, list) else v for key, v in entry.items() if key not in _BOUNDS}
    bounds = [key for key in entry if key in _BOUNDS]
    if len(bounds) > 1:
        raise ValueError(f"law.{code}: one bound, not {bounds}")
    bound = bounds[0] if bounds else ""
    return LawRule(code=code, bound=bound, limit=str(entry[bound]) if bound else "", **fields)  # type: ignore[arg-type]


def list_countries() -> list[str]:
    """The countries that have rules, by their codes (ISO 3166), sorted."""
    return sorted({rule.country for rule in law_rules()})


def warn_of_law(
    facts: Mapping[str, float], setting: str, draws: Draws, values: Mapping[str, object], place: str = ""
) -> list[PlanWarning]:
    """What every country says of these facts of a plan in that setting; `values` fill the texts."""
    warnings = []
    for rule in law_rules():
        if rule.of not in facts or (rule.settings and setting not in rule.settings):
            continue
        told = dict(values)
        if rule.bound:
            limit = draws.parameter(f"rules.{rule.limit}").value
            if not _BOUNDS[rule.bound](facts[rule.of], limit):
                continue
            told["limit"] = limit
        warnings.append(PlanWarning(rule.code, rule.level, rule.source, told, place, rule.country))
    return warnings


def pick_country(
    warnings: Iterable[PlanWarning], chosen: str | None, languages: Iterable[str] = LANGUAGES
) -> list[PlanWarning]:
    """The warnings without those of other countries than the one that the treatment names.

    Where it names none, those stay whose country is that of one of the `languages` in which they may be told.
    """
    countries = {say("country", language) for language in languages} if chosen is None else {chosen}
    return [warning for warning in warnings if not warning.country or warning.country in countries]
