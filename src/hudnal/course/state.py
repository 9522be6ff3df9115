"""The state that the steps are folded over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from hudnal.arrays import Array, Bool, PerDraw
from hudnal.instrument.use import InstrumentState
from hudnal.outcome.aftermath import Aftermath
from hudnal.outcome.infection import Hygiene
from hudnal.outcome.marks import Marks
from hudnal.outcome.redness import Reaction
from hudnal.outcome.risks import Hazards
from hudnal.outcome.sessions import FirstSession, LastSession, Strokes
from hudnal.outcome.vitamin_a import VitaminA
from hudnal.parameters import Draws
from hudnal.puncture import Holes
from hudnal.skin import Skin
from hudnal.tissue import Tissue, Wound
from hudnal.transport import BareSkin, Channels, Closure, Depot, Measures, OpenSkin
from hudnal.transport.blood import Methaemoglobin


@dataclass(frozen=True)
class Surface:
    """What lies on the skin, apart from the compounds themselves."""

    cover: str = "none"  # none, petrolatum, airtight
    cover_until: float = 0.0  # h
    petrolatum_at: float | None = None  # h, when it was last spread
    hydration: PerDraw | float = 0.0  # 0-1, of the corneum
    wet_until: float = 0.0  # h, how long a cream lies open on it
    cream_until: float | None = None  # h, when a numbing cream is wiped off; None where none waits for it
    under_ointment: bool = False  # whether what lies wet on it holds water back
    narrowing: tuple[str, ...] = ()  # compounds of creams that narrow vessels
    widening: PerDraw | float = (
        0.0  # 0-1, how far vessels were narrowed, which widens them once the drug has gone
    )
    flow: PerDraw | float = 1.0  # of the skin's blood against rest, by creams
    soothed_until: float = 0.0  # h, how long a drug against inflammation is at work
    foreign: tuple[str, ...] = ()  # products on the skin that are not sterile
    particles: Mapping[str, PerDraw] = field(default_factory=dict)  # ug/cm2 on the skin, by kind
    protection: PerDraw | None = None  # by which a sunscreen divides the sun's ultraviolet
    is_tinted: bool = False  # whether it stops visible light as well
    protected_until: PerDraw | float = 0.0  # h


@dataclass(frozen=True)
class Session:
    """What one session adds up to."""

    hurt: PerDraw  # share of the dermis
    heat: PerDraw  # part of it by heat
    acid: PerDraw  # part of it by acid or grinding
    punctured: PerDraw  # share of the surface
    deep: PerDraw  # share of holes that reach the dermis
    taken_off: PerDraw  # part of the opened surface where skin was taken off and not parted
    infection: PerDraw  # hazard so far
    bloodborne: PerDraw
    granuloma: PerDraw
    pressed: PerDraw  # N with which drum, nose or plate lay on the skin, in the step that pressed hardest
    # Share of the surface whose dermis a peel or laser bared as a sheet; None without.
    bared: PerDraw | None = None
    rolled: bool = False
    kits: Mapping[str, PerDraw] = field(
        default_factory=dict
    )  # instruments that went into the skin: 1, or 0 where not
    met: PerDraw | float = 0.0  # needles that met each mm2 so far, 1/mm2
    stopped: Bool[Array, " draw"] | None = None  # whether the endpoint of the running strokes has shown
    lingering: PerDraw | None = None  # needles whose pain lingers
    needled: Wound | None = None  # all of its holes so far
    resurfaced: int = 0  # peels and lasers so far
    # Whether anything unsterile went under the needles: a used instrument, a product.
    unclean: Bool[Array, " draw"] | bool = False
    # Ways of anaesthesia other than cream, and until when each acts, h.
    numbed: Mapping[str, PerDraw] = field(default_factory=dict)
    # CFU by source; after the session what comes in later too.
    carried: Mapping[str, PerDraw] = field(default_factory=dict)

    @staticmethod
    def begin(draws: int) -> Session:
        """A session in which nothing has been done."""
        zero = np.zeros(draws)
        return Session(zero, zero, zero, zero, zero, zero, zero, zero, zero, zero)


@dataclass(frozen=True)
class State:
    """Everything that the course knows of the skin at one moment."""

    time: float  # h
    holes: Holes  # of the running session
    holes_before: Holes  # of the last session before it that had any
    closure: Closure
    channels: Channels  # the holes that closure counts, as they were made
    bare: BareSkin  # skin whose corneum a peel or laser took
    measures: Measures  # when each instrument called the holes closed
    depots: Mapping[str, Depot]
    plasma: Mapping[str, PerDraw]  # ug/mL
    injected: Mapping[str, PerDraw]  # ug that lie at nerves, by compound
    methaemoglobin: Methaemoglobin
    tissue: Tissue
    reaction: Reaction
    aftermath: Aftermath
    dark_marks: Marks
    bruises: Marks
    hazards: Hazards
    hygiene: Hygiene
    instruments: Mapping[str, InstrumentState]  # what each instrument in use remembers, by kit
    surface: Surface
    session: Session
    strokes: Strokes  # of the first session
    first: FirstSession
    latest: LastSession | None
    worst_pain: PerDraw | None  # 0-10 so far; None where nothing has hurt
    worst_pain_without_cream: PerDraw | None
    tethers_cut: PerDraw  # share of a scar's tethers gone
    bundles_cut: PerDraw  # share of old collagen in bundles that needles cut
    vitamin_a: VitaminA
    particles: Mapping[str, PerDraw] = field(default_factory=dict)  # ug/cm2 in the dermis, by kind

    @staticmethod
    def before(skin: Skin, draws: Draws) -> State:
        """Untouched skin at time 0."""
        n = draws.n
        zero = np.zeros(n)
        return State(
            time=0.0,
            holes=Holes.none(1.0, n),
            holes_before=Holes.none(1.0, n),
            closure=Closure.none(n),
            channels=Channels.none(n),
            bare=BareSkin.none(n),
            measures=Measures.none(n),
            depots={},
            plasma={},
            injected={},
            methaemoglobin=Methaemoglobin.none(n),
            tissue=Tissue.of(skin, draws),
            reaction=Reaction.of(skin, draws),
            aftermath=Aftermath.of(draws),
            dark_marks=Marks.of("pigment", skin, draws),
            bruises=Marks.of("bruise", skin, draws),
            hazards=Hazards.none(n),
            hygiene=Hygiene.unprepared(draws),
            instruments={},
            surface=Surface(),
            session=Session.begin(n),
            strokes=Strokes.none(n),
            first=FirstSession(),
            latest=None,
            worst_pain=None,
            worst_pain_without_cream=None,
            tethers_cut=zero,
            bundles_cut=zero,
            vitamin_a=VitaminA.none(n),
        )

    @property
    def latest_holes(self) -> Holes:
        """The holes of the last session that has made any."""
        return self.holes if self.holes.strokes or not self.holes_before.strokes else self.holes_before

    @property
    def channels_now(self) -> Channels:
        """The holes as ways in now."""
        return replace(self.channels, open_share=self.closure.lumen)

    @property
    def open_skin(self) -> OpenSkin:
        """What there is to see of holes and bare skin."""
        channels, closure = self.channels, self.closure
        return OpenSkin(
            channels.density, channels.mean_width, closure.barrier, closure.lumen, self.bare.share
        )

    @property
    def cover(self) -> str:
        """The cover that still holds."""
        return self.surface.cover if self.time < self.surface.cover_until else "none"

    @property
    def is_soothed(self) -> bool:
        """Whether a drug against inflammation is still at work."""
        return bool(self.time < self.surface.soothed_until)

    def measure_holes(self, draws: Draws) -> Measures:
        """What the instruments have told of the holes of the last needles."""
        return self.measures.restart_after_needling(self.closure.since, self.open_skin, draws)

    def instrument(self, kit: str) -> InstrumentState:
        """What the instrument of that name remembers; one that was not in the hand yet is new."""
        return self.instruments.get(kit) or InstrumentState.new(self.tethers_cut.size)

    def with_surface(self, **changes: object) -> State:
        """The state with a changed surface."""
        return replace(self, surface=replace(self.surface, **changes))  # type: ignore[arg-type]

    def with_session(self, **changes: object) -> State:
        """The state with changed sums of the session."""
        return replace(self, session=replace(self.session, **changes))  # type: ignore[arg-type]

    def with_pain(self, pain: PerDraw, without_cream: PerDraw) -> State:
        """The state after pain 0-10, (draw,), of which the worst is remembered."""
        zero = np.zeros_like(pain)
        worst = zero if self.worst_pain is None else self.worst_pain
        worst_without = zero if self.worst_pain_without_cream is None else self.worst_pain_without_cream
        return replace(
            self,
            worst_pain=np.maximum(worst, pain),
            worst_pain_without_cream=np.maximum(worst_without, without_cream),
        )

    def with_numbness(self, depth: PerDraw, share: PerDraw | None = None) -> State:
        """The state in which the first injury found the skin numb down to `depth` mm, over `share` of its way."""
        first = self.first
        return replace(
            self,
            first=replace(
                first,
                numb_depth=depth if first.numb_depth is None else first.numb_depth,
                numb_share=share if first.numb_share is None else first.numb_share,
            ),
        )
