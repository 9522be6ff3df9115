"""What a search has tried and what it has found: the shape that every search of this folder gives back."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Findings:
    """What was `tried`, counted by kind; the `faults` found, one line each that says how to see it again; `worst`,
    the largest of each figure that is watched."""

    tried: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    worst: dict[str, float] = field(default_factory=dict)

    def watch(self, figure: str, value: float) -> None:
        """Keep the largest value of a figure."""
        self.worst[figure] = max(value, self.worst.get(figure, value))

    def add(self, other: Findings) -> None:
        """Take over what another search has tried and found."""
        self.tried += other.tried
        self.faults += other.faults
        for figure, value in other.worst.items():
            self.watch(figure, value)

    def as_text(self) -> str:
        """All of it as one line of JSON."""
        return json.dumps({"tried": self.tried, "faults": self.faults, "worst": self.worst})

    @staticmethod
    def from_text(text: str) -> Findings:
        """What such a line holds."""
        told = json.loads(text)
        return Findings(Counter(told["tried"]), told["faults"], told["worst"])


def seeds_until(seed: int, seconds: float) -> Iterator[int]:
    """Seeds from `seed` on, one at least, until so many seconds are over."""
    end = time.monotonic() + seconds
    while True:
        yield seed
        seed += 1
        if time.monotonic() > end:
            return
