"""The runs that an emulator learns from: the same draws at every one of many settings, and what each run left."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

import numpy as np

from hudnal.arrays import Array, Bool, Float
from hudnal.course.estimate import require_shards_within_limits
from hudnal.intake.change import change_treatment, find_setting
from hudnal.intake.load import load
from hudnal.intake.treatment import Treatment
from hudnal.parameters import parameters
from hudnal.parameters.posterior import load_shipped_posterior
from hudnal.progress import Progress
from hudnal.result.course import Course
from hudnal.store.portions import Portion, read_portion, write_portion
from hudnal.study.emulator.box import Box, OutsideBox, Point, read_box, spread_settings, write_point
from hudnal.study.executors import Task, here
from hudnal.study.shards import Sharded, simulate_in_shards
from hudnal.version import __version__

_DIGEST_BYTES = 12


@dataclass(frozen=True)
class Order:
    """All that decides an emulator's runs: the treatment as text, its box, how many settings and draws, the seed.

    Without `people` what differs between people stands at its median, as in the mean of a group.
    """

    treatment: str
    box: Box
    settings: int = 224
    draws: int = 64
    seed: int = 1
    people: bool = True

    def make_digest(self, used: Sequence[str]) -> str:
        """A digest of it, and of what decides a run's numbers besides the program: parameters `used`, and the belief.

        Raises KeyError for a parameter that there is no more.
        """
        own = load(json.loads(self.treatment)).shelf.list_parameters()
        known = {name: repr(own.get(name) or parameters()[name]) for name in sorted(used)}
        content = [
            self.treatment, [axis.as_dict() for axis in self.box], self.settings, self.draws, self.seed, self.people,
            known, load_shipped_posterior().digest(),
        ]  # fmt: skip
        return blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=_DIGEST_BYTES).hexdigest()


@dataclass(frozen=True)
class RunTable:
    """Runs of one treatment over a box: the settings (setting, axis), each quantity's values (setting, draw)."""

    order: Order
    usual: Point  # the treatment's own settings, where it has them inside the box
    settings: Float[Array, "setting axis"]
    values: Mapping[str, Float[Array, "setting draw"]]
    used: tuple[str, ...]  # parameters that the runs asked for
    digest: str
    version: str

    def select_settings(self, taken: Bool[Array, " setting"]) -> RunTable:
        """The same table with the settings that are taken."""
        values = {name: of[taken] for name, of in self.values.items()}
        return replace(self, settings=self.settings[taken], values=values)


def list_treatments(order: Order) -> list[Treatment]:
    """The treatment at every setting that is run. Raises TreatmentError for one that cannot be run, BadVariation."""
    base = load(json.loads(order.treatment))
    settings = spread_settings(order.box, order.settings, order.seed)
    return [load(change_treatment(base, write_point(order.box, row))) for row in settings]


def run_table(order: Order, progress: Progress | None = None, sharded: Sharded | None = None) -> RunTable:
    """Run the treatment at every setting with the same draws, in this process or `sharded`, to the same bits.

    Raises TreatmentError for a setting that cannot be run, before anything runs, TooLong, ShardsFailed, OutputFault.
    """
    treatments = list_treatments(order)
    sharded = sharded or Sharded(here())
    require_shards_within_limits(treatments, order.draws, sharded.workers)
    sharded.announce_cost(treatments, order.draws)
    tasks = [Task(one.canonical_text, order.draws, order.seed, people=order.people) for one in treatments]
    courses = simulate_in_shards(tasks, sharded.executor, sharded.folder, progress)
    return make_table(order, courses)


def make_table(order: Order, courses: Sequence[Course]) -> RunTable:
    """The table of courses, one for each setting in their order. NaN where a course does not have a quantity."""
    names = dict.fromkeys(name for course in courses for name in course.quantities)
    nothing = np.full(order.draws, np.nan)
    values = {
        name: np.stack([course.quantities.get(name, nothing) for course in courses]).astype(float)
        for name in names
    }
    settings = spread_settings(order.box, order.settings, order.seed)
    used = tuple(sorted({name for course in courses for name in course.used}))
    return RunTable(order, find_usual(order), settings, values, used, order.make_digest(used), __version__)


def write_table(path: Path, table: RunTable) -> None:
    """Write a table, sealed, so that `read_table` has it again. Raises OutputFault."""
    order = table.order
    told = {
        "treatment": order.treatment, "over": [f"{axis.name}={axis.span}" for axis in order.box], "seed": order.seed,
        "people": order.people, "names": list(table.values), "used": list(table.used), "digest": table.digest,
        "version": table.version,
    }  # fmt: skip
    arrays = {"settings": table.settings, "values": np.stack(list(table.values.values()))}
    write_portion(path, Portion(arrays, told))


def read_table(path: Path) -> RunTable | None:
    """The table in a file; None where there is none, or no whole one."""
    portion = read_portion(path)
    if portion is None:
        return None
    told, values = portion.told, portion.arrays["values"]
    order = Order(
        told["treatment"], read_box(told["over"]), *values.shape[1:], seed=told["seed"], people=told["people"]
    )
    named = dict(zip(told["names"], values, strict=True))
    settings, used = portion.arrays["settings"], tuple(told["used"])
    return RunTable(order, find_usual(order), settings, named, used, told["digest"], told["version"])


def find_usual(order: Order) -> dict[str, str]:
    """What the treatment itself has of the settings of a box, as a file spells it; what lies outside is left out."""
    treatment = load(json.loads(order.treatment))
    found: dict[str, str] = {}
    for axis in order.box:
        value = find_setting(treatment, axis.name)
        if value is None:
            continue
        try:
            found[axis.name] = axis.write(axis.read(value))
        except OutsideBox:
            continue
    return found
