"""The steps of a session and of aftercare: plain data. What a step does to the skin stands in `course/`."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from hudnal.treatment.amount import GivenAmount, WholeAmount
from hudnal.treatment.instrument import Cartridge, Frequency, InstrumentSpec
from hudnal.treatment.made import GivenProduct
from hudnal.treatment.one_of import OneOf
from hudnal.treatment.quantity import Count, Degrees, InUnit, OfMotor, SkinTension
from hudnal.treatment.zone import Zones

Duration = Annotated[float, InUnit("h", 0, 24 * 7, "60 min")]
Span = Annotated[float, InUnit("h", 0, 24 * 366 * 5, "8 week")]
Interval = Annotated[float, InUnit("h", 1, 24 * 366, "1 day")]
Force = Annotated[float, InUnit("N", 0, 60, "5 N", above=True)]
Amount = Annotated[float, InUnit("mg/cm2", 0, 1000, "2 mg/cm2")]  # for each cm2 alone
Given = Annotated[float | WholeAmount, GivenAmount()]  # for each cm2, or for the whole area
Depth = Annotated[float, InUnit("mm", 0, 4, "0.5 mm", above=True)]
Product = Annotated[str, GivenProduct()]  # that is put on: by its name, or by what is in it and how strong
Named = Annotated[str, Field(min_length=1, max_length=80)]  # that has no strength
Endpoint = Literal["pinpoint-bleeding", "even-redness"]  # what shows on the skin that was needled enough


Directions = Annotated[
    tuple[Annotated[float, Degrees("degree", -360, 360, "90")], ...],
    Field(min_length=1, max_length=36, examples=[[0, 90]]),
]


class Step(BaseModel):
    """One thing that is done. `name` is its word in the file.

    The class variables say what the house must know of a kind before anything runs; what it does to the skin, how
    long it takes and what rules say of it stand in `course/steps/`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    name: ClassVar[str]
    needles: ClassVar[bool] = False
    treats: ClassVar[bool] = True  # whether a session of it alone would be worth a run
    takes: ClassVar[tuple[str, ...]] = ()  # kinds of product that it can be done with
    is_agent: ClassVar[bool] = False  # whether `with` names a way of peeling instead
    readies_instrument: ClassVar[bool] = False  # whether it says something of the instrument that comes next
    on: Zones | None = Field(
        default=None, description="zones of the file that it is done on, all of them where left out"
    )
    # Whether it may stand in rounds that end at an endpoint: whoever has reached it gets no more of it, or it does
    # them nothing.
    may_end_early: ClassVar[bool] = False
    opens_skin: ClassVar[bool] = False  # whether it injures: nothing for a small child
    stands_alone: ClassVar[str | None] = (
        None  # the entry whose word may stand for all: `anaesthesia: general`
    )

    @property
    def product(self) -> str | None:
        """The product that it is done with; None for none."""
        return None

    @property
    def in_bare_sun(self) -> bool:
        """Whether the treated skin is in the sun unprotected."""
        return False

    @property
    def instrument_of_another(self) -> bool:
        """Whether an instrument comes from another person."""
        return False


class _StepWithProduct(Step):
    @property
    def product(self) -> str | None:
        """The product that `with` names."""
        return getattr(self, "with_", None)


class _SpreadingStep(Step):
    takes = ("serum", "retinoid", "sunscreen", "make-up")

    @property
    def product(self) -> str | None:
        """The product that is spread."""
        return getattr(self, "what", None)


class Numb(_StepWithProduct):
    """A numbing cream is put on, left `for` hours, under a film if `covered`, and wiped off unless `wiped` says no.

    `amount` is for each cm2, or for the whole area. Wiping leaves a smear that goes on working: needles have to wait
    for `wash`. What goes through cream is told as a danger.
    """

    name = "numb"
    takes = ("numbing",)
    with_: Product = Field(alias="with")
    amount: Given | None = None  # mg/cm2
    for_: Duration = Field(1.0, alias="for")
    covered: bool = True
    wiped: bool = True


class Anaesthesia(Step):
    """Pain is taken by other ways than cream; `anaesthesia: general` says `by` alone, and a block has a `drug`, `dose`.

    Vibration and cooling go on beside the needles. All act until the session ends, a block for an hour or two; its
    `dose`, mg, is what is injected in all.
    """

    name = "anaesthesia"
    treats = False
    stands_alone = "by"
    by: Literal["block", "vibration", "cooling", "general"]
    drug: Literal["lidocaine", "prilocaine"] | None = None
    dose: Annotated[float, InUnit("mg", 0, 2000, "80 mg", above=True)] | None = None

    @model_validator(mode="after")
    def _require_what_fits_the_way(self) -> Anaesthesia:
        if self.by != "block" and (self.drug is not None or self.dose is not None):
            raise PydanticCustomError("hudnal", "{key}", {"key": "dose_without_block", "values": {}})
        if self.by == "general" and self.on is not None:
            raise PydanticCustomError("hudnal", "{key}", {"key": "asleep_everywhere", "values": {}})
        return self

    @property
    def injected(self) -> str | None:
        """The compound that a block injects; None for the other ways."""
        return (self.drug or "lidocaine") if self.by == "block" else None


class Wash(Step):
    """The skin is washed with water and soap, and what lay on it comes off."""

    name = "wash"
    treats = False


class Shave(Step):
    """Hair is shaved off with a razor, wet or `dry`; it takes the top of the horny layer along and nicks the skin."""

    name = "shave"
    treats = False
    dry: bool = False


class Disinfect(_StepWithProduct):
    """The skin is disinfected with an antiseptic."""

    name = "disinfect"
    treats = False
    takes = ("antiseptic",)
    with_: Product = Field("chlorhexidine-alcohol", alias="with")


class Spread(_SpreadingStep):
    """A serum, cream or gel is spread."""

    name = "spread"
    what: Product
    amount: Given | None = None


class Needling(Step):
    """A step with needles: how the skin is held, and the instrument where it is not the treatment's."""

    needles = True
    may_end_early = True
    opens_skin = True
    instrument_kind: ClassVar[str]  # that it is done with: roller, pen or stamp
    skin: Annotated[str | float, SkinTension()] = "relaxed"
    with_: InstrumentSpec | None = Field(None, alias="with")
    until: Endpoint | None = Field(
        None, description="the stroke at which it shows is the last one; the step's count is then the most"
    )

    @property
    @abstractmethod
    def stroke_count(self) -> int:
        """Number of strokes of a roller, passes of a pen, presses of a stamp; with `until` the most of them."""

    @property
    def needle_reach(self) -> float | None:
        """How far the needles are set to reach out, mm; None where they reach as far as they are long."""
        return None


class Roll(Needling):
    """Strokes of a roller, `force` N, in directions in degrees taken in turn; once back and forth is two strokes."""

    name = "roll"
    instrument_kind = "roller"
    back_and_forth: Annotated[int, Count(1, 200)] | None = Field(
        None, description="there and back, in all: 5 is ten strokes, whatever the number of directions"
    )
    strokes: Annotated[int, Count(1, 400)] | None = None
    directions: Directions = (0.0,)
    force: Force = 5.0
    speed: Annotated[float, InUnit("mm/s", 1, 1000, "50 mm/s")] | None = None
    slip: Annotated[float, InUnit("1", 0, 1, "5 %")] = 0.0
    overlap: Annotated[float, InUnit("1", 0, 0.9, "10 %")] = 0.0
    waver: Annotated[float, InUnit("1", 0, 0.6, "15 %")] | None = None

    @model_validator(mode="after")
    def _require_one_count(self) -> Roll:
        if (self.back_and_forth is None) == (self.strokes is None):
            raise PydanticCustomError("hudnal", "{key}", {"key": "strokes_or_back_and_forth", "values": {}})
        return self

    @property
    def stroke_count(self) -> int:
        """Number of strokes in one direction, in all."""
        return self.strokes if self.strokes is not None else 2 * (self.back_and_forth or 0)

    @property
    def headings(self) -> list[float]:
        """Direction of each stroke in degrees; each direction in turn, back the other way."""
        if self.strokes is not None:
            return [self.directions[i % len(self.directions)] for i in range(self.strokes)]
        count = self.back_and_forth or 0
        there = [self.directions[i % len(self.directions)] for i in range(count)]
        return [d for direction in there for d in (direction, direction + 180.0)]


class PenPasses(Needling):
    """Passes of a pen over the whole area, its needles set to `depth` mm.

    The hand glides at `speed` mm/s, the motor drives the needles `frequency` times a second: as fast as is usual, and
    as the pen's own, where nothing is said. A `cartridge` that is not the pen's usual one says what is other about it.
    """

    name = "pen"
    instrument_kind = "pen"
    passes: Annotated[int, Count(1, 100)] = 4
    depth: Depth
    directions: Directions = (0.0, 90.0)
    speed: Annotated[float, OfMotor("mm/s", 0.5, 500, "15 mm/s")] | None = Field(
        None, description="with which the hand glides"
    )
    frequency: Frequency | None = Field(None, description="of the motor")
    cartridge: Cartridge | None = None
    force: Force | None = None

    @property
    def stroke_count(self) -> int:
        """Number of passes."""
        return self.passes

    @property
    def needle_reach(self) -> float | None:
        """The depth that the pen is set to, mm."""
        return self.depth

    @property
    def headings(self) -> list[float]:
        """Direction of each pass in degrees, each of the given ones in turn."""
        return [self.directions[i % len(self.directions)] for i in range(self.passes)]


class StampPresses(Needling):
    """A stamp pressed over the area, as often as `times`."""

    name = "stamp"
    instrument_kind = "stamp"
    times: Annotated[int, Count(1, 200)] = 1
    force: Force | None = None

    @property
    def stroke_count(self) -> int:
        """Number of presses of each place."""
        return self.times


class Clean(_StepWithProduct):
    """Blood and serum are wiped off with wet gauze."""

    name = "clean"
    treats = False
    may_end_early = True
    takes = ("antiseptic",)
    with_: Product | None = Field(None, alias="with")


class Seal(_StepWithProduct):
    """A seal over the skin: petroleum jelly or an airtight film."""

    name = "seal"
    takes = ("seal",)
    with_: Named = Field("petrolatum", alias="with")


class Peel(Step):
    """The upper layers are taken off: by acid, by grinding, or by a laser over the whole field."""

    name = "peel"
    is_agent = True
    opens_skin = True
    with_: Named = Field(alias="with")
    depth: Depth | None = None


class Laser(Step):
    """Fractional laser: columns in the skin, vaporised or, if not `ablative`, only heated."""

    name = "laser"
    opens_skin = True
    density: Annotated[float, InUnit("1/cm2", 0, 5000, "100 /cm2", above=True)]
    diameter: Annotated[float, InUnit("mm", 0, 2, "120 um", above=True)]
    depth: Depth
    coagulation: Annotated[float, InUnit("mm", 0, 1, "50 um")] = 0.05
    ablative: bool = True


class Wait(Step):
    """Nothing is done `for` hours."""

    name = "wait"
    treats = False
    for_: Span = Field(alias="for")


class Sun(Step):
    """The treated skin is in the sun `for` hours, with or without protection."""

    name = "sun"
    for_: Duration = Field(1.0, alias="for")
    protected: bool = False

    @property
    def in_bare_sun(self) -> bool:
        """Whether nothing protects the skin."""
        return not self.protected


class Reuse(Step):
    """The instrument was used before: as often as `times`, on another person if `shared`.

    Of a pen it is the cartridge with its needles, or only the handpiece, whose inside nothing cleans.
    """

    name = "reuse"
    treats = False
    readies_instrument = True
    times: Annotated[int, Count(1, 500)] = 1
    shared: bool = False
    cleaned: Literal["none", "rinse", "alcohol", "steam"] = "none"
    part: Literal["cartridge", "handpiece"] | None = Field(None, description="of a pen")

    @property
    def instrument_of_another(self) -> bool:
        """Whether another person's blood has been on the needles."""
        return self.shared and self.of_needles

    @property
    def of_needles(self) -> bool:
        """Whether the needles were used, and not a handpiece alone."""
        return self.part != "handpiece"


class Repeat(Step):
    """The same steps again and again, `rounds` times; or `until` something shows on the skin, at `most` so many times.

    The stroke at which it shows is the last one, also within a round.
    """

    name = "repeat"
    rounds: Annotated[int, Count(1, 30)] | None = None
    until: Endpoint | None = None
    most: Annotated[int, Count(1, 30)] | None = Field(None, description="rounds, with `until`")
    steps: tuple[AnyStep, ...] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _require_one_end(self) -> Repeat:
        given = (self.rounds is not None, self.until is not None, self.most is not None)
        if given not in ((True, False, False), (False, True, True)):
            raise PydanticCustomError("hudnal", "{key}", {"key": "rounds_or_until", "values": {}})
        return self

    @property
    def round_count(self) -> int:
        """Number of rounds; with `until` the most of them."""
        return self.rounds or self.most or 1


class Apply(_SpreadingStep):
    """Aftercare: a product is put on again and again, from so long after each session."""

    name = "apply"
    what: Product
    amount: Given | None = None
    every: Interval = 24.0
    from_: Span = Field(0.0, alias="from")
    for_: Span = Field(24.0 * 28, alias="for")


class LaterSun(Step):
    """Aftercare: sun, so long after each session."""

    name = "sun"
    from_: Span = Field(0.0, alias="from")
    for_: Duration = Field(1.0, alias="for")
    protected: bool = False

    @property
    def in_bare_sun(self) -> bool:
        """Whether nothing protects the skin."""
        return not self.protected


class LaterSeal(_StepWithProduct):
    """Aftercare: petroleum jelly again and again, from so long after each session."""

    name = "seal"
    takes = ("seal",)
    with_: Named = Field("petrolatum", alias="with")
    every: Interval = 12.0
    from_: Span = Field(0.0, alias="from")
    for_: Span = Field(24.0 * 3, alias="for")


class LaterWash(Step):
    """Aftercare: the skin is washed, once or again and again, from so long after each session."""

    name = "wash"
    treats = False
    every: Interval | None = None
    from_: Span = Field(0.0, alias="from")
    for_: Span = Field(0.0, alias="for")


# Every kind of step, in the order in which the documents show them.
SESSION_STEPS: tuple[type[Step], ...] = (
    Numb, Anaesthesia, Wash, Shave, Disinfect, Spread, Repeat, Roll, PenPasses, StampPresses, Clean, Seal, Peel, Laser,
    Wait, Sun, Reuse,
)  # fmt: skip
AFTERCARE_STEPS: tuple[type[Step], ...] = (Apply, LaterSeal, LaterSun, LaterWash)
AnyStep = Annotated[Step, OneOf(lambda: SESSION_STEPS, "not_a_step")]
AnyAftercare = Annotated[Step, OneOf(lambda: AFTERCARE_STEPS, "not_aftercare")]
Repeat.model_rebuild()
