"""The engine for a skin block on an accelerator: what `BlockEngine` is, by JAX.

Fields are arrays of their own (z, y, x) there, so that one kernel can read all of them and write all of them. JAX is an
extra: it is loaded when the first `AcceleratedEngine` is made.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hudnal.arrays import Array, Float
from hudnal.language import HudnalError
from hudnal.tissue.biology import Rates
from hudnal.tissue.couplings import Couplings
from hudnal.tissue.step_control import FIRST_STEP, LONGEST_STEP, TOLERANCE


class NoAccelerator(HudnalError, RuntimeError):
    """JAX or the device that was asked for is not there."""

    head = "cli"


class AcceleratedEngine:
    """A skin block's state and its stepping on a device: "cpu", "gpu", or None for the best one there.

    `volume` and `cover` are copied to the device and, when read, back. Raises NoAccelerator.
    """

    def __init__(
        self,
        volume: Float[Array, "field z y x"],
        cover: Float[Array, "cover y x"],
        rates: Float[Array, " rate"],
        couplings: Couplings,
        tolerance: float = TOLERANCE,
        longest: float = LONGEST_STEP,
        device: str | None = None,
    ) -> None:
        self._jax = _load_jax()
        self._device = _find_device(self._jax, device)
        from hudnal.tissue.accelerated_step import DeviceCouplings, try_step

        self._try_step = try_step
        self._dtype = volume.dtype
        self.tolerance, self.longest = tolerance, longest
        self.step = FIRST_STEP
        self.steps = self.rejected = 0
        self.volume, self.cover = volume, cover
        self._couplings = self._copy_there(DeviceCouplings.of(couplings, self._dtype))
        self._top = couplings.uppermost
        self.rates = rates

    @property
    def volume(self) -> Float[Array, "field z y x"]:
        """The state of the dermis as it is now, a copy of it."""
        return np.stack([np.asarray(field) for field in self._u])

    @volume.setter
    def volume(self, volume: Float[Array, "field z y x"]) -> None:
        self._u = self._copy_there(tuple(volume.astype(self._dtype, copy=False)))

    @property
    def cover(self) -> Float[Array, "cover y x"]:
        """The state of the epidermis as it is now, a copy of it."""
        return np.stack([np.asarray(field) for field in self._s])

    @cover.setter
    def cover(self, cover: Float[Array, "cover y x"]) -> None:
        self._s = self._copy_there(tuple(cover.astype(self._dtype, copy=False)))

    @property
    def rates(self) -> Rates:
        """The constants of the biology by name."""
        return self._rates

    @rates.setter
    def rates(self, row: Float[Array, " rate"]) -> None:
        self._rates = Rates(*(self._dtype.type(value) for value in row))
        self._row = self._copy_there(np.asarray(row, self._dtype))

    def advance(self, hours: float) -> float:
        """Take one step towards `hours` from now, which ends there at the latest; h that passed, 0 if it failed."""
        given = (np.float64(value) for value in (hours, self.step, self.tolerance, self.longest))
        with self._jax.enable_x64(True):
            self._u, self._s, passed, step = self._try_step(
                self._u, self._s, *given, self._row, self._couplings, top=self._top
            )
        passed, self.step = float(passed), float(step)
        if passed > 0:
            self.steps += 1
        else:
            self.rejected += 1
        return passed

    def _copy_there(self, arrays: Any) -> Any:
        """Copies on the device: what is given to a step may be written over."""
        with self._jax.enable_x64(True):
            return self._jax.tree.map(
                lambda a: self._jax.numpy.array(a, device=self._device, copy=True), arrays
            )


def _load_jax() -> Any:
    try:
        import jax
    except ImportError as error:
        raise NoAccelerator("no_jax") from error
    return jax


def _find_device(jax: Any, name: str | None) -> Any:
    try:
        return jax.devices(name)[0]
    except RuntimeError as error:
        raise NoAccelerator("no_device", device=name or "jax") from error


def has_gpu() -> bool:
    """Whether JAX is here and sees a GPU."""
    try:
        import jax

        return len(jax.devices("gpu")) > 0
    except (ImportError, RuntimeError):
        return False
