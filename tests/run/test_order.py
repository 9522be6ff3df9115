"""A long run's order on the disk: sealed, for one process at a time, gone when the run is whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading

import pytest

from hudnal.run.order import (
    clear_unfinished,
    find_unfinished,
    hold_unfinished,
    name_source,
    place_order,
    resume_order,
)
from hudnal.run.skin_block import SkinBlockOrder
from hudnal.store.checks import DamagedRun, seal_content
from hudnal.store.files import OutputFault
from hudnal.tissue.skin_block import OtherRun

ORDER = place_order("home", draws=2, block=SkinBlockOrder(draws=(1,), times=(0.0, 24.0)), formats=("vti",))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run"


def leave_unfinished(folder, order=ORDER):
    with pytest.raises(KeyboardInterrupt), hold_unfinished(folder, order):
        raise KeyboardInterrupt


def test_what_was_ordered_is_read_again_and_gone_in_the_end(folder):
    leave_unfinished(folder)
    assert resume_order(folder) == ORDER
    with hold_unfinished(folder, ORDER, again=True) as place:
        assert place.is_dir()
    assert not place.exists()
    for call in (
        lambda: resume_order(folder),
        lambda: hold_unfinished(folder, ORDER, again=True).__enter__(),
    ):
        with pytest.raises(OutputFault) as told:
            call()
        assert told.value.key == "nothing_to_resume"


def test_a_second_run_is_refused_while_the_first_is_at_work(folder):
    with hold_unfinished(folder, ORDER) as place:
        (place / "draw-1").mkdir()
        for again in (False, True):
            with pytest.raises(OutputFault) as told, hold_unfinished(folder, ORDER, again):
                pass
            assert told.value.key == "in_use"
            assert len(told.value.lines()) == 1
        clear_unfinished(folder)  # as a plain run into the folder does
        assert (place / "draw-1").is_dir()
    clear_unfinished(folder)


# Holds the unfinished run of argv[1], says so, and waits to be killed.
HOLDING = """
import sys, time
from pathlib import Path
from hudnal.run.order import hold_unfinished, place_order
with hold_unfinished(Path(sys.argv[1]), place_order("home", draws=2)):
    print("held", flush=True)
    time.sleep(600)
"""


def test_what_a_dead_process_held_is_free(folder):
    words = [sys.executable, "-c", HOLDING, str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        with pytest.raises(OutputFault) as told, hold_unfinished(folder, ORDER):
            pass
        assert told.value.key == "in_use"
        process.send_signal(signal.SIGKILL)
    (find_unfinished(folder) / "draw-0").mkdir()
    with hold_unfinished(folder, ORDER) as place:
        assert {p.name for p in place.iterdir()} == {"lock", "order.json"}, "begun anew"
    assert list(folder.parent.iterdir()) == []


def test_a_plain_run_clears_what_was_left(folder):
    leave_unfinished(folder)
    clear_unfinished(folder)
    assert list(folder.parent.iterdir()) == []


def test_a_changed_order_is_told(folder):
    leave_unfinished(folder)
    path = find_unfinished(folder) / "order.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | {"draws": "many"}), encoding="utf-8")
    with pytest.raises(DamagedRun) as told:
        resume_order(folder)
    assert str(path) in str(told.value)
    assert str(told.value).startswith("this run cannot be gone on with: ")
    del content["seal"]
    path.write_text(json.dumps(seal_content(content | {"schema": "hudnal/unfinished/9"})), encoding="utf-8")
    with pytest.raises(OtherRun):
        resume_order(folder)


def test_through_a_link_it_is_the_same_run(folder):
    link = folder.with_name("link")
    link.symlink_to("run")
    assert find_unfinished(link) == find_unfinished(folder)


def test_a_source_s_bytes_that_are_no_text_are_kept(folder):
    order = place_order("home", block=SkinBlockOrder())
    odd = type(order)(
        os.fsdecode(b"\xff"), order.text, 2, 1, "en", order.block, (), os.fsdecode(b"\xff.yaml")
    )
    leave_unfinished(folder, odd)
    assert resume_order(folder) == odd


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("classic", "classic"),
        ("a/b.yaml", "b"),
        ("...yaml", "treatment"),
        ("..", "treatment"),
        ("", "treatment"),
    ],
)
def test_a_treatment_s_name_is_never_another_folder(source, name):
    assert name_source(source) == name


def test_threads_are_kept_apart_too(folder):
    seen = []

    def second():
        try:
            with hold_unfinished(folder, ORDER):
                seen.append("held")
        except OutputFault as told:
            seen.append(told.key)

    with hold_unfinished(folder, ORDER):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert seen == ["in_use"]
