"""The treatments that ship with the package."""

from __future__ import annotations

from importlib import resources

_ORDER = ("classic", "home", "acne-scars", "surgical-scar", "stretch-marks", "too-hard")


def preset_names() -> list[str]:
    """Their names; the first is the default."""
    return list(_ORDER)


def preset_text(name: str) -> str:
    """The YAML of a preset. Raises KeyError for an unknown name."""
    if name not in _ORDER:
        raise KeyError(name)
    return (resources.files("hudnal.treatment.presets") / f"{name}.yaml").read_text(encoding="utf-8")
