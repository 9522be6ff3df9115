"""Many runs, cut into shards: each some seconds of work, named by all that decides it, kept as soon as it is done.

Whoever has many runs says what a piece of the work is and what does it; `gather_portions` asks the store for what is
there already and an executor for the rest. A shard's name is the digest of what decides its numbers, so what was
killed goes on, what was widened begins with what there is, and two machines may share a folder.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from hudnal.course.advice import advise
from hudnal.course.estimate import estimate_run, require_shards_within_limits, require_within_limits
from hudnal.course.prepare import prepare
from hudnal.course.setting import BATCH
from hudnal.course.simulate import simulate_sample
from hudnal.course.zones import advise_on_zones, prepare_zones
from hudnal.intake.load import load
from hudnal.intake.treatment import Treatment
from hudnal.language import HudnalError
from hudnal.parameters import Draws, Posterior
from hudnal.progress import Progress, part_of
from hudnal.result.course import CONTROL, Course, Parts
from hudnal.store.files import telling_faults, write_json
from hudnal.store.portions import Portion, read_portion, write_portion
from hudnal.study.executors import Executor, Task, here
from hudnal.units import SECONDS_PER_HOUR
from hudnal.version import digest_package

P = TypeVar("P")
Work = Callable[[P], Portion]

_SCHEMA = "hudnal/shards/1"
_SECONDS = 2.0  # of one processor that a shard takes at least
_MOST_BATCHES = 64  # of a shard
_NAME_BYTES = 16


class ShardsFailed(HudnalError):
    """Some shards came to no result; the others did, and are kept."""

    head = "cli"
    exit_code = 1


class WorkerLost(HudnalError):
    """A process that worked for this one has died; what is done is kept where there is a folder for it."""

    head = "cli"
    exit_code = 1


@dataclass(frozen=True)
class Failure:
    """Why a shard came to no result."""

    text: str


def gather_portions(
    work: Work[P],
    pieces: Sequence[P],
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[int, Portion]]:
    """What `work` made of each of the `pieces`, with the piece's number, as they are done; first what was done before.

    With a `folder`, shards are kept there from the moment that they are done, and a list of them all with what failed.
    A shard that fails stops no other. Raises ShardsFailed after all others, OutputFault.
    """
    names = [name_shard(work, piece) for piece in pieces]
    failed: dict[str, str] = {}
    done = 0

    def count(number: int, portion: Portion) -> tuple[int, Portion]:
        nonlocal done
        done += 1
        if progress:
            progress(done / len(pieces))
        return number, portion

    if folder is not None:
        with telling_faults(folder):
            folder.mkdir(parents=True, exist_ok=True)
        _list_shards(folder, names, failed)
    missing = []
    for number, name in enumerate(names):
        kept = None if folder is None else read_portion(_file_of(folder, name))
        if kept is None:
            missing.append(number)
        else:
            yield count(number, kept)
    numbered = [(number, pieces[number]) for number in missing]
    try:
        for (number, _), portion in (executor or here()).map(partial(_try_work, work), numbered):
            if isinstance(portion, Failure):
                failed[names[number]] = portion.text
                continue
            if folder is not None:
                write_portion(_file_of(folder, names[number]), portion)
            yield count(number, portion)
    except BrokenExecutor as error:
        raise WorkerLost("worker_lost") from error
    if failed:
        if folder is not None:
            _list_shards(folder, names, failed)
        first = next(failed[name] for name in names if name in failed)
        raise ShardsFailed("shards_failed", failed=len(failed), n=len(pieces), text=first)


def _try_work(work: Work[P], numbered: tuple[int, P]) -> Portion | Failure:
    try:
        return work(numbered[1])
    except Exception as error:
        if isinstance(error, HudnalError) and not isinstance(error, ArithmeticError):
            raise  # a fault of the order, which the other shards have as well
        place = traceback.extract_tb(error.__traceback__)[-1]
        return Failure(f"{type(error).__name__}: {error} ({Path(place.filename).name}:{place.lineno})")


def _file_of(folder: Path, name: str) -> Path:
    return folder / f"{name}.nc"


def _list_shards(folder: Path, names: Sequence[str], failed: dict[str, str]) -> None:
    """Write the list of shards: what the folder is for, and why some failed."""
    content = {"schema": _SCHEMA, "package": digest_package(), "shards": list(names), "failed": failed}
    write_json(folder / "shards.json", content)


def name_shard(work: Work[P], piece: P) -> str:
    """The digest of all that decides what `work` makes of a piece: the piece, the work's name, the package's files."""
    content = [digest_package(), f"{work.__module__}.{work.__qualname__}", _describe(piece)]
    return blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=_NAME_BYTES).hexdigest()


def _describe(value: Any) -> Any:
    """A value as JSON can hold it, so that two differ where anything that decides numbers does.

    Raises TypeError for what cannot be told apart so.
    """
    if isinstance(value, Posterior):
        return ["belief", value.digest()]
    if is_dataclass(value):
        return {field.name: _describe(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, (tuple, list)):
        return [_describe(one) for one in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"a shard cannot be named by a {type(value).__name__}")


def cut_task(task: Task) -> list[Task]:
    """A task as parts of the same sample, each some seconds of work. The numbers do not depend on the cut."""
    treatment = load(json.loads(task.treatment))
    of_batch = estimate_run(treatment, 2 * BATCH).seconds - estimate_run(treatment, BATCH).seconds
    size = BATCH * int(np.clip(np.ceil(_SECONDS / of_batch), 1, _MOST_BATCHES))
    return [task.select_part(first, min(size, task.draws - first)) for first in range(0, task.draws, size)]


def run_quantities(task: Task) -> Portion:
    """The quantities of a task's part, the thicknesses of the skin's layers, and the control where it is kept."""
    treatment = load(json.loads(task.treatment))
    keep = tuple(part for part in task.keep if part == CONTROL)
    course = simulate_sample(treatment, task.sample, keep=keep)
    tables = {"quantities": course.quantities, "layers": course.layers}
    for name, zone in course.zones.items():
        tables |= {f"quantities in {name}": zone.quantities, f"layers in {name}": zone.layers}
    if CONTROL in course.kept:
        tables[CONTROL] = course.control
    return Portion(
        {of: np.stack(list(values.values())) for of, values in tables.items()},
        {**{of: list(values) for of, values in tables.items()}, "used": sorted(course.used)},
    )


@dataclass(frozen=True)
class Sharded:
    """Where shards are run, and where they are kept."""

    executor: Executor
    folder: Path | None = None
    workers: int = 1  # that share the work out
    announce: Callable[[float], None] | None = (
        None  # told the hours that it will take, at most, before it begins
    )

    def announce_cost(self, treatments: Iterable[Treatment], draws: int, control: bool = False) -> None:
        """Tell what runs of these treatments will take; with `control` each is run without its needles as well."""
        if self.announce is not None:
            seconds = sum(estimate_run(one, draws, control=control).seconds for one in treatments)
            self.announce(seconds / self.workers / SECONDS_PER_HOUR)


def simulate_each(
    treatments: Sequence[Treatment],
    draws: int,
    seed: int,
    progress: Progress | None = None,
    sharded: Sharded | None = None,
    control: bool = False,
) -> list[Course]:
    """Light courses of treatments with the same draws: one after the other on all cores, or `sharded`.

    With `control` each keeps the quantities of the same course without needles. Both ways give the same bits. Raises
    TooLong where all together would cost too much, ShardsFailed, OutputFault.
    """
    keep = ("quantities", CONTROL) if control else ("quantities",)
    if sharded is not None:
        require_shards_within_limits(treatments, draws, sharded.workers, control)
        sharded.announce_cost(treatments, draws, control)
        tasks = [Task(one.canonical_text, draws, seed, keep=keep) for one in treatments]
        return simulate_in_shards(tasks, sharded.executor, sharded.folder, progress)
    require_within_limits(treatments, draws, control=control)
    return [
        simulate_sample(one, Draws(draws, seed), part_of(progress, i, len(treatments)), keep=keep)
        for i, one in enumerate(treatments)
    ]


def simulate_in_shards(
    tasks: Sequence[Task],
    executor: Executor | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> list[Course]:
    """Light courses of tasks, in their order; memory grows by what is kept: the quantities.

    Where, and by how many, they are run does not change a bit. Raises ShardsFailed, OutputFault.
    """
    shards = [(number, part) for number, task in enumerate(tasks) for part in cut_task(task)]
    parts: dict[int, dict[int, Portion]] = {number: {} for number in range(len(tasks))}
    for at, portion in gather_portions(
        run_quantities, [part for _, part in shards], executor, folder, progress
    ):
        number, part = shards[at]
        parts[number][part.first] = portion
    return [
        _make_course(task, [portion for _, portion in sorted(parts[number].items())])
        for number, task in enumerate(tasks)
    ]


def _make_course(task: Task, portions: Sequence[Portion]) -> Course:
    """The light course of a task's portions, in their order."""
    treatment: Treatment = load(json.loads(task.treatment))
    sample = Draws(task.draws, task.seed, task.belief, task.people).including(
        treatment.shelf.list_parameters()
    )
    batch = next(sample.split_batches(BATCH))
    tables = {
        of: dict(
            zip(portions[0].told[of], np.concatenate([p.arrays[of] for p in portions], axis=1), strict=True)
        )
        for of in portions[0].arrays
    }
    sample.used.update(*(portion.told["used"] for portion in portions))
    quantities, parts = tables["quantities"], Parts(control=tables.get(CONTROL))
    if not treatment.zones:
        setting = prepare(treatment, batch)
        warnings = advise(setting, quantities)
        return Course.of_quantities(
            treatment, sample, setting.frame, quantities, tables["layers"], warnings, parts
        )
    settings = prepare_zones(treatment, batch)
    of_zones = {name: tables[f"quantities in {name}"] for name in settings}
    zones = {
        name: Course.of_quantities(
            one.treatment, sample, one.frame, of_zones[name], tables[f"layers in {name}"], [], Parts()
        )
        for name, one in settings.items()
    }
    frame = next(iter(settings.values())).frame
    warnings = advise_on_zones(settings, of_zones, quantities)
    whole = Course.of_quantities(treatment, sample, frame, quantities, tables["layers"], warnings, parts)
    return replace(whole, zones=zones)
