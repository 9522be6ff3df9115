"""Print how the law of the dent compares with finite elements, as a Markdown table for docs/model/puncture.md.

python docs/dent_table.py (about a minute)
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from hudnal.puncture.dent import ElasticLayers, Ground

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "puncture"))

from finite_elements import CASES, Case, dent

HEAD = """| tip mm | tension N/mm | layers mm | Young's moduli MPa | law N/mm | finite elements N/mm | difference % |
|---:|---:|---|---|---:|---:|---:|"""


def row(case: Case) -> str:
    """One line of the table; the finite elements are finer than those of the tests."""
    one_draw = (np.array([a]) for a in (case.modulus, case.thickness, case.prestress))
    law = 1 / Ground(ElasticLayers(*one_draw)).needle_compliance(np.array([case.radius]))[0]
    elements = dent(case, growth=0.25, finest=0.01).stiffness
    thickness, young = (" / ".join(f"{a:g}" for a in values) for values in (case.thickness, case.young))
    cells = (
        f"{case.radius:g}",
        f"{case.tension:g}",
        thickness,
        young,
        f"{law:.4f}",
        f"{elements:.4f}",
        f"{100 * (law / elements - 1):+.1f}",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(HEAD)
    for each in CASES:
        print(row(each))
