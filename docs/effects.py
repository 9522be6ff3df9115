"""Measure anew what each parameter moves, one at a time, for the table that the package ships (`make effects`).

Some minutes on two cores for each thousand runs of one draw; what is running is told.
"""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path

from hudnal.cli.terminal import progress_bar
from hudnal.result.rests_on import FILE, write_effects
from hudnal.study.effects import measure_effects
from hudnal.study.executors import choose_executor
from hudnal.study.scenarios import list_all_scenarios
from hudnal.threads import count_cores


def main() -> None:
    """Write the table into the package, or where the first word says."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(str(resources.files("hudnal.result") / FILE))
    with progress_bar(False, "effects", "en") as progress:
        effects = measure_effects(list_all_scenarios(), choose_executor(count_cores()), progress)
    write_effects(effects, path)
    print(f"{len(effects.by_quantity)} quantities: {path}")


if __name__ == "__main__":
    main()
