"""What is set at a pass of a pen: motor, glide, cartridge; and what comes of cartridges that are bent, blunt, used."""

from __future__ import annotations

import re

import numpy as np
import pytest

from hudnal import TreatmentError, load, simulate
from hudnal.course.advice import advise
from hudnal.course.prepare import prepare
from hudnal.course.simulate import fold
from hudnal.instrument import list_instruments
from hudnal.instrument.catalogue import find_instrument
from hudnal.language import Words
from hudnal.parameters import Draws
from hudnal.report.words.plan import tell_session

DRAWS = Draws(8, 2)
PLAN = {"site": "cheek", "area": "50 cm2", "instrument": "skinpen", "course": {"follow_up": "1 day"}}


def resolve(*steps, **plan):
    """The setting of a session of these steps."""
    return prepare(load({**PLAN, "session": ["wash", "disinfect", *steps], **plan}), DRAWS, heals=False)


def use_of(plan=None, **pass_):
    setting = resolve({"pen": {"depth": "0.75 mm", "passes": 3, **pass_}}, **(plan or {}))
    return next(iter(setting.uses.values()))


def warnings_of(setting):
    return {warning.code: warning for warning in advise(setting, {})}


def test_needles_go_with_the_motor_the_glide_and_the_cartridge():
    """N f / (v D) a pass."""
    usual = use_of(frequency="90 Hz", speed="15 mm/s")
    assert usual.density == pytest.approx(3 * 14 * 90 / (15 * 8))
    assert use_of(frequency="45 Hz", speed="15 mm/s").density == pytest.approx(usual.density / 2)
    assert use_of(frequency="5400 rpm", speed="15 mm/s").density == pytest.approx(usual.density)
    slower = use_of(frequency="90 Hz", speed="5 mm/s")
    assert slower.density == pytest.approx(3 * usual.density)
    assert slower.hours == pytest.approx(3 * usual.hours)
    more = use_of(frequency="90 Hz", speed="15 mm/s", cartridge={"needles": 28})
    assert more.density == pytest.approx(2 * usual.density)
    assert more.punctures == pytest.approx(usual.punctures)  # of each needle


def test_the_pen_is_what_it_was_where_the_step_sets_nothing():
    assert getattr(use_of().instrument, "frequency", None) == find_instrument("skinpen")["frequency"]
    assert use_of().kit == use_of(frequency="90 Hz").kit == "skinpen"


def test_another_cartridge_is_another_instrument():
    """Each has its own wear and its own load; the same one taken up again goes on as it was left."""
    fine = {"needles": 36, "length": "0.5 mm", "diameter": "0.2 mm"}
    steps = [{"pen": {"depth": "0.5 mm", "passes": 1, "cartridge": c}} for c in (fine, {}, fine)]
    setting = resolve(*steps)
    kits = [use.kit for use in setting.uses.values()]
    assert kits[0] == kits[2] != kits[1]
    assert next(iter(setting.uses.values())).instrument.needle.length == 0.5
    state = next(state for _, moment, state in fold(setting) if moment.kind == "end")
    worn = [state.instruments[kit].punctures[0] for kit in kits[:2]]
    each = [use.punctures for use in setting.uses.values()]
    assert worn == pytest.approx([each[0] + each[2], each[1]])


def faults_of(**pass_):
    plan = {key: pass_.pop(key) for key in ("instrument", "session") if key in pass_}
    with pytest.raises(TreatmentError) as caught:
        load({**PLAN, "session": [{"pen": {"depth": "0.5 mm", **pass_}}], **plan})
    return caught.value.faults


@pytest.mark.parametrize("level", ["level 3", "3", 3, "Level 3/6", "nivå 2", "speed 5"])
@pytest.mark.parametrize("entry", ["speed", "frequency"])
def test_levels_of_motors_are_refused_with_the_way_to_say_it(entry, level):
    """Field input A20: makers' levels differ, and `speed` is the hand's."""
    (fault,) = faults_of(**{entry: level})
    assert fault.key == "motor_level"
    assert "frequency: 90 Hz" in fault.text("en")
    assert "frequency: 90 Hz" in fault.text("sv")


def test_what_is_no_level_is_told_as_ever():
    assert [fault.key for fault in faults_of(speed=25)] == ["no_unit"]
    assert [fault.key for fault in faults_of(speed="90 Hz")] == ["wrong_dimension"]
    assert [fault.key for fault in faults_of(frequency="900 Hz")] == ["out_of_range"]


def test_a_cartridge_has_to_fit_its_pen():
    assert [f.key for f in faults_of(cartridge={"needles": 400, "diameter": "1 mm"})] == [
        "needles_do_not_fit"
    ]
    assert [f.key for f in faults_of(cartridge={"length": "0.25 mm"})] == ["pen_too_deep"]
    assert [f.key for f in faults_of(cartridge={"tip_radius": "0.1 mm", "diameter": "0.1 mm"})] == [
        "tip_too_wide"
    ]
    roller = [{"reuse": {"part": "handpiece"}}, {"roll": {"strokes": 2}}]
    assert [f.key for f in faults_of(session=roller, instrument="dermaroller-mf8")] == ["part_of_pen"]


def test_a_variation_reaches_what_the_step_sets_itself():
    plan = load(
        {**PLAN, "session": [{"pen": {"depth": "0.5 mm", "frequency": "90 Hz", "cartridge": {"needles": 9}}}]}
    )
    ((_, varied),) = plan.with_(frequency="50 Hz", needles=12).walk_steps()
    assert (varied.frequency, varied.cartridge.needles) == (50.0, 12)  # pyright: ignore[reportAttributeAccessIssue]


def test_settings_are_told():
    plan = load(
        {
            **PLAN,
            "session": [
                {
                    "pen": {
                        "depth": "0.5 mm",
                        "frequency": "90 Hz",
                        "speed": "15 mm/s",
                        "cartridge": {"needles": 36},
                    }
                }
            ],
        }
    )
    for language, words in (("en", ("36 needles", "90")), ("sv", ("36 nålar", "90"))):
        (line,) = tell_session(plan, Words(language))
        assert all(word in line.text for word in (*words, "15")), line.text


def test_a_cleared_pen_round_the_eyes_by_its_settings():
    """Field input A10: twelve needles, 90 Hz, three passes at 0.75 mm, four sessions."""
    plan = {
        "person": {"age": "50 year", "phototype": "II"}, "site": "periorbital", "instrument": "rejuvapen",
        "session": [{"pen": {"depth": "0.75 mm", "passes": 3, "frequency": "90 Hz"}}],
        "course": {"sessions": 4, "interval": "30 day", "follow_up": "1 day"},
    }  # fmt: skip
    course = simulate(plan, draws=4, keep=())
    np.testing.assert_allclose(
        course.quantities["attempted_density"], 100 * 3 * 12 * 90 / (15 * 8), rtol=1e-6
    )
    codes = {warning.code for warning in course.warnings}
    assert {"depth_site", "orbital_rim", "not_disinfected"} <= codes
    assert not {"depth_evaluated", "depth_evaluated_device"} & codes


# The catalogue


def test_clearances_are_numbers_that_can_be_looked_up():
    cleared = [name for name in list_instruments() if "clearance" in find_instrument(name)]
    assert {"skinpen", "exceed", "exceed-unlimited", "rejuvapen", "dr-pen", "skinstylus", "propen"} == set(
        cleared
    )
    for name in cleared:
        entry = find_instrument(name)
        assert re.fullmatch(r"K\d{6}|DEN\d{6}", entry["clearance"]), name
        assert ("evaluated" in entry) == bool(entry.get("evaluated_source")), name


def test_a_depth_is_held_against_what_the_device_was_evaluated_for():
    own = warnings_of(resolve({"pen": {"depth": "2.25 mm"}}))["depth_evaluated_device"]
    assert (own.values["limit"], own.values["clearance"]) == (1.5, "DEN160029")
    setting = resolve({"pen": {"depth": "2.25 mm"}}, instrument="rejuvapen")
    assert "depth_evaluated" in warnings_of(setting)
    assert (
        not {"depth_evaluated", "depth_evaluated_device"}
        & warnings_of(resolve({"pen": {"depth": "1.5 mm"}})).keys()
    )
    course = simulate({**PLAN, "session": [{"pen": {"depth": "2.25 mm", "passes": 1}}]}, draws=2, keep=())
    (text,) = [
        course.describe_warning(w)["text"] for w in course.warnings if w.code == "depth_evaluated_device"
    ]
    assert "SkinPen" in text
    assert "DEN160029" in text


# Handpiece and cartridge

USED = {"times": 3, "shared": True, "cleaned": "none"}


def bloodborne(reuse, cartridge=None):
    pen = {"pen": {"depth": "1 mm", "passes": 1, "cartridge": cartridge or {}}}
    setting = resolve({"reuse": reuse}, pen)
    state = next(state for _, moment, state in fold(setting) if moment.kind == "end")
    (instrument,) = state.instruments.values()
    return state.session.bloodborne, instrument.punctures / next(iter(setting.uses.values())).punctures


def test_a_handpiece_passes_on_less_than_a_cartridge_and_a_sealed_cartridge_less_still():
    whole, worn = bloodborne(USED)
    assert worn == pytest.approx(4)
    opened, sharp = bloodborne({**USED, "part": "handpiece"}, {"sealed": False})
    assert sharp == pytest.approx(1)  # the cartridge is new
    unknown, _ = bloodborne({**USED, "part": "handpiece"})
    tight, _ = bloodborne({**USED, "part": "handpiece"}, {"sealed": True})
    np.testing.assert_array_equal(opened, unknown)  # what is not known to be sealed is not
    assert np.all((tight < opened) & (opened < whole) & (tight > 0))
    own, _ = bloodborne({"times": 3, "part": "handpiece"})
    assert not own.any()


def test_a_handpiece_goes_through_a_course_without_needles():
    """What the needles did is told against it."""
    setting = resolve({"reuse": {**USED, "part": "handpiece"}}, {"pen": {"depth": "1 mm", "passes": 1}})
    (end,) = [state for _, moment, state in fold(setting.without_needles()) if moment.kind == "end"]
    assert not end.session.bloodborne.any()
    assert not end.holes.count.any()


def test_a_warning_names_what_was_used():
    """Field input E06: a shared pen, whose warning told of a roller."""
    plan = {
        "site": "face", "instrument": "dermapen", "course": {"follow_up": "1 day"},
        "session": [
            "disinfect", {"reuse": {"times": 3, "shared": True, "cleaned": "alcohol"}}, {"pen": {"depth": "0.5 mm", "passes": 1}},
        ],
    }  # fmt: skip
    course = simulate(plan, draws=2, keep=())
    told = {w.code: course.describe_warning(w)["text"] for w in course.warnings}
    assert {"shared", "cartridge_reused"} <= told.keys()
    assert told["shared"].startswith("The cartridge was used on another person")
    assert "roller" not in told["shared"] + told["cartridge_reused"]
    assert course.quantities["bloodborne_probability"].mean() > 0


def test_what_rules_say_of_handpieces():
    pen = {"pen": {"depth": "0.5 mm", "passes": 1, "cartridge": {"sealed": False}}}
    codes = warnings_of(resolve({"reuse": {"shared": True, "part": "handpiece"}}, pen))
    assert {"handpiece_shared", "cartridge_open"} <= codes.keys()
    assert not {"shared", "cartridge_reused", "reused_unclean"} & codes.keys()
    sealed = {"reuse": {"shared": True, "part": "handpiece"}}, {"pen": {"depth": "0.5 mm"}}
    assert "handpiece_shared" not in warnings_of(resolve(*sealed, instrument="exceed"))


# Bent and blunt pins


def holes_of(instrument, step):
    setting = resolve(step, instrument=instrument)
    state = next(state for _, moment, state in fold(setting) if moment.kind == "end")
    return setting, state.holes


PEN = {"kind": "pen", "length": "2.0 mm", "needles": 12, "head_diameter": "8 mm", "frequency": "100 Hz"}
STAMP = {"kind": "stamp", "length": "1.5 mm", "needles": 40, "head_width": "10 mm"}


@pytest.mark.parametrize(
    ("instrument", "step"),
    [
        (PEN, {"pen": {"depth": "1.5 mm", "passes": 1}}),
        (STAMP, {"stamp": {"times": 4, "force": "20 N"}}),
    ],
    ids=["pen", "stamp"],
)
def test_bent_and_blunt_pins(instrument, step):
    """Field input B11: blunt pins go in less deep, bent ones slant and sweep a slit; none leaves the sample area."""
    setting, sharp = holes_of(instrument, step)
    _, blunt = holes_of({**instrument, "blunt": "100 %"}, step)
    _, bent = holes_of({**instrument, "bent": "100 %"}, step)
    sound = np.nan_to_num(sharp.mean(sharp.tip_depth))
    assert np.all(np.nan_to_num(blunt.mean(blunt.tip_depth)) < sound)
    assert np.median(np.nan_to_num(bent.mean(bent.tip_depth)) / sound) < 1
    assert not sharp.slant.any()
    assert np.abs(bent.slant).max() == pytest.approx(
        np.deg2rad(DRAWS["instruments.needle.bend"]).max(), rel=0.05
    )
    # A slit beyond that which a pen's glide leaves.
    assert np.mean(bent.slit - bent.width) > np.mean(sharp.slit - sharp.width)
    assert np.all(
        (bent.x >= 0) & (bent.x <= setting.sample_side) & (bent.y >= 0) & (bent.y <= setting.sample_side)
    )


def test_a_cartridge_with_some_hooked_and_blunt_needles():
    """Field input B11 as it stands: three in ten blunt, one in ten bent."""
    step = {"pen": {"depth": "1.5 mm", "passes": 1}}
    _, sharp = holes_of(PEN, step)
    _, worn = holes_of({**PEN, "blunt": "30 %", "bent": "10 %"}, step)
    assert np.mean(worn.mean(worn.tip_depth)) < np.mean(sharp.mean(sharp.tip_depth))
    assert 0.02 < np.mean(worn.slant != 0) < 0.25
    assert worn.count.sum() <= sharp.count.sum()


def test_no_pin_is_bent_where_none_is_said_to_be():
    _, plain = holes_of(PEN, {"pen": {"depth": "1.5 mm", "passes": 1}})
    _, said = holes_of({**PEN, "bent": "0 %", "blunt": "0 %"}, {"pen": {"depth": "1.5 mm", "passes": 1}})
    np.testing.assert_array_equal(plain.tip_depth, said.tip_depth)
