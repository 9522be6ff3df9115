"""Files of measured permeability, made up here, read and set beside the prediction."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from math import log10

import numpy as np
import pytest

import hudnal.evidence.permeability
from hudnal.cli import main
from hudnal.evidence.fault import DataFault
from hudnal.evidence.membranes import DataSet, Membrane, read_cheruvu, read_huskindb, read_membranes
from hudnal.evidence.permeability import (
    compare_permeability,
    measure_accuracy,
    predict_by_potts_guy,
    predict_permeability,
)
from hudnal.language.say import texts
from hudnal.parameters import Draws
from hudnal.report.sheets.permeability import tabulate_permeability

CHERUVU = (
    "No,Compound,SMILES,CAS No,set,MWa,logKowb,Texpi,Skin thicknessj,Skin Integrity testk,logkpl,Reference"
)
HUSKIN = (
    '"Compound name",Smiles,"logkp (cm/s)","used layer","skin preparation",neat,"donor/skin surface temperature (°C)",'
    '"donor pH","donor type",reference,LogP,"molecular weight"'
)


def relation(log_kow, mass):
    return -2.7 + 0.71 * log_kow - 0.0061 * mass


def cheruvu_row(log_kow, mass, kp, thickness="0.1", name="Madeupol"):
    return f'1,{name},C,0-0-0,t,{mass},{log_kow},305,{thickness},"a, b",{kp},(Nobody 1999)'


def huskin_row(
    log_kow, mass, kp, layer="epidermis", prep="unknown", neat=0, ph="unknown", donor="PBS", name="X"
):
    return f'{name},C,{kp},"{layer}",{prep},{neat},32,{ph},{donor},"Nobody, 1999",{log_kow},{mass}'


def written(folder, head, *rows, encoding="utf-8"):
    file = folder / "data.csv"
    file.write_text("\n".join([head, *rows]) + "\n", encoding=encoding)
    return file


def test_rows_on_the_relation_have_no_error(tmp_path):
    places = [(-1.5, 90.0), (0.0, 150.0), (1.0, 200.0), (2.5, 300.0)]
    file = written(tmp_path, CHERUVU, *(cheruvu_row(k, m, relation(k, m)) for k, m in places))
    data = read_cheruvu(file)
    assert [(r.log_kow, r.molar_mass) for r in data.rows] == places
    assert predict_by_potts_guy(data.rows) == pytest.approx([relation(k, m) for k, m in places], abs=1e-12)
    found = measure_accuracy(data, Draws(64, 2))["whole"]
    assert found.plain_rmse == pytest.approx(0, abs=1e-12)
    assert found.coverage == 1


def test_rows_on_the_membrane_have_no_error_either(tmp_path):
    """kp = 1/(1/(corneum + shunts) + living layers), written out here in cm and s for one draw at every median."""

    def membrane(log_kow, mass, living):
        free = 10 ** (-4.15 - 0.6555 * log10(mass)) * 3600  # cm2/h
        outer = 10 ** relation(log_kow, mass) + 3.5e-4 * 10 * free
        return log10(1 / (1 / outer + living / (0.6 * free)))

    places = [(-4.0, 342.0), (0.0, 150.0), (2.0, 250.0), (5.5, 200.0)]
    rows = [cheruvu_row(k, m, membrane(k, m, (0.1 - 0.0141) / 10)) for k, m in places]
    data = read_cheruvu(written(tmp_path, CHERUVU, *rows))
    assert measure_accuracy(data, Draws(1, belief="prior"))["whole"].rmse == pytest.approx(0, abs=1e-9)
    # 250-350 um with a dermatome, 300 between them; an isolated corneum has nothing living.
    rows = [
        huskin_row(k, m, membrane(k, m, thickness) - log10(3600), layer, prep)
        for k, m in places
        for layer, prep, thickness in (
            ("stratum corneum", "heat separation", 0.0),
            ("epidermis", "heat separation", 0.0545 / 10),
            ("epidermis, dermis", "dermatomed 250-350um", (0.3 - 0.0141) / 10),
            ("epidermis, dermis", "fat removed", (1.3 + 0.0545) / 10),
        )
    ]
    found = measure_accuracy(read_huskindb(written(tmp_path, HUSKIN, *rows)), Draws(1, belief="prior"))
    assert {"whole", "corneum", "epidermis", "skin"} <= set(found)
    assert found["whole"].rmse == pytest.approx(0, abs=1e-9)
    assert found["skin"].rows == 8


def test_coverage_and_bias_are_counted():
    draws = Draws(128, 3)
    on = Membrane("x", 1.5, 180.0, 0.0, "epidermis", 0.1)
    low, middle, high = np.quantile(predict_permeability([on], draws)[:, 0], [0.05, 0.5, 0.95])
    measured = (low + 0.01, middle, high - 0.01, high + 0.01)
    found = measure_accuracy(
        DataSet("x", tuple(replace(on, measured=float(m)) for m in measured), {}), draws
    )["whole"]
    assert found.coverage == 0.75
    assert found.bias == pytest.approx(middle - np.mean(measured))


def test_what_can_not_be_compared_is_left_out_and_told(tmp_path):
    rows = [
        huskin_row(1, 100, -6),
        huskin_row(1, 100, -6, neat=1),
        huskin_row(1, 100, -6, donor="Ethanol 60%"),
        huskin_row(1, 100, -6, donor="Propylene glycol"),
        huskin_row(1, 100, -6, layer="dermis"),
        huskin_row(1, 100, -6, layer="unknown"),
        huskin_row("?", 100, -6),
        huskin_row(1, 0, -6),
        huskin_row(1, 100, "nan"),
        "too,short",
    ]
    data = read_huskindb(written(tmp_path, HUSKIN, *rows))
    assert len(data.rows) == 1
    assert data.left_out == {"no_number": 3, "unknown_layer": 2, "not_water": 2, "neat": 1, "no_corneum": 1}
    assert data.size == len(rows)


def test_ph_of_the_donor_counts_where_the_pka_is_known():
    """A base in acid passes less; a compound that the tables do not know passes as if neutral."""
    draws = Draws(256, 1)

    def median(name, ph):
        return np.median(predict_permeability([Membrane(name, 2.3, 234.3, 0.0, "epidermis", ph=ph)], draws))

    assert median("Lidocaine", 4.0) < median("Lidocaine", 7.8) - 0.9
    assert median("Lidocaine", 7.8) < median("Lidocaine", 11.0)
    assert median("Lidocaine", None) == pytest.approx(median("Lidocaine", 11.0), abs=0.01)
    assert median("Madeupol", 4.0) == median("Madeupol", 11.0)


@pytest.fixture
def sets(tmp_path):
    """A file of each kind, the first in another encoding than ours."""
    cheruvu = tmp_path / "c.csv"
    cheruvu.write_bytes(
        "\n".join([CHERUVU, cheruvu_row(1, 100, -2.5), cheruvu_row(2, 150, -2.2, name="\xb5ol")]).encode(
            "latin-1"
        )
    )
    huskin = written(
        tmp_path, HUSKIN, huskin_row(1, 100, -6), huskin_row(1, 600, -6, ph="7.4"), huskin_row("", 1, 1)
    )
    return cheruvu, huskin


@pytest.fixture
def hudnal_command(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["hudnal", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        seen = capsys.readouterr()
        return end.value.code or 0, seen.out, seen.err

    return run


def test_sets_are_recognised_and_compared_one_by_one(sets):
    cheruvu, huskin = compare_permeability(sets, 64)
    assert (cheruvu.data.name, huskin.data.name) == ("Cheruvu", "HuskinDB")
    assert cheruvu.accuracy == measure_accuracy(read_cheruvu(sets[0]), Draws(64, 1))
    assert list(huskin.accuracy) == ["whole", "within", "outside"]
    assert (cheruvu.with_ph, huskin.with_ph, huskin.without_pka) == (0, 1, 1)
    whole = huskin.accuracy["whole"]
    assert huskin.no_worse_than_potts_guy == (whole.rmse <= whole.plain_rmse)
    assert huskin.covers_enough == (0.85 <= whole.coverage <= 0.95)


def test_rows_are_compared_alike_however_many_there_are(tmp_path):
    """They go through in parts; the draws of each are the same."""
    rows = [cheruvu_row(k, 100 + 3 * i, -2.5) for i, k in enumerate(np.linspace(-2, 5, 150))]
    data = read_cheruvu(written(tmp_path, CHERUVU, *rows))
    draws = Draws(32, 4)
    measured = np.array([row.measured for row in data.rows])
    middle = np.median(predict_permeability(data.rows, draws), axis=0)
    assert measure_accuracy(data, draws)["whole"].bias == pytest.approx(np.mean(middle - measured), rel=1e-12)


@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_set_as_a_table(sets, language):
    """Every column of the accuracy in words and numbers of the language."""
    (comparison,) = compare_permeability(sets[1:], 64)
    shown = tabulate_permeability(comparison, language)
    known = texts(language)
    sign = {"en": ".", "sv": ","}[language]
    whole = comparison.accuracy["whole"]
    assert shown.heads[1:3] == (known["permeability.rows"], known["permeability.rmse"])
    assert shown.rows[0] == (
        known["permeability.whole"],
        "2",
        f"{whole.rmse:.2f}".replace(".", sign),
        f"{whole.bias:+.2f}".replace(".", sign),
        f"{100 * whole.coverage:.1f} %".replace(".", sign),
        f"{whole.plain_rmse:.2f}".replace(".", sign),
        f"{whole.plain_bias:+.2f}".replace(".", sign),
    )
    assert len(shown.rows) == len(comparison.accuracy)
    assert known["permeability.left_out"].format(n=1, why=known["permeability.no_number"]) in shown.sentences


def test_the_command_tells_both_sets_and_runs_no_case(hudnal_command, sets, monkeypatch):
    import hudnal.evidence.forecast

    monkeypatch.setattr(hudnal.evidence.forecast, "run_cases", None)  # whoever calls it fails
    files = [word for file in sets for word in ("--permeability", file)]
    code, english, err = hudnal_command("evidence", *files, "--draws", 64)
    assert (code, err) == (0, "")
    assert "2 of 2 rows" in english and "2 of 3 rows" in english and "outside the range" in english
    assert "Left out: 1 rows, a value that is needed is no number" in english
    assert hudnal_command("evidence", *files, "--draws", 64)[1] == english
    code, swedish, _ = hudnal_command("evidence", *files, "--draws", 64, "--lang", "sv")
    assert code == 0 and "utanför området" in swedish and "Inte sämre än Potts-Guy" in swedish
    assert hudnal_command("evidence", *files, "--draws", 64, "-q")[1] == ""


def test_the_command_leaves_a_page_and_data(hudnal_command, sets, tmp_path):
    out = tmp_path / "out"
    code, told, _ = hudnal_command("evidence", "--permeability", sets[1], "--draws", 64, "-o", out)
    assert code == 0 and {p.name for p in out.iterdir()} == {"permeability.md", "permeability.json"}
    content = json.loads((out / "permeability.json").read_text(encoding="utf-8"))
    (comparison,) = compare_permeability(sets[1:], 64)
    (one,) = content["sets"]
    assert content["schema"] == "hudnal/permeability/1" and "does not diagnose" in content["notice"]
    assert one["parts"]["whole"]["rmse"] == comparison.accuracy["whole"].rmse
    assert one["left_out"] == {"no_number": 1} and one["used"] == 2
    page = (out / "permeability.md").read_text(encoding="utf-8")
    shown = tabulate_permeability(comparison, "en")
    assert f"| {' | '.join(shown.rows[0])} |" in page
    assert all(sentence in page and sentence in told for sentence in shown.sentences)


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "'MWa'"),
        (b"Compound,MWa,logKowb\nx,1,2\n", "'logkpl'"),
        (HUSKIN.replace('"used layer",', "").encode(), "'used layer'"),
        (CHERUVU.replace(",", ";").encode(), "'logkpl'"),
        (CHERUVU.encode(), "0"),
        ("\n".join([CHERUVU, cheruvu_row("a", "b", "c")]).encode(), "1"),
        (b"PK\x03\x04\0\0", "CSV"),
        ((CHERUVU + "\n" + "x" * 200_000).encode(), "CSV"),
    ],
)
def test_a_faulty_file_is_told_in_one_line(hudnal_command, tmp_path, language, content, told):
    file = tmp_path / "data.csv"
    file.write_bytes(content)
    code, out, err = hudnal_command(
        "evidence", "--permeability", file, "--lang", language, "-o", tmp_path / "none"
    )
    assert code == 2 and out == "" and not (tmp_path / "none").exists()
    assert err.startswith(f"{file}: ") and err.count("\n") == 1 and told in err


def test_a_file_that_is_not_there_and_senseless_draws_are_told(hudnal_command, tmp_path):
    file = written(tmp_path, CHERUVU, cheruvu_row(1, 100, -2.5))
    for name, told in ((tmp_path / "none.csv", "no such file"), (tmp_path, "folder")):
        code, _, err = hudnal_command("evidence", "--permeability", name)
        assert code == 2 and err.startswith(f"{name}: ") and told in err and err.count("\n") == 1
    code, _, err = hudnal_command("evidence", "--permeability", file, "--draws", 0)
    assert code == 2 and "--draws" in err


@pytest.mark.parametrize(("language", "told"), [("en", "is now"), ("sv", "heter nu")])
def test_the_module_that_was_a_command_says_what_replaced_it(language, told):
    old = [
        sys.executable,
        "-m",
        hudnal.evidence.permeability.__name__,
        "--cheruvu",
        "x.csv",
        "--lang",
        language,
    ]
    ended = subprocess.run(old, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert told in ended.stderr and "hudnal evidence --permeability" in ended.stderr


def test_the_other_set_is_not_taken_for_this_one(tmp_path):
    with pytest.raises(DataFault) as fault:
        read_huskindb(written(tmp_path, CHERUVU, cheruvu_row(1, 100, -2.5)))
    assert fault.value.key == "columns"
    assert read_membranes(tmp_path / "data.csv").name == "Cheruvu"
