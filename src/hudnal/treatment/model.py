"""The treatment as plain data: whom, where, with what, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from hudnal.treatment.compound import CompoundSpec
from hudnal.treatment.instrument import InstrumentSpec
from hudnal.treatment.one_of import OneOf
from hudnal.treatment.product import ProductSpec
from hudnal.treatment.quantity import Count, Name, Phototype, Quantity
from hudnal.treatment.steps import AnyAftercare, AnyStep, Repeat, Step

Path = tuple[str | int, ...]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Condition = Literal[
    "pregnant",
    "breastfeeding",
    "keloid",
    "active-acne",
    "infection",
    "herpes",
    "rosacea",
    "eczema",
    "psoriasis",
    "warts",
    "diabetes",
    "uncontrolled-diabetes",
    "bleeding-disorder",
    "immunosuppressed",
    "skin-cancer",
    "solar-keratosis",
    "scleroderma",
    "metal-allergy",
    "anaesthetic-allergy",
    "methaemoglobinaemia",
    "heart-rhythm-drug",
    "isotretinoin",
    "recent-filler",
    "recent-surgery",
]


class PersonSpec(_Data):
    """Whom it is done to."""

    age: Annotated[float, Quantity("year", 10, 110, "35 year")] = 35.0
    sex: Literal["female", "male"] = "female"
    phototype: Annotated[int, Phototype()] = 2
    smoker: bool = False
    weight: Annotated[float, Quantity("kg", 25, 300, "70 kg")] = 70.0
    blood_thinner: Literal["none", "aspirin", "anticoagulant"] = "none"
    sun: Literal["little", "usual", "much"] = "usual"
    conditions: Annotated[list[Condition], Field(max_length=30)] = []


class Ageing(_Data):
    """Ageing skin: no lesion."""

    name: ClassVar[str] = "ageing"


class AcneScar(_Data):
    """A depressed acne scar."""

    name: ClassVar[str] = "acne-scar"
    shape: Literal["rolling", "boxcar", "icepick"] = "rolling"
    width: Annotated[float, Quantity("mm", 0.2, 20, "4 mm")] | None = None
    depth: Annotated[float, Quantity("mm", 0.02, 4, "0.4 mm")] | None = None


class SurgicalScar(_Data):
    """A depressed scar after surgery."""

    name: ClassVar[str] = "surgical-scar"
    width: Annotated[float, Quantity("mm", 0.2, 50, "3 mm")] | None = None
    length: Annotated[float, Quantity("mm", 1, 500, "60 mm")] | None = None
    depth: Annotated[float, Quantity("mm", 0.02, 4, "0.3 mm")] | None = None
    age: Annotated[float, Quantity("week", 0, 5200, "1 year")] | None = None


class StretchMark(_Data):
    """A stretch mark: red (rubra) or white (alba)."""

    name: ClassVar[str] = "stretch-mark"
    width: Annotated[float, Quantity("mm", 0.2, 50, "4 mm")] | None = None
    depth: Annotated[float, Quantity("mm", 0.02, 4, "0.15 mm")] | None = None
    stage: Literal["rubra", "alba"] = "alba"


Scar = AcneScar | SurgicalScar | StretchMark
OneConcern = Annotated[
    Ageing | AcneScar | SurgicalScar | StretchMark,
    OneOf(lambda: (Ageing, AcneScar, SurgicalScar, StretchMark), "not_a_concern"),
]
OneScar = Annotated[
    AcneScar | SurgicalScar | StretchMark,
    OneOf(lambda: (AcneScar, SurgicalScar, StretchMark), "not_a_scar"),
]


def _concern_kind(value: object) -> str:
    return "several" if isinstance(value, list) else "one"


Concern = Annotated[
    Annotated[OneConcern, Tag("one")]
    | Annotated[list[OneScar], Field(min_length=1, max_length=8), Tag("several")],
    Discriminator(_concern_kind),
]


class Titles(_Data):
    """A title in each language."""

    en: Annotated[str, Field(max_length=200)]
    sv: Annotated[str, Field(max_length=200)]


def _title_kind(value: object) -> str:
    return "by_language" if isinstance(value, (dict, Titles)) else "text"


class CourseSpec(_Data):
    """How often, how far apart, how long one looks on after the last session."""

    sessions: Annotated[int, Count(1, 24)] = 1
    interval: Annotated[float, Quantity("h", 24, 24 * 366, "4 week")] = 24.0 * 28
    follow_up: Annotated[float, Quantity("h", 24, 24 * 366 * 3, "26 week")] = 24.0 * 182


class FranzCell(_Data):
    """Excised skin over a receptor of stirred fluid, for `setting: franz-cell`."""

    receptor: Annotated[float, Quantity("mL", 0.05, 2000, "5 mL")] = 5.0
    skin: Annotated[float, Quantity("mm", 0.05, 4, "0.5 mm")] = 0.5


class Treatment(_Data):
    """A treatment: what the file says, in house units."""

    title: Annotated[
        Annotated[str, Field(max_length=200), Tag("text")] | Annotated[Titles, Tag("by_language")],
        Discriminator(_title_kind),
    ] = ""
    person: PersonSpec = PersonSpec()
    site: Annotated[str, Field(min_length=1, max_length=60)] = "cheek"
    area: Annotated[float, Quantity("cm2", 0.5, 20000, "100 cm2")] = 100.0
    concern: Concern = Ageing()
    setting: Literal["home", "spa", "clinic", "franz-cell"] = "clinic"
    cell: FranzCell | None = None
    instrument: InstrumentSpec | None = None
    compounds: Annotated[dict[Annotated[str, Name()], CompoundSpec], Field(max_length=50)] = {}
    products: Annotated[dict[Annotated[str, Name()], ProductSpec], Field(max_length=50)] = {}
    session: Annotated[list[AnyStep], Field(min_length=1, max_length=200)]
    aftercare: Annotated[list[AnyAftercare], Field(max_length=50)] = []
    course: CourseSpec = CourseSpec()

    def as_data(self) -> dict[str, Any]:
        """Plain data as a file would give it: reading it again gives the same treatment."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    @property
    def main_concern(self) -> Ageing | Scar:
        """The concern, or the first scar of a field of several: the one that the numbers of a course are about."""
        return self.concern[0] if isinstance(self.concern, list) else self.concern

    @property
    def scars(self) -> tuple[Scar, ...]:
        """Every scar that is treated, the main one first; none on ageing skin."""
        found = self.concern if isinstance(self.concern, list) else [self.concern]
        return tuple(scar for scar in found if not isinstance(scar, Ageing))

    def title_in(self, language: str) -> str:
        """The title, in that language where the file gives more than one."""
        return self.title if isinstance(self.title, str) else getattr(self.title, language)

    @property
    def in_vitro(self) -> bool:
        """Whether the skin is excised and in a diffusion cell."""
        return self.setting == "franz-cell"

    def steps(self) -> Iterator[tuple[Path, Step]]:
        """Every step of a session in the order of the file, with its place; rounds are not repeated."""
        yield from _walk(self.session, ("session",))

    def unrolled(self) -> Iterator[tuple[Path, int, Step]]:
        """Every step of a session as it is done, rounds repeated: place, round from 0, step."""
        yield from _unroll(self.session, ("session",), 0)


def _walk(steps: list[Step], path: Path) -> Iterator[tuple[Path, Step]]:
    for i, step in enumerate(steps):
        here = (*path, i, step.name)
        yield here, step
        if isinstance(step, Repeat):
            yield from _walk(step.steps, (*here, "steps"))


def _unroll(steps: list[Step], path: Path, round_now: int) -> Iterator[tuple[Path, int, Step]]:
    for i, step in enumerate(steps):
        here = (*path, i, step.name)
        if isinstance(step, Repeat):
            for n in range(step.rounds):
                yield from _unroll(step.steps, (*here, "steps"), n)
        else:
            yield here, round_now, step
