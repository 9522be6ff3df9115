"""Roller, pen, stamp: their geometry, real ones, and where their needles meet the skin."""

from hudnal.instrument.catalogue import catalogue_names, from_catalogue
from hudnal.instrument.contacts import Contacts, pen_contacts, roller_contacts, stamp_contacts
from hudnal.instrument.geometry import Instrument, Needle, Pen, Roller, Stamp

__all__ = [
    "Contacts",
    "Instrument",
    "Needle",
    "Pen",
    "Roller",
    "Stamp",
    "catalogue_names",
    "from_catalogue",
    "pen_contacts",
    "roller_contacts",
    "stamp_contacts",
]
