"""What a console can do to a command: no encoding, no stream, no reader, no room. Never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sampling import sample

HUDNAL = f"{sys.executable} -m hudnal"


def run_in_shell(order: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """What a shell makes of an order with `hudnal` in it; it ends with the command's own code."""
    return subprocess.run(
        ["bash", "-c", order.replace("hudnal", HUDNAL, 1)],
        env={**os.environ, **variables},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize("encoding", sample(["ascii", "latin-1", "cp1252", "koi8-r"], 1))
@pytest.mark.parametrize("order", ["hudnal cite classic", "hudnal presets --lang sv"])
def test_characters_that_a_console_has_not_are_replaced(encoding, order):
    done = run_in_shell(order, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode(encoding).count("\n") >= 6


@pytest.mark.parametrize("order", sample(["hudnal presets 1>&-", "hudnal version 2>&- >&- <&-"], 1))
def test_a_closed_stream_is_no_fault(order):
    done = run_in_shell(order)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_fault_with_nobody_to_tell_it_to_has_its_code():
    assert run_in_shell("hudnal run no-such-preset 2>&-").returncode == 2


def test_what_is_opened_does_not_take_the_place_of_a_closed_stream():
    """Else what a library prints as an error would land in a result."""
    code = (
        "import os; from hudnal.cli.console import prepare_streams; prepare_streams();"
        "print(os.open(os.devnull, os.O_RDONLY) > 2)"
    )
    done = subprocess.run(
        ["bash", "-c", '"$0" -c "$1" 2>&- <&-', sys.executable, code], capture_output=True, check=True
    )
    assert done.stdout == b"True\n"


# `schema` is more than a pipe and a buffer hold; `presets` is written when Python ends.
@pytest.mark.parametrize("order", ["schema", "presets", *sample(["--help", "cite classic --bibtex"], 0)])
def test_a_reader_who_goes_away_is_no_fault(order):
    done = run_in_shell(f"hudnal {order} | head -c 5 > /dev/null; exit ${{PIPESTATUS[0]}}")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is none here")
@pytest.mark.parametrize("order", ["schema", "presets"])
def test_output_that_cannot_be_written_is_told_in_a_line(order):
    done = run_in_shell(f"hudnal {order} > /dev/full")
    assert done.returncode == 2
    assert done.stderr.decode() == "what is printed cannot be written: No space left on device\n"


@pytest.mark.parametrize(
    "words", ["run", "handout", "deliver", "cite", "evidence --cases", "evidence --permeability"]
)
@pytest.mark.parametrize("name", [300 * "x", "a/" + 300 * "x" + "/summary"], ids=["long", "deep"])
def test_a_name_that_no_file_can_have_is_a_line(words, name):
    done = subprocess.run(
        [sys.executable, "-m", "hudnal", *words.split(), name], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
