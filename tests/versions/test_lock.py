"""What is installed: each file with its sum, at the versions that the project is tested with and allows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def read_pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pins = (re.match(r"([\w.-]+)==([^\s;\\]+)", line) for line in lines)
    return {normalise(pin[1]): pin[2] for pin in pins if pin}


def test_the_lock_has_a_sum_for_every_pin_and_the_versions_of_the_constraints():
    """`make lock` writes it anew."""
    pins, constraints = read_pins("lock.txt"), read_pins("constraints.txt")
    assert {name: version for name, version in pins.items() if constraints.get(name) != version} == {}
    entries = re.split(r"\n(?=\w)", (ROOT / "lock.txt").read_text(encoding="utf-8"))
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry and "==" in entry] == []


def test_the_lock_has_what_the_project_and_its_tests_ask_for():
    pins, extras = read_pins("lock.txt"), PROJECT["optional-dependencies"]
    for text in [*PROJECT["dependencies"], *extras["test"], *extras["browser"], *extras["dev"]]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pins[normalise(wanted.name)]), text


def test_every_direct_dependency_has_a_lowest_version():
    """With which `make lowest` tries it."""
    assert [text for text in PROJECT["dependencies"] if not re.search(r">=\d", text)] == []
