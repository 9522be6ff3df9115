"""What a quantity rests on is what the program shows: the shipped table, and a sample of it measured again."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sampling import sample

import hudnal
from hudnal.parameters import parameters
from hudnal.result.rests_on import (
    acts_at,
    find_effects,
    find_family,
    load_effects,
    read_effects,
    write_effects,
)
from hudnal.study import effects as measuring
from hudnal.study.effects import (
    Moves,
    Shift,
    ask_scenarios,
    find_silent,
    make_sample,
    measure_shift,
    move_parameter,
    move_parameters,
    move_where_it_acts,
    plan_moves,
    plan_searches,
    run_once,
    weigh_shifts,
)
from hudnal.study.scenarios import list_small_scenarios, list_whole_scenarios
from hudnal.treatment.presets import list_presets

ANEW = (
    "the table does not know it: measure it anew with `make effects`, and if no treatment of src/hudnal/study/scenarios.py "
    "asks for it, add one there"
)


@pytest.fixture(scope="module")
def classic():
    return hudnal.simulate("classic", draws=64, keep=())


@pytest.mark.parametrize(
    ("quantity", "cause", "strongest"),
    [
        ("pain", "skin.sites.cheek.sensitivity", "skin.sites.cheek.sensitivity"),
        ("lidocaine_peak", "transport.people.passage", "transport.people.passage"),
        ("bruise_probability", "skin.sites.cheek.dermis_female", "outcome.bruise.reference"),
        ("redness_days", "outcome.redness.threshold", "outcome.redness.mediator_time"),
        (
            "irritation_probability",
            "outcome.vitamin_a.irritation_half",
            "outcome.vitamin_a.irritation_half",
        ),
    ],
)
def test_causes_are_known_and_the_strongest_is_named(classic, quantity, cause, strongest):
    """What a hand-made list of causes left out is known as a cause; what moves the number most is named."""
    effects = find_effects(quantity, classic.used, "cheek")
    assert effects[cause].weight >= 0.1
    assert strongest in [mover.parameter for mover in classic.moved_by(quantity)]


def test_ties_and_scaling_are_not_told_as_causes(classic):
    told = [mover.parameter for mover in classic.moved_by("heavy_bleeding_probability")]
    assert "puncture.bleeding.visible_drop" not in told  # tied to others by the fit
    told = [mover.parameter for mover in classic.moved_by("infection_probability")]
    assert not {"outcome.infection.skin_load", "outcome.infection.pathogen_share"} & set(told)
    for quantity in ("bruise_probability", "pih_probability", "tram_track_probability", "herpes_probability"):
        told = [mover.parameter for mover in classic.moved_by(quantity)]
        assert not [name for name in told if ".reference_" in name], quantity


def test_one_site_acts_at_a_time():
    assert acts_at("skin.sites.cheek.sensitivity", "cheek")
    assert not acts_at("skin.sites.default.sensitivity", "cheek")
    assert acts_at("skin.sites.default.sensitivity", "abdomen")
    assert not acts_at("skin.sites.thigh.dermis_female", "cheek")
    assert acts_at("outcome.pain.single", "cheek")


def test_a_compounds_quantity_rests_on_its_own_parameters():
    table = load_effects()
    assert table.find("delivered.lidocaine", "transport.compounds.lidocaine.permeability")
    assert table.find("delivered.prilocaine", "transport.compounds.lidocaine.permeability") is None
    # A compound of a file's own acts as those of the tables do.
    assert table.find("delivered.my-drug", "transport.compounds.my-drug.permeability")
    assert table.find("plasma_peak.my-drug", "transport.compounds.my-drug.clearance")


@pytest.mark.parametrize("preset", sample(list_presets(), 2))
def test_every_quantity_of_a_preset_rests_on_something(preset):
    course = hudnal.simulate(preset, draws=2, keep=())
    for name, values in course.quantities.items():
        if not math.isnan(values[0]) and values.any() and name != "attempted_density":
            assert find_effects(name, course.used, course.treatment.site), f"{name} rests on nothing: {ANEW}"


def test_every_parameter_with_a_spread_moves_something_or_is_known_not_to():
    table = load_effects()
    moving = {find_family(name) for by_name in table.by_quantity.values() for name in by_name}
    known = moving | table.silent
    # How studies differ is asked by forecasts, what is unknown of a file's own compound goes by its name.
    elsewhere = ("evidence.", "transport.unknown.")
    unknown = [
        p.name
        for p in parameters().values()
        if p.distribution.kind != "fixed"
        and find_family(p.name) not in known
        and not p.name.startswith(elsewhere)
    ]
    assert unknown == [], ANEW


@pytest.mark.parametrize(
    ("parameter", "quantities"),
    [
        ("outcome.pain.single", ("pain", "pain_without_cream")),
        ("outcome.infection.skin_load", ("infection_probability",)),
        ("puncture.channel.width_kept", ("channel_width", "redness_days")),
    ],
)
def test_a_sample_of_the_table_measured_again(parameter, quantities):
    text = json.dumps(next(list_whole_scenarios()).data, sort_keys=True)
    shifts = {s.quantity: s for s in move_parameters(Moves(text, (parameter,), True))}
    for quantity in quantities:
        effect, shift = load_effects().find(quantity, parameter), shifts[quantity]
        assert effect is not None, ANEW
        # Scales are those of all parameters; the share of the shift that is a cause, and its sign, need none.
        assert effect.cause / effect.weight == pytest.approx(shift.cause / shift.size, abs=0.02), ANEW


def test_what_does_not_act_changes_no_bit():
    plan = {
        "session": ["wash", {"roll": {"strokes": 2}}],
        "instrument": "dermaroller-c8he",
        "course": {"follow_up": "1 day"},
    }
    text = json.dumps(plan, sort_keys=True)
    base = run_once(text, make_sample(text, {}))
    name = "outcome.pain.single"
    moved = run_once(text, make_sample(text, {name: move_parameter(name, 1.0)}))
    assert moved["pain"] > base["pain"]
    same = {quantity for quantity in base if base[quantity] == moved[quantity]}
    assert {"hole_density", "collagen_change", "infection_probability"} <= same


def test_a_parameter_is_moved_by_a_standard_score_or_a_tenth():
    load = parameters()["outcome.infection.skin_load"]
    up, down = move_parameter(load.name, 1.0), move_parameter(load.name, -1.0)
    assert down.value < load.value < up.value
    assert up.distribution.kind == "fixed" and up.distribution.a == up.value
    exact = next(p for p in parameters().values() if p.distribution.kind == "fixed" and p.value)
    assert move_parameter(exact.name, 1.0).value == pytest.approx(1.1 * exact.value)


@given(st.floats(1e-6, 1e6), st.floats(1.001, 1e3))
def test_a_shift_is_signed_and_counts_factors(middle, factor):
    down, up = middle / factor, middle * factor
    assert measure_shift(down, middle, up) == pytest.approx(2 * math.log(factor), rel=1e-6)
    assert measure_shift(up, middle, down) == pytest.approx(-2 * math.log(factor), rel=1e-6)
    assert measure_shift(middle, middle, middle) == 0


def test_from_a_number_to_never_is_as_far_as_can_be():
    assert measure_shift(5.0, 6.0, math.inf) == -measure_shift(math.inf, 6.0, 5.0) > 2
    assert measure_shift(math.nan, math.nan, math.nan) == 0
    assert measure_shift(-2.0, 0.0, 2.0) == 2.0


def test_a_table_survives_the_disk(tmp_path):
    empty = weigh_shifts([Moves("{}", ("outcome.pain.single",), True)], [])
    assert empty.measured == empty.silent == {"outcome.pain.single"} and empty.by_quantity == {}
    write_effects(load_effects(), tmp_path / "effects.json")
    again = read_effects(json.loads((tmp_path / "effects.json").read_text(encoding="utf-8")))
    assert again == load_effects()
    effects = [effect for by_name in again.by_quantity.values() for effect in by_name.values()]
    assert all(0 <= effect.weight <= 1 and -1 <= effect.cause <= 1 for effect in effects)
    with pytest.raises(ValueError, match="not a table of effects"):
        read_effects({"schema": "hudnal/summary/1"})


def test_small_scenarios_move_only_what_no_earlier_one_asked_for(monkeypatch):
    def ask(text, sample):
        sample["outcome.pain.single"]
        sample["skin.sites.cheek.sensitivity" if "cheek" in text else "skin.sites.chin.sensitivity"]
        return {}

    monkeypatch.setattr(measuring, "run_once", ask)
    plans = plan_moves(ask_scenarios([*list_whole_scenarios(), *list(list_small_scenarios())[:3]]))
    names = [name for plan in plans for name in plan.names]
    assert names.count("outcome.pain.single") == sum(1 for _ in list_whole_scenarios())
    assert {name for name in names if "sensitivity" in name} == {"skin.sites.chin.sensitivity"}


def test_what_moves_nothing_is_tried_elsewhere_until_it_does(monkeypatch):
    """Acid darkens where a peel is: a roller's session asks for it as well and tells nothing of it."""
    asked = [
        Moves(text, ("skin.sites.cheek.flow", "outcome.pigment.acid"), False)
        for text in ("roll", "peel", "last")
    ]
    found = Shift(asked[0], "skin.sites.cheek.flow", "pain", 1.0, 1.0)
    silent = find_silent(asked[:1], [found])
    assert silent == {"outcome.pigment.acid"}
    (search,) = plan_searches(asked, silent)
    assert [moves.treatment for moves in search] == ["last", "peel", "roll"]

    def move(moves):
        return (
            [Shift(moves, moves.names[0], "pih_probability", 1.0, 1.0)] if moves.treatment == "peel" else []
        )

    monkeypatch.setattr(measuring, "move_parameters", move)
    (shift,) = move_where_it_acts(search)
    assert shift.moves.treatment == "peel"
    assert move_where_it_acts(search[:1]) == []
