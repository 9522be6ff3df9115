"""Faulty files: exit code 2, one line a fault with its place and what would be right, nothing written."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from faulty import FAULTY, GOOD

from hudnal import load
from hudnal.treatment import TreatmentError


def lines_of(path) -> list[str]:
    with pytest.raises(TreatmentError) as error:
        load(path)
    for language in ("en", "sv"):
        assert all("\n" not in line for line in error.value.lines(language))
    return error.value.lines()


@pytest.mark.parametrize(("name", "text", "fragments"), FAULTY, ids=[f[0] for f in FAULTY])
def test_message_names_place_and_remedy(tmp_path, name, text, fragments):
    file = tmp_path / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    message = "\n".join(lines_of(file))
    for fragment in fragments:
        assert fragment in message, message
    assert str(file) in message


def test_there_are_enough_of_them():
    assert len(FAULTY) >= 40


def test_the_good_one_is_good(tmp_path):
    file = tmp_path / "good.yaml"
    file.write_text(GOOD, encoding="utf-8")
    assert load(file).area == 100


def test_every_fault_is_told_at_once(tmp_path):
    file = tmp_path / "many.yaml"
    file.write_text(GOOD.replace("35 year", "300 year").replace("5 N", "-5 N").replace("100 cm2", "100 s"))
    lines = lines_of(file)
    assert len(lines) == 3
    assert [line.split("line ")[1].split(",")[0] for line in lines] == ["2", "4", "15"]


@pytest.mark.parametrize(
    ("content", "fragment"),
    [(b"\xff\xfe\x00ba", "UTF-8"), (b"\x00\x01\x02", "not YAML"), (b"x" * 300_000, "too large")],
)
def test_what_is_no_text(tmp_path, content, fragment):
    file = tmp_path / "blob.yaml"
    file.write_bytes(content)
    assert fragment in "\n".join(lines_of(file))


def test_folder_and_missing_file(tmp_path):
    assert "folder" in lines_of(tmp_path)[0]
    assert "no such file" in lines_of(tmp_path / "none.yaml")[0]
    assert all("did you mean 'classic'" in lines_of(name)[0] for name in ("clasic", "klassisk"))


@pytest.mark.parametrize("name", ["age-300", "reuse-after", "unclosed", "instrument"])
def test_command_line_exits_with_2_and_writes_nothing(tmp_path, name):
    text = next(t for n, t, _ in FAULTY if n == name)
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-m", "hudnal", "run", str(file), "-o", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert str(file) in done.stderr
    assert done.stdout == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.yaml"]


FAR = ("rf-stamp", "inject", "rf", "burn-scar", "led", "subcision")


@pytest.mark.parametrize("word", FAR)
def test_no_other_procedure_is_offered(tmp_path, word):
    """The nearest word to a procedure that is missing here is another procedure."""
    file = tmp_path / "far.yaml"
    file.write_text(GOOD.replace("- wash", f"- {word}"), encoding="utf-8")
    assert "did you mean" not in "\n".join(lines_of(file))


def test_names_are_checked_in_the_same_round(tmp_path):
    file = tmp_path / "round.yaml"
    text = (
        GOOD.replace("35 year", "35")
        .replace("cheek", "moon")
        .replace("with: emla", "with: elma-9, hair: red")
    )
    file.write_text(text.replace("- wash", "- {spread: {what: prp, amount: 1 mm}}"), encoding="utf-8")
    told = "\n".join(lines_of(file))
    for part in ("person.age", "'moon'", "'elma-9'", "'hair'", "'prp'", "2 mg/cm2"):
        assert part in told


def test_what_only_follows_from_a_fault_is_not_told(tmp_path):
    """Without the entry that cannot be read others seem to be missing, empty or unknown."""
    for old, new in (
        ("rounds: 2", "rounds: many"),
        ("dermaroller-mf8", "{kind: roller, length: 9 mm}"),
        ("  - wash\n", "  - wassh\n"),
        ("for: 60 min", "for: 60"),
    ):
        file = tmp_path / "one.yaml"
        file.write_text(GOOD.replace(old, new), encoding="utf-8")
        told = lines_of(file)
        assert len(told) == len(set(told)) and all("session:" not in line for line in told)


@pytest.mark.parametrize(
    ("name", "content", "fragment"),
    [
        ("a.json", b'{"resourceType": "Procedure", "status": "completed"}', "FHIR resource (Procedure)"),
        ("a.csv", b"name;mass\nx;1\ny;2\n", "this is a table"),
        ("a.csv", b"name,mass,log\nx,1,2\ny,2,3\n", "this is a table"),
        ("a.pkml", b"<Simulation/>", "PK-Sim"),
        ("a.xml", b"<?xml version='1.0'?><a/>", "this is XML"),
        ("a.nc", b"\x89HDF\r\n\x1a\n\x00\x00", "NetCDF"),
        ("a.xlsx", b"PK\x03\x04\x14\x00", "Excel"),
        ("a.pdf", b"%PDF-1.7\n\xff", "PDF"),
        ("a.json", b'{"schema": "hudnal/holes/1", "rows": []}', "no treatment in them"),
        ("a.yaml", "site: kindå".encode("latin-1"), "Save as, Encoding: UTF-8"),
    ],
)
def test_a_file_of_another_kind_is_told_in_one_line(tmp_path, name, content, fragment):
    (tmp_path / name).write_bytes(content)
    (line,) = lines_of(tmp_path / name)
    assert fragment in line


def test_a_summary_is_run_again_and_utf_16_is_read(tmp_path):
    good = tmp_path / "good.yaml"
    good.write_text(GOOD, encoding="utf-16")
    treatment = load(good)
    summary = {"schema": "hudnal/summary/1", "treatment": treatment.as_data(), "series": [0.5] * 100_000}
    (tmp_path / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    assert load(tmp_path / "summary.json") == treatment
