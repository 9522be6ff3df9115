"""The tables: one YAML file for each room, one entry for each number.

An entry is a mapping with `value`, `unit`, `source` and `status`, and where it is not exact `spread`;
any other mapping is a group, whose keys that start with an underscore (`_unit`, `_source`, `_status`, `_spread`,
`_varies`) are defaults for what it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from hudnal.parameters.distribution import Distribution, read_distribution

STATUSES = ("measured", "derived", "fitted", "assumed", "defined")
VARIES = ("knowledge", "people", "compounds")
_DEFAULTS = ("unit", "source", "status", "spread", "note", "varies")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Parameter:
    """One number that the model uses.

    `value` is the central value in `unit` (house units: mm, h, N, MPa, ug/mL, ug, cm2). `source` are ids of
    facts (`healing:T13`) that `references.bib` resolves. `status` is measured (read in a source), derived (by
    arithmetic from sources), fitted, assumed (our judgement: wide), or defined (a convention).
    A spread that `varies` with people is averaged over in a trial's mean. Neither it nor one that is how compounds
    differ from their relation is a matter of a fit: what was seen of one tells nothing of the next.
    """

    name: str
    value: float
    unit: str
    distribution: Distribution
    source: tuple[str, ...]
    status: str
    note: str
    varies: str = "knowledge"  # what its spread is: what nobody knows, or how people, or compounds, differ


@cache
def table(name: str) -> Mapping[str, Any]:
    """The raw content of `tables/NAME.yaml`. Raises KeyError where there is none."""
    file = resources.files("hudnal.parameters") / "tables" / f"{name}.yaml"
    if not file.is_file():
        raise KeyError(f"no table '{name}'")
    return yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)  # nosec B506


def table_names() -> list[str]:
    """Names of all tables, sorted."""
    folder = resources.files("hudnal.parameters") / "tables"
    return sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml"))


@cache
def parameters() -> Mapping[str, Parameter]:
    """Every parameter of every table by its full name, such as `puncture.entry.toughness`, sorted by name."""
    by_name = {p.name: p for name in table_names() for p in read_group(name, table(name))}
    return dict(sorted(by_name.items()))


def read_group(
    path: str, node: Mapping[str, Any], defaults: Mapping[str, Any] | None = None
) -> Iterator[Parameter]:
    """Every parameter below a group of a table, whose full name is `path`; `defaults` are of the groups around it.

    Raises ValueError, with its name, for an entry that is not whole.
    """
    defaults = {**(defaults or {}), **{key[1:]: v for key, v in node.items() if key.startswith("_")}}
    for key, child in node.items():
        if key.startswith("_") or not isinstance(child, Mapping):
            continue
        name = f"{path}.{key}"
        if "value" in child:
            yield _read_entry(name, {**defaults, **child})
        else:
            yield from read_group(name, child, defaults)


def _read_entry(name: str, entry: Mapping[str, Any]) -> Parameter:
    unknown = set(entry) - {"value", *_DEFAULTS}
    if unknown:
        raise ValueError(f"{name}: unknown entries {sorted(unknown)}")
    try:
        value = float(entry["value"])
        source = entry.get("source") or []
        varies = str(entry.get("varies", VARIES[0]))
        if varies not in VARIES:
            raise ValueError(f"varies with one of {', '.join(VARIES)}, not '{varies}'")
        return Parameter(
            name=name,
            value=value,
            unit=str(entry["unit"]),
            distribution=read_distribution(value, entry.get("spread")),
            source=tuple([source] if isinstance(source, str) else source),
            status=str(entry["status"]),
            note=str(entry.get("note", "")),
            varies=varies,
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise ValueError(f"{name}: {fault}") from fault
