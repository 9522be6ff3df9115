"""Contact, force and tension become holes; the vessels they meet become blood."""

from hudnal.puncture.bleeding import bleed
from hudnal.puncture.holes import Holes, punch
from hudnal.puncture.insertion import Insertion, NeedleLaw, insert, needle_law
from hudnal.puncture.load import Load, load_pen, load_roller, load_stamp

__all__ = [
    "Holes",
    "Insertion",
    "Load",
    "NeedleLaw",
    "bleed",
    "insert",
    "load_pen",
    "load_roller",
    "load_stamp",
    "needle_law",
    "punch",
]
