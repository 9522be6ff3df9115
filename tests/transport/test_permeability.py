"""The relation of permeability to size and lipophilicity: its limits, its range, its error."""

from __future__ import annotations

import numpy as np
import pytest

from hudnal.parameters import Draws, table
from hudnal.skin import Lesion, Person, Skin
from hudnal.transport import Compound
from hudnal.transport.permeability import (
    corneum_permeability,
    distance_outside_range,
    free_diffusivity,
    list_outside_range,
    living_resistance,
    membrane_permeability,
    potts_guy,
)

DRAWS = Draws(256, 5)
KEYS = tuple(table("transport")["relations"])
R = {key: DRAWS[f"transport.relations.{key}"] for key in KEYS}
MEDIAN = {key: Draws(1)[f"transport.relations.{key}"] for key in KEYS}


def width(log_kow, mass):
    """log10 units between the ends of the central 90 %."""
    low, high = np.quantile(np.log10(corneum_permeability(log_kow, mass, R)), [0.05, 0.95])
    return high - low


def membrane(log_kow, mass, thickness=0.1, shunt=True):
    pores = MEDIAN["shunt"] * free_diffusivity(mass, MEDIAN) if shunt else 0.0
    corneum = corneum_permeability(log_kow, mass, MEDIAN)
    return membrane_permeability(corneum, pores, living_resistance(mass, thickness, MEDIAN))


def test_the_median_is_the_published_relation():
    """Potts and Guy for a molecule of 200 g/mol and log Kow 2: log10 kp = -2.5 in cm/h."""
    assert potts_guy(2.0, 200.0, MEDIAN) == pytest.approx(-2.5)
    assert np.log10(corneum_permeability(2.0, 200.0, MEDIAN) / 10) == pytest.approx(-2.5)


def test_very_lipophilic_meet_the_living_layers():
    """However lipophilic, a membrane passes no more than its living layers do; the corneum alone knows no end."""
    living = 1 / living_resistance(250.0, 0.1, MEDIAN)
    assert membrane(9.0, 250.0) == pytest.approx(living, rel=1e-2)
    assert np.all(membrane(np.linspace(-3, 9, 50), 250.0) < living)
    assert corneum_permeability(9.0, 250.0, MEDIAN) > 100 * living


def test_thicker_living_layers_hold_back_the_lipophilic_only():
    assert membrane(6.0, 200.0, 0.4) < 0.5 * membrane(6.0, 200.0, 0.1)
    assert membrane(0.0, 200.0, 0.4) == pytest.approx(membrane(0.0, 200.0, 0.1), rel=0.01)


def test_neutral_hydrophile_is_the_corneum_and_the_very_polar_are_the_shunts():
    """Where the living layers hold nothing back the corneum is all there is, until the shunts let through more."""
    assert np.log10(membrane(-1.0, 150.0, shunt=False) / 10) == pytest.approx(
        potts_guy(-1.0, 150.0, MEDIAN), abs=0.002
    )
    sugar = MEDIAN["shunt"] * free_diffusivity(342.0, MEDIAN)
    assert membrane(-4.0, 342.0) == pytest.approx(sugar, rel=0.01)


def test_a_charged_compound_passes_by_its_neutral_share():
    corneum, living = corneum_permeability(1.0, 200.0, MEDIAN), living_resistance(200.0, 0.1, MEDIAN)
    whole = membrane_permeability(corneum, 0.0, living)
    assert membrane_permeability(corneum, 0.0, living, neutral=0.01) == pytest.approx(0.01 * whole)
    # What is charged within carries more of it on: the living layers hold back less.
    assert membrane_permeability(corneum, 0.0, living, 1.0, 0.1) > whole
    # The charged form has a share of its own, and where all is charged it is what passes.
    assert membrane_permeability(corneum, 0.0, 0.0, 0.0, 1.0, 0.03) == pytest.approx(0.03 * corneum)
    # The shunts do not ask.
    assert membrane_permeability(0.0, 1e-4, 0.0, neutral=0.01) == pytest.approx(1e-4)


@pytest.mark.parametrize(
    ("log_kow", "mass", "outside"),
    [
        (2.0, 234.0, []),
        (-3.0, 500.0, []),
        (6.0, 18.0, []),
        (2.0, 500.1, ["molar_mass"]),
        (2.0, 4.0, ["molar_mass"]),
        (6.3, 300.0, ["log_kow"]),
        (-4.0, 50000.0, ["log_kow", "molar_mass"]),
        (float("nan"), 300.0, ["log_kow"]),
    ],
)
def test_outside_the_range_is_told(log_kow, mass, outside):
    assert list_outside_range(log_kow, mass) == outside
    assert (distance_outside_range(log_kow, mass, MEDIAN) == 0) == (not outside)


@pytest.mark.parametrize(
    "path",
    [
        [(2.0, m) for m in (500.0, 600.0, 1000.0, 2000.0, 4000.0)],
        [(k, 300.0) for k in (6.0, 6.5, 8.0, 11.0)],
        [(k, 300.0) for k in (-3.0, -3.5, -5.0, -8.0)],
        [(0.0, m) for m in (18.0, 10.0, 2.0)],
    ],
)
def test_the_farther_outside_the_wider(path):
    widths = [width(*at) for at in path]
    assert widths[0] == pytest.approx(width(2.0, 200.0), rel=1e-9)
    assert np.all(np.diff(widths) > 0)


def test_larger_molecules_never_pass_better():
    """Wide as it is beyond the range, no draw turns the relation round."""
    mass = np.array([[100.0], [500.0], [501.0], [900.0], [5000.0], [1e6]])
    values = corneum_permeability(1.0, mass, R)
    assert np.all(np.diff(values, axis=0) <= 0)
    assert np.all(values > 0)


def test_a_compound_takes_the_corneum_alone_or_what_was_measured():
    skin = Skin.at("volar-forearm", Person(), Lesion.none(DRAWS), DRAWS)

    def of_layer(name):
        c = Compound.of(name, skin, DRAWS)
        return c.corneum_diffusivity * c.corneum_partition / skin.corneum / c.passage

    own = "transport.compounds."
    log_kow, mass = DRAWS[own + "retinol.log_kow"], DRAWS[own + "retinol.molar_mass"]
    assert np.allclose(of_layer("retinol"), corneum_permeability(log_kow, mass, R))
    assert np.allclose(of_layer("lidocaine"), DRAWS[own + "lidocaine.permeability"])
