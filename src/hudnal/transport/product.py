"""Creams, serums, gels, seals and antiseptics: what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hudnal.parameters import table

_WATER_FREE = "ointment"


@dataclass(frozen=True)
class Product:
    """Something that is put on the skin."""

    name: str
    kind: str  # numbing, serum, retinoid, seal, antiseptic
    actives: Mapping[str, float]  # % by weight of each compound
    vehicle: str
    ph: float
    sterile: bool
    default_amount: float  # mg/cm2
    narrows_vessels: bool = False
    anti_inflammatory: bool = False
    label_dose: float | None = None  # g per 10 cm2, the most that label or label's study cover in adults
    label_area: float | None = None  # cm2
    label_hours: float | None = None  # h
    label_source: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_water_free(self) -> bool:
        """Whether its base has no water: it holds no charged form, has no pH, and keeps the skin's water in."""
        return self.vehicle == _WATER_FREE


def product_names(kind: str | None = None) -> list[str]:
    """Names of the products, of one `kind` or of all."""
    return [name for name, entry in table("products").items() if kind in (None, entry["kind"])]


def product(name: str) -> Product:
    """The product of that name. Raises KeyError for an unknown one."""
    entry = dict(table("products")[name])
    lists = {key: tuple(entry.get(key, ())) for key in ("source", "label_source")}
    return Product(name=name, **{**entry, **lists})


def vehicle_names() -> list[str]:
    """Names of the vehicles that actives can come in."""
    return list(table("transport")["vehicles"])
