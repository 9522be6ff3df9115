from __future__ import annotations

import json

import pytest

from hudnal.cli import main

COMPOUND = """\
name: my-drug
molar_mass: 300 g/mol
log_kow: {value: 2.1, spread: 0.3}
pka: 8.2
unbound: 0.3
product: {vehicle: gel, strength: 2 %, ph: 6.5, amount: 20 mg/cm2}
"""
TREATMENT = """\
setting: franz-cell
cell: {receptor: 5 mL, skin: 0.4 mm}
site: abdomen
area: 1 cm2
session:
  - spread: {what: my-drug}
"""


@pytest.fixture
def said(monkeypatch, capsys):
    def run(*args: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["hudnal", *map(str, args)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def files(tmp_path):
    (tmp_path / "drug.yaml").write_text(COMPOUND)
    (tmp_path / "cell.yaml").write_text(TREATMENT)
    return tmp_path


@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_compound_of_ones_own_in_a_diffusion_cell(files, said, language):
    out = files / "out"
    code, told, faults = said(
        "deliver", files / "drug.yaml", files / "cell.yaml", "-o", out, "--for", "6 h", "--draws", 4, "--lang",
        language,
    )  # fmt: skip
    assert (code, faults) == (0, "")
    assert "µg/cm²" in told
    found = json.loads((out / "delivery.json").read_text())
    assert found["notice"]
    assert found["balance_error"] < 1e-6
    assert found["quantities"]["cumulative.whole"]["median"] > 0
    for name in ("delivery.csv", "profile.csv", "delivery.nc", "delivery.svg"):
        assert (out / name).stat().st_size > 500
    notice, head, *rows = (out / "delivery.csv").read_text(encoding="utf-8").splitlines()
    assert (
        notice == (out / "profile.csv").read_text(encoding="utf-8").splitlines()[0] == f"# {found['notice']}"
    )
    assert head.startswith("time_h,needled_inside_ug_cm2_median")
    assert len(rows) > 20


def test_faults_are_told_in_lines(files, said):
    (files / "bad.yaml").write_text(COMPOUND.replace("molar_mass", "molar_mas"))
    for args, what in (
        (("lidocane", "classic"), "lidocaine"),
        ((files / "bad.yaml", files / "cell.yaml"), "molar_mass"),
        (("minoxidil", "classic"), "spread"),
        (("lidocaine", "classic", "--for", "soon"), "soon"),
        (("lidocaine", "nowhere.yaml"), "nowhere"),
    ):
        code, told, faults = said("deliver", *args, "--draws", 2, "-o", files / "out")
        assert code == 2
        assert what in faults
        assert "Traceback" not in faults
        assert told == ""
        assert not (files / "out").exists()


def test_excised_skin_has_no_course(files, said):
    (files / "cell.yaml").write_text(TREATMENT.replace("my-drug", "minoxidil-5"))
    code, _, faults = said("run", files / "cell.yaml", "-o", files / "out")
    assert code == 2
    assert "hudnal deliver" in faults
    assert not (files / "out").exists()
