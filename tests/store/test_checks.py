"""Seals: a file that is not as it was written is known."""

from __future__ import annotations

import json

import pytest

from hudnal.store.checks import DamagedRun, check_file, read_sealed, seal_content, seal_file


def test_any_byte_that_is_not_as_it_was_is_seen(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"content")
    seal_file(path)
    check_file(path)
    whole = path.read_bytes()
    for i in range(len(whole)):
        for other in (
            whole[:i],
            whole[:i] + bytes([whole[i] ^ 1]) + whole[i + 1 :],
            whole[:i] + b"x" + whole[i:],
        ):
            path.write_bytes(other)
            if other != whole:
                with pytest.raises(DamagedRun):
                    check_file(path)
    path.unlink()
    with pytest.raises(DamagedRun) as told:
        check_file(path)
    assert told.value.key == "damaged_missing"


def test_content_is_the_same_in_any_order(tmp_path):
    path = tmp_path / "x.json"
    sealed = seal_content({"a": [1, 2.5, "å\udcff"], "b": None})
    path.write_text(json.dumps(dict(reversed(sealed.items()))), encoding="utf-8")
    assert read_sealed(path) == {"a": [1, 2.5, "å\udcff"], "b": None}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"a": 1}',
        '{"a": 1, "seal": "x"}',
        '{"a": 1, "seal": 1}',
        "[" * 100_000,
        "\x00",
    ],
)
def test_what_is_not_sealed_is_told(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DamagedRun):
        read_sealed(path)
