"""The emulators that the package brings: one for each preset, over the box that `boxes.yaml` gives it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from hudnal.intake.load import load
from hudnal.study.emulator.box import read_box
from hudnal.study.emulator.emulator import Emulator
from hudnal.study.emulator.file import load_emulator
from hudnal.study.emulator.table import Order

_BOXES = "boxes.yaml"
_FOLDER = "learnt"


def list_boxes() -> dict[str, dict[str, Any]]:
    """Each preset's box as words, and over how many settings it is learnt, as `boxes.yaml` has them."""
    home = resources.files("hudnal.study.emulator")
    return yaml.safe_load((home / _BOXES).read_text(encoding="utf-8"))


def make_order(preset: str) -> Order:
    """What the emulator of a preset is learnt from. Raises KeyError for a preset without a box."""
    entry = list_boxes()[preset]
    return Order(load(preset).canonical_text, read_box(entry["over"]), entry["settings"])


def find_file(preset: str) -> Path:
    """Where the package keeps the emulator of a preset, whether it is there or not."""
    return Path(str(resources.files("hudnal.study.emulator") / _FOLDER / f"{preset}.json"))


def list_shipped() -> list[str]:
    """The presets whose emulators the package brings."""
    return [preset for preset in list_boxes() if find_file(preset).is_file()]


def find_emulator(source: str) -> Emulator:
    """The emulator of a file, or of a preset by its name. Raises NoEmulator."""
    return load_emulator(find_file(source) if source in list_shipped() else source)


def is_current(preset: str, emulator: Emulator) -> bool:
    """Whether an emulator was learnt from what would be run today: the same preset, box, parameters and belief."""
    try:
        return make_order(preset).make_digest(emulator.origin.used) == emulator.origin.digest
    except KeyError:  # a parameter that there is no more
        return False
