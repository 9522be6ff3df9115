"""The treatments that ship with the package."""

from __future__ import annotations

from importlib import resources

_ORDER = (
    "classic", "pen-face", "acne-scars", "darker-skin", "beard", "surgical-scar", "stretch-marks", "home",
    "home-half-mm", "too-hard",
)  # fmt: skip


def list_presets() -> list[str]:
    """Names of the treatments that ship with the package; the first is the default.

    >>> import hudnal
    >>> hudnal.list_presets()[0]
    'classic'
    """
    return list(_ORDER)


def read_preset(name: str) -> str:
    """The YAML of a preset. Raises KeyError for an unknown name."""
    if name not in _ORDER:
        raise KeyError(name)
    return (resources.files("hudnal.treatment.presets") / f"{name}.yaml").read_text(encoding="utf-8")
