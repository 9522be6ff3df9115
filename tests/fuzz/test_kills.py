"""A small share of the search for what a killed process leaves."""

from __future__ import annotations

import random

from findings import Findings
from kills import add_crash_points, kill_blocks, kill_runs
from sampling import WHOLE, whole


def test_every_writer_stopped_at_every_call_that_changes_the_disk():
    findings = Findings()
    add_crash_points(findings, 11 if WHOLE else 97)
    assert findings.faults == []
    assert {kind for kind, number in findings.tried.items() if number} == {
        f"crash points: {way}" for way in ("killed", "full", "interrupted", "forbidden")
    }


@whole
def test_runs_killed_at_any_moment():
    findings = Findings()
    kill_runs(findings, random.Random(1), 4)
    kill_blocks(findings, random.Random(1), 2)
    assert findings.faults == []
