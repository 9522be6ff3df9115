"""A course as tables for other programs: everything over time, stroke and draw, and the holes of one draw."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from hudnal.arrays import Array, Shaped
from hudnal.language import say
from hudnal.outcome.declared import describe_series, find_quantity
from hudnal.outcome.sessions import Strokes
from hudnal.parameters import Draws
from hudnal.puncture import Holes
from hudnal.result.scars import tabulate_reliefs
from hudnal.result.timeline import tell_times_apart
from hudnal.store.table import Column, Table
from hudnal.version import __version__

if TYPE_CHECKING:
    import xarray as xr

    from hudnal.result.course import Course

CONVENTIONS = "CF-1.11"
_SCALES = ("0-1", "0-10")
_OF_TIME = {
    "units": "h",
    "long_name": "time since the first session began",
    "comment": "looks at the same moment follow each other by a millionth of an hour: before a step, after it",
}
# The one name of CF's table that says what is meant: a member of an ensemble.
_OF_DRAW = {"standard_name": "realization", "units": "1", "long_name": "draw of what is not known"}
_OF_STROKES = {
    "drops": ("1/cm2", "drops that show after each stroke of the first session"),
    "covered": ("1", "share of the skin under drops after each stroke"),
    "push": ("N", "with which the hand must push a roller along in each stroke"),
    "pain": ("1", "pain of each stroke, 0-10"),
    "pain_without_cream": ("1", "pain of each stroke without cream, 0-10"),
}
_OF_HOLES = (
    "stroke", "needle", "x", "y", "tip_depth", "channel_depth", "dye_depth", "width", "slit", "heading", "slant",
    "force", "vessel", "last_hit",
)  # fmt: skip
_UNITS_OF_HOLES = {
    "heading": "rad", "slant": "rad", "force": "N", "volume": "uL", "drop": "uL",
    **dict.fromkeys(("stroke", "needle", "last_hit", "vessel"), "1"),
}  # fmt: skip


def tabulate(course: Course) -> Table:
    """Quantities over (draw), and what was kept of series over (time, draw), strokes over (stroke, draw), scars."""
    variables: dict[str, Column] = {}
    coordinates: dict[str, Column] = {
        **_tabulate_times(course),
        "draw": (("draw",), np.arange(course.draws), _OF_DRAW),
    }
    if "scars" in course.kept:
        variables, places = tabulate_reliefs(course.scars)
        coordinates |= places
    if "series" in course.kept:
        for name, values in course.series.items():
            unit, text = describe_series(name)
            variables[name] = (("time", "draw"), values, {**describe_unit(unit), "long_name": text})
    if "strokes" in course.kept:
        of_strokes, places = _tabulate_strokes(course.strokes)
        variables |= of_strokes
        coordinates |= places
    for name, values in course.quantities.items():
        text = say(f"quantities.{name.split('.')[0]}.name", "en")
        about = {**describe_unit(find_quantity(name).unit), "long_name": _name_compound(text, name)}
        variables[f"quantity_{name}"] = (("draw",), values, about)
    if "control" in course.kept:
        variables |= _tabulate_control(course)
    return Table(
        _spell_names(variables),
        coordinates,
        attributes={
            "Conventions": CONVENTIONS,
            "title": course.treatment.title_in("en"),
            "source": f"hudnal {__version__}",
            "seed": course.seed,
            "treatment": course.treatment.canonical_text,
            "notice": say("notice", "en"),
        },
    )


def _spell_names(variables: Mapping[str, Column]) -> dict[str, Column]:
    """Variables under names of letters, digits and underscores alone, as CF wants them.

    `delivered.ascorbic-acid` is `delivered_ascorbic_acid`; `name_in_course` says what series and quantities call it.
    """
    spelt: dict[str, Column] = {}
    for name, (dimensions, values, about) in variables.items():
        plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")
        while plain in spelt:  # of compounds whose names differ by a sign alone
            plain += "_"
        spelt[plain] = (dimensions, values, about if plain == name else {**about, "name_in_course": name})
    return spelt


def describe_unit(unit: str) -> dict[str, str]:
    """A unit as UDUNITS reads it; of a scale, such as 0-10, its ends beside it."""
    if unit not in _SCALES:
        return {"units": unit}
    low, high = unit.split("-")
    return {"units": "1", "comment": f"on a scale from {low} to {high}"}


def _name_compound(text: str, name: str) -> str:
    """What a quantity is called, with the compound that it is of."""
    compound = name.partition(".")[2]
    return f"{text}: {compound}" if compound else text


def _tabulate_times(course: Course) -> dict[str, Column]:
    """Times, each once, with what has just happened and the session that it belongs to.

    Plain hours: a course has no date that a calendar could count from.
    """
    return {
        "time": (("time",), tell_times_apart(course.time), _OF_TIME),
        "event": (("time",), list(course.events), {"long_name": "what has just happened"}),
        "session": (("time",), np.array(course.sessions), {"units": "1", "long_name": "session, from 1"}),
    }


def _tabulate_control(course: Course) -> dict[str, Column]:
    """Quantities of the same course without needles, where they are others."""
    variables: dict[str, Column] = {}
    for name, values in course.control.items():
        if np.isfinite(values).any() and not np.array_equal(values, course.quantities[name], equal_nan=True):
            text = say(f"quantities.{name.split('.')[0]}.name", "en")
            text = f"{_name_compound(text, name)}, without needles"
            about = {**describe_unit(find_quantity(name).unit), "long_name": text}
            variables[f"control_{name}"] = (("draw",), values, about)
    return variables


def _tabulate_strokes(strokes: Strokes) -> tuple[dict[str, Column], dict[str, Column]]:
    """Variables of strokes, and their coordinates."""
    variables: dict[str, Column] = {
        f"stroke_{name}": (("stroke", "draw"), getattr(strokes, name).T, {"units": unit, "long_name": text})
        for name, (unit, text) in _OF_STROKES.items()
    }
    coordinates: dict[str, Column] = {
        "stroke": (
            ("stroke",),
            np.arange(1, strokes.drops.shape[1] + 1),
            {"units": "1", "long_name": "stroke of the first session, from 1"},
        ),
        "stroke_time": (
            ("stroke",),
            strokes.time,
            {"units": "h", "long_name": "time of the stroke since the first session began"},
        ),
        "stroke_round": (
            ("stroke",),
            strokes.round + 1,
            {"units": "1", "long_name": "round that the stroke belongs to, from 1"},
        ),
    }
    return variables, coordinates


def list_holes(holes: Holes, draw: int, sample: Draws) -> dict[str, Shaped[Array, " hole"]]:
    """Every hole on the sample area in one draw: place, depths, width, blood."""
    columns = {name: getattr(holes, name) for name in _OF_HOLES}
    bled = holes.blood_volume()
    columns |= {"volume": bled, "drop": holes.drop_volume()}
    columns["bled"] = bled > sample["puncture.bleeding.visible_drop"][draw]
    chosen = holes.draw == draw
    return {name: values[chosen] for name, values in columns.items()}


def tabulate_holes(course: Course, draw: int) -> xr.Dataset:
    """Every hole on the sample area in one draw, as a dataset. Raises NotKeptError for a course without holes."""
    import xarray as xr

    about = {"bled": {"long_name": "whether a drop showed"}}
    variables = {
        name: ("hole", values, about.get(name, {"units": _UNITS_OF_HOLES.get(name, "mm")}))
        for name, values in course.holes_of(draw).items()
    }
    return xr.Dataset(variables, attrs={"side_mm": course.holes.side, "draw": draw})
