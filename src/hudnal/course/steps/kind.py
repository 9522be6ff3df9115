"""What the house knows of a kind of step beside its data: what it does, how long it takes, what rules say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.course.setting import Setting
from hudnal.course.state import State
from hudnal.instrument.use import Use
from hudnal.outcome.rules import PlanWarning
from hudnal.parameters import Draws
from hudnal.result.timeline import Moment
from hudnal.transport.depot import PRODUCT_DENSITY
from hudnal.treatment.steps import Step
from hudnal.units import MG_PER_G, ML_CM2_PER_MM

# What a step is to somebody who looks at a session from afar; figures colour by it.
Family = Literal["cream", "cleaning", "product", "injury", "cover", "exposure"]


@dataclass(frozen=True)
class CreamLeft:
    """A numbing cream that has not been washed off."""

    place: str  # in the file
    name: str
    film: PerDraw  # mm that still lie on the skin


@dataclass(frozen=True)
class SoFar:
    """What rules have to know of the session up to a step."""

    washed: bool = False
    disinfected: bool = False
    opened: bool = False  # whether the skin has been injured
    serum: str | None = None  # on the skin, if it is not sterile
    drug: bool = False  # whether what lies there is one
    oily: str | None = None  # product on the skin, if its base has no water
    coloured: str | None = None  # product on the skin, if particles lie in it
    seal: str | None = None  # petroleum jelly or film on the skin
    cream: CreamLeft | None = None  # numbing, that was at most wiped
    prilocaine_cream: float = 0.0  # g of creams that hold prilocaine
    place: str = ""  # of the step, in the file


def measure_layer(film: PerDraw) -> float:
    """mg/cm2 of a product that lies on the skin as a film of so many mm, (draw,), in the middle draw."""
    return float(np.median(film)) * ML_CM2_PER_MM * PRODUCT_DENSITY * MG_PER_G


def warn_of_nothing(step: Any, place: str, so_far: SoFar, setting: Setting) -> list[PlanWarning]:
    """No warning: no rule speaks of this kind of step."""
    return []


def change_nothing(step: Any, so_far: SoFar, setting: Setting) -> SoFar:
    """What rules have to know is as it was before."""
    return so_far


@dataclass(frozen=True)
class Kind:
    """One kind of step. `model` is its data in the file; everything else hangs on it here.

    `act` gives the state just after it, `hours` how long it takes (given the use of an instrument, if it is one),
    `warn` what rules say of it, and `pass_on` what the rules of later steps have to know of it.
    """

    model: type[Step]
    family: Family
    act: Callable[[Any, Moment, State, Setting], State]
    hours: Callable[[Any, Use | None, Draws], float]
    warn: Callable[[Any, str, SoFar, Setting], list[PlanWarning]] = warn_of_nothing
    pass_on: Callable[[Any, SoFar, Setting], SoFar] = change_nothing

    @property
    def opens_skin(self) -> bool:
        """Whether it injures the skin."""
        return self.model.opens_skin


def read_hours(step: Any, use: Use | None, draws: Draws) -> float:
    """The hours that the file gives with `for`."""
    return step.for_


def look_up_hours(step: Step, use: Use | None, draws: Draws) -> float:
    """The hours that such a step usually takes, by the table `handling.duration`."""
    return draws.value(f"handling.duration.{step.name}")


def take_no_time(step: Step, use: Use | None, draws: Draws) -> float:
    """No time: 0 hours."""
    return 0.0


def take_hours_of_use(step: Step, use: Use | None, draws: Draws) -> float:
    """The hours that the strokes take."""
    if use is None:
        raise ValueError(f"{step.name} is done with an instrument, and there is none")
    return use.hours
