"""What an engineer takes from the first session: every hole as a table, and the sheet that a device file asks for."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from hudnal.arrays import Array
from hudnal.course.simulate import simulate
from hudnal.instrument import Pen, Roller
from hudnal.instrument.use import Use, resolve_use
from hudnal.intake.check import choose_instrument
from hudnal.intake.load import load
from hudnal.intake.treatment import Treatment
from hudnal.language import say
from hudnal.outcome.declared import find_quantity
from hudnal.parameters import Draws
from hudnal.progress import Progress
from hudnal.puncture import Holes
from hudnal.puncture.bleeding import LOOP, LOWER, UPPER
from hudnal.puncture.contacts import TRACE
from hudnal.puncture.evenness import far_share, pair_correlation
from hudnal.result.course import ALL, Course
from hudnal.result.interval import interval
from hudnal.store.files import make_header
from hudnal.treatment.fault import name_place
from hudnal.treatment.one_of import write_as_in_file
from hudnal.treatment.steps import Needling
from hudnal.units import MM2_PER_CM2, SECONDS_PER_HOUR, UM_PER_MM
from hudnal.version import __version__

FAR = 0.5  # mm from any hole: skin that is left out
_FARTHEST, _DISTANCES = 2.0, 20  # mm, and number, of the distances at which pairs of holes are counted
# Column of the table: unit, digits.
COLUMNS = {
    "draw": ("", 0), "stroke": ("", 0), "needle": ("", 0), "x": ("mm", 4), "y": ("mm", 4), "tip_depth": ("mm", 5),
    "channel_depth": ("mm", 5), "dye_depth": ("mm", 5), "width": ("mm", 5), "slit": ("mm", 5),
    "heading": ("rad", 4), "slant": ("rad", 4), "force": ("N", 5), "vessel": ("", 0), "volume": ("uL", 5),
}  # fmt: skip


def simulate_first_session(
    treatment: Treatment,
    draws: int,
    seed: int,
    progress: Progress | None = None,
    keep: tuple[str, ...] = ALL,
) -> Course:
    """The first session alone, and the day after it, with the parts that are to be kept."""
    return simulate(shorten_to_session(treatment), draws, seed, progress, keep=keep)


def simulate_whole_area(treatment: Treatment, seed: int) -> Course:
    """The first session on all of the treated area, as a square, with every parameter at its median."""
    side = sqrt(treatment.area * MM2_PER_CM2)
    return simulate(shorten_to_session(treatment), 1, seed, side=side)


def shorten_to_session(treatment: Treatment) -> Treatment:
    """The first session of the first zone alone, and the day after it."""
    treatment = next(iter(treatment.by_zone.values()), treatment)
    plan = treatment.as_data()
    first = treatment.sessions_of_course[0][1]
    plan["course"] = {"sessions": 1, "follow_up": "1 day"}
    plan["session"] = [write_as_in_file(step) for step in first.steps]
    for part in ("beforehand", "aftercare", "phases"):
        plan.pop(part, None)
    return load(plan)


def write_hole_table(course: Course, language: str = "en") -> str:
    """Every hole of the sample area in every draw of the first batch, as CSV; a line starting with # says whose it is.

    `vessel`: 0 none was opened, 1 a capillary loop, 2 the upper plexus, 3 the lower.
    """
    holes = course.holes
    head = ",".join(f"{name}_{unit}" if unit else name for name, (unit, _) in COLUMNS.items())
    # Strokes and needles are counted from 1; a stamp's needles have no order and stay 0.
    values = [
        holes.blood_volume() if name == "volume" else getattr(holes, name) + (name in ("stroke", "needle"))
        for name in COLUMNS
    ]
    formats = [f"%.{digits}f" for _, digits in COLUMNS.values()]
    rows = (",".join(f % v for f, v in zip(formats, row, strict=True)) for row in zip(*values, strict=True))
    area, notice = f"{holes.side:.4g} x {holes.side:.4g} mm", say("notice", language)
    first = f"# hudnal {__version__}, sample area of {area}. {notice}"
    return "\n".join([first, head, *rows]) + "\n"


def fill_device_sheet(course: Course, area: Course) -> dict[str, Any]:
    """The sheet of a device: geometry, largest depth, puncture rate, depths, forces, evenness, with their intervals.

    `area` is the same session on the whole area: how the force went over time, and how many holes there are in all.
    """
    strokes = course.strokes
    by_stroke = {"push_N": strokes.push, "drops_per_cm2": strokes.drops, "share_under_drops": strokes.covered}
    return {
        **make_header("hudnal/holes/1"),
        "treatment": course.treatment.as_data(),
        "seed": course.seed,
        "draws": course.holes.attempts.size,
        "instruments": _describe_instruments(course.treatment, course.sample),
        "far_mm": FAR,
        "quantities": _describe_holes(course),
        "whole_area": {
            "area_cm2": area.treatment.area,
            "contacts": int(area.holes.attempts.sum()),
            "holes": int(area.holes.x.size),
            "share_without_hole": far_share(area.holes.x, area.holes.y, area.holes.side, FAR),
        },
        "vessels": {
            name: interval(course.holes.mean((course.holes.vessel == vessel).astype(float))).as_dict()
            for name, vessel in (("loop", LOOP), ("upper_plexus", UPPER), ("lower_plexus", LOWER))
        },
        "strokes": [
            {"stroke": i + 1, **{name: interval(v[:, i]).as_dict() for name, v in by_stroke.items()}}
            for i in range(strokes.drops.shape[1])
        ],
        "one_pass": {
            name: [float(f"{v:.5g}") for v in row]
            for name, row in zip(TRACE, area.strokes.trace, strict=True)
        },
        "pair_correlation": _correlate_pairs(course),
    }


_FROM_COURSE = (
    "attempted_density", "hole_density", "tip_depth", "tip_depth_spread", "channel_depth", "dye_depth",
    "channel_width", "slit_length", "needle_force", "entry_force", "lying_force",
    "push_force",
)  # fmt: skip


def _split_by_draw(holes: Holes, *names: str) -> list[list[Array]]:
    """What the holes of each draw are, a list for each of `names`."""
    return [np.split(getattr(holes, name), holes.starts[1:-1]) for name in names]


def _describe_holes(course: Course) -> dict[str, dict[str, Any]]:
    """Numbers of the holes, each with its interval and unit."""
    x, y, depths, forces = _split_by_draw(course.holes, "x", "y", "tip_depth", "force")
    side = course.holes.side
    values = {name: (course.quantities[name], find_quantity(name).unit) for name in _FROM_COURSE}
    largest = np.array([d.max() if d.size else np.nan for d in depths]) * UM_PER_MM
    strongest = np.array([f.max() if f.size else np.nan for f in forces])
    far = np.array([far_share(*place, side, FAR) for place in zip(x, y, strict=True)])
    values |= {
        "largest_tip_depth": (largest, "um"),
        "largest_needle_force": (strongest, "N"),
        "share_without_hole": (far, "1"),
    }
    return {name: {**interval(v).as_dict(), "unit": unit} for name, (v, unit) in values.items()}


def _correlate_pairs(course: Course) -> dict[str, Any]:
    """Pair correlation of the holes over distance: 1 where they lie as by chance."""
    x, y = _split_by_draw(course.holes, "x", "y")
    side = course.holes.side
    edges = np.linspace(0, min(_FARTHEST, side / 4), _DISTANCES + 1)
    g = np.array([pair_correlation(*place, side, edges) for place in zip(x, y, strict=True)])
    return {
        "distance_mm": [float(f"{r:.4g}") for r in (edges[1:] + edges[:-1]) / 2],
        "g": [interval(column).as_dict() for column in g.T],
    }


def _describe_instruments(treatment: Treatment, draws: Draws) -> list[dict[str, Any]]:
    """The instrument of each step with needles as a device file describes it, and how often it meets the skin."""
    entries = []
    for path, step in treatment.walk_steps():
        spec = choose_instrument(step, treatment) if isinstance(step, Needling) else None
        if isinstance(step, Needling) and spec is not None:
            use = resolve_use(step, 0, 0, spec, treatment.area, np.zeros(draws.n), draws)
            entries.append(_describe_instrument(name_place(path), use, treatment.area))
    return entries


def _describe_instrument(place: str, use: Use, area: float) -> dict[str, Any]:
    """One instrument as a device file describes it; `place` is its step in the file, `area` cm2."""
    instrument, needle = use.instrument, use.instrument.needle
    return {
        "place": place,
        "name": instrument.name,
        "kind": use.step.name,
        "needles": instrument.needles,
        "needle_length_mm": needle.length,
        "needle_diameter_mm": needle.diameter,
        "tip_radius_mm": interval(needle.tip_radius).as_dict(),
        "drum_diameter_mm": instrument.drum_diameter if isinstance(instrument, Roller) else None,
        "drum_width_mm": instrument.drum_width if isinstance(instrument, Roller) else None,
        "frequency_per_s": instrument.frequency if isinstance(instrument, Pen) else None,
        "punctures_per_s": use.density * area * MM2_PER_CM2 / (use.hours * SECONDS_PER_HOUR),
    }
