"""Published figures beside what the model says: cases, forecasts, how they fared, the fit."""

from hudnal.evidence.case import Case
from hudnal.evidence.case_file import load_cases, read_cases
from hudnal.evidence.forecast import Forecast, run_cases

__all__ = ["Case", "Forecast", "load_cases", "read_cases", "run_cases"]
