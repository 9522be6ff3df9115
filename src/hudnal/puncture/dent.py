"""How skin dents under a needle, under many needles, and under the drum between them.

Skin is three incompressible layers (epidermis with its corneum, dermis, soft tissue) on a rigid ground, bone or fascia.
Epidermis and dermis stand under the in-plane tension T, spread over both: a pre-stress s = T / (h_epidermis +
h_dermis). A load that varies as J0(k r) on the surface sinks it by C(k) times the pressure. In each layer the vertical
displacement W solves

    W'''' - (2 + s/mu) k^2 W'' + (1 + s/mu) k^4 W = 0 ,

with roots k and k sqrt(1 + s/mu) (Biot's incremental stress). The layers' stiffnesses are joined from below. Everything
else is an integral over C(k): a thin tense skin on a soft ground gives the membrane on springs, a deep even one gives
the half space. No published dent law of needled skin was found; this one is held to a finite-element solution.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from scipy.special import spherical_jn

from hudnal.arrays import Array, Float, PerDraw
from hudnal.parameters import Draws
from hudnal.skin import Skin

WIDEST = 0.8  # of the drum's radius: half the widest strip; beyond it a drum would be buried
_LEAST_PRESTRESS = 1e-3  # of the shear modulus: keeps the two roots apart; sinks change by less than that
_STRIP = 3 * pi / 4  # k b at which springs carry a cylinder as the half space of Hertz does with half width b
_NARROWEST = 1e-3  # mm, half width of a strip
_HALVINGS = 30  # of the bracket of a strip's half width
# C(k) is worked out at these k, 1/mm; between them log C is linear in log k.
_WAVENUMBERS = np.geomspace(1e-3, 1e4, 240)
# An integral over k is taken at these k a: even in the logarithm, then even, up to where the rest is known.
_LAST = 20 * pi
_SCALED = np.concatenate([np.geomspace(1e-4, 2.0, 90)[:-1], np.arange(2.0, _LAST, pi / 12)])
# Transforms of the pressure under a tip: that on a half space, and the second form.
_FORM, _SECOND_FORM = spherical_jn(0, _SCALED), spherical_jn(2, _SCALED)


@dataclass(frozen=True)
class ElasticLayers:
    """Elastic layers from the surface down, on a rigid ground; the last is the softest."""

    modulus: Float[Array, "draw layer"]  # MPa, shear
    thickness: Float[Array, "draw layer"]  # mm
    prestress: Float[Array, "draw layer"]  # MPa, in the plane, alike in all its directions

    @staticmethod
    def of(skin: Skin, tension: PerDraw, draws: Draws) -> ElasticLayers:
        """The skin's layers under `tension` N/mm, with the moduli of tests that last a second."""
        dermis = draws.value("skin.mechanics.dermis_modulus") * skin.stiffness
        young = [skin.epidermis_modulus, dermis, skin.soft_modulus]
        carried = tension / (skin.surface_to_dermis + skin.dermis)
        return ElasticLayers(
            modulus=np.stack(young, axis=1) / 3,
            thickness=np.stack([skin.surface_to_dermis, skin.dermis, skin.soft_depth], axis=1),
            prestress=np.stack([carried, carried, np.zeros_like(carried)], axis=1),
        )


def sink(
    layers: ElasticLayers, wavenumber: Float[Array, "draw n"] | Float[Array, " n"]
) -> Float[Array, "draw n"]:
    """C(k), mm/MPa: sink of the frictionless surface under a pressure of 1 MPa that varies as J0(k r).

    `wavenumber` k in 1/mm. Limits: 1 / (2 mu k) for a deep even layer without tension.
    """
    k = np.broadcast_to(wavenumber, (layers.modulus.shape[0], wavenumber.shape[-1]))
    below = np.full((*k.shape, 2, 2), 0.0)
    rigid = True
    for layer in reversed(range(layers.modulus.shape[1])):
        modulus, thickness, prestress = (
            a[:, layer, None] for a in (layers.modulus, layers.thickness, layers.prestress)
        )
        stiffness = _layer_stiffness(k, modulus, thickness, prestress)
        top, cross, back, foot = (stiffness[..., a : a + 2, b : b + 2] for a in (0, 2) for b in (0, 2))
        # Condense what lies below into the surface of this layer; a rigid ground lets its foot not move at all.
        below = top if rigid else top - cross @ np.linalg.solve(foot + below, back)
        rigid = False
    return below[..., 1, 1] / (below[..., 0, 0] * below[..., 1, 1] - below[..., 0, 1] * below[..., 1, 0])


def _layer_stiffness(
    k: Float[Array, "draw n"],
    modulus: Float[Array, "draw 1"],
    thickness: Float[Array, "draw 1"],
    prestress: Float[Array, "draw 1"],
) -> Float[Array, "draw n 4 4"]:
    """Stiffness of one layer for (W, W'/k) at its surface and at its foot."""
    s = np.broadcast_to(np.maximum(prestress / modulus, _LEAST_PRESTRESS), k.shape)
    roots = np.stack([np.ones_like(s), np.sqrt(1 + s)], axis=-1)
    fade = np.exp(-roots * (k * thickness)[..., None])  # of each mode from one face to the other
    one = np.ones_like(fade)
    shear = roots**3 - (3 + s[..., None]) * roots
    moment = roots**2 + 1
    # Columns: two modes that fade downward, two that fade upward.
    shape = np.stack(
        [
            np.concatenate([one, fade], axis=-1),
            np.concatenate([-roots, roots * fade], axis=-1),
            np.concatenate([fade, one], axis=-1),
            np.concatenate([-roots * fade, roots], axis=-1),
        ],
        axis=-2,
    )
    load = np.stack(
        [
            np.concatenate([-shear, shear * fade], axis=-1),
            np.concatenate([-moment, -moment * fade], axis=-1),
            np.concatenate([shear * fade, -shear], axis=-1),
            np.concatenate([moment * fade, moment], axis=-1),
        ],
        axis=-2,
    )
    stiffness = np.linalg.solve(shape.swapaxes(-1, -2), load.swapaxes(-1, -2)).swapaxes(-1, -2)
    return stiffness * (modulus * k)[..., None, None]


class Ground:
    """Layers whose C(k) is worked out once: what any needle or drum on them needs is then read off."""

    def __init__(self, layers: ElasticLayers) -> None:
        self.layers = layers
        self._log_sink: Float[Array, "draw wavenumber"] = np.log(sink(layers, _WAVENUMBERS))

    def sink(self, wavenumber: Float[Array, "draw n"]) -> Float[Array, "draw n"]:
        """C(k), mm/MPa, at `wavenumber` 1/mm."""
        # Known points are even in log k; beyond the ends it is that of the end.
        place = (np.log(wavenumber) - np.log(_WAVENUMBERS[0])) / np.log(_WAVENUMBERS[1] / _WAVENUMBERS[0])
        place = np.clip(place, 0.0, _WAVENUMBERS.size - 1)
        below = np.minimum(place.astype(np.int64), _WAVENUMBERS.size - 2)
        lower = np.take_along_axis(self._log_sink, below, axis=1)
        upper = np.take_along_axis(self._log_sink, below + 1, axis=1)
        return np.exp(lower + (place - below) * (upper - lower))

    def needle_compliance(self, radius: PerDraw, from_wavenumber: PerDraw | float = 0.0) -> PerDraw:
        """mm/N of a rigid flat tip of `radius` mm.

        Its pressure is that on an even half space, whose transform is j0(ka), and a second form without force, j2(ka),
        as much of it as makes the tip stiffest: c00 - c02^2 / c22 with c_mn = 1/(2 pi) times the integral of
        C(k) jm(ka) jn(ka) k dk (spherical Bessel functions). Exact on a half space: 1 / (8 mu a). Only sinks shorter
        than `from_wavenumber` 1/mm count: what neighbours share, or is too far to follow, is left out.
        """
        k = _SCALED / radius[:, None]
        value = self.sink(k) * k
        start = np.broadcast_to(from_wavenumber, radius.shape)
        # Beyond the last point C = 1 / (2 mu k) of the upper layer, and sin^2 is a half on average.
        tail = 1 / (4 * self.layers.modulus[:, 0] * radius**2 * k[:, -1])
        first = _integral_from(k, value * _FORM**2, start) + tail
        mixed = _integral_from(k, value * _FORM * _SECOND_FORM, start) - tail
        second = _integral_from(k, value * _SECOND_FORM**2, start) + tail
        return (first - mixed**2 / second) / (2 * pi)

    def springs(self, half_width: PerDraw) -> PerDraw:
        """MPa/mm: pressure per sink of skin pressed over a strip of `half_width` mm."""
        return 1 / self.sink((_STRIP / half_width)[:, None])[:, 0]

    def strip_under_drum(self, radius: float, width: float, force: PerDraw) -> PerDraw:
        """Half width in mm over which a drum of `radius` and `width` mm sinks in under `force` N.

        F = 4/3 b W S(b) b^2 / (2 R): a parabola pressed into springs that are as stiff as the skin is for that strip.
        """
        low, high = np.full(force.shape, _NARROWEST), np.full(force.shape, WIDEST * radius)
        for _ in range(_HALVINGS):
            middle = np.sqrt(low * high)
            less = 4 / 3 * width * self.springs(middle) * middle**3 / (2 * radius) < force
            low, high = np.where(less, middle, low), np.where(less, high, middle)
        return np.sqrt(low * high)


def _integral_from(k: Float[Array, "draw n"], value: Float[Array, "draw n"], start: PerDraw) -> PerDraw:
    """Integral of `value` over `k`, multiples of `_SCALED`, from `start` on, by trapezoids."""
    pieces = (value[:, 1:] + value[:, :-1]) / 2 * np.diff(k)
    whole = np.concatenate([np.zeros((k.shape[0], 1)), np.cumsum(pieces, axis=1)], axis=1)
    rows = np.arange(k.shape[0])
    below = np.searchsorted(_SCALED, start / k[:, 0] * _SCALED[0], side="right") - 1
    below = np.clip(below, 0, k.shape[1] - 2)
    share = np.clip((start - k[rows, below]) / (k[rows, below + 1] - k[rows, below]), 0.0, 1.0)
    left = whole[rows, below] + share * (whole[rows, below + 1] - whole[rows, below])
    return whole[:, -1] - left


def cell_wavenumber(cell: float) -> float:
    """1/mm from which a needle's dent is its own, when equal needles stand on cells of `cell` mm2.

    Their common sink has waves of the lattice only: 0, then those beyond the circle as large as its reciprocal cell.
    """
    return 2 * sqrt(pi / cell)
