"""How far a long piece of work has come, told to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float], None]  # called with the share done, 0 to 1


def part_of(progress: Progress | None, index: int, count: int) -> Progress | None:
    """The progress of part `index` (from 0) of `count` equal parts; None where nobody waits."""
    if progress is None:
        return None
    return lambda share: progress((index + share) / count)
