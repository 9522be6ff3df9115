"""The page: everything of a course that a person should see, as one HTML file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hudnal.language import Words
from hudnal.outcome.declared import find_quantity
from hudnal.outcome.uptake import name_of_plasma_peak
from hudnal.parameters.bibliography import bibliography
from hudnal.report.figures.healing import (
    draw_amounts,
    draw_benefit,
    draw_change,
    draw_closing,
    draw_eyes,
    draw_felt,
    draw_marks,
    draw_redness,
    draw_water,
)
from hudnal.report.figures.holes import draw_map, draw_section
from hudnal.report.figures.relief import relief_figure
from hudnal.report.figures.session import draw_drops, draw_numbness, draw_pain, draw_steps
from hudnal.report.figures.style import BLOOD, GOLD, PLUM, TEAL, house_style, svg, swedish
from hudnal.report.words.moved import moved
from hudnal.report.words.numbers import chance, number, probability, quantity, unit
from hudnal.report.words.sentences import afterwards, concern_key, headlines, lead, what_was_done
from hudnal.result.course import Course
from hudnal.result.scars import MOMENTS, READ, changes
from hudnal.transport import MEASURES
from hudnal.version import __version__

if TYPE_CHECKING:
    import xarray as xr

_RISKS = (
    "pih_probability",
    "bruise_probability",
    "infection_probability",
    "tram_track_probability",
    "heavy_bleeding_probability",
    "bloodborne_probability",
    "herpes_probability",
    "granuloma_probability",
    "irritation_probability",
)
_DOTS = 100  # people in a picture of a risk
_ASSUMED_SHOWN = 14
_TINY = 1e-300
Drawing = Callable[[Course, Axes, Words], None]
# Figures of changes over months: the quantity that names one, and the colours of its series.
_CHANGES = {
    "collagen": ("collagen_change", {"collagen_i_change": TEAL, "collagen_iii_change": PLUM}),
    "epidermis": ("epidermal_thickness_change", {"epidermal_thickness_change": GOLD}),
    "elastin": ("elastin_change", {"elastin_change": BLOOD, "tropoelastin_change": GOLD}),
}


def render_report(
    course: Course, language: str = "en", patches: Mapping[int, xr.Dataset] | None = None
) -> str:
    """The report as HTML text, self-contained, in `language` (en, sv); with the first of `patches` in depth."""
    from jinja2 import Environment, StrictUndefined

    folder = resources.files("hudnal.report.page")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string((folder / "template.html.j2").read_text(encoding="utf-8"))
    style = (folder / "style.css").read_text(encoding="utf-8")
    words = Words(language)
    patch = next(iter(patches.values())) if patches else None
    return template.render(style=style, **_content(course, words), block=_block(course, patch, words))


def _content(course: Course, words: Words) -> dict[str, Any]:
    treatment = course.treatment
    return {
        "words": words,
        "language": words.language,
        "title": treatment.title_in(words.language) or words("report.kicker"),
        "lead": lead(treatment, words),
        "done": what_was_done(treatment, words),
        "after": afterwards(treatment, words),
        "headlines": headlines(course, words),
        "figures": _figures(course, words),
        "hole_numbers": _rows(
            course,
            words,
            [
                "attempted_density",
                "hole_density",
                "tip_depth",
                "channel_depth",
                "dye_depth",
                "channel_width",
                "slit_length",
                "entry_force",
                "needle_force",
                "push_force",
            ],
        ),
        "instruments": _rows(
            course,
            words,
            [q for q in (f"closed_by_{i}" for i in MEASURES) if not np.isnan(course.quantities[q]).all()],
        ),
        "side": number(course.holes.side, words.language),
        "scars": _scars(course, words),
        "compounds": _compounds(course, words),
        "risks": [_risk(course, name, words) for name in _RISKS],
        "warnings": [course.warning_entry(w, words.language) for w in course.warnings],
        "assumed": _assumed(course, words),
        "assumed_count": sum(course.sample.parameter(n).status == "assumed" for n in course.used),
        "all_count": len(course.used),
        "rows": _rows(course, words, list(course.quantities)),
        "sources": [bibliography()[key] for key in course.sources],
        "made_by": words("report.made_by", version=__version__, draws=course.draws, seed=course.seed),
    }


def _block(course: Course, patch: xr.Dataset | None, words: Words) -> dict[str, str] | None:
    """The skin in depth: pictures of the block, and a view of it to turn; None without a block."""
    if patch is None:
        return None
    from hudnal.report.skin_block.figure import block_figure, slices_figure
    from hudnal.report.skin_block.viewer import viewer_html
    from hudnal.run.skin_block import places

    spread = places(course, patch)["collagen_change_places"]
    ends = {end: number(float(spread[end]), words.language) for end in ("median", "low", "high")}
    return {
        "places": words("block.places", **ends),
        "blocks": block_figure(patch, words),
        "slices": slices_figure(patch, words),
        "viewer": viewer_html(patch, words),
    }


def _figures(course: Course, words: Words) -> dict[str, str]:
    """Every figure that applies, as SVG."""
    panels: dict[str, tuple[Drawing, tuple[float, float]]] = {}
    if course.holes.x.size:
        panels["map"] = (draw_map, (4.4, 4.6))
        panels["section"] = (draw_section, (4.8, 3.4))
    panels["steps"] = (draw_steps, (4.6, 2.9))
    if course.strokes.pain.shape[1]:
        panels["pain"] = (draw_pain, (4.6, 2.9))
        panels["drops"] = (draw_drops, (4.6, 2.9))
    if np.any(course.series["numb_depth"] > 0):
        panels["numbness"] = (draw_numbness, (4.6, 2.9))
    if _moves(course, "redness", "swelling"):
        panels["redness"] = (draw_redness, (4.6, 2.9))
    if _moves(course, "tingling", "pain_after", "dryness"):
        panels["felt"] = (draw_felt, (4.6, 2.9))
    if _moves(course, "dark_marks", "bruise"):
        panels["marks"] = (draw_marks, (4.6, 2.9))
    panels["water"] = (draw_water, (4.6, 2.9))
    if _moves(course, "barrier_open", "channel_open"):
        panels["closing"] = (draw_closing, (4.6, 2.9))
    if _absorbed_early(course):
        panels["amounts"] = (draw_amounts, (4.6, 2.9))
    for name, (quantity_name, shown) in _CHANGES.items():
        if _moves(course, *shown):
            panels[name] = (_change(quantity_name, shown), (4.6, 2.9))
    if _moves(course, "scar_depth" if "scar_depth" in course.series else "wrinkle_change"):
        panels["benefit"] = (draw_benefit, (4.6, 2.9))
    panels["eyes"] = (draw_eyes, (4.6, 2.9))
    found = {}
    for name, (draw, size) in panels.items():
        with house_style(name):
            figure = Figure(figsize=size, layout="tight")  # one pass, where there is one set of axes
            axis = figure.add_subplot()
            draw(course, axis, words)
            if words.language == "sv":
                swedish(axis)
            found[name] = svg(figure, axis.get_title(loc="left"))
    if course.scars:
        found["relief"] = relief_figure(course, words)
    return found


def _moves(course: Course, *names: str) -> bool:
    """Whether any of the series leaves its start in some draw: where nothing was hurt, nothing is drawn."""
    return any((course.series[n] != course.series[n][0]).any() for n in names)


def _change(quantity_name: str, shown: dict[str, str]) -> Drawing:
    """The figure of one change: `shown` maps series to colours."""

    def draw(course: Course, ax: Axes, words: Words) -> None:
        draw_change(course, ax, words, shown, words(f"quantities.{quantity_name}.name"))

    return draw


def _absorbed_early(course: Course) -> bool:
    """Whether any substance was on the skin when the first session ended."""
    at = int(np.searchsorted(course.time, course.ends[0]))
    return any((course.series[f"applied.{name}"][at] > 0).all() for name in course.compounds)


def _rows(course: Course, words: Words, names: list[str]) -> list[dict[str, str]]:
    rows = []
    for name in names:
        median, low, high = course.interval(name)
        kind, _, compound = name.partition(".")
        named = words.named("compounds", compound) if compound else ""
        show = probability if kind.endswith("_probability") else number
        rows.append(
            {
                "name": words(f"quantities.{kind}.name"),
                "meaning": words(f"quantities.{kind}.meaning", compound=named)
                if kind != "plasma_peak"
                else named,
                "median": show(median, words.language, 3),
                "low": show(low, words.language, 3),
                "high": show(high, words.language, 3),
                "sources": _numbers_of_sources(course, name, words),
                "unit": unit(find_quantity(name).unit, words)
                or ("0–10" if find_quantity(name).unit == "0-10" else ""),
            }
        )
    return rows


def _scars(course: Course, words: Words) -> list[dict[str, str]]:
    """Each scar's depth, width and volume before and after, as medians and central 90 %."""
    found = []
    for scar, pair in zip(course.treatment.scars, course.scars, strict=True):
        name = words(f"concerns.{concern_key(scar)}")
        row = {"name": name[0].upper() + name[1:]}
        for shape, when in zip(pair, MOMENTS, strict=True):
            row |= {f"{what}_{when}": _over_draws(getattr(shape, what), words) for what in READ}
        row |= {f"{what}_change": _over_draws(v, words, "\u202f%") for what, v in changes(pair).items()}
        found.append(row)
    return found


def _over_draws(values: np.ndarray, words: Words, suffix: str = "") -> str:
    low, median, high = (number(float(q), words.language) for q in np.quantile(values, (0.05, 0.5, 0.95)))
    span = words("words.interval", low=low, high=high)
    return f"{median}{suffix}" + (f" ({span})" if low != high else "")


def _numbers_of_sources(course: Course, quantity: str, words: Words) -> str:
    """Where in the list of sources a quantity's own stand: "sources 1–4, 9"; empty where there is none."""
    places = [course.sources.index(key) + 1 for key in course.sources_of(quantity)]
    if not places:
        return ""
    runs: list[list[int]] = []
    for place in places:
        if runs and place == runs[-1][-1] + 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    spelled = [f"{r[0]}" if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs]
    return words(f"report.source_number{'s' if len(places) > 1 else ''}", numbers=", ".join(spelled))


def _compounds(course: Course, words: Words) -> list[dict[str, str]]:
    rows = []
    for name in course.quantities:
        kind, _, compound = name.partition(".")
        if kind != "delivered":
            continue
        plasma = name_of_plasma_peak(compound)
        rows.append(
            {
                "name": words.named("compounds", compound),
                "delivered": _with_range(course, name, words),
                "enhancement": _with_range(course, f"enhancement.{compound}", words, "×"),
                "plasma": _with_range(course, plasma, words) if plasma in course.quantities else "–",
            }
        )
    return rows


def _with_range(course: Course, name: str, words: Words, suffix: str = "") -> str:
    median, low, high = course.interval(name)
    text = quantity(median, find_quantity(name).unit, words) + suffix
    span = words("words.interval", low=number(low, words.language), high=number(high, words.language))
    return f"{text} ({span})"


def _risk(course: Course, name: str, words: Words) -> dict[str, Any]:
    median, low, high = course.interval(name)
    share = 0.0 if median is None else median
    possible = bool(high)
    ends = chance(low, words, possible), chance(high, words, possible)
    return {
        "name": words(f"quantities.{name}.name"),
        "meaning": words(f"quantities.{name}.meaning"),
        "chance": chance(median, words, possible),
        "range": words("report.risk_range", low=ends[0], high=ends[1]) if ends[0] != ends[1] else "",
        "moved": moved(course, name, words),
        "dots": round(share * _DOTS),
    }


def _assumed(course: Course, words: Words) -> list[dict[str, str]]:
    """The assumed parameters with the widest spread that the run used."""
    draws = course.sample
    found = []
    for name in sorted(course.used):
        parameter = draws.parameter(name)
        elsewhere = name.startswith("skin.sites.") and name.split(".")[2] != course.treatment.site
        if parameter.status != "assumed" or elsewhere:
            continue
        low, high = np.quantile(draws[name], (0.05, 0.95))
        # Where a number can change its sign, or is below 0, a ratio of its ends means nothing.
        ratio = high / low if low > 0 else 1 + (high - low) / max(abs(low), abs(high), _TINY)
        row = {
            "name": name,
            "value": quantity(parameter.value, parameter.unit, words),
            "spread": words(
                "words.interval", low=number(low, words.language), high=number(high, words.language)
            ),
            "note": parameter.note,
        }
        found.append((ratio, row))
    ordered = sorted(found, key=lambda pair: (-pair[0], pair[1]["name"]))
    return [row for _, row in ordered[:_ASSUMED_SHOWN]]
