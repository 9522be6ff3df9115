"""An emulator as JSON that a page can evaluate without a server; `docs/emulators.md` says how."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from hudnal.language import HudnalError
from hudnal.outcome.declared import find_quantity
from hudnal.store.files import make_header, write_whole
from hudnal.study.emulator.basis import Term
from hudnal.study.emulator.box import Axis
from hudnal.study.emulator.emulator import ENDS, Emulator, Error, Learnt, Origin, find_bounds
from hudnal.study.emulator.paths import Paths
from hudnal.study.emulator.scale import Scale

SCHEMA = "hudnal/emulator/1"
_PARTS = ("middle", "ninetieth", "largest")
_DIGITS = 3  # of an error


class NoEmulator(HudnalError, ValueError):
    """A file that is no emulator, or one of another version."""

    head = "cli"


def describe_emulator(emulator: Emulator) -> dict[str, Any]:
    """The emulator as plain data, as `read_emulator` takes it."""
    origin = emulator.origin
    terms = list(
        dict.fromkeys(
            term
            for one in emulator.quantities.values()
            for paths in (one.paths, one.present)
            if paths
            for term in paths.terms
        )
    )
    return {
        **make_header(SCHEMA),
        "made": {
            "version": origin.version, "digest": origin.digest, "settings": origin.settings, "draws": origin.draws,
            "seed": origin.seed, "people": origin.people,
        },
        "treatment": origin.treatment,
        "used": list(origin.used),
        "box": [axis.as_dict() for axis in emulator.box],
        "usual": dict(emulator.usual),
        "luck": np.round(100 * emulator.luck).astype(int).tolist(),
        "terms": [[list(factor) for factor in term] for term in terms],
        "quantities": {
            name: _describe_learnt(name, learnt, terms) for name, learnt in emulator.quantities.items()
        },
    }  # fmt: skip


def _describe_learnt(name: str, learnt: Learnt, terms: Sequence[Term]) -> dict[str, Any]:
    content: dict[str, Any] = {"unit": find_quantity(name).unit}
    if learnt.paths is None:
        return content
    low, high = find_bounds(name)
    content["bounds"] = [low if low > -inf else None, high if high < inf else None]
    content |= _describe_paths(learnt.paths, terms)
    if learnt.present is not None:
        content["present"] = _describe_paths(learnt.present, terms)
    content["errors"] = {
        end: [shorten_error(getattr(error, part)) for part in _PARTS]
        for end, error in zip(ENDS, learnt.errors, strict=False)
    }
    if learnt.missed:
        content["missed"] = shorten_error(learnt.missed)
    return content


def _describe_paths(paths: Paths, terms: Sequence[Term]) -> dict[str, Any]:
    place = {term: number for number, term in enumerate(terms)}
    content: dict[str, Any] = {
        "scale": [paths.scale.kind, paths.scale.size],
        "range": [paths.least, paths.most, None if paths.never == inf else paths.never],
        "noise": paths.noise,
        "terms": [place[term] for term in paths.terms],
        "grain": paths.grain,
        "weights": _count_grains(paths.weights, paths.grain),
        "grains": paths.grains[1:].tolist(),
        "shares": _count_grains(paths.shares[1:], paths.grains[1:, None]),
    }
    return content


def _count_grains(values: Any, grain: Any) -> list[list[int]]:
    return np.round(values / grain).astype(int).tolist()


def shorten_error(value: float) -> float:
    """An error with the digits that files give."""
    return float(f"{value:.{_DIGITS}g}")


def format_emulator(emulator: Emulator) -> str:
    """The text of the emulator's file: a line for each quantity."""
    data = describe_emulator(emulator)
    quantities = data.pop("quantities")
    lines = [f"{json.dumps(key)}: {_write(value)}" for key, value in data.items()]
    rows = [f"{json.dumps(name)}: {_write(content)}" for name, content in quantities.items()]
    return "{\n" + ",\n".join(lines) + ',\n"quantities": {\n' + ",\n".join(rows) + "\n}\n}\n"


def _write(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def write_emulator(path: Path, emulator: Emulator) -> None:
    """Write the emulator's file, whole or not at all. Raises OutputFault."""
    text = format_emulator(emulator)
    write_whole(path, lambda p: p.write_text(text, encoding="utf-8"))


def load_emulator(path: str | Path) -> Emulator:
    """The emulator of a file. Raises NoEmulator."""
    try:
        return read_emulator(json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise NoEmulator("no_emulator", path=path) from error


def read_emulator(data: Mapping[str, Any]) -> Emulator:
    """The emulator of plain data, as `describe_emulator` gives it. Raises NoEmulator."""
    try:
        if data["schema"] != SCHEMA:
            raise ValueError(data["schema"])
        made = data["made"]
        terms = [tuple((int(i), int(k)) for i, k in term) for term in data["terms"]]
        origin = Origin(
            data["treatment"], made["settings"], made["draws"], made["seed"], made["people"],
            tuple(data["used"]), made["digest"], made["version"],
        )  # fmt: skip
        quantities = {
            name: _read_learnt(content, terms, origin.draws) for name, content in data["quantities"].items()
        }
        box = tuple(Axis.of_dict(axis) for axis in data["box"])
        luck = np.array(data["luck"], dtype=float) / 100
        return Emulator(origin, box, dict(data["usual"]), quantities, luck)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise NoEmulator("no_emulator", path="") from error


def _read_learnt(content: Mapping[str, Any], terms: Sequence[Term], draws: int) -> Learnt:
    if "scale" not in content:
        return Learnt(None)
    present = _read_paths(content["present"], terms, draws) if "present" in content else None
    errors = tuple(Error(*content["errors"][end]) for end in ENDS if end in content["errors"])
    return Learnt(_read_paths(content, terms, draws), present, errors, content.get("missed", 0.0))


def _read_paths(content: Mapping[str, Any], terms: Sequence[Term], draws: int) -> Paths:
    least, most, never = content["range"]
    grains = np.array([1.0, *content["grains"]])
    shares = np.array(content["shares"], dtype=float).reshape(-1, draws) * grains[1:, None]
    kind, size = content["scale"]
    return Paths(
        Scale(kind, size),
        tuple(terms[number] for number in content["terms"]),
        np.array(content["weights"], dtype=float) * content["grain"],
        np.concatenate([np.ones((1, draws)), shares]),
        content["noise"],
        least,
        most,
        inf if never is None else never,
        content["grain"],
        grains,
    )
