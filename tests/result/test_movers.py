from __future__ import annotations

import numpy as np

from hudnal.parameters import Draws, parameters
from hudnal.result.movers import find_movers
from hudnal.result.rests_on import Effect

DRAWS = Draws(256, 4)
NAMES = [name for name in parameters() if name.startswith("outcome.infection.")]
UP = {name: Effect(1.0, 1.0) for name in NAMES}


def test_what_moves_a_result_is_found_with_its_sign():
    load, drag = DRAWS["outcome.infection.skin_load"], DRAWS["outcome.infection.wall_drag"]
    drags = {**UP, "outcome.infection.wall_drag": Effect(1.0, -1.0)}
    found = find_movers(np.log(load) - 1.5 * np.log(drag), drags, DRAWS)
    assert {m.parameter for m in found[:2]} == {
        "outcome.infection.skin_load",
        "outcome.infection.wall_drag",
    }
    signs = {m.parameter: np.sign(m.correlation) for m in found}
    assert signs["outcome.infection.skin_load"] == 1
    assert signs["outcome.infection.wall_drag"] == -1


def test_a_monotonic_curve_is_as_good_as_a_line():
    (first, *_) = find_movers(np.exp(DRAWS["outcome.infection.transfer"]), UP, DRAWS)
    assert first.parameter == "outcome.infection.transfer"
    assert np.isclose(first.correlation, 1)


def test_what_acts_by_scaling_alone_or_through_the_beliefs_ties_is_no_cause():
    """It goes with the result over the draws, but does not move it by itself, or the other way, or hardly."""
    name = "outcome.infection.transfer"
    values = np.exp(DRAWS[name])
    assert [m.parameter for m in find_movers(values, {name: Effect(1.0, 0.5)}, DRAWS)] == [name]
    for effect in (Effect(1.0, 0.0), Effect(1.0, -0.5), Effect(0.05, 0.05)):
        assert find_movers(values, {name: effect}, DRAWS) == []
    assert find_movers(values, {}, DRAWS) == []


def test_nothing_moves_what_stands_still_or_never_comes():
    assert find_movers(np.ones(256), UP, DRAWS) == []
    assert find_movers(np.full(256, np.nan), UP, DRAWS) == []
    assert find_movers(DRAWS["outcome.infection.transfer"], {}, DRAWS) == []
    few = Draws(4, 1)
    assert find_movers(few["outcome.infection.transfer"], UP, few) == []


def test_at_most_three_and_none_below_chance():
    total = sum(np.argsort(np.argsort(DRAWS[name])) for name in NAMES)
    found = find_movers(np.asarray(total, float), UP, DRAWS)
    assert len(found) <= 3
    assert all(abs(m.correlation) >= 2.6 / 16 for m in found)
