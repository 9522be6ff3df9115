"""The command that makes the handouts."""

from __future__ import annotations


def test_handout_leaves_three_sheets_and_tells_where(hudnal, tmp_path):
    code, out, err = hudnal(
        "handout", "classic", "-o", tmp_path / "h", "--draws", 2, "--lang", "sv", "--clinic", "Norra kliniken"
    )
    assert (code, err) == (0, "")
    assert {p.name for p in (tmp_path / "h").iterdir()} == {"client.html", "consent.html", "checklist.html"}
    assert "Klientblad" in out and "ställer ingen diagnos" in out
    page = (tmp_path / "h" / "client.html").read_text(encoding="utf-8")
    assert '<html lang="sv">' in page and "Norra kliniken" in page


def test_excised_skin_has_no_client(hudnal, tmp_path):
    file = tmp_path / "cell.yaml"
    file.write_text(
        "setting: franz-cell\ncell: {receptor: 5 mL, skin: 0.4 mm}\nsite: abdomen\narea: 1 cm2\n"
        "session: [{spread: {what: caffeine-3}}]\n",
        encoding="utf-8",
    )
    code, _, err = hudnal("handout", file, "-o", tmp_path / "h")
    assert code == 2 and "diffusion cell" in err
    assert not (tmp_path / "h").exists()
