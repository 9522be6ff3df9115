"""Every name that a treatment's file can take from the tables, by what it is of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from hudnal.instrument import list_instruments
from hudnal.intake.check import list_peel_agents
from hudnal.skin import list_sites
from hudnal.transport import compound_names, product_names, vehicle_names
from hudnal.treatment.person import Condition


def list_catalogues() -> Mapping[str, list[str]]:
    """Names by catalogue: sites, instruments, products, agents, compounds, vehicles, conditions."""
    return {
        "sites": list_sites(),
        "instruments": list_instruments(),
        "products": product_names(),
        "agents": list_peel_agents(),
        "compounds": compound_names(),
        "vehicles": vehicle_names(),
        "conditions": list(get_args(Condition)),
    }
