"""Relief: the surface over a scar, a membrane under the skin's tension on an elastic foundation.

    -T lap u + K u = K h

u mm is how far the surface lies below the skin beside the scar, T the tension (N/mm), K the foundation's modulus
(MPa/mm), h what is loaded on it: pull of tethers over K, or ground that is missing. The foundation is the needle's
(`puncture/dent.py`) at the wavelength of the scar. The start is turned round: the dent that the scar has is u, and what
tethers do not hold of it is missing ground.

All loads follow the dent f, so that the answer g to K f is all that has to be solved, once a scar: the surface at any
time is a sum of f and g. Scars side by side add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np

from hudnal.arrays import Array, Bool, Float, PerDraw
from hudnal.parameters import Draws
from hudnal.puncture.dent import ElasticLayers, sink
from hudnal.skin import Lesion, Skin
from hudnal.tissue import Tissue

_PLACES = 240  # from the middle of a scar to where nothing is left of it
_WIDTHS, _LENGTHS = 2.0, 6.0  # that far out: widths of the scar, and lengths sqrt(T / K)
_FLAT = 1e-9  # mm: what is less deep has no width


@dataclass(frozen=True)
class Filling:
    """What has come about since the start. Arrays (draw,)."""

    cut: PerDraw  # share of tethers gone
    lift: PerDraw  # mm of new ground in the middle of the scar
    myofibroblasts: PerDraw  # against healthy fibroblasts

    @staticmethod
    def none(draws: int) -> Filling:
        """The filling of a scar to which nothing has been done."""
        zero = np.zeros(draws)
        return Filling(zero, zero, zero)

    @staticmethod
    def of(tissue: Tissue, cut: PerDraw, draws: Draws) -> Filling:
        """The filling that the tissue has come to; its collagen stands for that of the observed dermis.

        Where new fibres lie as in a scar, some of the lift is lost. What collagen is lost is lost beside the scar too,
        where the same was done: nothing sinks against it.
        """
        gained = np.maximum(tissue.collagen_gained(1 - draws["outcome.scars.scarring"]), 0.0)
        observed = draws.value("tissue.wound.observed_depth")
        lift = draws["outcome.scars.levelling"] * gained * observed
        return Filling(cut, lift, tissue.mean("myofibroblasts"))


@dataclass(frozen=True)
class Shape:
    """A scar's surface and what is read off it. Arrays (draw,), or (draw, place)."""

    long: bool  # strips on both sides of a line, or rings
    radius: Float[Array, "draw place"]  # mm from the middle, or from the middle line; (draw, place)
    surface: Float[Array, "draw place"]  # mm below the skin beside it, (draw, place)
    depth: PerDraw  # mm, of the deepest place
    width: PerDraw  # mm, at half the depth
    volume: PerDraw  # mm3 below the level of the skin

    @staticmethod
    def join(parts: list[Shape]) -> Shape:
        """The draws of several batches as one."""
        names = ("radius", "surface", "depth", "width", "volume")
        return Shape(parts[0].long, *(np.concatenate([getattr(p, name) for p in parts]) for name in names))


@dataclass(frozen=True)
class Relief:
    """One scar's membrane, solved. Arrays (draw,), or (draw, place)."""

    lesion: Lesion
    radius: Float[Array, "draw place"]  # mm, (draw, place)
    area: Float[Array, "draw place"]  # mm2 of skin that each place stands for, (draw, place)
    dent: Float[Array, "draw place"]  # f: the scar as it was, 1 in the middle
    answer: Float[Array, "draw place"]  # g: what the surface makes of a load K f
    tension: PerDraw  # T, N/mm
    foundation: PerDraw  # K, MPa/mm
    taut: PerDraw  # N/mm that myofibroblasts as dense as healthy fibroblasts add to the tension
    drawn: PerDraw  # mm by which they load all tethers more

    @staticmethod
    def of(lesion: Lesion, skin: Skin, draws: Draws) -> Relief:
        """The relief of a scar in that skin."""
        foundation = find_foundation(skin, lesion.width, draws)
        length = np.sqrt(skin.tension / foundation)
        radius, area = lay_grid(lesion.width, length, lesion.length)
        dent = draw_dent(radius, lesion.width, lesion.wall)
        traction = draws["outcome.scars.traction"]
        tethers = lesion.tether_share * draws["outcome.scars.tether_density"]
        held = np.minimum(tethers * pi / 4 * draws["outcome.scars.tether_breadth"] ** 2, 1.0)
        return Relief(
            lesion=lesion,
            radius=radius,
            area=area,
            dent=dent,
            answer=solve_membrane(dent, radius, length, lesion.length == 0),
            tension=skin.tension,
            foundation=foundation,
            taut=traction * skin.dermis,
            drawn=traction * held / foundation,
        )

    def find_shape(self, filling: Filling) -> Shape:
        """The surface after a filling, and its depth, width and volume."""
        u = self.find_surface(filling)
        depth = np.maximum(u.max(axis=1), 0.0)
        volume = (np.maximum(u, 0) * self.area).sum(axis=1)
        long = bool(self.lesion.length.any())
        return Shape(long, self.radius, u, depth, self._measure_width(u, depth), volume)

    def find_surface(self, filling: Filling) -> Float[Array, "draw place"]:
        """How many mm the surface lies below the skin beside it, (draw, place).

        u = d ((1 - q) f + q g) - (d t / g0 c + lift - drawn m (1 - c)) g, with q = T' / (T + T') and T' = taut m: a
        membrane that gets tauter flattens its dents, cut tethers let go, those that are left are pulled at.
        """
        lesion, left = self.lesion, 1 - filling.cut
        more = self.taut * filling.myofibroblasts
        flattened = more / (self.tension + more)
        held = lesion.depth * lesion.tether_share / self.answer[:, 0]
        rise = held * filling.cut + filling.lift - self.drawn * filling.myofibroblasts * left
        # Once the middle is level nothing pushes it further: new volume then lifts all skin alike.
        middle = lesion.depth * ((1 - flattened) + flattened * self.answer[:, 0])
        rise = np.minimum(rise, middle / self.answer[:, 0])
        of_dent, of_answer = lesion.depth * (1 - flattened), lesion.depth * flattened - rise
        return of_dent[:, None] * self.dent + of_answer[:, None] * self.answer

    def _measure_width(self, u: Float[Array, "draw place"], depth: PerDraw) -> PerDraw:
        """mm between the outermost places at half the depth, straight lines between places, (draw,)."""
        half = depth / 2
        last = u.shape[1] - 1 - (u[:, ::-1] >= half[:, None]).argmax(axis=1)
        last = np.minimum(last, u.shape[1] - 2)
        draw = np.arange(depth.size)
        inside, outside = u[draw, last], u[draw, last + 1]
        step = self.radius[:, 1]
        part = np.divide(inside - half, inside - outside, out=np.zeros_like(half), where=inside > outside)
        return np.where(depth > _FLAT, 2 * (self.radius[draw, last] + np.clip(part, 0, 1) * step), 0.0)


def draw_dent(
    radius: Float[Array, "draw place"], width: PerDraw, wall: PerDraw
) -> Float[Array, "draw place"]:
    """The dent f of a scar `width` mm wide, as a share of its depth: (draw, place), at `radius` mm from the middle.

    f = 2^-(2 r / width)^wall: 1 in the middle, a half where the width is read; `width` and `wall` (draw,).
    """
    return 0.5 ** ((2 * radius / width[:, None]) ** wall[:, None])


def find_foundation(skin: Skin, width: PerDraw, draws: Draws) -> PerDraw:
    """Modulus of the foundation under a scar `width` mm wide, MPa/mm, (draw,).

    Pressure per sink of the layers without tension, at the wavenumber pi / width.
    """
    layers = ElasticLayers.of(skin, np.zeros(draws.n), draws)
    return 1 / sink(layers, (pi / width)[:, None])[:, 0]


def lay_grid(
    width: PerDraw, length: PerDraw, long: PerDraw, places: int = _PLACES
) -> tuple[Float[Array, "draw place"], Float[Array, "draw place"]]:
    """Places of each draw in mm from the middle, and the mm2 that they stand for, (draw, place) each.

    `length` sqrt(T / K) mm; `long` mm, 0 for a round scar, which has rings; a long one has strips on both sides.
    """
    step = (_WIDTHS * width + _LENGTHS * length) / (places - 1)
    radius = step[:, None] * np.arange(places)
    rim = np.minimum(radius + step[:, None] / 2, radius[:, -1:])
    breadth = np.diff(rim, axis=1, prepend=0.0)
    rings = pi * np.diff(rim**2, axis=1, prepend=0.0)
    return radius, np.where(long[:, None] > 0, 2 * long[:, None] * breadth, rings)


def solve_membrane(
    load: Float[Array, "draw place"],
    radius: Float[Array, "draw place"],
    length: PerDraw,
    is_round: Bool[Array, " draw"],
) -> Float[Array, "draw place"]:
    """u of u - length^2 lap u = load, (draw, place), level far out: finite volumes around each place, second order.

    Rings where `is_round`, (draw,), else strips. What is loaded is what sinks: the volumes of u and load are equal.
    """
    step = radius[:, 1:2]
    face = radius[:, :-1] + step / 2
    rim = np.concatenate([np.zeros_like(step), face, radius[:, -1:]], axis=1)
    ring = is_round[:, None]
    volume = np.where(ring, np.diff(rim**2, axis=1) / 2, np.diff(rim, axis=1))
    pull = np.where(ring, face, 1.0) * length[:, None] ** 2 / step
    own = volume.copy()
    own[:, :-1] += pull
    own[:, 1:] += pull
    return _solve_tridiagonal(-pull, own, volume * load)


def _solve_tridiagonal(
    beside: Float[Array, "draw between"], own: Float[Array, "draw place"], right: Float[Array, "draw place"]
) -> Float[Array, "draw place"]:
    """Solution of a symmetric system for each draw: `beside` (draw, n - 1), `own` and `right` (draw, n)."""
    n = own.shape[1]
    own, right = own.T.copy(), right.T.copy()
    beside = beside.T
    for i in range(1, n):
        share = beside[i - 1] / own[i - 1]
        own[i] -= share * beside[i - 1]
        right[i] -= share * right[i - 1]
    right[-1] /= own[-1]
    for i in range(n - 2, -1, -1):
        right[i] = (right[i] - beside[i] * right[i + 1]) / own[i]
    return right.T.copy()
