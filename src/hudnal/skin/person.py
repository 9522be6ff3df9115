"""The person whom a treatment is done to."""

from __future__ import annotations

from dataclasses import dataclass

# The phototype from which skin marks readily (IV): trials in darker skin count, marks stay longer, rules ask for care.
MARKS_FROM = 4
_CHILD_UNTIL = 10.0  # years
_HIDES_REDNESS_FROM = 5  # V: redness shows later
_LIGHTEST, _LIGHT_TO_DARK = 2, 3.5  # phototypes, from white to black people's mean


@dataclass(frozen=True)
class Person:
    """What the skin depends on of a person. `phototype` is Fitzpatrick's, 1 to 6."""

    age: float = 35.0  # years
    sex: str = "female"  # female, male
    phototype: int = 2
    smoker: bool = False
    weight: float = 70.0  # kg
    blood_thinner: str = "none"  # none, aspirin, anticoagulant
    thinner_stopped: float | None = None  # h before each session since which it is not taken
    sun: str = "usual"  # little, usual, much: over the years
    conditions: tuple[str, ...] = ()  # of the treatment file's list, such as herpes
    antiviral: bool = False  # takes a drug against cold sores

    @property
    def is_small_child(self) -> bool:
        """Whether the skin is a child's, thinner than a grown person's."""
        return self.age < _CHILD_UNTIL

    @property
    def marks_readily(self) -> bool:
        """Whether dark marks come more easily to this phototype, and stay longer."""
        return self.phototype >= MARKS_FROM

    @property
    def darkness(self) -> float:
        """Phototype on a line from 0 at I and II, white people of the trials, to 1 at the black people's V to VI."""
        return max(self.phototype - _LIGHTEST, 0.0) / _LIGHT_TO_DARK

    @property
    def hides_redness(self) -> bool:
        """Whether redness shows later in skin of this phototype."""
        return self.phototype >= _HIDES_REDNESS_FROM
