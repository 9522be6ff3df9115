"""Published protocols as treatment files: each loads and runs, and what its source reports stands beside it."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest
from sampling import WHOLE

import hudnal
from hudnal.evidence.entries import choose
from hudnal.evidence.observation import check_observation
from hudnal.language import LANGUAGES
from hudnal.parameters.bibliography import bibliography

DOCS = Path(__file__).parents[2] / "docs"
FOLDER = DOCS / "examples" / "protocols"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "reported")
SOON = ("face-and-neck-two-creams", "roller-until-bleeding")  # zones; an endpoint and several sessions


@cache
def protocols():
    spec = spec_from_file_location("protocols", DOCS / "protocols.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def flow(text: str) -> str:
    """A text without line ends, so that a sentence may run over several lines."""
    return " ".join(text.split())


def test_twelve_protocols_or_more_of_different_sources():
    told = protocols().read_reported()
    assert set(told) == set(NAMES) and len(NAMES) >= 12
    assert len({one["sources"][0] for one in told.values()}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_protocol_is_a_treatment_with_its_source_and_reports_in_its_head(name):
    path = FOLDER / f"{name}.yaml"
    treatment = hudnal.load(str(path))
    assert len({treatment.title_in(language) for language in LANGUAGES}) == len(LANGUAGES)
    head = flow(re.sub(r"^# ?", "", path.read_text(encoding="utf-8").split("title:")[0], flags=re.M))
    assert "Reported:" in head and "Assumed:" in head
    told = protocols().read_reported()[name]
    for key in told["sources"]:
        assert key in head and key in bibliography()
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"]({name}.yaml)" in page
    for report in told["reports"]:
        assert report["says"] in head and f"| {report['says']} |" in page
        for one in report["looks"]:
            check_observation(one["observe"])
            if "zone" in one:
                choose("zone", one["zone"], tuple(treatment.zones))


@pytest.mark.parametrize("name", NAMES if WHOLE else SOON)
def test_a_protocol_runs_and_answers_what_its_source_reports(name):
    course = protocols().simulate_protocol(name, 4)
    for report in protocols().read_reported()[name]["reports"]:
        for one in report["looks"]:
            values = protocols().look(course, one)
            assert values.shape == (4,) and np.isfinite(values).all(), report["says"]
            assert protocols().tell_look(one, values).endswith(")")
