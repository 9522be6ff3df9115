"""The state that the steps are folded over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

import numpy as np

from hudnal.outcome.aftermath import Aftermath
from hudnal.outcome.infection import Hygiene
from hudnal.outcome.marks import Marks
from hudnal.outcome.redness import Reaction
from hudnal.outcome.risks import Hazards
from hudnal.outcome.vitamin_a import VitaminA
from hudnal.parameters import Draws
from hudnal.puncture import Holes
from hudnal.puncture.contacts import TRACE
from hudnal.skin import Skin
from hudnal.tissue import Tissue, Wound
from hudnal.transport import BareSkin, Channels, Closure, Depot, Measures, OpenSkin


@dataclass(frozen=True)
class Surface:
    """What lies on the skin, apart from the compounds themselves."""

    cover: str = "none"  # none, petrolatum, airtight
    cover_until: float = 0.0  # h
    petrolatum_at: float | None = None  # h, when it was last spread
    hydration: np.ndarray | float = 0.0  # 0-1, of the corneum, (draw,)
    wet_until: float = 0.0  # h, how long a cream lies open on it
    narrowing_at: float | None = None  # h, when a cream that narrows vessels came
    soothed_until: float = 0.0  # h, how long a drug against inflammation is at work
    serums: tuple[str, ...] = ()  # products on the skin that are not sterile


@dataclass(frozen=True)
class Session:
    """What one session adds up to. Arrays (draw,) unless said."""

    hurt: np.ndarray  # share of the dermis
    heat: np.ndarray  # part of it by heat
    acid: np.ndarray  # part of it by acid or grinding
    punctured: np.ndarray  # share of the surface
    deep: np.ndarray  # share of holes that reach the dermis
    infection: np.ndarray  # hazard so far
    bloodborne: np.ndarray
    granuloma: np.ndarray
    rolled: bool = False
    punctures: float = 0.0  # of each needle so far, in this session and before it
    lingering: np.ndarray | None = None  # needles whose pain lingers
    needled: Wound | None = None  # all of its holes so far
    resurfaced: int = 0  # peels and lasers so far
    carried: Mapping[str, np.ndarray] = field(
        default_factory=dict
    )  # CFU by source; after the session later ones too

    @staticmethod
    def begin(draws: int) -> Session:
        """Nothing yet."""
        zero = np.zeros(draws)
        return Session(zero, zero, zero, zero, zero, zero, zero, zero)


@dataclass(frozen=True)
class Strokes:
    """What each stroke of the first session did. Arrays (draw, stroke)."""

    drops: np.ndarray  # 1/cm2, visible since the last wiping
    covered: np.ndarray  # share of the skin under them
    pain: np.ndarray  # 0-10
    pain_without_cream: np.ndarray
    push: np.ndarray  # N, with which the hand must push a roller along
    time: np.ndarray  # h, (stroke,)
    round: np.ndarray  # int, (stroke,)
    trace: np.ndarray  # (TRACE, moment) of one pass of the first step that rolls, first draw

    @staticmethod
    def none(draws: int) -> Strokes:
        """No stroke yet."""
        empty = np.zeros((draws, 0))
        return Strokes(
            empty, empty, empty, empty, empty, np.zeros(0), np.zeros(0, np.int64), np.zeros((len(TRACE), 0))
        )

    @staticmethod
    def side_by_side(parts: list[Strokes]) -> Strokes:
        """The draws of several blocks as one; times and rounds are the same in all."""
        first = parts[0]
        arrays = {f.name: getattr(first, f.name) for f in fields(Strokes)}
        for name, values in arrays.items():
            if values.ndim == 2 and name != "trace":
                arrays[name] = np.concatenate([getattr(part, name) for part in parts])
        return Strokes(**arrays)

    def then(self, more: Strokes) -> Strokes:
        """These strokes and those after them."""
        joined = {
            f.name: np.concatenate([getattr(self, f.name), getattr(more, f.name)], axis=-1)
            for f in fields(self)
        }
        return Strokes(**{**joined, "trace": self.trace if self.trace.size else more.trace})


@dataclass(frozen=True)
class State:
    """Everything that the course knows of the skin at one moment."""

    time: float  # h
    skin: Skin
    holes: Holes  # of the running session
    closure: Closure
    ways: Channels  # the holes that closure counts, as they were made
    bare: BareSkin  # skin whose corneum a peel or laser took
    measures: Measures  # when each instrument called the holes closed
    depots: Mapping[str, Depot]
    plasma: Mapping[str, np.ndarray]  # ug/mL
    tissue: Tissue
    reaction: Reaction
    aftermath: Aftermath
    dark_marks: Marks
    bruises: Marks
    hazards: Hazards
    hygiene: Hygiene
    surface: Surface
    session: Session
    strokes: Strokes
    cut: np.ndarray  # share of tethers gone
    bundles: np.ndarray  # share of old collagen in bundles that needles cut
    vitamin_a: VitaminA
    notes: Mapping[str, np.ndarray] = field(default_factory=dict)  # quantities that a session leaves

    @staticmethod
    def before(skin: Skin, draws: Draws) -> State:
        """Untouched skin at time 0."""
        n = draws.n
        zero = np.zeros(n)
        return State(
            time=0.0,
            skin=skin,
            holes=Holes.none(1.0, n),
            closure=Closure.none(n),
            ways=Channels.none(n),
            bare=BareSkin.none(n),
            measures=Measures.none(n),
            depots={},
            plasma={},
            tissue=Tissue.of(skin, draws),
            reaction=Reaction.of(skin, draws),
            aftermath=Aftermath.of(draws),
            dark_marks=Marks.of("pigment", skin, draws),
            bruises=Marks.of("bruise", skin, draws),
            hazards=Hazards.none(n),
            hygiene=Hygiene.unprepared(draws),
            surface=Surface(),
            session=Session.begin(n),
            strokes=Strokes.none(n),
            cut=zero,
            bundles=zero,
            vitamin_a=VitaminA.none(n),
        )

    @property
    def paths(self) -> Channels:
        """The holes as ways in now."""
        return replace(self.ways, open_share=self.closure.lumen)

    @property
    def openings(self) -> OpenSkin:
        """What there is to see of holes and bare skin."""
        ways, closure = self.ways, self.closure
        return OpenSkin(ways.density, ways.mean_width, closure.barrier, closure.lumen, self.bare.share)

    def measured(self, draws: Draws) -> Measures:
        """What the instruments have told of the holes of the last needles."""
        return self.measures.restart_after_needling(self.closure.since, self.openings, draws)

    def cover_now(self) -> str:
        """The cover that still holds."""
        return self.surface.cover if self.time < self.surface.cover_until else "none"

    def soothed_now(self) -> bool:
        """Whether a drug against inflammation is still at work."""
        return self.time < self.surface.soothed_until

    def on_surface(self, **changes: object) -> State:
        """With a changed surface."""
        return replace(self, surface=replace(self.surface, **changes))  # type: ignore[arg-type]

    def in_session(self, **changes: object) -> State:
        """With changed sums of the session."""
        return replace(self, session=replace(self.session, **changes))  # type: ignore[arg-type]
