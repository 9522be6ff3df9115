"""Hudnål: skin needling, from the roller in the hand to the skin half a year later.

>>> import hudnal
>>> course = hudnal.simulate(hudnal.load("classic"))  # doctest: +SKIP
>>> course.summary()["quantities"]["hole_density"]  # doctest: +SKIP

It informs; it does not diagnose, and it is no medical device.
"""

from typing import TYPE_CHECKING

import lazy_loader

from hudnal.version import __version__ as __version__

if TYPE_CHECKING:
    from hudnal.course.simulate import simulate as simulate
    from hudnal.intake.load import load as load
    from hudnal.intake.treatment import Treatment as Treatment
    from hudnal.result.catalogue import quantities as quantities
    from hudnal.result.catalogue import series as series
    from hudnal.result.course import Course as Course
    from hudnal.result.interval import interval as interval
    from hudnal.study.compare import Comparison as Comparison
    from hudnal.study.compare import compare as compare
    from hudnal.study.deliver import deliver as deliver
    from hudnal.study.sweep import sweep as sweep
    from hudnal.treatment import Fault as Fault
    from hudnal.treatment import TreatmentError as TreatmentError
    from hudnal.treatment import list_presets as list_presets

# `import hudnal` stays under a tenth of a second: the rooms open when they are entered.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "course.simulate": ["simulate"],
        "intake.load": ["load"],
        "intake.treatment": ["Treatment"],
        "result.catalogue": ["quantities", "series"],
        "result.course": ["Course"],
        "result.interval": ["interval"],
        "study.compare": ["Comparison", "compare"],
        "study.deliver": ["deliver"],
        "study.sweep": ["sweep"],
        "treatment": ["Fault", "TreatmentError", "list_presets"],
    },
)
__all__ += ["__version__"]
