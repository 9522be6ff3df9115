"""Roller, pen, stamp: their geometry, real ones, and where and when their needles meet the skin."""

from hudnal.instrument.catalogue import build_from_catalogue, list_instruments
from hudnal.instrument.drum import Drum
from hudnal.instrument.geometry import Instrument, Needle, Pen, Roller, Stamp
from hudnal.instrument.pins import Pins
from hudnal.instrument.places import Places, lay_pen_places, lay_stamp_places
from hudnal.instrument.strokes import Passes, lay_passes

__all__ = [
    "Drum",
    "Instrument",
    "Needle",
    "Passes",
    "Pen",
    "Pins",
    "Places",
    "Roller",
    "Stamp",
    "build_from_catalogue",
    "lay_passes",
    "lay_pen_places",
    "lay_stamp_places",
    "list_instruments",
]
