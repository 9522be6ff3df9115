"""The record of a course while it runs: series look by look, and what its end leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.outcome.relief import Shape
from hudnal.outcome.sessions import Strokes
from hudnal.puncture import Holes
from hudnal.tissue import Tissue


@dataclass(frozen=True)
class Remains:
    """What the end of a course leaves of one batch of draws, beside its series."""

    quantities: Mapping[str, PerDraw]
    strokes: Strokes  # of the first session
    holes: Holes  # of the last session
    tissue: Tissue  # with all that it went through
    layers: Mapping[str, PerDraw]  # thickness of the skin's layers and depth of the plexus, mm
    scars: Sequence[tuple[Shape, Shape]]  # the surface over each scar, before and after


@dataclass
class Record:
    """Series that grow by one look at a time, and in the end what remains."""

    draws: int
    times: list[float] = field(default_factory=list)  # h
    looks: list[dict[str, PerDraw]] = field(default_factory=list)
    session_ends: list[float] = field(default_factory=list)  # h
    remains: Remains | None = None
    control: Mapping[str, PerDraw] | None = None  # quantities of the same course without needles

    def add_look(self, time: float, seen: dict[str, PerDraw]) -> None:
        """Keep what is seen at `time` h. Looks at the same moment follow each other: a step is a jump."""
        self.times.append(time)
        self.looks.append(seen)

    def series(self, name: str) -> Float[Array, "time draw"]:
        """A series over time; 0 before a compound's first use."""
        zero = np.zeros(self.draws)
        return np.stack([look.get(name, zero) for look in self.looks])

    def names(self) -> list[str]:
        """Names of every series that was seen, in the order of first sight."""
        names: dict[str, None] = {}
        for look in self.looks:
            names |= dict.fromkeys(look)
        return list(names)

    @property
    def whole(self) -> Remains:
        """What remains. Raises ValueError for a course that has not ended."""
        if self.remains is None:
            raise ValueError("the course has not come to its end")
        return self.remains

    @staticmethod
    def join(parts: Sequence[Record]) -> Record:
        """The draws of several batches as one; the sample area's holes and the tissue are the first batch's."""
        if len(parts) == 1:
            return parts[0]
        first = parts[0]
        ends = [part.whole for part in parts]
        remains = Remains(
            quantities=_join_by_name([end.quantities for end in ends]),
            strokes=Strokes.join_batches([end.strokes for end in ends]),
            holes=ends[0].holes,
            tissue=ends[0].tissue,
            layers=_join_by_name([end.layers for end in ends]),
            scars=[
                (Shape.join([b for b, _ in same]), Shape.join([a for _, a in same]))
                for same in zip(*(end.scars for end in ends), strict=True)
            ],
        )
        looks = [_join_by_name([part.looks[i] for part in parts]) for i in range(len(first.looks))]
        controls = [part.control for part in parts if part.control is not None]
        control = _join_by_name(controls) if controls else None
        return Record(sum(p.draws for p in parts), first.times, looks, first.session_ends, remains, control)


def _join_by_name(parts: Sequence[Mapping[str, Float[Array, " _draw"]]]) -> dict[str, Float[Array, " _draw"]]:
    """The draws of several batches side by side, by name."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
