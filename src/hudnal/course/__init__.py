"""`simulate`: a treatment folded over the skin; read `simulate.py` first."""

from hudnal.course.compare import compare
from hudnal.course.course import Course
from hudnal.course.interval import interval
from hudnal.course.load import load
from hudnal.course.simulate import simulate

__all__ = ["Course", "compare", "interval", "load", "simulate"]
