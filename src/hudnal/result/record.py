"""What was seen in a course: series over time, strokes of the first session, quantities, one patch of holes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hudnal.course.state import State, Strokes
from hudnal.outcome.relief import Shape
from hudnal.puncture import Holes
from hudnal.tissue import Tissue


@dataclass
class Seen:
    """A record that grows by one look at a time."""

    draws: int
    times: list[float] = field(default_factory=list)
    looks: list[dict[str, np.ndarray]] = field(default_factory=list)
    quantities: dict[str, np.ndarray] = field(default_factory=dict)
    strokes: Strokes | None = None
    holes: Holes | None = None
    layers: dict[str, np.ndarray] = field(default_factory=dict)  # mm, (draw,)
    ends: list[float] = field(default_factory=list)  # h, of the sessions
    tissue: Tissue | None = None  # at the end, with all that it went through
    scars: list[tuple[Shape, Shape]] = field(default_factory=list)  # each before and after

    def look(self, time: float, seen: dict[str, np.ndarray]) -> None:
        """Keep what is seen at `time` h. Looks at the same moment follow each other: a step is a jump."""
        self.times.append(time)
        self.looks.append(seen)

    def finish(self, state: State, quantities: dict[str, np.ndarray]) -> None:
        """Keep what the end leaves."""
        self.quantities = quantities
        self.strokes = state.strokes
        self.holes = state.holes
        self.tissue = state.tissue
        skin = state.skin
        self.layers = {
            "corneum": skin.corneum,
            "epidermis": skin.epidermis,
            "dermis": skin.dermis,
            "plexus": skin.plexus_depth,
        }

    def series(self, name: str) -> np.ndarray:
        """(time, draw); 0 before a compound's first use."""
        zero = np.zeros(self.draws)
        return np.stack([look.get(name, zero) for look in self.looks])

    def names(self) -> list[str]:
        """Every series that was seen, in the order of first sight."""
        names: dict[str, None] = {}
        for look in self.looks:
            names |= dict.fromkeys(look)
        return list(names)

    def after(self, time: float) -> int:
        """Index of the first look at or after `time` h."""
        return int(np.searchsorted(self.times, time - 1e-9))

    @staticmethod
    def joined(parts: list[Seen]) -> Seen:
        """The draws of several blocks as one; the patch of holes and the tissue are the first block's."""
        if len(parts) == 1:
            return parts[0]
        first = parts[0]
        assert first.strokes is not None
        looks = [
            {name: np.concatenate([p.looks[i][name] for p in parts]) for name in look}
            for i, look in enumerate(first.looks)
        ]
        strokes = [p.strokes for p in parts if p.strokes is not None]
        return Seen(
            draws=sum(p.draws for p in parts),
            times=first.times,
            looks=looks,
            quantities={n: np.concatenate([p.quantities[n] for p in parts]) for n in first.quantities},
            strokes=Strokes.side_by_side(strokes),
            holes=first.holes,
            layers={n: np.concatenate([p.layers[n] for p in parts]) for n in first.layers},
            ends=first.ends,
            tissue=first.tissue,
            scars=[
                (Shape.joined([b for b, _ in same]), Shape.joined([a for _, a in same]))
                for same in zip(*(p.scars for p in parts), strict=True)
            ],
        )
