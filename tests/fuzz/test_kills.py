"""A small share of the search for what a killed process leaves."""

from __future__ import annotations

import random

from findings import Findings
from kills import Kills
from sampling import WHOLE, whole
from writers import add_crash_points


def test_every_writer_stopped_at_every_call_that_changes_the_disk():
    findings = Findings()
    add_crash_points(findings, 11 if WHOLE else 97)
    assert findings.faults == []
    assert {kind for kind, number in findings.tried.items() if number} == {
        f"crash points: {way}" for way in ("killed", "full", "interrupted", "forbidden")
    }


@whole
def test_runs_killed_at_any_moment(tmp_path):
    findings = Findings()
    kills = Kills(tmp_path, findings, random.Random(1))
    for _ in range(4):
        kills.kill_run()
    for _ in range(2):
        kills.kill_block()
    assert findings.faults == []
