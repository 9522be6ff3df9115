"""Try the oldest versions of everything that pyproject.toml allows, or the newest: `python try_versions.py lowest`.

In an environment of its own beside the usual one: what is quick of the tests, and the preset classic with 8 draws.
Without a network it fails, and says so.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
# What the tests below need beside the program itself.
TESTERS = ["pytest", "hypothesis", "beartype", "import-linter", "jsonschema"]
ROOMS = [
    "treatment",
    "intake",
    "language",
    "instrument",
    "parameters",
    "cli/test_console.py",
    "test_compiled.py",
]


def list_lowest(project: Path = ROOT / "pyproject.toml") -> list[str]:
    """Every direct dependency at exactly the version from which it is allowed."""
    needed = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    return [one.split(",")[0].replace(">=", "==") for one in needed]


def try_versions(which: str) -> None:
    """Install and try; ends with what is wrong where something is. `which` is lowest or newest."""
    folder = ROOT / f".venv-{which}"
    venv.create(folder, clear=True, with_pip=True)
    python = str(folder / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    wanted = list_lowest() if which == "lowest" else []
    say(f"Installing the {which} versions ...")
    run(python, "-m", "pip", "install", "--quiet", "--quiet", *wanted, "-e", ".", *TESTERS)
    # A warning of an old library about itself, or of a new one, is no fault of ours.
    tests = [f"tests/{room}" for room in ROOMS]
    run(
        python,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-o",
        "filterwarnings=default",
        "--disable-warnings",
        *tests,
    )
    with tempfile.TemporaryDirectory() as out:
        run(python, "-m", "hudnal", "run", "classic", "--draws", "8", "-o", out, "--quiet")
        if not (Path(out) / "summary.json").stat().st_size:
            sys.exit("classic left no summary")
    say(f"The {which} versions pass.")


def run(*words: str) -> None:
    """Run a command in the project's folder; end with its code where it fails."""
    done = subprocess.run(words, cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(f"failed ({done.returncode}): {' '.join(words)[:300]}")


def say(line: str) -> None:
    """Tell how far it has come, before what the commands print."""
    print(line, flush=True)


if __name__ == "__main__":
    if sys.argv[1:] not in (["lowest"], ["newest"]):
        sys.exit(__doc__)
    try_versions(sys.argv[1])
