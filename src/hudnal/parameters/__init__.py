"""Every number with its unit, spread, source and status; the bibliography; the drawing of samples."""

from hudnal.parameters.bibliography import Reference, bibliography, reference_of
from hudnal.parameters.distribution import Distribution
from hudnal.parameters.draws import Draws
from hudnal.parameters.posterior import Posterior
from hudnal.parameters.table import Parameter, parameters, table

__all__ = [
    "Distribution",
    "Draws",
    "Parameter",
    "Posterior",
    "Reference",
    "bibliography",
    "parameters",
    "reference_of",
    "table",
]
