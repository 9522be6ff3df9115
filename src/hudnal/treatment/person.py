"""The person who is treated: age, skin, drugs and conditions that matter for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from hudnal.treatment.quantity import InUnit, Phototype


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


Thinner = Literal["none", "aspirin", "anticoagulant"]
_SINCE = InUnit("h", 0, 24 * 366 * 20, "7 day")


def _tell_word_from_entries(value: object) -> str:
    return "entries" if isinstance(value, (Mapping, BaseModel)) else "word"


class StoppedThinner(_Data):
    """A drug that thins the blood, and the hours before each session since which it has not been taken."""

    drug: Literal["aspirin", "anticoagulant"]
    stopped: Annotated[float, _SINCE]


class EndedDrug(_Data):
    """A drug that was taken, and the days since it ended."""

    ended: Annotated[float, InUnit("day", 0, 366 * 20, "6 month")]


class PastIsotretinoin(_Data):
    """Isotretinoin among the conditions of who has ended it."""

    isotretinoin: EndedDrug


ConditionField = Annotated[
    Annotated[Condition, Tag("word")] | Annotated[PastIsotretinoin, Tag("entries")],
    Discriminator(_tell_word_from_entries),
]
YOUNGEST_NEEDLED = 10.0  # years: nothing opens the skin of a younger child


class PersonSpec(_Data):
    """The person who is treated: age in years, weight in kg, phototype 1 to 6, and what matters for skin."""

    age: Annotated[float, InUnit("year", 0, 110, "35 year")] = 35.0
    sex: Literal["female", "male"] = "female"
    phototype: Annotated[int, Phototype()] = 2
    smoker: bool = False
    weight: Annotated[float, InUnit("kg", 2, 300, "70 kg")] = 70.0
    blood_thinner: Annotated[
        Annotated[Thinner, Tag("word")] | Annotated[StoppedThinner, Tag("entries")],
        Discriminator(_tell_word_from_entries),
    ] = "none"
    sun: Literal["little", "usual", "much"] = "usual"
    conditions: Annotated[tuple[ConditionField, ...], Field(max_length=30, examples=[["keloid"]])] = ()
    antiviral: bool = False

    @property
    def thinner(self) -> Thinner:
        """The drug that thins the blood; a session may come some time after its last dose."""
        return self.blood_thinner if isinstance(self.blood_thinner, str) else self.blood_thinner.drug

    @property
    def thinner_stopped(self) -> float | None:
        """Hours before each session since which it has not been taken; None where it is."""
        return None if isinstance(self.blood_thinner, str) else self.blood_thinner.stopped

    @property
    def condition_names(self) -> tuple[Condition, ...]:
        """Every condition by its name, a drug that has ended among them."""
        return tuple(one if isinstance(one, str) else "isotretinoin" for one in self.conditions)

    @property
    def isotretinoin_ended(self) -> float | None:
        """Days since isotretinoin ended; None where it has not, or is not taken."""
        days = [one.isotretinoin.ended for one in self.conditions if not isinstance(one, str)]
        return min(days, default=None)

    @property
    def is_small_child(self) -> bool:
        """Whether the person is too young for anything that opens the skin."""
        return self.age < YOUNGEST_NEEDLED
