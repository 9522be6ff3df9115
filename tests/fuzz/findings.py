"""What a search found: how much it tried, and each fault in a line that says how to see it again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Findings:
    """`tried` counts by kind; `faults` are lines."""

    tried: dict[str, int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
