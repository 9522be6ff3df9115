"""Sites and people let drugs through alike much or little; two drugs of one cream do not part by luck."""

from __future__ import annotations

import numpy as np
import pytest

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin, list_sites
from hudnal.transport import Channels, Compound, Depot, Product, TransportConditions, product

DRAWS = Draws(16, 3)
STILL = np.zeros(16)


def compound(name, site, draws=DRAWS) -> tuple[Compound, Skin]:
    skin = Skin.at(site, Person(), Lesion.none(draws), draws)
    return Compound.of(name, skin, draws), skin


def permeability(name, site, draws=DRAWS):
    """mm/h of the wet corneum."""
    c, skin = compound(name, site, draws)
    return c.corneum_diffusivity * c.corneum_partition / skin.corneum


@pytest.mark.parametrize("name", ["lidocaine", "caffeine", "retinol"])
def test_a_site_multiplies_what_passes_whatever_its_thickness(name):
    for site in list_sites():
        passage = compound(name, site)[1].passage
        assert np.allclose(permeability(name, site), permeability(name, "abdomen") * passage)


def test_excised_skin_of_the_trunk_is_what_permeabilities_were_measured_on():
    one = DRAWS.of_one_person
    assert np.all(compound("lidocaine", "abdomen", one)[1].passage == 1)
    assert np.allclose(
        permeability("lidocaine", "abdomen", one), one["transport.compounds.lidocaine.permeability"]
    )


def test_order_of_sites():
    """Back, arm, chest, thigh, abdomen, forehead (benzoic acid), and the eyelid above them."""
    one = Draws(1)
    order = ["back", "upper-arm", "chest", "thigh", "abdomen", "forehead", "periorbital"]
    assert np.all(np.diff([permeability("lidocaine", site, one)[0] for site in order]) > 0)
    # EMLA's label: face over thigh 2.0 to 2.8.
    ratio = permeability("lidocaine", "face", one)[0] / permeability("lidocaine", "thigh", one)[0]
    assert 2.0 <= ratio <= 2.8


def test_people_differ_and_one_person_does_not():
    assert (
        np.std(
            np.log(permeability("lidocaine", "abdomen") / DRAWS["transport.compounds.lidocaine.permeability"])
        )
        > 0.4
    )
    mean = DRAWS.of_one_person
    assert mean.of_one_person is mean
    assert np.allclose(mean["transport.people.passage"], 1.0)


def test_the_two_halves_of_emla_go_together():
    """Prilocaine is 10 to 50 % below lidocaine in the vein that drains the skin: never a tenth, nor ten times."""
    skin = compound("lidocaine", "thigh")[1]
    taken = {}
    for name in ("lidocaine", "prilocaine"):
        depot = Depot.empty(name, skin, DRAWS, 0.0).spread(product("emla"), 150.0, DRAWS)
        conditions = TransportConditions(0.8, 1.0, covered=True)
        taken[name] = depot.advance(3.0, Channels.none(16), STILL, conditions, DRAWS).whole.delivered()
    ratio = taken["prilocaine"] / taken["lidocaine"]
    assert np.all((ratio > 0.2) & (ratio < 3))
    assert 0.4 < np.median(ratio) < 1.3


def test_follicles_follow_the_site_as_the_corneum_does():
    dry = TransportConditions(1.0, 1.0)
    shunts = []
    for site in ("abdomen", "face"):
        skin = compound("sucrose", site)[1]
        depot = Depot.empty("sucrose", skin, DRAWS, 0.0)
        shunts.append(depot.flows(dry, DRAWS).shunt / skin.passage)
    assert np.allclose(shunts[0], shunts[1])


def test_an_ointment_holds_no_charged_drug():
    """Without water its pH is nobody's: half as alkaline, it pushes as hard."""
    skin = compound("lidocaine", "face")[1]

    def make(vehicle, ph):
        return Product("o", "numbing", {"lidocaine": 5.0}, vehicle, ph, False, 100.0)

    held = [
        Depot.empty("lidocaine", skin, DRAWS, 0.0).spread(make(vehicle, ph), 100.0, DRAWS)
        for vehicle, ph in (("ointment", 6.0), ("ointment", 9.0), ("cream", 6.0), ("cream", 9.0))
    ]
    assert np.array_equal(held[0].holds, held[1].holds) and np.all(held[0].film_neutral == 1)
    assert np.all(held[2].holds > held[3].holds)
