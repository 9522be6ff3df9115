"""Roller, pen, stamp: their geometry, real ones, and where and when their needles meet the skin."""

from hudnal.instrument.catalogue import catalogue_names, from_catalogue
from hudnal.instrument.drum import Drum
from hudnal.instrument.geometry import Instrument, Needle, Pen, Roller, Stamp
from hudnal.instrument.places import Places, pen_places, stamp_places
from hudnal.instrument.strokes import Passes, passes_over

__all__ = [
    "Drum",
    "Instrument",
    "Needle",
    "Passes",
    "Pen",
    "Places",
    "Roller",
    "Stamp",
    "catalogue_names",
    "from_catalogue",
    "passes_over",
    "pen_places",
    "stamp_places",
]
