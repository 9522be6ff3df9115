"""Each scar of a course by itself: its numbers before and after, and its surface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hudnal.arrays import Array, PerDraw
from hudnal.intake.treatment import Treatment
from hudnal.outcome.relief import Shape
from hudnal.result.interval import interval
from hudnal.store.table import Column
from hudnal.units import PERCENT

Pair = tuple[Shape, Shape]  # before and after
READ = {"depth": "mm", "width": "mm", "volume": "mm3"}
MOMENTS = ("before", "after")
_PLACES = 161


def measure_scar_changes(pair: Pair) -> dict[str, PerDraw]:
    """Change in % of depth, width and volume of a scar, (draw,) each: a draw against itself."""
    before, after = pair
    return {name: PERCENT * (getattr(after, name) / getattr(before, name) - 1) for name in READ}


def describe_scars(treatment: Treatment, scars: tuple[Pair, ...]) -> list[dict[str, Any]]:
    """What `summary.json` says of each scar, the main one first."""
    entries = []
    for scar, pair in zip(treatment.scars, scars, strict=True):
        entry: dict[str, Any] = {"kind": scar.name, "shape": getattr(scar, "shape", None)}
        change = measure_scar_changes(pair)
        for name, unit in READ.items():
            entry[name] = {
                when: _describe(getattr(shape, name), unit) for when, shape in zip(MOMENTS, pair, strict=True)
            }
            entry[name]["change"] = _describe(change[name], "%")
        entries.append(entry)
    return entries


def _describe(values: PerDraw, unit: str) -> dict[str, Any]:
    median, low, high = interval(values)
    return {"median": median, "low": low, "high": high, "unit": unit}


def tabulate_reliefs(scars: tuple[Pair, ...]) -> tuple[dict[str, Column], Mapping[str, Column]]:
    """Variables and coordinates of `course.nc`: surfaces over (moment, scar, distance, draw), and what is read off."""
    if not scars:
        return {}, {}
    furthest = max(float(before.radius[:, -1].max()) for before, _ in scars)
    out = np.linspace(0, furthest, _PLACES)

    def over(look) -> Array:
        return np.stack([np.stack([look(pair[i]) for pair in scars]) for i in range(len(MOMENTS))])

    def surface(shape: Shape) -> Array:
        rows = zip(shape.radius, shape.surface, strict=True)
        return np.stack([np.interp(out, r, u, right=0.0) for r, u in rows], axis=1)

    text = "how far the surface over a scar lies below the skin beside it"
    variables: dict[str, Column] = {
        "relief": (
            ("moment", "scar", "distance", "draw"),
            over(surface),
            {"units": "mm", "long_name": text},
        )
    }
    for name, unit in READ.items():
        values = over(lambda shape, name=name: getattr(shape, name))
        attributes = {"units": unit, "long_name": f"{name} of each scar"}
        variables[f"relief_{name}"] = (("moment", "scar", "draw"), values, attributes)
    coordinates = {
        "moment": (("moment",), list(MOMENTS), {"long_name": "before the course or after it"}),
        "scar": (
            ("scar",),
            np.arange(1, len(scars) + 1),
            {"units": "1", "long_name": "scar, the main one first"},
        ),
        "distance": (("distance",), out, {"units": "mm", "long_name": "from the middle of the scar"}),
    }
    return variables, coordinates
