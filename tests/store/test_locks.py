"""Locks: for one at a time, free when who held them is gone, without a trace."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest

from hudnal.store import locks
from hudnal.store.locks import hold_lock


def test_for_one_at_a_time_and_then_gone(tmp_path):
    path = tmp_path / "lock"
    with hold_lock(path) as alone:
        assert alone
        with pytest.raises(BlockingIOError), hold_lock(path, wait=False):
            pass
    assert not path.exists()


def test_a_file_that_nobody_holds_is_no_lock(tmp_path):
    path = tmp_path / "lock"
    path.touch()
    with hold_lock(path, wait=False) as alone:
        assert alone
    assert not path.exists()


def test_who_waits_gets_a_lock_that_the_next_one_sees(tmp_path):
    """The file is removed by who held it: to hold the removed one would be to hold nothing."""
    path, held, waiting = tmp_path / "lock", ExitStack(), []

    def wait():
        with hold_lock(path) as alone:
            with pytest.raises(BlockingIOError), hold_lock(path, wait=False):
                pass
            waiting.append(alone)

    held.enter_context(hold_lock(path))
    threads = [threading.Thread(target=wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    held.close()
    for thread in threads:
        thread.join()
    assert waiting == [True] * 3
    assert not path.exists()


def test_the_next_one_s_lock_is_not_removed(tmp_path):
    path, second = tmp_path / "lock", ExitStack()
    with hold_lock(path):
        path.unlink()  # with all around it
        assert second.enter_context(hold_lock(path, wait=False))
    assert path.exists()
    second.close()


def test_where_there_can_be_no_lock_one_goes_on_without(tmp_path, monkeypatch):
    with hold_lock(tmp_path / "not there" / "lock") as alone:
        assert not alone

    def refuse(handle, wait):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(locks, "_lock", refuse)
    with hold_lock(tmp_path / "lock") as alone:
        assert not alone
