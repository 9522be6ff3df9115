from __future__ import annotations

import pytest

from hudnal.parameters.bibliography import bibliography, bibtex_of, reference_of, references_of


def test_a_fact_leads_to_its_paper():
    assert reference_of("puncture:hole_kalluri_770") is reference_of("transport:C03")
    assert "Kalluri" in reference_of("healing:T13").text
    assert "10.1208/s12248-011-9288-3" in reference_of("healing:T13").text


def test_every_fact_stands_once():
    facts = [fact for r in bibliography().values() for fact in r.facts]
    assert len(facts) == len(set(facts))
    assert len(facts) > 600


def test_every_entry_says_what_it_is():
    for reference in bibliography().values():
        fields = reference.fields
        assert fields.get("title") or fields.get("howpublished") or fields.get("journal"), reference.key


def test_unknown_source_is_an_error():
    with pytest.raises(KeyError, match="no source"):
        reference_of("puncture:never_published")


def test_each_reference_once():
    assert len(references_of(["puncture:hole_kalluri_770", "transport:C03", "healing:T13"])) == 1


def test_bibtex_has_no_facts():
    text = bibtex_of(reference_of("healing:T13").key)
    assert text.startswith("@article{")
    assert "facts" not in text
