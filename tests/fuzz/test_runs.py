"""A small share of the search for treatments that crash, leave bounds or cost more than told; `make fuzz` goes on for hours."""

from __future__ import annotations

from random import Random

import long
import pairs
import pytest
import runs
from findings import Findings
from long import SHARES, list_pieces
from sampling import sample
from treatments import make_treatment

from hudnal import load
from hudnal.treatment import TreatmentError
from hudnal.treatment.steps import Wait


@pytest.mark.parametrize("seed", sample(range(40), 3))
def test_a_treatment_by_chance_stays_within_bounds_and_estimate(seed):
    with runs.limited(seconds=10):
        came, wrong, _ = runs.simulate_by_chance(Random(seed))
    assert not wrong
    assert came in ("run", "refused as too long", "cannot be run")


def test_zones_of_a_treatment_by_chance_number_its_steps_as_the_whole_does():
    """Hence what is told of a step by its number is of the same step in every zone."""
    seen = 0
    for seed in range(400):
        data = make_treatment(Random(seed))
        try:
            whole = load(data)
        except TreatmentError:
            continue
        places = [place[:-1] for place, _, _ in whole.unroll_steps()]
        for zone in whole.by_zone.values():
            seen += bool(whole.phases)
            assert [place[:-1] for place, _, _ in zone.unroll_steps()] == places, seed
    assert seen > 5


@pytest.mark.parametrize("kind", [*pairs.SAME])
def test_pairs_are_the_same_treatment(kind):
    """What is told apart is only how it is written."""
    for seed in range(30):
        random = Random(f"{kind} {seed}")
        data = make_treatment(random)
        try:
            one = load(data)
        except TreatmentError:
            continue
        other = load(pairs.SAME[kind](data, random))
        if kind in ("other units", "other order of entries"):
            assert one == other
            continue
        steps, other_steps = ([step for _, _, step in plan.unroll_steps()] for plan in (one, other))
        if kind == "a step that does nothing":
            idle = next(i for i, step in enumerate(other_steps) if i == len(steps) or step != steps[i])
            assert other_steps.pop(idle) == Wait.model_validate({"for": "0 h"})
        assert steps == other_steps


@pytest.mark.parametrize("seed", sample(range(30), 2))
def test_a_pair_by_chance_comes_to_the_same(seed):
    with runs.limited(seconds=10):
        _, wrong = pairs.check_pair(Random(f"pair {seed}"))
    assert not wrong


def test_every_search_gets_its_share_of_the_time():
    pieces = list_pieces(minutes=60, cores=2, seed=1)
    assert {name for name, _, _ in pieces} == set(SHARES)
    assert sum(seconds for _, _, seconds in pieces) == pytest.approx(60 * 60 * 2)
    assert len({(name, seed) for name, seed, _ in pieces}) == len(pieces)


def test_a_search_that_was_stopped_goes_on(monkeypatch, tmp_path):
    found = Findings(faults=["files 3: odd"], worst={"seconds": 2.0})
    found.tried["plain data"] += 5
    monkeypatch.setattr(long, "run_piece", lambda *piece: found)
    assert long.run_or_recall_piece("files", 7, 600.0, tmp_path / "new") == found
    monkeypatch.setattr(long, "run_piece", lambda *piece: Findings(faults=["files 8: ends with -2"]))
    assert long.run_or_recall_piece("files", 7, 600.0, tmp_path / "new") == found
    assert long.run_or_recall_piece("files", 8, 600.0, tmp_path / "new").faults == ["files 8: ends with -2"]
    monkeypatch.setattr(long, "run_piece", lambda *piece: found)
    assert long.run_or_recall_piece("files", 8, 600.0, tmp_path / "new") == found
    assert long.digest_program() == long.digest_program()
