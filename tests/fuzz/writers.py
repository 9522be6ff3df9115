"""Every crash point of every writer: `crash_points.py` in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from findings import Findings

NAME = "writers"
POINTS = Path(__file__).with_name("crash_points.py")
_ALL_POINTS = 1200.0  # s that it takes to try every one of them, at most


def search(seed: int, seconds: float) -> Findings:
    """Try every crash point if there is time for them, else every so many."""
    findings = Findings()
    add_crash_points(findings, max(round(_ALL_POINTS / seconds), 1))
    return findings


def add_crash_points(findings: Findings, share: int) -> None:
    """Try every `share`-th crash point."""
    done = subprocess.run(
        [sys.executable, str(POINTS), str(share)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        findings.faults.append(f"crash_points.py ends with {done.returncode}: {done.stderr[-300:]}")
        return
    told = json.loads(done.stdout)
    for kind, number in told["tried"].items():
        findings.tried[kind] += number
    findings.faults += told["faults"]
