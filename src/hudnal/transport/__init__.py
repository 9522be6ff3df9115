"""What goes through the skin and its holes, into blood and nerves, and how the holes close."""

from hudnal.transport.closure import Bare, Closure
from hudnal.transport.compound import Compound, compound_names
from hudnal.transport.depot import Depot, Setting
from hudnal.transport.holes import Paths
from hudnal.transport.measures import INSTRUMENTS, Measures, Openings
from hudnal.transport.numbness import Numbness
from hudnal.transport.product import Product, product, product_names, vehicle_names
from hudnal.transport.water import water_loss

__all__ = [
    "INSTRUMENTS",
    "Bare",
    "Closure",
    "Compound",
    "Depot",
    "Measures",
    "Numbness",
    "Openings",
    "Paths",
    "Product",
    "Setting",
    "compound_names",
    "product",
    "product_names",
    "vehicle_names",
    "water_loss",
]
