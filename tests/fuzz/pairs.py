"""Pairs of treatments that must come to the same, or to nearly: other units, other order, written out, more of the same."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
from findings import Findings, seeds_until
from runs import limited
from treatments import make_treatment

from hudnal import Course, load, simulate
from hudnal.course.estimate import TooLong
from hudnal.treatment import TreatmentError

NAME = "pairs"
_DRAWS = 4
_NOTHING = {"wait": {"for": "0 h"}}
_UNITS = {
    "mm": ("um", 1000), "h": ("min", 60), "cm2": ("mm2", 100), "N": ("mN", 1000), "mg/cm2": ("g/m2", 10),
    "week": ("day", 7), "mm/s": ("m/s", Fraction(1, 1000)), "kg": ("g", 1000),
}  # fmt: skip
_QUANTITY = re.compile(r"(-?[0-9.e+-]+) (\S+)")


def write_in_other_units(data: Any, random: Random) -> Any:
    """The same data with its quantities in other units, exactly."""
    if isinstance(data, dict):
        return {key: write_in_other_units(value, random) for key, value in data.items()}
    if isinstance(data, list):
        return [write_in_other_units(value, random) for value in data]
    match = _QUANTITY.fullmatch(data) if isinstance(data, str) else None
    if match is None or match[2] not in _UNITS:
        return data
    unit, times = _UNITS[match[2]]
    exact = Fraction(match[1]) * times
    digits = 40
    text = f"{exact.numerator * 10**digits // exact.denominator}e-{digits}"
    return f"{text} {unit}" if Fraction(text) == exact else data


def shuffle_keys(data: Any, random: Random) -> Any:
    """The same data with the entries of every mapping in another order, but for those that say in which they stand."""
    if isinstance(data, list):
        return [shuffle_keys(value, random) for value in data]
    if not isinstance(data, dict):
        return data
    keys = random.sample(list(data), len(data))
    # The first of the zones is the main one: their order says something.
    return {
        key: {name: shuffle_keys(zone, random) for name, zone in data[key].items()}
        if key == "zones"
        else shuffle_keys(data[key], random)
        for key in keys
    }


def write_rounds_out(data: Any, random: Random) -> Any:
    """The same session without rounds."""
    steps: list[Any] = []
    for step in data["session"]:
        repeat = step.get("repeat", {}) if isinstance(step, dict) else {}
        # Rounds up to an endpoint cannot be written out: how many there are is each person's own.
        steps += copy.deepcopy(repeat["steps"]) * repeat["rounds"] if "rounds" in repeat else [step]
    return {**data, "session": steps}


def add_harmless_steps(data: Any, random: Random) -> Any:
    """The same session with a step in it that does nothing."""
    steps = list(data["session"])
    steps.insert(random.randrange(len(steps) + 1), _NOTHING)
    return {**data, "session": steps}


def add_what_is_not_used(data: Any, random: Random) -> Any:
    """The same treatment with a product that no step names."""
    return {**data, "products": {**data.get("products", {}), "unused": {"actives": {"caffeine": "1 %"}}}}


SAME: dict[str, Callable[[Any, Random], Any]] = {
    "other units": write_in_other_units,
    "other order of entries": shuffle_keys,
    "rounds written out": write_rounds_out,
    "a step that does nothing": add_harmless_steps,
    "a product that is not used": add_what_is_not_used,
}
# Of an area twice as large: what is told of each cm2 of skin. (Instruments get blunter by it, and strokes last longer.)
_OF_SKIN = ("attempted_density",)


def list_differences(one: Course, other: Course) -> list[str]:
    """What two courses that should be the same differ in, bit for bit."""
    wrong = [
        f"{name} differs"
        for name, values in one.quantities.items()
        if not np.array_equal(values, other.quantities[name], equal_nan=True)
    ]
    return wrong if one.quantities.keys() == other.quantities.keys() else ["other quantities"]


def check_pair(random: Random) -> tuple[str, list[str]]:
    """Run one pair: which kind it was, and what is wrong with it."""
    data = make_treatment(random)
    kind = random.choice([*SAME, "twice the area", "another seed"])
    seed = random.randrange(2**31)
    try:
        treatment = load(data)
        one = simulate(treatment, _DRAWS, seed)
        if kind in SAME:
            return kind, list_differences(one, simulate(SAME[kind](data, random), _DRAWS, seed))
        if kind == "twice the area":
            area = min(2 * treatment.area, 20000.0)
            other = simulate({**data, "area": f"{area} cm2"}, _DRAWS, seed)
            return kind, [
                f"{name} differs" for name in _OF_SKIN if not np.allclose(
                    one.quantities.get(name, 0), other.quantities.get(name, 0), rtol=1e-9, equal_nan=True
                )
            ]  # fmt: skip
        return kind, _check_other_seed(treatment, seed)
    except TooLong:
        return "too long", []
    except TreatmentError:
        return "cannot be run", []


def _check_other_seed(treatment: Any, seed: int) -> list[str]:
    """Quantities of which the median of one seed lies outside all draws of another: chance alone hardly does that."""
    few, many = simulate(treatment, 16, seed, keep=()), simulate(treatment, 32, seed + 1, keep=())
    wrong = []
    for name, values in few.quantities.items():
        known, others = values[np.isfinite(values)], many.quantities[name][np.isfinite(many.quantities[name])]
        if known.size == values.size and others.size == 32 and np.ptp(others) > 0:
            middle, reach = np.median(known), np.ptp(others)
            if not others.min() - reach / 4 <= middle <= others.max() + reach / 4:
                wrong.append(f"{name}: median {middle:.4g} against {others.min():.4g} to {others.max():.4g}")
    return wrong


def search(seed: int, seconds: float) -> Findings:
    """Run pairs for so many seconds."""
    findings = Findings()
    with limited():
        for one in seeds_until(seed, seconds):
            kind, wrong = check_pair(Random(f"pair {one}"))
            findings.tried[kind] += 1
            findings.faults += [f"pairs {one}, {kind}: {what}" for what in wrong]
    return findings
