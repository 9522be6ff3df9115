from __future__ import annotations

import re
import subprocess
import sys

import pytest

from hudnal.cli.looking import cite
from hudnal.parameters.bibliography import (
    bibliography,
    bibtex_of,
    read_references,
    reference_of,
    references_of,
)


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


def test_references_are_sorted_by_their_keys():
    facts = ["healing:T13", "transport:C03", "healing:P09", "healing:T05"]
    keys = [r.key for r in references_of(facts)]
    assert keys == ["acute_effects", "adler2020", "kalluri2011"]  # two of the facts stand in one of them
    assert all(reference.key == key for key, reference in bibliography().items())


def test_bibtex_has_no_facts():
    text = bibtex_of(reference_of("healing:T13").key)
    assert text.startswith("@article{")
    assert "facts" not in text


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (
            "adler2020",
            "Adler, M. et al. (2020). Principles of cell circuits for tissue repair and fibrosis. iScience.",
        ),
        (
            "acute_effects",
            "Acute effects of fractional laser on photo-aged skin. Dermatol Surg. "
            "https://pubmed.ncbi.nlm.nih.gov/22093071/.",
        ),
        (
            "acne_org",
            "Skin needling side effects. acne.org. "
            "https://www.acne.org/treatment/skin-needling-microneedling/side-effects.",
        ),
    ],
)
def test_a_reference_in_one_line(key, text):
    assert bibliography()[key].text == text


def test_three_authors_are_named_and_more_are_others():
    entries = "".join(
        f"@article{{a{n}, author = {{{' and '.join(f'P{i}, Q.' for i in range(n))}}}, year = {{1999}}}}\n"
        for n in (3, 4)
    )
    three, four = (r.text for r in read_references(entries).values())
    assert three == "P0, Q., P1, Q., P2, Q. (1999)."
    assert four == "P0, Q., P1, Q., P2, Q. et al. (1999)."


def test_a_doi_goes_before_an_address():
    (one,) = read_references("@article{a, title = {T.}, doi = {10.1/x}, url = {http://y}}").values()
    assert one.text == "T. doi:10.1/x."


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("title = {On skin.}, year = {1999}, journal = {J}", "On skin (1999). J."),
        ("title = {On skin}, howpublished = {a page}", "On skin. a page."),
        ("year = {1999}, journal = {J}", "J (1999)."),
        ("author = {P, Q.}, title = {On skin}", "P, Q. On skin."),
        ("author = {P, Q. and others}, year = {1999}", "P, Q. et al. (1999)."),
    ],
)
def test_what_is_not_known_of_a_source_is_left_out(entry, text):
    """Without authors it is cited by its title; nobody's name and no year is made up."""
    (one,) = read_references(f"@article{{a, {entry}}}").values()
    assert one.text == text


def test_nobody_is_an_author_who_was_not_read():
    for key, reference in bibliography().items():
        author = reference.fields.get("author", "")
        assert not re.search("not shown|not given|unknown|anonym|n\\.s\\.", author, re.IGNORECASE), key


# Sites that copy what others publish: abstracts, papers, laws, manuals, labels.
_COPIES = re.compile(
    r"researcher\.life|scilit|acemap|litmetric|scite\.ai|qxmd|scribd|docksci|coek\.info|vdocument|studylib"
    r"|1library|9lib|moam\.info|fdokumen|metajournal|concepedia|tressless|zendy|popline|mendeley|globalauthorid"
    r"|paperexplained|research-nexus|omicsonline|searchworks|ichgcp|wilddata|laibokeji|47\.251\.13\.51|ruqli"
    r"|only\.wip\.la|brum\.beds|rsc\.66557|chiachoob|okayd|elaws|innolitics|manualslib|easymanua|pill2trip"
    r"|drugs-library|mimsdev|oddb|lagen\.nu|revivetrainings|fliphtml5"
)


def test_what_was_read_in_a_copy_is_marked_so():
    """An address at such a site is allowed only with the mark; slides that their author put there are no copies."""
    own = {"agrawal", "souza"}
    for key, reference in bibliography().items():
        address = reference.fields.get("url", "")
        if key not in own and "doi" not in reference.fields and _COPIES.search(address):
            assert reference.second_hand, key


def test_second_hand_names_a_place_and_reaches_bibtex():
    marked = [key for key, reference in bibliography().items() if reference.second_hand]
    assert len(marked) > 100
    for key in marked:
        (again,) = read_references(bibtex_of(key)).values()
        place = bibliography()[key].second_hand
        assert again.fields["note"].endswith(f"second-hand: read at {place}, not at its publisher"), key
        assert again.second_hand == ""  # the field is ours
    assert "second-hand" not in bibtex_of("kalluri2011")


@pytest.mark.parametrize(
    ("lang", "told"), [("en", "Second-hand: read at scilit.com"), ("sv", "Andrahandsuppgift: läst hos")]
)
def test_cite_says_what_was_read_second_hand(lang, told, monkeypatch, capsys):
    monkeypatch.setattr("hudnal.run.cite.find_sources", lambda source: ["agache1980", "kalluri2011"])
    cite("a run", lang=lang)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("agache1980: Agache, P. G.") and told in first
    assert second == f"kalluri2011: {bibliography()['kalluri2011'].text}"


def test_fields_are_read_as_bibtex_means_them():
    entry = '@Article{a,\n  Title = {On {HeLa}\n    cells},\n  year = 2020,\n  note = "quoted",\n  facts = {x:1, x:2 ,}\n}\n'
    (one,) = read_references("% a comment\n" + entry).values()
    assert one.key == "a" and one.kind == "article"
    assert one.fields == {"title": "On {HeLa} cells", "year": "2020", "note": "quoted", "facts": "x:1, x:2 ,"}
    assert one.facts == ("x:1", "x:2")


def test_no_field_of_ours_has_swallowed_the_next():
    """A comma that is missing joins two fields, and no parser minds."""
    for reference in bibliography().values():
        for name, value in reference.fields.items():
            assert "= {" not in value and not value.startswith("{"), (reference.key, name)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("@misc{a, title = {x}}\n@misc{a, title = {y}}", "line 2: Duplicate entry key 'a'"),
        ("@misc{a, title = {x}, title = {y}}", "line 1: Duplicate field"),
        ("\n@misc{a, title = {x,}\n@misc{b, title = {y}}", "line 2: Unexpected block start"),
    ],
)
def test_what_is_wrong_with_an_entry_is_told_with_its_line(text, told):
    with pytest.raises(ValueError, match=told):
        read_references(text)


def test_bibtex_of_an_entry_reads_back_as_the_same():
    key = reference_of("healing:T13").key
    (again,) = read_references(bibtex_of(key)).values()
    one = bibliography()[key]
    assert again.text == one.text
    assert again.fields == {name: value for name, value in one.fields.items() if name != "facts"}


def test_who_cites_nothing_does_not_load_the_parser():
    code = "import sys, hudnal.parameters, hudnal.course.simulate; sys.exit('bibtexparser' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_line_shows_a_sign_of_bibtex():
    told = {key: one.text for key, one in bibliography().items()}
    assert {key: text for key, text in told.items() if set(text) & set("\\{}")} == {}
    (one,) = read_references("@misc{a, title = {Acid 70\\% \\& more}}").values()
    assert one.text == "Acid 70% & more."
