"""Real instruments by name, and instruments written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.instrument.geometry import Instrument, Needle, Pen, Roller, Stamp
from hudnal.parameters import Draws, table

# Of an entry: what is told of it, which no instrument is made of, and what its needles are.
ABOUT = ("source", "note", "clearance", "evaluated", "evaluated_source")
_OWN = {"kind", *ABOUT, "length", "diameter", "tip_radius", "taper"}
_KINDS = {"roller": Roller, "pen": Pen, "stamp": Stamp}


def list_instruments(kind: str | None = None) -> list[str]:
    """Names of the catalogue's instruments, of one `kind` (roller, pen, stamp) or of all."""
    entries = table("instruments")["catalogue"]
    return [name for name, entry in entries.items() if kind in (None, entry["kind"])]


def find_instrument(name: str) -> Mapping[str, Any]:
    """The catalogue's entry of an instrument: its kind, sizes in mm, sources. Raises KeyError for an unknown name."""
    return table("instruments")["catalogue"][name]


def build_from_catalogue(name: str, draws: Draws) -> Instrument:
    """The catalogue's instrument of that name. Raises KeyError for an unknown name."""
    return build_from_entry(name, find_instrument(name), draws)


def build_from_entry(name: str, entry: Mapping[str, Any], draws: Draws) -> Instrument:
    """An instrument called `name` from an entry in mm and 1/s; a tip radius or taper that is not given is drawn."""
    tip, taper = entry.get("tip_radius"), entry.get("taper")
    needle = Needle(
        length=float(entry["length"]),
        diameter=float(entry["diameter"]),
        tip_radius=draws["instruments.needle.tip_radius"] if tip is None else np.full(draws.n, float(tip)),
        taper=draws["instruments.needle.taper"] if taper is None else np.full(draws.n, float(taper)),
        wear=np.ones(draws.n),
    )
    shape = {key: value for key, value in entry.items() if key not in _OWN}
    if "tilt" in shape:
        shape["tilt"] = float(np.deg2rad(shape["tilt"]))
    if shape.get("speed") is not None:
        mass = shape.get("mass")
        shape["mass"] = draws["instruments.blow.mass"] if mass is None else np.full(draws.n, float(mass))
    return _KINDS[entry["kind"]](name=name, needle=needle, source=tuple(entry.get("source", ())), **shape)


def wear_after(punctures: float | PerDraw, draws: Draws) -> PerDraw:
    """Width of a needle's tip after `punctures` of skin, and so its entry force, against a new one.

    F_n = F_1 (1 + g (n - 1)) of re-used steel needles, levelling off (Vanhooydonck et al. 2024, test film), with g as
    much smaller as skin is softer than that film.
    """
    growth = draws["instruments.needle.dulling"] * draws["instruments.needle.dulling_in_skin"] * punctures
    limit = draws["instruments.needle.dulling_limit"] - 1
    return 1 + limit * -np.expm1(-growth / limit)
