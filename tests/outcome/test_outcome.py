from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hudnal.outcome.infection import (
    Hygiene,
    _find_attack_rate,
    assess_bloodborne,
    assess_infection,
    count_doses,
    count_later_dose,
)
from hudnal.outcome.pain import measure_felt_share, rate_pain
from hudnal.outcome.redness import Reaction
from hudnal.outcome.risks import (
    Hazards,
    assess_bruise,
    assess_heavy_bleeding,
    assess_pigment,
    assess_tram_tracks,
    convert_to_chance,
)
from hudnal.outcome.rules import (
    CreamUse,
    NeedleUse,
    warn_of_cream,
    warn_of_depth,
    warn_of_needles,
    warn_of_plasma,
)
from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin

DRAWS = Draws(16, 3)
ONE = np.ones(16)


def skin(site="cheek", lesion=None, **person) -> Skin:
    return Skin.at(site, Person(**person), lesion or Lesion.none(DRAWS), DRAWS)


SKIN = skin()
SCARRED = skin(lesion=Lesion.of("acne-scar", DRAWS, "rolling", 4.0, 0.4))


# Pain


def pain(depth=1.0, engaged=30.0, felt=1.0, strokes=1):
    table = np.ones((16, strokes))
    return rate_pain(depth * table, engaged * table, felt * table, SKIN, DRAWS, np.zeros(16))[0]


def test_pain_follows_gill_while_it_is_small():
    """7-fold for 3-fold length, 2-fold for 10-fold number (Gill 2008), far below the ceiling."""
    exponent = DRAWS["outcome.pain.length_exponent"]
    assert np.allclose((pain(0.03, 1) / pain(0.01, 1))[:, 0], 3**exponent, rtol=0.02)
    assert np.median(pain(0.01, 10) / pain(0.01, 1)) == pytest.approx(2.09, rel=0.1)


def test_pain_has_a_ceiling_and_adds_up_over_strokes():
    assert np.all(pain(50.0) < 10)
    series = pain(strokes=6)
    assert np.all(np.diff(series, axis=1) > 0)
    assert np.all(pain(felt=0.3) < pain())
    assert not pain(felt=0.0).any()


def test_numb_skin_is_not_felt():
    centre = np.tile(np.linspace(0.01, 3, 60), (16, 1))
    none, all_of_it, upper = (
        measure_felt_share(ONE, centre, block, DRAWS)
        for block in (np.zeros((16, 60)), np.ones((16, 60)), (centre < 0.5).astype(float))
    )
    assert np.allclose(none, 1)
    assert np.allclose(all_of_it, 0)
    # The upper half of the way carries 0.5^1.77 = 29 % of the pain.
    assert np.allclose(upper, 1 - 0.5 ** DRAWS["outcome.pain.length_exponent"], atol=0.06)


# Redness


def test_short_needles_redden_for_hours_long_ones_for_days():
    calm = Reaction.of(SKIN, DRAWS)
    decay = 0.0128 * ONE
    short = calm.add_injury(ONE, 0 * ONE, DRAWS).predict_redness_hours(0 * ONE, decay)
    long = calm.add_injury(ONE, 0.06 * ONE, DRAWS).predict_redness_hours(0.06 * ONE, decay)
    assert np.all(short < 5)
    assert 24 < np.median(long) < 10 * 24
    assert np.all(calm.predict_redness_hours(0 * ONE, decay) == 0)


def test_redness_ends_where_it_is_just_visible():
    reaction = Reaction.of(SKIN, DRAWS).add_injury(ONE, 0.06 * ONE, DRAWS)
    signal, decay = 0.06 * ONE, 0.0128 * ONE
    lasts = reaction.predict_redness_hours(signal, decay)
    seen = lasts > 0
    widened = reaction.mediators * np.exp(-lasts / reaction.mediator_time)
    level = (
        reaction.flare * np.exp(-lasts / reaction.flare_time)
        + (widened + reaction.sees * signal * np.exp(-decay * lasts)) / reaction.threshold
    )
    assert np.allclose(level[seen], 1)


def test_a_wound_whose_inflammation_does_not_show_reddens_for_hours_by_what_its_cells_let_go():
    calm = Reaction.of(SKIN, DRAWS)
    decay = 0.0128 * ONE
    hurt = calm.threshold / 2
    lasts = calm.add_injury(0 * ONE, hurt, DRAWS).predict_redness_hours(hurt, decay)
    # What shows of half a threshold shows as long as the mediators add the rest, for a day or two.
    gain = DRAWS["outcome.redness.mediators"]
    assert np.all((lasts > 0) == (gain + calm.sees > 2))
    assert 1 < np.median(lasts) < 24
    assert np.all(lasts < 24 * 5)


def test_swelling_fades_at_its_time():
    swollen = Reaction.of(SKIN, DRAWS).add_injury(ONE, 0.3 * ONE, DRAWS)
    later = [r.rate_swelling() for r in (swollen, swollen.advance(20.0), swollen.advance(60.0))]
    assert np.all(later[0] > later[1])
    assert np.all(later[1] > later[2])
    hours = swollen.predict_swelling_hours()
    assert np.allclose(swollen.leak * np.exp(-hours / swollen.leak_time), swollen.leak_threshold)


# Benefit


# Risks


@given(
    st.floats(0, 1),
    st.floats(0, 5),
    st.floats(0, 1e4),
    st.sampled_from(["needle", "heat", "acid"]),
    st.integers(1, 6),
)
@settings(deadline=None, max_examples=40)
def test_probabilities_lie_between_0_and_1(share, depth, volume, agent, phototype):
    person = skin(phototype=phototype)
    hazards = Hazards.none(16).add(
        pigment=assess_pigment(share * ONE, agent, person, DRAWS),
        bruise=assess_bruise(50 * share * ONE, person, DRAWS),
        tram=assess_tram_tracks(share * ONE, depth * ONE, volume * ONE, person, DRAWS),
        heavy_bleeding=assess_heavy_bleeding(volume * ONE, DRAWS),
    )
    for kind in (
        "pigment",
        "bruise",
        "tram",
        "heavy_bleeding",
        "infection",
        "bloodborne",
        "granuloma",
        "herpes",
    ):
        p = hazards.find_probability(kind, DRAWS)
        assert np.all((p >= 0) & (p <= 1))


def test_dark_marks_by_phototype_heat_and_injury():
    light, dark = skin(phototype=2), skin(phototype=5)
    base = assess_pigment(0.06 * ONE, "needle", light, DRAWS)
    assert np.median(assess_pigment(0.06 * ONE, "needle", dark, DRAWS)) > np.median(base)
    assert np.all(assess_pigment(0.06 * ONE, "heat", light, DRAWS) > base)
    assert np.all(assess_pigment(0.2 * ONE, "needle", light, DRAWS) > base)
    assert not assess_pigment(0 * ONE, "needle", dark, DRAWS).any()


def test_published_rate_of_dark_marks():
    """7 of 60 in phototypes IV-V over 4-5 sessions of the anchor's injury: its exact 95 % interval is 4.8 to 22.6 %."""
    many = Draws(64, 1)
    dark = Skin.at("cheek", Person(phototype=4), Lesion.none(many), many)
    hazard = 4.5 * assess_pigment(many["outcome.pigment.reference_injury"], "needle", dark, many)
    assert 0.048 < np.median(convert_to_chance(hazard, many["outcome.pigment.frailty"])) < 0.226


def test_tram_tracks_by_tear_depth_and_bone():
    cheek, forehead = skin(), skin("forehead")
    usual = assess_tram_tracks(0.3 * ONE, ONE, 3 * ONE, cheek, DRAWS)
    assert not assess_tram_tracks(0 * ONE, ONE, 3 * ONE, cheek, DRAWS).any()
    assert np.all(assess_tram_tracks(0.5 * ONE, ONE, 3 * ONE, cheek, DRAWS) > usual)
    deeper = assess_tram_tracks(0.3 * ONE, 1.5 * ONE, 3 * ONE, cheek, DRAWS)
    np.testing.assert_allclose(deeper / usual, 1.5 ** DRAWS["outcome.tram.depth_exponent"])
    # Bone counts as far as the instrument lies on the skin, whatever it is, and from some newtons on in full.
    light, hard, harder = (assess_tram_tracks(0.3 * ONE, ONE, n * ONE, forehead, DRAWS) for n in (0, 60, 600))
    np.testing.assert_allclose(light, assess_tram_tracks(0.3 * ONE, ONE, 0 * ONE, cheek, DRAWS))
    np.testing.assert_allclose(hard / light, 1 + (DRAWS["outcome.tram.bone"] - 1) * forehead.bone_below)
    np.testing.assert_allclose(harder, hard)
    dark = assess_tram_tracks(0.3 * ONE, ONE, 3 * ONE, skin(phototype=5), DRAWS)
    np.testing.assert_allclose(dark / usual, DRAWS["outcome.tram.dark"])


def test_published_rate_of_tram_tracks():
    """2 of 67 in phototypes IV and V, in five sessions that tear and reach as those did."""
    many = Draws(64, 1, belief=None)
    dark = Skin.at("cheek", Person(phototype=4), Lesion.none(many), many)
    slit = many["puncture.channel.slit_cut"] * many["outcome.tram.reference_drag"]
    torn = slit / (slit + many["outcome.tram.reference_width"])
    hazard = 5 * assess_tram_tracks(torn, many["outcome.tram.reference_depth"], np.zeros(64), dark, many)
    rate = convert_to_chance(hazard, many["outcome.tram.frailty"])
    assert np.median(rate) == pytest.approx(2 / 67, rel=0.25)


@given(st.floats(0.1, 5), st.floats(1e-3, 300))
@settings(deadline=None, max_examples=30)
def test_heavy_bleeding_is_a_volume_for_each_area(factor, volume):
    """Half of the people from what surgeons call the loss where the skin is off; more with more."""
    at = DRAWS["outcome.heavy_bleeding.volume"]
    np.testing.assert_allclose(-np.expm1(-assess_heavy_bleeding(at, DRAWS)), 0.5)
    less, more = (assess_heavy_bleeding(v * ONE, DRAWS) for v in (volume, volume * (1 + factor)))
    assert np.all(less <= more)


# Infection


def hygiene(reduction=1.82, serum=0.0) -> Hygiene:
    return Hygiene(reduction * ONE, serum * ONE)


def infected(state: Hygiene, setting="clinic", device=0.0) -> np.ndarray:
    carried = count_doses(state, device * ONE, 0.08 * ONE, 100.0, setting, DRAWS)
    carried |= count_later_dose(DRAWS["outcome.infection.usual_window"], 0.08 * ONE, setting, DRAWS)
    return assess_infection(carried, 0.08 * ONE, ONE, DRAWS)


def test_dose_response_of_the_volunteers():
    """Singh 1971: 4, 8, 13, 14, 19, 20 of 20 infected; the fitted curve passes within binomial reach."""
    dose = np.array([40, 220, 2000, 105000, 1.6e6, 1e7])
    share = np.array([4, 8, 13, 14, 19, 20]) / 20
    assert np.all(np.abs(_find_attack_rate(dose, DRAWS) - share) < 0.16)


def test_cleanliness_lowers_infection():
    best = infected(hygiene())
    assert np.allclose(-np.expm1(-best), DRAWS["outcome.infection.clinic"], rtol=1e-6)
    for worse, device in ((hygiene(0.0), 0.0), (hygiene(), 1e4), (hygiene(serum=1e4), 0.0)):
        assert np.all(infected(worse, device=device) > best)
    assert np.median(infected(hygiene(), "home") / best) > 1  # how often one touches is drawn for each place
    assert np.all(infected(hygiene(3.0)) < best)


def test_an_own_roller_carries_no_disease_and_a_shared_one_does():
    assert not assess_bloodborne(0 * ONE, 0.08 * ONE, DRAWS).any()
    shared, wiped = 1.0 * ONE, 1e-3 * ONE
    assert np.all(assess_bloodborne(shared, 0.08 * ONE, DRAWS) > assess_bloodborne(wiped, 0.08 * ONE, DRAWS))
    assert not assess_bloodborne(shared, 0 * ONE, DRAWS).any()


# Rules


def codes(found) -> set[str]:
    assert all(w.source for w in found)
    return {w.code for w in found}


def use(**changes) -> NeedleUse:
    base = {"place": "x", "length": 0.5, "kind": "roller", "force": 5.0, "washed": True, "disinfected": True}
    return NeedleUse(**{**base, "serum": None, "serum_is_drug": False, **changes})


def test_lengths_by_setting():
    assert codes(warn_of_needles(use(), "clinic", 35, DRAWS)) == set()
    assert "length_home" in codes(warn_of_needles(use(length=1.0), "home", 35, DRAWS))
    assert "length_home_disputed" in codes(warn_of_needles(use(length=0.3), "home", 35, DRAWS))
    assert codes(warn_of_needles(use(length=0.2), "home", 35, DRAWS)) == set()
    assert codes(warn_of_needles(use(length=1.5), "spa", 35, DRAWS)) == {"length_spa"}


def test_depth_of_a_pen_by_what_was_evaluated_and_by_site():
    """1.5 mm on the label of both cleared pens; charts end at 0.5 mm at the eye and nose, at 2 mm on the cheek."""
    pen = {"kind": "pen", "force": None, "site": "cheek", "glide": 15.0}
    assert codes(warn_of_needles(use(**pen, length=1.5), "clinic", 35, DRAWS)) == set()
    assert codes(warn_of_needles(use(**pen, length=1.75), "clinic", 35, DRAWS)) == {"depth_evaluated"}
    forehead = {**pen, "site": "forehead"}
    assert codes(warn_of_needles(use(**forehead, length=0.75), "clinic", 35, DRAWS)) == set()
    both = warn_of_needles(use(**forehead, length=2.25), "clinic", 35, DRAWS)
    assert codes(both) == {"depth_evaluated", "depth_site"} and {w.level for w in both} == {"caution"}
    # A roller's needles do not go as deep as they are long, and no chart speaks of the back.
    assert codes(warn_of_needles(use(length=2.0, site="forehead"), "clinic", 35, DRAWS)) == set()
    assert codes(warn_of_needles(use(**{**pen, "site": "back"}, length=1.5), "clinic", 35, DRAWS)) == set()
    eye = codes(warn_of_needles(use(**{**pen, "site": "periorbital"}, length=0.3), "clinic", 35, DRAWS))
    assert eye == {"orbital_rim"}


def test_a_pen_that_is_pulled_fast_drags():
    pen = {"kind": "pen", "force": None, "site": "cheek"}
    for speed, told in ((15.0, False), (60.0, False), (61.0, True), (100.0, True)):
        assert ("glide_fast" in codes(warn_of_needles(use(**pen, glide=speed), "clinic", 35, DRAWS))) == told


@given(st.integers(0, 16))
def test_needles_through_the_skin_are_told_where_more_than_half_of_the_draws_say_so(through):
    tip = np.where(np.arange(16) < through, 1.2, 0.8)
    told = warn_of_depth(tip, ONE)
    assert codes(told) == ({"depth_through"} if through > 8 else set())
    assert [w.level for w in told] == ([] if through <= 8 else ["note"] if through <= 14 else ["caution"])


def test_force_age_preparation_and_serum():
    assert "force_high" in codes(warn_of_needles(use(force=9.0), "clinic", 35, DRAWS))
    assert "under_age" in codes(warn_of_needles(use(), "clinic", 16, DRAWS))
    assert codes(warn_of_needles(use(), "clinic", 18, DRAWS)) == set()
    assert "not_disinfected" in codes(warn_of_needles(use(disinfected=False), "spa", 35, DRAWS))
    assert "serum_not_sterile" in codes(warn_of_needles(use(serum="vitamin-c-serum"), "clinic", 35, DRAWS))


def test_creams():
    cream = CreamUse("x", "emla", 2.5, 150.0, 200.0, False)
    assert codes(warn_of_cream(cream, 100.0, DRAWS)) == set()
    assert "cream_area" in codes(warn_of_cream(cream, 900.0, DRAWS))
    label = ("transport:A17",)
    strong = CreamUse("x", "pliaglis", 7.0, 400.0, 200.0, True, 3.0, 100.0, 2.0, label)
    told = warn_of_cream(strong, 150.0, DRAWS)
    assert codes(told) == {"cream_strength", "cream_amount", "cream_area", "cream_hours", "cream_on_holes"}
    for warning in told:
        if warning.code in ("cream_amount", "cream_area", "cream_hours"):
            assert set(label) <= set(warning.source)  # each limit names where it stands
    just = CreamUse("x", "pliaglis", 4.0, 200.0, 200.0, False, 2.0, 100.0, 2.0, label)
    assert codes(warn_of_cream(just, 100.0, DRAWS)) == set()


def test_blood_level_guard():
    """1 and 5 ug/mL of lidocaine, 6 of prilocaine; no level is known for what is no anaesthetic."""
    assert warn_of_plasma("lidocaine", 0.5, DRAWS) == []
    assert codes(warn_of_plasma("lidocaine", 1.2, DRAWS)) == {"plasma_alarm"}
    assert codes(warn_of_plasma("lidocaine", 5.5, DRAWS)) == {"plasma_toxic"}
    assert warn_of_plasma("prilocaine", 5.9, DRAWS) == []
    assert codes(warn_of_plasma("prilocaine", 6.1, DRAWS)) == {"plasma_toxic"}
    assert warn_of_plasma("prilocaine", 6.1, DRAWS)[0].source == ("safety:ANA-002",)
    assert warn_of_plasma("naltrexone", 100.0, DRAWS) == []
