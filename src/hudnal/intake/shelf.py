"""What a treatment can put on the skin: products and compounds of the tables, and those that its file brings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from hudnal.parameters import Distribution, Parameter, parameters, table
from hudnal.transport import Product, compound_names, product, product_names
from hudnal.treatment import TreatmentFile
from hudnal.treatment.compound import CompoundSpec
from hudnal.treatment.made import split_name
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
_SUNSCREEN = "sunscreen"  # whose strength is a protection factor
# Kinds of products by what a compound does; whatever does neither comes in a serum.
_KINDS = {"potency": "numbing", "retinoid_potency": "retinoid"}


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
        """The product of that name: the file's, the tables', or made of the strengths in it. Raises KeyError."""
        if name in self.products:
            return self.products[name]
        if name in product_names():
            return product(name)
        made = self._make_of_strengths(name)
        if made is None:
            raise KeyError(name)
        return made

    def has_product(self, name: str) -> bool:
        """Whether there is a product of that name, or one can be made of the strengths in it."""
        return name in self.list_products() or self._make_of_strengths(name) is not None

    def list_makeable(self, kind: str) -> list[str]:
        """Names whose strength makes a product of a `kind`: compounds, alcohols, `sunscreen`."""
        if kind == "antiseptic":
            return list_alcohols()
        if kind == _SUNSCREEN:
            return [_SUNSCREEN]
        if kind in ("seal", "make-up"):
            return []
        return [name for name in (*compound_names(), *self.compounds) if self._find_kind([name]) == kind]

    def _make_of_strengths(self, name: str) -> Product | None:
        """The product that a name with strengths in it stands for, such as `lidocaine-5`; None for another name."""
        strengths = split_name(name, [*compound_names(), *self.compounds])
        if strengths is not None:
            return _make(name, self._find_kind(strengths), actives=strengths)
        if strengths := split_name(name, [_SUNSCREEN]):
            (spf,) = strengths.values()
            return _make(name, _SUNSCREEN, spf=spf) if spf >= 1 else None
        strengths = split_name(name, list_alcohols())
        return _make(name, "antiseptic") if strengths is not None and len(strengths) == 1 else None

    def _find_kind(self, names: Iterable[str]) -> str:
        """The kind of product that these compounds make."""
        for does, kind in _KINDS.items():
            for name in names:
                own = self.compounds.get(name)
                if (
                    f"transport.compounds.{name}.{does}" in parameters()
                    or getattr(own, does, None) is not None
                ):
                    return kind
        return "serum"

    def list_parameters(self) -> dict[str, Parameter]:
        """The numbers of the file's own compounds: what it says, and wide beliefs where it is silent."""
        own = (p for name, spec in self.compounds.items() for p in _list_parameters(name, spec))
        return {p.name: p for p in own}


def list_alcohols() -> list[str]:
    """Names of the alcohols of which a strength makes an antiseptic."""
    return list(table("outcome")["infection"]["alcohol"]["best"])


def _make(
    name: str, kind: str, actives: Mapping[str, float] | None = None, spf: float | None = None
) -> Product:
    """The product that is taken for a compound and its strength alone, by the table `made`."""
    usual = table("made")[kind]
    return Product(name=name, kind=kind, actives=actives or {}, spf=spf, is_made=True, **usual)


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
        spf=spec.spf,
        particles={str(kind): share for kind, share in spec.particles.items()},
    )


def _list_parameters(name: str, spec: CompoundSpec) -> Iterator[Parameter]:
    """The numbers of a compound of the file's own, and wide beliefs where they are needed and not given."""
    plasma = any(getattr(spec, key) is not None for key in _OF_PLASMA)
    for key in CompoundSpec.model_fields:
        known: Known | None = Known(1.0) if getattr(spec, key) is True else getattr(spec, key) or None
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
