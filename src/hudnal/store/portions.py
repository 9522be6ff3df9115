"""What a part of many runs left, in one file: arrays by name, and what is told of them. Sealed, whole or absent."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hudnal.arrays import Array, Shaped
from hudnal.store.checks import DIGEST_BYTES, digest_bytes
from hudnal.store.files import write_whole
from hudnal.store.table import Table

_TOLD = "told"


@dataclass(frozen=True)
class Portion:
    """Arrays by name, and what is `told` of them as JSON could hold it."""

    arrays: Mapping[str, Shaped[Array, ...]]
    told: Mapping[str, Any] = field(default_factory=dict)


def write_portion(path: Path, portion: Portion) -> None:
    """Write a portion as NetCDF-4 with its digest behind the last byte. Raises OutputFault."""
    columns = {
        name: (tuple(f"{name}_{axis}" for axis in range(np.ndim(values))), values, {})
        for name, values in portion.arrays.items()
    }
    packed = io.BytesIO()
    Table(columns, {}, {_TOLD: json.dumps(dict(portion.told))}).write(packed)
    content = packed.getvalue()
    write_whole(path, lambda p: p.write_bytes(content + digest_bytes(content)))


def read_portion(path: Path) -> Portion | None:
    """What was written to `path`; None where nothing was, or not this: whoever asks makes it anew."""
    import h5netcdf

    try:
        content = path.read_bytes()
    except OSError:
        return None
    data, digest = content[:-DIGEST_BYTES], content[-DIGEST_BYTES:]
    if not data or digest_bytes(data) != digest:
        return None
    with h5netcdf.File(io.BytesIO(data), "r") as file:
        arrays = {name: np.asarray(values[...]) for name, values in file.variables.items()}
        return Portion(arrays, json.loads(str(file.attrs[_TOLD])))
