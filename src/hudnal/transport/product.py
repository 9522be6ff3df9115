"""Creams, serums, gels, seals and antiseptics: what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hudnal.parameters import table

_WATER_FREE = ("ointment", "oil", "silicone")
_ALCOHOL = "alcohol"


@dataclass(frozen=True)
class Product:
    """Something that is put on the skin."""

    name: str
    kind: str  # numbing, serum, retinoid, sunscreen, make-up, seal, antiseptic
    actives: Mapping[str, float]  # % by weight of each compound
    vehicle: str
    ph: float
    sterile: bool
    default_amount: float  # mg/cm2
    narrows_vessels: bool = False
    anti_inflammatory: bool = False
    spf: float | None = None  # sun protection factor, as it was measured at 2 mg/cm2
    particles: Mapping[str, float] = field(default_factory=dict)  # % by weight of each, such as iron-oxide
    is_made: bool = False  # of a compound and a strength alone: what else it is was assumed
    label_dose: float | None = None  # g per 10 cm2, the most that label or label's study cover in adults
    label_area: float | None = None  # cm2
    label_hours: float | None = None  # h
    label_source: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_water_free(self) -> bool:
        """Whether its base has no water: it holds no charged form, has no pH, and keeps the skin's water in."""
        return self.vehicle in _WATER_FREE

    @property
    def base(self) -> str:
        """What its base is by weight: water-free, alcohol or water."""
        return "water-free" if self.is_water_free else _ALCOHOL if self.vehicle == _ALCOHOL else "water"


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
    transport = table("transport")
    return [*transport["vehicles"], *transport["oils"]]


def particle_names() -> list[str]:
    """Names of the particles that are known, such as iron-oxide."""
    return list(table("outcome")["tattoo"]["tint"])
