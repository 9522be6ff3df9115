"""Zones of a sitting: parts of the skin with a place, an area and a concern of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from hudnal.treatment.amount import GivenAmount, WholeAmount

_NEEDLES = ("roll", "pen", "stamp")
Zones = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=60)], ...],
    BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
    Field(min_length=1, max_length=12, examples=[["forehead", "cheek"]]),
]


def blank_steps_elsewhere(
    steps: Iterable[Any], zone: str, areas: Mapping[str, float], inherited: frozenset[str] | None = None
) -> tuple[list[Any], bool]:
    """Steps, as plain data of a file, as one zone sees them, and whether any has to do with it.

    What is done elsewhere is a wait of no time, so that each step keeps its number. An amount of a whole area is shared
    out by the zones' `areas` cm2. `inherited` are the zones of the round around the steps. What readies an instrument
    belongs to the zones of the needles that come next; who is asleep is so everywhere.
    """
    seen: list[Any] = []
    acts = False
    steps = list(steps)
    for i, step in enumerate(steps):
        word, content = _open_step(step)
        zones = _find_zones(steps[i:], inherited) if word == "reuse" else _read_zones(content, inherited)
        if word == "repeat":
            inner, inside = blank_steps_elsewhere(content["steps"], zone, areas, zones)
            rounds = _bound(_without_zones(content), _has_needles(inner))
            seen.append({"repeat": {**rounds, "steps": inner}})
            acts = acts or inside
        elif zones is None or zone in zones or content.get("by") == "general":
            seen.append({word: _share_amount(_without_zones(content), zone, zones, areas)})
            acts = True
        else:
            seen.append({"wait": {"for": "0 h"}})
    return seen, acts


def blank_home_steps_elsewhere(steps: Iterable[Any], zone: str, areas: Mapping[str, float]) -> list[Any]:
    """Steps outside the sessions, as plain data of a file, as one zone sees them: elsewhere is no time in the shade."""
    seen: list[Any] = []
    for step in steps:
        word, content = _open_step(step)
        zones = _read_zones(content, None)
        here = zones is None or zone in zones
        if here:
            seen.append({word: _share_amount(_without_zones(content), zone, zones, areas)})
        else:
            seen.append({"sun": {"for": "0 h", "protected": True}})
    return seen


def _share_amount(
    content: dict[str, Any], zone: str, zones: frozenset[str] | None, areas: Mapping[str, float]
) -> dict[str, Any]:
    """The entries of a step with the zone's share of an amount that is one of the whole area."""
    if content.get("amount") is None:
        return content
    amount = GivenAmount().read(content["amount"])
    if not isinstance(amount, WholeAmount):
        return content
    share = areas[zone] / sum(area for name, area in areas.items() if zones is None or name in zones)
    return {**content, "amount": replace(amount, value=amount.value * share).text}


def _bound(rounds: dict[str, Any], needled: bool) -> dict[str, Any]:
    """What a round says beside its steps; where no needles are in it here, it has no endpoint, but its most rounds."""
    if needled or "until" not in rounds:
        return rounds
    return {"rounds": rounds.get("most", rounds.get("rounds", 1))}


def _open_step(step: Any) -> tuple[str, Mapping[str, Any]]:
    if isinstance(step, str):
        return step, {}
    ((word, content),) = step.items()
    return word, content or {}


def _without_zones(content: Mapping[str, Any]) -> dict[str, Any]:
    return {entry: value for entry, value in content.items() if entry != "on"}


def _read_zones(content: Mapping[str, Any], inherited: frozenset[str] | None) -> frozenset[str] | None:
    """The zones that a step names, or those of the round around it; None for all."""
    named = content.get("on")
    if named is None:
        return inherited
    return frozenset([named] if isinstance(named, str) else named)


def _has_needles(steps: Iterable[Any]) -> bool:
    """Whether any of the steps has needles."""
    opened = map(_open_step, steps)
    return any(
        word in _NEEDLES or (word == "repeat" and _has_needles(content["steps"])) for word, content in opened
    )


def _find_zones(steps: Iterable[Any], inherited: frozenset[str] | None) -> frozenset[str] | None:
    """The zones of the first needles among the steps."""
    for step in steps:
        word, content = _open_step(step)
        if word in _NEEDLES:
            return _read_zones(content, inherited)
        if word == "repeat":
            return _find_zones(content["steps"], _read_zones(content, inherited))
    return inherited
