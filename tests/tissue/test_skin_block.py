"""A skin block with every hole in it: the same history as the cell, stopped anywhere and gone on with to the same bits."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.tissue import Tissue, wound_of_columns, wound_of_holes, wound_of_sheet
from hudnal.tissue.history import session_times, split_into_stretches, total_hours
from hudnal.tissue.skin_block import BlockPlan, OtherRun, choose_times, make_grid, run_skin_block

DRAWS = Draws(2, 3)
SKIN = Skin.at("cheek", Person(), Lesion.none(DRAWS), DRAWS)
SPAN = 2.0  # mm
SLABS = (2, 3, 8, 2)


def holes_at(x, y, density, width=0.15, depth=0.8):
    n = x.size
    draw = np.repeat(np.arange(2), n)
    every = np.ones(2 * n)
    places = np.tile(x, 2), np.tile(y, 2), SPAN
    return wound_of_holes(density * np.ones(2), width * every, depth * every, SKIN, DRAWS, draw, places)


def at_random(seed: int, count: int = 12):
    x, y = np.random.default_rng(seed).uniform(0, SPAN, (2, count))
    return holes_at(x, y, count / SPAN**2)


def two_sessions() -> Tissue:
    """Rolled twice in a session, covered for a while, vitamin A in between, and rolled again."""
    tissue = Tissue.of(SKIN, DRAWS).advance(1.0).add_wound(at_random(1, 6), "needles").advance(0.1)
    tissue = tissue.add_wound(at_random(2), "needles").set_conditions(np.zeros(2), True).advance(20.0)
    tissue = tissue.set_conditions(0.5 * np.ones(2), False).advance(100.0)
    return tissue.add_wound(at_random(3), "needles").set_conditions(np.zeros(2), False).advance(60.0)


TISSUE = two_sessions()
PLAN = BlockPlan(1, 0.6, 0.05, (1.1, 10.0, 121.1, 130.0, 181.1), SLABS)


def test_the_stretches_are_the_history_of_one_draw():
    stretches = split_into_stretches(TISSUE.diary, 1, PLAN.times)
    assert session_times(TISSUE.diary) == pytest.approx([1.1, 121.1])
    assert total_hours(TISSUE.diary) == pytest.approx(181.1)
    assert sum(stretch.hours for stretch in stretches) == pytest.approx(181.1)
    assert [stretch.snapshot for stretch in stretches if stretch.snapshot is not None] == [0, 1, 2, 3, 4]
    wounds = [stretch for stretch in stretches if stretch.wounds]
    assert [len(stretch.wounds) for stretch in wounds] == [1, 1], (
        "the second roll of a session replaces the first"
    )
    assert wounds[0].wounds[0].columns[0].radius.size == 12
    assert {stretch.retinoid for stretch in stretches} == {0.0, 0.5}
    assert {round(stretch.pace, 6) for stretch in stretches} == {
        1.0,
        round(float(TISSUE.front.cover_gain[1]), 6),
    }
    for before, after in itertools.pairwise(stretches):
        assert after.start == pytest.approx(before.start + before.hours)
    # A snapshot at the moment of a wound shows it.
    first = next(stretch for stretch in stretches if stretch.snapshot == 0)
    assert stretches.index(first) > stretches.index(wounds[0])


def test_times_that_nobody_chose_cover_the_course():
    times = choose_times(TISSUE)
    assert list(times) == sorted(times)
    assert times[0] == pytest.approx(1.1)
    assert times[-1] == pytest.approx(181.1)


def uninterrupted(folder: Path):
    return run_skin_block(TISSUE, PLAN, folder)


def same(a, b) -> bool:
    return all(np.array_equal(a[name].values, b[name].values) for name in a.variables)


class Stop(Exception):
    pass


def test_stopped_at_ten_random_moments_and_gone_on_with_it_gives_the_same_bits(tmp_path):
    whole = uninterrupted(tmp_path / "whole")
    calls = []
    run_skin_block(TISSUE, PLAN, tmp_path / "count", calls.append)
    assert calls == sorted(calls)
    for moment in np.random.default_rng(5).choice(np.arange(1, len(calls)), 10, replace=False):
        folder, seen = tmp_path / str(moment), []

        def stop(share: float, seen=seen, moment=moment) -> None:
            seen.append(share)
            if len(seen) == moment:
                raise Stop

        with pytest.raises(Stop):
            run_skin_block(TISSUE, PLAN, folder, stop)
        assert same(run_skin_block(TISSUE, PLAN, folder), whole)


def _die_at(folder: str, moment: int) -> None:
    seen = []

    def die(share: float) -> None:
        seen.append(share)
        if len(seen) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    run_skin_block(two_sessions(), PLAN, Path(folder), die)


def test_killed_it_goes_on_to_the_same_bits(tmp_path):
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_die_at, args=(str(tmp_path / "killed"), 40))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert (tmp_path / "killed" / "state.npz").is_file()
    assert same(run_skin_block(TISSUE, PLAN, tmp_path / "killed"), uninterrupted(tmp_path / "whole"))


def test_the_state_of_another_run_is_not_taken(tmp_path):
    run_skin_block(TISSUE, PLAN, tmp_path)

    with pytest.raises(OtherRun):
        run_skin_block(TISSUE, replace(PLAN, draw=0), tmp_path)


def test_memory_is_known_before():
    small, large = BlockPlan(0, 1.0, 0.025, (0.0,)).memory(), BlockPlan(0, 4.0, 0.025, (0.0,)).memory()
    assert small < large < 1.5e9
    assert BlockPlan(0, 4.0, 0.025, (0.0,), double=True).memory() > 1.5 * large - 5e8


def observed(block, name: str) -> np.ndarray:
    top = block.attrs["junction_mm"]
    weight = np.diff(np.clip(block["z_edge"].values, top, top + 0.6))
    means = block[name].values.mean(axis=(2, 3))
    return means @ (weight / weight.sum())


def test_lasers_stand_on_a_lattice_and_sheets_cover_all(tmp_path):
    lasered = (
        Tissue.of(SKIN, DRAWS).add_wound(wound_of_columns(9.0, 0.12, 0.5, 0.03, SKIN, DRAWS)).advance(48.0)
    )
    plan = BlockPlan(0, 1.0, 0.05, (0.0, 48.0), SLABS)
    block = run_skin_block(lasered, plan, tmp_path / "laser")
    start = Tissue.of(SKIN, DRAWS).add_wound(wound_of_columns(9.0, 0.12, 0.5, 0.03, SKIN, DRAWS))
    assert observed(block, "signal")[0] == pytest.approx(start.mean("signal")[0], rel=0.05)
    assert observed(block, "signal")[1] == pytest.approx(lasered.mean("signal")[0], rel=0.1)
    peeled = Tissue.of(SKIN, DRAWS).add_wound(wound_of_sheet(0.3 * np.ones(2), SKIN, DRAWS)).advance(240.0)
    block = run_skin_block(peeled, BlockPlan(0, 0.4, 0.05, (0.0, 240.0), SLABS), tmp_path / "peel")
    assert np.ptp(block["signal"].values, axis=(2, 3)).max() < 1e-6
    assert block["bare"].values[0].min() > 0
    # The same depths on another grid: a sheet is one-dimensional, and both agree.
    fine = (
        Tissue.of(SKIN, DRAWS, slabs=SLABS)
        .add_wound(wound_of_sheet(0.3 * np.ones(2), SKIN, DRAWS))
        .advance(240.0)
    )
    assert observed(block, "fibroblasts")[1] == pytest.approx(fine.mean("fibroblasts")[0], rel=2e-3)


def test_snapshots_are_in_the_file_s_units(tmp_path):
    block = uninterrupted(tmp_path)
    assert block["signal"].dims == ("time", "z", "y", "x")
    for name, variable in block.variables.items():
        assert name in ("edge",) or variable.attrs.get("units"), name
    grid = make_grid(TISSUE, PLAN)
    assert block["signal"].shape[1:] == grid.shape
    epidermis = block["z"].values < block.attrs["junction_mm"]
    assert np.all(block["collagen_change"].values[:, epidermis] == 0)
    assert 0 < block["hole"].values.max() <= 1


def test_a_block_runs_on_the_other_engine_too(tmp_path, monkeypatch):
    """The GPU's engine, here on the processor, through wounds, snapshots and a state on disk."""
    pytest.importorskip("jax")
    from hudnal.tissue import accelerated

    plan = replace(PLAN, double=True)
    expected = run_skin_block(TISSUE, plan, tmp_path / "cores")
    made = accelerated.AcceleratedEngine

    def on_processor(*words, device):
        return made(*words, device="cpu")

    monkeypatch.setattr(accelerated, "AcceleratedEngine", on_processor)
    found = run_skin_block(TISSUE, replace(plan, device="gpu"), tmp_path / "other")
    for name in expected.data_vars:
        assert np.allclose(found[name].values, expected[name].values, rtol=1e-5, atol=1e-6), name
