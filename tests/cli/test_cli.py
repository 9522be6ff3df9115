"""The command: what it prints, what it leaves, how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import jsonschema
import pytest
import yaml
from sampling import sample, whole

from hudnal.parameters.bibliography import bibliography
from hudnal.treatment.presets import list_presets


def test_run_leaves_three_files_and_tells_where(hudnal, tmp_path):
    code, out, err = hudnal("run", "classic", "-o", tmp_path / "r", "--draws", 4)
    assert (code, err) == (0, "")
    assert {p.name for p in (tmp_path / "r").iterdir()} == {"report.html", "summary.json", "course.nc"}
    assert "report.html" in out
    assert "until nobody sees it any more" in out
    assert "does not diagnose" in out


def test_run_in_swedish(hudnal, tmp_path):
    code, out, _ = hudnal("run", "classic", "-o", tmp_path / "r", "--draws", 4, "--lang", "sv")
    assert code == 0
    assert "nytt friskt kollagen av nålarna" in out and "Fara, steg 5.1" in out
    page = (tmp_path / "r" / "report.html").read_text(encoding="utf-8")
    assert '<html lang="sv">' in page
    assert "ställer ingen diagnos" in json.loads((tmp_path / "r" / "summary.json").read_text())["notice"]


@pytest.mark.parametrize(("language", "said"), [("en", "punctures a second"), ("sv", "stick i sekunden")])
def test_holes_leave_a_table_a_figure_and_a_sheet(hudnal, tmp_path, language, said):
    code, out, err = hudnal("holes", "home", "-o", tmp_path / "h", "--draws", 3, "--lang", language)
    assert (code, err) == (0, "")
    assert {p.name for p in (tmp_path / "h").iterdir()} == {
        "holes.csv",
        "area.csv",
        "holes.svg",
        "sheet.json",
    }
    assert said in out
    tables = [(tmp_path / "h" / name).read_text(encoding="utf-8") for name in ("holes.csv", "area.csv")]
    assert all(table.startswith("# Hudnål") for table in tables)
    assert (
        json.loads((tmp_path / "h" / "sheet.json").read_text(encoding="utf-8"))["schema"] == "hudnal/holes/1"
    )


def test_a_set_of_cases_of_ones_own(hudnal, tmp_path):
    """A trial that the bibliography does not know is set beside the forecast; what cannot be read off is told."""
    text = """
studies:
  mine: {site: cheek, area: 20 cm2, concern: ageing, setting: clinic, instrument: dermaroller-mf8,
    session: [{roll: {strokes: 4, force: 5 N}}], course: {follow_up: 1 day}}
cases:
  - {id: a, title: Our pain, fact: our trial, role: check, study: mine, observe: {quantity: pain},
     measured: {value: 4, unit: "1", n: 20}}
"""
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    code, out, err = hudnal("evidence", "--cases", file, "--draws", 2, "-o", tmp_path / "e")
    assert (code, err) == (0, "") and "Our pain" in out
    page = (tmp_path / "e" / "evidence.md").read_text(encoding="utf-8")
    assert "our trial" in page and page.startswith("# Cases in mine") and "What moved" not in page
    again = ("evidence", "--cases", file, "--draws", 2, "-q", "-o", tmp_path / "f", "--only", "a")
    assert hudnal(*again, "--before", tmp_path / "e" / "evidence.json")[0] == 0
    page = (tmp_path / "f" / "evidence.md").read_text(encoding="utf-8")
    assert "Figures in both: 1; medians that moved by a tenth or more: 0;" in page
    code, _, err = hudnal("evidence", "--cases", file, "--only", "b", "-q")
    assert code == 2 and "no case has b in its id" in err
    for wrong, told in (
        ("quantity: joy", "case a: no course has"),
        ("share: zinc, of: blood, at: 1 h", "zinc"),
    ):
        unit = "%" if "share" in wrong else "1"
        file.write_text(text.replace("quantity: pain", wrong).replace('"1"', f'"{unit}"'), encoding="utf-8")
        code, _, err = hudnal("evidence", "--cases", file, "--draws", 2, "-q", "-o", tmp_path / "none")
        assert code == 2 and err.startswith(str(file)) and told in err and "Traceback" not in err
    assert not (tmp_path / "none").exists()


def test_holes_need_needles(hudnal, tmp_path):
    file = tmp_path / "peel.yaml"
    file.write_text("session: [wash, {peel: {with: tca-20}}]", encoding="utf-8")
    code, _, err = hudnal("holes", file, "-o", tmp_path / "h")
    assert code == 2 and "no step with needles" in err
    assert not (tmp_path / "h").exists()


def test_sweep_leaves_a_table_and_a_figure(hudnal, tmp_path):
    over = ("--over", "force=1 N,6 N", "--over", "length=0.5 mm,1.5 mm")
    code, out, err = hudnal("sweep", "classic", *over, "-o", tmp_path / "s", "--draws", 4)
    assert (code, err) == (0, "")
    assert {p.name for p in (tmp_path / "s").iterdir()} == {"sweep.csv", "sweep.svg"}
    assert "Tip depth" in out
    lines = (tmp_path / "s" / "sweep.csv").read_text(encoding="utf-8").splitlines()
    assert "does not diagnose" in lines[0]
    assert [line.split(",")[:2] for line in lines[2:]] == [
        ["1 N", "0.5 mm"], ["1 N", "1.5 mm"], ["6 N", "0.5 mm"], ["6 N", "1.5 mm"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ("colour=red", "nothing called 'colour'"),
        ("force", "KEY=A,B,C"),
        ("length=11 mm", "length"),
        ("force=5 kg", "force"),
    ],
)
def test_sweep_refuses_what_cannot_be_varied(hudnal, tmp_path, over, said):
    code, _, err = hudnal("sweep", "classic", "--over", over, "-o", tmp_path / "s", "--draws", 2)
    assert code == 2 and said in err
    assert not (tmp_path / "s").exists()


@whole
def test_quiet_says_nothing(hudnal, tmp_path):
    assert hudnal("run", "home", "-o", tmp_path / "r", "--draws", 2, "-q") == (0, "", "")


@whole
def test_run_goes_to_a_folder_of_its_name(hudnal, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert hudnal("run", "home", "--draws", 2, "-q")[0] == 0
    assert (tmp_path / "out" / "home" / "report.html").exists()


@whole
def test_seed_and_draws_count(hudnal, tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        hudnal("run", "classic", "-o", tmp_path / name, "--draws", 4, "--seed", seed, "-q")
    a, b, c = (json.loads((tmp_path / n / "summary.json").read_text()) for n in "abc")
    assert a == b
    assert a["quantities"] != c["quantities"]
    assert (a["seed"], a["draws"]) == (3, 4)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "clasic"], "classic"),
        (["run", "nowhere.yaml"], "nowhere.yaml"),
        (["run", "classic", "--lang", "xx"], "xx"),
        (["run", "classic", "--draws", "0"], "draws"),
        (["run", "classic", "--seed", "-1"], "seed"),
        (["run", "classic", "--nonsense"], "nonsense"),
        (["nonsense"], "nonsense"),
        (["presets", "clasic"], "classic"),
        (["compare", "classic"], "two"),
        (["cite", "clasic"], "classic"),
    ],
)
def test_bad_words_end_with_2_and_a_line(hudnal, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    code, out, err = hudnal(*words)
    assert code == 2
    assert told in err
    assert "Traceback" not in err + out
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way(hudnal, tmp_path):
    (tmp_path / "r").write_text("mine")
    code, _, err = hudnal("run", "home", "-o", tmp_path / "r", "--draws", 2)
    assert code == 2
    assert str(tmp_path / "r") in err
    assert (tmp_path / "r").read_text() == "mine"


def test_presets_are_listed_and_written_out(hudnal, tmp_path):
    code, out, _ = hudnal("presets")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list_presets()
    assert hudnal("presets", "--lang", "sv")[1] != out
    for name in sample(list_presets(), 2):
        code, text, _ = hudnal("presets", name)
        assert code == 0
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        assert hudnal("run", tmp_path / f"{name}.yaml", "-o", tmp_path / name, "--draws", 1, "-q")[0] == 0


def test_schema_holds_the_presets_and_catches_a_fault(hudnal):
    code, out, _ = hudnal("schema")
    assert code == 0
    schema = json.loads(out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for name in list_presets():
        treatment = yaml.safe_load(hudnal("presets", name)[1])
        validator.validate(treatment)
        with pytest.raises(jsonschema.ValidationError):
            validator.validate({**treatment, "sight": "cheek"})


def test_cite_prints_the_sources_of_a_run(hudnal, tmp_path):
    hudnal("run", "classic", "-o", tmp_path / "r", "--draws", 1, "-q")
    sources = json.loads((tmp_path / "r" / "summary.json").read_text())["sources"]
    code, out, _ = hudnal("cite", tmp_path / "r")
    assert code == 0
    assert [line.split(":")[0] for line in out.splitlines()] == sources
    assert hudnal("cite", "classic")[1] == out
    code, entries, _ = hudnal("cite", tmp_path / "r", "--bibtex")
    assert entries.count("\n@") + entries.startswith("@") == len(sources)
    assert set(sources) <= set(bibliography())


def test_cite_of_a_broken_run(hudnal, tmp_path):
    (tmp_path / "summary.json").write_text("{", encoding="utf-8")
    code, _, err = hudnal("cite", tmp_path)
    assert code == 2
    assert "Traceback" not in err


def test_compare_prints_and_writes(hudnal, tmp_path):
    peel = tmp_path / "peel.yaml"
    plain = yaml.safe_load(hudnal("presets", "classic")[1])
    plain["session"] = ["wash", {"peel": {"with": "tca-35"}}, "seal"]
    peel.write_text(yaml.safe_dump(plain, allow_unicode=True), encoding="utf-8")
    code, out, _ = hudnal("compare", "classic", peel, "--draws", 4, "-o", tmp_path / "c.json")
    assert code == 0
    assert "peel" in out
    assert "Δ" in out
    assert "difference to classic" in " ".join(out.split())
    found = json.loads((tmp_path / "c.json").read_text())
    assert found["schema"] == "hudnal/comparison/1"
    assert found["treatments"] == ["classic", "peel"]
    collagen = found["quantities"]["collagen_change"]
    assert len(collagen["values"]) == 2 and len(collagen["differences_to_first"]) == 1
    assert found["quantities"]["hole_density"]["values"][1]["median"] is None


def test_compare_varies_one_thing_and_draws_the_differences(hudnal, tmp_path):
    file = tmp_path / "columns.yaml"
    file.write_text(
        "session: [wash, {laser: {density: 100 /cm2, diameter: 0.1 mm, depth: 0.5 mm}}]\ncourse: {follow_up: 4 week}",
        encoding="utf-8",
    )
    picture = tmp_path / "c.svg"
    code, out, _ = hudnal(
        "compare", file, "--over", "course.sessions=1,2", "--over", "person.age=30 year,70 year", "--draws", 4,
        "--all", "--figure", picture, "-o", tmp_path / "c.json",
    )  # fmt: skip
    assert code == 0
    found = json.loads((tmp_path / "c.json").read_text())
    assert found["treatments"] == [f"sessions {n}, age {a} year" for n in (1, 2) for a in (30, 70)]
    assert [v["median"] for v in found["quantities"]["sessions"]["values"]] == [1, 1, 2, 2]
    assert "Swelling" in out
    assert "<svg" in picture.read_text(encoding="utf-8")
    hidden = hudnal("compare", file, "--over", "course.sessions=1,2", "--draws", 2)[1]
    assert "Swelling" not in hidden
    assert "--all" in hidden


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--over", "course.interval=1 week"], "two treatments"),
        (["--over", "course.interval=1 banana,2 week"], "banana"),
        (["--over", "course.colour=red,blue"], "course.colour"),
        (["--over", "course.interval"], "KEY=A,B,C"),
        (["classic", "--figure", "c.gif"], "c.gif"),
        (["--over", "course.sessions=1,2", "--draws", "2", "--figure", "no/such/c.svg"], "cannot be written"),
    ],
)
def test_compare_tells_what_is_wrong(hudnal, tmp_path, arguments, told):
    file = tmp_path / "peel.yaml"
    file.write_text("session: [wash, {peel: {with: tca-20}}]", encoding="utf-8")
    code, _, err = hudnal("compare", file, *[file if a == "classic" else a for a in arguments])
    assert code == 2
    assert told in err
    assert "Traceback" not in err
    assert hudnal("compare", file, "--over", "force=1 N,2 N")[0] == 2


def test_version(hudnal):
    import hudnal as package

    assert hudnal("version")[1] == hudnal("--version")[1] == f"hudnal {package.__version__}\n"


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"HUDNAL_LANG": "sv", "LC_ALL": "en_GB.UTF-8"}, "sv"),
        ({"HUDNAL_LANG": "", "LC_ALL": "", "LC_MESSAGES": "", "LANG": "sv_SE.UTF-8"}, "sv"),
        ({"HUDNAL_LANG": "", "LC_ALL": "C", "LANG": "sv_SE.UTF-8"}, "en"),
        ({"HUDNAL_LANG": "", "LC_ALL": "fi_FI.UTF-8"}, "en"),
    ],
)
def test_the_language_is_the_machines_where_nobody_says_one(hudnal, monkeypatch, variables, language):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert hudnal("presets") == hudnal("presets", "--lang", language)


def test_a_language_that_is_none_is_told(hudnal, monkeypatch):
    monkeypatch.setenv("HUDNAL_LANG", "tlh")
    code, _, err = hudnal("presets")
    assert code == 2 and "tlh" in err


def test_names_lists_what_a_file_can_take(hudnal):
    code, out, _ = hudnal("names", "sites")
    assert code == 0 and "upper-lip" in out and "upper lip" in out
    assert "dermaroller-mf8" in hudnal("names")[1]
    assert hudnal("names", "nonsense")[0] == 2


def test_a_preset_begins_with_the_line_that_binds_the_schema(hudnal):
    assert hudnal("presets", "home")[1].startswith("# yaml-language-server: $schema=hudnal.schema.json\n")


def test_a_run_tells_what_was_assumed_and_what_is_dangerous_and_is_run_again(hudnal, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(
        "instrument: dermaroller-mf8\nperson: {age: 40 year}\ncourse: {follow_up: 2 day}\n"
        "session: [{reuse: {shared: true}}, {roll: {strokes: 4}}]\n",
        encoding="utf-8",
    )
    code, out, err = hudnal("run", file, "-o", tmp_path / "r", "--draws", 2, "--csv")
    assert (code, err) == (0, "")
    assert "Not stated, so taken as usual: woman, phototype II, non-smoker, no illness" in out
    assert "40 years" not in out
    assert "Danger, step 1 (used instrument):" in out
    rows = (tmp_path / "r" / "quantities.csv").read_text(encoding="utf-8").splitlines()
    assert "does not diagnose" in rows[0] and rows[1] == "quantity,name,unit,median,low,high"
    assert (tmp_path / "r" / "series.csv").read_text(encoding="utf-8").splitlines()[1].startswith("time_h,")
    code, again, err = hudnal("run", tmp_path / "r" / "summary.json", "-o", tmp_path / "r", "--draws", 2)
    assert code == 0 and "replaced" in err
    assert again.splitlines()[:3] == out.splitlines()[1:4]


def test_a_decimal_comma_in_a_sweep_is_told(hudnal):
    code, _, err = hudnal("sweep", "classic", "--over", "force=2,5")
    assert code == 2 and "write 2.5" in err


def test_the_help_says_how_long_it_takes(hudnal):
    for command in ("run", "handout", "compare", "holes", "sweep", "deliver", "emulate", "evidence", "fit"):
        assert re.search(r"Takes|to 20 s", hudnal(command, "--help")[1]), command


def test_every_command_speaks_the_language_of_the_machine_where_none_is_asked_for():
    from inspect import signature

    from hudnal.cli import app

    commands = [command.callback for command in app.registered_commands if command.callback is not None]
    asked = [signature(command).parameters.get("lang") for command in commands]
    assert {entry.default for entry in asked if entry is not None} == {""}


def test_what_takes_long_is_told_before(capsys):
    from hudnal.cli.shared import tell_time

    tell_time(0.002, "en", quiet=False)
    tell_time(0.5, "en", quiet=True)
    assert capsys.readouterr().err == ""
    tell_time(0.05, "en", quiet=False)
    assert capsys.readouterr().err == "This takes at most 3\u202fmin on this machine.\n"


def test_without_arguments_the_help_is_shown(hudnal):
    code, out, err = hudnal()
    assert code == 2
    assert "Usage: hudnal" in out + err
    assert "hudnal run classic --open" in out
    assert "Traceback" not in out + err


def test_help_names_every_command(hudnal):
    code, out, _ = hudnal("--help")
    assert code == 0
    for command in (
        "run", "handout", "holes", "sweep", "compare", "emulate", "ask", "presets", "schema", "cite", "evidence",
        "version",
    ):  # fmt: skip
        assert command in out


def test_ctrl_c_stops_cleanly(tmp_path):
    command = [
        sys.executable,
        "-m",
        "hudnal",
        "run",
        "classic",
        "-o",
        str(tmp_path / "r"),
        "--draws",
        "4096",
        "-q",
    ]
    # Where the tests run in the background of a script Ctrl-C is not for them, nor for what they start.
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    while _children_loaded(process.pid) is False and process.poll() is None:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    try:
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def _children_loaded(pid):
    """Whether the process has loaded the compiler, so that the simulation is about to run."""
    try:
        return "llvmlite" in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
    except FileNotFoundError:
        return os.name != "posix"


def test_a_closed_pipe_is_no_fault():
    done = subprocess.run(
        f"{sys.executable} -m hudnal cite classic | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


def test_nothing_heavy_is_loaded_for_help():
    code = "import sys, hudnal, hudnal.cli; print([m for m in ('numba','scipy','matplotlib','xarray','pint') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
