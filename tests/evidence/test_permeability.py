"""Files of measured permeability, made up here, read and set beside the prediction."""

from __future__ import annotations

from dataclasses import replace
from math import log10

import numpy as np
import pytest

from hudnal.evidence.membranes import DataFault, DataSet, Membrane, read_cheruvu, read_huskindb
from hudnal.evidence.permeability import main, potts_guy_alone, predicted, scores
from hudnal.parameters import Draws

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
    assert potts_guy_alone(data.rows) == pytest.approx([relation(k, m) for k, m in places], abs=1e-12)
    found = scores(data, Draws(64, 2))["whole"]
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
    assert scores(data, Draws(1, belief="prior"))["whole"].rmse == pytest.approx(0, abs=1e-9)
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
    found = scores(read_huskindb(written(tmp_path, HUSKIN, *rows)), Draws(1, belief="prior"))
    assert {"whole", "corneum", "epidermis", "skin"} <= set(found)
    assert found["whole"].rmse == pytest.approx(0, abs=1e-9)
    assert found["skin"].rows == 8


def test_coverage_and_bias_are_counted():
    draws = Draws(128, 3)
    on = Membrane("x", 1.5, 180.0, 0.0, "epidermis", 0.1)
    low, middle, high = np.quantile(predicted([on], draws)[:, 0], [0.05, 0.5, 0.95])
    measured = (low + 0.01, middle, high - 0.01, high + 0.01)
    found = scores(DataSet("x", tuple(replace(on, measured=float(m)) for m in measured), {}), draws)["whole"]
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
        return np.median(predicted([Membrane(name, 2.3, 234.3, 0.0, "epidermis", ph=ph)], draws))

    assert median("Lidocaine", 4.0) < median("Lidocaine", 7.8) - 1 < median("Lidocaine", 11.0) - 1
    assert median("Lidocaine", None) == pytest.approx(median("Lidocaine", 11.0), abs=0.01)
    assert median("Madeupol", 4.0) == median("Madeupol", 11.0)


def test_the_tables_are_printed_in_both_languages(tmp_path, capsys):
    cheruvu = tmp_path / "c.csv"
    cheruvu.write_bytes(
        "\n".join([CHERUVU, cheruvu_row(1, 100, -2.5), cheruvu_row(2, 150, -2.2, name="\xb5ol")]).encode(
            "latin-1"
        )
    )
    huskin = written(
        tmp_path, HUSKIN, huskin_row(1, 100, -6), huskin_row(1, 600, -6, ph=7.4), huskin_row("", 1, 1)
    )
    files = ["--cheruvu", str(cheruvu), "--huskindb", str(huskin), "--draws", "64"]
    assert main(files) == 0
    english = capsys.readouterr().out
    assert "2 of 2 rows" in english and "2 of 3 rows" in english
    assert (
        "outside the range" in english and "Left out: 1 rows, a value that is needed is no number" in english
    )
    assert main([*files, "--lang", "sv"]) == 0
    swedish = capsys.readouterr().out
    assert "utanför området" in swedish and "Inte sämre än Potts-Guy" in swedish
    assert main(files) == 0
    assert capsys.readouterr().out == english


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "'MWa'"),
        (b"Compound,MWa,logKowb\nx,1,2\n", "'logkpl'"),
        (CHERUVU.replace(",", ";").encode(), "'logkpl'"),
        (CHERUVU.encode(), "0"),
        ("\n".join([CHERUVU, cheruvu_row("a", "b", "c")]).encode(), "1"),
        (b"PK\x03\x04\0\0", "CSV"),
        ((CHERUVU + "\n" + "x" * 200_000).encode(), "CSV"),
    ],
)
def test_a_faulty_file_is_told_in_one_line(tmp_path, capsys, language, content, told):
    file = tmp_path / "data.csv"
    file.write_bytes(content)
    assert main(["--cheruvu", str(file), "--lang", language]) == 2
    seen = capsys.readouterr()
    assert seen.out == ""
    assert seen.err.startswith(f"{file}: ") and seen.err.count("\n") == 1 and told in seen.err


def test_no_file_and_senseless_arguments_are_told(tmp_path, capsys):
    file = written(tmp_path, CHERUVU, cheruvu_row(1, 100, -2.5))
    for arguments, told in (
        ([], "--cheruvu"),
        (["--huskindb", str(tmp_path / "none.csv")], "no such file"),
        (["--huskindb", str(tmp_path)], "folder"),
        (["--cheruvu", str(file), "--draws", "0"], "--draws"),
        (["--cheruvu", str(file), "--draws", "1000000"], "--draws"),
    ):
        assert main(arguments) == 2
        err = capsys.readouterr().err
        assert told in err and err.count("\n") == 1


def test_the_other_set_is_not_taken_for_this_one(tmp_path):
    with pytest.raises(DataFault) as fault:
        read_huskindb(written(tmp_path, CHERUVU, cheruvu_row(1, 100, -2.5)))
    assert fault.value.key == "columns"
