"""Faulty files: exit code 2, one line a fault with its place and what would be right, nothing written."""

from __future__ import annotations

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
    [(b"\xff\xfe\x00bad", "UTF-8"), (b"\x00\x01\x02", "not YAML"), (b"x" * 300_000, "too large")],
)
def test_what_is_no_text(tmp_path, content, fragment):
    file = tmp_path / "blob.yaml"
    file.write_bytes(content)
    assert fragment in "\n".join(lines_of(file))


def test_folder_and_missing_file(tmp_path):
    assert "folder" in lines_of(tmp_path)[0]
    assert "no such file" in lines_of(tmp_path / "none.yaml")[0]
    assert "did you mean 'classic'" in lines_of("clasic")[0]


@pytest.mark.parametrize("name", ["age-300", "rolling-through-cream", "unclosed", "instrument"])
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
