"""Text of a file in a line: it cannot end the line, steer a terminal or fill the screen."""

from __future__ import annotations

import pytest

from hudnal import TreatmentError
from hudnal.evidence.fault import CaseFault
from hudnal.intake.load import load_text
from hudnal.language import LANGUAGES, HudnalError, say, show_text

NASTY = "a\x1b[31mb\nc\r\x00\x07\x85\u2028\u202e\ud800"


def test_characters_that_steer_are_written_out():
    assert show_text(NASTY) == r"a\x1b[31mb\nc\r\x00\x07\x85\u2028\u202e\ud800"
    assert show_text("å 10\u202f000 µm 中文 עברית é👩‍⚕️") == "å 10\u202f000 µm 中文 עברית é👩‍⚕️"


def test_what_is_long_is_cut():
    assert show_text("k" * 61, 60) == "k" * 59 + "…"
    assert show_text("k" * 60, 60) == "k" * 60
    assert len(show_text(10**5000, 60)) == 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_one_line(language):
    assert say("cli.written", language, path=NASTY).isprintable()
    assert say("faults.yaml", language, problem=ValueError(NASTY)).isprintable()
    for error in (
        HudnalError("missing", name=NASTY),
        CaseFault("in_case", case=[NASTY], problem=CaseFault("heads")),
    ):
        (line,) = error.lines(language)
        assert line.isprintable()


@pytest.mark.parametrize(
    "text",
    ['"%s": 1', "site: cheek\n'%s': {a: [1]}", "site: '%s'", "site: [{'%s': 1}]", "session: [{'%s': 1}]"],
)
@pytest.mark.parametrize("name", [r"\e[31m\n\0\N", "k" * 3000, "ab\n\n\n  cd"])
def test_names_of_a_file_stay_within_their_line(text, name):
    with pytest.raises(TreatmentError) as caught:
        load_text(text.replace("'", '"') % name, "a\nfile.yaml")
    for language in LANGUAGES:
        for line in caught.value.lines(language):
            assert line.isprintable() and line.startswith(r"a\nfile.yaml: ")
            assert "k" * 61 not in line
