"""What stands in the sections of the page is what the course has."""

from __future__ import annotations

import numpy as np
import pytest

import hudnal
from hudnal.language import Words
from hudnal.language.numbers import (
    choose_unit,
    format_chance,
    format_number,
    format_probability,
    format_unit,
)
from hudnal.outcome.declared import find_quantity
from hudnal.report.figures.holes import find_map_side
from hudnal.report.page.panels import draw_panels
from hudnal.report.page.rows import (
    describe_risk,
    list_assumed,
    list_compounds,
    list_quantities,
    list_scars,
)
from hudnal.report.words.chances import tell_chance
from hudnal.result.interval import find_chance
from hudnal.result.scars import measure_scar_changes

EN, SV = Words("en"), Words("sv")


def test_a_session_that_outlasts_the_interval_has_its_figures():
    """The next one begins when it ends: nothing lies between them but that moment."""
    plan = {
        "instrument": "dermaroller-mf8",
        "session": ["wash", {"roll": {"strokes": 2}}, {"wait": {"for": "3 day"}}],
        "course": {"sessions": 2, "interval": "1 day", "follow_up": "1 week"},
    }
    course = hudnal.simulate(plan, draws=2)
    assert course.starts[1] == course.ends[0]
    assert draw_panels(course, Words("en"))


def test_a_row_a_quantity_with_its_own_interval_and_sources(classic):
    rows = list_quantities(classic, list(classic.quantities), EN)
    assert len(rows) == len(classic.quantities)
    for name, row in zip(classic.quantities, rows, strict=True):
        if name in ("pain", "pain_without_cream"):
            continue
        show = format_probability if name.endswith("_probability") else format_number
        ends = classic.interval(name)
        _, factor = choose_unit(ends.median, find_quantity(name).unit)
        told = tuple(show(None if value is None else factor * value, "en", 3) for value in ends)
        assert (row["median"], row["low"], row["high"]) == told, name
        assert row["name"] == EN(f"quantities.{name.split('.')[0]}.name")
        numbers = [
            place + 1 for place, key in enumerate(classic.sources) if key in set(classic.sources_of(name))
        ]
        assert [n for first, last in row["sources"] for n in range(first, last + 1)] == numbers, name
    by_name = dict(zip(classic.quantities, rows, strict=True))
    assert by_name["pain"]["unit"] == "0–10" and by_name["tip_depth"]["unit"] == "µm"
    assert by_name["needle_force"]["unit"] == "mN"  # and not 0.03 N
    assert by_name["delivered.lidocaine"]["meaning"] == "amount of lidocaine"


def test_rows_that_are_read_together_have_one_unit(classic):
    names = ["closed_by_water_loss", "closed_by_dye"]
    assert {row["unit"] for row in list_quantities(classic, names, EN, together=True)} == {"h"}


def test_a_risk_is_a_chance_and_as_many_dots_of_a_hundred(classic):
    mean, low, high = classic.chance("pih_probability")
    risk = describe_risk(classic, "pih_probability", SV)
    assert mean == pytest.approx(np.mean(classic.quantities["pih_probability"]), rel=1e-5)
    assert risk["dots"] == round(100 * mean)
    assert risk["chance"] == format_chance(mean, SV)
    assert format_chance(low, SV) in risk["range"] and format_chance(high, SV) in risk["range"]
    none = describe_risk(classic, "bloodborne_probability", EN)
    assert (none["dots"], none["chance"], none["range"]) == (0, EN("report.not_shared"), "")


def test_a_chance_that_may_be_rare_or_common_is_not_known_and_never_told_as_rare():
    """The median of this one is one in a thousand million; a person faces one in ten."""

    def tell(probability):
        chance = find_chance(probability)
        assert chance is not None
        return tell_chance(chance, EN)

    shown, ends = tell(np.geomspace(1e-17, 0.9, 101))
    assert shown == "cannot be told" and ends == (
        "anything from less than 1 in a million to 1 in 8 fits what is known; weighed together 1 in 40"
    )
    assert tell(np.geomspace(0.01, 0.02, 64)) == ("1 in 60", "1 in 100 to 1 in 50")
    assert tell(np.full(8, 1e-9)) == ("less than 1 in a million", "")
    assert find_chance(np.full(8, np.nan)) is None


def test_only_what_is_assumed_is_listed_the_widest_first(classic):
    rows = list_assumed(classic, EN)
    names = [row["name"] for row in rows]
    assert len(rows) == 14 and set(names) <= set(classic.used)
    widths = []
    for name in names:
        assert classic.sample.parameter(name).status == "assumed"
        low, high = np.quantile(classic.sample[name], (0.05, 0.95))
        widths.append(high / low if low > 0 else np.inf)
    assert widths == sorted(widths, reverse=True)
    assert not [name for name in names if name.startswith("skin.sites.") and ".cheek." not in name]


def test_what_came_in_of_every_substance(classic):
    rows = list_compounds(classic, EN)
    assert [row["name"] for row in rows] == [EN(f"compounds.{name}") for name in classic.compounds]
    lidocaine = rows[classic.compounds.index("lidocaine")]
    peak = classic.interval("lidocaine_peak")
    unit, factor = choose_unit(peak.median, "ug/mL")
    told = f"{format_number(factor * peak.median, 'en')}\u202f{format_unit(unit, EN)} ("
    assert lidocaine["plasma"].startswith(told)
    more = classic.interval("enhancement.lidocaine")
    assert lidocaine["enhancement"].startswith(f"{format_number(more.median, 'en')}× (")


@pytest.fixture(scope="module")
def scarred():
    return hudnal.simulate("acne-scars", draws=4)


def test_each_scar_before_and_after(scarred):
    (row,), (pair,) = list_scars(scarred, EN), scarred.scars
    before, after = pair
    assert row["name"] == "Rolling acne scars"
    assert row["depth_before"].startswith(format_number(float(np.median(before.depth)), "en"))
    assert row["depth_after"].startswith(format_number(float(np.median(after.depth)), "en"))
    change = format_number(float(np.median(measure_scar_changes(pair)["volume"])), "en")
    assert row["volume_change"].startswith(f"{change}\u202f% (")
    assert list_scars(hudnal.simulate("home", draws=2), EN) == []


def test_where_holes_crowd_the_map_shows_less_skin(classic, monkeypatch):
    assert find_map_side(classic) == classic.holes.side
    monkeypatch.setattr("hudnal.report.figures.holes._CROWDED", 0.0)
    assert find_map_side(classic) == 4.0


def test_figures_stand_where_there_is_something_to_show(classic, scarred):
    both = {
        "map",
        "section",
        "steps",
        "pain",
        "drops",
        "redness",
        "felt",
        "water",
        "closing",
        "collagen",
        "epidermis",
    }
    panels = draw_panels(classic, EN)
    assert both | {"numbness", "amounts", "marks", "elastin", "benefit", "eyes"} == panels.keys()
    assert "relief" in draw_panels(scarred, EN)
    plan = {
        **hudnal.load("classic").as_data(),
        "session": [{"numb": {"with": "emla", "for": "1 h"}}],
        "aftercare": [],
    }
    assert draw_panels(hudnal.simulate(plan, draws=2), EN).keys() == {
        "steps",
        "numbness",
        "water",
        "amounts",
        "eyes",
    }


def test_swedish_figures_have_decimal_commas(classic):
    english, swedish = (draw_panels(classic, words)["section"] for words in (EN, SV))
    assert ">0.5<" in english and ">0,5<" in swedish and ">0.5<" not in swedish
