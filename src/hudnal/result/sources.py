"""Which published figures a course rests on: through its parameters, its instruments, its products, its rules."""

from __future__ import annotations

from collections.abc import Iterable

from hudnal.instrument.catalogue import find_instrument
from hudnal.intake.check import choose_instrument
from hudnal.intake.treatment import Treatment
from hudnal.outcome.rules import PlanWarning
from hudnal.parameters.table import parameters
from hudnal.treatment.steps import Needling


def list_facts_of_parameters(names: Iterable[str]) -> set[str]:
    """Source ids of these parameters; what a file says of its own compounds has none."""
    return {fact for name in names if name in parameters() for fact in parameters()[name].source}


def list_facts_of_instruments(treatment: Treatment) -> set[str]:
    """Source ids of the catalogue's instruments that the treatment uses."""
    named = [choose_instrument(s, treatment) for _, s in treatment.walk_steps() if isinstance(s, Needling)]
    return {f for spec in named if isinstance(spec, str) for f in find_instrument(spec).get("source", ())}


def list_facts_of_products(treatment: Treatment) -> set[str]:
    """Source ids of what the treatment puts on the skin."""
    return {fact for product in treatment.products_used for fact in product.source}


def list_facts_of_warnings(warnings: Iterable[PlanWarning]) -> set[str]:
    """Source ids of the rules that spoke."""
    return {fact for warning in warnings for fact in warning.source}
