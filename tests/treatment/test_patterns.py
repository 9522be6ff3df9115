"""The JSON Schema draws the red line where the loader refuses: names, units, ranges; and nowhere else."""

from __future__ import annotations

import re

import jsonschema
import pytest
import yaml
from faulty import FAULTY, GOOD
from hypothesis import given, settings
from hypothesis import strategies as st

from hudnal import load
from hudnal.intake.check import make_full_schema
from hudnal.treatment import list_presets, read_preset
from hudnal.treatment.patterns import write_quantity_pattern
from hudnal.treatment.units import UnreadableQuantity, read_quantity

SCHEMA = jsonschema.Draft202012Validator(make_full_schema())
# Faults of a name, a unit, a range, a form: what an editor can know without the rest of the file.
SEEN = (
    "unknown-key", "unknown-roll-key", "age-300", "age-without-unit", "age-in-metres", "sex", "phototype", "smoker",
    "area-in-newton", "area-negative", "site", "site-misspelt", "setting", "concern", "concern-shape", "instrument",
    "needles-40-mm", "no-needles", "instrument-kind", "product", "petrolatum-as-cream", "amount-without-area",
    "time-in-kilogram", "negative-force", "zero-force", "skin", "half-a-stroke", "rounds", "unknown-step", "peel-agent",
    "laser-density", "aftercare", "sessions", "interval", "follow-up", "thousands", "own-product-vehicle",
    "own-product-percent", "own-compound-spread", "range", "range-in-words", "range-of-counts", "range-of-phototypes",
    "mass-as-force", "millilitres", "amount-in-newton", "amount-of-a-range", "strength-of-nothing", "strength-over-all",
    "strength-without-percent", "no-strength", "unknown-particle", "site-in-swedish", "instrument-as-on-the-box", "a-list-of-sites", "kind-has-no",
    "area-in-a-step", "a-name", "own-product-hint", "instrument-hint",
)  # fmt: skip
FIELDS = (("mm", 0, 4, True, "mm um cm inch"), ("h", 1, 8784, False, "h min day weeks år"), ("N", 0, 60, True, "N mN kN"),
    ("mg/cm2", 0, 1000, False, "mg/cm2 g/cm2 mg/cm²"), ("year", 10, 110, False, "year y månader"), ("1", 0, 0.9, False, "%"),
    ("1/s", 1, 400, False, "Hz rpm"), ("mm", 0.0005, 0.1, False, "mm um"))  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_what_the_loader_refuses_the_schema_refuses(name):
    text = next(text for known, text, _ in FAULTY if known == name)
    assert not SCHEMA.is_valid(yaml.safe_load(text))


@pytest.mark.parametrize("name", list_presets())
def test_what_the_loader_takes_the_schema_takes(name):
    data = yaml.safe_load(read_preset(name))
    SCHEMA.validate(data)
    SCHEMA.validate(load(data).as_data())


def test_names_of_ones_own_are_taken_where_the_file_brings_them():
    own = {"my-gel": {"actives": {"niacinamide": "5 %"}}}
    plan = {
        "products": own,
        "session": [{"repeat": {"rounds": 2, "steps": [{"spread": {"what": "my-gel"}}]}}],
    }
    SCHEMA.validate(plan)
    assert not SCHEMA.is_valid({"session": plan["session"]})
    assert not SCHEMA.is_valid({**plan, "products": {"my-gel": {"actives": {"unheard-of": "5 %"}}}})
    SCHEMA.validate(yaml.safe_load(GOOD))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FIELDS), st.floats(0, 20000), st.integers(0, 6), st.data())
def test_bounds_hold_in_every_unit(field, number, decimals, data):
    """A pattern and the reader agree on every number that is written without an exponent."""
    unit, low, high, above, spelled = field
    written = f"{number:.{decimals}f}"
    if data.draw(st.booleans()) and decimals != 3:  # three decimals after a comma may be thousands
        written = written.replace(".", ",")
    text = f"{written} {data.draw(st.sampled_from(spelled.split()))}"
    try:
        amount = read_quantity(text, unit, "")
        fits = low <= amount <= high and not (above and amount <= low)
    except UnreadableQuantity:
        fits = False
    assert bool(re.search(write_quantity_pattern(unit, low, high, above), text)) == fits, text


@pytest.mark.parametrize(
    "text", ["0.5-1.5 mm", "1 to 2 mm", "3 mL", "a few", "1 N", "mm", "1,000 mm", "-1 mm", ""]
)
def test_what_is_no_length_is_refused(text):
    assert not re.search(write_quantity_pattern("mm", 0, 4), text)


@pytest.mark.parametrize(
    "text", ["1 mm", "1,5mm", "+.5 mm", "0.06 inch", "1e-3 m", "2 Millimeter", "1 thou", "0.001 m"]
)
def test_every_spelling_of_a_length_is_taken(text):
    read_quantity(text, "mm", "")
    assert re.search(write_quantity_pattern("mm", 0, 4), text)
