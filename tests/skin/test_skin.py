from __future__ import annotations

import numpy as np
import pytest

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin, list_sites


def at(site: str = "cheek", **person) -> Skin:
    draws = Draws(16, 3)
    return Skin.at(site, Person(**person), Lesion.none(draws), draws)


@pytest.mark.parametrize("site", list_sites())
def test_layers_of_every_site_are_skin(site):
    skin = at(site)
    horny = 1.2 if site == "sole" else 0.1
    assert np.all((skin.corneum > 0.0015) & (skin.corneum < horny))
    assert np.all((skin.epidermis > 0.01) & (skin.epidermis < 0.7))
    assert np.all((skin.dermis > 0.2) & (skin.dermis < 6))
    assert np.all(skin.plexus_depth < skin.thickness)
    assert np.all(skin.loop_depth <= skin.surface_to_dermis)


def test_published_thickness_of_the_forearm():
    """Sandby-Møller 2003: corneum 18.3 um, cellular epidermis 56.6 um on the dorsal forearm."""
    draws = Draws(1)
    skin = Skin.at("dorsal-forearm", Person(age=40), Lesion.none(draws), draws)
    assert skin.corneum[0] * 1000 == pytest.approx(18.3, rel=0.02)
    assert skin.epidermis[0] * 1000 == pytest.approx(56.6, rel=0.02)


# Age, sun and smoking, by the formulas of docs/model/skin.md

DRAWS = Draws(16, 3)
TABLES_HOLD = DRAWS.value("skin.layers.thinning_from")


def old_after(start: str, span: str, share: float) -> float:
    """Age at which a person has gone that share of a study's line from its young group to its old one."""
    return DRAWS.value(start) + share * DRAWS.value(span)


def test_layers_are_the_sites_and_thin_exponentially():
    young, older = at(age=TABLES_HOLD), at(age=TABLES_HOLD + 20)
    np.testing.assert_array_equal(young.dermis, DRAWS["skin.sites.cheek.dermis_female"])
    np.testing.assert_array_equal(
        at(age=TABLES_HOLD, sex="male").dermis, DRAWS["skin.sites.cheek.dermis_male"]
    )
    assert np.all(at(sex="male").dermis != at().dermis)
    np.testing.assert_allclose(
        older.dermis / young.dermis, np.exp(-20 * DRAWS["skin.layers.dermal_thinning"])
    )
    np.testing.assert_allclose(older.epidermis / young.epidermis, np.exp(-20 * DRAWS["skin.layers.thinning"]))
    for name in ("corneum", "hypodermis"):
        np.testing.assert_array_equal(getattr(older, name), getattr(young, name))
    np.testing.assert_allclose(young.surface_to_dermis + young.dermis, young.thickness)


def test_what_a_site_does_not_say_is_that_of_all_sites():
    quantity = "water_loss"
    own = [site for site in list_sites() if DRAWS.has(f"skin.sites.{site}.{quantity}")]
    without = [site for site in list_sites() if site not in own]
    assert own and without
    np.testing.assert_array_equal(at(own[0]).water_loss, DRAWS[f"skin.sites.{own[0]}.{quantity}"])
    np.testing.assert_array_equal(at(without[0]).water_loss, DRAWS[f"skin.sites.default.{quantity}"])


@pytest.mark.parametrize("share", [-1.0, 0.0, 0.5, 1.0, 100.0])
def test_effects_of_age_are_lines_from_a_young_group_to_an_old_one_and_a_little_beyond(share):
    gone = min(max(share, 0.0), DRAWS.value("skin.ageing.beyond"))
    vessels, ageing = "skin.vessels.", "skin.ageing."
    skin = at(age=old_after(vessels + "loop_loss_from", vessels + "loop_loss_span", share))
    loops = DRAWS["skin.sites.cheek.loop_density"] * (1 - gone * DRAWS[vessels + "loop_loss_with_age"])
    np.testing.assert_allclose(skin.loop_density, loops)
    skin = at(age=old_after(vessels + "flow_from", vessels + "flow_span", share))
    flow = DRAWS[vessels + "loop_flow_young"] * (1 - gone * DRAWS[vessels + "loop_flow_loss"])
    np.testing.assert_allclose(skin.loop_flow, flow)
    skin = at(age=old_after(ageing + "synthesis_from", ageing + "synthesis_span", share))
    np.testing.assert_allclose(skin.synthesis, 1 - gone * DRAWS[ageing + "synthesis_loss"])
    skin = at(age=old_after(ageing + "adult_from", ageing + "barrier_span", share))
    np.testing.assert_allclose(skin.barrier_speed, 1 / DRAWS[ageing + "barrier_slowing"] ** gone)
    skin = at(age=old_after(ageing + "epithelium_from", ageing + "epithelium_span", share))
    np.testing.assert_allclose(skin.epithelium_speed, 1 / (1 + gone * DRAWS[ageing + "epithelium_delay"]))


def test_age_takes_collagen_and_slows_the_corneum_down_to_a_floor():
    adult, least = DRAWS.value("skin.ageing.adult_from"), DRAWS.value("skin.ageing.least")
    lost = DRAWS["skin.ageing.collagen_loss"] * DRAWS["skin.ageing.sun_collagen.usual"]
    np.testing.assert_allclose(at(age=adult - 5).collagen, 1)
    np.testing.assert_allclose(at(age=adult + 10).collagen, 1 - 10 * lost)
    assert np.all(at(age=500).collagen == least)
    slowing, since = DRAWS["skin.ageing.turnover_slowing"], DRAWS.value("skin.ageing.turnover_from")
    usual = DRAWS[f"skin.sites.{'cheek' if DRAWS.has('skin.sites.cheek.turnover') else 'default'}.turnover"]
    np.testing.assert_allclose(at(age=since + 30).turnover, usual * (1 + 30 * slowing))


def test_stiffness_grows_with_age_about_the_tables_modulus():
    since, modulus = DRAWS.value("skin.mechanics.stiffening_from"), "skin.mechanics.dermis_modulus"
    against = DRAWS[modulus] / DRAWS.value(modulus)
    np.testing.assert_allclose(at(age=since).stiffness, against)
    stiffer = np.exp(15 * DRAWS["skin.mechanics.stiffening"])
    np.testing.assert_allclose(at(age=since + 15).stiffness, against * stiffer)


def test_tension_is_the_sites_in_newtons_a_millimetre():
    """The tables hold N/m."""
    own = "skin.sites.dorsal-forearm.tension"
    name = own if DRAWS.has(own) else "skin.sites.default.tension"
    np.testing.assert_allclose(at("dorsal-forearm").tension * 1000, DRAWS[name])


def test_vessels_lie_in_the_layers_above_them():
    skin, group = at(), "skin.vessels."
    deepest = skin.surface_to_dermis + DRAWS[group + "plexus_deepest"] * skin.dermis
    np.testing.assert_allclose(skin.plexus_depth, np.minimum(DRAWS[group + "plexus_depth"], deepest))
    cover = np.minimum(DRAWS["skin.layers.papilla_cover"], skin.epidermis)
    np.testing.assert_allclose(skin.loop_depth, skin.corneum + cover)
    np.testing.assert_allclose(skin.plexus_length * DRAWS[group + "plexus_mesh"], 2)
    np.testing.assert_allclose(skin.deep_length * DRAWS[group + "deep_mesh"], 2)


def test_smoking_lowers_collagen_synthesis_and_the_speed_of_the_barrier():
    smoker, never, group = at(smoker=True), at(), "skin.ageing.smoker_"
    np.testing.assert_allclose(smoker.collagen, never.collagen * DRAWS[group + "collagen"])
    np.testing.assert_allclose(smoker.synthesis, never.synthesis * DRAWS[group + "synthesis"])
    np.testing.assert_allclose(smoker.barrier_speed, never.barrier_speed / DRAWS[group + "barrier"])
    for name in ("elastin", "epithelium_speed", "dermis", "loop_density"):
        np.testing.assert_array_equal(getattr(smoker, name), getattr(never, name))
    assert np.all(smoker.synthesis < never.synthesis) and np.all(smoker.barrier_speed < never.barrier_speed)


def test_sun_takes_collagen_and_clumps_old_elastin():
    """What the sun clumps adds to all elastin and not to the new: the new is as much as without it."""
    little, much = (at(age=60, sun=sun) for sun in ("little", "much"))
    assert np.all(much.collagen < little.collagen)
    assert np.all(much.elastin > little.elastin)
    np.testing.assert_allclose(
        much.elastin * much.tropoelastin_share, little.elastin * little.tropoelastin_share
    )
    years = 60 - DRAWS.value("skin.ageing.adult_from")
    clumped = DRAWS["skin.ageing.elastosis.much"] * years / DRAWS.value("skin.ageing.elastosis_span")
    least = DRAWS.value("skin.ageing.least")
    kept = np.maximum(1 - DRAWS["skin.ageing.elastin_loss"] * years, least)
    np.testing.assert_allclose(much.elastin, kept + clumped)
    np.testing.assert_allclose(
        much.epidermis / little.epidermis,
        DRAWS["skin.ageing.sun_epidermis.much"] / DRAWS["skin.ageing.sun_epidermis.little"],
    )


def test_unknown_site_is_an_error():
    with pytest.raises(KeyError):
        at("moon")


def test_a_stretch_mark_has_thin_epidermis_and_parallel_fibres():
    draws = Draws(16, 3)
    plain = Skin.at("thigh", Person(), Lesion.none(draws), draws)
    mark = Skin.at("thigh", Person(), Lesion.of("stretch-mark", draws, "striae", 5, None), draws)
    assert np.all(mark.epidermis < plain.epidermis)
    assert np.all(mark.lesion.alignment > plain.lesion.alignment)
    assert np.all(mark.lesion.width == 5)


def test_a_young_stretch_mark_has_more_capillaries_and_makes_more_collagen():
    """Rubra against alba."""
    white, red = (
        Skin.at("thigh", Person(), Lesion.of("stretch-mark", DRAWS, "striae", red=red), DRAWS)
        for red in (False, True)
    )
    np.testing.assert_allclose(red.loop_density, white.loop_density * DRAWS["skin.lesions.rubra_loops"])
    np.testing.assert_allclose(red.synthesis, white.synthesis * DRAWS["skin.lesions.rubra_synthesis"])
    np.testing.assert_array_equal(red.epidermis, white.epidermis)
    assert np.all(red.loop_density > white.loop_density) and np.all(red.synthesis > white.synthesis)


def test_sizes_that_are_given_are_kept_and_others_are_drawn_by_form():
    given = Lesion.of("surgical-scar", DRAWS, "surgical", width=3.0, depth=0.4, length=25.0)
    for name, value in (("width", 3.0), ("depth", 0.4), ("length", 25.0)):
        assert np.all(getattr(given, name) == value)
    drawn = Lesion.of("acne-scar", DRAWS, "boxcar")
    for name in ("width", "depth"):
        np.testing.assert_array_equal(getattr(drawn, name), DRAWS[f"skin.lesions.{name}.boxcar"])
    assert np.all(drawn.length == 0) and drawn.is_scar and not Lesion.none(DRAWS).is_scar


def test_a_kind_that_is_no_scar_is_an_error():
    with pytest.raises(KeyError):
        Lesion.of("ageing", DRAWS, "rolling")


def test_scars_have_the_make_of_their_kind():
    draws = Draws(16, 3)

    def scarred(kind, form, **sizes):
        return Skin.at("cheek", Person(), Lesion.of(kind, draws, form, **sizes), draws)

    plain = Skin.at("cheek", Person(), Lesion.none(draws), draws)
    acne, surgical = scarred("acne-scar", "icepick"), scarred("surgical-scar", "surgical", length=40.0)
    for scar in (acne, surgical):
        assert np.all(scar.elastin < plain.elastin)
        assert np.all(scar.lesion.alignment > plain.lesion.alignment)
        assert np.allclose(scar.epidermis, plain.epidermis)
    assert np.all(acne.lesion.width <= 2.0)
    assert np.median(surgical.collagen) > np.median(acne.collagen)
    assert np.all(surgical.lesion.length == 40)
    assert not acne.lesion.length.any()
