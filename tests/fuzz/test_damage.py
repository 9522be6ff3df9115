"""A small share of the search for what a damaged unfinished run becomes."""

from __future__ import annotations

import random

import pytest
from damage import Case, list_damages, try_damage
from findings import Findings
from sampling import sample


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return Case(tmp_path_factory.mktemp("damage"))


def test_a_damaged_run_is_told_or_gone_on_with_to_the_same_bits(case):
    findings, chance = Findings(), random.Random(2)
    ends = {try_damage(case, findings, chance, *damage) for damage in sample(list_damages(case), 30)}
    assert findings.faults == []
    assert {"damaged_content", "damaged_missing"} <= ends


def test_undamaged_it_is_gone_on_with(case):
    assert case.judge(lambda place: None) == ("gone on", "")
