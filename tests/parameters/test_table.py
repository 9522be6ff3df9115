"""Every number has a unit, a source or the word that it has none, and a spread that fits its status."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pint
import pytest

from hudnal.instrument.catalogue import list_instruments
from hudnal.parameters import Distribution, Parameter, parameters, reference_of, table
from hudnal.parameters.table import STATUSES, VARIES, read_group, table_names

HOUSE_UNITS = {
    "rad",
    "kg", "g",
    "1", "%", "mm", "um", "mm/s", "N", "N/m", "N/mm", "MPa", "MPa/mm", "h", "s", "day", "year", "1/h", "1/year", "1/mm2",
    "1/mm", "1/cm2", "1/cm", "uL", "uL/h", "uL/cm2", "uL/cm2/h", "ug/mL", "g/mL", "g/mol", "mol/g", "mm/h", "mm2/h", "L/h", "L", "g/m2/h",
    "mg", "mg/kg", "um/h", "degree", "CFU", "CFU/cm2", "cm2", "ug/cm2", "mg/cm2", "mL",
}  # fmt: skip


@pytest.mark.parametrize("parameter", parameters().values(), ids=lambda p: p.name)
def test_entry_is_honest(parameter):
    assert parameter.unit in HOUSE_UNITS
    assert parameter.status in STATUSES
    if parameter.status in ("measured", "derived", "fitted"):
        assert parameter.source or parameter.name.endswith("free_surface"), (
            "a number that was read has a source"
        )
    if parameter.status == "assumed":
        assert parameter.distribution.kind != "fixed", "what is assumed has a spread"


@pytest.mark.parametrize(
    "parameter", [p for p in parameters().values() if p.status == "assumed"], ids=lambda p: p.name
)
def test_what_is_assumed_is_wide(parameter):
    """A factor of 1.5 in the number or of 2 in its distance from 1 (shares, ratios); 0.9 units of a logarithm."""
    low, high = parameter.distribution.quantile(np.array([0.05, 0.95]))
    beside = sorted((abs(1 - low), abs(1 - high)))
    wide = low <= 0 or high >= 1.5 * low or low < 1 < high or beside[1] >= 2 * beside[0]
    if parameter.name.rsplit(".", 1)[1] in ("log_kow", "pka", "pka_acid", "most_reduction"):
        wide = high - low >= 0.9
    elif parameter.name.endswith("_variation") or parameter.name.endswith("_spread"):
        wide = np.log(high) >= 1.5 * np.log(low)  # geometric standard deviations
    assert wide, (low, high)


@pytest.mark.parametrize("parameter", parameters().values(), ids=lambda p: p.name)
def test_value_lies_within_its_spread(parameter):
    low, high = parameter.distribution.quantile(np.array([0.05, 0.95]))
    assert low <= parameter.value <= high


def test_every_source_is_in_the_bibliography():
    facts = {fact for p in parameters().values() for fact in p.source}
    facts |= {f for name in list_instruments() for f in table("instruments")["catalogue"][name]["source"]}
    facts |= {f for entry in table("products").values() for f in entry["source"]}
    for fact in facts:
        assert reference_of(fact).key


def test_units_are_units():
    registry = pint.UnitRegistry()
    registry.define("CFU = []")
    for unit in HOUSE_UNITS - {"1", "%"}:
        text = unit.replace("2", "**2").replace("CFU", "dimensionless")
        assert registry.parse_units(text) is not None


def test_conflicts_stay_spread():
    """Braverman's 1-1.5 mm and the 0.3-0.5 mm of tomography are both within what is drawn."""
    plexus = parameters()["skin.vessels.plexus_depth"].distribution
    low, high = plexus.quantile(np.array([0.05, 0.95]))
    assert low < 0.4
    assert high > 1.1


def test_every_file_is_a_table():
    files = [f.name for f in (resources.files("hudnal.parameters") / "tables").iterdir()]
    assert [f"{name}.yaml" for name in table_names()] == sorted(files)
    assert {name.split(".")[0] for name in parameters()} <= set(table_names())
    assert list(parameters()) == sorted(parameters())
    with pytest.raises(KeyError, match="no table 'nothing'"):
        table("nothing")


def test_a_group_gives_its_defaults_to_what_it_holds():
    content = {
        "_unit": "mm",
        "_source": ["healing:T13"],
        "_status": "assumed",
        "title": "no parameter",
        "_note": {"value": 1},
        "plain": {"value": 2},
        "inner": {
            "_status": "measured",
            "_spread": {"sd": 0.5},
            "_varies": "people",
            "first": {"value": 3.5, "unit": "h", "source": "puncture:x"},
            "second": {"value": "4", "varies": "compounds", "note": "odd", "source": None, "spread": None},
        },
        "last": {"value": 5, "status": "derived"},
    }
    plain, first, second, last = read_group("room", content)
    assert plain == Parameter(
        "room.plain",
        2.0,
        "mm",
        Distribution("fixed", 2.0),
        ("healing:T13",),
        "assumed",
        "{'value': 1}",
        "knowledge",
    )
    assert first == Parameter(
        "room.inner.first",
        3.5,
        "h",
        Distribution("normal", 3.5, 0.5),
        ("puncture:x",),
        "measured",
        "{'value': 1}",
        "people",
    )
    assert second == Parameter(
        "room.inner.second", 4.0, "mm", Distribution("fixed", 4.0), (), "measured", "odd", "compounds"
    )
    assert last.status == "derived" and last.varies == VARIES[0] == "knowledge"
    assert Parameter("a", 1.0, "1", Distribution("fixed", 1.0), (), "defined", "").varies == "knowledge"


def test_an_entry_without_note_or_source_has_none():
    (one,) = read_group("room", {"a": {"value": 1, "unit": "1", "status": "defined"}})
    assert one.note == "" and one.source == ()


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"value": 1, "unit": "1"}, r"room\.a: 'status'"),
        ({"value": 1, "status": "defined"}, r"room\.a: 'unit'"),
        ({"value": "much", "unit": "1", "status": "defined"}, r"room\.a: could not convert"),
        ({"value": [1], "unit": "1", "status": "defined"}, r"room\.a: float"),
        (
            {"value": 1, "unit": "1", "status": "defined", "b": 1, "a": 2},
            r"room\.a: unknown entries \['a', 'b'\]",
        ),
        (
            {"value": 1, "unit": "1", "status": "assumed", "varies": "moon"},
            r"room\.a: varies with one of knowledge, people, compounds, not 'moon'",
        ),
        ({"value": 1, "unit": "1", "status": "assumed", "spread": {"gsd": 0.5}}, r"room\.a: lognormal needs"),
    ],
)
def test_an_entry_that_is_not_whole_is_told_by_its_name(entry, told):
    with pytest.raises(ValueError, match=told):
        list(read_group("room", {"a": entry}))
