"""The tissue of the treated skin: for every draw the cell of one hole, which stands for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.tissue.batch_engine import advance_batch
from hudnal.tissue.biology import (
    ACROSS,
    ALONG,
    BARE,
    ELASTIN_NEW,
    EPIDERMIS,
    FIBROBLASTS,
    FIELDS,
    LONG_AGO,
    RATES,
    STRATA,
    diffusion_of,
    healthy,
    layers_of,
    rates_of,
)
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.front import Front
from hudnal.tissue.grid import CELL_DEPTH, CELL_RADIAL, Grid, hole_cell
from hudnal.tissue.step_control import FIRST_STEP, TOLERANCE
from hudnal.tissue.wound import Wound, apply, peeled, share_in_cell

_AT = {name: i for i, name in enumerate(FIELDS)}
_DRIVE, _PACE = RATES.index("retinoid_drive"), RATES.index("pace")
ONE_SESSION = 1.0  # h: wounds that follow each other within it belong to one session
_FEWEST = 0.02  # 1/mm2: a cell is never wider than 4 mm


@dataclass(frozen=True)
class Passed:
    """Time went by: `hours`, with vitamin A at work by `retinoid` and a front closing at `pace`, (draw,) each."""

    hours: float
    retinoid: np.ndarray
    pace: np.ndarray


@dataclass(frozen=True)
class Hurt:
    """A wound was made, or the one of the same `name` in this session was made more of."""

    wound: Wound
    name: str


Diary = tuple[Passed | Hurt, ...]


@dataclass(frozen=True)
class Tissue:
    """Fields of the hole's cell, `volume` (draw, field, z, 1, ring), and its epidermis, `cover` (draw, field, 1, ring).

    The holes of one session count as made with its last: while it runs, each further wound is put with the others of
    the session on the state `before` it. A later session's holes fall anywhere between the older ones: they meet the
    mean over their cell at each depth.
    """

    skin: Skin
    draws: Draws
    size: tuple[tuple[int, int, int, int], int]  # depth cells of each layer, and rings
    grid: Grid
    couplings: Couplings
    volume: np.ndarray
    cover: np.ndarray
    rates: np.ndarray  # (draw, rate)
    steps: np.ndarray  # h, the next step of each draw
    start: tuple[np.ndarray, np.ndarray]  # means of FIELDS (draw, field) and COVER before anything was done
    front: Front
    before: tuple[
        np.ndarray, np.ndarray
    ]  # means over the rings before this session, (draw, field, z), (draw, field)
    wounds: Mapping[str, Wound] = field(default_factory=dict)  # of this session
    rested: float = np.inf  # h since the last wound
    steady: bool = True  # nothing has been done
    diary: Diary = ()  # all that happened, for whoever wants to see it on another grid

    @staticmethod
    def of(
        skin: Skin,
        draws: Draws,
        cells: tuple[int, int, int, int] = CELL_DEPTH,
        rings: int = CELL_RADIAL,
    ) -> Tissue:
        """Untouched."""
        grid = hole_cell(skin, draws, np.full(draws.n, 1.0), cells, rings)
        dermis, epidermis = healthy(skin, draws)
        depth = at_rest(dermis, grid)
        start = np.array(dermis), np.array(epidermis)
        return Tissue(
            skin, draws, (cells, rings), grid, _couplings(grid, draws), *_over_rings(depth, epidermis, grid),
            rates_of(skin, draws), np.full(draws.n, FIRST_STEP), start, Front.of(skin, draws), (depth, epidermis),
        )  # fmt: skip

    def hurt(self, wound: Wound, name: str = "wound") -> Tissue:
        """After another wound, on what earlier sessions left; one of the same `name` in this session is replaced."""
        same = self.rested <= ONE_SESSION
        before = self.before if same else self._means
        wounds = {**(self.wounds if same else {}), name: wound}
        density = np.maximum(sum(w.density for w in wounds.values()), _FEWEST)
        grid = hole_cell(self.skin, self.draws, density, *self.size)
        volume, cover = _over_rings(*before, grid)
        front = self.front.over(wound.width)
        for each in wounds.values():
            shares = [(c, share_in_cell(c, density, grid)[:, :, None]) for c in each.columns]
            gone = peeled(each.sheet, grid.z_edges)
            apply(volume, shares, each, gone, grid)
            _uncover(cover, shares, each, grid, front, self.skin)
        return replace(
            self, grid=grid, couplings=_couplings(grid, self.draws), volume=volume, cover=cover, front=front,
            before=before, wounds=wounds, rested=0.0, steady=False, steps=np.full(self.draws.n, FIRST_STEP),
            diary=(*self.diary, Hurt(wound, name)),
        )  # fmt: skip

    def under(self, retinoid: np.ndarray, covered: bool) -> Tissue:
        """With vitamin A at work by `retinoid` (draw,), 0 to 1 of its full effect, and under a cover or not."""
        rates = self.rates.copy()
        rates[:, _DRIVE] = retinoid
        rates[:, _PACE] = self.front.pace(covered)
        return replace(self, rates=rates)

    def advance(self, hours: float, tolerance: float = TOLERANCE) -> Tissue:
        """Let `hours` pass. Skin without wound and without vitamin A is steady and is left alone."""
        if hours <= 0:
            return self
        passed = Passed(hours, self.rates[:, _DRIVE], self.rates[:, _PACE])
        diary = (*self.diary, passed)
        steady = self.steady and not self.rates[:, _DRIVE].any()
        rested, front = self.rested + hours, self.front.advance(hours, self.rates[:, _PACE])
        if steady:
            return replace(self, rested=rested, front=front, diary=diary)
        volume, cover, steps = self.volume.copy(), self.cover.copy(), self.steps.copy()
        advance_batch(volume, cover, self.rates, self.couplings, hours, steps, tolerance)
        return replace(
            self,
            volume=volume,
            cover=cover,
            steps=steps,
            rested=rested,
            front=front,
            steady=False,
            diary=diary,
        )

    def profile(self, name: str) -> np.ndarray:
        """A field's mean over the rings at each depth, (draw, nz)."""
        return self._means[0][:, _AT[name]]

    def mean(self, name: str) -> np.ndarray:
        """A field over the observed dermis, or the epidermis' thickness, or fibres' `alignment`; (draw,)."""
        if self.steady:  # what was left alone is as it was, to the last digit
            return self.start_of(name)
        if name == "epidermis":
            return self.grid.across(self.cover[:, STRATA] * self.cover[:, EPIDERMIS])
        if name == "alignment":
            return np.hypot(self.mean("along"), self.mean("across"))
        return (self.profile(name) * self.observed).sum(axis=1)

    def collagen_gained(self, scar_counts: np.ndarray | float = 0.0) -> np.ndarray:
        """Collagen against the start, (draw,), young skin's 1; what lies as in a scar counts by `scar_counts`."""
        now, start = (sum(of(f) for f in ("collagen_i", "collagen_iii")) for of in (self.mean, self.start_of))
        return now - start - (1 - scar_counts) * self.mean("scarred")

    def layers_over_openings(self) -> np.ndarray:
        """How complete the epidermis stands over the middle of the openings, 0 to 1, (draw,)."""
        return self.cover[:, STRATA, 0, 0]

    def start_of(self, name: str) -> np.ndarray:
        """That field before anything was done, (draw,)."""
        dermis, epidermis = self.start
        if name == "epidermis":
            return epidermis[:, EPIDERMIS]
        if name == "alignment":
            return np.hypot(dermis[:, ALONG], dermis[:, ACROSS])
        return dermis[:, _AT[name]]

    @cached_property
    def observed(self) -> np.ndarray:
        """Weight of each depth cell in what biopsies look at, (draw, nz)."""
        top = self.skin.surface_to_dermis
        deep = np.minimum(self.draws.value("tissue.wound.observed_depth"), self.skin.dermis)
        return self.grid.depth_share(top, top + deep)

    @property
    def signal_decay(self) -> np.ndarray:
        """1/h, of the inflammatory signal, (draw,)."""
        return self.rates[:, RATES.index("signal_decay")]

    @cached_property
    def _means(self) -> tuple[np.ndarray, np.ndarray]:
        return self.grid.across(self.volume), self.grid.across(self.cover)


def at_rest(dermis: np.ndarray, grid: Grid) -> np.ndarray:
    """Healthy fields at each depth, (draw, field, nz): the epidermis has none of the dermis' cells and matrix."""
    depth = np.repeat(dermis[:, :, None], grid.shape[0], axis=2)
    depth[:, FIBROBLASTS : ELASTIN_NEW + 1] *= grid.in_dermis
    return depth


def _couplings(grid: Grid, draws: Draws) -> Couplings:
    return Couplings.of(grid, diffusion_of(draws), layers_of(draws))


def _over_rings(depth: np.ndarray, cover: np.ndarray, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """The same in every ring: volume (draw, field, z, 1, ring) and cover (draw, field, 1, ring)."""
    rings = grid.shape[2]
    volume = np.repeat(depth[:, :, :, None, None], rings, axis=4)
    return volume, np.repeat(cover[:, :, None, None], rings, axis=3)


def _uncover(
    cover: np.ndarray,
    shares: list[tuple],
    wound: Wound,
    grid: Grid,
    front: Front,
    skin: Skin,
) -> None:
    """Put a wound on the epidermis, in place: hours of closing that each ring has, and layers that are gone."""
    middle = (grid.x_edges[:, 1:] + grid.x_edges[:, :-1]) / 2
    radius = wound.width[:, None] / 2
    if wound.columns:
        # Covered when the front has come from the rim; the innermost ring lies in every opening.
        way = np.maximum(radius - middle, 0.0)
        opened = (middle < radius) | (np.arange(middle.shape[1]) == 0) & (radius > 0)
    else:
        way, opened = np.broadcast_to(radius, middle.shape), np.broadcast_to(radius > 0, middle.shape)
    hours = np.where(opened, front.lag[:, None] + way / front.speed[:, None], -LONG_AGO)
    cover[:, BARE, 0] = np.maximum(cover[:, BARE, 0], hours)
    left = 1 - np.clip((wound.sheet - skin.corneum) / skin.epidermis, 0, 1)[:, None, None]
    for columns, share in shares:
        left = left * (1 - columns.layers[:, None, None] * share[:, 0])
    cover[:, STRATA] *= left
