"""A patch of skin with every hole in it, through all that the hole's cell went through: long, so it can be resumed.

The run lives in a folder: looks go there as they come, and every so often the whole state, under a temporary name
first. Started again on the same folder it goes on from there to the same bits.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from zlib import crc32

import numpy as np

from hudnal.language import HudnalError
from hudnal.tissue import biology, kernels, step_control
from hudnal.tissue.biology import (
    BARE,
    COVER,
    FIELDS,
    LONG_AGO,
    RATES,
    STRATA,
    diffusion_of,
    layers_of,
)
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.grid import PATCH_DEPTH, Grid, depths
from hudnal.tissue.grid import patch as patch_grid
from hudnal.tissue.healing import Tissue, at_rest
from hudnal.tissue.history import Leg, duration_of, journey, sessions_of
from hudnal.tissue.step_control import FIRST_STEP, TOLERANCE
from hudnal.tissue.wound import Columns, Wound, apply, closing_on_patch, peeled, share_on_patch

if TYPE_CHECKING:
    import xarray as xr

SIDE, VOXEL = 4.0, 0.025  # mm
_AT = {name: i for i, name in enumerate(FIELDS)}
_DRIVE, _PACE = RATES.index("retinoid_drive"), RATES.index("pace")
_COPIES = 5
_KEEP_EVERY = 25  # steps between two states on disk
_STATE, _MARK = "state.npz", "run.json"
# h after a session at which one looks, if the user does not say.
_LOOKS = (0.0, 4.0, 24.0, 72.0, 168.0, 336.0, 672.0, 1344.0, 2184.0, 4368.0)

# What is kept of each look: name -> unit, long name, and how it is made of the fields.
VOLUME: dict[str, tuple[str, str]] = {
    "signal": ("1", "inflammatory signal, share of the tissue that sends it in full"),
    "growth": ("1", "growth factor"),
    "macrophages": ("1", "macrophages, in units of what a full wound recruits"),
    "fibroblasts": ("1", "fibroblasts against healthy skin"),
    "myofibroblasts": ("1", "myofibroblasts against healthy fibroblasts"),
    "collagen_change": ("%", "change of all collagen against before"),
    "collagen_iii": ("1", "collagen III, all collagen of young skin 1"),
    "alignment": ("1", "alignment of fibres: 0 basket weave, 1 parallel"),
}
SURFACE: dict[str, tuple[str, str]] = {
    "epidermis": ("1", "thickness of the epidermis against before"),
    "bare": ("h", "time until the basal layer is continuous; below 0 since then"),
}


class Engine(Protocol):
    """What runs the patch: `BlockEngine` on processors, or its like on a GPU."""

    step: float  # h, the next
    steps: int
    rejected: int
    volume: Any  # (field, z, y, x)
    cover: Any  # (field, y, x)
    rates: Any  # (rate,), read by name

    def advance(self, hours: float) -> float:
        """One step towards `hours` from now; h that passed."""
        ...


@dataclass(frozen=True)
class Plan:
    """What to run: `draw` of a tissue's draws, on a square patch of `side` mm, looked at at `times` h."""

    draw: int
    side: float
    voxel: float
    times: tuple[float, ...]
    depth: tuple[int, int, int, int] = PATCH_DEPTH
    tolerance: float = TOLERANCE
    double: bool = False
    device: str = "cpu"

    @property
    def dtype(self) -> np.dtype:
        """Of the fields."""
        return np.dtype(np.float64 if self.double else np.float32)

    def memory(self) -> int:
        """Bytes that a run takes, known before it starts: copies of the state, and what wounds and looks need."""
        n = max(round(self.side / self.voxel), 1)
        voxels = n * n * sum(self.depth)
        state = voxels * len(FIELDS) + n * n * len(COVER)
        return _COPIES * state * self.dtype.itemsize + 8 * 8 * voxels + 250 * 2**20


class OtherRun(HudnalError):
    """A folder holds the state of another run."""

    head = "cli"


def times_of(tissue: Tissue) -> tuple[float, ...]:
    """When to look if nobody says: close together after the first and the last session, and at the end."""
    end = duration_of(tissue.diary)
    sessions = sessions_of(tissue.diary) or [0.0]
    first, last = float(sessions[0]), float(sessions[-1])
    looks = {first + h for h in _LOOKS if len(sessions) == 1 or first + h < sessions[1]}
    looks |= {last + h for h in _LOOKS}
    return (*sorted(t for t in looks if t < end - _LOOKS[1]), end)


def available_memory() -> int | None:
    """Bytes that the machine can still give, where it says so."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable"):
                return int(line.split()[1]) * 1024
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return None


def run_patch(
    tissue: Tissue, plan: Plan, folder: Path, progress: Callable[[float], None] | None = None
) -> xr.Dataset:
    """Run a patch in `folder`, or go on with what was begun there. The dataset reads its looks from that folder.

    Dimensions (time, z, y, x); lengths mm, times h. Raises OtherRun where the folder holds another's state.
    """
    folder.mkdir(parents=True, exist_ok=True)
    grid = grid_of(tissue, plan)
    legs = journey(tissue.diary, plan.draw, plan.times)
    mark = _mark_of(tissue, plan, legs)
    begun = _begun(folder, mark)
    looks = _Looks(folder, plan, grid, _start_of(tissue, plan), begun is not None)
    volume, cover = _untouched(tissue, plan, grid)
    leg, done, hole = 0, 0.0, np.zeros(grid.shape)
    if begun is not None:
        volume[...], cover[...], hole = begun["volume"], begun["cover"], begun["hole"]
        leg, done = int(begun["leg"]), float(begun["done"])
    engine = _engine(volume, cover, tissue, plan, grid)
    if begun is not None:
        engine.step, engine.steps = float(begun["step"]), int(begun["steps"])
    else:
        _write_json(folder / _MARK, mark)
    whole = _weights(legs)

    def keep() -> None:
        _write_state(
            folder / _STATE, volume=engine.volume, cover=engine.cover, hole=hole, leg=leg, done=done,
            step=engine.step, steps=engine.steps,
        )  # fmt: skip

    since = 0
    while leg < len(legs):
        here = legs[leg]
        if here.wounds and done == 0:
            hole = _hurt(engine, here.wounds, hole, tissue, plan, grid)
        engine.rates = _rates(tissue, plan.draw, here)
        while done < here.hours:
            passed = engine.advance(here.hours - done)
            # The leg ends exactly: what is left after its last step is nothing.
            done = here.hours if passed == here.hours - done else done + passed
            since += 1
            if since >= _KEEP_EVERY and done < here.hours:
                keep()
                since = 0
            if progress:
                progress((whole[leg] + _work(here, done)) / whole[-1])
        if here.look is not None:
            looks.write(here.look, engine)
        leg, done = leg + 1, 0.0
        if here.look is not None or here.wounds:
            keep()
            since = 0
    return looks.dataset(hole, tissue, plan)


def grid_of(tissue: Tissue, plan: Plan) -> Grid:
    """The patch's grid: the depths are those of the draw."""
    every = patch_grid(tissue.skin, tissue.draws, (plan.side, plan.side), plan.voxel, plan.depth)
    return replace(every, z_edges=depths(tissue.skin, tissue.draws, plan.depth)[0][plan.draw][None])


def _untouched(tissue: Tissue, plan: Plan, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    dermis, epidermis = tissue.start
    depth = at_rest(dermis, grid)[plan.draw]
    volume = np.empty((len(FIELDS), *grid.shape), plan.dtype)
    volume[...] = depth[:, :, None, None]
    cover = np.empty((len(COVER), *grid.shape[1:]), plan.dtype)
    cover[...] = epidermis[plan.draw][:, None, None]
    return volume, cover


def _start_of(tissue: Tissue, plan: Plan) -> dict[str, float]:
    return {name: float(tissue.start_of(name)[plan.draw]) for name in ("collagen_i", "collagen_iii")}


def _rates(tissue: Tissue, draw: int, leg: Leg) -> np.ndarray:
    row = tissue.rates[draw].copy()
    row[_DRIVE], row[_PACE] = leg.retinoid, leg.pace
    return row


def _engine(volume: np.ndarray, cover: np.ndarray, tissue: Tissue, plan: Plan, grid: Grid) -> Engine:
    one = slice(plan.draw, plan.draw + 1)
    couplings = Couplings.of(grid, diffusion_of(tissue.draws)[one], layers_of(tissue.draws)[one])
    rates = tissue.rates[plan.draw]
    if plan.device == "gpu":
        from hudnal.tissue.accelerated import AcceleratedEngine

        return AcceleratedEngine(volume, cover, rates, couplings, plan.tolerance, device="gpu")
    from hudnal.tissue.block_engine import BlockEngine

    return BlockEngine(volume, cover, rates, couplings, plan.tolerance)


def _hurt(
    engine: Engine, wounds: tuple[Wound, ...], hole: np.ndarray, tissue: Tissue, plan: Plan, grid: Grid
) -> np.ndarray:
    """Put a session's wounds on the engine's state; the share of each voxel that any session injured."""
    volume, cover = (np.require(a, requirements="W") for a in (engine.volume, engine.cover))
    front, draw = tissue.front, plan.draw
    lag, speed = float(front.lag[draw]), float(front.speed[draw])
    skin = tissue.skin
    for wound in wounds:
        placed = [_placed(c, plan) for c in wound.columns]
        shares = [(c, share_on_patch(c, grid)[None]) for c in placed]
        gone = peeled(wound.sheet, grid.z_edges)
        apply(volume[None], shares, wound, gone, grid)
        left = 1 - float(np.clip((wound.sheet[0] - skin.corneum[draw]) / skin.epidermis[draw], 0, 1))
        strata = np.full(grid.shape[1:], left)
        hours = np.full(grid.shape[1:], -LONG_AGO)
        if wound.sheet[0] > 0 and wound.width[0] > 0:
            hours[:] = lag + wound.width[0] / 2 / speed
        for columns, share in shares:
            strata = strata * (1 - columns.layers[0] * share[0, 0])
            hole = np.maximum(hole, share[0])
        if placed:
            hours = np.maximum(hours, closing_on_patch(_outermost(placed, wound), grid, lag, speed))
        cover[BARE] = np.maximum(cover[BARE], hours)
        cover[STRATA] *= strata
        hole = np.maximum(hole, gone[0][:, None, None])
    engine.volume, engine.cover, engine.step = volume, cover, FIRST_STEP
    return hole


def _outermost(placed: list[Columns], wound: Wound) -> Columns:
    """The columns whose opening the epidermis has to close, without the crushed rim."""
    widest = max(placed, key=lambda c: float(c.radius.max(initial=0.0)))
    mean = float(widest.radius[widest.radius > 0].mean()) if (widest.radius > 0).any() else 1.0
    return replace(widest, radius=widest.radius * (wound.width[0] / 2 / mean))


def _placed(columns: Columns, plan: Plan) -> Columns:
    """The columns on the patch: holes where they are, from the middle of their patch; others on a square lattice."""
    if columns.x is not None and columns.y is not None:
        middle = columns.span / 2 - plan.side / 2
        x, y = columns.x - middle, columns.y - middle
        near = (np.abs(x - plan.side / 2) < plan.side / 2 + columns.radius) & (
            np.abs(y - plan.side / 2) < plan.side / 2 + columns.radius
        )
        return replace(
            columns, x=x[near], y=y[near], draw=columns.draw[near], radius=columns.radius[near],
            depth=columns.depth[near],
        )  # fmt: skip
    if columns.density[0] <= 0 or columns.radius.size == 0:
        none = np.zeros(0)
        return replace(columns, x=none, y=none, draw=none.astype(int), radius=none, depth=none)
    pitch = 1 / sqrt(columns.density[0])
    count = max(int(plan.side / pitch), 1)
    at = plan.side / 2 + (np.arange(count) - (count - 1) / 2) * pitch
    x, y = (a.ravel() for a in np.meshgrid(at, at))
    every = np.full(x.size, columns.radius[0]), np.full(x.size, columns.depth[0])
    return replace(columns, x=x, y=y, draw=np.zeros(x.size, int), radius=every[0], depth=every[1])


def _work(leg: Leg, done: float) -> float:
    """About how many steps a leg has taken: they grow with the time since it began, up to two days."""
    return float(np.log1p(done) * 6 + done / 48)


def _weights(legs: Sequence[Leg]) -> np.ndarray:
    return np.concatenate([[0.0], np.cumsum([_work(leg, leg.hours) + 1e-9 for leg in legs])])


class _Looks:
    """What was seen, in arrays on disk: (time, z, y, x) and (time, y, x)."""

    def __init__(self, folder: Path, plan: Plan, grid: Grid, start: dict[str, float], again: bool) -> None:
        self.grid, self.start = grid, start
        self._own = start["collagen_i"] + start["collagen_iii"]
        count = len(plan.times)
        shapes = dict.fromkeys(VOLUME, (count, *grid.shape)) | dict.fromkeys(
            SURFACE, (count, *grid.shape[1:])
        )
        self.arrays: dict[str, Any] = {}
        for name, shape in shapes.items():
            path = folder / f"{name}.npy"
            mode = "r+" if again and path.is_file() else "w+"
            self.arrays[name] = np.lib.format.open_memmap(path, mode, np.float32, shape)

    def write(self, i: int, engine: Engine) -> None:
        """Keep the present state as look `i`."""
        u, s = engine.volume, engine.cover
        # Fat has septa and no dermis: what is said of it would mean little.
        dermis = np.isin(self.grid.layer, (1, 2))[:, None, None]
        for name in VOLUME:
            if name == "collagen_change":
                whole = np.asarray(u[_AT["collagen_i"]]) + np.asarray(u[_AT["collagen_iii"]])
                self.arrays[name][i] = 100 * (whole / self._own - 1) * dermis
            elif name == "alignment":
                self.arrays[name][i] = np.hypot(u[_AT["along"]], u[_AT["across"]])
            else:
                self.arrays[name][i] = u[_AT[name]]
        self.arrays["epidermis"][i] = np.asarray(s[COVER.index("strata")]) * np.asarray(
            s[COVER.index("epidermis")]
        )
        self.arrays["bare"][i] = s[BARE]

    def dataset(self, hole: np.ndarray, tissue: Tissue, plan: Plan) -> xr.Dataset:
        """All looks, read from disk as they are needed."""
        import xarray as xr

        grid, draw, skin = self.grid, plan.draw, tissue.skin

        def middle(edges: np.ndarray) -> np.ndarray:
            return (edges[0, 1:] + edges[0, :-1]) / 2

        variables: dict[str, Any] = {}
        for names, dims in ((VOLUME, ("time", "z", "y", "x")), (SURFACE, ("time", "y", "x"))):
            for name, (unit, text) in names.items():
                variables[name] = (dims, self.arrays[name], {"units": unit, "long_name": text})
        hurt = {"units": "1", "long_name": "share of the voxel that was injured"}
        variables["hole"] = (("z", "y", "x"), hole.astype(np.float32), hurt)
        variables["z_edge"] = (
            ("edge",),
            grid.z_edges[0],
            {"units": "mm", "long_name": "edges of the depth cells"},
        )
        across = {"units": "mm"}
        return xr.Dataset(
            variables,
            coords={
                "time": ("time", np.array(plan.times), {"units": "h"}),
                "z": ("z", middle(grid.z_edges), {"units": "mm", "long_name": "depth below the surface"}),
                "y": ("y", middle(grid.y_edges), across),
                "x": ("x", middle(grid.x_edges), across),
            },
            attrs={
                "draw": draw,
                "side_mm": plan.side,
                "junction_mm": float(skin.surface_to_dermis[draw]),
                "dermis_end_mm": float(skin.thickness[draw]),
                "sessions_h": sessions_of(tissue.diary),
            },
        )


def _mark_of(tissue: Tissue, plan: Plan, legs: Sequence[Leg]) -> dict[str, Any]:
    """What a state on disk must have been made for."""
    numbers = np.array([(g.start, g.hours, g.retinoid, g.pace, len(g.wounds)) for g in legs])
    held = [
        tissue.rates[plan.draw],
        numbers,
        *(a for g in legs for w in g.wounds for c in w.columns for a in (c.radius, c.depth)),
    ]
    return {
        "code": crc32(
            b"".join(Path(m.__file__ or "").read_bytes() for m in (biology, kernels, step_control))
        ),
        "content": crc32(b"".join(np.ascontiguousarray(a).tobytes() for a in held)),
        "draw": plan.draw,
        "side": plan.side,
        "voxel": plan.voxel,
        "times": list(plan.times),
        "depth": list(plan.depth),
        "tolerance": plan.tolerance,
        "double": plan.double,
        "device": plan.device,
    }


def _begun(folder: Path, mark: dict[str, Any]) -> dict[str, np.ndarray] | None:
    """The state of an earlier run in the folder, if there is one. Raises OtherRun if it is another's."""
    if not (folder / _STATE).is_file() or not (folder / _MARK).is_file():
        return None
    if json.loads((folder / _MARK).read_text(encoding="utf-8")) != mark:
        raise OtherRun("other_run", path=folder)
    with np.load(folder / _STATE) as stored:
        return dict(stored)


def _write_state(path: Path, **arrays: Any) -> None:
    part = path.with_name(path.stem + ".part.npz")
    np.savez(part, **arrays)
    part.replace(path)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(content), encoding="utf-8")
    part.replace(path)
