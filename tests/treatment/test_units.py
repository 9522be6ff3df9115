from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hudnal.treatment.quantity import InUnit
from hudnal.treatment.units import USUAL, UnreadableQuantity, ask_for_factor, read_quantity


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("60 min", "h", 1.0),
        ("1 h", "h", 1.0),
        ("1 Hour", "h", 1.0),
        ("90 minuter", "h", 1.5),
        ("8 veckor", "h", 8 * 168),
        ("26 week", "h", 26 * 168),
        ("3 dagar", "h", 72.0),
        ("1.5mm", "mm", 1.5),
        ("1,5 mm", "mm", 1.5),
        ("4 um", "mm", 0.004),
        ("4 µm", "mm", 0.004),
        ("0.15 g/cm2", "mg/cm2", 150.0),
        ("0.15 g/cm²", "mg/cm2", 150.0),
        ("2 mg per cm2", "mg/cm2", 2.0),
        ("2 mg cm-2", "mg/cm2", 2.0),
        ("100 cm^2", "cm2", 100.0),
        ("100 cm**2", "cm2", 100.0),
        ("1 dm2", "cm2", 100.0),
        ("1600 holes/cm2", "1/cm2", 1600.0),
        ("100 /cm2", "1/cm2", 100.0),
        ("100 per cm2", "1/cm2", 100.0),
        ("100 1/cm2", "1/cm2", 100.0),
        ("0.1 1/h", "1/h", 0.1),
        ("0.1 /h", "1/h", 0.1),
        ("110 Hz", "1/s", 110.0),
        ("300 g/mol", "g/mol", 300.0),
        ("3e-3 cm/h", "mm/h", 0.03),
        ("5 mg/mL", "ug/mL", 5000.0),
        ("0.95 L/min", "L/h", 57.0),
        ("25 mg/g", "%", 2.5),
        ("7000 rpm", "1/s", 7000 / 60),
        ("35 år", "year", 35.0),
        ("35 Years", "year", 35.0),
        ("15 N/m", "N/m", 15.0),
        ("5 newton", "N", 5.0),
        ("5 %", "1", 0.05),
        ("0.5", "1", 0.5),
        (0.5, "1", 0.5),
        ("90 grader", "degree", 90.0),
        ("+2e-1 mm", "mm", 0.2),
    ],
)
def test_reasonable_spellings(text, unit, value):
    assert read_quantity(text, unit, "x") == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "unit", "key"),
    [
        ("5 mm", "N", "wrong_dimension"),
        ("10 g", "mg/cm2", "wrong_dimension"),
        ("5 degC", "h", "unknown_unit"),
        ("5", "mm", "no_unit"),
        (5, "mm", "no_unit"),
        ("5 flurbs", "mm", "unknown_unit"),
        ("9**9**9 mm", "mm", "unknown_unit"),
        ("five mm", "mm", "not_a_quantity"),
        ("", "mm", "not_a_quantity"),
        (None, "mm", "not_a_quantity"),
        (True, "mm", "not_a_quantity"),
        ([1], "mm", "not_a_quantity"),
        ("1,000 mm", "mm", "thousands"),
        ("1e999 mm", "mm", "not_finite"),
        ("1e300 km", "mm", "out"),
    ],
)
def test_what_is_no_quantity_says_why(text, unit, key):
    if key == "out":
        assert read_quantity(text, unit, "x") > 1e300
        return
    with pytest.raises(UnreadableQuantity) as fault:
        read_quantity(text, unit, "x")
    assert fault.value.key == key


@given(st.text(max_size=40), st.sampled_from(["mm", "N", "h", "mg/cm2", "1", "1/cm2", "degree"]))
def test_any_text_is_a_number_or_a_fault(text, unit):
    try:
        assert isinstance(read_quantity(text, unit, "x"), float)
    except UnreadableQuantity:
        pass


@given(
    st.floats(1e-6, 1e6),
    st.sampled_from(["mm", "1/h", "1/cm2", "1/s", "%", "g/mol", "L/h", "ug/mL", "mg/cm2", "1"]),
)
def test_what_is_written_can_be_read(value, unit):
    quantity = InUnit(unit, 0, 1e7, "x")
    assert quantity.read(quantity.write(value)) == value


@given(st.floats(1e-6, 1e6))
def test_round_trip(value):
    assert read_quantity(f"{value!r} mm", "mm", "x") == pytest.approx(value)
    assert read_quantity(f"{value * 1000!r} um", "mm", "x") == pytest.approx(value)


@pytest.mark.parametrize(
    ("one", "other", "unit"),
    [
        ("350 um", "0.35 mm", "mm"),
        ("0.15 g/cm2", "150 mg/cm2", "mg/cm2"),
        ("110 Hz", "6600 1/min", "1/s"),
        ("10.7 %", "0.107", "1"),
        ("2.7 day", "64.8 h", "h"),
        ("0.07 week", "11.76 h", "h"),
        ("13 min", "780 s", "h"),
        ("7 g/mol", "7000 mg/mol", "g/mol"),
    ],
)
def test_the_same_amount_in_two_units_is_the_same_number(one, other, unit):
    assert read_quantity(one, unit, "x") == read_quantity(other, unit, "x")


@given(st.integers(1, 10**9), st.integers(-12, 6))
def test_no_bit_is_lost_on_the_way_between_units(digits, power):
    amount = f"{digits}e{power}"
    assert read_quantity(f"{amount} um", "mm", "x") == float(f"{digits}e{power - 3}")
    assert read_quantity(f"{amount} mm", "mm", "x") == float(amount)


@pytest.mark.parametrize(
    "unit", ["dB", "dB2", "dBm", "dBm2", "decade", "octave", "neper", "degC", "degF", "delta_degC2"]
)
def test_units_that_numbers_are_no_multiples_of_are_not_known(unit):
    for field in ("cm2", "1", "h", "N"):
        with pytest.raises(UnreadableQuantity):
            read_quantity(f"2 {unit}", field, "x")


@pytest.mark.parametrize("number", [10**400, -(10**400), float("inf"), float("nan")])
def test_numbers_beyond_all_bounds_are_refused(number):
    with pytest.raises(UnreadableQuantity) as caught:
        read_quantity(number, "1", "x")
    assert caught.value.key == "not_finite"


def test_a_symbol_of_three_letters_keeps_its_capitals():
    assert read_quantity("1 MPa", "kPa", "1 kPa") == 1000


@pytest.mark.parametrize("text", ["20 degC", "3 dB"])
def test_what_is_no_multiple_of_its_unit_is_no_unit(text):
    with pytest.raises(UnreadableQuantity):
        read_quantity(text, "K" if "deg" in text else "1", "1 K")


def test_usual_units_are_those_of_the_library():
    for unit, spellings in USUAL.items():
        for spelled, factor in spellings.items():
            assert ask_for_factor(spelled, unit) == factor, (spelled, unit)


def test_a_preset_needs_no_unit_library():
    code = "import sys, hudnal; hudnal.load('classic'); assert 'pint' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
