"""Several zones in one sitting: each has its own skin, all are one person."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import xarray as xr
from sampling import NEEDLED

import hudnal
from hudnal import load, simulate
from hudnal.course.zones import prepare_zones
from hudnal.intake.assumed import list_assumed_settings
from hudnal.parameters import Draws
from hudnal.treatment.fault import TreatmentError

PERSON = {"person": {"age": "41 year", "phototype": "III"}, "instrument": "skinpen"}
CREAM = {"numb": {"with": "emla", "for": "60 min"}}
FACE = {
    **PERSON,
    "zones": {
        "cheek": {"area": "120 cm2"},
        "forehead": {"area": "50 cm2"},
        "lip": {"site": "upper-lip", "area": "12 cm2"},
    },
    "session": [
        CREAM,
        "wash",
        "disinfect",
        {"pen": {"on": "cheek", "depth": "1.5 mm", "passes": 4}},
        {"repeat": {"rounds": 2, "on": ["forehead", "lip"], "steps": [{"pen": {"depth": "0.5 mm", "passes": 2}}, "clean"]}},
    ],
    "aftercare": [{"apply": {"what": "retinol-0.3", "every": "1 day", "from": "3 day", "for": "4 day", "on": "cheek"}}],
    "course": {"follow_up": "1 week"},
}  # fmt: skip


def run(plan, **more):
    return simulate(plan, draws=8, seed=2, **{"keep": NEEDLED, **more})


@pytest.fixture(scope="module")
def face():
    return run(FACE, keep=hudnal.result.course.ALL)


def test_each_zone_has_its_own_depth_and_skin(face):
    assert list(face.zones) == ["cheek", "forehead", "lip"]
    depth = {name: np.median(zone.quantities["tip_depth"]) for name, zone in face.zones.items()}
    assert depth["cheek"] > 2 * depth["forehead"]
    assert face.treatment.area == 182
    assert {name: zone.treatment.site for name, zone in face.zones.items()} == {
        "cheek": "cheek", "forehead": "forehead", "lip": "upper-lip",
    }  # fmt: skip
    for name in ("forehead", "lip"):
        assert "retinol" not in {series.partition(".")[2] for series in face.zones[name].series}


def test_the_main_zone_is_the_skin_and_all_are_the_person(face):
    zones = list(face.zones.values())
    np.testing.assert_array_equal(face.quantities["hole_density"], zones[0].quantities["hole_density"])
    pain = np.array([zone.quantities["pain"] for zone in zones])
    np.testing.assert_array_equal(face.quantities["pain"], pain.max(axis=0))
    dark = np.array([zone.quantities["pih_probability"] for zone in zones])
    np.testing.assert_allclose(face.quantities["pih_probability"], dark.max(axis=0))  # of one face
    infected = np.array([zone.quantities["infection_probability"] for zone in zones])
    np.testing.assert_allclose(face.quantities["infection_probability"], 1 - (1 - infected).prod(axis=0))
    for zone in zones[1:]:
        np.testing.assert_array_equal(face.time, zone.time)


def test_creams_of_all_zones_meet_in_one_blood(face):
    series = [zone.series["plasma.lidocaine"] for zone in face.zones.values()]
    np.testing.assert_allclose(face.series["plasma.lidocaine"], sum(series), rtol=1e-12)
    np.testing.assert_array_equal(
        face.quantities["lidocaine_peak"], face.series["plasma.lidocaine"].max(axis=0)
    )


def test_two_zones_of_one_site_are_that_site():
    """Cream on two halves of a cheek is cream on the cheek: the blood tells no difference."""
    cream = {"session": [CREAM, "wash"], "course": {"follow_up": "2 day"}}
    halves = run(
        {
            **PERSON,
            **cream,
            "zones": {
                "left": {"site": "cheek", "area": "80 cm2"},
                "right": {"site": "cheek", "area": "40 cm2"},
            },
        }
    )
    whole = run({**PERSON, **cream, "site": "cheek", "area": "120 cm2"})
    np.testing.assert_allclose(
        halves.quantities["lidocaine_peak"], whole.quantities["lidocaine_peak"], rtol=1e-9
    )
    np.testing.assert_allclose(
        halves.quantities["plasma_peak.prilocaine"], whole.quantities["plasma_peak.prilocaine"], rtol=1e-9
    )


def test_one_zone_is_a_file_without_zones():
    plan = {
        **PERSON,
        "session": ["wash", "disinfect", {"pen": {"depth": "1 mm"}}],
        "course": {"follow_up": "2 day"},
    }
    one = run({**plan, "zones": {"forehead": {"area": "60 cm2"}}})
    plain = run({**plan, "site": "forehead", "area": "60 cm2"})
    for name, values in plain.quantities.items():
        np.testing.assert_array_equal(one.quantities[name], values, err_msg=name)


def test_a_roller_wears_in_the_zones_before():
    roll = {"roll": {"with": "dermaroller-mf8", "strokes": 8}}
    plan = {
        **PERSON,
        "session": [roll, roll],
        "zones": {"cheek": {"area": "100 cm2"}, "chin": {"area": "40 cm2"}},
    }
    settings = prepare_zones(load(plan), Draws(2))
    of_cheek, of_chin = settings["cheek"], settings["chin"]
    worn = of_cheek.uses[0].punctures
    assert (of_cheek.elsewhere[0].before, of_cheek.elsewhere[0].after) == (0.0, of_chin.uses[0].punctures)
    assert (of_chin.elsewhere[0].before, of_chin.elsewhere[0].after) == (worn, 0.0)
    steps = [moment for moment in of_cheek.timeline if moment.kind == "step"]
    np.testing.assert_allclose(steps[1].time - steps[0].time, of_cheek.uses[0].hours + of_chin.uses[0].hours)


def test_a_cream_on_several_zones_is_warned_of_by_all_of_its_area():
    cream = {"numb": {"with": "emla", "for": "60 min"}}
    large = {
        **PERSON,
        "session": [cream, "wash"],
        "zones": {"thigh": {"area": "350 cm2"}, "abdomen": {"area": "350 cm2"}},
    }
    one = {**PERSON, "session": [cream, "wash"], "site": "thigh", "area": "700 cm2"}
    codes = [
        {w.code for w in run({**plan, "course": {"follow_up": "1 day"}}).warnings} for plan in (large, one)
    ]
    assert {code for code in codes[1] if code.startswith("cream")} <= codes[0]


def test_the_files_hold_every_zone(face, tmp_path):
    face.to_netcdf(tmp_path / "x.nc")
    with xr.open_dataset(tmp_path / "x.nc", group="zone_lip", engine="h5netcdf") as lip:
        np.testing.assert_array_equal(lip["quantity_pain"], face.zones["lip"].quantities["pain"])
    told = json.loads(json.dumps(face.summary()))
    assert told["zones"]["forehead"]["area_cm2"] == 50
    assert told["zones"]["lip"]["quantities"]["pain"]["median"] == face.zones["lip"].interval("pain").median
    again = load(told["treatment"])
    assert again == face.treatment and list(again.zones) == list(face.treatment.zones)
    assert load(json.loads(again.canonical_text)) == again


def test_a_zone_has_its_own_concern_or_the_files(tmp_path):
    """A scar in the first zone is none in the second, and what is told of it goes into the file of numbers."""
    scar = {"acne-scar": {"shape": "rolling"}}
    plan = {
        **SMALL,
        "zones": {"cheek": {"area": "60 cm2", "concern": scar}, "temple": {"area": "20 cm2"}},
        "session": ["wash", ROLL],
    }
    names = {name: zone.main_concern.name for name, zone in load(plan).by_zone.items()}
    assert names == {"cheek": "acne-scar", "temple": "ageing"}
    assert load(load(plan).as_data()) == load(plan)
    assert ("concern",) not in list_assumed_settings(load(plan))
    course = simulate(plan, draws=2)
    course.to_netcdf(tmp_path / "x.nc")
    with xr.open_dataset(tmp_path / "x.nc", group="zone_cheek", engine="h5netcdf") as cheek:
        assert cheek["relief"].dims == ("moment", "scar", "distance", "draw")


def test_an_amount_of_the_whole_is_shared_out_by_area():
    steps = [{"numb": {"with": "emla", "amount": "30 g", "for": "60 min", "on": ["cheek", "lip"]}}, "wash"]
    plan = load({**FACE, "session": [*steps, {"seal": {"on": "forehead"}}]})
    amounts: dict[str, Any] = {name: next(zone.walk_steps())[1] for name, zone in plan.by_zone.items()}
    cheek, lip = (amounts[name].amount.value for name in ("cheek", "lip"))
    assert (cheek + lip, cheek / lip) == (pytest.approx(30), pytest.approx(120 / 12))
    assert amounts["forehead"].name == "wait"


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ({**FACE, "site": "cheek"}, "take site away"),
        ({**PERSON, "session": [{"pen": {"depth": "1 mm", "on": "nose"}}]}, "the file has none"),
        ({**FACE, "session": [{"pen": {"depth": "1 mm", "on": ["cheek", "forhead"]}}]}, "did you mean 'forehead'"),
        ({**FACE, "session": [{"pen": {"depth": "1 mm", "on": "cheek"}}]}, "nothing is done in this zone"),
        ({**FACE, "zones": {"elbow-pit": {"area": "20 cm2"}}, "session": ["wash", "seal"], "aftercare": []}, "the site 'elbow-pit' is not known"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_zones_is_told(plan, told):
    with pytest.raises(TreatmentError, match=told):
        load(plan)


ROLL = {"roll": {"strokes": 1, "force": "5 N"}}
SMALL = {
    **PERSON,
    "instrument": "dermaroller-mf8",
    "zones": {"cheek": {"area": "60 cm2"}, "temple": {"area": "20 cm2"}},
    "course": {"follow_up": "1 day"},
}


def run_small(*session, **more):
    keep = more.pop("keep", ())
    return simulate({**SMALL, "session": [*session], **more}, draws=8, seed=3, side=8.0, keep=keep)


def test_each_zone_goes_on_until_its_own_endpoint():
    """Needles that draw no blood are gone on with to the last round, and the other zone stops at its own stroke."""
    rounds = {
        "until": "pinpoint-bleeding",
        "most": 12,
        "steps": [
            {"roll": {"strokes": 2, "on": "cheek", "force": "8 N"}},
            {"roll": {"strokes": 1, "on": "temple", "with": "dermaroller-c8"}},
            "clean",
        ],
    }
    both = run_small({"repeat": rounds}, keep=NEEDLED)
    cheek, temple = both.zones.values()
    ends = cheek.quantities["endpoint_stroke"]
    assert np.isfinite(ends).any()
    np.testing.assert_array_equal(cheek.quantities["strokes_done"], np.minimum(ends, 24))
    assert np.isinf(temple.quantities["endpoint_stroke"]).all()
    assert (temple.quantities["strokes_done"] == 12).all()
    level = cheek.sample.value("puncture.bleeding.pinpoint")
    for draw, end in enumerate(ends):
        shown = cheek.strokes.drops[draw] > level
        assert not shown.any() if np.isinf(end) else shown.argmax() == end - 1
    hours = [zone.quantities["needling_hours"] for zone in both.zones.values()]
    np.testing.assert_allclose(both.quantities["needling_hours"], sum(hours))
    (missed,) = [warning for warning in both.warnings if warning.code == "endpoint_missed"]
    assert (missed.level, missed.values["percent"]) == ("caution", 100)


def test_each_zone_numbers_its_steps_as_the_whole_does():
    """Also where a phase's depth changes nothing in one zone: the same number is the same step everywhere."""
    plan = {
        **SMALL,
        "session": [
            "wash",
            {"pen": {"with": "skinpen", "depth": "0.5 mm", "passes": 2, "on": "temple"}},
            {"pen": {"with": "skinpen", "depth": "1 mm", "passes": 2, "on": "cheek"}},
        ],
        "phases": [{"depth": "0.5 mm"}, {"pause": "2 week"}, {"session": ["wash", ROLL], "pause": "2 week"}],
    }
    whole = load(plan)
    places = [place[:-1] for place, _, _ in whole.unroll_steps()]
    for zone in whole.by_zone.values():
        assert [place[:-1] for place, _, _ in zone.unroll_steps()] == places
    course = simulate(plan, draws=2, keep=("quantities",))
    assert np.isfinite(course.quantities["pain"]).all()


def test_rounds_without_needles_in_a_zone_are_its_other_steps():
    rounds = {
        "until": "pinpoint-bleeding",
        "most": 3,
        "steps": [{"roll": {"strokes": 1, "on": "cheek"}}, "clean"],
    }
    zones = load({**SMALL, "session": [{"repeat": rounds}]}).by_zone
    assert [step.name for _, _, step in zones["temple"].unroll_steps()] == ["wait", "clean"] * 3
    assert zones["temple"].as_data()["session"][0]["repeat"].keys() == {"rounds", "steps"}


def test_a_cream_numbs_the_zone_that_it_lies_on():
    cream = {"numb": {"with": "emla", "for": "30 min", "on": "temple"}}
    person = run_small(cream, {"wash": {"on": "temple"}}, ROLL)
    cheek, temple = (person.zones[name].quantities for name in SMALL["zones"])
    np.testing.assert_array_equal(cheek["pain"], cheek["pain_without_cream"])
    assert (temple["pain"] < temple["pain_without_cream"]).all()
    np.testing.assert_array_equal(person.quantities["pain"], np.maximum(cheek["pain"], temple["pain"]))
    np.testing.assert_array_equal(person.quantities["numb_hours"], temple["numb_hours"])


def test_one_injection_is_for_all_zones_and_who_sleeps_does_so_in_all():
    block = [
        run_small({"anaesthesia": {"by": "block", "dose": "100 mg", **on}}, ROLL)
        for on in ({}, {"on": "temple"})
    ]
    peaks = [course.quantities["lidocaine_peak"] for course in block]
    np.testing.assert_allclose(peaks[0], peaks[1], rtol=1e-9)
    round_of = {"repeat": {"rounds": 1, "on": "temple", "steps": [{"anaesthesia": "general"}]}}
    assert not run_small(round_of, ROLL).quantities["pain"].any()
