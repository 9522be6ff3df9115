"""The range of the relation between size, lipophilicity and permeability."""

from __future__ import annotations

_LOG_KOW = (-3.0, 6.0)
_MOLAR_MASS = (18.0, 500.0)  # g/mol


def outside_range(log_kow: float, molar_mass: float) -> list[str]:
    """Which of `log_kow` and `molar_mass` lie outside the range of the relation; empty within it."""
    read = {"log_kow": (log_kow, _LOG_KOW), "molar_mass": (molar_mass, _MOLAR_MASS)}
    return [name for name, (value, (low, high)) in read.items() if not low <= value <= high]
