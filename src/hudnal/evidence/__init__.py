"""Published figures beside what the model says: cases, comparing, the plot."""

from hudnal.evidence.case import Case, load_cases
from hudnal.evidence.compare import Result, run_cases

__all__ = ["Case", "Result", "load_cases", "run_cases"]
