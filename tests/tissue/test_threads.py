"""Cores: whatever their number, the bits are the same, and no OpenMP is loaded, which a fork would not outlive."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.threads import threads
from hudnal.tissue import Tissue, wound_of_holes
from hudnal.tissue.skin_block import BlockPlan, run_skin_block
from hudnal.transport import Channels, Depot, TransportConditions, product

WITHOUT_OPENMP = """
from pathlib import Path
import numba, yaml
import hudnal

written = yaml.safe_load((Path(hudnal.__file__).parent / "treatment/presets/home.yaml").read_text())
course = hudnal.simulate(hudnal.load({**written, "course": {"sessions": 1, "follow_up": "1 week"}}), draws=2)
assert course.quantities["hole_density"].min() > 0
try:
    print(numba.threading_layer())
except ValueError:
    print("none")
maps = Path("/proc/self/maps")
print("omp" if maps.exists() and ("libgomp" in maps.read_text() or "libiomp" in maps.read_text()) else "none")
"""


def test_a_course_loads_no_openmp():
    done = subprocess.run([sys.executable, "-c", WITHOUT_OPENMP], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["none", "none"]


def healed(draws: Draws) -> Tissue:
    one = np.ones(draws.n)
    skin = Skin.at("cheek", Person(), Lesion.none(draws), draws)
    return (
        Tissue.of(skin, draws)
        .add_wound(wound_of_holes(6.0 * one, 0.15 * one, 0.8 * one, skin, draws))
        .advance(24.0)
    )


def delivered(draws: Draws) -> np.ndarray:
    one = np.ones(draws.n)
    skin = Skin.at("cheek", Person(), Lesion.none(draws), draws)
    cream = Depot.empty("lidocaine", skin, draws, 0.0).spread(product("lmx-4"), 5.0, draws)
    holes = Channels.uniform(6.0 * one, 0.07 * one, 0.3 * one, one)
    return cream.advance(4.0, holes, 0.1 * one, TransportConditions(0.5, 1.0), draws).needled.activity


def test_any_number_of_cores_gives_the_same_bits(tmp_path):
    draws, seen = Draws(9, 1), []
    for cores in (1, 2, 5):
        with threads(cores):
            tissue = healed(draws)
            block = run_skin_block(tissue, BlockPlan(0, 0.3, 0.05, (5.0,)), tmp_path / str(cores))
            seen.append((tissue.volume, tissue.cover, delivered(draws), block["fibroblasts"].values))
    for other in seen[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(seen[0], other, strict=True))


def heal_and_deliver() -> tuple[np.ndarray, np.ndarray]:
    draws = Draws(9, 1)
    return healed(draws).volume, delivered(draws)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_fork_after_a_run_gives_the_same_bits():
    here = heal_and_deliver()
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as executor:
        there = executor.submit(heal_and_deliver).result(timeout=300)
    assert all(np.array_equal(a, b) for a, b in zip(here, there, strict=True))


def test_two_threads_give_the_same_bits():
    here = heal_and_deliver()
    with ThreadPoolExecutor(2) as executor:
        for found in [executor.submit(heal_and_deliver) for _ in range(2)]:
            assert all(np.array_equal(a, b) for a, b in zip(here, found.result(), strict=True))
