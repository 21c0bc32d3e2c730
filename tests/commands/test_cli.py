"""The command line: exit codes, what goes to stdout, and what goes to stderr."""

from __future__ import annotations

import csv
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

import pkzone
from pkzone.cli import pkzone as program
from tests.conftest import EVENTS, FILES, SOURCES, manifest, write_catalogue
from tests.helpers.program import Run

COMMANDS = (
    "map",
    "picture",
    "story",
    "diff",
    "history",
    "series",
    "layers",
    "log",
    "show",
    "on",
    "at",
    "events",
    "passable",
    "sources",
    "check",
    "fmt",
    "init",
    "publish",
    "retract",
    "source",
    "event",
    "layer",
    "translate",
    "verify",
    "import",
    "export",
    "tag",
    "git-setup",
)
FOR_GIT = ("git-textconv", "git-merge", "git-difftool")  # run by git; left out of the help
ROAD = (
    '{"type":"FeatureCollection","features":[\n{"type":"Feature","id":"road","properties":'
    '{"name":"%s","status":"open"},"geometry":{"type":"LineString","coordinates":'
    "[[46.75,39.82],[46.6,39.7]]}}\n]}\n"
)


def spawn(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own."""
    command = [sys.executable, "-m", "pkzone", *map(str, arguments)]
    settings = {"capture_output": True, "text": True, "encoding": "utf-8", "check": False}
    return subprocess.run(command, **{**settings, **options})  # type: ignore[call-overload,no-any-return]


def test_the_commands(run: Run) -> None:
    assert tuple(program.list_commands(click.Context(program))) == (*COMMANDS, *FOR_GIT)
    result = run("--help")
    listed = result.out.partition("Commands:")[2].partition("Examples:")[0]
    assert tuple(line.split()[0] for line in listed.splitlines() if line.strip()) == COMMANDS
    assert "..." not in listed  # every summary fits its line


GROUPS = (
    ("story", "new"),
    ("story", "check"),
    ("source", "add"),
    ("event", "add"),
    ("layer", "rename"),
)


@pytest.mark.parametrize(
    "command", [(), *((name,) for name in (*COMMANDS, *FOR_GIT)), *GROUPS], ids=str
)
def test_every_help_has_examples_that_parse(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert (result.code, result.err) == (0, "")
    examples = result.out.partition("\nExamples:\n")[2].splitlines()
    assert examples
    for example in examples:
        program_name, *words = shlex.split(example.split(" > ")[0])
        assert program_name == "pkzone"
        found: click.Command | None = program
        while isinstance(found, click.Group) and words:
            found = found.get_command(click.Context(found), name := words.pop(0))
        assert found is not None
        found.make_context(name, words)  # raises a usage error if it is wrong


LISTING = ("layers", "log corridor", "show corridor", "on 2022-01-01", "sources", "verify",
           "diff corridor@2020-11-10 corridor", "diff corridor --each", "history corridor",
           "check corridor/2020-11-10.geojson", "check --rules")  # fmt: skip


@pytest.mark.parametrize("line", LISTING)
def test_every_command_that_lists_has_the_one_grammar(run: Run, line: str, tmp_path: Path) -> None:
    """A file is what standard output shows, and its extension sets the format as -f does."""
    for form, ending in (("csv", "csv"), ("json", "json"), ("jsonl", "jsonl"), ("markdown", "md")):
        shown = run(*line.split(), "-f", form)
        assert shown.code in (0, 1)
        path = tmp_path / f"a.{ending}"
        assert run(*line.split(), "-o", path).code == shown.code
        assert path.read_bytes().decode() == shown.out
        if form in ("json", "jsonl"):
            documents = [shown.out] if form == "json" else shown.out.splitlines()
            assert all(json.loads(one)["schema"].startswith("pkzone.") for one in documents)
    assert run(*line.split(), "--json").out == run(*line.split(), "-f", "json").out
    again = run(*line.split(), "-o", tmp_path / "a.csv")
    assert (again.code, "--overwrite" in again.err) == (3, True)
    assert run(*line.split(), "-o", tmp_path / "a.csv", "--overwrite").code in (0, 1)
    for name in ("a.dat", "a", "a.png"):
        unknown = run(*line.split(), "-o", tmp_path / name)
        assert (unknown.code, unknown.out) == (2, "")
        assert "its extension chooses no format; use .txt, .csv, .json" in unknown.err
        assert not (tmp_path / name).exists()
    both = run(*line.split(), "--json", "-f", "csv")
    assert (both.code, "exclude each other" in both.err) == (2, True)


@pytest.mark.parametrize("line", LISTING)
def test_csv_has_one_line_a_row(run: Run, line: str) -> None:
    text = run(*line.split(), "-f", "csv").out
    rows = list(csv.reader(text.splitlines(), strict=True))
    assert len(rows) == text.count("\n")
    assert len({len(row) for row in rows}) == 1


def test_no_arguments_show_the_help(run: Run) -> None:
    assert run() == run("--help")
    assert run("-h") == run("--help")


def test_version(run: Run) -> None:
    assert run("--version") == (0, f"pkzone {pkzone.__version__}\n", "")


def test_layers(run: Run) -> None:
    assert run("layers") == (
        0,
        (
            "layer     versions  first       newest        features min  features max  title\n"
            "zone             2  2020-11-10  2024-06-12               0             1  "
            "Responsibility zone\n"
            "corridor         3  2020-11-10  2022-08-30.2             1             2  "
            "Corridor routes\n"
            "\n"
            "licence: CC-BY-4.0\n"
        ),
        "",
    )


def test_layers_json(run: Run) -> None:
    layers = json.loads(run("layers", "--json").out)["rows"]
    assert [layer["layer"] for layer in layers] == ["zone", "corridor"]
    assert layers[1]["licenses"] == ["CC-BY-4.0"]
    assert layers[1]["version_ids"] == ["2020-11-10", "2022-08-30", "2022-08-30.2"]
    assert (layers[1]["features_min"], layers[1]["features_max"]) == (1, 2)


def test_layers_of_several_licences(run: Run, small_root: Path) -> None:
    package = manifest()
    package["resources"][0]["licenses"] = [{"name": "CC0-1.0"}]
    write_catalogue(small_root, package)
    assert "licences: CC-BY-4.0, CC0-1.0 (zone); CC-BY-4.0 (corridor)\n" in run("layers").out


def test_log_is_newest_first_with_events_and_sources(run: Run) -> None:
    assert run("log", "corridor") == (
        0,
        (
            "Corridor routes (corridor)\n"
            "\n"
            "2022-08-30.2  no later state known, 1 feature, record 2 of 2026-11-22\n"
            "  The old road is left, corrected\n"
            "  2022-08     Traffic moves to the new road [Example News]\n"
            "  record 1 of 2026-11-21, 1 feature: The old road is left\n"
            "\n"
            "2022-08-30  until 2022-08-30, 2 features\n"
            "  The new road beside the old one\n"
            "  2022-08     Traffic moves to the new road [Example News]\n"
            "\n"
            "2020-11-10  until 2022-08-30, 1 feature\n"
            "  The old road\n"
            "  2020-11-10  Ceasefire statement [President of Russia 2020-11-10]\n"
        ),
        "",
    )


def test_log_json(run: Run) -> None:
    records = json.loads(run("log", "corridor", "--json").out)["rows"]
    assert [(one["version"], one["record"]) for one in records] == [
        ("2022-08-30.2", 2),
        ("2022-08-30.2", 1),
        ("2022-08-30", 1),
        ("2020-11-10", 1),
    ]
    assert [event["id"] for event in records[3]["events"]] == ["ceasefire"]
    assert records[3]["events"][0]["sources"] == ["statement-2020"]


def test_show(run: Run) -> None:
    assert run("show", "corridor@2022-08-30") == (
        0,
        (
            "corridor@2022-08-30\n"
            "title      The new road beside the old one\n"
            "valid      2022-08-30, until 2022-08-30\n"
            "recorded   2026-11-21, record 1\n"
            "licence    CC-BY-4.0\n"
            "events     2022-08  Traffic moves to the new road\n"
            "\n"
            "name              id          status  certainty  ± m  since\n"
            "Berdzor / Lachin  lachin-new  open    reported   250  2022-08-30\n"
            "Berdzor / Lachin  lachin-old  former  reported   250  2022-08\n"
        ),
        "",
    )


def test_show_an_empty_version(run: Run) -> None:
    result = run("show", "zone")
    assert (result.code, result.err) == (0, "")
    assert result.out.endswith("\n\nno features\n")


def test_show_json(run: Run) -> None:
    shown = json.loads(run("show", "corridor@2021-01-01", "--json").out)
    assert shown["ref"] == "corridor@2020-11-10"
    assert shown["events"][0]["title"] == "Ceasefire statement"
    assert shown["rows"][0]["id"] == "lachin-old"
    assert shown["rows"][0]["properties"]["name_hy"] == "Բերձոր"


def test_show_csv_has_a_column_for_each_property(run: Run) -> None:
    (row,) = csv.DictReader(run("show", "corridor@2021-01-01", "-f", "csv").out.splitlines())
    assert row["id"] == "lachin-old"
    assert (row["name_hy"], row["uncertainty_m"], row["sources"]) == ("Բերձոր", "250", "bbc-2020")


@pytest.mark.parametrize("ref", ["corridor@2022-08-30", "roads.geojson"])
def test_show_features_in_a_status(
    ref: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("roads.geojson").write_text(FILES["corridor/2022-08-30.geojson"], encoding="utf-8")
    shown = json.loads(run("show", ref, "--status", "former", "--json").out)
    assert [row["id"] for row in shown["rows"]] == ["lachin-old"]
    drawn = json.loads(run("show", ref, "--status", "former", "-f", "geojson").out)
    assert [one["id"] for one in drawn["features"]] == ["lachin-old"]
    both = run("show", ref, "--status", "former", "--status", "open", "-f", "csv").out
    assert both.count("\n") == 3
    assert run("show", ref, "--status", "closed").out.endswith("\n\nno features\n")


def test_show_refuses_a_status_that_is_none(run: Run) -> None:
    result = run("show", "corridor@2022-08-30", "--status", "opened")
    assert (result.code, result.out) == (2, "")
    assert "no feature has the status opened; there are former, open" in result.err


def test_show_geojson_is_the_file_byte_for_byte(small_root: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pkzone",
        "--catalogue",
        str(small_root),
        "show",
        "corridor@2022-08-30",
        "--geojson",
    ]
    result = subprocess.run(command, capture_output=True, check=True)
    assert result.stdout == FILES["corridor/2022-08-30.geojson"].encode()


def test_show_a_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "road.geojson"
    path.write_text(ROAD % "Road", encoding="utf-8")
    assert run("show", path) == (0, f"{path}\n\nname  id    status\nRoad  road  open\n", "")
    assert run("show", path, "--geojson").out == ROAD % "Road"
    assert json.loads(run("show", path, "--json").out) == {
        "schema": "pkzone.show/1",
        "file": str(path),
        "rows": [{"id": "road", "properties": {"name": "Road", "status": "open"}}],
    }


def test_show_standard_input(small_root: Path) -> None:
    result = spawn("--catalogue", small_root, "show", "-", input=ROAD % "Road")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.endswith("name  id    status\nRoad  road  open\n")


def test_show_a_file_of_other_properties_with_a_notice(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(
        '{"type":"FeatureCollection","foreign":1,"features":[{"type":"Feature",'
        '"properties":{"lanes":2},"geometry":null}]}',
        encoding="utf-8",
    )
    result = run("show", path)
    assert result.code == 0
    assert result.out.endswith("id  lanes\n-   2\n")
    assert result.err.startswith(f"pkzone: warning: {path}: ")
    assert "foreign" in result.err


def test_on(run: Run) -> None:
    assert run("on", "2022-01-01") == (
        0,
        (
            "layer     version     from        until       features  title\n"
            "zone      2020-11-10  2020-11-10  2024-06-12         1  The zone begins\n"
            "corridor  2020-11-10  2020-11-10  2022-08-30         1  The old road\n"
        ),
        "",
    )


def test_on_a_day_when_one_layer_has_not_begun(run: Run, small_root: Path) -> None:
    package = manifest()
    del package["resources"][0]
    write_catalogue(small_root, package)
    lines = run("on", "2022-01-01").out.splitlines()
    assert lines[1].split() == ["zone", *"-----"]
    assert lines[-1] == "zone begins on 2024-06-12."
    zone, _ = json.loads(run("on", "2022-01-01", "--json").out)["rows"]
    assert (zone["layer"], zone["version"]) == ("zone", None)


def test_on_json(run: Run) -> None:
    answer = json.loads(run("on", "2022-08-30", "--json").out)
    assert answer["date"] == "2022-08-30"
    assert {one["layer"]: one["version"] for one in answer["rows"]} == {
        "zone": "2020-11-10",
        "corridor": "2022-08-30.2",
    }


def test_sources(run: Run) -> None:
    assert run("sources") == (
        0,
        (
            "Statement of 10 November 2020. President of Russia. 2020-11-10.\n"
            "  https://example.org/statement\n"
            "  id: statement-2020\n"
            "\n"
            "Doe, Jo. A road over the mountains. Example News.\n"
            "  id: bbc-2020\n"
        ),
        "",
    )


def test_sources_of_a_version_are_its_own_and_its_events(run: Run) -> None:
    def ids(ref: str) -> list[str]:
        return [record["id"] for record in json.loads(run("sources", ref, "--json").out)["rows"]]

    assert ids("zone@2024-06-12") == ["bbc-2020"]
    assert ids("corridor@latest") == ["bbc-2020", "statement-2020"]
    assert json.loads(run("sources", "--json").out) == {
        "schema": "pkzone.sources/1",
        "rows": SOURCES,
    }
    first, second = csv.DictReader(run("sources", "-f", "csv").out.splitlines())
    assert (first["issued"], second["authors"]) == ("2020-11-10", "Doe, Jo")


def test_sources_of_odd_forms(run: Run, small_root: Path) -> None:
    odd = [
        {
            "id": "odd",
            "title": "Odd.",
            "author": ["X", {"literal": "The Office"}],
            "issued": {"date-parts": "2020"},
            "URL": 5,
        }
    ]
    (small_root / "sources.json").write_text(json.dumps(odd), encoding="utf-8")
    assert run("sources").out == "X; The Office. Odd.\n  id: odd\n"


def test_map(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("map", "--on", "2022-01-01")
    assert (result.code, result.out) == (0, "")
    assert result.err.startswith("pkzone: wrote pkzone-map.html (")
    first = Path("pkzone-map.html").read_bytes()
    assert b'data-as-of="2022-01-01"' in first
    assert run("map", "--on", "2022-01-01").code == 0  # its own file may be replaced
    assert Path("pkzone-map.html").read_bytes() == first
    typed = run("map", "--on", "2022-01-01", "-o", "pkzone-map.html")
    assert typed.code == 3  # a name that is typed is as any other
    assert "--overwrite" in typed.err


def test_map_to_standard_output(run: Run) -> None:
    result = run("map", "corridor", "-o", "-")
    assert (result.code, result.err) == (0, "")
    assert result.out.lower().startswith("<!doctype html>")


def test_map_replaces_no_other_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.html"
    path.write_text("mine", encoding="utf-8")
    result = run("map", "-o", path)
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith(f"pkzone: error: {path}: ")
    assert "--overwrite" in result.err
    assert path.read_text(encoding="utf-8") == "mine"
    assert run("map", "-o", path, "--overwrite").code == 0
    assert path.read_bytes().lower().startswith(b"<!doctype html>")


def test_map_into_no_folder_leaves_nothing(run: Run, tmp_path: Path) -> None:
    result = run("map", "-o", tmp_path / "nowhere/map.html")
    assert (result.code, result.out) == (3, "")
    assert result.err.count("\n") == 1
    assert not (tmp_path / "nowhere").exists()


def test_map_opens_the_page(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(click, "launch", opened.append)
    assert run("map", "-o", tmp_path / "map.html", "--open").code == 0
    assert opened == [str(tmp_path / "map.html")]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["log", "coridor"], "no layer coridor; did you mean corridor? layers: zone, corridor"),
        (["show", "roads@2022-01-01"], "the catalogue has no layer roads; layers: zone, corridor"),
        (
            ["show", "corridor@2019-01-01"],
            "no version of corridor is in force on 2019-01-01; the first is 2020-11-10",
        ),
        (
            ["map", "corridor@2019-01-01", "-o", "-"],
            "no version of corridor is in force on 2019-01-01; the first is 2020-11-10",
        ),
        (
            ["on", "2019-01-01"],
            "no version of any layer is in force on 2019-01-01; the first is 2020-11-10",
        ),
        (["on", "yesterday"], "'yesterday' is not a date; write it as YYYY-MM-DD"),
        (["on", "2022-02-30"], "'2022-02-30' is not in the calendar"),
        (
            ["show", "corridor@2022-08-30.7"],
            "corridor has no version 2022-08-30.7; did you mean 2022-08-30.2? versions: ",
        ),
        (["show", "zone@"], "'zone@' is not a reference"),
        (["show", "missing.geojson"], "missing.geojson: "),
        (["sources", "road.geojson"], "names a file, not a layer"),
        (
            ["layers", "--catalogue", "no/such/folder"],
            "no/such/folder/datapackage.json: no such file",
        ),
        (["map", "--on", "2022-13-01", "-o", "-"], "2022-13-01"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_3(run: Run, arguments: list[str], text: str) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith("pkzone: error: ")
    assert text in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["lyers"], "No such command 'lyers'"),
        (["layers", "--jsn"], "No such option"),
        (["--no-such"], "No such option"),
        (["log"], "Missing argument 'LAYER'"),
        (["on", "2022-01-01", "2022-01-02"], "unexpected extra argument"),
        (["show", "zone", "--json", "--geojson"], "--geojson and -f json exclude each other"),
        (["map", "-o", "-", "--open"], "--open needs a file"),
        (["layers", "--catalogue"], "requires an argument"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_2(run: Run, arguments: list[str], text: str) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("pkzone: error: ")
    assert text in result.err
    assert "--help')" in result.err
    assert result.err.count("\n") == 1


def test_a_damaged_file(run: Run, small_root: Path) -> None:
    (small_root / "corridor/2020-11-10.geojson").write_text("{}", encoding="utf-8")
    result = run("show", "corridor@2020-11-10")
    assert (result.code, result.out) == (3, "")
    assert "the content is not what datapackage.json records for corridor@2020-11-10" in result.err


def test_an_event_that_is_not_there(run: Run, small_root: Path) -> None:
    (small_root / "events.json").write_text(json.dumps(EVENTS[:1]), encoding="utf-8")
    result = run("log", "corridor")
    assert (result.code, result.out) == (3, "")
    assert "the catalogue has no event ceasefire" in result.err


def test_the_catalogue_may_be_named_in_three_places(tmp_path: Path, small_root: Path) -> None:
    package = {**manifest(), "layers": [{"name": "other", "title": "Other"}], "resources": []}
    other = write_catalogue(tmp_path / "other", package)
    environment = {**os.environ, "PKZONE_CATALOGUE": str(small_root)}
    for arguments, expected in (
        (["layers"], "corridor"),
        (["--catalogue", other, "layers"], "other"),
        (["layers", "--catalogue", other], "other"),
        (["--catalogue", other, "layers", "--catalogue", small_root], "corridor"),
    ):
        assert f"\n{expected} " in spawn(*arguments, env=environment).stdout


HOSTILE = "a\x1b[2Jb‮c\x9bd​e"
HARMLESS = "a\\x1b[2Jb\\u202ec\\x9bd\\u200be"


def test_control_and_bidi_characters_are_escaped(
    run: Run, small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # the escapes stay on one line
    package = manifest()
    package["layers"][0]["title"] = HOSTILE
    package["resources"][0]["title"] = HOSTILE
    write_catalogue(small_root, package)
    (small_root / "events.json").write_text(
        json.dumps([{**EVENTS[1], "title": HOSTILE}]), encoding="utf-8"
    )
    (small_root / "sources.json").write_text(
        json.dumps([{**SOURCES[0], "title": HOSTILE, "URL": HOSTILE}]), encoding="utf-8"
    )
    path = tmp_path / "road.geojson"
    path.write_text(ROAD % HOSTILE.replace("\x1b", "\\u001b"), encoding="utf-8")
    for arguments in (
        ["layers"],
        ["log", "zone"],
        ["show", "zone@2020-11-10"],
        ["sources"],
        ["on", "2020-11-10"],
        ["show", path],
    ):
        out = run(*arguments).out
        assert HARMLESS in out
        assert not set("\x1b‮\x9b​") & set(out)
    for arguments in (
        ["layers", "--json"],
        ["log", "zone", "--json"],
        ["sources", "--json"],
        ["show", "zone@2020-11-10", "--json"],
        ["show", path, "--json"],
    ):
        out = run(*arguments).out
        assert HOSTILE in json.dumps(json.loads(out), ensure_ascii=False).replace("\\u001b", "\x1b")
        assert not set("\x1b‮\x9b​") & set(out)


def test_control_characters_in_errors_are_escaped(run: Run) -> None:
    result = run("log", HOSTILE + "\nsecond line")
    assert result.err.startswith(f"pkzone: error: the catalogue has no layer {HARMLESS}\\nsecond")
    assert result.err.count("\n") == 1


def test_tables_in_a_pipe_are_as_wide_as_they_need(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = run("on", "2022-08-30").out
    monkeypatch.setenv("COLUMNS", "20")
    assert run("on", "2022-08-30").out == shown


def test_tables_on_a_narrow_terminal_lose_columns(small_root: Path) -> None:
    def shown(columns: str) -> list[str]:
        options = {"NO_COLOR": "1", "COLUMNS": columns}
        return _on_a_terminal(small_root, "on", "2022-08-30", **options).decode().splitlines()

    assert "Left out" not in " ".join(shown("80"))
    for columns in (50, 40, 34):
        lines = shown(str(columns))
        assert max(map(len, lines)) <= columns
        table, told = lines[: lines.index("")], " ".join(lines[lines.index("") :])
        assert "2022-08-30.2" in " ".join(table).split()  # a version is never broken
        assert told.strip().startswith("Left out for want of room: ")
        assert told.endswith("features; -f csv has all columns.") or columns < 50


def test_an_unforeseen_failure_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_path: object, **_: object) -> None:
        raise ZeroDivisionError("first\nsecond")

    monkeypatch.setattr("pkzone.layers.catalogue.catalogue", fail)
    monkeypatch.delenv("PKZONE_DEBUG", raising=False)
    assert run("layers") == (
        3,
        "",
        ("pkzone: error: unforeseen ZeroDivisionError: first second; PKZONE_DEBUG=1 shows where\n"),
    )
    monkeypatch.setenv("PKZONE_DEBUG", "1")
    assert "Traceback" in run("layers").err


def test_an_error_of_the_system_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_path: object, **_: object) -> None:
        raise PermissionError(13, "Permission denied", "/some/file")

    monkeypatch.setattr("pkzone.layers.catalogue.catalogue", fail)
    assert run("layers") == (3, "", "pkzone: error: /some/file: Permission denied\n")


def test_a_broken_pipe_of_another_process_is_an_error(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: object, **_: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("pkzone.layers.catalogue.catalogue", fail)
    assert run("layers") == (3, "", "pkzone: error: Broken pipe\n")


def test_ctrl_c(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_path: object, **_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pkzone.layers.catalogue.catalogue", interrupt)
    assert run("layers") == (130, "", "")


@pytest.mark.parametrize(
    "arguments",
    [["layers"], ["--help"], ["layers", "--help"], ["show", "corridor", "--geojson"]],
    ids=" ".join,
)
def test_a_closed_pipe_is_quiet(small_root: Path, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "pkzone", "--catalogue", str(small_root), *arguments]
    with os.fdopen(writer, "wb") as closed:
        result = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, check=False)
    assert (result.returncode, result.stderr) == (0, b"")


@pytest.mark.long
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("arguments", [["layers"], ["--help"], ["map", "-o", "-"]], ids=" ".join)
def test_a_full_disk_is_one_line(small_root: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "pkzone", "--catalogue", str(small_root), *arguments]
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert result.returncode == 3
    assert result.stderr == (
        b"pkzone: error: standard output: cannot be written: No space left on device\n"
    )


def test_a_terminal_without_the_letters(small_root: Path, tmp_path: Path) -> None:
    path = tmp_path / "road.geojson"
    path.write_text(ROAD % "Բ", encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    result = spawn("--catalogue", small_root, "show", path, env=environment)
    assert (result.returncode, result.stderr) == (0, "")
    assert "\\u0532" in result.stdout


def _on_a_terminal(small_root: Path, *arguments: str, **environment: str) -> bytes:
    """Run the program with a terminal as its stdout and return what it shows."""
    pty = pytest.importorskip("pty", reason="the system has no pseudo-terminals")
    main, terminal = pty.openpty()
    command = [sys.executable, "-m", "pkzone", "--catalogue", str(small_root), *arguments]
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    subprocess.run(
        command, stdout=terminal, check=True, env={**kept, "TERM": "xterm", **environment}
    )
    os.close(terminal)
    shown = b""
    try:
        while part := os.read(main, 65536):
            shown += part
    except OSError:  # Linux says so at the end
        pass
    os.close(main)
    return shown


def test_colour_is_for_terminals_that_want_it(small_root: Path) -> None:
    assert b"\x1b[1m" in _on_a_terminal(small_root, "layers")
    assert b"\x1b" not in _on_a_terminal(small_root, "layers", NO_COLOR="1")
    assert "\x1b" not in spawn("--catalogue", small_root, "layers").stdout


def test_geojson_on_a_terminal_steers_nothing(small_root: Path, tmp_path: Path) -> None:
    path = tmp_path / "road.geojson"
    path.write_text(ROAD % "b‮c\x9bd", encoding="utf-8")
    shown = _on_a_terminal(small_root, "show", str(path), "--geojson").decode()
    assert "b\\u202ec\\u009bd" in shown
    assert not set("‮\x9b") & set(shown)
    assert json.loads(shown)["features"][0]["properties"]["name"] == "b‮c\x9bd"


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("map nothing.geojson", "there.html"),
        ("picture nothing.geojson", "there.png"),
        ("diff nothing.geojson nothing.geojson", "there.html"),
        ("tag nothing.csv", "there.csv"),
        ("export nothing@2022-09-01", "there.gpkg"),
        ("import nothing.kml", "there.geojson"),
        ("show nothing", "there.csv"),
        ("passable nowhere elsewhere", "there.json"),
    ],
)
def test_a_name_that_is_taken_is_refused_before_the_work(
    in_process: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str
) -> None:
    """The work itself would fail at once: that it is not begun shows in what is said."""
    monkeypatch.chdir(tmp_path)
    Path(name).write_text("mine", encoding="utf-8")
    done = in_process(*command.split(), "-o", name)
    assert done.code == 3
    assert done.err.endswith(f"error: {name}: already exists; use --overwrite to replace it\n")
    assert Path(name).read_text(encoding="utf-8") == "mine"
    assert "already exists" not in in_process(*command.split(), "-o", name, "--overwrite").err
