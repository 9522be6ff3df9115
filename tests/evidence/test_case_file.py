"""Cases: enough of them from every room, fit and check apart; a set of one's own is read or what is wrong is told."""

from __future__ import annotations

import json
import pickle
from collections import Counter

import pytest
from made_up import MINE, samples

from hudnal.evidence.case import facts_in_parameters
from hudnal.evidence.case_file import load_cases, read_cases
from hudnal.evidence.fault import CaseFault
from hudnal.evidence.forecast import Forecast, choose_cases
from hudnal.intake.load import load
from hudnal.language import LANGUAGES
from hudnal.parameters import reference_of
from hudnal.parameters.bibliography import bibliography
from hudnal.report.sheets.evidence import render_evidence
from hudnal.report.words.intervals import format_measured

CASES = load_cases()
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_at_least_sixty_figures_from_every_room():
    assert len(CASES) >= 60
    assert len({c.source for c in CASES}) >= 40
    assert len({c.kind for c in CASES}) >= 12


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.id)
def test_a_case_is_whole(case):
    for trial in case.trials:
        for _, treatment in trial.parts:
            load(json.loads(treatment))  # it can be run
    assert case.source in bibliography()
    assert case.low <= case.value <= case.high
    assert case.unit and case.title and case.spread
    assert case.n is None or case.n > 0
    assert case.count is None or 0 <= case.count <= case.n


def test_a_source_is_never_both():
    """Nothing of a source that checks goes into the fit, nor into a prior."""
    roles = Counter(c.role for c in CASES)
    assert roles["check"] >= 30 and roles["fit"] >= 30
    checks = {c.source for c in CASES if c.role == "check"}
    assert checks & {c.source for c in CASES if c.role == "fit"} == set()
    assert checks & {reference_of(f).key for f in facts_in_parameters()} == set()


@pytest.mark.parametrize(
    ("told", "ends", "shown"),
    [
        ("", (3, 3), "3.00"),
        (", low: 2, high: 4", (2, 4), "3.00 (2.00 – 4.00)"),
        (", high: 3.5", (None, 3.5), "≤ 3.50"),
        (", low: 3", (3, None), "≥ 3.00"),
    ],
)
def test_only_the_ends_that_a_source_tells(tmp_path, told, ends, shown):
    file = tmp_path / "mine.yaml"
    file.write_text(MINE.replace("value: 4", f"value: 3{told}"), encoding="utf-8")
    (case,) = read_cases(file)
    assert case.ends == ends and case.is_range == bool(told)
    assert format_measured(case.value, case.ends, "en") == shown
    assert format_measured(case.value, case.ends, "sv") == shown.replace(".", ",")
    # On the told side of a bound a forecast is inside however far out, and no factor is made of it.
    far = Forecast(case, samples(1e7, 2e7, 3e7))
    assert far.inside == (ends[1] is None)
    assert (far.factor is None) == (None in ends)


def test_cases_of_ones_own_need_no_source_in_the_bibliography(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(MINE.replace("id: a", "id: 7"), encoding="utf-8")
    (case,) = read_cases(file)
    assert case.source == "my trial" and case.id == "7"
    result = Forecast(case, samples(1.0, 2.0, 3.0))
    assert "my trial" in render_evidence([result], [result])


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        ("studies:", "patients:", "'studies:'"),
        ("cases:", "cases: 3\nfigures:", "'cases:' is a list"),
        ("study: mine", "study: yours", "no study 'yours'"),
        ("role: check", "role: test", "no role 'test'; there are fit, check"),
        ("role: check", "role: check, kind: odd", "no kind 'odd'"),
        ("role: check", "role: check, scale: odd", "no scale 'odd'"),
        ("title: Pain, ", "", "'title' is missing"),
        ("quantity: pain", "quantity: joy", "no course has 'quantity: joy'"),
        ("quantity: pain", "series: joy, at: 1 h", "no course has 'series: joy'"),
        ("quantity: pain", "area: redness", "'area: redness' needs 'until' beside it"),
        ("quantity: pain", "word: pain", "nothing to observe"),
        ("{quantity: pain}", "pain", "'observe:' has entries of its own"),
        ("quantity: pain", "quantity: redness_days", "tells it in 'day', the case in '1'"),
        ("value: 4", "value: four", "four"),
        ("value: 4", "value: 4, low: 5", "outside its range"),
        ("value: 4", "count: 4, n: 3", "a count of 4"),
        ("dermaroller-mf8", "broom", "case a: instrument: .*broom"),
        ("role: check", "role: check, how: sum", "case a: 'how: sum' .* difference, ratio"),
        (
            "{site: cheek",
            "{raters: nobody, site: cheek",
            "no raters 'nobody'; there are blinded, open, patient",
        ),
        (
            "{site: cheek",
            "{zone: neck, site: cheek",
            "'zone: neck' names a part of a treatment with 'zones:'",
        ),
        (
            "{site: cheek, area: 50 cm2",
            "{zone: neck, zones: {cheek: {area: 50 cm2}}",
            "no zone 'neck' .* cheek",
        ),
        ("study: mine", "study: mine, than: {zone: neck}", "case a: 'zone: neck' names a part"),
        ("{site: cheek", "{people: [{share: 0.5}], site: cheek", "add up to 1, not 0.5"),
        ("{site: cheek", "{people: [half], site: cheek", "'people:' is a list"),
        ("value: 4", "value: 4, se: much", "'se: much' is no number"),
        ("value: 4", "value: 4, sd: 1, n: some", "'n: some' is no whole number"),
        ("cases:", "cases: [", "line 5: this is not YAML"),
        ("title: Pain", "with: 3, title: Pain", "'with:' has entries of its own"),
        ("title: Pain", "than: [3], title: Pain", "'than:' has entries of its own"),
        ("role: check", "role: check, scale: [1]", r"no scale '\[1\]'"),
        ("role: check", "role: check, scale: share 0", "no scale 'share 0'"),
        ("role: check", "role: check, scale: share 3", "4 is no value on the scale 'share'"),
        ("role: check", "role: [check]", "no role"),
        ("study: mine", "study: [mine]", "no study"),
        ("title: Pain, ", "title: , ", "'title: None' is no text"),
        ("title: Pain, ", "title: '', ", "'title: ' is no text that can be shown"),
        ("title: Pain, ", 'title: "a\\e[31m", ', r"'title: a\\x1b\[31m' is no text that can be shown"),
        ("title: Pain, ", f"title: {'t' * 1001}, ", "at most 1000"),
        ("fact: my trial", "fact: [1]", r"'fact: \[1\]' is no text"),
        ("fact: my trial", "fact: yes", "'fact: True' is no text"),
        ("id: a", "id: [1]", r"case \[1\]: 'id: \[1\]' is no text"),
        ("id: a, ", "", r"case \[0\]: 'id' is missing"),
        ("{site: cheek", "{area: 2024-01-01, site: cheek", "'area' stands twice"),
        ("area: 50 cm2", "area: 2024-01-01", "area: .*is not a unit that is known"),
        ("{site: cheek", "{1: 2, a: 3, site: cheek", "'1' is not known here"),
        ("{site: cheek", "{person: [3], people: [{share: 1}], site: cheek", "'person:' has entries"),
        ("{site: cheek", "{people: 3, site: cheek", "'people:' is a list"),
        ("{site: cheek", "{people: [{share: .5}, {share: .nan}], site: cheek", "nan' is no number"),
        ("{site: cheek", "{people: [{share: 2}, {share: -1}], site: cheek", "'share: -1' must be above 0"),
        ("{site: cheek", f"{{people: [{'{share: .01}, ' * 100}], site: cheek", "at most 50 parts"),
        ("value: 4", "value: .nan", "nan' is no number"),
        ("value: 4", "value: 4, high: .inf", "inf' is no number"),
        ("value: 4", "value: 1e400", "1e400' is no number"),
        ("value: 4", "value: " + "9" * 300, "'value: 1000.*…' is no number"),
        ("value: 4", "value: " + "9" * 5000, "is no number"),
        ("value: 4", "value: yes", "'value: True' is no number"),
        ("value: 4", "value: -4", "-4 is no value on the scale 'share'"),
        ("value: 4", "value: 4, se: -1", "'se: -1' must be above 0"),
        ("value: 4", "value: 4, n: 0", "'n: 0' is no whole number, 1 or more"),
        ("value: 4", "value: 4, n: true", "'n: True' is no whole number"),
        ("value: 4", "count: -1, n: 3", "'count: -1' is no whole number, 0 or more"),
        ("value: 4", "value: 4, hihg: 5", "'hihg' is not known here; there are value, "),
        ("role: check", "role: check, colour: red", "'colour' is not known here"),
        ("quantity: pain", "quantity: pain, whn: 1 h", "'whn' is not known here"),
        ("quantity: pain", "quantity: [pain]", "no course has"),
        ("quantity: pain", "quantity: pain, times: much", "'times: much' is no number"),
        (
            '{quantity: pain}, measured: {value: 4, unit: "1"}',
            '{series: redness, at: soon}, measured: {value: 4, unit: "1"}',
            "a time cannot be read",
        ),
        (
            '{quantity: pain}, measured: {value: 4, unit: "1"}',
            '{series: redness, at: 3}, measured: {value: 4, unit: "1"}',
            "a time cannot be read",
        ),
        (
            '{quantity: pain}, measured: {value: 4, unit: "1"}',
            "{share: caffeine, of: pocket, at: 1 h}, measured: {value: 4, unit: '%'}",
            "no place where a compound",
        ),
        ("studies:", "studies: {a: 3}\nother:", "'studies:' has a treatment under each name"),
        ("cases:", "cases: []\nother:", "'cases:' is a list"),
        ("  - {id: a", "  - {? {} : 1, id: a", "an entry's name must be a word"),
        ("cases:", "more: " + "[" * 500 + "\ncases:", "nested too deeply"),
        ("cases:", "more: !!python/object:os.system x\ncases:", "has no meaning here"),
        ("cases:", BOMB + "cases:", "refer to each other too often"),
        ("cases:", f"more: {'x' * 200_000}\ncases:", "too large"),
        ("cases:", "more: &a [*a]\ncases:", "refer to each other too often"),
        ("{site: cheek", "{<<: 3, site: cheek", "'<<:' has entries of its own"),
    ],
)
def test_what_is_wrong_with_a_set_of_ones_own_is_told(tmp_path, was, becomes, told):
    """In one line, with the file's name, in both languages; who catches a ValueError still does."""
    file = tmp_path / "mine.yaml"
    file.write_text(MINE.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(CaseFault, match=told) as caught:
        read_cases(file)
    assert isinstance(caught.value, ValueError)
    for language in LANGUAGES:
        (line,) = caught.value.lines(language)
        assert line.startswith(f"{file}: ") and line.isprintable() and len(line) < 1000
    assert caught.value.text("sv") != caught.value.text("en")


def test_a_file_of_cases_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(CaseFault, match=r"none\.yaml: .*No such file"):
        read_cases(tmp_path / "none.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CaseFault, match=r"bytes\.yaml: this is not text"):
        read_cases(tmp_path / "bytes.yaml")
    (tmp_path / "twice.yaml").write_text(MINE + MINE.splitlines()[-1] + "\n", encoding="utf-8")
    with pytest.raises(CaseFault, match="stand twice: a;"):
        read_cases(tmp_path / "twice.yaml")


def test_a_person_may_be_left_empty_where_people_differ(tmp_path):
    file = tmp_path / "mine.yaml"
    people = "{person: , people: [{share: 1, age: 20 year}], site: cheek"
    file.write_text(MINE.replace("{site: cheek", people), encoding="utf-8")
    (case,) = read_cases(file)
    ((_, treatment),) = case.trial.parts
    assert json.loads(treatment)["person"] == {"age": "20 year"}


def test_a_mapping_may_go_on_from_another(tmp_path):
    file = tmp_path / "mine.yaml"
    more = "  mine: &mine {site"
    other = "  other: {<<: *mine, site: thigh}\ncases:"
    text = MINE.replace("  mine: {site", more).replace("cases:", other).replace("study: mine", "study: other")
    file.write_text(text, encoding="utf-8")
    (case,) = read_cases(file)
    assert case.trial.treatment["site"] == "thigh" and case.trial.treatment["area"] == "50 cm2"


def test_nothing_runs_before_every_case_is_whole(tmp_path, monkeypatch, capsys):
    """The command ends with 2 and a line; the second of two cases is what is wrong."""
    from hudnal import cli
    from hudnal.evidence import forecast

    file = tmp_path / "mine.yaml"
    file.write_text(
        MINE + MINE.splitlines()[-1].replace("id: a", "id: b").replace("Pain", ""), encoding="utf-8"
    )
    monkeypatch.setattr(forecast, "read_figures", lambda *_: pytest.fail("a run was begun"))
    monkeypatch.setattr("sys.argv", ["hudnal", "evidence", "--cases", str(file)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    out, told = capsys.readouterr()
    assert end.value.code == 2 and out == ""
    assert told.startswith(f"{file}: case b: 'title: ") and told.count("\n") == 1


def mine(tmp_path, *changes):
    """The case of one's own with pieces of its text replaced."""
    text = MINE
    for was, becomes in changes:
        assert was in text
        text = text.replace(was, becomes, 1)
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    (case,) = read_cases(file)
    return case


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    """Three entries of one case, another case's, and a treatment that cannot be run; each in a line of its own."""
    second = MINE.splitlines()[-1].replace("id: a", "id: b").replace("role: check", "role: test")
    third = (
        MINE.splitlines()[-1].replace("id: a", "id: c").replace("mine,", "mine, with: {instrument: broom},")
    )
    first = MINE.replace("title: Pain", "colour: red").replace("quantity: pain", "quantity: joy")
    file = tmp_path / "mine.yaml"
    file.write_text("\n".join([first.rstrip("\n"), second, third, ""]), encoding="utf-8")
    with pytest.raises(CaseFault) as caught:
        read_cases(file)
    for language in LANGUAGES:
        lines = caught.value.lines(language)
        assert len(lines) == 5 and all(line.startswith(f"{file}: ") and line.isprintable() for line in lines)
    told = str(caught.value)
    for part in ("'title' is missing", "'colour' is not known", "quantity: joy", "case b: no role", "broom"):
        assert part in told
    assert str(pickle.loads(pickle.dumps(caught.value))) == told


def test_a_range_alone_has_its_middle_on_the_scale(tmp_path):
    case = mine(tmp_path, ("value: 4", "low: 1, high: 4"), ("role: check", "role: check, scale: log"))
    assert case.value == pytest.approx(2) and case.form == "range"
    low = mine(tmp_path, ("value: 4", "low: 3"))
    high = mine(tmp_path, ("value: 4", "high: 3"))
    assert (low.value, low.form, high.value, high.form) == (3, "bound", 3, "bound")
    assert low.ends == (3, None) and high.ends == (None, 3)
    for was, told in (("low: 4, high: 1", "outside its range"), ("n: 3", "'value' is missing")):
        with pytest.raises(CaseFault, match=told):
            mine(tmp_path, ("value: 4", was))


def test_a_value_and_its_start_are_a_change(tmp_path):
    case = mine(
        tmp_path,
        ("quantity: pain", "quantity: wrinkle_change"),
        ('value: 4, unit: "1"', "start: 4, value: 3, sd: 0.8, n: 16, unit: grade"),
    )
    assert case.value == -25 and case.error == pytest.approx(5) and case.scale.name == "change"
    assert case.form == "number"


def test_the_highest_of_some_people_and_what_a_source_does_not_name(tmp_path):
    case = mine(tmp_path, ("value: 4", "highest: 4, n: 20"))
    assert case.is_highest and case.value == 4
    with pytest.raises(CaseFault, match="'n' is missing"):
        mine(tmp_path, ("value: 4", "highest: 4"))
    rate = (
        ("quantity: pain", "quantity: pih_probability"),
        ("value: 4", "count: 0, n: 9, said: none_reported"),
    )
    assert not mine(tmp_path, *rate).is_named
    assert mine(tmp_path, rate[0], ("value: 4", "count: 0, n: 9, said: zero")).is_named
    with pytest.raises(CaseFault, match="no 'said: nothing'"):
        mine(tmp_path, rate[0], ("value: 4", "count: 0, n: 9, said: nothing"))


def test_a_pair_is_told_as_a_ratio_or_by_what_is_left(tmp_path):
    ratio = mine(tmp_path, ("role: check", "role: check, than: {}, how: ratio, arms: [b]"))
    assert ratio.form == "pair" and ratio.neutral == 1 and ratio.scale.name == "log" and ratio.told_twice
    left = mine(
        tmp_path,
        ("role: check", "role: check, than: {}, how: relative"),
        ("quantity: pain", "quantity: wrinkle_change"),
        ('value: 4, unit: "1"', 'value: -10, unit: "%"'),
    )
    assert left.neutral == 0 and left.scale.name == "change" and not left.told_twice
    with pytest.raises(CaseFault, match="'how: relative' is for changes in %"):
        mine(tmp_path, ("role: check", "role: check, than: {}, how: relative"))
    with pytest.raises(CaseFault, match="'arms:' is a list"):
        mine(tmp_path, ("role: check", "role: check, arms: b"))


def test_figures_of_every_form_by_source():
    """Rates of more than thirty people and pairs within a study: enough of them, a third of the pairs to check."""
    rates = [c for c in CASES if c.form == "rate" and (c.n or 0) > 30]
    assert len(rates) >= 40 and {c.role for c in rates} == {"fit", "check"}
    assert any(not c.is_named for c in rates)
    pairs = [c for c in CASES if c.form == "pair"]
    checks = sum(c.role == "check" for c in pairs)
    assert len(pairs) >= 60 and checks >= len(pairs) / 4
    known = {c.id for c in CASES}
    assert {arm for c in CASES for arm in c.arms} <= known


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_is_a_file_of_cases(language, tmp_path, monkeypatch, capsys):
    """What `--form` prints is read as it stands, and has a figure of every form."""
    from hudnal import cli

    monkeypatch.setattr("sys.argv", ["hudnal", "evidence", "--form", "--lang", language])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 0
    file = tmp_path / "mine.yaml"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    cases = read_cases(file)
    assert {c.form for c in cases} == {"number", "range", "bound", "rate", "pair"}
    assert any(c.is_highest for c in cases) and any(not c.is_named for c in cases)
    observed = {word for c in cases for word in c.observe}
    assert {"quantity", "flux", "lag", "above"} <= observed


def test_only_cases_whose_id_holds_a_word():
    assert [c.id for c in choose_cases(CASES, ["romgens-5"])] == ["romgens-5"]
    assert choose_cases(CASES, []) == list(CASES)
    with pytest.raises(CaseFault, match="no case has nothing-of-the-kind in its id"):
        choose_cases(CASES, ["nothing-of-the-kind"])


def test_a_page_of_ones_own_says_so(tmp_path):
    case = mine(tmp_path)
    results = [Forecast(case, samples(1.0, 2.0, 3.0))]
    for language in LANGUAGES:
        page = render_evidence(results, results, language, own="mine.yaml")
        assert page.startswith("# ") and "mine.yaml" in page.splitlines()[0]
        assert "make docs" not in page and "--cases mine.yaml" in page
        assert page != render_evidence(results, results, language)
