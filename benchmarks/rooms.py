"""What `hudnal run classic` costs: wall time, memory, the share of each room.

    make bench

Shares come from looking at the running program a few hundred times a second and naming the innermost room that it
is in. Each room's solver is set against a peer on the same equations in `benchmarks/against/`.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

DRAWS = 64
REPEATS = 3
MOST_MB = 1500
MOST_SECONDS = 10


def command(cache: Path, out: Path, preset: str = "classic") -> tuple[float, float]:
    """Seconds and peak MB of the whole command, with compiled code kept in `cache`."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    before = time.perf_counter()
    arguments = [sys.executable, "-m", "hudnal", "run", preset, "-o", str(out), "--quiet"]
    process = subprocess.Popen(arguments, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    if status or not (out / "report.html").is_file():
        sys.exit(f"the command failed with {status}")
    return time.perf_counter() - before, usage.ru_maxrss / 1024


class Watch:
    """Looks at the main thread and adds the time since the last look to the room that it is in."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(threading.main_thread().ident,))

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self, ident: int) -> None:
        last = time.perf_counter()
        while not self._stop.wait(0.002):
            frame = sys._current_frames().get(ident)
            now = time.perf_counter()
            # Compiled code holds the lock: a look that comes late counts for all the time that it waited.
            self.spent[_room(frame)] += now - last
            last = now


def _room(frame) -> str:
    while frame is not None:
        parts = Path(frame.f_code.co_filename).parts
        if "hudnal" in parts:
            inside = parts[len(parts) - 1 - parts[::-1].index("hudnal") + 1 :]
            return inside[0].removesuffix(".py") if inside else "hudnal"
        frame = frame.f_back
    return "elsewhere"


def shares(out: Path) -> dict[str, float]:
    """Share of each room in one warm run."""
    from hudnal.course.simulate import simulate
    from hudnal.report import render_report
    from hudnal.run.outputs import write_outputs

    with Watch() as watch:
        course = simulate("classic", DRAWS)
        write_outputs(course, out, render_report(course), "en")
    total = sum(watch.spent.values())
    return {room: spent / total for room, spent in sorted(watch.spent.items(), key=lambda x: -x[1])}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cache, out = Path(folder) / "cache", Path(folder) / "out"
        first, _ = command(cache, out / "first")
        runs = [command(cache, out / str(i)) for i in range(REPEATS)]
        warm, memory = min(r[0] for r in runs), max(r[1] for r in runs)
        os.environ["NUMBA_CACHE_DIR"] = str(cache)
        found = shares(out / "shares")
    print(f"hudnal run classic, {DRAWS} draws, {os.cpu_count()} cores")
    print(f"  first time on a machine  {first:6.1f} s   (compiles)")
    print(f"  afterwards               {warm:6.1f} s   (at most {MOST_SECONDS} s)")
    print(f"  peak memory              {memory:6.0f} MB  (at most {MOST_MB} MB)")
    print("share of each room, without start-up:")
    for room, share in found.items():
        if share >= 0.005:
            print(f"  {room:12s} {100 * share:5.1f} %")
    print(f"this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
