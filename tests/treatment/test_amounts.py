"""Amounts of a whole area, and products that a file makes of what is in them: read, written, spread."""

from __future__ import annotations

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hudnal import load
from hudnal.intake.check import make_full_schema
from hudnal.language import LANGUAGES, Words, named
from hudnal.parameters import Draws, parameters
from hudnal.report.words.assumed import tell_assumed_settings
from hudnal.report.words.plan import tell_session
from hudnal.transport import product
from hudnal.transport.amount import spread_over_area
from hudnal.treatment.amount import GivenAmount, WholeAmount
from hudnal.treatment.made import join_name, split_name

SCHEMA = jsonschema.Draft202012Validator(make_full_schema())
# Half a tube of cream, millilitres of serum: a protocol as practitioners write it.
BY_AREA = """
site: face
area: 250 cm2
instrument: skinpen
session:
  - numb: {with: emla, amount: 30 g, for: 60 min}
  - spread: {what: sterile-hyaluronic-acid, amount: 3 mL}
  - pen: {depth: 1 mm, passes: 4}
"""


def central(name):
    return parameters()[name].value


def read(text):
    return GivenAmount().read(text)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("30 g", 30, "g"), ("500 mg", 0.5, "g"), ("3 mL", 3, "mL"), ("3 cc", 3, "mL"), ("2 pumps", 2, "pump"),
        ("1 pump", 1, "pump"), ("2,5 FTU", 2.5, "fingertip"), ("2 fingertip units", 2, "fingertip"),
        ("3 fingertoppsenheter", 3, "fingertip"), ("10 drops", 10, "drop"), ("10 droppar", 10, "drop"),
    ],
)  # fmt: skip
def test_every_measure_is_read_and_written_again(text, value, unit):
    amount = read(text)
    assert isinstance(amount, WholeAmount) and amount == WholeAmount(value, unit)
    assert read(amount.text) == amount
    plan = {"session": [{"spread": {"what": "face-oil", "amount": text}}]}
    SCHEMA.validate(plan)
    SCHEMA.validate(load(plan).as_data())


def test_what_is_for_each_cm2_stays_a_number():
    assert read("0.15 g/cm2") == 150
    assert spread_over_area(150.0, product("emla"), 250, central) == 150
    assert spread_over_area(None, product("emla"), 250, central) == 150


@given(st.floats(0.01, 100), st.floats(1, 1000))
def test_grams_are_spread_over_the_area(grams, area):
    assert spread_over_area(WholeAmount(grams, "g"), product("emla"), area, central) == pytest.approx(
        1000 * grams / area
    )


def test_counted_amounts_are_as_wide_as_what_people_count_with():
    draws = Draws(64, 3)
    for unit, usual, wide in (("fingertip", 500, 1.2), ("drop", 50, 1.5), ("pump", 500, 4)):
        amount = spread_over_area(WholeAmount(1, unit), product("vitamin-c-serum"), 1.0, draws.__getitem__)
        assert spread_over_area(WholeAmount(1, unit), product("vitamin-c-serum"), 1.0, central) == usual
        assert np.max(amount) / np.min(amount) > wide
    oil, water = (
        spread_over_area(WholeAmount(1, "mL"), product(n), 1.0, central)
        for n in ("face-oil", "vitamin-c-serum")
    )
    assert (oil, water) == (920, 1000)


def test_grams_and_millilitres_are_told_back_for_each_cm2(tmp_path):
    file = tmp_path / "by_area.yaml"
    file.write_text(BY_AREA, encoding="utf-8")
    treatment = load(file)
    told = {one: " ".join(line.text for line in tell_session(treatment, Words(one))) for one in LANGUAGES}
    assert "30\u202fg in all, which is 120\u202fmg/cm²" in told["en"]
    assert "3\u202fml in all, which is 12\u202fmg/cm²" in told["en"]
    assert "3\u202fml totalt, alltså 12\u202fmg/cm²" in told["sv"]


STRENGTHS = st.dictionaries(
    st.sampled_from(["lidocaine", "tetracaine", "n-x", "tranexamic-acid", "acid"]),
    st.decimals("0.001", "30", places=3).map(float),
    min_size=1,
    max_size=3,
)


@given(STRENGTHS)
def test_a_name_says_what_is_in_it(strengths):
    known = ["lidocaine", "tetracaine", "n-x", "tranexamic-acid", "acid"]
    assert split_name(join_name(strengths), known) == pytest.approx(strengths)


@pytest.mark.parametrize(
    "name",
    ["lidocaine", "lidocaine-0", "lidocaine-101", "lidocaine-5-", "lidocaine-5-lidocaine-5", "x-5", ""],
)
def test_what_is_no_strength_makes_nothing(name):
    assert split_name(name, ["lidocaine"]) is None


@pytest.mark.parametrize(
    ("given", "name", "kind", "vehicle"),
    [
        ({"numb": {"with": "lidocaine-5"}}, "lidocaine-5", "numbing", "cream"),
        ({"numb": {"with": {"lidocaine": "7 %", "tetracaine": "7 %"}}}, "lidocaine-7-tetracaine-7", "numbing", "cream"),
        ({"numb": {"with": "lidocaine 5 %"}}, "lidocaine-5", "numbing", "cream"),
        ({"spread": {"what": {"niacinamide": "10 %"}}}, "niacinamide-10", "serum", "water"),
        ({"spread": {"what": "sunscreen-30"}}, "sunscreen-30", "sunscreen", "cream"),
        ({"spread": {"what": "tretinoin-0.02"}}, "tretinoin-0.02", "retinoid", "retinoid-cream"),
        ({"disinfect": {"with": "ethanol-60"}}, "ethanol-60", "antiseptic", "alcohol"),
        ({"numb": {"with": {"lidocaine": "10 %"}}}, "lidocaine-10", "numbing", "gel"),  # which the tables have
    ],
)  # fmt: skip
def test_strengths_make_a_product(given, name, kind, vehicle):
    plan = {"session": [given, {"spread": {"what": "face-oil"}}]}
    SCHEMA.validate(plan)
    treatment = load(plan)
    made = treatment.shelf.find_product(name)
    assert treatment.products_used[0].name == name
    assert (made.kind, made.vehicle) == (kind, vehicle)
    assert load(treatment.as_data()) == treatment
    SCHEMA.validate(treatment.as_data())


def test_what_was_assumed_of_a_strength_is_told():
    treatment = load({"session": [{"numb": {"with": "lidocaine-5"}}, {"spread": {"what": "sunscreen-30"}}]})
    assert "lidocaine 5\u202f% as a cream, pH 7.4, 150\u202fmg/cm²" in tell_assumed_settings(
        treatment, Words("en")
    )
    assert "solkräm, SPF 30 som kräm, 1\u202fmg/cm²" in tell_assumed_settings(treatment, Words("sv"))
    assert (
        named("products", "lidocaine-2.5-prilocaine-2.5", "sv") == "lidokain 2,5\u202f%, prilokain 2,5\u202f%"
    )
    assert named("products", "n-propanol-80", "en") == "n-propanol 80\u202f%"
    assert named("products", "my-gel-2", "en") == "my-gel-2"
