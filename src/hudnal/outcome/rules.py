"""What rules, labels and good practice say of a treatment: warnings, each with its source.

Rules that contradict each other are both shown. A warning is data; its text stands in the language tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hudnal.parameters import Draws

Level = Literal["danger", "caution", "note"]


@dataclass(frozen=True)
class Warning:
    """One warning. `code` names its text; `values` fill it; `source` are ids of facts; `place` in the file."""

    code: str
    level: Level
    source: tuple[str, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    place: str = ""


@dataclass(frozen=True)
class NeedleUse:
    """What the rules need to know of one step with needles."""

    place: str
    length: float  # mm that the needles reach out
    kind: str  # roller, pen, stamp
    force: float | None  # N, of a roller
    washed: bool
    disinfected: bool
    serum: str | None  # on the skin, if it is not sterile
    serum_is_drug: bool


@dataclass(frozen=True)
class CreamUse:
    """What the rules need to know of one numbing cream."""

    place: str
    name: str
    lidocaine: float  # %
    amount: float  # mg/cm2
    label_amount: float | None  # mg/cm2, the most that the label or its study covers
    on_holes: bool
    hours: float = 0.0
    label_area: float | None = None  # cm2
    label_hours: float | None = None
    source: tuple[str, ...] = ()  # of the label's limits


def needle_warnings(use: NeedleUse, setting: str, age: float, draws: Draws) -> list[Warning]:
    """Rules on setting, length, force, preparation, serum."""
    found: list[Warning] = []

    def limit(name: str) -> tuple[float, tuple[str, ...]]:
        entry = draws.parameter(f"rules.{name}")
        return entry.value, entry.source

    def warn(code: str, level: Level, source: tuple[str, ...], **values: object) -> None:
        found.append(Warning(code, level, source, {"length": use.length, **values}, use.place))

    home, home_source = limit("length.home")
    strict, _ = limit("length.home_strict")
    spa, spa_source = limit("length.spa")
    specified, specified_source = limit("length.specified")
    cleared, cleared_source = limit("length.cleared")
    if setting == "home" and use.length > home:
        warn("length_home", "danger", home_source, limit=home)
    elif setting == "home" and use.length > strict:
        warn("length_home_disputed", "caution", home_source, limit=strict, other=home)
    if setting == "spa" and use.length >= spa:
        warn("length_spa", "caution", spa_source, limit=spa)
    if setting != "clinic" and use.length >= specified:
        warn("length_specified", "danger", specified_source, limit=specified)
    if use.length > cleared:
        warn("length_cleared", "caution", cleared_source, limit=cleared)
    most, force_source = limit("force.most")
    if use.force is not None and use.force > most:
        warn("force_high", "caution", force_source, force=use.force, limit=most)
    if not use.disinfected and setting != "home":
        warn("not_disinfected", "danger", ("safety:REG-037", "safety:INF-030"))
    elif not use.washed and not use.disinfected:
        warn("not_washed", "caution", ("safety:INF-011",))
    if use.serum is not None:
        warn(
            "serum_not_sterile",
            "danger",
            ("safety:AE-050", "safety:AE-051", "transport:R25"),
            product=use.serum,
        )
    if use.serum_is_drug:
        warn("serum_identity", "note", ("safety:REG-001",))
    law, law_source = limit("age.law")
    us, us_source = limit("age.us")
    if age < law:
        warn("under_age", "danger", law_source, age=age, limit=law)
    if age < us:
        warn("under_us_age", "note", us_source, age=age, limit=us)
    return found


def cream_warnings(use: CreamUse, setting: str, area: float, draws: Draws) -> list[Warning]:
    """Rules on numbing creams: who may, how strong, how much, where."""
    found: list[Warning] = []
    strength = draws.parameter("rules.anaesthetic.strength")
    study = draws.parameter("rules.anaesthetic.area")
    if setting != "clinic":
        found.append(
            Warning(
                "cream_setting",
                "caution",
                ("safety:ANA-013", "safety:REG-041"),
                {"product": use.name},
                use.place,
            )
        )
    if use.lidocaine > strength.value:
        values = {"product": use.name, "percent": use.lidocaine, "limit": strength.value}
        found.append(Warning("cream_strength", "caution", strength.source, values, use.place))
    if use.label_amount is not None and use.amount > use.label_amount * 1.001:
        values = {"product": use.name, "amount": use.amount, "limit": use.label_amount}
        found.append(Warning("cream_amount", "danger", use.source, values, use.place))
    # Where a cream's own label gives no area, that of the best studied cream stands for it.
    widest, source = (use.label_area, use.source) if use.label_area else (study.value, study.source)
    if area > widest * 1.001:
        values = {"product": use.name, "area": area, "limit": widest}
        source = tuple(dict.fromkeys((*source, "safety:ANA-010")))
        found.append(Warning("cream_area", "danger", source, values, use.place))
    if use.label_hours is not None and use.hours > use.label_hours * 1.001:
        values = {"product": use.name, "hours": use.hours, "limit": use.label_hours}
        found.append(Warning("cream_hours", "danger", use.source, values, use.place))
    if use.on_holes:
        source = ("safety:ANA-007", "safety:ANA-014", "transport:A30")
        found.append(Warning("cream_on_holes", "danger", source, {"product": use.name}, use.place))
    return found


def reuse_warnings(place: str, shared: bool, cleaned: str, kind_survives: bool) -> list[Warning]:
    """Rules on instruments that were used before."""
    found: list[Warning] = []
    if shared and cleaned != "steam":
        found.append(Warning("shared", "danger", ("safety:INF-034", "safety:INF-060"), {}, place))
    elif cleaned in ("none", "rinse"):
        found.append(Warning("reused_unclean", "danger", ("safety:INF-004", "safety:INF-034"), {}, place))
    elif cleaned == "alcohol":
        found.append(Warning("reused_alcohol", "caution", ("safety:INF-034", "safety:INF-038"), {}, place))
    if cleaned == "steam" and not kind_survives:
        found.append(Warning("steam_destroys", "caution", ("safety:REG-064",), {}, place))
    return found


def person_warnings(
    age: float,
    phototype: int,
    smoker: bool,
    thinner: str,
    scar_weeks: float | None,
    conditions: tuple[str, ...] = (),
) -> list[Warning]:
    """What of the person calls for care; contradicting rules are both shown."""
    found: list[Warning] = []
    if phototype >= 4:
        found.append(Warning("dark_skin", "caution", ("safety:AE-010", "safety:AE-016", "safety:AE-019")))
    if smoker:
        found.append(Warning("smoker", "note", ("healing:A07", "healing:A08")))
    if thinner != "none":
        found.append(Warning("blood_thinner", "caution", ("safety:REG-055", "safety:BLD-008")))
    if scar_weeks is not None and scar_weeks < 26:
        found.append(Warning("young_scar", "note", ("safety:REG-055", "healing:C28"), {"weeks": scar_weeks}))
    known = "herpes" in conditions
    found.append(Warning("herpes", "caution" if known else "note", ("safety:AE-060", "safety:AE-061")))
    if "isotretinoin" not in conditions:  # whom it concerns gets every view by itself
        found.append(Warning("isotretinoin", "note", ("safety:REG-050", "safety:REG-051")))
    return found


def course_warnings(
    sessions: int, interval_days: float, shallow: bool, sun_day: float | None, draws: Draws
) -> list[Warning]:
    """Rules on spacing and on sun. `shallow`: the needles stay short enough for home."""
    found: list[Warning] = []
    least = draws.parameter("rules.home_interval.least" if shallow else "rules.interval.least")
    if sessions > 1 and interval_days < least.value:
        source = least.source if shallow else (*least.source, "safety:AE-017")
        values = {"days": interval_days, "limit": least.value}
        found.append(Warning("interval_short", "caution", source, values, "course.interval"))
    days = draws.parameter("rules.sun.days")
    if sun_day is not None and sun_day < days.value:
        found.append(Warning("sun_soon", "caution", days.source, {"day": sun_day, "limit": days.value}))
    return found


def plasma_warnings(compound: str, highest: float, draws: Draws) -> list[Warning]:
    """Guard on an anaesthetic in the blood: `highest` ug/mL is the upper end of the interval."""
    for name in ("toxic", "alarm"):
        path = f"rules.plasma.{compound}.{name}"
        if draws.has(path) and highest >= (limit := draws.parameter(path)).value:
            values = {"compound": compound, "level": highest, "limit": limit.value}
            return [Warning(f"plasma_{name}", "danger", limit.source, values)]
    return []


def gel_warnings(name: str, place: str) -> list[Warning]:
    """A product against inflammation on needled skin keeps the holes open."""
    source = ("safety:WIN-008", "transport:C20")
    return [Warning("anti_inflammatory", "caution", source, {"product": name}, place)]


def compound_warnings(compound: str, log_kow: float, molar_mass: float, outside: list[str]) -> list[Warning]:
    """A compound that is told by a relation in whose range it does not lie."""
    values = {"log_kow": log_kow, "molar_mass": molar_mass}
    return [
        Warning(f"outside_{name}", "note", ("transport:S07",), {"compound": compound, "value": values[name]})
        for name in outside
    ]
