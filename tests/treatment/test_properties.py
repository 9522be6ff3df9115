"""No YAML makes a traceback."""

from __future__ import annotations

import yaml
from faulty import GOOD
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hudnal.intake.load import load
from hudnal.treatment import TreatmentError, TreatmentFile
from hudnal.treatment.read import read_data, read_text

WORDS = st.sampled_from(
    ["title", "person", "site", "area", "concern", "setting", "instrument", "session", "aftercare", "course", "roll", "numb",
     "repeat", "steps", "rounds", "with", "for", "force", "cheek", "emla", "dermaroller-mf8", "5 N", "60 min", "taut", "kind", "roller",
     "compounds", "products", "actives", "lidocaine", "2 %", "vehicle", "molar_mass", "log_kow", "300 g/mol", "value", "spread", 2.0]
)  # fmt: skip
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), WORDS)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=20,
)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def faults_or_treatment(text: str) -> None:
    try:
        read_text(text, "x.yaml")
    except TreatmentError as error:
        for language in ("en", "sv"):
            assert error.lines(language)


@given(st.text(max_size=200))
@QUICK
def test_any_text(text):
    faults_or_treatment(text)


@given(TREES)
@QUICK
def test_any_tree_of_our_words(tree):
    faults_or_treatment(yaml.safe_dump(tree, allow_unicode=True))


@given(st.dictionaries(WORDS, TREES, max_size=8))
@QUICK
def test_any_plain_data(data):
    try:
        read_data(data, "treatment", TreatmentFile)
    except TreatmentError as error:
        assert error.lines()


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 30), st.text(max_size=6))
@QUICK
def test_a_good_file_with_a_bite_taken_out(start, length, filler):
    faults_or_treatment(GOOD[:start] + filler + GOOD[start + length :])


@given(
    st.dictionaries(
        st.sampled_from(["site", "setting", "instrument", "session", "area", "compounds", "products"]),
        TREES,
        max_size=4,
    )
)
@QUICK
def test_a_good_mapping_with_an_entry_replaced(changes):
    try:
        load({**yaml.safe_load(GOOD), **changes})
    except TreatmentError as error:
        assert error.lines("sv")
