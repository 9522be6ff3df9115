"""A course as tables for other programs: everything over time, stroke and draw, and the holes of one draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hudnal.arrays import Array, Shaped
from hudnal.language import say
from hudnal.outcome.declared import describe_series, find_quantity
from hudnal.outcome.sessions import Strokes
from hudnal.parameters import Draws
from hudnal.puncture import Holes
from hudnal.result.scars import tabulate_reliefs
from hudnal.store.table import Column, Table
from hudnal.version import __version__

if TYPE_CHECKING:
    import xarray as xr

    from hudnal.result.course import Course

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
    since = {"units": "h", "long_name": "time since the first session began"}
    variables: dict[str, Column] = {}
    coordinates: dict[str, Column] = {
        "time": (("time",), course.time, since),
        "draw": (("draw",), np.arange(course.draws), {}),
    }
    if "scars" in course.kept:
        variables, places = tabulate_reliefs(course.scars)
        coordinates |= places
    if "series" in course.kept:
        for name, values in course.series.items():
            unit, text = describe_series(name)
            variables[name] = (("time", "draw"), values, {"units": unit, "long_name": text})
    if "strokes" in course.kept:
        of_strokes, places = _tabulate_strokes(course.strokes)
        variables |= of_strokes
        coordinates |= places
    for name, values in course.quantities.items():
        text = say(f"quantities.{name.split('.')[0]}.name", "en")
        about = {"units": find_quantity(name).unit, "long_name": text}
        variables[f"quantity_{name}"] = (("draw",), values, about)
    if "control" in course.kept:
        variables |= _tabulate_control(course)
    return Table(
        variables,
        coordinates,
        attributes={
            "title": course.treatment.title_in("en"),
            "source": f"hudnal {__version__}",
            "seed": course.seed,
            "notice": say("notice", "en"),
        },
    )


def _tabulate_control(course: Course) -> dict[str, Column]:
    """Quantities of the same course without needles, where they are others."""
    variables: dict[str, Column] = {}
    for name, values in course.control.items():
        if np.isfinite(values).any() and not np.array_equal(values, course.quantities[name], equal_nan=True):
            text = say(f"quantities.{name.split('.')[0]}.name", "en")
            about = {"units": find_quantity(name).unit, "long_name": f"{text}, without needles"}
            variables[f"control_{name}"] = (("draw",), values, about)
    return variables


def _tabulate_strokes(strokes: Strokes) -> tuple[dict[str, Column], dict[str, Column]]:
    """Variables of strokes, and their coordinates."""
    variables: dict[str, Column] = {
        f"stroke_{name}": (("stroke", "draw"), getattr(strokes, name).T, {"units": unit, "long_name": text})
        for name, (unit, text) in _OF_STROKES.items()
    }
    coordinates: dict[str, Column] = {
        "stroke": (("stroke",), np.arange(1, strokes.drops.shape[1] + 1), {"long_name": "stroke"}),
        "stroke_time": (("stroke",), strokes.time, {"units": "h"}),
        "stroke_round": (("stroke",), strokes.round + 1, {}),
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
