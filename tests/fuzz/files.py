"""Treatment files that somebody got wrong, or meant to: whatever stands in one, it loads or every fault is a line."""

from __future__ import annotations

import copy
import json
import time
import traceback
from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import Any
from unicodedata import category

import yaml
from findings import Findings, seeds_until
from treatments import make_treatment

from hudnal.intake.load import load, load_text
from hudnal.treatment import TreatmentError, list_presets, read_preset
from hudnal.treatment.fault import MOST_LINES

NAME = "files"
_AT_ONCE = 200  # files between two looks at the clock
_LONGEST_LINE = 2000  # characters
_SCALARS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 3, 10**30, -(10**400), 1e308, 5e-324, float("nan"), float("inf"), "", " ", "ja", "nej",
    "0 mm", "-1 mm", "1 mm", "1e999 mm", "1e-999 h", "1,5 mm", "1,500 mm", "5 %", "3 dB2", "2 degC", "1 mm mm mm",
    "1/0 h", "7 parsec", "8 week", "1 h 30 min", "٣ mm", "5 ℃", "½ mm", "a\x00b", "\x1b[31m", "\u2028", "\ud800", "x" * 5000,
    "<script>", "{{7*7}}", "%s", "../../x", "!!python/object:os.system", [], {}, [[]], [None], {"": ""}, {"a": {"b": {}}},
)  # fmt: skip
_LETTERS = "\x00\t\n\r\x0b\x1b\x7f\x85\u2028\ufeff\ud800aZ09 :-{}[],&*!|>'\"%@`#?~<éµ漢"
_BOMBS = (
    lambda n: "a: &a [x]\n" + "".join(f"b{i}: &b{i} [{'*a,' * 9}]\n" for i in range(n % 40)),
    lambda n: "[" * (n % 3000),
    lambda n: "{a: " * (n % 3000) + "}" * (n % 3000),
    lambda n: "session: &s [*s]",
    lambda n: "- " * (n % 2000),
    lambda n: "? " * (n % 500) + "x",
    lambda n: "".join(f"k{i}: {i}\n" for i in range(n % 3000)),
    lambda n: "a: 1\n" * (n % 3000),
    lambda n: "session: [" + "wash, " * (n % 3000) + "]",
    lambda n: "title: " + "x" * (n % 100_000),
    lambda n: "<<: *x\n" * (n % 50),
)
_NEST: Callable[[int], Any] = lambda n: _wrap_rounds({"spread": {"what": "caffeine-3"}}, n % 60)  # noqa: E731


def _wrap_rounds(step: Any, depth: int) -> Any:
    for _ in range(depth):
        step = {"repeat": {"rounds": 30, "steps": [step]}}
    return {"session": [step]}


@cache
def _list_bases() -> tuple[Any, ...]:
    return tuple(yaml.safe_load(read_preset(name)) for name in list_presets())


def make_data(random: Random) -> Any:
    """Plain data of a treatment, or nearly: a whole one, changed at some places."""
    if random.random() < 0.02:
        return _NEST(random.randrange(10**6))
    data = copy.deepcopy(random.choice(_list_bases())) if random.random() < 0.3 else make_treatment(random)
    for _ in range(random.choice((0, 1, 1, 1, 2, 3, 8))):
        data = _change_somewhere(random, data)
    return data


def _change_somewhere(random: Random, data: Any) -> Any:
    """The data with one place of it changed."""
    node: Any = data
    while True:
        children = (
            list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
        )
        if not children:
            return data
        key = random.choice(children)
        if random.random() < 0.4 or not isinstance(node[key], (dict, list)) or not node[key]:
            break
        node = node[key]
    change = random.randrange(6)
    if change == 0:
        del node[key]
    elif change == 1 and isinstance(node, dict):
        node[random.choice(("x", "force", "with", "name", "", "a\nb", "\x1b[2J", "k" * 3000, 7, None))] = (
            node.pop(key)
        )
    elif change == 2 and isinstance(node, list):
        node.insert(random.randrange(len(node) + 1), copy.deepcopy(random.choice(node)))
    elif change == 3:
        node[key] = copy.deepcopy(random.choice(list(node.values()) if isinstance(node, dict) else node))
    elif change == 4 and isinstance(node[key], str):
        node[key] = _change_text(random, node[key])
    else:
        node[key] = copy.deepcopy(random.choice(_SCALARS))
    return data


def _change_text(random: Random, text: str) -> str:
    """The text with some letters gone, doubled or put in."""
    for _ in range(random.choice((1, 1, 2, 5))):
        at, length = random.randrange(len(text) + 1), random.choice((0, 1, 1, 3, 20))
        put = random.choice(("", random.choice(_LETTERS), text[at : at + length] * 2))
        text = text[:at] + put + text[at + length :]
    return text


def make_text(random: Random) -> str:
    """The text of a treatment file, or nearly."""
    kind = random.random()
    if kind < 0.05:
        return random.choice(_BOMBS)(random.randrange(10**6))
    if kind < 0.15:
        return _change_text(random, read_preset(random.choice(list_presets())))
    data = make_data(random)
    session = data.get("session") if isinstance(data, dict) else None
    if isinstance(session, list):
        data["session"] = session[-3:]
    text = json.dumps(data, default=str) if random.random() < 0.5 else str(data)
    return _change_text(random, text) if random.random() < 0.5 else text


def check_data(data: Any) -> str | None:
    """What is wrong with how plain data load; None for nothing."""
    if not isinstance(data, Mapping):
        return None
    return _check(lambda: load(data))


def check_text(text: str) -> str | None:
    """What is wrong with how a text loads; None for nothing."""
    return _check(lambda: load_text(text, "file.yaml"))


def _check(read: Callable[[], Any]) -> str | None:
    try:
        read()
    except TreatmentError as error:
        return next(filter(None, (_check_lines(error.lines(language)) for language in ("en", "sv"))), None)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {error} ({place.filename}:{place.lineno})"
    return None


def _check_lines(lines: list[str]) -> str | None:
    """What is wrong with the lines that tell faults: they are few, and each is one that a terminal can show."""
    if not 1 <= len(lines) <= MOST_LINES + 1:
        return f"{len(lines)} lines"
    for line in lines:
        if len(line) > _LONGEST_LINE:
            return f"a line of {len(line)} characters"
        if any(category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in line):
            return f"a control character in {line!r}"
    return None


def search(seed: int, seconds: float) -> Findings:
    """Load files for so many seconds."""
    findings = Findings()
    for part in seeds_until(seed, seconds):
        for i in range(_AT_ONCE):
            name, random = f"{part}/{i}", Random(f"{part}/{i}")
            is_text = random.random() < 0.3
            made = make_text(random) if is_text else make_data(random)
            began = time.process_time()
            wrong = check_text(made) if is_text else check_data(made)
            findings.watch("seconds to load a file", time.process_time() - began)
            findings.tried["texts" if is_text else "plain data"] += 1
            if wrong:
                findings.faults.append(f"files {name}: {wrong}")
    return findings
