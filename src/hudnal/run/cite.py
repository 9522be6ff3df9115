"""The sources that a run used: of one on disk, or of a treatment run with one draw."""

from __future__ import annotations

import json
from pathlib import Path

from hudnal.course.simulate import simulate
from hudnal.store.files import OutputFault, is_file, is_folder


def find_sources(source: str) -> list[str]:
    """Keys of the references behind a run's folder, a treatment's file or a preset.

    Raises OutputFault for a folder whose summary cannot be read, and TreatmentError.
    """
    summary = Path(source) / "summary.json"
    if not (is_folder(Path(source)) and is_file(summary)):
        return simulate(source, draws=1, keep=()).sources
    try:
        return list(json.loads(summary.read_text(encoding="utf-8"))["sources"])
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise OutputFault("not_a_run", path=source) from fault
