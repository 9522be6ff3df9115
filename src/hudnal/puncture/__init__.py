"""Contact, force and tension become holes; the vessels they meet become blood."""

from hudnal.puncture.bleeding import bleed
from hudnal.puncture.contacts import Contacts, Ride
from hudnal.puncture.dent import Ground, Layers
from hudnal.puncture.holes import Holes, punch
from hudnal.puncture.insertion import Crowd, NeedleLaw, needle_law
from hudnal.puncture.pressing import pen_law, press, stamp_law, strike
from hudnal.puncture.rolling import drum_law, lead_of, roll

__all__ = [
    "Contacts",
    "Crowd",
    "Ground",
    "Holes",
    "Layers",
    "NeedleLaw",
    "Ride",
    "bleed",
    "drum_law",
    "lead_of",
    "needle_law",
    "pen_law",
    "press",
    "punch",
    "roll",
    "stamp_law",
    "strike",
]
