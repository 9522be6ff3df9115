"""A skin block with every hole in it, through all that the healing cell went through: long, so it can be resumed.

The run lives in a folder: snapshots go there as they come, and every so often the whole state, under a temporary name
first. Started again on the same folder it goes on from there to the same bits.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from zlib import crc32

import numpy as np

from hudnal import vectors
from hudnal.arrays import Array, Float, UInt8
from hudnal.language import HudnalError
from hudnal.progress import Progress
from hudnal.store.checks import DamagedRun, check_file, read_sealed, seal_content, seal_file
from hudnal.store.files import telling_faults, write_json, write_whole
from hudnal.tissue import biology, block_kernels, kernels, step_control
from hudnal.tissue.biology import COVER, FIELDS, RATES, diffusion_of, layer_factors_of
from hudnal.tissue.block_engine import BlockEngine
from hudnal.tissue.block_wounds import apply_to_block
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.grid import BLOCK_SLABS, Grid, Slabs, divide_depth, make_block_grid
from hudnal.tissue.healing import Tissue, fields_at_rest
from hudnal.tissue.history import Stretch, session_times, split_into_stretches, total_hours
from hudnal.tissue.snapshots import Snapshots
from hudnal.tissue.step_control import FIRST_STEP, TOLERANCE
from hudnal.units import HOURS_PER_DAY

if TYPE_CHECKING:
    import xarray as xr

SIDE, VOXEL = 4.0, 0.025  # mm
_DRIVE, _PACE = RATES.index("retinoid_drive"), RATES.index("pace")
# Memory of a run: copies of the state, arrays of a double for each voxel in wounds and snapshots, the program.
_COPIES, _VOXEL_ARRAYS, _PROGRAM_BYTES = 4, 8, 250 * 2**20
_SAVE_EVERY = 25  # steps between two states on disk
_STATE, _IDENTITY, _FORMAT = "state.npz", "run.json", 2
# h after a session at which snapshots are taken, if the user does not say.
_USUAL_TIMES = (0.0, 4.0, 24.0, 72.0, 168.0, 336.0, 672.0, 1344.0, 2184.0, 4368.0)
# Steps that a stretch takes: about this many times the logarithm of its hours, and one more for each two days.
_STEPS_PER_LOG_HOUR, _HOURS_PER_STEP = 6, 2 * HOURS_PER_DAY


@runtime_checkable
class Engine(Protocol):
    """What steps a skin block: `BlockEngine` on processors, `AcceleratedEngine` on a GPU."""

    step: float  # h, the next
    steps: int
    rejected: int
    volume: Any  # (field, z, y, x)
    cover: Any  # (cover, y, x)
    rates: Any  # (rate,), read by name

    def advance(self, hours: float) -> float:
        """Take one step towards `hours` from now; h that passed."""
        ...


@dataclass(frozen=True)
class BlockPlan:
    """What to run: `draw` of a tissue's draws, a square block of `side` mm, with snapshots at `times` h."""

    draw: int
    side: float
    voxel: float
    times: tuple[float, ...]
    slabs: Slabs = BLOCK_SLABS
    tolerance: float = TOLERANCE
    double: bool = False
    device: str = "cpu"

    @property
    def dtype(self) -> np.dtype:
        """Type of the fields' numbers."""
        return np.dtype(np.float64 if self.double else np.float32)

    def memory(self) -> int:
        """Bytes that a run takes, known before it starts: copies of the state, and what wounds and snapshots need."""
        n = max(round(self.side / self.voxel), 1)
        voxels = n * n * sum(self.slabs)
        state = voxels * len(FIELDS) + n * n * len(COVER)
        doubles = _VOXEL_ARRAYS * voxels * np.dtype(np.float64).itemsize
        return _COPIES * state * self.dtype.itemsize + doubles + _PROGRAM_BYTES


class OtherRun(HudnalError):
    """A folder holds the state of another run."""

    head = "cli"


def choose_times(tissue: Tissue) -> tuple[float, ...]:
    """Times of snapshots if nobody says, h: close together after the first and the last session, and at the end."""
    end = total_hours(tissue.diary)
    sessions = session_times(tissue.diary) or [0.0]
    first, last = float(sessions[0]), float(sessions[-1])
    times = {first + h for h in _USUAL_TIMES if len(sessions) == 1 or first + h < sessions[1]}
    times |= {last + h for h in _USUAL_TIMES}
    return (*sorted(t for t in times if t < end - _USUAL_TIMES[1]), end)


def available_memory() -> int | None:
    """Bytes that the machine can still give, where it says so."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable"):
                return int(line.split()[1]) * 1024
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return None


@dataclass
class _Run:
    """The state of a run: `done` h of a stretch are over."""

    engine: Engine
    injured: Float[Array, "z y x"]  # share of each voxel that any session injured
    stretch: int = 0
    done: float = 0.0

    def save(self, folder: Path, looks: UInt8[Array, "time name byte"]) -> None:
        """Write the state to the folder, whole, with the digests of the snapshots that go with it."""
        e = self.engine

        def write(path: Path) -> None:
            with path.open("wb") as file:
                np.savez(
                    file, volume=e.volume, cover=e.cover, injured=self.injured, stretch=self.stretch,
                    done=self.done, step=e.step, steps=e.steps, looks=looks,
                )  # fmt: skip
            seal_file(path)

        write_whole(folder / _STATE, write)


def run_skin_block(
    tissue: Tissue, plan: BlockPlan, folder: Path, progress: Progress | None = None
) -> xr.Dataset:
    """Run a skin block in `folder`, or go on with what was begun there. The dataset reads its snapshots from there.

    Dimensions (time, z, y, x); lengths mm, times h. Raises OtherRun where the folder holds another's state, DamagedRun
    where what it holds is not what was written, OutputFault where it can't be written.
    """
    with telling_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
    grid = make_grid(tissue, plan)
    stretches = split_into_stretches(tissue.diary, plan.draw, plan.times)
    identity = _identify(tissue, plan, stretches)
    stored = _load_state(folder, identity)
    run = _begin(tissue, plan, grid, stored)
    if stored is None:
        write_json(folder / _IDENTITY, seal_content(identity))
    own_collagen = sum(float(tissue.start_of(name)[plan.draw]) for name in ("collagen_i", "collagen_iii"))
    looks = None if stored is None else stored["looks"]
    snapshots = Snapshots(folder, len(plan.times), grid, own_collagen, looks)
    ends = _estimate_ends(stretches)
    unsaved = 0
    while run.stretch < len(stretches):
        here = stretches[run.stretch]
        if here.wounds and run.done == 0:
            _add_wounds(run, here, grid, tissue, plan.draw)
        run.engine.rates = _rates_in(here, tissue, plan.draw)
        while run.done < here.hours:
            passed = run.engine.advance(here.hours - run.done)
            # The stretch ends exactly: what is left after its last step is nothing.
            run.done = here.hours if passed == here.hours - run.done else run.done + passed
            unsaved += 1
            if unsaved >= _SAVE_EVERY and run.done < here.hours:
                run.save(folder, snapshots.digests)
                unsaved = 0
            if progress:
                progress((ends[run.stretch] + _estimate_steps(run.done)) / ends[-1])
        if here.snapshot is not None:
            snapshots.write(here.snapshot, run.engine.volume, run.engine.cover)
        run.stretch, run.done = run.stretch + 1, 0.0
        if here.snapshot is not None or here.wounds:
            run.save(folder, snapshots.digests)
            unsaved = 0
    return snapshots.make_dataset(plan.times, run.injured, _describe(tissue, plan))


def make_grid(tissue: Tissue, plan: BlockPlan) -> Grid:
    """The block's grid; its depths are those of the draw."""
    grid = make_block_grid(tissue.skin, tissue.draws, (plan.side, plan.side), plan.voxel, plan.slabs)
    return replace(grid, z_edges=divide_depth(tissue.skin, tissue.draws, plan.slabs)[0][plan.draw][None])


def _begin(tissue: Tissue, plan: BlockPlan, grid: Grid, stored: dict[str, Any] | None) -> _Run:
    """A run from healthy skin on, or from a stored state."""
    dermis, epidermis = tissue.start
    volume = np.empty((len(FIELDS), *grid.shape), plan.dtype)
    volume[...] = fields_at_rest(dermis, grid)[plan.draw][:, :, None, None]
    cover = np.empty((len(COVER), *grid.shape[1:]), plan.dtype)
    cover[...] = epidermis[plan.draw][:, None, None]
    if stored is not None:
        volume[...], cover[...] = stored["volume"], stored["cover"]
    engine = _make_engine(volume, cover, tissue, plan, grid)
    if stored is None:
        return _Run(engine, np.zeros(grid.shape))
    engine.step, engine.steps = float(stored["step"]), int(stored["steps"])
    return _Run(engine, stored["injured"], int(stored["stretch"]), float(stored["done"]))


def _make_engine(volume: Array, cover: Array, tissue: Tissue, plan: BlockPlan, grid: Grid) -> Engine:
    one = slice(plan.draw, plan.draw + 1)
    couplings = Couplings.of(grid, diffusion_of(tissue.draws)[one], layer_factors_of(tissue.draws)[one])
    rates = tissue.rates[plan.draw]
    if plan.device == "gpu":
        from hudnal.tissue.accelerated import AcceleratedEngine

        return AcceleratedEngine(volume, cover, rates, couplings, plan.tolerance, device="gpu")
    return BlockEngine(volume, cover, rates, couplings, plan.tolerance)


def _rates_in(stretch: Stretch, tissue: Tissue, draw: int) -> Float[Array, " rate"]:
    row = tissue.rates[draw].copy()
    row[_DRIVE], row[_PACE] = stretch.retinoid, stretch.pace
    return row


def _add_wounds(run: _Run, stretch: Stretch, grid: Grid, tissue: Tissue, draw: int) -> None:
    """Put a session's wounds on the engine's state."""
    volume, cover = (np.require(a, requirements="W") for a in (run.engine.volume, run.engine.cover))
    for wound in stretch.wounds:
        injured = apply_to_block(volume, cover, wound, grid, tissue.front, tissue.skin, draw)
        run.injured = np.maximum(run.injured, injured)
    run.engine.volume, run.engine.cover, run.engine.step = volume, cover, FIRST_STEP


def _estimate_steps(hours: float) -> float:
    """About how many steps a stretch has taken: they grow with the time since it began, up to two days."""
    return float(np.log1p(hours) * _STEPS_PER_LOG_HOUR + hours / _HOURS_PER_STEP)


def _estimate_ends(stretches: Sequence[Stretch]) -> Float[Array, " end"]:
    """Steps that will have been taken before each stretch and after the last."""
    least = 1e-9  # so that a run of no time has an end too
    return np.concatenate([[0.0], np.cumsum([_estimate_steps(s.hours) + least for s in stretches])])


def _describe(tissue: Tissue, plan: BlockPlan) -> dict[str, Any]:
    """Attributes of the dataset."""
    return {
        "draw": plan.draw,
        "side_mm": plan.side,
        "junction_mm": float(tissue.skin.surface_to_dermis[plan.draw]),
        "dermis_end_mm": float(tissue.skin.thickness[plan.draw]),
        "sessions_h": session_times(tissue.diary),
    }


def _identify(tissue: Tissue, plan: BlockPlan, stretches: Sequence[Stretch]) -> dict[str, Any]:
    """What a state on disk must have been made by and for."""
    code = b"".join(
        Path(m.__file__ or "").read_bytes() for m in (biology, block_kernels, kernels, step_control, vectors)
    )
    numbers = np.array([(s.start, s.hours, s.retinoid, s.pace, len(s.wounds)) for s in stretches])
    content = [
        tissue.rates[plan.draw],
        numbers,
        *(a for s in stretches for w in s.wounds for c in w.columns for a in (c.radius, c.depth)),
    ]
    return {
        "format": _FORMAT,
        "code": crc32(code),
        "content": crc32(b"".join(np.ascontiguousarray(a).tobytes() for a in content)),
        "draw": plan.draw,
        "side": plan.side,
        "voxel": plan.voxel,
        "times": list(plan.times),
        "slabs": list(plan.slabs),
        "tolerance": plan.tolerance,
        "double": plan.double,
        "device": plan.device,
    }


def _load_state(folder: Path, identity: dict[str, Any]) -> dict[str, Any] | None:
    """The state of an earlier run in the folder, if there is one. Raises OtherRun if it is another's, DamagedRun."""
    if not (folder / _STATE).exists():
        return None  # it was stopped before there was one to keep
    try:
        made_by = read_sealed(folder / _IDENTITY)
    except FileNotFoundError as error:
        raise DamagedRun("damaged_missing", path=folder / _IDENTITY) from error
    if made_by != identity:
        raise OtherRun("other_run", path=folder)
    check_file(folder / _STATE)
    with np.load(folder / _STATE) as stored:
        return dict(stored)
