"""Learn the emulators that the package ships, and write their errors into `emulators.md` (`make emulators`).

python docs/emulators.py [PRESET ...] [--workers N]    those that are not current; an hour or more for each
python docs/emulators.py --page                        the page alone

What was run is kept in `out/emulators` and gone on with: shards until all of a preset are done, then the table of its
runs. A table is used again as long as it is of the same preset, box, parameters and belief; what else in the program
moves numbers is for whoever changes it to know: then remove `out/emulators`.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from hudnal.cli.terminal import progress_bar
from hudnal.language import Words
from hudnal.report.sheets.emulator import list_main, show_share
from hudnal.report.words.headlines import BY_WEIGHT
from hudnal.study.emulator.emulator import Emulator
from hudnal.study.emulator.file import load_emulator, write_emulator
from hudnal.study.emulator.learn import learn_emulator
from hudnal.study.emulator.shipped import find_file, is_current, list_boxes, list_shipped, make_order
from hudnal.study.emulator.table import RunTable, read_table, run_table, write_table
from hudnal.study.executors import choose_executor
from hudnal.study.shards import Sharded
from hudnal.threads import count_cores

DOCS = Path(__file__).parent
KEPT = DOCS.parent / "out" / "emulators"
PAGE = DOCS / "emulators.md"
FIRST = 5  # numbers of the report that are its first
_TABLE = re.compile(r"(<!-- errors -->\n).*(<!-- end -->)", re.DOTALL)


def main(words: list[str] | None = None) -> int:
    """Learn what is asked for, or what is not current."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("presets", nargs="*", metavar="PRESET")
    parser.add_argument("--workers", type=int, default=count_cores())
    parser.add_argument("--page", action="store_true")
    asked = parser.parse_args(words)
    for preset in () if asked.page else asked.presets or list_boxes():
        path = find_file(preset)
        if path.is_file() and is_current(preset, load_emulator(path)) and not asked.presets:
            continue
        table = make_table(preset, asked.workers)
        path.parent.mkdir(parents=True, exist_ok=True)
        with progress_bar(False, preset, "en") as progress:
            emulator = learn_emulator(table, progress)
        write_emulator(path, emulator)
        print(f"{path}: {path.stat().st_size / 1e3:.0f} kB", flush=True)
    PAGE.write_text(make_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


def make_table(preset: str, workers: int) -> RunTable:
    """The runs of a preset over its box: those that are kept, where they are of the same, else new ones."""
    order, path = make_order(preset), KEPT / f"{preset}.nc"
    kept = read_table(path)
    if kept is not None and kept.order == order and order.make_digest(kept.used) == kept.digest:
        return kept
    sharded = Sharded(choose_executor(workers), KEPT / "shards", workers, announce=tell_hours)
    with progress_bar(False, preset, "en") as progress:
        table = run_table(order, progress, sharded)
    write_table(path, table)
    return table


def tell_hours(hours: float) -> None:
    """Say what the runs will take."""
    print(f"at most {hours:.1f} h", flush=True)


def make_page(text: str) -> str:
    """The page with the errors of all emulators that the package ships."""
    shipped = {preset: load_emulator(find_file(preset)) for preset in list_shipped()}
    heads = ["preset", "runs", *(f"number {n}" for n in range(1, FIRST + 1)), "worst of all", "kB"]
    rows = [heads, ["---"] * len(heads), *(describe_errors(*one) for one in shipped.items())]
    lines = "".join(f"| {' | '.join(row)} |\n" for row in rows) if shipped else "None is shipped yet.\n"
    return _TABLE.sub(lambda found: f"{found[1]}{lines}{found[2]}", text)


def describe_errors(preset: str, emulator: Emulator) -> list[str]:
    """A row of the table: the middle error of the first numbers' medians, and the largest of any quantity."""
    words = Words("en")
    first = [name for name in list_main(emulator) if name in BY_WEIGHT][:FIRST]
    cells = []
    for name in first:
        middle = max(error.middle for error in emulator.quantities[name].errors)
        cells.append(f"{words(f'quantities.{name}.name')} {show_share(middle, words)}")
    worst = max(
        (max(error.ninetieth for error in learnt.errors), name)
        for name, learnt in emulator.quantities.items()
        if learnt.errors
    )
    size = f"{find_file(preset).stat().st_size / 1e3:.0f}"
    return [
        preset, str(emulator.origin.settings), *cells, f"`{worst[1]}` {show_share(worst[0], words)}", size
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
