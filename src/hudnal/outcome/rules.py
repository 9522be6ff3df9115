"""What rules, labels and good practice say of a treatment: warnings, each with its source.

Rules that contradict each other are both shown. A warning is data; its text stands in the language tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.parameters import Draws
from hudnal.skin.person import MARKS_FROM
from hudnal.units import HOURS_PER_DAY, HOURS_PER_WEEK, PERCENT

Level = Literal["danger", "caution", "note"]
_MOST, _NEARLY_ALL = 0.5, 0.9  # of the draws: more say so than not, hardly one does not
_OVER_THE_EYE = ("periorbital", "eyelid")
_ROUNDED = 1.001  # of a limit: what was converted from other units may come to a little more than it


@dataclass(frozen=True)
class PlanWarning:
    """A warning of what a treatment plans, without its words.

    `code` names its text in the language tables, `values` fill it; `source` are ids of facts, `place` is in the file.
    `country` is the code of the country whose rule it is; empty for what holds everywhere.
    """

    code: str
    level: Level
    source: tuple[str, ...] = ()
    values: Mapping[str, object] = field(default_factory=dict)
    place: str = ""
    country: str = ""


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
    site: str = ""
    glide: float | None = None  # mm/s, of a pen
    device: str = ""  # its name in the catalogue
    clearance: str = ""  # number under which it was cleared in the United States
    evaluated: float | None = None  # mm, the deepest that it was evaluated for
    evaluated_source: tuple[str, ...] = ()
    is_open: bool = False  # whether fluid gets through its cartridge


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
    prilocaine_cream: float = (
        0.0  # g of creams with prilocaine up to now, this one with them; 0 where it has none
    )
    weight: float = 70.0  # kg, of the person


def warn_of_needles(use: NeedleUse, setting: str, age: float, draws: Draws) -> list[PlanWarning]:
    """Warnings of one step with needles: setting, length, force, preparation, serum, age in years."""
    warnings: list[PlanWarning] = []

    def limit(name: str) -> tuple[float, tuple[str, ...]]:
        entry = draws.parameter(f"rules.{name}")
        return entry.value, entry.source

    def warn(code: str, level: Level, source: tuple[str, ...], **values: object) -> None:
        warnings.append(PlanWarning(code, level, source, {"length": use.length, **values}, use.place))

    home, home_source = limit("length.home")
    strict, _ = limit("length.home_strict")
    spa, spa_source = limit("length.spa")
    if setting == "home" and use.length > home:
        warn("length_home", "danger", home_source, limit=home)
    elif setting == "home" and use.length > strict:
        warn("length_home_disputed", "caution", home_source, limit=strict, other=home)
    if setting == "spa" and use.length >= spa:
        warn("length_spa", "caution", spa_source, limit=spa)
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
    warnings += _warn_of_pen(use, draws)
    adult, adult_source = limit("age.law")
    if age < adult:
        warn("under_age", "danger", adult_source, age=age, limit=adult)
    return warnings


def _warn_of_pen(use: NeedleUse, draws: Draws) -> list[PlanWarning]:
    """Warnings of a pen: set deeper than was evaluated or than is usual at the site, pulled along too fast."""
    warnings: list[PlanWarning] = []

    def compare(code: str, path: str, value: float | None, **values: object) -> None:
        if (
            value is not None
            and draws.has(path)
            and value > (limit := draws.parameter(path)).value * _ROUNDED
        ):
            values = {**values, "limit": limit.value}
            warnings.append(PlanWarning(code, "caution", limit.source, values, use.place))

    if use.kind == "pen":
        warnings += _warn_of_evaluation(use)
        if use.evaluated is None:
            compare("depth_evaluated", "rules.depth.evaluated", use.length, length=use.length)
        compare("depth_site", f"rules.depth.site.{use.site}", use.length, length=use.length)
        compare("glide_fast", "rules.glide.most", use.glide, speed=use.glide)
    if use.is_open:
        warnings.append(PlanWarning("cartridge_open", "caution", ("pen-ingress",), {}, use.place))
    if use.site in _OVER_THE_EYE:
        warnings.append(PlanWarning("orbital_rim", "caution", ("m2-orbital",), {}, use.place))
    return warnings


def _warn_of_evaluation(use: NeedleUse) -> list[PlanWarning]:
    """The warning, if any, of a device that is set deeper than it was evaluated for itself."""
    if use.evaluated is None or use.length <= use.evaluated * _ROUNDED:
        return []
    values = {
        "length": use.length, "limit": use.evaluated, "instrument": use.device, "clearance": use.clearance,
    }  # fmt: skip
    return [PlanWarning("depth_evaluated_device", "caution", use.evaluated_source, values, use.place)]


def warn_of_depth(hole: PerDraw, thickness: PerDraw) -> list[PlanWarning]:
    """The warning, if any, of needles that go through the skin: holes that reach below the dermis in most draws.

    `hole` is how deep they stay open, without the dent that springs back under the needle; `thickness` that of
    epidermis and dermis; mm, (draw,).
    """
    through = np.mean(hole > thickness)
    if through <= _MOST:
        return []
    level: Level = "caution" if through > _NEARLY_ALL else "note"
    values = {"hole": round(float(np.median(hole)), 1), "thickness": round(float(np.median(thickness)), 1)}
    return [PlanWarning("depth_through", level, ("puncture:thk_face_us", "puncture:thk_selcuk_face"), values)]


def warn_of_endpoint(sign: str, missed: float) -> list[PlanWarning]:
    """The warning, if any, of an endpoint that a share of the draws has `missed`: the most strokes end them."""
    if missed <= 0:
        return []
    level: Level = "caution" if missed > _MOST else "note"
    values = {"endpoint": sign, "percent": float(f"{PERCENT * missed:.2g}")}
    return [PlanWarning("endpoint_missed", level, (), values)]


def warn_of_cream(use: CreamUse, area: float, draws: Draws) -> list[PlanWarning]:
    """Warnings of one numbing cream on `area` cm2: how strong, how much, how long, where."""
    warnings: list[PlanWarning] = []
    strength = draws.parameter("rules.anaesthetic.strength")
    study = draws.parameter("rules.anaesthetic.area")
    if use.lidocaine > strength.value:
        values = {"product": use.name, "percent": use.lidocaine, "limit": strength.value}
        warnings.append(PlanWarning("cream_strength", "caution", strength.source, values, use.place))
    if use.label_amount is not None and use.amount > use.label_amount * _ROUNDED:
        values = {"product": use.name, "amount": use.amount, "limit": use.label_amount}
        warnings.append(PlanWarning("cream_amount", "danger", use.source, values, use.place))
    # Where a cream's own label gives no area, that of the best studied cream stands for it.
    widest, source = (use.label_area, use.source) if use.label_area else (study.value, study.source)
    if area > widest * _ROUNDED:
        values = {"product": use.name, "area": area, "limit": widest}
        source = tuple(dict.fromkeys((*source, "safety:ANA-010")))
        warnings.append(PlanWarning("cream_area", "danger", source, values, use.place))
    if use.label_hours is not None and use.hours > use.label_hours * _ROUNDED:
        values = {"product": use.name, "hours": use.hours, "limit": use.label_hours}
        warnings.append(PlanWarning("cream_hours", "danger", use.source, values, use.place))
    warnings += _warn_of_methaemoglobin(use, draws)
    if use.on_holes:
        source = ("safety:ANA-007", "safety:ANA-014", "transport:A30")
        warnings.append(PlanWarning("cream_on_holes", "danger", source, {"product": use.name}, use.place))
    return warnings


def _warn_of_methaemoglobin(use: CreamUse, draws: Draws) -> list[PlanWarning]:
    """The warning of much prilocaine, which makes methaemoglobin: how much for how much is not published."""
    adult = draws.value("transport.plasma.weight")
    rule, visible = (draws.parameter(f"rules.methaemoglobin.{name}") for name in ("cream", "visible"))
    limit = rule.value * min(use.weight / adult, 1.0)  # the reports are of adults: a lighter one bears less
    if use.prilocaine_cream <= limit * _ROUNDED:
        return []
    values = {
        "product": use.name,
        "grams": f"{use.prilocaine_cream:.0f}",
        "limit": f"{limit:.0f}",
        "adult": f"{rule.value:.0f}",
        "percent": visible.value,
    }
    source = (*rule.source, *visible.source, "safety:ANA-006")
    return [PlanWarning("methaemoglobin", "danger", source, values, use.place)]


def warn_of_cream_left(name: str, left: float, place: str) -> list[PlanWarning]:
    """The warning of a numbing cream of which about `left` mg/cm2 stay, since nobody washes it off."""
    values = {"product": name, "left": float(f"{left:.2g}")}
    return [PlanWarning("cream_left", "caution", ("transport:A13",), values, place)]


def warn_of_handpiece(place: str, shared: bool, is_sealed: bool) -> list[PlanWarning]:
    """The warning, if any, of a pen's handpiece that was used on another person, with a new cartridge."""
    if not shared or is_sealed:
        return []
    return [PlanWarning("handpiece_shared", "caution", ("pen-ingress",), {}, place)]


def warn_of_reuse(place: str, shared: bool, cleaned: str, is_cartridge: bool) -> list[PlanWarning]:
    """Warnings of needles that were used before, on a roller or stamp or as a pen's cartridge."""
    warnings: list[PlanWarning] = []
    if shared and cleaned != "steam":
        values = {"tool": "cartridge" if is_cartridge else "instrument"}
        warnings.append(PlanWarning("shared", "danger", ("safety:INF-034", "safety:INF-060"), values, place))
    elif cleaned in ("none", "rinse"):
        warnings.append(
            PlanWarning("reused_unclean", "danger", ("safety:INF-004", "safety:INF-034"), {}, place)
        )
    elif cleaned == "alcohol":
        warnings.append(
            PlanWarning("reused_alcohol", "caution", ("safety:INF-034", "safety:INF-038"), {}, place)
        )
    if is_cartridge:
        warnings.append(PlanWarning("cartridge_reused", "caution", ("pen-single-use",), {}, place))
    elif cleaned == "steam":
        warnings.append(PlanWarning("steam_destroys", "caution", ("safety:REG-064",), {}, place))
    return warnings


def warn_of_person(
    age: float,
    phototype: int,
    smoker: bool,
    thinner: str,
    scar_weeks: float | None,
    conditions: tuple[str, ...],
    face: bool,
    draws: Draws,
    thinner_stopped: float | None = None,
) -> list[PlanWarning]:
    """Warnings of what of the person calls for care; rules that contradict each other are both shown.

    `face`: a face is treated, where cold sores can come back. `thinner_stopped`: hours before each session since which
    the drug that thins the blood is not taken.
    """
    warnings: list[PlanWarning] = []
    if phototype >= MARKS_FROM:
        warnings.append(
            PlanWarning("dark_skin", "caution", ("safety:AE-010", "safety:AE-016", "safety:AE-019"))
        )
    if smoker:
        warnings.append(PlanWarning("smoker", "note", ("healing:A07", "healing:A08")))
    if thinner != "none":
        source = ("safety:REG-055", "safety:BLD-008")
        code, values = "blood_thinner", {}
        if thinner_stopped is not None:
            recovery = draws.parameter(f"puncture.bleeding.recovery.{thinner}")
            source = (*source, *recovery.source)
            code, values = "blood_thinner_stopped", {"days": round(thinner_stopped / HOURS_PER_DAY, 1)}
        warnings.append(PlanWarning(code, "caution", source, values))
    young = draws.parameter("rules.young_scar.age")
    if scar_weeks is not None and scar_weeks * HOURS_PER_WEEK < young.value * HOURS_PER_DAY:
        warnings.append(PlanWarning("young_scar", "note", young.source, {"weeks": scar_weeks}))
    if face:
        known = "herpes" in conditions
        warnings.append(
            PlanWarning("herpes", "caution" if known else "note", ("safety:AE-060", "safety:AE-061"))
        )
    if "isotretinoin" not in conditions:  # whom it concerns gets every view by itself
        warnings.append(PlanWarning("isotretinoin", "note", ("safety:REG-050", "safety:REG-051")))
    return warnings


def warn_of_pause(days: float, shallow: bool, place: str, draws: Draws) -> list[PlanWarning]:
    """The warning, if any, of so many days between two needlings. `shallow`: needles that are short enough for home."""
    least = draws.parameter("rules.home_interval.least" if shallow else "rules.interval.least")
    if days >= least.value:
        return []
    source = least.source if shallow else (*least.source, "safety:AE-017")
    values = {"days": days, "limit": least.value}
    return [PlanWarning("interval_short", "caution", source, values, place)]


def warn_of_sun(day: float | None, draws: Draws) -> list[PlanWarning]:
    """The warning, if any, of bare sun on that day after a session."""
    days = draws.parameter("rules.sun.days")
    if day is None or day >= days.value:
        return []
    return [PlanWarning("sun_soon", "caution", days.source, {"day": day, "limit": days.value})]


def warn_of_plasma(compound: str, highest: float, draws: Draws) -> list[PlanWarning]:
    """The warning, if any, of an anaesthetic in the blood: `highest` ug/mL is the upper end of the interval."""
    for name in ("toxic", "alarm"):
        path = f"rules.plasma.{compound}.{name}"
        if draws.has(path) and highest >= (limit := draws.parameter(path)).value:
            values = {"compound": compound, "level": float(f"{highest:.2g}"), "limit": limit.value}
            return [PlanWarning(f"plasma_{name}", "danger", limit.source, values)]
    return []


def warn_of_gel(name: str, place: str) -> list[PlanWarning]:
    """The warning of a product against inflammation on needled skin keeps the holes open."""
    source = ("safety:WIN-008", "transport:C20")
    return [PlanWarning("anti_inflammatory", "caution", source, {"product": name}, place)]


def warn_of_compound(
    compound: str, log_kow: float, molar_mass: float, outside: list[str]
) -> list[PlanWarning]:
    """The warnings of a compound that is told by a relation in whose range it does not lie."""
    values = {"log_kow": log_kow, "molar_mass": molar_mass}
    return [
        PlanWarning(
            f"outside_{name}", "note", ("transport:S07",), {"compound": compound, "value": values[name]}
        )
        for name in outside
    ]
