"""The tissue of the treated skin: for every draw the healing cell of one hole, which stands for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from hudnal.arrays import Array, Float, PerDraw
from hudnal.parameters import Draws
from hudnal.skin import Skin
from hudnal.tissue.batch_engine import LAYERS_OVER_GAP, Weights
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
    healthy_state,
    layer_factors_of,
    rates_of,
)
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.front import Front
from hudnal.tissue.grid import CELL_RINGS, CELL_SLABS, Grid, Slabs, make_healing_cell
from hudnal.tissue.passage import Cover, Passage, TimePassed, Volume
from hudnal.tissue.step_control import FIRST_STEP, TOLERANCE
from hudnal.tissue.wound import Columns, Wound, apply_wound, peeled_share, share_in_cell

_AT = {name: i for i, name in enumerate(FIELDS)}
_DRIVE, _PACE = RATES.index("retinoid_drive"), RATES.index("pace")
ONE_SESSION = 1.0  # h: wounds that follow each other within it belong to one session
_FEWEST = 0.02  # 1/mm2: a healing cell is never wider than 4 mm

DepthMeans = tuple[Float[Array, "draw field z"], Float[Array, "draw cover"]]


@dataclass(frozen=True)
class WoundMade:
    """A wound was made, or the one of the same `name` in this session grew."""

    wound: Wound
    name: str


Diary = tuple[TimePassed | WoundMade, ...]


@dataclass(frozen=True)
class Tissue:
    """Fields of the healing cell of each draw, `volume`, and of the epidermis over it, `cover`, at a moment.

    They are what they become after `passed` stretches of a `passage`, and are worked out when somebody asks.
    The holes of one session count as made with its last: while it runs, each further wound is put with the others of
    the session on the state `before` it. A later session's holes fall anywhere between the older ones: they meet the
    mean over their healing cell at each depth.
    """

    skin: Skin
    draws: Draws
    size: tuple[Slabs, int]  # slabs of each layer, and rings
    grid: Grid
    passage: Passage  # since the last wound, or since somebody looked
    rates: Float[Array, "draw rate"]
    start: tuple[Float[Array, "draw field"], Float[Array, "draw cover"]]  # means before anything was done
    front: Front
    before: DepthMeans  # means over the rings before this session
    wounds: Mapping[str, Wound] = field(default_factory=dict)  # of this session
    rested: float = np.inf  # h since the last wound
    passed: int = 0  # stretches of the passage
    steady: bool = True  # nothing has been done
    diary: Diary = ()  # all that happened, for whoever wants to see it on another grid

    @staticmethod
    def of(
        skin: Skin,
        draws: Draws,
        slabs: Slabs = CELL_SLABS,
        rings: int = CELL_RINGS,
    ) -> Tissue:
        """Tissue before any injury."""
        grid = make_healing_cell(skin, draws, np.full(draws.n, 1.0), slabs, rings)
        dermis, epidermis = healthy_state(skin, draws)
        depth = fields_at_rest(dermis, grid)
        start, rates = (np.array(dermis), np.array(epidermis)), rates_of(skin, draws)
        passage = _begin_passage(*_repeat_over_rings(depth, epidermis, grid), rates, grid, skin, draws)
        front = Front.of(skin, draws)
        return Tissue(skin, draws, (slabs, rings), grid, passage, rates, start, front, (depth, epidermis))

    def add_wound(self, wound: Wound, name: str = "wound") -> Tissue:
        """After another wound, on what earlier sessions left; one of the same `name` in this session is replaced."""
        same = self.rested <= ONE_SESSION
        before = self.before if same else self._means
        wounds = {**(self.wounds if same else {}), name: wound}
        density = np.maximum(sum(w.density for w in wounds.values()), _FEWEST)
        grid = make_healing_cell(self.skin, self.draws, density, *self.size)
        volume, cover = _repeat_over_rings(*before, grid)
        front = self.front.open_gap(wound.width)
        for each in wounds.values():
            shares = [(c, share_in_cell(c, density, grid)[:, :, None]) for c in each.columns]
            gone = peeled_share(each.sheet, grid.z_edges)
            apply_wound(volume, shares, each, gone, grid)
            _open_cover(cover, shares, each, grid, front, self.skin)
        passage = _begin_passage(volume, cover, self.rates, grid, self.skin, self.draws)
        return replace(
            self, grid=grid, passage=passage, passed=0, front=front, before=before, wounds=wounds, rested=0.0,
            steady=False, diary=(*self.diary, WoundMade(wound, name)),
        )  # fmt: skip

    def set_conditions(self, retinoid: PerDraw, covered: bool) -> Tissue:
        """With vitamin A at work by `retinoid`, 0 to 1 of its full effect, and under a cover or not."""
        rates = self.rates.copy()
        rates[:, _DRIVE] = retinoid
        rates[:, _PACE] = self.front.pace(covered)
        return replace(self, rates=rates)

    def advance(self, hours: float, tolerance: float = TOLERANCE) -> Tissue:
        """Let `hours` pass. Skin without wound and without vitamin A is steady and is left alone."""
        if hours <= 0:
            return self
        stretch = TimePassed(hours, self.rates[:, _DRIVE], self.rates[:, _PACE])
        diary = (*self.diary, stretch)
        steady = self.steady and not self.rates[:, _DRIVE].any()
        rested, front = self.rested + hours, self.front.advance(hours, self.rates[:, _PACE])
        if steady:
            return replace(self, rested=rested, front=front, diary=diary)
        passage, count = self.passage, self.passed
        if passage.tolerance != tolerance or not passage.note(stretch, count):
            passage, count = passage.go_on(count, tolerance), 0
            passage.note(stretch, count)
        return replace(
            self, passage=passage, passed=count + 1, rested=rested, front=front, steady=False, diary=diary
        )

    @property
    def volume(self) -> Volume:
        """The fields of the dermis."""
        return self.passage.arrive(self.passed).volume

    @property
    def cover(self) -> Cover:
        """The fields of the epidermis."""
        return self.passage.arrive(self.passed).cover

    @property
    def steps(self) -> PerDraw:
        """Length of the next step of each draw, h."""
        return self.passage.arrive(self.passed).steps

    @property
    def couplings(self) -> Couplings:
        """What holds the voxels of the healing cells together."""
        return self.passage.couplings

    def profile(self, name: str) -> Float[Array, "draw z"]:
        """A field's mean over the rings at each depth."""
        return self._means[0][:, _AT[name]]

    def mean(self, name: str) -> PerDraw:
        """Mean of a field over the observed dermis, or of `epidermis`, its thickness, or of `alignment` of fibres."""
        if self.steady:  # what was left alone is as it was, to the last digit
            return self.start_of(name)
        if name == "alignment":
            return np.hypot(self.mean("along"), self.mean("across"))
        if self.passed:
            return self.passage.see(self.passed, name)
        if name == "epidermis":
            return self.grid.mean_over_area(self.cover[:, STRATA] * self.cover[:, EPIDERMIS])
        return (self.profile(name) * self.observed).sum(axis=1)

    def collagen_gained(self, scar_counts: PerDraw | float = 0.0) -> PerDraw:
        """Collagen against the start, young skin's 1; what lies as in a scar counts by `scar_counts`."""
        now, start = (sum(of(f) for f in ("collagen_i", "collagen_iii")) for of in (self.mean, self.start_of))
        return now - start - (1 - scar_counts) * self.mean("scarred")

    def layers_over_gap(self) -> PerDraw:
        """How complete the epidermis stands over the middle of a hole, 0 to 1."""
        return self.passage.see(self.passed, LAYERS_OVER_GAP) if self.passed else self.cover[:, STRATA, 0, 0]

    def start_of(self, name: str) -> PerDraw:
        """What `mean` gave before anything was done."""
        dermis, epidermis = self.start
        if name == "epidermis":
            return epidermis[:, EPIDERMIS]
        if name == "alignment":
            return np.hypot(dermis[:, ALONG], dermis[:, ACROSS])
        return dermis[:, _AT[name]]

    @cached_property
    def observed(self) -> Float[Array, "draw z"]:
        """Weight of each slab in what biopsies look at."""
        return _weigh_depth(self.grid, self.skin, self.draws)

    @property
    def closes_in(self) -> PerDraw:
        """Hours until the epidermis is closed over the last gap under the conditions that hold, (draw,); 0 if it is."""
        return self.front.left / self.rates[:, _PACE]

    @property
    def signal_decay(self) -> PerDraw:
        """Rate at which the inflammatory signal decays, 1/h."""
        return self.rates[:, RATES.index("signal_decay")]

    @cached_property
    def _means(self) -> DepthMeans:
        return self.grid.mean_over_area(self.volume), self.grid.mean_over_area(self.cover)


def fields_at_rest(dermis: Float[Array, "draw field"], grid: Grid) -> Float[Array, "draw field z"]:
    """Healthy fields at each depth: the epidermis has none of the dermis' cells and matrix."""
    depth = np.repeat(dermis[:, :, None], grid.shape[0], axis=2)
    depth[:, FIBROBLASTS : ELASTIN_NEW + 1] *= grid.in_dermis
    return depth


def _begin_passage(
    volume: Volume, cover: Cover, rates: Float[Array, "draw rate"], grid: Grid, skin: Skin, draws: Draws
) -> Passage:
    """The passage that begins with a state which nothing has gone through yet."""
    couplings = Couplings.of(grid, diffusion_of(draws), layer_factors_of(draws))
    weights = Weights(_weigh_depth(grid, skin, draws), grid.x_share)
    return Passage(volume, cover, np.full(draws.n, FIRST_STEP), rates, couplings, weights, TOLERANCE)


def _weigh_depth(grid: Grid, skin: Skin, draws: Draws) -> Float[Array, "draw z"]:
    """Weight of each slab in what biopsies look at."""
    top = skin.surface_to_dermis
    deep = np.minimum(draws.value("tissue.wound.observed_depth"), skin.dermis)
    return grid.depth_share(top, top + deep)


def _repeat_over_rings(
    depth: Float[Array, "draw field z"], cover: Float[Array, "draw cover"], grid: Grid
) -> tuple[Volume, Cover]:
    """Volume and cover that are the same in every ring."""
    rings = grid.shape[2]
    volume = np.repeat(depth[:, :, :, None, None], rings, axis=4)
    return volume, np.repeat(cover[:, :, None, None], rings, axis=3)


def _open_cover(
    cover: Cover,
    shares: list[tuple[Columns, Array]],
    wound: Wound,
    grid: Grid,
    front: Front,
    skin: Skin,
) -> None:
    """Put a wound on the epidermis, in place: hours of closing that each ring has, and layers that are gone."""
    middle = (grid.x_edges[:, 1:] + grid.x_edges[:, :-1]) / 2
    radius = wound.width[:, None] / 2
    if wound.columns:
        # Covered when the front has come from the rim; the innermost ring lies in every hole.
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
