"""Products of the file's own: what is in them, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from immutabledict import immutabledict
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from hudnal.treatment.quantity import Frozen, InUnit, Name
from hudnal.treatment.steps import Amount

Percent = Annotated[float, InUnit("%", 0, 100, "2 %", above=True)]
Particle = Literal["iron-oxide", "titanium-dioxide", "zinc-oxide", "carbon-black", "mica"]
_ALL = 100.001  # %: parts that were rounded may come to a little more than the whole


class Blend(BaseModel):
    """What every product of one's own has."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["numbing", "serum", "retinoid", "sunscreen", "make-up"] = "serum"
    vehicle: Annotated[str, Field(min_length=1, max_length=60)] = "water"
    ph: Annotated[float, InUnit("1", 0, 14, "6.5")] = 7.0
    sterile: bool = False
    amount: Amount = 2.0  # mg/cm2, where a step gives none
    narrows_vessels: bool = False
    anti_inflammatory: bool = False
    spf: Annotated[float, InUnit("1", 1, 100, "30")] | None = Field(
        default=None, description="sun protection factor (left out: none)"
    )
    particles: Annotated[Mapping[Particle, Percent], Field(max_length=10), Frozen()] = Field(
        default_factory=immutabledict[Particle, float], description="what lies in it undissolved, by weight"
    )

    @model_validator(mode="after")
    def _require_amount_of_cream(self) -> Any:
        # What is usual for a serum would hardly be a numbing cream at all.
        if self.kind == "numbing" and "amount" not in self.model_fields_set:
            raise PydanticCustomError("hudnal", "{key}", {"key": "numbing_without_amount", "values": {}})
        return self


class ProductSpec(Blend):
    """A product of your own: actives of your own or of the tables, by weight, and what they come in."""

    actives: Annotated[Mapping[Annotated[str, Name()], Percent], Field(max_length=20), Frozen()] = Field(
        default_factory=immutabledict
    )

    @model_validator(mode="after")
    def _check_sum_of_actives(self) -> Any:
        total = sum(self.actives.values()) + sum(self.particles.values())
        if total > _ALL:
            values = {"total": f"{total:g}"}
            raise PydanticCustomError("hudnal", "{key}", {"key": "actives_over_100", "values": values})
        return self
