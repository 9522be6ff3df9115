"""What an engineer takes from the first session: every hole as a table, and the sheet that a device file asks for."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from hudnal.course.plan import density_of, duration_of
from hudnal.course.simulate import Progress, simulate
from hudnal.course.world import World
from hudnal.instrument import Instrument, Pen, Roller
from hudnal.intake.load import load
from hudnal.language import say
from hudnal.puncture import Holes
from hudnal.puncture.bleeding import LOOP, LOWER, UPPER
from hudnal.puncture.contacts import TRACE
from hudnal.puncture.evenness import far_share, pair_correlation
from hudnal.result.course import Course
from hudnal.result.interval import interval
from hudnal.store.files import header
from hudnal.treatment import Fault, Treatment
from hudnal.treatment.steps import Needling
from hudnal.version import __version__

FAR = 0.5  # mm from any hole: skin that is left out
_UM_PER_MM = 1000
_MM2_PER_CM2 = 100
_S_PER_H = 3600
# Column of the table: unit, digits.
COLUMNS = {
    "draw": ("", 0), "stroke": ("", 0), "needle": ("", 0), "x": ("mm", 4), "y": ("mm", 4), "tip_depth": ("mm", 5),
    "channel_depth": ("mm", 5), "dye_depth": ("mm", 5), "width": ("mm", 5), "slit": ("mm", 5),
    "heading": ("rad", 4), "slant": ("rad", 4), "force": ("N", 5), "vessel": ("", 0), "volume": ("uL", 5),
}  # fmt: skip


def first_session(treatment: Treatment, draws: int, seed: int, progress: Progress | None = None) -> Course:
    """The first session alone, and the day after it."""
    return simulate(_shortened(treatment), draws, seed, progress)


def whole_area(treatment: Treatment, seed: int) -> Course:
    """The first session on all of the treated area, as a square, with every parameter at its median."""
    side = sqrt(treatment.area * _MM2_PER_CM2)
    return simulate(_shortened(treatment), 1, seed, side=side)


def _shortened(treatment: Treatment) -> Treatment:
    plan = treatment.as_data()
    plan["course"] = {"sessions": 1, "follow_up": "1 day"}
    plan.pop("aftercare", None)
    return load(plan)


def hole_table(course: Course) -> str:
    """Every hole of the patch in every draw of the first block, as CSV; a line starting with # says whose it is.

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
    first = f"# hudnal {__version__}, patch of {holes.side:.4g} x {holes.side:.4g} mm. {say('notice')}"
    return "\n".join([first, head, *rows]) + "\n"


def sheet(course: Course, area: Course) -> dict[str, Any]:
    """Geometry, largest depth, puncture rate, depths, forces and evenness; each with its interval over draws.

    `area` is the same session on the whole area: how the force went over time, and how many holes there are in all.
    """
    world = World.of(course.treatment, course.sample)
    holes, draws = course.holes, course.holes.attempts.size
    parts = {
        name: np.split(getattr(holes, name), holes.starts[1:-1]) for name in ("x", "y", "tip_depth", "force")
    }
    edges = np.linspace(0, min(2.0, holes.side / 4), 21)
    g = np.array([pair_correlation(parts["x"][d], parts["y"][d], holes.side, edges) for d in range(draws)])
    largest = np.array([d.max() if d.size else np.nan for d in parts["tip_depth"]]) * _UM_PER_MM
    strongest = np.array([f.max() if f.size else np.nan for f in parts["force"]])
    far = np.array([far_share(parts["x"][d], parts["y"][d], holes.side, FAR) for d in range(draws)])
    found = {name: (course.quantities[name], unit) for name, unit in _FROM_COURSE.items()}
    found |= {
        "largest_tip_depth": (largest, "um"),
        "largest_needle_force": (strongest, "N"),
        "share_without_hole": (far, "1"),
    }
    return {
        **header("hudnal/holes/1"),
        "treatment": course.treatment.as_data(),
        "seed": course.seed,
        "draws": draws,
        "instruments": [
            _geometry(world, path, step)
            for path, step in course.treatment.steps()
            if isinstance(step, Needling)
        ],
        "far_mm": FAR,
        "quantities": {
            name: {**interval(values).as_dict(), "unit": unit} for name, (values, unit) in found.items()
        },
        "whole_area": {
            "area_cm2": area.treatment.area,
            "contacts": int(area.holes.attempts.sum()),
            "holes": int(area.holes.x.size),
            "share_without_hole": far_share(area.holes.x, area.holes.y, area.holes.side, FAR),
        },
        "vessels": {
            name: interval(_share(holes, kind)).as_dict()
            for name, kind in (("loop", LOOP), ("upper_plexus", UPPER), ("lower_plexus", LOWER))
        },
        "strokes": [
            {
                "stroke": i + 1,
                **{name: interval(values[:, i]).as_dict() for name, values in _by_stroke(course).items()},
            }
            for i in range(course.strokes.drops.shape[1])
        ],
        "one_pass": {
            name: [float(f"{v:.5g}") for v in row]
            for name, row in zip(TRACE, area.strokes.trace, strict=True)
        },
        "pair_correlation": {
            "distance_mm": [float(f"{r:.4g}") for r in (edges[1:] + edges[:-1]) / 2],
            "g": [interval(column).as_dict() for column in g.T],
        },
    }


def _share(holes: Holes, vessel: int) -> np.ndarray:
    """Share of holes that opened a vessel of this kind and none larger, (draw,)."""
    return holes.mean((holes.vessel == vessel).astype(float))


def _by_stroke(course: Course) -> dict[str, np.ndarray]:
    """What each stroke did, (draw, stroke), in the units of the names."""
    strokes = course.strokes
    return {"push_N": strokes.push, "drops_per_cm2": strokes.drops, "share_under_drops": strokes.covered}


_FROM_COURSE = {
    "attempted_density": "1/cm2", "hole_density": "1/cm2", "tip_depth": "um", "tip_depth_spread": "um",
    "channel_depth": "um", "dye_depth": "um", "channel_width": "um", "slit_length": "um", "needle_force": "N",
    "entry_force": "N", "push_force": "N",
}  # fmt: skip


def _geometry(world: World, path: tuple[str | int, ...], step: Needling) -> dict[str, Any]:
    """An instrument as a device file describes it, and how many needles meet the skin in a second."""
    instrument: Instrument = world.instruments[path]
    area = world.treatment.area
    seconds = duration_of(step, instrument, area, world.draws) * _S_PER_H
    needle = instrument.needle
    return {
        "place": Fault("", path).place,
        "name": instrument.name,
        "kind": step.name,
        "needles": instrument.needles,
        "needle_length_mm": needle.length,
        "needle_diameter_mm": needle.diameter,
        "tip_radius_mm": interval(needle.tip_radius).as_dict(),
        "drum_diameter_mm": instrument.drum_diameter if isinstance(instrument, Roller) else None,
        "drum_width_mm": instrument.drum_width if isinstance(instrument, Roller) else None,
        "frequency_per_s": instrument.frequency if isinstance(instrument, Pen) else None,
        "punctures_per_s": density_of(step, instrument, world.draws) * area * _MM2_PER_CM2 / seconds,
    }
