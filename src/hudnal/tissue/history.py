"""What a tissue went through, as one draw's legs of a journey: for a run on a larger grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hudnal.tissue.healing import ONE_SESSION, Diary, Hurt
from hudnal.tissue.wound import Wound

_SAME = 1e-9  # h


@dataclass(frozen=True)
class Leg:
    """First the `wounds`, then `hours` under the same conditions, then a look if `look` is a number."""

    start: float  # h since the first entry of the diary
    hours: float
    retinoid: float
    pace: float
    wounds: tuple[Wound, ...] = ()  # of one draw
    look: int | None = None


def sessions_of(diary: Diary) -> list[float]:
    """When each session's wounds count as made, h: with the last of them."""
    return [float(start) for start, wounds, _ in _episodes(diary) if wounds]


def duration_of(diary: Diary) -> float:
    """Hours that the diary covers."""
    return float(sum(entry.hours for entry in diary if not isinstance(entry, Hurt)))


def journey(diary: Diary, draw: int, looks: Sequence[float]) -> list[Leg]:
    """The legs of one `draw`, with looks at these times (h), in order. Times beyond the diary are left out."""
    legs: list[Leg] = []
    pending = [(t, i) for i, t in enumerate(looks)]
    for start, wounds, stretches in _episodes(diary):
        time = start
        made = tuple(w.of(draw) for w in wounds)
        if made:
            legs.append(Leg(time, 0.0, 0.0, 1.0, made))
        for hours, retinoid, pace in _merged(stretches, draw):
            end = time + hours
            while pending and pending[0][0] < end - _SAME:
                at, look = pending.pop(0)
                legs.append(Leg(time, max(at - time, 0.0), retinoid, pace, look=look))
                time = max(at, time)
            legs.append(Leg(time, end - time, retinoid, pace))
            time = end
    if pending and legs and pending[0][0] <= legs[-1].start + legs[-1].hours + _SAME:
        last = legs.pop()
        legs.append(Leg(last.start, last.hours, last.retinoid, last.pace, last.wounds, pending[0][1]))
    return legs


def _merged(
    stretches: list[tuple[float, np.ndarray, np.ndarray]], draw: int
) -> list[tuple[float, float, float]]:
    """Stretches of one draw; neighbours under the same conditions are one."""
    merged: list[tuple[float, float, float]] = []
    for hours, retinoid, pace in stretches:
        now = float(retinoid[draw]), float(pace[draw])
        if merged and merged[-1][1:] == now:
            merged[-1] = (merged[-1][0] + hours, *now)
        else:
            merged.append((hours, *now))
    return merged


def _episodes(diary: Diary) -> list[tuple[float, list[Wound], list[tuple[float, np.ndarray, np.ndarray]]]]:
    """Start in h, wounds, and what followed, of each session; the first entry is the time before any wound."""
    found: list[tuple[float, dict[str, Wound], list]] = [(0.0, {}, [])]
    time, rested = 0.0, np.inf
    for entry in diary:
        if isinstance(entry, Hurt):
            if rested <= ONE_SESSION:
                # The session's wounds count as made with its last: what passed meanwhile belongs to what was before.
                _, wounds, passed = found.pop()
                found[-1][2].extend(passed)
            else:
                wounds = {}
            found.append((time, {**wounds, entry.name: entry.wound}, []))
            rested = 0.0
        else:
            found[-1][2].append((entry.hours, entry.retinoid, entry.pace))
            time += entry.hours
            rested += entry.hours
    return [(start, list(wounds.values()), passed) for start, wounds, passed in found]
