"""The walk of a treatment: every function that is handed the treatment itself, in the order of calls, room by room.

`python docs/walk.py [PRESET]` simulates it with one draw and prints the walk that docs/tour.md shows.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path
from types import FrameType

import hudnal
from hudnal.intake.treatment import Treatment

SOURCE = Path(hudnal.__file__).parent


def trace_walk(preset: str) -> list[tuple[str, str]]:
    """File and function of each call that has a Treatment among its arguments, in order, each function once."""
    steps: dict[tuple[str, str], None] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(str(SOURCE)) or code.co_name.startswith("<"):
            return
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        handed = any(type(frame.f_locals.get(name)) is Treatment for name in names if name != "self")
        if handed or code.co_name in ("load", "simulate"):
            steps[str(Path(code.co_filename).relative_to(SOURCE)), code.co_name] = None

    sys.setprofile(note)
    try:
        hudnal.simulate(hudnal.load(preset), draws=1, keep=())
    finally:
        sys.setprofile(None)
    return list(steps)


def main() -> None:
    """Print the walk, one room a line."""
    walk = trace_walk(sys.argv[1] if len(sys.argv) > 1 else "classic")
    for room, steps in groupby(walk, key=lambda step: step[0].split("/")[0]):
        print(f"{room}: " + ", ".join(f"{Path(file).stem}.{name}" for file, name in steps))


if __name__ == "__main__":
    main()
