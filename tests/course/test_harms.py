"""Harms of whole sessions, against what trials of pens and rollers told and against each other."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

import hudnal
from hudnal.result.course import Course

DRAWS = 16
ONE_DAY = {"sessions": 1, "follow_up": "1 day"}


def pen(instrument: str = "skinpen", site: str = "cheek", **how: Any) -> dict[str, Any]:
    steps = ["wash", "disinfect", {"pen": {"depth": "1.5 mm", "passes": 1, **how}}]
    return {"site": site, "instrument": instrument, "session": steps, "course": ONE_DAY}


def roller(instrument: str = "dermaroller-mf8", site: str = "cheek", **how: Any) -> dict[str, Any]:
    steps = [
        "wash",
        "disinfect",
        {"roll": {"back_and_forth": 10, "directions": [0, 90], "force": "5 N", **how}},
    ]
    return {"site": site, "instrument": instrument, "session": steps, "course": ONE_DAY}


USES = {
    "careful": pen(speed="15 mm/s"),
    "four passes": pen(passes=4),
    "six needles": pen("exceed", passes=4),
    "pulled fast": pen(passes=2, speed="100 mm/s"),
    "too deep": pen(site="forehead", depth="2.25 mm", passes=6),
    "rolled": roller(),
    "slipping": roller(slip="10 %"),
    "on bone": roller("medical-roller-2.0", "temple", force="20 N", slip="20 %"),
}


@cache
def of(name: str, thinner: str = "none") -> Course:
    treatment = {**USES[name], "person": {"blood_thinner": thinner}} if thinner != "none" else USES[name]
    return hudnal.simulate(treatment, draws=DRAWS, seed=1, belief="prior", keep=("quantities",))


def tracks(name: str) -> np.ndarray:
    return of(name).quantities["tram_track_probability"]


def warned(name: str) -> set[str]:
    return {warning.code for warning in of(name).warnings}


def test_what_drags_and_what_presses_on_bone_comes_out_on_top():
    """Scratches by a pen that is pulled fast, a roller that slips and is pressed on a temple; careful pens last."""
    careful = tracks("careful")
    for gentle in ("careful", "four passes", "six needles", "too deep", "rolled"):
        assert np.median(tracks("pulled fast") / tracks(gentle)) > 1.3
    for harder in ("four passes", "too deep", "rolled"):
        assert np.median(careful) < np.median(tracks(harder))
    assert np.all(tracks("pulled fast") > 3 * careful)
    assert np.all(tracks("on bone") > 3 * tracks("rolled"))
    assert np.all(tracks("slipping") > tracks("rolled"))


def test_the_number_of_round_holes_makes_no_track():
    """Four passes leave some three times the holes of one."""
    one, four = of("careful"), of("four passes")
    assert np.median(four.quantities["hole_density"] / one.quantities["hole_density"]) > 2
    assert np.median(tracks("four passes") / tracks("careful")) == pytest.approx(1, abs=0.4)


def test_tracks_of_pens_against_none_of_89():
    """Nobody of 41 after three sessions and of 48 after four: what the model says must leave that likely."""
    none = (1 - tracks("four passes")) ** (3 * 41) * (1 - tracks("six needles")) ** (4 * 48)
    assert none.mean() > 0.25


def test_tracks_of_rollers_against_2_of_67():
    """Five sessions, phototypes IV and V: the exact 95 % interval of 2 of 67 is 0.4 to 10 %."""
    dark = hudnal.simulate(
        {**USES["rolled"], "person": {"phototype": "IV"}}, draws=DRAWS, belief="prior", keep=("quantities",)
    )
    five = 1 - (1 - dark.quantities["tram_track_probability"]) ** 5
    assert 0.0036 < np.median(five) < 0.104


@pytest.mark.parametrize(("name", "people"), [("four passes", 41), ("six needles", 48)])
def test_nobody_bleeds_heavily_under_cleared_pens(name, people):
    """0 of 41 and 0 of 48: the chance of that is 0.05 where 7 and 6 % bleed heavily."""
    heavy = of(name).quantities["heavy_bleeding_probability"]
    assert ((1 - heavy) ** people).mean() > 0.5
    assert np.median(heavy) < 0.01


def test_blood_thinners_bring_heavy_bleeding_back():
    plain, thin = (of("four passes", thinner) for thinner in ("none", "anticoagulant"))
    more = thin.quantities["blood_volume"] / plain.quantities["blood_volume"]
    assert np.all(more > 1.3)
    heavy = "heavy_bleeding_probability"
    assert thin.quantities[heavy].mean() > 10 * plain.quantities[heavy].mean()


def test_blood_shows_as_drops_from_the_first_pass_of_a_pen_and_not_as_a_sheet():
    course = of("careful")
    assert np.median(course.quantities["pinpoint_stroke"]) == 1
    assert np.median(course.quantities["confluent_stroke"]) > 1
    assert np.all(course.quantities["blood_volume"] < 130)


def test_who_bleeds_heavily_does_so_in_each_session():
    once, thrice = (
        hudnal.simulate(
            {**USES["too deep"], "course": {"sessions": n, "interval": "4 week", "follow_up": "1 day"}},
            draws=4, belief="prior", keep=("quantities",),
        ).quantities["heavy_bleeding_probability"]
        for n in (1, 3)
    )  # fmt: skip
    assert np.all(thrice >= once) and np.all(thrice <= 1.5 * once + 1e-9)


def test_what_goes_too_deep_or_too_fast_is_warned_of():
    assert {"depth_evaluated_device", "depth_site", "depth_through"} <= warned("too deep")
    assert "glide_fast" in warned("pulled fast") and "glide_fast" not in warned("careful")
    assert not {"depth_evaluated_device", "depth_evaluated", "depth_site"} & (
        warned("careful") | warned("rolled")
    )
    for name in USES:
        assert all(warning.source for warning in of(name).warnings)
