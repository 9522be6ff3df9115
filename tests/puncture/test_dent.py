"""The law of the dent: held to finite elements, to closed forms at its limits, and to the exact sum over a lattice."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import numpy as np
import pytest
from finite_elements import CASES, USUAL, Case, dent
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from scipy.special import j0, spherical_jn

from hudnal.puncture.dent import ElasticLayers, Ground, cell_wavenumber, sink

DISTANCES = np.array([0.3, 1, 2.5])


def layers(modulus: ArrayLike, thickness: ArrayLike, prestress: ArrayLike = 0.0) -> ElasticLayers:
    """One draw of ElasticLayers; MPa, mm, MPa."""
    rows = np.broadcast_arrays(
        *(np.atleast_2d(np.asarray(a, float)) for a in (modulus, thickness, prestress))
    )
    return ElasticLayers(*rows)


def layers_of(case: Case) -> ElasticLayers:
    return layers(case.modulus, case.thickness, case.prestress)


def law(case: Case) -> float:
    """N/mm by the law."""
    return 1 / Ground(layers_of(case)).needle_compliance(np.array([case.radius]))[0]


def sink_around(case: Case, distance: np.ndarray) -> np.ndarray:
    """mm/N by which the surface sinks at `distance` mm, (n,), from the tip: the dent that a neighbour shares."""
    k = np.linspace(0, 60, 12001)[1:]  # even, since J0 oscillates; distances from 0.3 mm on
    value = sink(layers_of(case), k)[0] * k * np.sinc(k * case.radius / pi)
    return value @ j0(np.outer(k, distance)) * (k[1] - k[0]) / (2 * pi)


def rigid(case: Case, terms: int) -> float:
    """N/mm of a rigid tip whose pressure takes its own form: the law's, and `terms` - 1 more that carry no force.

    The terms' transforms are spherical Bessel functions of ka, the first of them sin(ka)/(ka). With two terms it is
    the law, here over many more wavenumbers.
    """
    t = np.concatenate([np.geomspace(1e-5, 2, 800)[:-1], np.arange(2, 24 * pi, 0.05)])
    k = t / case.radius
    form = np.stack([spherical_jn(2 * n, t) for n in range(terms)])
    compliance = np.trapezoid(form[:, None] * form * sink(layers_of(case), k)[0] * k, k)
    sign = (-1.0) ** np.arange(terms)
    tail = np.outer(sign, sign) / (4 * case.modulus[0] * case.radius**2 * k[-1])
    return np.linalg.inv((compliance + tail) / (2 * pi))[0, 0]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_law_against_finite_elements(case):
    found = dent(case)
    assert law(case) == pytest.approx(found.stiffness, rel=0.05)
    # What the law's form of pressure leaves out is all that parts them: with its own form the tip agrees closely.
    assert rigid(case, 5) == pytest.approx(found.stiffness, rel=0.015)
    around = sink_around(case, DISTANCES)
    np.testing.assert_allclose(around, found.sink(DISTANCES), rtol=0.1, atol=0.02 / found.stiffness)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_integral_is_fine_enough_and_never_stiffer_than_a_rigid_tip(case):
    assert law(case) == pytest.approx(rigid(case, 2), rel=0.01)
    assert rigid(case, 1) <= rigid(case, 2) <= rigid(case, 5)


@pytest.mark.parametrize("case", [Case(0.05, 0.0073, *USUAL), Case(0.3, 0.06, *USUAL)], ids=str)
def test_finite_elements_converge(case):
    coarse, usual, fine = (
        dent(case, growth=growth, finest=finest).stiffness
        for growth, finest in ((0.7, 0.08), (0.35, 0.02), (0.25, 0.01))
    )
    assert abs(usual / fine - 1) < 0.005
    assert abs(usual / fine - 1) < abs(coarse / fine - 1) / 2


@pytest.mark.parametrize("case", [CASES[1], CASES[8]], ids=str)
def test_far_side_of_the_finite_elements_does_not_matter(case):
    found = dent(case)
    assert dent(case, far_fixed=True).stiffness == pytest.approx(found.stiffness, rel=0.005)
    assert dent(case, far=100).stiffness == pytest.approx(found.stiffness, rel=0.005)


def test_half_space():
    """8 mu a under a rigid flat tip, and p / (2 mu k) under a wave of pressure."""
    case = Case(0.1, 0.0, (20, 20, 60), (0.6, 0.6, 0.6))
    assert dent(case).stiffness == pytest.approx(8 * 0.2 * 0.1, rel=0.005)
    assert law(case) == pytest.approx(8 * 0.2 * 0.1, rel=0.005)
    k = np.geomspace(0.1, 100, 20)
    np.testing.assert_allclose(sink(layers_of(case), k)[0], 1 / (2 * 0.2 * k), rtol=1e-3)


def test_even_layer_on_rigid_ground():
    """The closed form, thin (k^2 h^3 / (3 mu): it flows aside as a film does) and thick (1 / (2 mu k))."""
    modulus, thickness = 0.2, 3.0
    k = np.geomspace(0.01, 20, 40)
    x = k * thickness
    exact = (np.sinh(2 * x) - 2 * x) / (np.cosh(2 * x) + 1 + 2 * x**2) / (2 * modulus * k)
    even = layers([modulus] * 3, [1, 0.5, 1.5])
    np.testing.assert_allclose(sink(even, k)[0], exact, rtol=2e-3)
    np.testing.assert_allclose(sink(layers(modulus, thickness), k)[0], exact, rtol=2e-3)
    assert exact[0] == pytest.approx(k[0] ** 2 * thickness**3 / (3 * modulus), rel=0.01)
    assert exact[-1] == pytest.approx(1 / (2 * modulus * k[-1]))


def test_tense_plate_on_soft_ground():
    """1 / (T k^2 + D k^4 + 2 mu_ground k) of a thin plate, D = mu h^3 / 3; where waves are long, it is a membrane."""
    tension, modulus, thickness, ground = 0.005, 0.5, 0.1, 1e-3
    plate = layers([modulus, modulus, ground], [0.04, 0.06, 2e4], np.array([1, 1, 0]) * tension / thickness)
    k = np.geomspace(0.02, 2, 20)
    stretched, bent, ground_of = tension * k**2, modulus * thickness**3 / 3 * k**4, 2 * ground * k
    found = sink(plate, k)[0]
    np.testing.assert_allclose(found, 1 / (stretched + bent + ground_of), rtol=0.02)
    long = k < 0.3
    np.testing.assert_allclose(found[long], 1 / (stretched + ground_of)[long], rtol=0.02)


def test_a_layer_cut_in_two_is_the_same_layer():
    whole = layers([0.3, 0.2, 0.01], [0.07, 1.3, 5], [0.01, 0.02, 0])
    cut = layers([0.3, 0.2, 0.2, 0.01], [0.07, 0.4, 0.9, 5], [0.01, 0.02, 0.02, 0])
    k = np.geomspace(0.01, 100, 30)
    np.testing.assert_allclose(sink(cut, k), sink(whole, k), rtol=1e-6)


SKINS = st.builds(
    Case,
    radius=st.floats(0.01, 0.3),
    tension=st.floats(0.003, 0.06),
    thickness=st.tuples(st.floats(0.05, 0.1), st.floats(0.6, 2.2), st.floats(2, 15)),
    young=st.tuples(st.floats(0.4, 2), st.floats(0.15, 2.4), st.floats(0.005, 0.15)),
)


@settings(max_examples=40)
@given(SKINS, st.floats(1.05, 3), st.integers(0, 2))
def test_more_tension_stiffer_or_thinner_layers_and_wider_tips_sink_less(case, factor, layer):
    def changed(values: tuple[float, ...], by: float) -> tuple[float, ...]:
        return tuple(v * by if i == layer else v for i, v in enumerate(values))

    stiffness = law(case)
    assert law(replace(case, tension=case.tension * factor)) > stiffness
    assert law(replace(case, young=changed(case.young, factor))) > stiffness
    assert law(replace(case, radius=case.radius * factor)) > stiffness
    shallow = (*case.thickness[:2], case.thickness[2] / factor)
    assert law(replace(case, thickness=shallow)) > stiffness


@given(SKINS)
def test_sinks_under_waves_are_positive_and_own_dents_are_a_part(case):
    ground = Ground(layers_of(case))
    assert np.all(sink(ground.layers, np.geomspace(1e-3, 1e3, 60)) > 0)
    radius = np.array([case.radius])
    parts = [ground.needle_compliance(radius, cell_wavenumber(cell))[0] for cell in (0.25, 1, 6.25, 25)]
    assert np.all(np.diff(parts) > 0) and parts[0] > 0
    assert parts[-1] < ground.needle_compliance(radius)[0]


def test_drum_on_a_deep_even_skin_is_hertz_line_contact():
    """b^2 = 4 F R / (pi E* L) with E* = E / (1 - 1/4)."""
    young, radius, width, force = 0.6, 10.0, 20.0, np.array([0.05, 0.5, 2.0])
    half_space = Ground(layers([[young / 3] * 3] * 3, [1, 1, 1e4]))
    expected = np.sqrt(4 * force / width * radius / (pi * young / (1 - 0.25)))
    np.testing.assert_allclose(half_space.strip_under_drum(radius, width, force), expected, rtol=0.005)
    # Carried by springs under a parabola: F / L = 4/3 b S b^2 / (2 R).
    carried = 4 / 3 * expected * half_space.springs(expected) * expected**2 / (2 * radius)
    np.testing.assert_allclose(carried, force / width, rtol=0.005)


def lattice(case: Case, side: float) -> float:
    """mm/N by which a needle sinks more than the mean, of equal needles on a square lattice of `side` mm.

    Exact for the law's form of pressure: the sum of C(G) (sin(Ga)/(Ga))^2 / side^2 over the reciprocal vectors G but 0.
    """
    last = int(side * 8 * pi / case.radius / (2 * pi))
    n = np.arange(-last, last + 1) ** 2
    squares, count = np.unique(n[:, None] + n, return_counts=True)
    inside = (squares > 0) & (squares <= last**2)
    g = 2 * pi / side * np.sqrt(squares[inside])
    steps = np.geomspace(g[0] * 0.99, g[-1] * 1.01, 2000)
    sinks = np.interp(g, steps, sink(layers_of(case), steps)[0])
    near = np.sum(count[inside] * sinks * np.sinc(g * case.radius / pi) ** 2) / side**2
    return near + 1 / (8 * pi * case.modulus[0] * case.radius**2 * g[-1])


BESIDE_EACH_OTHER = [(c, side) for c in CASES for side in (0.5, 2.5) if c.radius < 0.1 * side]


@pytest.mark.parametrize(("case", "side"), BESIDE_EACH_OTHER, ids=str)
def test_own_dent_is_that_of_the_lattice(case, side):
    """Of needles more than ten tip radii apart: closer ones share a dent finer than their lattice's waves."""
    own = Ground(layers_of(case)).needle_compliance(np.array([case.radius]), cell_wavenumber(side**2))[0]
    assert own == pytest.approx(lattice(case, side), rel=0.1)
