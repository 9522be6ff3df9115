"""Needling up to an endpoint: each draw stops at its own stroke, and is then as if it had been given so many."""

from __future__ import annotations

import numpy as np
import pytest
from sampling import NEEDLED

from hudnal import TreatmentError, load, simulate
from hudnal.course.advice import advise
from hudnal.course.prepare import prepare
from hudnal.course.simulate import fold
from hudnal.language import Words
from hudnal.outcome.redness import shows_even_redness
from hudnal.parameters import Draws
from hudnal.report.words.plan import tell_session
from hudnal.result.summary import describe_warning
from hudnal.skin import Lesion, Person, Skin

PLAN = {"area": "50 cm2", "instrument": "dermaroller-mf8", "course": {"follow_up": "1 day"}}
STROKE = {"roll": {"strokes": 1, "force": "5 N"}}
MOST = 6
NEW = {"strokes_done", "endpoint_stroke", "needling_hours"}
# What is settled when the session ends: the hours after it are counted from a moment that differs by some minutes.
SETTLED = (
    "attempted_density", "hole_density", "tip_depth", "channel_depth", "slit_length", "bleeding_points", "pain",
    "pain_without_cream", "hurting_strokes", "pinpoint_stroke", "confluent_stroke", "push_force", "bruise_probability",
    "pih_probability", "tram_track_probability", "herpes_probability",
)  # fmt: skip


def run(rounds: dict, steps=(STROKE,), **plan):
    session = ["wash", "disinfect", {"repeat": {**rounds, "steps": list(steps)}}]
    return simulate({**PLAN, "session": session, **plan}, draws=8, seed=3, side=8.0, keep=NEEDLED)


@pytest.fixture(scope="module")
def ended():
    return run({"until": "pinpoint-bleeding", "most": MOST})


@pytest.fixture(scope="module")
def plain():
    return run({"rounds": MOST})


def test_each_draw_stops_at_the_stroke_at_which_it_bleeds(ended, plain):
    """The stroke that a plain course tells (`pinpoint_stroke`); a person bleeds early, another never."""
    bleeds = plain.quantities["pinpoint_stroke"]
    np.testing.assert_array_equal(ended.quantities["endpoint_stroke"], bleeds)
    np.testing.assert_array_equal(ended.quantities["strokes_done"], np.minimum(bleeds, MOST))
    assert np.isinf(bleeds).any()
    assert (bleeds < MOST).any()


def test_a_draws_numbers_are_those_of_a_plain_course_with_its_own_count(ended, plain):
    done = ended.quantities["strokes_done"]
    for count in {int(done.min()), MOST}:
        own = plain if count == MOST else run({"rounds": count})
        at = done == count
        names = set(own.quantities) - NEW if count == MOST else SETTLED
        for name in names:
            np.testing.assert_array_equal(ended.quantities[name][at], own.quantities[name][at], err_msg=name)
        for name, values in own.quantities.items():  # what follows, but for the minutes
            if name not in NEW and np.isfinite(values[at]).all():
                np.testing.assert_allclose(
                    ended.quantities[name][at], values[at], rtol=0.02, atol=1e-9, err_msg=name
                )


def test_after_its_last_stroke_nothing_is_felt_and_what_showed_stays(ended):
    strokes, done = ended.strokes, ended.quantities["strokes_done"].astype(int)
    np.testing.assert_array_equal(strokes.done.sum(axis=1), done)
    for draw, last in enumerate(done):
        assert not strokes.pain[draw, last:].any()
        assert not strokes.push[draw, last:].any()
        assert (strokes.drops[draw, last:] == strokes.drops[draw, last - 1]).all()
    np.testing.assert_allclose(ended.quantities["needling_hours"], done * strokes.hours[0])


def test_a_most_below_any_bleeding_is_a_plain_count_to_the_bit(plain):
    few = int(plain.quantities["pinpoint_stroke"].min()) - 1
    ended, counted = run({"until": "pinpoint-bleeding", "most": few}), run({"rounds": few})
    assert few >= 1
    for name, values in counted.quantities.items():
        if name not in NEW:
            np.testing.assert_array_equal(ended.quantities[name], values, err_msg=name)
    assert np.isinf(ended.quantities["endpoint_stroke"]).all()
    assert (counted.quantities.keys() & NEW) == NEW
    assert all(np.isnan(counted.quantities[name]).all() for name in NEW)


def test_the_share_that_never_reaches_it_is_told(ended):
    (warning,) = [w for w in ended.warnings if w.code == "endpoint_missed"]
    missed = np.isinf(ended.quantities["endpoint_stroke"]).mean()
    assert warning.values["percent"] == pytest.approx(100 * missed, rel=0.01)
    assert warning.level == ("caution" if missed > 0.5 else "note")
    assert "pinpoint bleeding" in ended.describe_warning(warning)["text"]
    assert "punktformig blödning" in ended.describe_warning(warning, "sv")["text"]


def test_of_several_endpoints_it_is_told_who_misses_one():
    steps = [{"roll": {"strokes": 2, "until": sign}} for sign in ("even-redness", "pinpoint-bleeding")]
    setting = prepare(load({**PLAN, "session": steps}), Draws(4, 3))
    (missed,) = [
        w
        for w in advise(setting, {"endpoint_stroke": np.array([3.0, np.inf, 4.0, 4.0])})
        if w.code == "endpoint_missed"
    ]
    assert missed.values == {"endpoint": "every-endpoint", "percent": 25.0}
    assert "every endpoint" in describe_warning(missed)["text"]


@pytest.fixture(scope="module")
def in_one_step():
    session = ["wash", {"roll": {"strokes": 7, "until": "pinpoint-bleeding", "directions": [0, 90]}}]
    course = {"sessions": 2, "interval": "1 week", "follow_up": "1 day"}
    return simulate({**PLAN, "session": session, "course": course}, draws=8, seed=3, side=8.0, keep=NEEDLED)


def test_a_step_ends_within_its_strokes(in_one_step):
    """In a step of many strokes too, each has its own last one, at which it bleeds and before which it does not."""
    found, drops = in_one_step.quantities, in_one_step.strokes.drops
    level = in_one_step.sample.value("puncture.bleeding.pinpoint")
    reached = np.isfinite(found["endpoint_stroke"])
    assert reached.any()
    assert (found["strokes_done"] <= 7).all()
    assert (drops[reached, -1] > level).all()
    assert (drops[~reached] <= level).all()
    np.testing.assert_array_equal(found["pinpoint_stroke"], found["endpoint_stroke"])
    share = found["attempted_density"] / found["strokes_done"]
    np.testing.assert_allclose(share, share[0])  # needles go with the strokes


def test_instruments_wear_by_what_was_done():
    """An instrument is as blunt as its own strokes made it, and not as the most would have."""
    rounds = {"repeat": {"until": "pinpoint-bleeding", "most": MOST, "steps": [STROKE]}}
    setting = prepare(load({**PLAN, "session": ["wash", rounds]}), Draws(8, 3), 8.0, heals=False)
    state = next(state for _, moment, state in fold(setting) if moment.kind == "end")
    (instrument,) = state.instruments.values()
    done = state.strokes.done.sum(axis=1)
    np.testing.assert_allclose(instrument.punctures, done * setting.uses[1].punctures)
    assert np.ptp(done) > 0


def test_even_redness_needs_holes_close_enough_and_is_seen_later_in_dark_skin():
    draws = Draws(64, 2)
    density = np.tile([0.0, 0.05, 0.5, 5.0], (64, 1))
    light, dark = (Skin.at("cheek", Person(phototype=p), Lesion.none(draws), draws) for p in (2, 6))
    shows, hidden = (shows_even_redness(density, skin, draws) for skin in (light, dark))
    assert not shows[:, 0].any()
    assert np.all(np.diff(shows.astype(int), axis=1) >= 0)
    assert shows[:, 3].mean() > 0.9
    assert np.all(hidden <= shows)


def test_redness_comes_before_blood():
    session = [{"pen": {"passes": 3, "depth": "0.5 mm", "until": "even-redness", "with": "skinpen"}}]
    setting = prepare(load({**PLAN, "session": session}), Draws(8, 3), heals=False)
    state = next(state for _, moment, state in fold(setting) if moment.kind == "end")
    assert state.strokes.done.sum(axis=1).max() <= 3
    assert (state.strokes.done.sum(axis=1) == 1).mean() >= 0.5
    assert not any(missed.all() for missed in state.first.missed.values())


def keys_of(rounds=None, **plan):
    session = plan.pop("session", [{"repeat": rounds}])
    with pytest.raises(TreatmentError) as caught:
        load({**PLAN, "session": session, **plan})
    return [fault.key for fault in caught.value.faults]


def test_what_an_endpoint_cannot_be():
    bleeding = {"until": "pinpoint-bleeding", "most": 3}
    assert keys_of({"until": "pinpoint-bleeding", "steps": [STROKE]}) == ["rounds_or_until"]
    assert keys_of({"steps": [STROKE]}) == ["rounds_or_until"]
    assert keys_of({"rounds": 2, **bleeding, "steps": [STROKE]}) == ["rounds_or_until"]
    assert keys_of({"most": 2, "steps": [STROKE]}) == ["rounds_or_until"]
    assert keys_of({**bleeding, "steps": ["clean"]}) == ["until_without_needles"]
    assert keys_of({**bleeding, "steps": ["wash", STROKE]}) == ["step_before_endpoint"]
    inner = {"roll": {"strokes": 2, "until": "even-redness"}}
    assert keys_of({**bleeding, "steps": [inner]}) == ["until_twice"]
    nested = {"repeat": {"rounds": 2, "steps": [STROKE]}}
    assert {*keys_of({**bleeding, "steps": [nested]})} == {"step_before_endpoint", "until_without_needles"}
    assert keys_of({**bleeding, "until": "sweat", "steps": [STROKE]}) == ["not_one_of"]
    assert keys_of({**bleeding, "steps": [STROKE]}, setting="franz-cell") == ["until_in_vitro"]
    # All of a file is told at once, also what stands beside a missing end.
    faults = keys_of({"steps": [STROKE, {"spread": {"what": "snake-oil"}}]})
    assert sorted(faults) == ["rounds_or_until", "unknown_product"]


def test_a_methods_sections_until_pinpoint_bleeding_asks_for_a_most():
    """Field input A16, and its plain respelling."""
    roll = {"roll": {"back_and_forth": 4, "directions": [0, 90, 45, 135]}}
    assert keys_of({"until": "pinpoint-bleeding", "steps": [roll]}) == ["rounds_or_until"]
    told = load({**PLAN, "session": [{"repeat": {"until": "pinpoint-bleeding", "most": 4, "steps": [roll]}}]})
    for language, until in (
        ("en", "Until pinpoint bleeding, 4 rounds"),
        ("sv", "Tills punktformig blödning"),
    ):
        (line,) = tell_session(told, Words(language))
        assert until in line.text
        assert len(line.inner) == 1


def test_a_word_for_redness_leads_to_ours():
    """Of field input A04: `until: erythema` in a step."""
    with pytest.raises(TreatmentError) as caught:
        load({**PLAN, "session": [{"roll": {"back_and_forth": 4, "until": "erythema"}}]})
    assert "even-redness" in caught.value.text()


def test_a_number_of_rounds_takes_the_place_of_an_endpoint():
    plan = load({**PLAN, "session": [{"repeat": {"until": "even-redness", "most": 3, "steps": [STROKE]}}]})
    assert plan.with_(rounds=2).as_data()["session"][0]["repeat"].keys() == {"rounds", "steps"}
    assert "until even-redness, at most 3 x" in repr(plan)


def test_rounds_done_again_begin_anew():
    """An endpoint's rounds within other rounds: whoever stopped in the first ones goes on in the second."""
    inner = {"repeat": {"until": "pinpoint-bleeding", "most": 2, "steps": [STROKE, "clean"]}}
    plan = load({**PLAN, "session": ["wash", {"repeat": {"rounds": 2, "steps": [inner]}}]})
    uses = prepare(plan, Draws(2, 1), 8.0).uses
    assert [use.endpoint.run for use in uses.values() if use.endpoint] == [1, 1, 5, 5]
