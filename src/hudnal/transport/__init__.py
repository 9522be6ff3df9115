"""What goes through the skin and its holes, into blood and nerves, and how the holes close."""

from hudnal.transport.channels import Channels
from hudnal.transport.closure import BareSkin, Closure
from hudnal.transport.compound import Compound, compound_names
from hudnal.transport.depot import Depot, TransportConditions
from hudnal.transport.measures import MEASURES, Measures, OpenSkin
from hudnal.transport.numbness import Numbness
from hudnal.transport.product import Product, product, product_names, vehicle_names
from hudnal.transport.water import water_loss

__all__ = [
    "MEASURES",
    "BareSkin",
    "Channels",
    "Closure",
    "Compound",
    "Depot",
    "Measures",
    "Numbness",
    "OpenSkin",
    "Product",
    "TransportConditions",
    "compound_names",
    "product",
    "product_names",
    "vehicle_names",
    "water_loss",
]
