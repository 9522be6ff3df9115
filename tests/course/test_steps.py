"""Every kind of step acts on the skin, and the right way."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import yaml
from sampling import NEEDLED

from hudnal import load, simulate
from hudnal.course.injury import add_late_dose
from hudnal.course.prepare import prepare
from hudnal.course.state import Session, State
from hudnal.outcome.infection import assess_infection, split_by_source
from hudnal.parameters import Draws
from hudnal.transport import MEASURES

ROLL = {"roll": {"back_and_forth": 4, "directions": [0, 90], "force": "5 N", "skin": "taut"}}
NUMB = {"numb": {"with": "emla", "amount": "0.15 g/cm2", "for": "60 min"}}
CLEAN_SKIN = {"disinfect": {"with": "chlorhexidine-alcohol"}}


@cache
def _done(text):
    return simulate(yaml.safe_load(text), draws=16, seed=5, keep=NEEDLED)


def done(
    *session, aftercare=(), phototype="IV", follow="4 week", sessions=1, setting="clinic",
    concern: str | dict = "ageing", interval="4 week", weight="70 kg",
):  # fmt: skip
    plain = {
        "person": {"age": "35 year", "sex": "female", "phototype": phototype, "weight": weight},
        "site": "cheek",
        "area": "100 cm2",
        "concern": concern,
        "setting": setting,
        "instrument": "dermaroller-mf8",
        "session": list(session),
        "aftercare": list(aftercare),
        "course": {"sessions": sessions, "interval": interval, "follow_up": follow},
    }
    return _done(yaml.safe_dump(plain))


def more(a, b, name):
    """Whether b has more of it than a, draw by draw."""
    return (b.quantities[name] > a.quantities[name]).all()


def at(course, name, hours):
    """A series at the first look at or after `hours`."""
    return course.series[name][np.searchsorted(course.time, hours - 1e-9)]


def test_numb_takes_the_pain():
    without, with_cream = done("wash", CLEAN_SKIN, ROLL), done(NUMB, "wash", CLEAN_SKIN, ROLL)
    assert more(with_cream, without, "pain")
    assert more(without, with_cream, "numb_depth")
    assert more(without, with_cream, "lidocaine_peak") or "plasma.lidocaine" not in without.series
    np.testing.assert_allclose(
        with_cream.quantities["pain_without_cream"], without.quantities["pain"], rtol=0.15
    )


def test_longer_numbing_goes_deeper():
    short = {"numb": {"with": "emla", "amount": "0.15 g/cm2", "for": "15 min"}}
    assert more(done(short, "wash", CLEAN_SKIN, ROLL), done(NUMB, "wash", CLEAN_SKIN, ROLL), "numb_depth")


def test_wash_takes_the_cream_off():
    course = done(NUMB, "wash", CLEAN_SKIN, ROLL)
    on, off = course.series["on_skin.lidocaine"], course.series["washed_off.lidocaine"]
    washed = np.argmax(off.mean(axis=1) > 0)
    # Wiped off and then washed: no more is left than of a cream that was only wiped or only washed.
    assert (on[washed] < 0.02 * on[washed - 1]).all()
    assert (off[-1] > 0.7 * course.series["applied.lidocaine"][-1]).all()
    # Some people's skin lets too little through to be numb at all.
    washed, wiped = (done(NUMB, by).quantities["numb_hours"] for by in ("wash", "clean"))
    assert (wiped >= 0.98 * washed).all() and np.median(wiped) > np.median(washed)


def test_a_cream_comes_off_at_the_end_of_its_time():
    """`for` is how long it lies: then it is wiped off, and what sticks of it, dry soon, goes on for hours, not days."""
    left = done(NUMB, follow="2 day")
    on = left.series["on_skin.lidocaine"]
    lies, wiped = np.searchsorted(left.time, [0.9, 1.0])
    assert (on[wiped] < 0.15 * on[lies]).all() and (on[wiped] > 0).all()
    washed, cleaned = done(NUMB, "wash", follow="2 day"), done(NUMB, "clean", follow="2 day")
    hours = [np.median(course.quantities["numb_hours"]) for course in (washed, cleaned, left)]
    assert hours[0] < hours[1] < hours[2] < 12
    # Published: one to two hours after it was taken off, and it numbs before.
    assert 1 < hours[0] < 4
    assert more(washed, left, "lidocaine_peak")
    total = sum(
        left.series[f"{place}.lidocaine"][-1]
        for place in ("on_skin", "in_skin", "blood", "washed_off", "evaporated")
    )
    np.testing.assert_allclose(total, left.series["applied.lidocaine"][-1], rtol=1e-9)


def test_a_peel_takes_what_the_corneum_holds_and_lets_more_in():
    cream = {"spread": {"what": "caffeine-3", "amount": "50 mg/cm2"}}
    glycolic = {"peel": {"with": "glycolic-35"}}
    whole, peeled = done("wash", cream, follow="1 day"), done("wash", glycolic, cream, follow="1 day")
    gain = peeled.quantities["enhancement.caffeine"]
    assert (gain > 0.99).all() and np.median(gain) > 2  # where all of it gets in anyway, no more does
    np.testing.assert_allclose(whole.quantities["enhancement.caffeine"], 1.0)
    # With the corneum goes what it held.
    kept = done(NUMB, "wash", follow="1 day").series["washed_off.lidocaine"][-1]
    taken = done(NUMB, "wash", {"peel": {"with": "tca-20"}}, follow="1 day").series["washed_off.lidocaine"][
        -1
    ]
    assert (taken > kept).all()


def test_disinfect_lowers_infection():
    assert more(done("wash", CLEAN_SKIN, ROLL), done("wash", ROLL), "infection_probability")


def test_spread_under_needles_gets_in_and_a_serum_that_is_not_sterile_is_told():
    serum = {"spread": {"what": "vitamin-c-serum", "amount": "100 mg/cm2"}}
    whole, needled = done("wash", serum), done("wash", CLEAN_SKIN, serum, ROLL)
    assert more(whole, needled, "delivered.ascorbic-acid")
    assert (needled.quantities["enhancement.ascorbic-acid"] > 1).all()
    assert "serum_not_sterile" in [w.code for w in needled.warnings]
    assert "serum_not_sterile" not in [w.code for w in whole.warnings]


def test_pen_and_stamp_make_holes():
    pen = done("wash", CLEAN_SKIN, {"pen": {"with": "skinpen", "depth": "1 mm", "passes": 2}})
    deep = done("wash", CLEAN_SKIN, {"pen": {"with": "skinpen", "depth": "2 mm", "passes": 2}})
    stamp = {"kind": "stamp", "needles": 35, "head_width": "12 mm", "length": "1 mm"}
    once = done("wash", CLEAN_SKIN, {"stamp": {"with": stamp, "times": 1}})
    thrice = done("wash", CLEAN_SKIN, {"stamp": {"with": stamp, "times": 3}})
    assert more(pen, deep, "tip_depth")
    assert (pen.quantities["hole_density"] > 0).all()
    assert more(once, thrice, "hole_density")


def test_clean_wipes_the_drops():
    course = done("wash", CLEAN_SKIN, {"repeat": {"rounds": 2, "steps": [ROLL, "clean"]}})
    drops = course.strokes.drops
    # What is wiped off is gone; holes that still bleed show again.
    assert drops[:, 8].mean() < 0.8 * drops[:, 7].mean()


def test_seal_holds_the_water_and_a_peel_and_a_laser_open_the_skin():
    bare, sealed = done("wash", CLEAN_SKIN, ROLL), done("wash", CLEAN_SKIN, ROLL, "seal")
    assert (at(sealed, "water_loss", 1) < at(bare, "water_loss", 1)).all()
    peel = done("wash", {"peel": {"with": "tca-35"}})
    laser = done("wash", {"laser": {"density": "200 /cm2", "diameter": "120 um", "depth": "0.8 mm"}})
    nothing = done("wash", "seal")
    for course in (peel, laser):
        assert more(nothing, course, "tewl_peak")
        assert more(nothing, course, "redness_days")
        assert (course.series["inflammation"].max(axis=0) > 0).all()


def test_a_cream_eases_a_laser_and_what_is_opened_can_be_infected():
    laser = {"laser": {"density": "200 /cm2", "diameter": "120 um", "depth": "0.8 mm"}}
    plain, numb = done("wash", laser), done(NUMB, "wash", laser)
    assert more(numb, plain, "pain")
    assert (numb.quantities["pain_without_cream"] == plain.quantities["pain"]).all()
    assert (numb.quantities["numb_depth"] > 0).all()
    clean = done("wash", CLEAN_SKIN, laser)
    assert more(clean, plain, "infection_probability")
    assert (clean.quantities["infection_probability"] > 0).all()
    for name in ("bruise_probability", "heavy_bleeding_probability"):
        assert (plain.quantities[name] == 0).all()


def test_wait_lets_the_holes_close_before_a_serum():
    serum = {"spread": {"what": "vitamin-c-serum", "amount": "100 mg/cm2"}}
    soon = done("wash", CLEAN_SKIN, ROLL, serum)
    late = done("wash", CLEAN_SKIN, ROLL, {"wait": {"for": "7 day"}}, serum)
    assert more(late, soon, "delivered.ascorbic-acid")


def test_sun_darkens():
    shade = done("wash", CLEAN_SKIN, ROLL, phototype="V")
    sun = done("wash", CLEAN_SKIN, ROLL, aftercare=[{"sun": {"from": "1 day", "for": "2 h"}}], phototype="V")
    screen = done(
        "wash", CLEAN_SKIN, ROLL, phototype="V",
        aftercare=[{"sun": {"from": "1 day", "for": "2 h", "protected": True}}],
    )  # fmt: skip
    light = done("wash", CLEAN_SKIN, ROLL, phototype="II")
    assert more(shade, sun, "pih_probability")
    assert more(screen, sun, "pih_probability")
    assert more(light, shade, "pih_probability")


def test_reuse_and_sharing_carry_infection():
    new = done("wash", ROLL)
    dirty, rinsed, wiped = (
        done("wash", {"reuse": {"times": 1, "cleaned": how}}, ROLL) for how in ("none", "rinse", "alcohol")
    )
    shared = done("wash", {"reuse": {"times": 1, "shared": True, "cleaned": "none"}}, ROLL)
    steamed = done("wash", {"reuse": {"times": 1, "shared": True, "cleaned": "steam"}}, ROLL)
    # Worn needles puncture a little less skin than new ones, so the dirt must outweigh that.
    for less, worse in ((new, dirty), (wiped, rinsed), (rinsed, dirty)):
        assert (
            worse.quantities["infection_probability"].mean() > less.quantities["infection_probability"].mean()
        )
    assert new.quantities["bloodborne_probability"].max() == 0
    assert more(new, shared, "bloodborne_probability")
    assert more(steamed, shared, "bloodborne_probability")


def test_aftercare_with_vitamin_a_thickens_the_epidermis():
    gel = [{"apply": {"what": "tretinoin-0.05", "every": "1 day", "from": "3 day", "for": "8 week"}}]
    without = done("wash", CLEAN_SKIN, ROLL, follow="8 week")
    with_gel = done("wash", CLEAN_SKIN, ROLL, aftercare=gel, follow="8 week")
    assert more(without, with_gel, "epidermal_thickness_change")
    assert with_gel.quantities["collagen_change"].mean() > without.quantities["collagen_change"].mean()
    assert (with_gel.quantities["delivered.tretinoin"] > 0).all()


def test_petrolatum_as_aftercare_holds_the_water():
    seal = [{"seal": {"every": "8 h", "for": "2 day"}}]
    bare, sealed = done("wash", CLEAN_SKIN, ROLL), done("wash", CLEAN_SKIN, ROLL, aftercare=seal)
    assert (at(sealed, "water_loss", 12) < at(bare, "water_loss", 12)).all()


def test_more_sessions_do_more():
    once, often = done("wash", CLEAN_SKIN, ROLL), done("wash", CLEAN_SKIN, ROLL, sessions=4)
    assert np.median(often.quantities["collagen_change"]) > np.median(once.quantities["collagen_change"])
    assert more(once, often, "infection_probability")


def test_a_scar_gets_shallower():
    scar = {"acne-scar": {"shape": "rolling", "width": "4 mm", "depth": "0.4 mm"}}
    course = done("wash", CLEAN_SKIN, ROLL, sessions=3, follow="26 week", concern=scar)
    np.testing.assert_allclose(course.series["scar_depth"][0], 0.4, rtol=0.3)
    assert (course.quantities["scar_depth"] < course.series["scar_depth"][0]).all()
    assert (course.quantities["scar_volume_change"] < 0).all()
    assert "wrinkle_change" not in course.series


def test_channels_close_after_every_session_however_soon_the_next():
    laser = {"laser": {"density": "200 /cm2", "diameter": "120 um", "depth": "0.8 mm"}}
    for injury in (ROLL, laser):
        once, daily = done("wash", injury), done("wash", injury, sessions=4, interval="1 day")
        for name in ("barrier_closed", "channel_closed"):
            if not (injury is laser and name == "barrier_closed"):
                # Half of what was open after the last session closes as fast as after a first one.
                np.testing.assert_allclose(daily.quantities[name], once.quantities[name], rtol=0.2)


def test_a_cover_hastens_the_basal_layer():
    bare, sealed = done("wash", CLEAN_SKIN, ROLL), done("wash", CLEAN_SKIN, ROLL, {"seal": {"with": "film"}})
    assert more(sealed, bare, "epidermis_closed")


def test_a_gel_against_inflammation_keeps_the_holes_open():
    gel = [{"apply": {"what": "diclofenac-gel-1", "every": "1 day", "from": "0 h", "for": "7 day"}}]
    bare, soothed = done("wash", ROLL), done("wash", ROLL, aftercare=gel)
    for name in ("barrier_closed", "channel_closed", "closed_by_water_loss", "closed_by_dye"):
        assert more(bare, soothed, name), name
    # One that was put on days before has done its work.
    before, saline = (
        done("wash", {"spread": {"what": what}}, {"wait": {"for": "4 day"}}, "wash", ROLL)
        for what in ("diclofenac-gel-1", "sterile-saline")
    )
    for name in ("channel_closed", "closed_by_impedance"):
        np.testing.assert_allclose(before.quantities[name], saline.quantities[name])


def test_an_airtight_film_stops_the_repair_of_a_peeled_surface_and_petrolatum_does_not():
    peel = {"peel": {"with": "glycolic-35", "depth": "0.02 mm"}}  # nobody's epidermis is that thin
    film, jelly = ([{"seal": {"with": w, "every": "8 h", "for": "4 day"}}] for w in ("film", "petrolatum"))
    bare, under_film, under_jelly = (done("wash", peel, aftercare=care) for care in ([], film, jelly))
    assert more(bare, under_film, "barrier_closed")
    assert (at(under_film, "water_loss", 72) > at(bare, "water_loss", 72)).all()
    ratio = under_jelly.quantities["barrier_closed"] / bare.quantities["barrier_closed"]
    assert 0.6 < np.median(ratio) < 1.0


def test_four_instruments_on_the_same_holes():
    course = done("wash", ROLL)
    hours = {name: course.quantities[f"closed_by_{name}"] for name in MEASURES}
    assert all((h > 0).all() for h in hours.values())
    assert np.median(hours["impedance"]) < np.median(hours["water_loss"]) < np.median(hours["dye"])
    path = course.series["path_open"]
    assert path[0].max() == 0 and path.max() <= 1 + 1e-12
    # The series falls through the level when the quantity says so.
    after = course.time >= course.ends[-1]
    level = course.sample["transport.measures.impedance_left"]
    shut = (path[after] < level).argmax(axis=0)
    assert (course.time[after][shut] >= hours["impedance"]).all()
    none = done("wash", "seal")
    assert all(np.isnan(none.quantities[f"closed_by_{name}"]).all() for name in MEASURES)


def test_vitamin_a_stops_when_it_is_no_longer_put_on():
    gel = {"what": "tretinoin-0.05", "every": "1 day", "from": "0 day"}
    short = done("wash", "seal", aftercare=[{"apply": {**gel, "for": "2 week"}}], follow="8 week")
    thickness = short.series["epidermal_thickness_change"]
    peak = short.time[thickness.mean(axis=1).argmax()]
    assert 13 * 24 < peak <= 15.5 * 24


def test_the_same_dose_gives_a_lighter_person_more_in_the_blood():
    assert more(
        done(NUMB, "wash", CLEAN_SKIN, ROLL, weight="100 kg"),
        done(NUMB, "wash", CLEAN_SKIN, ROLL, weight="45 kg"),
        "lidocaine_peak",
    )


def test_a_red_stretch_mark_answers_more_than_a_white_one():
    white, red = (
        done("wash", CLEAN_SKIN, ROLL, concern={"stretch-mark": {"stage": stage}})
        for stage in ("alba", "rubra")
    )
    assert more(white, red, "collagen_change")
    assert red.quantities["blood_volume"].mean() > white.quantities["blood_volume"].mean()


def test_what_comes_in_counts_by_how_much_it_is_and_not_by_when():
    """As many organisms by serum in the session and by fingers after it: half of the whole each, in any order."""
    draws = Draws(8, 1)
    setting = prepare(load("classic"), draws)
    ten, none = np.full(8, 10.0), np.zeros(8)
    sums = replace(Session.begin(8), punctured=np.full(8, 0.08), deep=np.ones(8))
    carried = {"skin": none, "instrument": none, "hands": none, "serum": ten}
    hazard = assess_infection(carried, sums.punctured, sums.deep, draws)
    sums = replace(sums, carried={**carried, "later": none}, infection=hazard)
    before = State.before(setting.skin, draws)
    before = replace(
        before, session=sums, hazards=before.hazards.add(**split_by_source(carried, hazard, draws))
    )
    for parts in (1, 5):
        after = before
        for _ in range(parts):
            after = add_late_dose(after, ten / parts, setting)
        assert np.allclose(after.hazards.infection_later, after.hazards.infection_serum)
        together = assess_infection({"serum": 2 * ten}, sums.punctured, sums.deep, draws)
        assert np.allclose(after.hazards.infection, together)
        assert np.all(together > hazard)
