"""What a part of many runs left comes back as it was, or not at all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from hudnal.store.portions import Portion, read_portion, write_portion


@settings(max_examples=10)
@given(arrays(float, array_shapes(max_dims=3, max_side=4)), st.text(max_size=9))
def test_it_comes_back_to_the_last_bit(tmp_path_factory, values, text):
    path = tmp_path_factory.mktemp("portion") / "a.nc"
    write_portion(
        path, Portion({"values": values, "more": values.ravel()}, {"text": text, "names": ["b", "a"]})
    )
    again = read_portion(path)
    assert again is not None
    assert np.array_equal(again.arrays["values"], values, equal_nan=True)
    assert again.arrays["more"].shape == (values.size,)
    assert again.told == {"text": text, "names": ["b", "a"]}


@pytest.mark.parametrize("damage", [b"", b"x", None])
def test_what_is_damaged_or_gone_is_nothing(tmp_path, damage):
    path = tmp_path / "a.nc"
    write_portion(path, Portion({"values": np.arange(3.0)}))
    content = path.read_bytes()
    if damage is None:
        path.unlink()
    elif damage:
        path.write_bytes(content[:100] + damage + content[101:])
    else:
        path.write_bytes(content[:-1])
    assert read_portion(path) is None
