"""A small share of the search for files that `--cases` cannot take."""

from __future__ import annotations

from case_files import find_problem, make_file
from sampling import WHOLE


def test_every_file_of_cases_is_read_or_told_in_a_line(tmp_path):
    problems = {
        seed: find_problem(make_file(seed)[1], tmp_path / "a.yaml") for seed in range(3000 if WHOLE else 60)
    }
    assert {seed: problem for seed, problem in problems.items() if problem} == {}


def test_the_search_sees_what_is_wrong(tmp_path):
    def fail(path):
        raise TypeError(path)

    assert "TypeError" in find_problem(b"", tmp_path / "a", fail)
    assert find_problem(b"studies: {a: {}}\ncases: [{id: a}]", tmp_path / "a") == ""
