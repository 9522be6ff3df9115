"""Compounds of the file's own: what is known of each, as plain data; and a file that holds one compound alone."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from hudnal.treatment.product import Blend, Percent, ProductSpec
from hudnal.treatment.quantity import InUnit, Known, Name, WithSpread


def _bound_with_factor(unit: str, low: float, high: float, example: str) -> WithSpread:
    """The field type of a quantity in `unit`, above `low` and up to `high`, whose spread is a factor."""
    return WithSpread(InUnit(unit, low, high, example, above=True))


def _bound_with_deviation(low: float, high: float, example: str) -> WithSpread:
    """The field type of a logarithm from `low` to `high`, whose spread is a standard deviation."""
    return WithSpread(InUnit("1", low, high, example), deviation=True)


class CompoundSpec(BaseModel):
    """A compound of your own; any number also as `{value: 300 g/mol, spread: 1.2}`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    molar_mass: Annotated[Known, _bound_with_factor("g/mol", 1, 1e6, "300 g/mol")]
    log_kow: Annotated[Known, _bound_with_deviation(-10, 20, "2.1")]
    pka: Annotated[Known, _bound_with_deviation(-5, 20, "8.2")] | None = Field(
        None, description="of its base (without it and pka_acid: never charged; with both: a zwitterion)"
    )
    pka_acid: Annotated[Known, _bound_with_deviation(-5, 20, "4.5")] | None = Field(
        None, description="of its acid"
    )
    permanent_charge: bool = Field(
        False, description="an ion at every pH; log_kow and permeability are then the ion's own"
    )
    unbound: Annotated[Known, _bound_with_factor("1", 0, 1, "0.3")] | None = Field(
        None, description="share that the proteins of tissue leave free (left out: nearly anything)"
    )
    permeability: Annotated[Known, _bound_with_factor("mm/h", 0, 1000, "1e-3 cm/h")] | None = Field(
        None,
        description="measured, of the wet corneum to the neutral form (left out: told by size and log Kow)",
    )
    solubility: Annotated[Known, _bound_with_factor("ug/mL", 0, 2e6, "5 mg/mL")] | None = Field(
        None, description="of the neutral form in water (left out: never reached)"
    )
    metabolism: Annotated[Known, _bound_with_factor("1/h", 0, 1000, "0.1 /h")] | None = Field(
        None, description="by living skin (left out: none)"
    )
    evaporation: Annotated[Known, _bound_with_factor("mm/h", 0, 1e4, "0.1 mm/h")] | None = Field(
        None, description="from an open film, against its activity (left out: none)"
    )
    clearance: Annotated[Known, _bound_with_factor("L/h", 0, 1e4, "60 L/h")] | None = Field(
        None, description="from the plasma of an adult (without it and volume the blood is not followed)"
    )
    volume: Annotated[Known, _bound_with_factor("L", 0, 1e5, "90 L")] | None = Field(
        None, description="of distribution in an adult"
    )
    potency: Annotated[Known, _bound_with_factor("1", 0, 1000, "0.5")] | None = Field(
        None, description="of numbing, against lidocaine (left out: it does not numb)"
    )
    retinoid_potency: Annotated[Known, _bound_with_factor("1", 0, 1000, "0.04")] | None = Field(
        None, description="against tretinoin (left out: no retinoid)"
    )

    @model_validator(mode="after")
    def _refuse_two_charges(self) -> CompoundSpec:
        if self.permanent_charge and not (self.pka is None and self.pka_acid is None):
            raise PydanticCustomError("hudnal", "{key}", {"key": "pka_or_permanent_charge", "values": {}})
        return self


class CompoundProduct(Blend):
    """The product that brings the compound of a file; `strength` is its share of the weight, %."""

    strength: Percent = 1.0


class CompoundFile(CompoundSpec):
    """A file that holds one compound, and the product that brings it."""

    name: Annotated[str, Name()]
    product: CompoundProduct = CompoundProduct()

    @property
    def compounds(self) -> dict[str, CompoundSpec]:
        """The compound as the `compounds` of a treatment file would hold it, by its name."""
        return {self.name: CompoundSpec(**{key: getattr(self, key) for key in CompoundSpec.model_fields})}

    @property
    def products(self) -> dict[str, ProductSpec]:
        """The product as the `products` of a treatment file would hold it, by the compound's name."""
        given = self.product.model_dump(exclude={"strength"})
        return {self.name: ProductSpec.model_construct(actives={self.name: self.product.strength}, **given)}
