"""What a treatment can put on the skin: products and compounds of the tables, and those that its file brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hudnal.parameters import Distribution, Parameter, parameters
from hudnal.transport import Product, product, product_names
from hudnal.treatment import TreatmentFile
from hudnal.treatment.compound import CompoundSpec
from hudnal.treatment.product import ProductSpec
from hudnal.treatment.quantity import Known

_UNITS = {
    "molar_mass": "g/mol", "permeability": "mm/h", "solubility": "ug/mL", "metabolism": "1/h",
    "evaporation": "mm/h", "clearance": "L/h",
    "volume": "L",
}  # fmt: skip
_LOGARITHMS = ("log_kow", "pka", "pka_acid")  # their spread is a standard deviation
_OF_PLASMA = ("clearance", "volume")  # without either of them the blood is not followed
_UNKNOWN = "transport.unknown."


@dataclass(frozen=True)
class Shelf:
    """Products and compounds by name, those of the tables first."""

    products: Mapping[str, Product]  # the file's own
    compounds: Mapping[str, CompoundSpec]  # the file's own

    @staticmethod
    def of(treatment: TreatmentFile) -> Shelf:
        """The shelf of a treatment: what the tables hold, and what its file brings."""
        return Shelf({n: _make_product(n, s) for n, s in treatment.products.items()}, treatment.compounds)

    def list_products(self, kind: str | None = None) -> list[str]:
        """Names of the products, of one `kind` such as `serum` or of all."""
        own = [name for name, p in self.products.items() if kind in (None, p.kind)]
        return [*product_names(kind), *own]

    def find_product(self, name: str) -> Product:
        """The product of that name. Raises KeyError for an unknown one."""
        return self.products[name] if name in self.products else product(name)

    def list_parameters(self) -> dict[str, Parameter]:
        """The numbers of the file's own compounds: what it says, and wide beliefs where it is silent."""
        own = (p for name, spec in self.compounds.items() for p in _list_parameters(name, spec))
        return {p.name: p for p in own}


def _make_product(name: str, spec: ProductSpec) -> Product:
    return Product(
        name=name,
        kind=spec.kind,
        actives=spec.actives,
        vehicle=spec.vehicle,
        ph=spec.ph,
        sterile=spec.sterile,
        default_amount=spec.amount,
        narrows_vessels=spec.narrows_vessels,
        anti_inflammatory=spec.anti_inflammatory,
    )


def _list_parameters(name: str, spec: CompoundSpec) -> Iterator[Parameter]:
    """The numbers of a compound of the file's own, and wide beliefs where they are needed and not given."""
    plasma = any(getattr(spec, key) is not None for key in _OF_PLASMA)
    for key in CompoundSpec.model_fields:
        known: Known | None = getattr(spec, key)
        path = f"transport.compounds.{name}.{key}"
        if known is not None:
            unit = _UNITS.get(key, "1")
            yield Parameter(
                path,
                known.value,
                unit,
                _choose_distribution(key, known),
                (),
                "defined",
                "the treatment file's",
            )
        elif key == "unbound" or (plasma and key in _OF_PLASMA):
            yield replace(parameters()[_UNKNOWN + key], name=path)


def _choose_distribution(key: str, known: Known) -> Distribution:
    """How surely a number of the file is known: exactly, or with the spread that it gives."""
    if known.spread is None:
        return Distribution("fixed", known.value)
    if key in _LOGARITHMS:
        return Distribution("normal", known.value, known.spread)
    most = 1.0 if key == "unbound" else float("inf")
    return Distribution("lognormal", known.value, known.spread, high=most)
