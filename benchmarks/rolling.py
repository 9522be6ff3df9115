"""What a rolled area costs: time by number of contacts, memory, and the face of 300 cm2 with 64 draws beside it.

    make bench

Each size runs in a process of its own, so that its peak of memory is its own. What should hold: time grows in
proportion to the contacts, 10^6 of them take less than 1 GB, and the face with its draws less than 3 s on 2 cores.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

import numpy as np

from hudnal.units import MM2_PER_CM2

STROKES, FORCE = 15, 5.0  # N
SIZES_CM2 = (44, 436, 4363)  # about 10^4, 10^5 and 10^6 contacts of the medical roller
FACE_CM2, DRAWS, SIDE = 300, 64, 10.0  # mm
MOST_SECONDS, MOST_MB = 3, 1000


def rolled(area: float, draws: int, side: float | None = None) -> tuple[float, int, int]:
    """Seconds, contacts and holes of strokes over `area` cm2, or a sample area of `side` mm of it, compiled already."""
    from hudnal.instrument import Drum, Roller, build_from_catalogue, lay_passes
    from hudnal.parameters import Draws
    from hudnal.puncture import (
        ElasticLayers,
        Ground,
        Holes,
        derive_drum_law,
        lead_length,
        punch_holes,
        roll_drum,
    )
    from hudnal.puncture.dragging import Drag
    from hudnal.skin import Lesion, Person, Skin
    from hudnal.skin.field import SkinField

    sample = Draws(draws, 1)
    skin = Skin.at("cheek", Person(), Lesion.none(sample), sample)
    roller = build_from_catalogue("dermaroller-mf8", sample)
    assert isinstance(roller, Roller)
    force = np.full((draws, STROKES), FORCE)
    headings = np.resize(np.deg2rad([0, 180, 90, 270, 45, 225]), STROKES)
    before = time.perf_counter()
    for width in (1.0, side if side is not None else np.sqrt(area * MM2_PER_CM2)):
        # The first round, over a mm2, compiles or loads what is compiled.
        before = time.perf_counter()
        rng = np.random.default_rng(1)
        law, strip = derive_drum_law(
            roller, skin, Ground(ElasticLayers.of(skin, skin.tension, sample)), force[:, 0], sample
        )
        passes = lay_passes(roller, headings, width, width, sample, rng, lead_length(strip))
        drum = Drum.of(roller, sample, rng)
        contacts, _ = roll_drum(drum, law, strip, passes, force, sample["instruments.hand.speed"])
        field = SkinField.of(sample["skin.layers.variation_length"], rng)
        drag = Drag(roller, speed=sample.value("instruments.hand.speed"))
        holes = punch_holes(Holes.none(width, draws), contacts, STROKES, law, skin, field, drag)
    return time.perf_counter() - before, contacts.count, holes.x.size


def alone(*arguments: str) -> dict[str, float]:
    """The same in a process of its own: seconds, contacts, holes, peak MB."""
    done = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def main() -> None:
    """Print the table, and end with 1 if a bound is passed."""
    if len(sys.argv) > 1:
        area, draws = float(sys.argv[1]), int(sys.argv[2])
        side = float(sys.argv[3]) if len(sys.argv) > 3 else None
        seconds, contacts, holes = rolled(area, draws, side)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "contacts": contacts, "holes": holes, "mb": peak}))
        return
    found = [alone(str(area), "1") for area in SIZES_CM2]
    for each in found:
        print("{contacts:9.0f} contacts  {holes:9.0f} holes  {seconds:6.2f} s  {mb:5.0f} MB".format(**each))
    each_one = [f["seconds"] / f["contacts"] for f in found]
    print(f"time of a contact at 10^6 over that at 10^5: {each_one[2] / each_one[1]:.2f}")
    face, draws = alone(str(FACE_CM2), "1"), alone(str(FACE_CM2), str(DRAWS), str(SIDE))
    seconds = face["seconds"] + draws["seconds"]
    print(
        f"face of {FACE_CM2} cm2 {face['seconds']:.2f} s, {DRAWS} draws on a sample area {draws['seconds']:.2f} s"
    )
    if seconds > MOST_SECONDS or found[-1]["mb"] > MOST_MB:
        sys.exit(f"more than {MOST_SECONDS} s or {MOST_MB} MB")


if __name__ == "__main__":
    main()
