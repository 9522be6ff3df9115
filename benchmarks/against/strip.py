"""A cream on layered skin: ours against FiPy, to equal error, in one run; and every compound of `classic`.

    python benchmarks/against/strip.py [--without-fipy]

Lidocaine from EMLA lies on skin of 46 levels for an hour under cover and is washed off; one looks at what has come into
living skin until 24 h. Both run on the same levels with the same conductances between them, so only the time stepping
differs: ours is Alexander's second-order SDIRK with growing steps, FiPy's is its implicit Euler with equal steps and
its direct solver. The error is the largest over these times, against ours with steps 40 times shorter,
as a share of what has come in at the end. FiPy's error falls in proportion to its step: where a level would take
too long, its time is reckoned from the shortest step that was run ("~").
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from unittest.mock import patch

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.transport import Channels, Depot, TransportConditions, product
from hudnal.transport.diffusion import choose_steps
from hudnal.units import ML_CM2_PER_MM

TIMES = (0.5, 1.0, 2.0, 4.0, 8.0, 24.0)  # h, at which one looks
FIRST, LONGEST = 1 / 120, 6.0  # h, steps of ours
OFF = 1.0  # h, when the cream is washed off
FIPY_STEPS = (1 / 10, 1 / 30, 1 / 120)  # h
REPEATS = 5
COVERED = TransportConditions(1.0, 1.0, covered=True)


def cream(draws: Draws) -> Depot:
    """EMLA on the thigh, just spread."""
    skin = Skin.at("thigh", Person(), Lesion.none(draws), draws)
    bare = Depot.empty("lidocaine", skin, draws, 0.0)
    # Layers only: follicles and ducts, which pass by the corneum, are left out on both sides.
    compound = replace(bare.compound, water_diffusivity=np.zeros(draws.n))
    medium = replace(bare.medium, compound=compound)
    strip = replace(bare.whole, medium=medium)
    bare = replace(bare, medium=medium, whole=strip, needled=strip)
    return bare.spread(product("emla"), 150.0, draws)


def ours(draws: Draws, shorter: float = 1.0) -> np.ndarray:
    """ug/cm2 in living skin and beyond at these times, (time, draw)."""
    state, now, delivered = cream(draws), 0.0, []
    none, still = Channels.none(draws.n), np.zeros(draws.n)
    for hours in TIMES:
        steps = None
        if shorter != 1:
            steps = choose_steps(hours - now, FIRST / shorter, 1.01, LONGEST / shorter)
        state = state.advance(hours - now, none, still, COVERED, draws, steps)
        now = hours
        if hours == OFF:
            state = state.remove_film(np.ones(draws.n))
        delivered.append(state.whole.delivered())
    return np.array(delivered)


def fipy(step: float) -> np.ndarray:
    """The same by FiPy, for one draw, (time,)."""
    from fipy import (  # pyright: ignore[reportMissingImports]
        CellVariable,
        DiffusionTerm,
        FaceVariable,
        Grid1D,
        ImplicitSourceTerm,
        TransientTerm,
    )
    from fipy.solvers import LinearLUSolver  # pyright: ignore[reportMissingImports]

    draws = Draws(1)
    state = cream(draws)
    layers, strip = state.layers, state.whole
    flows = state.flows(COVERED, draws)
    width = np.concatenate([[0.01], layers.width[0]])  # the film is a level of its own
    film = float((state.holds * state.film)[0])
    partition = np.concatenate([[film / 0.01], strip.medium.partition[0]])
    half = np.concatenate([[0.0], layers.width[0] / (2 * flows.conduct[0])])
    mesh = Grid1D(dx=width)
    centre = np.cumsum(width) - width / 2
    conductance = 1 / (half[1:] + half[:-1])
    face = np.zeros(mesh.numberOfFaces)
    face[1:-1] = conductance * np.diff(centre)
    activity = CellVariable(mesh=mesh, value=0.0)
    activity[0] = float(strip.on_skin[0]) / (ML_CM2_PER_MM * film)
    taken = CellVariable(mesh=mesh, value=np.concatenate([[0.0], flows.uptake[0]]))
    uptake = np.concatenate([[0.0], flows.uptake[0]]) * width
    living = np.arange(width.size) > layers.viable.start
    found, blood, now = [], 0.0, 0.0
    solver = LinearLUSolver()  # its iterative ones stop early where a step changes little
    for hours in TIMES:
        between = FaceVariable(mesh=mesh, value=face)
        equation = TransientTerm(coeff=CellVariable(mesh=mesh, value=partition)) == DiffusionTerm(
            coeff=between
        ) - ImplicitSourceTerm(coeff=taken)
        for _ in range(round((hours - now) / step)):
            equation.solve(var=activity, dt=step, solver=solver)
            blood += step * float((uptake * activity.value).sum())
        now = hours
        if hours == OFF:
            activity[0] = 0.0
            face[1] = 0.0
        inside = (partition * width * activity.value)[living].sum()
        found.append(ML_CM2_PER_MM * (inside + blood))
    return np.array(found)


def timed(work) -> tuple[float, np.ndarray]:
    """The shortest of a few times, and the answer."""
    runs = []
    for _ in range(REPEATS):
        before = time.perf_counter()
        answer = work()
        runs.append((time.perf_counter() - before, answer))
    return min(runs, key=lambda run: run[0])


def all_of_classic(draws: int) -> float:
    """Seconds that every compound of `classic` takes over 26 weeks."""
    from hudnal.course.simulate import simulate

    spent = 0.0
    usual = Depot.advance

    def watched(self, *args, **named):
        nonlocal spent
        before = time.perf_counter()
        moved = usual(self, *args, **named)
        spent += time.perf_counter() - before
        return moved

    simulate("classic", draws)
    spent = 0.0
    with patch.object(Depot, "advance", watched):
        simulate("classic", draws)
    return spent


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--without-fipy", action="store_true")
    args = parser.parse_args()
    one, many = Draws(1), Draws(64)
    reference = ours(one, 40.0)[:, 0]
    ours(one)
    alone, found = timed(lambda: ours(one))
    error = np.abs(found[:, 0] - reference).max() / reference[-1]
    batch, _ = timed(lambda: ours(many))
    print(f"ours, one draw   {1e3 * alone:8.2f} ms   error {error:.1e}")
    print(f"ours, 64 draws   {1e3 * batch:8.2f} ms   {1e3 * batch / 64:.2f} ms a draw")
    spent = all_of_classic(64)
    print(
        f"all compounds of classic, 64 draws, 26 weeks: {spent:.2f} s ({'under' if spent < 2 else 'OVER'} 2 s)"
    )
    if args.without_fipy:
        return
    took = off = np.nan  # of the last, shortest step
    for step in FIPY_STEPS:
        before = time.perf_counter()
        other = fipy(step)
        took = time.perf_counter() - before
        off = np.abs(other - reference).max() / reference[-1]
        print(
            f"FiPy, step {60 * step:5.2f} min {took:7.2f} s    error {off:.1e}   {took / alone:6.0f} x the time of ours"
        )
    needed = took * off / error
    print(f"FiPy to the error of ours (~): {needed:.0f} s, {needed / alone:.0f} x ours")
    print(f"a draw of a batch of 64 against it: {64 * needed / batch:.0f} x")


if __name__ == "__main__":
    main()
