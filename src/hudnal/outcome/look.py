"""What there is to look at: the skin at one time, and a whole course at its end. `course/` makes both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.outcome.aftermath import Aftermath
from hudnal.outcome.ageing import Matrix
from hudnal.outcome.marks import Marks
from hudnal.outcome.redness import Reaction
from hudnal.outcome.relief import Filling, Relief, Shape
from hudnal.outcome.risks import Hazards
from hudnal.outcome.sessions import FirstSession, LastSession, Strokes
from hudnal.outcome.vitamin_a import VitaminA
from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.tissue import Tissue
from hudnal.transport import BareSkin, Channels, Closure, Depot, Measures, OpenSkin
from hudnal.units import PERCENT


@dataclass(frozen=True)
class Look:
    """The skin at one time, as far as anything is read off it; arrays (draw,)."""

    time: float  # h from the start of the first session
    draws: Draws
    skin: Skin
    tissue: Tissue
    channels: Channels  # the holes as they were made
    closure: Closure
    bare: BareSkin
    open_skin: OpenSkin
    measures: Measures
    reaction: Reaction
    aftermath: Aftermath
    dark_marks: Marks
    bruises: Marks
    vitamin_a: VitaminA
    cover: str  # none, petrolatum, airtight
    petrolatum_hours: float | None  # since petrolatum was last spread
    numb_depth: PerDraw  # mm
    depots: Mapping[str, Depot]  # by compound
    plasma: Mapping[str, PerDraw]  # ug/mL, by compound
    tethers_cut: PerDraw  # share of a scar's tethers that are gone
    reliefs: Sequence[Relief]  # the membrane over each scar, the main one first

    @cached_property
    def signal(self) -> PerDraw:
        """Inflammatory signal, share of the dermis, (draw,)."""
        return self.tissue.mean("signal")

    @cached_property
    def shape(self) -> Shape:
        """The surface over the main scar now."""
        return self.reliefs[0].find_shape(Filling.of(self.tissue, self.tethers_cut, self.draws))

    @cached_property
    def collagen_at_start(self) -> PerDraw:
        """All collagen that there was before the course, against young skin, (draw,)."""
        return self.tissue.start_of("collagen_i") + self.tissue.start_of("collagen_iii")

    @cached_property
    def collagen_change(self) -> PerDraw:
        """Change of all collagen against the start, %, (draw,)."""
        return self.change_of("collagen_i", "collagen_iii")

    @cached_property
    def healthy_collagen_change(self) -> PerDraw:
        """Change of collagen that lies as in healthy skin against the start, %, (draw,)."""
        return PERCENT * self.tissue.collagen_gained() / self.collagen_at_start

    @cached_property
    def matrix(self) -> Matrix:
        """What makes skin firmer and smoother: fibres that lie as in a scar do not."""
        tissue = self.tissue
        start = {name: tissue.start_of(name) for name in ("elastin_old", "elastin_new", "epidermis")}
        elastin = start["elastin_old"] + start["elastin_new"]
        return Matrix(
            collagen=self.healthy_collagen_change / PERCENT,
            elastin_new=(tissue.mean("elastin_new") - start["elastin_new"]) / elastin,
            epidermis=tissue.mean("epidermis") / start["epidermis"] - 1,
        )

    def change_of(self, *fields: str) -> PerDraw:
        """Change of the sum of these fields of the tissue against the start, %."""
        zero = np.zeros(self.draws.n)
        now = sum((self.tissue.mean(name) for name in fields), zero)
        start = sum((self.tissue.start_of(name) for name in fields), zero)
        return PERCENT * (now / start - 1)


@dataclass(frozen=True)
class Ending:
    """A course at its end. Arrays (draw,), or (time, draw)."""

    last: Look
    times: Float[Array, " time"]  # h
    looks: Sequence[Mapping[str, PerDraw]]  # the series at each time
    session_starts: Sequence[float]  # h
    session_ends: Sequence[float]  # h
    hazards: Hazards
    strokes: Strokes  # of the first session
    first: FirstSession
    latest: LastSession | None  # None where no session ended
    worst_pain: PerDraw | None  # 0-10; None where nothing hurt
    worst_pain_without_cream: PerDraw | None
    bundles_cut: PerDraw  # share of old collagen in bundles
    particles: Mapping[str, PerDraw]  # ug/cm2 that came into the dermis, by kind
    methaemoglobin: PerDraw | None  # %, the most by prilocaine beyond the usual; None without it
    # What there is to see of the concern: the share of it that is gone; None where there is none.
    seen_share: Callable[[Ending], PerDraw | None]

    @property
    def draws(self) -> Draws:
        """The draws of what is not known."""
        return self.last.draws

    def series(self, name: str) -> Float[Array, "time draw"]:
        """A series over time, (time, draw); 0 before a compound's first use."""
        zero = np.zeros(self.draws.n)
        return np.stack([look.get(name, zero) for look in self.looks])

    def at_end(self, name: str) -> PerDraw:
        """A series at the end of the course, (draw,)."""
        return self.looks[-1][name]

    def at_start(self, name: str) -> PerDraw:
        """A series before anything was done, (draw,)."""
        return self.looks[0][name]

    def index_at(self, time: float) -> int:
        """Index of the first look at or after `time` h."""
        return int(np.searchsorted(self.times, time - 1e-9))
