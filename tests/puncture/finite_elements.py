"""Layered, pre-tensioned, incompressible elastic skin under a rigid flat frictionless tip, by finite elements.

An answer to the same question as `hudnal.puncture.dent`, found another way: axisymmetric mixed elements in (r, z),
displacement quadratic with a bubble, pressure linear and free to jump from one triangle to the next (where the modulus
jumps, so does the pressure). Minimised, under div u = 0:

    integral of mu eps:eps + s/2 ((du_r/dr)^2 + (u_r/r)^2 + (du_z/dr)^2) over 2 pi r dr dz ,

with shear modulus mu and in-plane pre-stress s of each layer. u_z = -1 mm under the tip, no friction there, u = 0 at
the foot. Lengths in mm, moduli and pre-stress in MPa, forces in N.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import ceil, log1p, pi

import numpy as np
import skfem
from scipy.interpolate import PchipInterpolator
from scipy.sparse.linalg import splu
from skfem.helpers import ddot, grad, sym_grad


@dataclass(frozen=True)
class Case:
    """One tip on one skin: epidermis, dermis and hypodermis, the tension spread over the upper two."""

    radius: float  # mm, of the tip
    tension: float  # N/mm
    thickness: tuple[float, float, float]  # mm
    young: tuple[float, float, float]  # MPa

    @property
    def modulus(self) -> np.ndarray:
        """Shear modulus of each layer, MPa."""
        return np.array(self.young) / 3

    @property
    def prestress(self) -> np.ndarray:
        """In-plane pre-stress of each layer, MPa."""
        return np.array([1, 1, 0]) * self.tension / sum(self.thickness[:2])


USUAL, SOFT = ((0.07, 1.3, 5), (0.9, 0.6, 0.03)), ((0.05, 0.6, 15), (0.4, 0.15, 0.005))
CRUSTED, DEEP = ((0.05, 0.6, 15), (2, 0.15, 0.005)), ((0.1, 2.2, 15), (2, 2.4, 0.005))
# Usual skin under every tip and tension, then corners of the range.
CASES = (
    *(Case(radius, 0.0073, *USUAL) for radius in (0.02, 0.05, 0.1, 0.3)),
    *(Case(0.05, tension, *USUAL) for tension in (0.003, 0.03, 0.06)),
    Case(0.02, 0.003, (0.05, 0.6, 2), (0.4, 0.15, 0.005)),
    Case(0.3, 0.003, *SOFT),
    Case(0.3, 0.06, *SOFT),
    Case(0.02, 0.06, *CRUSTED),
    Case(0.1, 0.06, *CRUSTED),
    Case(0.3, 0.003, *CRUSTED),
    Case(0.3, 0.03, (0.1, 0.6, 2), (2, 0.15, 0.15)),
    Case(0.3, 0.003, (0.1, 0.6, 2), (2, 2.4, 0.005)),
    Case(0.1, 0.003, (0.05, 2.2, 2), (0.4, 2.4, 0.15)),
    Case(0.3, 0.03, (0.05, 2.2, 2), (0.4, 2.4, 0.15)),
    Case(0.1, 0.003, *DEEP),
    Case(0.3, 0.06, *DEEP),
    Case(0.1, 0.0073, (0.07, 1.3, 5), (0.9, 0.1, 0.03)),
    Case(0.2, 0.03, (0.07, 1.3, 5), (2, 0.03, 0.01)),
    Case(0.05, 0.003, (0.07, 0.87, 5), (0.4, 0.03, 0.15)),
    Case(0.3, 0.06, (0.05, 0.87, 5), (2.5, 0.03, 0.1)),
)


@dataclass(frozen=True)
class Dent:
    """What the tip's way of 1 mm asks for and does."""

    stiffness: float  # N/mm
    along: np.ndarray  # mm from the axis, points of the surface
    sunk: np.ndarray  # of those points, per mm of way

    def sink(self, distance: np.ndarray) -> np.ndarray:
        """mm/N by which the surface sinks at `distance` mm from the axis."""
        return PchipInterpolator(self.along, self.sunk)(distance) / self.stiffness


def _graded(start: float, stop: float, finest: float, growth: float) -> np.ndarray:
    """Lines from `start` to `stop` mm away from a point; steps are `finest` at it and longer by `growth` per mm."""
    first, last = (log1p(growth * x / finest) / growth for x in (start, stop))
    lines = np.expm1(growth * np.linspace(first, last, ceil(last - first) + 1)) * finest / growth
    lines[[0, -1]] = start, stop
    return lines


def _mesh(case: Case, far: float, growth: float, finest: float) -> skfem.MeshTri:
    """Triangles between lines that are dense at the tip's edge; every layer ends at a line. z = 0 at the surface."""
    radius, size = case.radius, finest * case.radius
    inward, outward = _graded(0, radius, size, growth), _graded(0, far - radius, size, growth)
    across = np.concatenate([radius - inward[:0:-1], radius + outward])
    across[0] = 0
    faces = np.concatenate([[0], np.cumsum(case.thickness)])
    down = np.concatenate([[0], *(_graded(a, b, size, growth)[1:] for a, b in pairwise(faces))])
    return skfem.MeshQuad.init_tensor(across, -down[::-1]).to_meshtri()


@skfem.BilinearForm
def _elastic(u, v, w):
    r = w.x[0]
    shear = 2 * w.modulus * (ddot(sym_grad(u), sym_grad(v)) + u[0] * v[0] / r**2)
    du, dv = np.asarray(grad(u)), np.asarray(grad(v))
    along = du[0, 0] * dv[0, 0] + u[0] * v[0] / r**2 + du[1, 0] * dv[1, 0]
    return (shear + w.prestress * along) * 2 * pi * r


@skfem.BilinearForm
def _swelling(u, q, w):
    """Change of volume, tested with the pressure q."""
    r = w.x[0]
    du = np.asarray(grad(u))
    return (du[0, 0] + du[1, 1] + u[0] / r) * q * 2 * pi * r


@cache
def dent(
    case: Case, far: float | None = None, far_fixed: bool = False, growth: float = 0.35, finest: float = 0.02
) -> Dent:
    """Dent of `case`, worked out once.

    The skin ends at `far` mm (unless given, ten times its depth and 40 mm at least); there it slides up and down, or is
    fixed. Elements are `finest` radii long at the tip's edge, and longer by `growth` times their distance from it.
    """
    radius, depth = case.radius, sum(case.thickness)
    far = max(40.0, 10 * depth) if far is None else far
    mesh = _mesh(case, far, growth, finest)
    basis = skfem.Basis(mesh, skfem.ElementVector(skfem.ElementTriP2B()), intorder=5)
    pressures = basis.with_element(skfem.ElementTriP1DG())
    layer = np.searchsorted(np.cumsum(case.thickness)[:-1], -mesh.p[1, mesh.t].mean(axis=0))
    at_layer = {"modulus": case.modulus, "prestress": case.prestress}
    everywhere = {name: a[layer, None] * np.ones_like(basis.dx) for name, a in at_layer.items()}
    stiffness = _elastic.assemble(basis, **everywhere)
    swelling = _swelling.assemble(basis, pressures)

    under_tip = basis.get_dofs(lambda p: (p[1] > -1e-12) & (p[0] < radius * (1 + 1e-9))).all("u^2")
    foot = basis.get_dofs(lambda p: p[1] < -depth * (1 - 1e-9)).all()
    axis = basis.get_dofs(lambda p: p[0] < 1e-12).all("u^1")
    side = basis.get_dofs(lambda p: p[0] > far * (1 - 1e-9)).all(None if far_fixed else "u^1")
    held = np.unique(np.concatenate([under_tip, foot, axis, side]))

    both = np.zeros(basis.N + pressures.N)
    both[under_tip] = -1
    whole = skfem.bmat([[stiffness, -swelling.T], [-swelling, None]], "csc")
    inner, load, _, free = skfem.condense(whole, x=both, D=held)
    both[free] = splu(inner.tocsc()).solve(load)
    moved = both[: basis.N]
    surface = basis.get_dofs(lambda p: p[1] > -1e-12).all("u^2")
    surface = surface[np.argsort(basis.doflocs[0, surface])]
    return Dent(float(moved @ (stiffness @ moved)), basis.doflocs[0, surface], -moved[surface])
