"""One substance that spreads through the layers of skin, decays and has a source: ours against peers, to equal error.

    python benchmarks/against/layered.py [--side 1.0] [--without-fipy]

    du/dt = div(D grad u) - decay u + source,   u = 0 at first,   no flux through the sides

D differs between epidermis, papillary and reticular dermis and fat; the source are three holes. All run on one mesh,
25 um across and aligned with the layers in depth, with harmonic means at faces, so only the time stepping differs. The
error is the largest over the voxels at 1, 4, 12 and 24 h, as a share of the largest value, against our scheme with a
tolerance of 1e-8 in double precision.

- engine: `BlockEngine` with its 17 fields, the biology at rest but for a growth factor made where the signal is; single
  precision and its own error control, as on a skin block. It carries sixteen fields that nobody asked for.
- one field: the same scheme, on rows of one field with the engine's Thomas factors; its own error control.
- LOD: the locally one-dimensional backward Euler of BioFVM, of order 1: source, then a third of the decay with each
  sweep, factors made once; double precision, on all cores, sweeps along y and z row by row (BioFVM's go line by line
  through memory, which is slower).
- FiPy: its implicit Euler, of order 1, conjugate gradients with its preconditioner; as its manual has it.

FiPy needs fewer iterations a step the shorter the step; its cost a step is that of the cheapest.

Those of order 1 are timed at some steps; where an error level needs a step that would take too long, the step is that
at which their error, which falls in proportion, reaches it ("~").
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit, prange
from rows import (
    FAST,
    close_step,
    copy_row,
    eliminate_row,
    scale_row,
    solve_eight_rows,
    solve_row,
    spread_row,
    step_ahead,
    substitute_row,
)

from hudnal.parameters import Draws
from hudnal.skin import Lesion, Person, Skin
from hudnal.threads import share_out
from hudnal.tissue import biology as bio
from hudnal.tissue.block_engine import BlockEngine
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.grid import Grid, make_block_grid
from hudnal.tissue.kernels import GAMMA, factor_lines
from hudnal.tissue.step_control import FIRST_STEP, largest_error, scale_step

VOXEL = 0.025  # mm
DIFFUSION, DECAY, GAIN = 0.03, 0.2, 1.0  # mm2/h in papillary dermis, 1/h, 1/h
LAYERS = (0.3, 1.0, 0.35, 0.6)  # diffusion in the layers against that
TIMES = (1.0, 4.0, 12.0, 24.0)  # h
LEVELS = (3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4)
BIOFVM_STEP = 0.01 / 60  # h: what BioFVM takes for diffusion unless told otherwise
REPEATS = 3


@dataclass(frozen=True)
class Problem:
    grid: Grid
    source: np.ndarray  # 1/h, (z, y, x)

    @property
    def diffusion(self) -> np.ndarray:
        """mm2/h of each depth cell."""
        return DIFFUSION * np.array(LAYERS)[self.grid.layer]


def problem_of(side: float) -> Problem:
    draws = Draws(1, 1)
    skin = Skin.at("cheek", Person(), Lesion.none(draws), draws)
    grid = make_block_grid(skin, draws, (side, side), VOXEL)
    middle = (grid.x_edges[0, 1:] + grid.x_edges[0, :-1]) / 2
    z = grid.z_edges[0]
    source = np.zeros(grid.shape)
    for x, y, depth in ((0.3, 0.3, 0.9), (0.7, 0.45, 0.6), (0.45, 0.8, 1.2)):
        near = np.exp(-((middle - x * side) ** 2 + (middle[:, None] - y * side) ** 2) / 0.07**2)
        inside = np.clip((depth - z[:-1]) / np.diff(z), 0, 1)
        source = np.maximum(source, inside[:, None, None] * near)
    return Problem(grid, GAIN * source)


# Each method: a run from 0 through TIMES, that returns the states there and the steps it took.

Run = Callable[[], tuple[list[np.ndarray], int]]


def whole_engine(problem: Problem, tolerance: float) -> Run:
    """Growth factor, made by a signal that stays where it is."""
    grid = problem.grid
    rates = np.ones(len(bio.RATES))
    off = (
        "lysis", "lysis_by_cells", "signal_decay", "recruitment", "macrophage_loss", "circuit_gain", "proliferation",
        "proliferation_growth", "fibroblast_loss", "activation", "myofibroblast_loss", "synthesis", "turnover",
        "maturation", "breakdown", "collagenase_decay", "message_decay", "retinoid_synthesis", "elastin_breakdown",
        "elastin_synthesis", "elastin_maturation", "growth_by_cells", "growth_by_clot", "attraction", "stratifies",
        "epidermis_by_growth", "epidermis_by_matrix", "epidermis_retinoid", "retinoid_drive", "pace", "zero",
    )  # fmt: skip
    rates[[bio.RATES.index(name) for name in off]] = 0
    rates[bio.RATES.index("growth_decay")] = DECAY
    rates[bio.RATES.index("half")] = 0.5
    spread = np.zeros((1, bio.MOVING))
    spread[0, bio.GROWTH] = DIFFUSION
    couplings = Couplings.of(grid, spread, np.broadcast_to(np.array(LAYERS), (1, bio.MOVING, len(LAYERS))))
    cover = np.ones((len(bio.COVER), *grid.shape[1:]), np.float32)

    def run():
        volume = np.zeros((len(bio.FIELDS), *grid.shape), np.float32)
        volume[bio.SIGNAL] = problem.source
        engine, found, passed = BlockEngine(volume, cover.copy(), rates, couplings, tolerance), [], 0.0
        for end in TIMES:
            while passed < end:
                passed += engine.advance(end - passed)
            found.append(engine.volume[bio.GROWTH].copy())
        return found, engine.steps + engine.rejected

    return run


@njit(parallel=True, **FAST)
def _stage(u, k, two, gdt, d, x_low, x_high, y_low, y_high, above, below, source, decay):
    nz, ny, nx = u.shape
    one = decay / decay
    for z in prange(nz):
        row, moved = np.empty(nx + 2, u.dtype), np.empty(nx, u.dtype)
        zm, zp = max(z - 1, 0), min(z + 1, nz - 1)
        for y in range(ny):
            here, old, made = u[z, y], k[z, y], source[z, y]
            copy_row(row[1:-1], here)
            row[0], row[nx + 1] = here[0], here[nx - 1]
            spread_row(
                moved, row, u[z, max(y - 1, 0)], u[z, min(y + 1, ny - 1)], u[zm, y], u[zp, y], d[z], x_low, x_high,
                y_low[y], y_high[y], above[z], below[z],
            )  # fmt: skip
            _finish(moved, made, here, old, decay, two, one + gdt * decay)
            copy_row(old, moved)


@njit(**FAST)
def _finish(moved, made, here, old, decay, two, divisor):
    for x in range(moved.size):
        moved[x] = (moved[x] + made[x] - decay * here[x] - two * old[x]) / divisor


@njit(parallel=True, **FAST)
def _sweeps(k, x, y, z):
    nz, ny, _ = k.shape
    for i in prange(nz):
        plane, whole = k[i], ny - ny % 8
        for j in range(0, whole, 8):
            solve_eight_rows(plane, j, x[0, i], x[1, i], x[2, i])
        for j in range(whole, ny):
            solve_row(plane[j], x[0, i], x[1, i], x[2, i])
        scale_row(plane[0], y[2, i, 0])
        for j in range(1, ny):
            eliminate_row(plane[j], plane[j - 1], y[0, i, j], y[2, i, j])
        for j in range(ny - 2, -1, -1):
            substitute_row(plane[j], plane[j + 1], y[1, i, j])
    for j in prange(ny):
        scale_row(k[0, j], z[2, 0, 0])
        for i in range(1, nz):
            eliminate_row(k[i, j], k[i - 1, j], z[0, 0, i], z[2, 0, i])
        for i in range(nz - 2, -1, -1):
            substitute_row(k[i, j], k[i + 1, j], z[1, 0, i])


def one_field(problem: Problem, tolerance: float, dtype: type = np.float32) -> Run:
    """ROS2-AMF as `BlockEngine` has it, on one field."""
    grid, d = problem.grid, problem.diffusion
    above, below = (a[0] for a in grid.z_coupling(d[None, None]))
    (x_low, x_high), (y_low, y_high) = (
        (low[0], high[0]) for low, high in (grid.x_coupling(), grid.y_coupling())
    )
    along_x, along_y = (
        (d[:, None] * low, d[:, None] * high) for low, high in ((x_low, x_high), (y_low, y_high))
    )
    layered = (d, x_low, x_high, y_low, y_high, above[0], below[0], problem.source)
    given = [*(a.astype(dtype) for a in layered), dtype(DECAY)]
    floor, scale = np.zeros(1, dtype), bio.SCALE[bio.GROWTH : bio.GROWTH + 1]
    size = float(np.prod(grid.shape))

    def factors(low, high, gdt):
        made = np.zeros((3, *low.shape))
        factor_lines(low, high, gdt, False, *made, np.zeros((low.shape[0], 1)))
        return made.astype(dtype)

    def factor_all(dt):
        gdt = GAMMA * dt
        return factors(*along_x, gdt), factors(*along_y, gdt), factors(above, below, gdt)

    def on_all(piece, *given):
        share_out(lambda *part: piece(*given, *part), grid.shape[0], largest=grid.shape[0])

    def run():
        u, later, k1, k2 = (np.zeros((1, *grid.shape), dtype) for _ in range(4))
        errors, step, passed, steps, found = np.empty((1, grid.shape[0])), FIRST_STEP, 0.0, 0, []
        (x, y, z), factored = factor_all(step), step
        for end in TIMES:
            while passed < end:
                left = end - passed
                dt = left if left <= step else (left / 2 if left < 2 * step else step)
                gdt = GAMMA * dt
                if dt != factored:
                    (x, y, z), factored = factor_all(dt), dt
                k1.fill(0)
                _stage(u[0], k1[0], dtype(0), dtype(gdt), *given)
                _sweeps(k1[0], x, y, z)
                on_all(step_ahead, later, u, k1, k2, dtype(dt))
                _stage(later[0], k2[0], dtype(2), dtype(gdt), *given)
                _sweeps(k2[0], x, y, z)
                on_all(close_step, later, u, k1, k2, dtype(1.5 * dt), dtype(0.5 * dt), floor, errors)
                error = largest_error.py_func(errors, size, scale)
                factor = scale_step.py_func(error, tolerance)
                steps += 1
                if error <= tolerance:
                    u, later, passed = later, u, passed + dt
                    step = max(step, dt * factor) if dt < step else dt * factor
                else:
                    step = dt * factor
            found.append(u[0].copy())
        return found, steps

    return run


@njit(parallel=True, fastmath=True)
def _lod_step(u, source, dt, x, y, z):
    """Source, then implicit sweeps; factors (3, line, n) as `factor_lines` leaves them."""
    nz, ny, nx = u.shape
    for i in prange(nz):
        for j in range(ny):
            row, made = u[i, j], source[i, j]
            for k in range(nx):
                row[k] = row[k] + dt * made[k]
            row[0] *= x[2, i, 0]
            for k in range(1, nx):
                row[k] = (row[k] + x[0, i, k] * row[k - 1]) * x[2, i, k]
            for k in range(nx - 2, -1, -1):
                row[k] += x[1, i, k] * row[k + 1]
        for k in range(nx):
            u[i, 0, k] *= y[2, i, 0]
        for j in range(1, ny):
            for k in range(nx):
                u[i, j, k] = (u[i, j, k] + y[0, i, j] * u[i, j - 1, k]) * y[2, i, j]
        for j in range(ny - 2, -1, -1):
            for k in range(nx):
                u[i, j, k] += y[1, i, j] * u[i, j + 1, k]
    for j in prange(ny):
        for k in range(nx):
            u[0, j, k] *= z[2, 0, 0]
        for i in range(1, nz):
            for k in range(nx):
                u[i, j, k] = (u[i, j, k] + z[0, 0, i] * u[i - 1, j, k]) * z[2, 0, i]
        for i in range(nz - 2, -1, -1):
            for k in range(nx):
                u[i, j, k] += z[1, 0, i] * u[i + 1, j, k]


def lod(problem: Problem, dt: float) -> Run:
    grid, d = problem.grid, problem.diffusion
    above, below = (a[0] for a in grid.z_coupling(d[None, None]))
    lines = [d[:, None] * line for line in (*grid.x_coupling(), *grid.y_coupling())]

    def factors(low, high):
        # 1 + dt (decay / 3 + out) = c (1 + dt/c out): the pivots take the 1/c.
        c = 1 + dt * DECAY / 3
        made = np.zeros((3, *low.shape))
        factor_lines(low, high, dt / c, False, *made, np.zeros((low.shape[0], 1)))
        made[0] *= c
        made[2] /= c
        return made

    def run():
        u, found, steps = np.zeros(grid.shape), [], 0
        x, y, z = factors(*lines[:2]), factors(*lines[2:]), factors(above, below)
        for begin, end in zip((0.0, *TIMES), TIMES, strict=False):
            for _ in range(round((end - begin) / dt)):
                _lod_step(u, problem.source, dt, x, y, z)
                steps += 1
            found.append(u.copy())
        return found, steps

    return run


def fipy(problem: Problem, dt: float) -> Run:
    from fipy import (  # pyright: ignore[reportMissingImports]
        CellVariable,
        DiffusionTerm,
        Grid3D,
        ImplicitSourceTerm,
        TransientTerm,
    )
    from fipy.solvers import LinearCGSolver  # pyright: ignore[reportMissingImports]

    grid = problem.grid
    nz, ny, nx = grid.shape
    mesh = Grid3D(dx=VOXEL, dy=VOXEL, dz=np.diff(grid.z_edges[0]), nx=nx, ny=ny, nz=nz)
    spread = CellVariable(mesh=mesh, value=np.repeat(problem.diffusion, ny * nx)).harmonicFaceValue
    source = CellVariable(mesh=mesh, value=problem.source.ravel())

    def run():
        u, found, steps = CellVariable(mesh=mesh, value=0.0), [], 0
        law = TransientTerm() == DiffusionTerm(coeff=spread) - ImplicitSourceTerm(DECAY) + source
        solver = LinearCGSolver(tolerance=1e-7, iterations=2000)
        for begin, end in zip((0.0, *TIMES), TIMES, strict=False):
            for _ in range(round((end - begin) / dt)):
                law.solve(var=u, dt=dt, solver=solver)
                steps += 1
            found.append(np.array(u.value).reshape(grid.shape))
        return found, steps

    return run


@dataclass(frozen=True)
class Timed:
    setting: float  # tolerance or step
    steps: int
    error: float
    seconds: float


def timed(
    run: Run, setting: float, reference: list[np.ndarray], repeats: int = REPEATS
) -> tuple[Timed, list]:
    seconds, found, steps = np.inf, [], 0
    for _ in range(repeats):
        before = time.perf_counter()
        found, steps = run()
        seconds = min(seconds, time.perf_counter() - before)
    return Timed(setting, steps, error_of(found, reference), seconds), found


def error_of(found: list[np.ndarray], reference: list[np.ndarray]) -> float:
    largest_value = max(r.max() for r in reference)
    return max(float(np.abs(f - r).max()) for f, r in zip(found, reference, strict=True)) / largest_value


def at_level(every: list[Timed], level: float) -> Timed | None:
    """The cheapest that was run and is as near as that."""
    near = [t for t in every if t.error <= level]
    return min(near, key=lambda t: t.seconds) if near else None


def of_order_one(every: list[Timed], level: float) -> tuple[float, float, str]:
    """Step and seconds at which the level is reached: between what was run, or beyond it at the cost of a step."""
    steps = np.array([t.setting for t in every])
    errors = np.array([t.error for t in every])
    per_step = min(t.seconds / t.steps for t in every)
    below = errors <= level
    if below.all():
        return every[0].setting, every[0].seconds, "<"
    if below.any():
        dt = float(np.exp(np.interp(np.log(level), np.log(errors[::-1]), np.log(steps[::-1]))))
        return dt, TIMES[-1] / dt * per_step, ""
    dt = steps[-1] * level / errors[-1]
    return dt, TIMES[-1] / dt * per_step, "~"


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--side", type=float, default=1.0, help="mm")
    parser.add_argument("--without-fipy", action="store_true")
    chosen = parser.parse_args()
    problem = problem_of(chosen.side)
    reference, count = one_field(problem, 1e-8, np.float64)()
    nz, ny, nx = problem.grid.shape
    print(f"{nx} x {ny} x {nz} voxels, {TIMES[-1]:g} h; the reference took {count} steps")
    print(f"{'method':10s} {'setting':>9s} {'steps':>6s} {'error':>9s} {'s':>9s} {'ms a step':>10s}")

    def shown(name: str, t: Timed) -> Timed:
        cost = 1e3 * t.seconds / t.steps
        print(
            f"{name:10s} {t.setting:9.2g} {t.steps:6d} {t.error:9.1e} {t.seconds:9.4f} {cost:10.2f}",
            flush=True,
        )
        return t

    ours, peers = {}, {}
    tolerances = 10.0 ** np.arange(-1, -5.1, -0.25)
    for name, method in (("one field", one_field), ("engine", whole_engine)):
        method(problem, 1e-1)()
        ours[name] = [shown(name, timed(method(problem, tol), tol, reference)[0]) for tol in tolerances]
    lod(problem, 0.5)()
    peers["LOD"] = [
        shown("LOD", timed(lod(problem, dt), dt, reference, 1)[0]) for dt in 0.5 ** np.arange(1, 11)
    ]
    if not chosen.without_fipy:
        runs = [timed(fipy(problem, dt), dt, reference, 1) for dt in (1.0, 0.5, 0.25, 0.125)]
        peers["FiPy"] = [shown("FiPy", t) for t, _ in runs]
        limit = [2 * b - a for a, b in zip(runs[-2][1], runs[-1][1], strict=True)]
        print(f"FiPy, extrapolated to a step of 0, is {error_of(limit, reference):.0e} from the reference")
    print("\nto equal error: seconds, and times longer than ours (goals: LOD 100, FiPy 500)")
    for name, every in ours.items():
        for level in LEVELS:
            mine = at_level(every, level)
            if mine is None:
                print(f"{level:8.0e}  {name}: not reached")
                continue
            parts = [f"{level:8.0e}  {name:9s} {mine.seconds:8.4f} s in {mine.steps} steps"]
            for peer, runs_of in peers.items():
                dt, seconds, mark = of_order_one(runs_of, level)
                parts.append(f"{peer} {mark}{seconds:9.3f} s at {dt:.1e} h: {seconds / mine.seconds:7.0f} x")
            print("   ".join(parts))
    last = peers["LOD"][-1]
    level, seconds = (
        last.error * BIOFVM_STEP / last.setting,
        TIMES[-1] / BIOFVM_STEP * last.seconds / last.steps,
    )
    print(
        f"LOD at BioFVM's own step of {60 * BIOFVM_STEP:g} min: error ~{level:.0e}, ~{seconds:.1f} s", end=""
    )
    for name, every in ours.items():
        mine = at_level(every, level)
        print("" if mine is None else f"; {name} {seconds / mine.seconds:.0f} x", end="")
    print()


if __name__ == "__main__":
    main()
