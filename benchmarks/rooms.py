"""What `hudnal run classic` costs: wall time, memory, the share of each room, and ratios against peers.

    make bench

Shares come from looking at the running program a few hundred times a second and naming the innermost room that it
is in. The peers are SciPy's stiff solvers on the same equations, timed here in the same run: what is printed is how
many times longer they take, and how far the answers are apart.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp

DRAWS = 64
REPEATS = 3
MOST_MB = 1500
MOST_SECONDS = 10


def command(cache: Path, out: Path) -> tuple[float, float]:
    """Seconds and peak MB of the whole command, with compiled code kept in `cache`."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    before = time.perf_counter()
    arguments = [sys.executable, "-m", "hudnal", "run", "classic", "-o", str(out), "--quiet"]
    process = subprocess.Popen(arguments, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    if status or not (out / "report.html").is_file():
        sys.exit(f"the command failed with {status}")
    return time.perf_counter() - before, usage.ru_maxrss / 1024


class Watch:
    """Looks at the main thread and adds the time since the last look to the room that it is in."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(threading.main_thread().ident,))

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self, ident: int) -> None:
        last = time.perf_counter()
        while not self._stop.wait(0.002):
            frame = sys._current_frames().get(ident)
            now = time.perf_counter()
            # Compiled code holds the lock: a look that comes late counts for all the time that it waited.
            self.spent[_room(frame)] += now - last
            last = now


def _room(frame) -> str:
    while frame is not None:
        parts = Path(frame.f_code.co_filename).parts
        if "hudnal" in parts:
            inside = parts[len(parts) - 1 - parts[::-1].index("hudnal") + 1 :]
            return inside[0].removesuffix(".py") if inside else "hudnal"
        frame = frame.f_back
    return "elsewhere"


def shares(out: Path) -> dict[str, float]:
    """Share of each room in one warm run."""
    from hudnal.course.outputs import write_outputs
    from hudnal.course.simulate import simulate
    from hudnal.report import render_report

    with Watch() as watch:
        course = simulate("classic", DRAWS)
        write_outputs(course, out, render_report(course), "en")
    total = sum(watch.spent.values())
    return {room: spent / total for room, spent in watch.spent.most_common()}


def fastest(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    """The shortest of a few times, and the answer."""
    times = []
    for _ in range(REPEATS):
        before = time.perf_counter()
        answer = work()
        times.append(time.perf_counter() - before)
    return min(times), answer


def healing() -> tuple[float, float]:
    """26 weeks of healing for every draw: SciPy's LSODA over ours, and the largest difference."""
    from hudnal.parameters import Draws
    from hudnal.skin import Lesion, Person, Skin
    from hudnal.tissue import Tissue, wound_of_holes
    from hudnal.tissue.biology import change
    from hudnal.tissue.stepping import integrate

    draws = Draws(DRAWS, 1)
    skin = Skin.at("cheek", Person(), Lesion.none(draws), draws)
    one = np.ones(DRAWS)
    tissue = Tissue.of(skin, draws).hurt(wound_of_holes(6.5 * one, 0.15 * one, one, skin, draws))
    hours = 26 * 168.0

    def ours() -> np.ndarray:
        state = tissue.wounded.copy()
        integrate(state, tissue.rates, hours, 1e-4)
        return state

    def peer() -> np.ndarray:
        ends = np.empty_like(tissue.wounded)
        for i, rates in enumerate(tissue.rates):
            into = np.empty(ends.shape[1])

            def slope(_, y, rates=rates, into=into):
                change(y, rates, into)
                return into.copy()

            found = solve_ivp(slope, (0, hours), tissue.wounded[i], "LSODA", rtol=1e-4, atol=1e-7)
            ends[i] = found.y[:, -1]
        return ends

    ours()
    (quick, a), (slow, b) = fastest(ours), fastest(peer)
    return slow / quick, float(np.abs((a - b) / (np.abs(b) + 1e-3)).max())


def cream() -> tuple[float, float]:
    """An hour of cream on every draw's skin: SciPy's BDF over ours, and the largest difference in activity."""
    from hudnal.transport.diffusion import advance, steps_over

    rng = np.random.default_rng(0)
    cells, hours = 40, 1.0
    capacity = np.concatenate([[1e-2], np.full(cells - 1, 1e-3)]) * rng.uniform(0.5, 2, (DRAWS, 1))
    conductance = np.full((DRAWS, cells - 1), 0.05) * rng.uniform(0.5, 2, (DRAWS, 1))
    loss = np.zeros((DRAWS, cells))
    loss[:, -10:] = 0.01
    start = np.zeros((DRAWS, cells))
    start[:, 0] = 1.0
    zero, none = np.zeros(DRAWS), np.zeros((DRAWS, cells))
    steps = steps_over(hours, 1e-3)

    def ours() -> np.ndarray:
        a = start.copy()
        hole, opening = np.zeros(DRAWS), np.zeros((DRAWS, steps.size))
        advance(
            a, hole, capacity, conductance, loss, zero + 1, zero, zero, none, zero, zero, none, opening, steps
        )
        return a

    def peer() -> np.ndarray:
        ends = np.empty_like(start)
        for i in range(DRAWS):
            g = conductance[i]
            out = np.concatenate([g, [0]]) + np.concatenate([[0], g]) + loss[i]
            matrix = (np.diag(g, 1) + np.diag(g, -1) - np.diag(out)) / capacity[i][:, None]
            ends[i] = solve_ivp(
                lambda _, y, m=matrix: m @ y, (0, hours), start[i], "BDF", jac=matrix, rtol=1e-4, atol=1e-7
            ).y[:, -1]
        return ends

    ours()
    (quick, a), (slow, b) = fastest(ours), fastest(peer)
    return slow / quick, float(np.abs(a - b).max())


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cache, out = Path(folder) / "cache", Path(folder) / "out"
        first, _ = command(cache, out / "first")
        runs = [command(cache, out / str(i)) for i in range(REPEATS)]
        warm, memory = min(r[0] for r in runs), max(r[1] for r in runs)
        os.environ["NUMBA_CACHE_DIR"] = str(cache)
        found = shares(out / "shares")
    print(f"hudnal run classic, {DRAWS} draws, {os.cpu_count()} cores")
    print(f"  first time on a machine  {first:6.1f} s   (compiles)")
    print(f"  afterwards               {warm:6.1f} s   (at most {MOST_SECONDS} s)")
    print(f"  peak memory              {memory:6.0f} MB  (at most {MOST_MB} MB)")
    print("share of each room, without start-up:")
    for room, share in found.items():
        if share >= 0.005:
            print(f"  {room:12s} {100 * share:5.1f} %")
    print("against peers on the same equations (times longer, largest difference):")
    for name, pair in (("healing, SciPy LSODA", healing()), ("creams, SciPy BDF", cream())):
        print(f"  {name:22s} {pair[0]:6.0f} ×   {pair[1]:.1e}")
    print(f"this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
