"""Contact, force and tension become holes; the vessels they meet become blood."""

from hudnal.puncture.bleeding import add_blood, add_blood_and_look
from hudnal.puncture.contacts import Contacts, Ride
from hudnal.puncture.dent import ElasticLayers, Ground
from hudnal.puncture.dragging import Drag
from hudnal.puncture.holes import Holes, punch_holes
from hudnal.puncture.insertion import Crowd, NeedleLaw, derive_needle_law
from hudnal.puncture.pressing import derive_pen_law, derive_stamp_law, drive_pen, press_stamp
from hudnal.puncture.rolling import derive_drum_law, lead_length, roll_drum

__all__ = [
    "Contacts",
    "Crowd",
    "Drag",
    "ElasticLayers",
    "Ground",
    "Holes",
    "NeedleLaw",
    "Ride",
    "add_blood",
    "add_blood_and_look",
    "derive_drum_law",
    "derive_needle_law",
    "derive_pen_law",
    "derive_stamp_law",
    "drive_pen",
    "lead_length",
    "press_stamp",
    "punch_holes",
    "roll_drum",
]
