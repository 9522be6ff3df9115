"""What a tissue went through, as stretches of time of one draw: for a run on a larger grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hudnal.arrays import PerDraw
from hudnal.tissue.healing import ONE_SESSION, Diary, WoundMade
from hudnal.tissue.wound import Wound

_SAME = 1e-9  # h


@dataclass(frozen=True)
class Stretch:
    """First the `wounds`, then `hours` under the same conditions, then a snapshot if it has a number."""

    start: float  # h since the first entry of the diary
    hours: float
    retinoid: float
    pace: float
    wounds: tuple[Wound, ...] = ()  # of one draw
    snapshot: int | None = None


@dataclass
class _Session:
    """The wounds of a session, made at `start` h, and what followed: hours, vitamin A at work, pace of the front."""

    start: float
    wounds: dict[str, Wound] = field(default_factory=dict)
    followed: list[tuple[float, PerDraw, PerDraw]] = field(default_factory=list)


def session_times(diary: Diary) -> list[float]:
    """When each session's wounds count as made, h: with the last of them."""
    return [float(session.start) for session in _split_by_session(diary) if session.wounds]


def total_hours(diary: Diary) -> float:
    """Hours that the diary covers."""
    return float(sum(entry.hours for entry in diary if not isinstance(entry, WoundMade)))


def split_into_stretches(diary: Diary, draw: int, times: Sequence[float]) -> list[Stretch]:
    """The stretches of one `draw`, with snapshots at these `times` h in order, but for those beyond the diary."""
    stretches: list[Stretch] = []
    pending = [(t, i) for i, t in enumerate(times)]
    for session in _split_by_session(diary):
        now = session.start
        wounds = tuple(wound.select_draw(draw) for wound in session.wounds.values())
        if wounds:
            stretches.append(Stretch(now, 0.0, 0.0, 1.0, wounds))
        for hours, retinoid, pace in _merge_alike(session.followed, draw):
            end = now + hours
            while pending and pending[0][0] < end - _SAME:
                at, snapshot = pending.pop(0)
                stretches.append(Stretch(now, max(at - now, 0.0), retinoid, pace, snapshot=snapshot))
                now = max(at, now)
            stretches.append(Stretch(now, end - now, retinoid, pace))
            now = end
    if pending and stretches and pending[0][0] <= stretches[-1].start + stretches[-1].hours + _SAME:
        stretches[-1] = replace(stretches[-1], snapshot=pending[0][1])
    return stretches


def _merge_alike(
    followed: list[tuple[float, PerDraw, PerDraw]], draw: int
) -> list[tuple[float, float, float]]:
    """Hours and conditions of one draw; neighbours under the same conditions are one."""
    merged: list[tuple[float, float, float]] = []
    for hours, retinoid, pace in followed:
        now = float(retinoid[draw]), float(pace[draw])
        if merged and merged[-1][1:] == now:
            merged[-1] = (merged[-1][0] + hours, *now)
        else:
            merged.append((hours, *now))
    return merged


def _split_by_session(diary: Diary) -> list[_Session]:
    """The sessions in order; the first entry is the time before any wound."""
    sessions = [_Session(0.0)]
    time, rested = 0.0, np.inf
    for entry in diary:
        if isinstance(entry, WoundMade):
            wounds: dict[str, Wound] = {}
            if rested <= ONE_SESSION:
                # The session's wounds count as made with its last: what passed meanwhile belongs to what was before.
                same = sessions.pop()
                wounds = same.wounds
                sessions[-1].followed.extend(same.followed)
            sessions.append(_Session(time, {**wounds, entry.name: entry.wound}))
            rested = 0.0
        else:
            sessions[-1].followed.append((entry.hours, entry.retinoid, entry.pace))
            time += entry.hours
            rested += entry.hours
    return sessions
