"""`make fuzz`: every search of this folder for hours, on every core; its figures stand in docs/reliability.md.

python tests/fuzz/long.py --minutes 120

What a piece of the search found is kept in out/fuzz: a search that was stopped goes on when it is asked for again with the
same minutes and seed, and is forgotten when the program has changed.
"""

from __future__ import annotations

import argparse
import datetime
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from hashlib import blake2b
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "shapes")]

from findings import Findings  # noqa: E402
from rich.progress import track  # noqa: E402

import hudnal  # noqa: E402
from hudnal.threads import count_cores  # noqa: E402
from hudnal.version import __version__  # noqa: E402

PAGE = HERE.parents[1] / "docs" / "reliability.md"
KEPT = HERE.parents[1] / "out" / "fuzz"
BEGIN, END = "<!-- figures of the last long run: make fuzz -->", "<!-- end of the figures -->"
# Share of the time, and the longest that a search goes on by itself, s.
SHARES = {
    "files": (0.44, 600), "runs": (0.26, 600), "pairs": (0.02, 600), "kills": (0.22, 1300), "writers": (0.04, 1300),
    "damage": (0.01, 600), "case_files": (0.01, 600),
}  # fmt: skip
_SPARE = 900  # s that a search may take beyond what it was given, before it counts as hanging
_MOST_TOLD = 40


def list_pieces(minutes: float, cores: int, seed: int) -> list[tuple[str, int, float]]:
    """Searches with a seed and seconds each, the longest first, that together take so many minutes on so many cores."""
    pieces = []
    for name, (share, longest) in SHARES.items():
        seconds = minutes * 60 * cores * share
        count = max(round(seconds / longest), 1)
        pieces += [(name, seed + 10**7 * i, seconds / count) for i in range(count)]
    return sorted(pieces, key=lambda piece: -piece[2])


def digest_program() -> str:
    """A digest of all code and data of the program and of its searches."""
    digest = blake2b(digest_size=8)
    for root in (HERE, Path(hudnal.__file__).parent):
        for path in sorted(root.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return digest.hexdigest()


def run_or_recall_piece(name: str, seed: int, seconds: float, kept: Path) -> Findings:
    """What a piece of the search finds, or has found: then it stands in a file of the folder `kept`."""
    file = kept / f"{name}-{seed}-{seconds:.0f}.json"
    if file.is_file():
        return Findings.from_text(file.read_text(encoding="utf-8"))
    findings = run_piece(name, seed, seconds)
    if not findings.tried:  # stopped, or it died: that is found again or not
        return findings
    kept.mkdir(parents=True, exist_ok=True)
    written = file.with_suffix(".part")
    written.write_text(findings.as_text(), encoding="utf-8")
    written.replace(file)
    return findings


def run_piece(name: str, seed: int, seconds: float) -> Findings:
    """One search in a process of its own: one that dies or hangs is a fault."""
    command = [sys.executable, str(__file__), "--one", name, "--seed", str(seed), "--seconds", str(seconds)]
    here = f"{name} from seed {seed}"
    environment = {**os.environ, "HUDNAL_THREADS": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds + _SPARE, check=False, env=environment
        )
    except subprocess.TimeoutExpired:
        return Findings(faults=[f"{here}: does not end"])
    if done.returncode:
        return Findings(faults=[f"{here}: ends with {done.returncode}: {done.stderr[-500:]}"])
    return Findings.from_text(done.stdout.splitlines()[-1])


def write_figures(found: dict[str, Findings], minutes: float, cores: int) -> None:
    """Put the figures into the page, between its marks."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    figures = "\n".join(tell_figures(found, minutes, cores))
    written = PAGE.with_suffix(".part")
    written.write_text(f"{before}{BEGIN}\n\n{figures}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")
    written.replace(PAGE)


def tell_figures(found: dict[str, Findings], minutes: float, cores: int) -> list[str]:
    """The figures as lines of Markdown."""
    date = datetime.datetime.now(datetime.UTC).date()
    lines = [
        f"Version {__version__}, {date}, Python {sys.version.split()[0]}: {minutes:.0f} minutes on {cores} cores.",
        "",
        "| search | tried | faults |",
        "|---|---|---|",
    ]
    for name, findings in found.items():
        tried = ", ".join(f"{count} {kind}" for kind, count in _gather(findings.tried))
        lines.append(f"| {name} | {sum(findings.tried.values())}: {tried} | {len(findings.faults)} |")
    worst = {figure: value for findings in found.values() for figure, value in findings.worst.items()}
    lines += ["", *(f"- Largest {figure}: {value:.2f}" for figure, value in sorted(worst.items()))]
    faults = [fault for findings in found.values() for fault in findings.faults]
    return [*lines, "", *(f"- `{fault[:300]}`" for fault in faults[:_MOST_TOLD])] if faults else lines


def _gather(tried: Counter[str]) -> list[tuple[str, int]]:
    """Counts by kind, what follows a comma in a kind's name left out."""
    counts: Counter[str] = Counter()
    for kind, count in tried.items():
        counts[kind.split(":")[0].split(",")[0]] += count
    return counts.most_common()


def main(given: Sequence[str] | None = None) -> int:
    """Search; 1 where something was found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=120)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--one", choices=SHARES)
    asked.add_argument("--seconds", type=float, default=60)
    options = asked.parse_args(given)
    if options.one:
        findings = import_module(options.one).search(options.seed, options.seconds)
        print(findings.as_text())
        return 0
    cores = count_cores()
    found = {name: Findings() for name in SHARES}
    pieces = list_pieces(options.minutes, cores, options.seed)
    with ThreadPoolExecutor(cores) as pool:
        kept = KEPT / digest_program()
        waiting = {pool.submit(run_or_recall_piece, *piece, kept): piece[0] for piece in pieces}
        for done in track(as_completed(waiting), "Searching", total=len(pieces)):
            found[waiting[done]].add(done.result())
            write_figures(found, options.minutes, cores)
    faults = [fault for findings in found.values() for fault in findings.faults]
    print("\n".join(tell_figures(found, options.minutes, cores)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
