"""The person whom a treatment is done to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """What the skin depends on of a person. `phototype` is Fitzpatrick's, 1 to 6."""

    age: float = 35.0  # years
    sex: str = "female"  # female, male
    phototype: int = 2
    smoker: bool = False
    weight: float = 70.0  # kg
    blood_thinner: str = "none"  # none, aspirin, anticoagulant
    sun: str = "usual"  # little, usual, much: over the years
    conditions: tuple[str, ...] = ()  # of the treatment file's list, such as herpes
