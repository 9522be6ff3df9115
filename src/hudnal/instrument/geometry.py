"""The shapes of instruments, and what follows from shape alone. Lengths in mm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.units import N_S2_PER_MM


@dataclass(frozen=True)
class Needle:
    """A cone that runs into a shaft.

    `taper` is the share of the length over which it narrows from `diameter` to twice the `tip_radius`;
    `wear` multiplies the force at which it enters (1 new).
    """

    length: float  # mm
    diameter: float  # mm, of the shaft
    tip_radius: PerDraw  # mm
    taper: PerDraw  # 1
    wear: PerDraw  # 1

    def radius_at(self, distance: Float[Array, "draw ..."]) -> Float[Array, "draw ..."]:
        """Radius in mm at a `distance` in mm from the tip."""
        extra = (1,) * (distance.ndim - self.tip_radius.ndim)
        tip, taper = (a.reshape(a.shape + extra) for a in (self.tip_radius, self.taper))
        share = np.clip(distance / (taper * self.length), 0.0, 1.0)
        return tip + (self.diameter / 2 - tip) * share

    @property
    def slope(self) -> PerDraw:
        """Rise of radius with distance from the tip, 1."""
        return (self.diameter / 2 - self.tip_radius) / (self.taper * self.length)

    def wear_down(self, factor: PerDraw) -> Needle:
        """The same needle after use: its wear times `factor`."""
        return replace(self, wear=self.wear * factor)


@dataclass(frozen=True)
class Roller:
    """A drum of rings of needles. `stagger` is the offset of each ring to the last, in pitches.

    `tilt` leans every needle forward in the plane of rolling; `bent` and `blunt` are shares of all needles.
    """

    name: str
    needle: Needle
    rings: int
    needles_per_ring: int
    drum_diameter: float  # mm
    drum_width: float  # mm
    stagger: float = 0.5
    tilt: float = 0.0  # rad
    bent: float = 0.0  # 1
    blunt: float = 0.0  # 1
    source: tuple[str, ...] = ()

    @property
    def drum_radius(self) -> float:
        """Radius of the drum without its needles, mm."""
        return self.drum_diameter / 2

    @property
    def needles(self) -> int:
        """Number of needles on the whole drum."""
        return self.rings * self.needles_per_ring

    @property
    def row(self) -> float:
        """Distance of skin between two rings, mm."""
        return self.drum_width / self.rings

    @property
    def chord(self) -> float:
        """mm from below the axle to where a needle's tip crosses the skin, when the drum just touches it."""
        return float(np.sqrt((self.drum_radius + self.needle.length) ** 2 - self.drum_radius**2))

    @property
    def engaged(self) -> float:
        """Needles inside the skin at once, on average, when the drum just touches it: N acos(R / (R + L)) / pi."""
        return (
            self.needles * float(np.arccos(self.drum_radius / (self.drum_radius + self.needle.length))) / pi
        )

    @property
    def pitch(self) -> float:
        """mm of skin between two needles of one ring when the drum's surface rolls on the skin."""
        return pi * self.drum_diameter / self.needles_per_ring

    def density_per_stroke(self, slip: float = 0.0) -> float:
        """Needles that meet each mm2 of skin in one stroke, 1/mm2.

        N / (2 pi r W): the drum's needles over its unrolled surface (`slip` stretches the pitch).
        """
        return self.needles / (pi * self.drum_diameter * self.drum_width) / (1 + slip)

    def slit(self, depth: Float[Array, " ..."], slip: float = 0.0) -> Float[Array, " ..."]:
        """mm of slit that a needle reaching `depth` mm would cut in skin that does not follow it.

        Its tip runs a trochoid, x = r (1 + s) t - (R + L) sin t, and crosses the skin at cos t0 = r / (R + L), where
        r = R + L - depth: slit = 2 r |tan t0 - (1 + s) t0|. Source: kinematics of rolling.
        """
        rolling, t0 = self._find_arc(depth)
        return 2 * rolling * np.abs(np.tan(t0) - (1 + slip) * t0)

    def drag(self, depth: Float[Array, " ..."], slip: float = 0.0) -> Float[Array, " ..."]:
        """mm by which a needle reaching `depth` mm is pulled along through skin that does not follow it.

        What the drum's turn swings at the surface, and what slip pulls at every depth: 2 r (tan t0 - t0 + |s| t0). At
        the surface the two may cancel (`slit`), below it they do not.
        """
        rolling, t0 = self._find_arc(depth)
        return 2 * rolling * (np.tan(t0) - t0 + abs(slip) * t0)

    def path_inside(self, depth: Float[Array, " ..."], slip: float = 0.0) -> Float[Array, " ..."]:
        """mm that the hand moves while a needle reaching `depth` mm is in the skin: 2 r (1 + s) t0."""
        rolling, t0 = self._find_arc(depth)
        return 2 * rolling * (1 + slip) * t0

    def _find_arc(self, depth: Float[Array, " ..."]) -> tuple[Float[Array, " ..."], Float[Array, " ..."]]:
        """Radius in mm on which the drum rolls, and the angle from the vertical at which the tip crosses the skin."""
        outer = self.drum_radius + self.needle.length
        rolling = outer - np.minimum(depth, self.needle.length)
        return rolling, np.arccos(np.clip(rolling / outer, 0, 1))


@dataclass(frozen=True)
class Pen:
    """A head of needles that a motor drives in and out while it glides."""

    name: str
    needle: Needle
    needles: int
    head_diameter: float  # mm
    frequency: float  # 1/s
    bent: float = 0.0  # 1, share of the needles
    blunt: float = 0.0  # 1
    sealed: bool | None = None  # whether no fluid gets through the cartridge; None where it is not known
    source: tuple[str, ...] = ()

    def density_per_stroke(self, speed: float) -> float:
        """Needles that meet each mm2 in one pass at `speed` in mm/s: N f / (v D)."""
        return self.needles * self.frequency / (speed * self.head_diameter)

    @property
    def head_area(self) -> float:
        """Area of the round head, mm2."""
        return pi / 4 * self.head_diameter**2


@dataclass(frozen=True)
class Stamp:
    """A square plate of needles pressed straight down, or thrown: then with a `speed` and a moving `mass`."""

    name: str
    needle: Needle
    needles: int
    head_width: float  # mm
    speed: float | None = None  # mm/s at which it meets the skin; None where a hand presses it
    mass: PerDraw | None = None  # g, that moves with it
    bent: float = 0.0  # 1, share of the needles
    blunt: float = 0.0  # 1
    source: tuple[str, ...] = ()

    @property
    def blow(self) -> PerDraw | None:
        """Energy with which it meets the skin, m v^2 / 2, N mm; None where a hand presses it."""
        if self.speed is None or self.mass is None:
            return None
        return self.mass * self.speed**2 / 2 * N_S2_PER_MM

    @property
    def density_per_stroke(self) -> float:
        """Needles that meet each mm2 in one press."""
        return self.needles / self.head_width**2

    @property
    def head_area(self) -> float:
        """Area of the square plate, mm2."""
        return self.head_width**2


Instrument = Roller | Pen | Stamp
