from __future__ import annotations

import numpy as np

from hudnal.parameters import Draws, parameters
from hudnal.result.movers import movers

DRAWS = Draws(256, 4)
NAMES = [name for name in parameters() if name.startswith("outcome.infection.")]


def test_what_moves_a_result_is_found_with_its_sign():
    load, drag = DRAWS["outcome.infection.skin_load"], DRAWS["outcome.infection.wall_drag"]
    found = movers(np.log(load) - 1.5 * np.log(drag), NAMES, DRAWS)
    assert {m.parameter for m in found[:2]} == {
        "outcome.infection.skin_load",
        "outcome.infection.wall_drag",
    }
    signs = {m.parameter: np.sign(m.correlation) for m in found}
    assert signs["outcome.infection.skin_load"] == 1
    assert signs["outcome.infection.wall_drag"] == -1


def test_a_monotonic_curve_is_as_good_as_a_line():
    (first, *_) = movers(np.exp(DRAWS["outcome.infection.transfer"]), NAMES, DRAWS)
    assert first.parameter == "outcome.infection.transfer"
    assert np.isclose(first.correlation, 1)


def test_nothing_moves_what_stands_still_or_never_comes():
    assert movers(np.ones(256), NAMES, DRAWS) == []
    assert movers(np.full(256, np.nan), NAMES, DRAWS) == []
    assert movers(DRAWS["outcome.infection.transfer"], [], DRAWS) == []
    few = Draws(4, 1)
    assert movers(few["outcome.infection.transfer"], NAMES, few) == []


def test_at_most_three_and_none_below_chance():
    total = sum(np.argsort(np.argsort(DRAWS[name])) for name in NAMES)
    found = movers(np.asarray(total, float), NAMES, DRAWS)
    assert len(found) <= 3
    assert all(abs(m.correlation) >= 2.6 / 16 for m in found)
