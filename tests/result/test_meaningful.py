"""The table of the smallest differences that matter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hudnal.outcome.declared import all_quantities
from hudnal.parameters.bibliography import reference_of
from hudnal.result.interval import Interval
from hudnal.result.meaningful import is_felt, matters, smallest_differences
from hudnal.study.compare import list_main_quantities

FELT = "felt"


def test_every_entry_is_of_a_quantity_in_its_unit_and_has_a_source_or_says_that_it_is_assumed():
    for name, entry in smallest_differences().items():
        assert entry.unit == ("0-10" if name == FELT else all_quantities()[name].unit), name
        assert entry.value > 0, name
        assert (entry.status == "assumed") != bool(entry.source), name
        assert entry.source or entry.note, name
        for source in entry.source:
            reference_of(source)


def test_whatever_is_compared_as_gain_or_harm_has_one():
    of = list_main_quantities()
    concern_scales = {"scar_volume_change"}
    assert set(of["harm"]) | concern_scales <= set(smallest_differences())


@given(st.floats(-50, 50), st.floats(0, 20), st.floats(0, 20))
def test_a_difference_matters_where_any_end_reaches_the_smallest(middle, below, above):
    ends = (middle, middle - below, middle + above)
    smallest = smallest_differences()["pain"].value
    assert matters("pain", Interval(*ends)) == (max(map(abs, ends)) >= smallest)


def test_what_has_no_limit_or_no_number_is_not_called_small():
    assert matters("hole_density", Interval(0.0, 0.0, 0.0))
    assert matters("pain", Interval(None, None, None))


def test_pain_is_felt_from_half_a_point_on():
    assert is_felt(0.5) and not is_felt(0.49)
