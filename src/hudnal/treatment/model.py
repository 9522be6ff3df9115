"""The treatment as plain data: whom, where, with what, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self
from unicodedata import category

from immutabledict import immutabledict
from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from hudnal.language import LANGUAGES
from hudnal.treatment.compound import CompoundSpec
from hudnal.treatment.fault import FilePlace
from hudnal.treatment.instrument import InstrumentSpec
from hudnal.treatment.one_of import OneOf
from hudnal.treatment.person import PersonSpec
from hudnal.treatment.phase import MOST_SESSIONS, Phase, PhaseSpec, resolve_phases
from hudnal.treatment.product import ProductSpec
from hudnal.treatment.quantity import Count, Frozen, InUnit, Name
from hudnal.treatment.steps import AnyAftercare, AnyStep, Step
from hudnal.treatment.zone import blank_home_steps_elsewhere, blank_steps_elsewhere

OwnName = Annotated[str, Name()]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Concern(_Data):
    """What is to be bettered. `name` is its word in the file; what it does to skin stands in `outcome/concerns`."""

    name: ClassVar[str]
    is_dent: ClassVar[bool] = (
        False  # whether the skin has a dent there, which several of can lie side by side
    )

    @property
    def form(self) -> str:
        """The form of the concern that has a name of its own in the tables and texts."""
        return self.name


class Ageing(Concern):
    """Ageing skin as a whole: firmness and fine lines, without a lesion."""

    name: ClassVar[str] = "ageing"


class NoConcern(Concern):
    """Nothing to be bettered: what the treatment does to the skin is told, and no grade of it."""

    name: ClassVar[str] = "none"


class AcneScar(Concern):
    """A depressed acne scar; its width and depth in mm are those of its shape where the file gives none."""

    name: ClassVar[str] = "acne-scar"
    is_dent: ClassVar[bool] = True
    shape: Literal["rolling", "boxcar", "icepick"] = "rolling"
    width: Annotated[float, InUnit("mm", 0.2, 20, "4 mm")] | None = None
    depth: Annotated[float, InUnit("mm", 0.02, 4, "0.4 mm")] | None = None

    @property
    def form(self) -> str:
        """The shape of the scar, by which the tables know it."""
        return self.shape


class SurgicalScar(Concern):
    """A depressed scar after surgery; width, length and depth in mm, age in weeks."""

    name: ClassVar[str] = "surgical-scar"
    is_dent: ClassVar[bool] = True
    width: Annotated[float, InUnit("mm", 0.2, 50, "3 mm")] | None = None
    length: Annotated[float, InUnit("mm", 1, 500, "60 mm")] | None = None
    depth: Annotated[float, InUnit("mm", 0.02, 4, "0.3 mm")] | None = None
    age: Annotated[float, InUnit("week", 0, 5200, "1 year")] | None = None

    @property
    def form(self) -> str:
        """The word `surgical`: scars after surgery have one form."""
        return "surgical"


class StretchMark(Concern):
    """A stretch mark, red (rubra) or white (alba); width and depth in mm."""

    name: ClassVar[str] = "stretch-mark"
    is_dent: ClassVar[bool] = True
    width: Annotated[float, InUnit("mm", 0.2, 50, "4 mm")] | None = None
    depth: Annotated[float, InUnit("mm", 0.02, 4, "0.15 mm")] | None = None
    stage: Literal["rubra", "alba"] = "alba"

    @property
    def form(self) -> str:
        """The word `striae`: stretch marks have one form, whatever their colour."""
        return "striae"


Scar = AcneScar | SurgicalScar | StretchMark
CONCERNS: tuple[type[Concern], ...] = (Ageing, NoConcern, AcneScar, SurgicalScar, StretchMark)
OneConcern = Annotated[
    Ageing | NoConcern | AcneScar | SurgicalScar | StretchMark, OneOf(lambda: CONCERNS, "not_a_concern")
]
OneScar = Annotated[
    AcneScar | SurgicalScar | StretchMark,
    OneOf(lambda: tuple(kind for kind in CONCERNS if kind.is_dent), "not_a_scar"),
]


def _tell_one_from_several(value: object) -> str:
    return "several" if isinstance(value, (list, tuple)) else "one"


ConcernField = Annotated[
    Annotated[OneConcern, Tag("one")]
    | Annotated[tuple[OneScar, ...], Field(min_length=1, max_length=8), Tag("several")],
    Discriminator(_tell_one_from_several),
]


def _check_language(language: str) -> str:
    if language not in LANGUAGES:
        values = {"value": language, "choices": LANGUAGES}
        raise PydanticCustomError("hudnal", "{key}", {"key": "not_one_of", "values": values})
    return language


def _refuse_control_characters(text: str) -> str:
    """The text. Raises pydantic's error, with a fault of ours in it, where a file or a terminal could not show it."""
    if any(category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in text):
        raise PydanticCustomError("hudnal", "{key}", {"key": "control_character", "values": {}})
    return text


Title = Annotated[str, Field(max_length=200), AfterValidator(_refuse_control_characters)]
Titles = Annotated[
    Mapping[Annotated[str, AfterValidator(_check_language)], Title], Field(min_length=1), Frozen()
]


def _tell_text_from_languages(value: object) -> str:
    return "by_language" if isinstance(value, Mapping) else "text"


# Whose law and practice are told, by the codes of ISO 3166; the language says it where the file does not.
Country = Literal["SE", "GB-SCT", "US", "none"]


class ZoneSpec(_Data):
    """A zone: its body site (or its name, where it is one), its cm2, its own concern if it has another."""

    site: Annotated[str, Field(min_length=1, max_length=60, examples=["forehead"])] | None = None
    area: Annotated[float, InUnit("cm2", 0.5, 20000, "60 cm2")]
    concern: ConcernField | None = None


class CourseSpec(_Data):
    """The number of sessions, hours from one to the next, and hours that one looks on after the last."""

    sessions: Annotated[int, Count(1, MOST_SESSIONS)] = 1
    interval: Annotated[float, InUnit("h", 24, 24 * 366, "4 week")] = 24.0 * 28
    follow_up: Annotated[float, InUnit("h", 24, 24 * 366 * 3, "26 week")] = 24.0 * 182


class FranzCell(_Data):
    """Excised skin, mm thick, over a receptor of stirred fluid, mL, for `setting: franz-cell`.

    The donor's chamber is `covered`, so that nothing of it dries, or `open`.
    """

    receptor: Annotated[float, InUnit("mL", 0.05, 2000, "5 mL")] = 5.0
    skin: Annotated[float, InUnit("mm", 0.05, 4, "0.5 mm")] = 0.5
    donor: Literal["covered", "open"] = "covered"

    @property
    def is_covered(self) -> bool:
        """Whether nothing of the donor dries or evaporates."""
        return self.donor == "covered"


class TreatmentFile(_Data):
    """What a treatment's file says, well-formed, in house units; whether it can be run is asked in `intake/`."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["session"]}, {"required": ["phases"]}]}
    )

    title: Annotated[
        Annotated[Title, Tag("text")] | Annotated[Titles, Tag("by_language")],
        Discriminator(_tell_text_from_languages),
    ] = ""
    person: PersonSpec = PersonSpec()
    site: Annotated[str, Field(min_length=1, max_length=60, examples=["cheek"])] = "cheek"
    area: Annotated[float, InUnit("cm2", 0.5, 20000, "100 cm2")] = 100.0
    concern: ConcernField = Ageing()
    zones: Annotated[Mapping[OwnName, ZoneSpec], Field(max_length=12), Frozen()] = Field(
        default_factory=immutabledict
    )
    setting: Literal["home", "spa", "clinic", "franz-cell"] = "clinic"
    country: Country | None = None
    cell: FranzCell | None = None
    instrument: InstrumentSpec | None = None
    compounds: Annotated[Mapping[OwnName, CompoundSpec], Field(max_length=50), Frozen()] = Field(
        default_factory=immutabledict
    )
    products: Annotated[Mapping[OwnName, ProductSpec], Field(max_length=50), Frozen()] = Field(
        default_factory=immutabledict
    )
    beforehand: Annotated[tuple[AnyAftercare, ...], Field(max_length=50)] = ()
    session: (
        Annotated[tuple[AnyStep, ...], Field(min_length=1, max_length=200, examples=[["wash", "stamp"]])]
        | None
    ) = None
    aftercare: Annotated[tuple[AnyAftercare, ...], Field(max_length=50, examples=[["seal"]])] = ()
    phases: Annotated[tuple[PhaseSpec, ...], Field(max_length=24)] = ()
    course: CourseSpec = CourseSpec()

    @model_validator(mode="after")
    def _require_steps_for_every_session(self) -> Self:
        lacking = not self.phases or any(phase.session is None for phase in self.phases)
        key = None
        if lacking and not self.session:
            key = "no_session"
        elif self.session and not lacking:
            key = "session_unused"
        elif self.phases and self.course.sessions > 1:
            key = "sessions_and_phases"
        elif self.phases and len(self.sessions_of_course) > MOST_SESSIONS:
            key = "too_many_sessions"
        if key is not None:
            raise PydanticCustomError(
                "hudnal",
                "{key}",
                {"key": key, "values": {"count": len(self.sessions_of_course), "limit": MOST_SESSIONS}},
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _refuse_one_place_beside_zones(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and data.get("zones"):
            both = [entry for entry in ("site", "area") if entry in data]
            if both:
                values = {"key": "zones_and_site", "values": {"entries": ", ".join(both)}}
                raise PydanticCustomError("hudnal", "{key}", values)
        return data

    @model_validator(mode="after")
    def _sum_up_zones(self) -> Self:
        # What a file with zones says of the whole follows from them: the first is the main one.
        if self.zones:
            name, first = next(iter(self.zones.items()))
            object.__setattr__(self, "site", first.site or name)
            object.__setattr__(self, "area", sum(zone.area for zone in self.zones.values()))
            if first.concern is not None:
                # Zones that say nothing have what the file says, and not what the first one has for itself.
                told = {
                    of: one if one.concern is not None else one.model_copy(update={"concern": self.concern})
                    for of, one in self.zones.items()
                }
                object.__setattr__(self, "zones", immutabledict(told))
                object.__setattr__(self, "concern", first.concern)
        return self

    def as_data(self) -> dict[str, Any]:
        """Plain data as a file would give it: reading it again gives the same treatment."""
        of_zones = {"site", "area"} if self.zones else None
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=of_zones)

    def find_area(self, zones: Iterable[str] | None) -> float:
        """The skin of these zones together, cm2; for None all that is treated."""
        return self.area if zones is None or not self.zones else sum(self.zones[name].area for name in zones)

    def as_zone_data(self, zone: str) -> dict[str, Any]:
        """Plain data of the treatment as a zone sees it."""
        data, spec = self.as_data(), self.zones[zone]
        del data["zones"]
        areas = {name: one.area for name, one in self.zones.items()}
        own = spec.model_dump(mode="json", by_alias=True, exclude_none=True)
        data |= {"site": zone, **own}
        for holder in (data, *data.get("phases", ())):
            if holder.get("session"):
                holder["session"], _ = blank_steps_elsewhere(holder["session"], zone, areas)
            for part in ("beforehand", "aftercare"):
                if holder.get(part):
                    holder[part] = blank_home_steps_elsewhere(holder[part], zone, areas)
        return data

    @property
    def concerns(self) -> tuple[Ageing | NoConcern | Scar, ...]:
        """Every concern, the main one, which the numbers of a course are about, first."""
        return self.concern if isinstance(self.concern, tuple) else (self.concern,)

    @property
    def main_concern(self) -> Ageing | NoConcern | Scar:
        """The concern that the numbers of a course are about."""
        return self.concerns[0]

    @property
    def scars(self) -> tuple[Scar, ...]:
        """Every scar that is treated, the main one first; none on ageing skin."""
        return tuple(concern for concern in self.concerns if concern.is_dent)  # pyright: ignore[reportReturnType]

    def title_in(self, language: str) -> str:
        """The title in that language, or the first that the file gives."""
        if isinstance(self.title, str):
            return self.title
        return self.title.get(language) or next(iter(self.title.values()))

    @property
    def in_vitro(self) -> bool:
        """Whether the skin is excised and in a diffusion cell."""
        return self.setting == "franz-cell"

    @cached_property
    def phases_of_course(self) -> tuple[Phase, ...]:
        """The phases as they are carried out; one where the file has none."""
        plan = self.course
        return resolve_phases(self.phases, self.session or (), self.aftercare, plan.sessions, plan.interval)

    @cached_property
    def sessions_of_course(self) -> tuple[tuple[float, Phase], ...]:
        """Every session in the order of time: its start, h after the first one's, and its phase."""
        all_of_them = [(start, phase) for phase in self.phases_of_course for start in phase.starts]
        return tuple(sorted(all_of_them, key=lambda one: one[0]))

    @property
    def preparation_hours(self) -> float:
        """How long before the first session the course begins, h: 0 where nothing is done beforehand."""
        ends = (getattr(step, "from_", 0.0) + getattr(step, "for_", 0.0) for step in self.beforehand)
        return max(ends, default=0.0)

    def walk_steps(self) -> Iterator[tuple[FilePlace, Step]]:
        """Every step of a session in the order of the file, with its place; rounds are not repeated."""
        for phase in self._phases_by("first_order"):
            yield from phase.walk_steps()

    def unroll_steps(self) -> Iterator[tuple[FilePlace, int, Step]]:
        """Every step of a session as it is done, rounds repeated: place, round from 0, step.

        Of a course in phases the steps of one follow those of another; what is done in several stands once.
        """
        for phase in self._phases_by("first_order"):
            yield from phase.unroll_steps()

    def walk_home_steps(self) -> Iterator[tuple[FilePlace, Step]]:
        """Every step that is done outside the sessions, before the first and after each, with its place."""
        for i, step in enumerate(self.beforehand):
            yield ("beforehand", i, step.name), step
        yield from self.walk_aftercare()

    def walk_aftercare(self) -> Iterator[tuple[FilePlace, Step]]:
        """Every step that is done after a session, with its place."""
        for phase in self._phases_by("place_after"):
            yield from phase.walk_aftercare()

    def _phases_by(self, part: str) -> Iterable[Phase]:
        """The phases, of those that share a part the first."""
        found: dict[object, Phase] = {}
        for phase in self.phases_of_course:
            found.setdefault(getattr(phase, part), phase)
        return found.values()
