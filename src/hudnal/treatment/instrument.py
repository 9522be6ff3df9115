"""An instrument in the file: a catalogue's name, or a geometry written out."""

from __future__ import annotations

from math import pi
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from hudnal.treatment.quantity import Count, Degrees, InUnit, OfMotor

Length = Annotated[float, InUnit("mm", 0.05, 4, "1.5 mm")]
Diameter = Annotated[float, InUnit("mm", 0.02, 1, "0.25 mm")]
TipRadius = Annotated[float, InUnit("mm", 0.0005, 0.1, "4 um")]
Head = Annotated[float, InUnit("mm", 1, 60, "8 mm")]
ImpactSpeed = Annotated[float, InUnit("mm/s", 10, 20_000, "2 m/s")]
Mass = Annotated[float, InUnit("g", 0.1, 2000, "30 g")]
Frequency = Annotated[float, OfMotor("1/s", 1, 400, "110 Hz")]
NeedleCount = Annotated[int, Count(1, 400)]


class Geometry(BaseModel):
    """The needles of an instrument: length, diameter, tip radius in mm, and the share of the length that narrows."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    length: Length  # mm
    diameter: Diameter = 0.25  # mm, of the needle
    tip_radius: TipRadius | None = None  # mm
    taper: Annotated[float, InUnit("1", 0.1, 1, "85 %")] | None = None  # of the length, over which it narrows

    @model_validator(mode="after")
    def _check_tip_fits(self) -> Any:
        if self.tip_radius is not None and 2 * self.tip_radius > self.diameter:
            raise PydanticCustomError("hudnal", "{key}", {"key": "tip_too_wide", "values": {}})
        return self


def _require_room(needles: int, diameter: float, room: float) -> None:
    """Raise pydantic's error, with a fault of ours in it, where so many needles cover more than `room` mm2."""
    if needles * pi / 4 * diameter**2 > room:
        values = {"needles": needles, "diameter": f"{diameter:g}", "room": f"{room:.3g}"}
        raise PydanticCustomError("hudnal", "{key}", {"key": "needles_do_not_fit", "values": values})


class Pins(BaseModel):
    """What becomes of an instrument's needles: `bent` and `blunt` are shares of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    bent: Annotated[float, InUnit("1", 0, 1, "2 %")] = 0.0
    blunt: Annotated[float, InUnit("1", 0, 1, "5 %")] = 0.0


class Cartridge(BaseModel):
    """What is screwed onto a pen for one person, as far as it differs from the pen's own: needles, and how they are.

    Lengths in mm, `bent` and `blunt` as shares of the needles. Fluid gets through one that is not `sealed` into the
    handpiece.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    needles: NeedleCount | None = None
    length: Length | None = None  # mm
    diameter: Diameter | None = None  # mm, of the needle
    tip_radius: TipRadius | None = None  # mm
    bent: Annotated[float, InUnit("1", 0, 1, "2 %")] | None = None
    blunt: Annotated[float, InUnit("1", 0, 1, "5 %")] | None = None
    sealed: bool | None = None


class RollerGeometry(Pins, Geometry):
    """A roller's geometry: a drum with rings of needles; lengths in mm, tilt in degrees, bent and blunt as shares."""

    kind: Literal["roller"]
    rings: Annotated[int, Count(1, 60)]
    needles_per_ring: Annotated[int, Count(2, 120)]
    stagger: Annotated[float, InUnit("1", 0, 1, "0.5")] = 0.5
    drum_diameter: Annotated[float, InUnit("mm", 4, 100, "20 mm")]
    drum_width: Annotated[float, InUnit("mm", 1, 150, "20 mm")]
    tilt: Annotated[float, Degrees("degree", -30, 30, "5")] = 0.0

    @model_validator(mode="after")
    def _check_needles_fit(self) -> Any:
        if self.length >= self.drum_diameter / 2:
            raise PydanticCustomError("hudnal", "{key}", {"key": "needles_longer_than_drum", "values": {}})
        round_about = pi * self.drum_diameter
        _require_room(self.rings * self.needles_per_ring, self.diameter, round_about * self.drum_width)
        # A ring is one line of needles.
        _require_room(self.needles_per_ring, self.diameter, pi / 4 * round_about * self.diameter)
        return self


class PenGeometry(Pins, Geometry):
    """A pen's geometry: a head of needles, of a diameter in mm, that a motor drives `frequency` times a second.

    Bent and blunt needles as shares. Fluid gets through a cartridge that is not `sealed` into the handpiece.
    """

    kind: Literal["pen"]
    needles: NeedleCount
    head_diameter: Head
    frequency: Frequency
    sealed: bool | None = None

    @model_validator(mode="after")
    def _check_needles_fit(self) -> Any:
        _require_room(self.needles, self.diameter, pi / 4 * self.head_diameter**2)
        return self


class StampGeometry(Pins, Geometry):
    """A stamp's geometry: a square plate of needles, of a width in mm; bent and blunt ones as shares.

    One that an applicator throws has the `speed` in mm/s at which it meets the skin, and the `mass` in g that moves.
    """

    kind: Literal["stamp"]
    needles: NeedleCount
    head_width: Head
    speed: ImpactSpeed | None = None  # mm/s; None where a hand presses it
    mass: Mass | None = None  # g

    @model_validator(mode="after")
    def _check_needles_fit(self) -> Any:
        _require_room(self.needles, self.diameter, self.head_width**2)
        return self

    @model_validator(mode="after")
    def _check_mass_moves(self) -> Any:
        if self.mass is not None and self.speed is None:
            raise PydanticCustomError("hudnal", "{key}", {"key": "mass_without_speed", "values": {}})
        return self


def _find_kind(value: object) -> str | None:
    if isinstance(value, str):
        return "name"
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return kind if kind in ("roller", "pen", "stamp") else None


InstrumentSpec = Annotated[
    Annotated[str, Field(min_length=1, max_length=80), Tag("name")]
    | Annotated[RollerGeometry, Tag("roller")]
    | Annotated[PenGeometry, Tag("pen")]
    | Annotated[StampGeometry, Tag("stamp")],
    Discriminator(_find_kind, custom_error_type="instrument_kind", custom_error_message="no such kind"),
]
