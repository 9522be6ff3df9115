"""Search: files for `hudnal evidence --cases`, mutated. Each is read, or told in a line; none takes long or memory."""

from __future__ import annotations

import copy
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from findings import Findings, seeds_until

from hudnal.evidence.case import Case
from hudnal.evidence.case_file import read_cases
from hudnal.evidence.fault import CaseFault
from hudnal.language import LANGUAGES

NAME = "case_files"
_LONGEST_LINE = 4000  # characters: a path, a case and five faults of a treatment
_STUDIES = {
    "face": {
        "site": "cheek", "area": "50 cm2", "concern": "ageing", "setting": "clinic", "instrument": "dermaroller-mf8",
        "session": [{"roll": {"strokes": 8, "force": "5 N"}}], "course": {"follow_up": "1 week"}, "raters": "open",
        "person": {"age": "40 year"}, "people": [{"share": 0.5, "age": "30 year"}, {"share": 0.5}],
    },
    "arm": {
        "site": "volar-forearm", "area": "1 cm2", "session": ["wash", {"spread": {"what": "caffeine-3"}}],
        "course": {"follow_up": "1 day"},
    },
}  # fmt: skip
_CASES = [
    {
        "id": "a", "title": "Pain", "fact": "my trial", "role": "check", "study": "face", "scale": "share 10",
        "observe": {"quantity": "pain"}, "measured": {"value": 4, "unit": "1", "n": 20, "sd": 1.5, "low": 3, "high": 5},
    },
    {
        "id": "b", "title": "Redness", "fact": "facts", "role": "fit", "study": "face", "cause": "none",
        "observe": {"series": "redness", "at": "1 day", "against": "start", "times": 2, "plus": 0},
        "measured": {"value": 10, "unit": "%", "se": 2, "spread": "sd"}, "with": {"area": "20 cm2"}, "alike": "red",
    },
    {
        "id": "c", "title": "Share", "fact": "facts", "role": "check", "study": "arm", "how": "ratio",
        "observe": {"share": "caffeine", "of": "blood", "at": "1 day"}, "measured": {"value": 1, "unit": "1"},
        "than": {"session": ["wash", {"spread": {"what": "caffeine-3"}}]},
    },
    {
        "id": "d", "title": "Marks", "fact": "facts", "role": "check", "study": "face",
        "observe": {"until": "redness", "below": 0.1}, "measured": {"count": 3, "n": 9, "unit": "h"},
    },
]  # fmt: skip
_SCALARS: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 0.5, 1e300, -1e300, 10**30, 10**400, float("nan"), float("inf"), "", " ", "x", "-", "~",
    "a\nb", "a\x1b[31mb", "\u202ex", "\ud800", "中文", "x" * 70, "x" * 3000, "2024-01-01", "12:30:00", "0x1f", "1_000", "1e9",
    "5 N", "1 day", "start", "5 dB2", "share 0", "share nan", "share 10 10", "log", "change", "%s", "{0}", "{file}", "{",
    "<script>", "| x |", "$x$", "../..", "redness", "applied.caffeine", "pain", "caffeine", "blood", "face", "fit",
)  # fmt: skip
_CONTAINERS: tuple[Any, ...] = (
    [],
    {},
    [1],
    [[]],
    {"a": 1},
    {1: 2, "a": 3},
    [None] * 60,
    {"share": 1},
    [{"share": 1}],
)
_TEXTS = (
    "[" * 300, "{a: " * 300, "&a [*a]", "!!python/object/apply:os.system [x]", "? [1]\n: 2", "<<: 3", "- - -", "\t", "\x00",
    "%YAML 9.9\n---\n", "---\n---\n", "'", '"', "!x y,", "*nobody", "2024-01-01", ".nan", "-.inf", "0o17", "190:20:30",
    "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c]\n",
)  # fmt: skip


def _walk(node: Any, path: tuple = ()) -> list[tuple]:
    """Places of everything under `node`."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [place for key, child in children for place in ((*path, key), *_walk(child, (*path, key)))]


def _change_tree(content: Any, rng: random.Random) -> str:
    """Some entries replaced, removed, renamed, moved or doubled."""
    kind = "none"
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        places = _walk(content)
        if not places:
            break
        *way, last = rng.choice(places)
        holder = content
        for key in way:
            holder = holder[key]
        kind = rng.choice(("scalar", "scalar", "container", "gone", "renamed", "moved", "doubled"))
        if kind == "scalar":
            holder[last] = rng.choice(_SCALARS)
        elif kind == "container":
            holder[last] = copy.deepcopy(rng.choice(_CONTAINERS))
        elif kind == "gone":
            del holder[last]
        elif kind == "renamed" and isinstance(holder, dict):
            holder[rng.choice(_SCALARS)] = holder.pop(last)
        elif kind == "moved":
            *_, other = rng.choice(places)
            if isinstance(holder, dict):
                holder[other] = copy.deepcopy(holder[last])
        elif isinstance(holder, list):
            holder.extend(copy.deepcopy(holder) * rng.choice((1, 40)))
    return f"tree, {kind}"


def _change_text(text: str, rng: random.Random) -> str:
    """Pieces of text put in, cut out, or put elsewhere."""
    for _ in range(rng.choice((1, 1, 2, 5))):
        at = rng.randrange(len(text) + 1)
        end = min(len(text), at + rng.choice((0, 1, 3, 30)))
        piece = rng.choice((*_TEXTS, rng.choice("[]{}:,-#&*!|>'\"%@`\n \t\u2028å\x85"), text[at:end] * 3, ""))
        text = text[:at] + piece + text[end:]
    return text


def make_file(seed: int) -> tuple[str, bytes]:
    """A kind of mutation, and the file that it made."""
    rng = random.Random(seed)
    content: Any = copy.deepcopy({"studies": _STUDIES, "cases": rng.sample(_CASES, rng.choice((1, 2, 4)))})
    kind = "whole"
    if rng.random() < 0.7:
        kind = _change_tree(content, rng)
    text = yaml.dump(
        content, allow_unicode=True, default_flow_style=rng.choice((None, True, False)), sort_keys=False
    )
    if kind == "whole" or rng.random() < 0.2:
        kind, text = f"{kind}; text", _change_text(text, rng)
    raw = text.encode("utf-8", "surrogatepass")
    if rng.random() < 0.02:
        kind, at = f"{kind}; bytes", rng.randrange(len(raw) + 1)
        raw = raw[:at] + rng.randbytes(3) + raw[at:]
    return kind, raw


def find_problem(raw: bytes, path: Path, read: Callable[[Path], tuple[Case, ...]] = read_cases) -> str:
    """What goes wrong when the file is read; empty where it is read, or told in lines of each language."""
    path.write_bytes(raw)
    try:
        cases = read(path)
    except CaseFault as fault:
        for language in LANGUAGES:
            lines = fault.lines(language)
            if not lines or any(not line.isprintable() or len(line) > _LONGEST_LINE for line in lines):
                return f"told in another form than lines: {lines!r:.300}"
        return ""
    except Exception as error:
        return f"{type(error).__name__}: {error!s:.200}"
    for case in cases:
        if not (
            case.title.isprintable() and case.low <= case.value <= case.high and case.scale.holds(case.value)
        ):
            return f"a case that is not whole was taken: {case!r:.300}"
    return ""


def search(seed: int, seconds: float) -> Findings:
    """Read mutated files until the time is over."""
    findings = Findings()
    with tempfile.TemporaryDirectory() as folder:
        for one in seeds_until(seed, seconds):
            kind, raw = make_file(one)
            findings.tried[kind] += 1
            problem = find_problem(raw, Path(folder) / "cases.yaml")
            if problem:
                findings.faults.append(f"case_files.make_file({one}): {problem}")
    return findings
