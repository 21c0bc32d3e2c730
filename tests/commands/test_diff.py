"""``pkzone diff`` and ``pkzone history``: options, formats, exit codes."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from geographiclib.geodesic import Geodesic

from pkzone import geojson
from pkzone.commands import diff as diff_command
from pkzone.commands import history as history_command
from pkzone.reports import formats_of
from tests.helpers.program import Run
from tests.helpers.shipped_schemas import validator

OLD, NEW = "corridor@2020-11-10", "corridor@2022-08-30.2"
ROADS = '{"type":"FeatureCollection","features":[\n%s\n]}\n'
ROAD = (
    '{"type":"Feature","id":"%s","properties":{"name":"%s"},"geometry":{"type":"LineString",'
    '"coordinates":[[46,39],[46.1,39]]}}'
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Two files: one feature only on either side, one on both with another name."""
    base, target = tmp_path / "base.geojson", tmp_path / "target.geojson"
    base.write_text(
        ROADS % ",\n".join((ROAD % ("both", "A"), ROAD.replace("39]", "38]") % ("gone", "B"))),
        encoding="utf-8",
    )
    target.write_text(
        ROADS % ",\n".join((ROAD % ("both", "C"), ROAD.replace("39]", "37]") % ("new", "D"))),
        encoding="utf-8",
    )
    return base, target


def test_the_choices_are_the_formats_of_reports() -> None:
    for command, kind in ((diff_command.command, "diff"), (history_command.command, "history")):
        (form,) = [param for param in command.params if param.name == "form"]
        assert sorted(form.type.choices) == sorted(formats_of(kind))


def test_text_is_the_default(run: Run) -> None:
    result = run("diff", OLD, NEW)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(
        "Corridor routes: 10 November 2020 → 2022-08-30.2\n  before  corridor@2020"
    )
    assert max(map(len, result.out.splitlines())) <= 80
    assert "\x1b" not in result.out
    for told in (
        "lachin-old",
        "lachin-new",
        "Traffic moves to the new road [Example News]",
        "Tolerance 25 m",
    ):
        assert told in result.out


def test_json_follows_its_schema(run: Run) -> None:
    document = json.loads(run("diff", OLD, NEW, "-f", "json").out)
    validator("diff").validate(document)
    assert document["base"]["version"] == "2020-11-10"
    assert document["summary"]["unchanged"] == 0
    assert [event["id"] for event in document["events"]] == ["new-road"]


def test_geojson_opens_as_geojson(run: Run) -> None:
    features = geojson.parse(
        run("diff", OLD, NEW, "-f", "geojson").out.encode(), name="out"
    ).features
    assert {one.properties["layer"] for one in features} == {"corridor"}
    assert {one.properties["side"] for one in features} <= {"base", "target", "both"}


def test_notices_that_geojson_has_no_room_for(run: Run, files: tuple[Path, Path]) -> None:
    notice = "Of the features, only those added are listed."
    result = run("diff", *files, "--only", "added", "-f", "geojson")
    assert result.err == f"pkzone: note: {notice}\n"
    assert len(json.loads(result.out)["features"]) == 1
    assert run("diff", *files, "--only", "added", "-f", "json").err == ""


def test_csv_and_json_lines_have_a_row_for_each_change(run: Run, files: tuple[Path, Path]) -> None:
    rows = list(csv.DictReader(run("diff", *files, "-f", "csv").out.splitlines()))
    assert sorted((row["kind"], row["id"], row["differs"]) for row in rows) == [
        ("added", "new", "8.90 km"),
        ("modified", "both", "name: A -> C"),
        ("removed", "gone", "8.78 km"),
    ]
    assert {(row["base"], row["target"]) for row in rows} == {tuple(map(str, files))}
    lines = [json.loads(line) for line in run("diff", *files, "-f", "jsonl").out.splitlines()]
    assert [line["id"] for line in lines] == [row["id"] for row in rows]
    measured = {line["id"]: line["length_target_m"] for line in lines}
    assert {name: text for name, text in measured.items() if text} == {
        row["id"]: float(row["length_target_m"]) for row in rows if row["length_target_m"]
    }


def test_markdown(run: Run) -> None:
    assert run("diff", OLD, NEW, "-f", "markdown").out.startswith(
        "### Corridor routes: 10 November 2020 → "
    )


def test_html_is_one_page(run: Run) -> None:
    page = run("diff", OLD, NEW, "-f", "html").out
    assert page.lower().startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.txt", b"Corridor routes: "),
        ("a.json", b'{\n  "schema": "pkzone.diff/1"'),
        ("a.md", b"### "),
        ("a.geojson", b'{"type":"FeatureCollection"'),
        ("a.HTML", b"<!DOCTYPE html>"),
        ("a.csv", b"base,target,kind,id,"),
        ("a.jsonl", b'{"schema": "pkzone.changes/1", '),
    ],
)
def test_the_ending_of_the_file_says_the_form(
    run: Run, tmp_path: Path, name: str, start: bytes
) -> None:
    path = tmp_path / name
    result = run("diff", OLD, NEW, "-o", path)
    assert (result.code, result.out) == (0, "")
    assert result.err.startswith(f"pkzone: wrote {path} (")
    assert path.read_bytes().lstrip().lower().startswith(start.lower())


def test_a_form_that_is_named_beats_the_ending(run: Run, tmp_path: Path) -> None:
    run("diff", OLD, NEW, "-f", "json", "-o", tmp_path / "a.txt")
    assert json.loads((tmp_path / "a.txt").read_text(encoding="utf-8"))["schema"]


def test_a_file_is_what_stdout_shows(run: Run, tmp_path: Path) -> None:
    for form in ("json", "geojson", "markdown", "text"):
        path = tmp_path / form
        assert run("diff", OLD, NEW, "-f", form, "-o", path, "-q") == (0, "", "")
        assert path.read_bytes().decode() == run("diff", OLD, NEW, "-f", form).out


def test_a_file_that_is_there_needs_overwrite(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text("mine", encoding="utf-8")
    result = run("diff", OLD, NEW, "-o", path)
    assert (result.code, result.out) == (3, "")
    assert "--overwrite" in result.err
    assert path.read_text(encoding="utf-8") == "mine"
    assert run("diff", OLD, NEW, "-o", path, "--overwrite").code == 0
    assert path.read_text(encoding="utf-8") != "mine"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 0),
        (["--exit-code"], 1),
        (["--exit-code", "-q"], 1),
        (["-q"], 0),
        (["--exit-code", "--only", "split"], 0),
        (["--exit-code", "--only", "split,added"], 1),
    ],
)
def test_the_exit_code_tells_of_a_difference(
    run: Run, files: tuple[Path, Path], options: list[str], code: int
) -> None:
    result = run("diff", *files, *options)
    assert result.code == code
    assert result.err == ""
    assert (result.out == "") == ("-q" in options)


# The lines of both files are a degree of latitude apart, and none is matched with another.
@pytest.mark.parametrize(
    ("options", "reasons"),
    [
        (["--fail-on", "removed>=1"], ["removed>=1: 1 feature removed"]),
        (["--fail-on", "changes > 3"], []),
        (
            ["-q", "--fail-on", "added>0", "--fail-on", "moved>0m", "--fail-on", "modified>0"],
            ["added>0: 1 feature added", "modified>0: 1 feature modified"],
        ),
        (["--fail-on", "added>0", "--only", "split"], ["added>0: 1 feature added"]),
        (["--fail-on", "split>0", "--exit-code"], None),
    ],
)
def test_bounds_that_are_exceeded_are_told(
    run: Run, files: tuple[Path, Path], options: list[str], reasons: list[str] | None
) -> None:
    result = run("diff", *files, *options)
    assert result.code == (0 if reasons == [] else 1)
    assert result.err.splitlines() == [f"pkzone: --fail-on {one}" for one in reasons or ()]
    assert (result.out == "") == ("-q" in options)


def test_quiet_measures_what_a_bound_asks_for(run: Run, tmp_path: Path) -> None:
    base, target = tmp_path / "base.geojson", tmp_path / "target.geojson"
    base.write_text(ROADS % (ROAD % ("a", "A")), encoding="utf-8")
    target.write_text(ROADS % (ROAD.replace("39]]", "39.01]]") % ("a", "A")), encoding="utf-8")
    away_m = Geodesic.WGS84.Inverse(39.0, 46.1, 39.01, 46.1)["s12"]
    result = run("diff", base, target, "-q", "--fail-on", f"moved>{away_m - 5:.3f}m")
    assert (result.code, result.out) == (1, "")
    assert float(result.err.split(" moved by ")[1].split()[0].replace(",", "")) == pytest.approx(
        away_m, abs=5
    )
    assert run("diff", base, target, "-q", "--fail-on", f"moved>{away_m + 5:.3f}m").code == 0


def test_with_each_a_bound_holds_for_every_step(run: Run) -> None:
    result = run("diff", "corridor", "--each", "-q", "--fail-on", "added>0")
    assert result.code == 1
    steps = [line.split(": ")[1] for line in result.err.splitlines()]
    rows = json.loads(run("diff", "corridor", "--each", "--json").out)["rows"]
    added = [one for one in rows if one["summary"]["added"]]
    assert steps == [f"{one['base']['ref']} → {one['target']['ref']}" for one in added] != []


def test_no_difference_is_0(run: Run, files: tuple[Path, Path]) -> None:
    result = run("diff", files[0], files[0], "--exit-code")
    assert result.code == 0
    assert "No difference: 2 features, the same on both sides." in result.out


def test_only_some_kinds(run: Run, files: tuple[Path, Path]) -> None:
    document = json.loads(run("diff", *files, "--only", "added, removed", "-f", "json").out)
    assert sorted((one["kind"], one["id"]) for one in document["changes"]) == [
        ("added", "new"),
        ("removed", "gone"),
    ]
    assert document["notices"][-1] == "Of the features, only those added or removed are listed."


def test_tolerance_is_handed_on_and_stated(run: Run, files: tuple[Path, Path]) -> None:
    assert (
        json.loads(run("diff", *files, "--tolerance", "7.5", "-f", "json").out)["tolerance_m"]
        == 7.5
    )
    assert "Tolerance 7.5 m:" in run("diff", *files, "--tolerance", "7.5").out


def test_a_property_may_stand_for_the_id(run: Run, tmp_path: Path) -> None:
    base, target = tmp_path / "1.geojson", tmp_path / "2.geojson"
    base.write_text(ROADS % (ROAD % ("x", "A")), encoding="utf-8")
    target.write_text(ROADS % (ROAD.replace("46.1", "46.2") % ("y", "A")), encoding="utf-8")
    document = json.loads(run("diff", base, target, "--id", "name", "-f", "json").out)
    assert [(one["id"], one["kind"]) for one in document["changes"]] == [("A", "modified")]


def test_a_note_on_ids_is_seen_where_the_report_goes_to_a_file(run: Run, tmp_path: Path) -> None:
    base, target = tmp_path / "1.geojson", tmp_path / "2.geojson"
    base.write_text(ROADS % (ROAD % ("x", "A")), encoding="utf-8")
    moved = ROAD.replace('"id":"%s",', "").replace('"name"', '"id":"%s","name"')
    target.write_text(ROADS % (moved % ("x", "A")), encoding="utf-8")
    found = run("diff", base, target, "-o", tmp_path / "d.json", "--exit-code")
    assert found.code == 0
    assert "2.geojson: has no ids; the property id takes their place" in found.err
    assert "note:" not in run("diff", base, target, "-o", tmp_path / "q.json", "-q").err


def test_who_is_affected(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "places.geojson"
    place.write_text(
        ROADS
        % (
            '{"type":"Feature","id":"p","properties":{"name":"Inside"},'
            '"geometry":{"type":"Point","coordinates":[46.7,39.7]}}'
        ),
        encoding="utf-8",
    )
    text = run("diff", "zone@2020-11-10", "zone@2024-06-12", "--affected", place).out
    assert "no longer inside Core (1): Inside" in text
    assert "1 place is no longer inside the area (Inside)." in " ".join(text.split())


def test_the_reach_of_a_route(run: Run, tmp_path: Path) -> None:
    """The new road runs at latitude 39.65 where the old one ran at 39.7: 5.5 km apart."""
    package = json.loads(Path("datapackage.json").read_text(encoding="utf-8"))
    assert package["routes"]  # routes are told by a property that the small layer lacks
    road = (
        '{"type":"Feature","id":"r","properties":{"route":"a-b","status":"open"},'
        '"geometry":{"type":"LineString","coordinates":[[46,%s],[46.5,%s]]}}'
    )
    base, target, place = (tmp_path / name for name in ("1.geojson", "2.geojson", "p.geojson"))
    base.write_text(ROADS % (road % ("39.7", "39.7")), encoding="utf-8")
    target.write_text(ROADS % (road % ("39.65", "39.65")), encoding="utf-8")
    place.write_text(
        ROADS
        % (
            '{"type":"Feature","id":"p","properties":{"name":"Here"},'
            '"geometry":{"type":"Point","coordinates":[46.2,39.7]}}'
        ),
        encoding="utf-8",
    )
    near = run("diff", base, target, "--affected", place, "-f", "json").out
    assert json.loads(near)["affected"] == [
        {"id": "p", "name": "Here", "effect": "left", "of": "a-b"}
        | {"relation": "reach", "certain": True}
    ]
    far = run("diff", base, target, "--affected", place, "--within", "6000", "-f", "json").out
    assert json.loads(far)["affected"] == []


def test_each_pair_of_versions(run: Run) -> None:
    lines = run("diff", "corridor", "--each").out.splitlines()
    assert lines[0] == "Each version compared with the one before, the first with 2020-11-10:"
    assert [line.split("  ")[0] for line in lines[3:] if line[:1].isdigit()] == [
        "2022-08-30",
        "2022-08-30.2",
    ]
    documents = json.loads(run("diff", "corridor", "--each", "-f", "json").out)["rows"]
    assert [(one["base"]["version"], one["target"]["version"]) for one in documents] == [
        ("2020-11-10", "2022-08-30"),
        ("2022-08-30", "2022-08-30.2"),
    ]
    for document in documents:
        validator("diff").validate(document)
    table = run("diff", "corridor", "--each", "-f", "markdown").out.splitlines()
    assert len(table) == 4
    lines = run("diff", "corridor", "--each", "-f", "jsonl").out.splitlines()
    assert list(map(json.loads, lines)) == documents
    rows = list(csv.DictReader(run("diff", "corridor", "--each", "-f", "csv").out.splitlines()))
    assert [row["target"] for row in rows] == ["corridor@2022-08-30", "corridor@2022-08-30.2"]
    assert [row["added"] for row in rows] == ["1", "0"]
    assert run("diff", "corridor", "--each", "-q", "--exit-code") == (1, "", "")


def test_ranges_of_versions(run: Run) -> None:
    assert run("diff", "corridor@2022-08-29..2022-08-30", "--each").out.startswith(
        "Each version compared"
    )
    assert run("diff", "corridor@..2022-08-29", "--each").out == (
        "one version only: nothing to compare\n"
    )
    life = json.loads(run("history", "corridor@2022-09..", "--json").out)
    assert life["versions"] == ["2022-08-30.2"]
    assert [one["effect"] for one in life["entries"]] == ["changed"]
    listed = run("log", "corridor@2022-08-30.2..", "-f", "csv").out.splitlines()
    assert [line.split(",")[1] for line in listed] == ["version", "2022-08-30.2", "2022-08-30.2"]
    for command in (("diff", "--each"), ("history",), ("log",), ("series",)):
        result = run(*command, "corridor@2023..2022")
        assert (result.code, result.out, result.err.count("\n")) == (3, "", 1)
        assert "runs backwards" in result.err


def test_history_of_a_layer_and_of_a_feature(run: Run) -> None:
    layer = run("history", "corridor")
    assert (layer.code, layer.err) == (0, "")
    assert all(version in layer.out for version in ("2020-11-10", "2022-08-30", "2022-08-30.2"))
    feature = run("history", "corridor", "lachin-old")
    assert feature.out.startswith("Berdzor / Lachin (corridor/lachin-old)\n")
    assert json.loads(run("history", "corridor", "lachin-old", "-f", "json").out)
    assert "2022-08-30" in run("history", "corridor", "-f", "markdown").out
    missing = run("history", "corridor", "nowhere")
    assert (missing.code, missing.out) == (3, "")
    assert missing.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([OLD], "Missing argument 'TARGET'"),
        ([OLD, NEW, "--each"], "leave out TARGET"),
        (
            ["corridor", "--each", "-f", "html"],
            "--each has the forms text, csv, json, jsonl, markdown",
        ),
        ([OLD, NEW, "-f", "pdf"], "'pdf' is not one of"),
        (
            [OLD, NEW, "--only", "moved"],
            "not a kind of change; did you mean removed? choose from added,",
        ),
        ([OLD, NEW, "--only", ""], "'' is not a kind of change"),
        ([OLD, NEW, "--tolerance", "-1"], "must be a number of metres, 0 or more"),
        ([OLD, NEW, "--tolerance", "nan"], "must be a number of metres, 0 or more"),
        ([OLD, NEW, "--within", "inf"], "must be a number of metres, 0 or more"),
        (
            [OLD, NEW, "--match", "id,propety"],
            "'propety' is not a step of matching; did you mean prop",
        ),
        ([OLD, NEW, "--match", ""], "'' is not a step of matching; choose from id, property,"),
        ([OLD, NEW, "--match", "near,near"], "occurs twice"),
        (
            [OLD, NEW, "--fail-on", "movd>1m"],
            "'movd>1m' is not a condition; did you mean moved? write",
        ),
        ([OLD, NEW, "--fail-on", "moved>1"], "'moved>1' has no unit; units of moved are m, km"),
        ([OLD, NEW, "third"], "unexpected extra argument"),
    ],
)
def test_a_wrong_command_line_is_2(run: Run, arguments: list[str], text: str) -> None:
    result = run("diff", *arguments)
    assert (result.code, result.out) == (2, "")
    assert text in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["corridor@2019-01-01", NEW], "no version of corridor is in force on 2019-01-01"),
        (["roads", NEW], "the catalogue has no layer roads"),
        ([OLD, "missing.geojson"], "missing.geojson"),
        ([OLD, NEW, "--affected", "nobody"], "nobody"),
        (["base.geojson", "--each"], "names a file, which has no versions"),
        ([OLD, NEW, "-o", "no/such/folder/a.json"], "no/such/folder/a.json: cannot be written"),
    ],
)
def test_what_cannot_be_done_is_3(run: Run, arguments: list[str], text: str) -> None:
    result = run("diff", *arguments)
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith("pkzone: error: ")
    assert text in result.err
    assert result.err.count("\n") == 1


def test_two_layers_are_compared_only_when_asked(run: Run) -> None:
    refused = run("diff", "zone@2020-11-10", OLD)
    assert (refused.code, refused.out) == (3, "")
    assert refused.err == (
        "pkzone: error: zone@2020-11-10 and corridor@2020-11-10 are versions of two layers, which "
        "share no features; 'pkzone diff --across' (in Python across=True) compares them all the "
        "same\n"
    )
    done = run("diff", "zone@2020-11-10", OLD, "--across", "-f", "json")
    assert done.code == 0
    report = json.loads(done.out)
    assert (report["summary"]["removed"], report["summary"]["added"]) == (1, 1)
    assert not {"routes", "areas", "affected", "events"} & {key for key in report if report[key]}
    assert report["notices"][0].startswith(
        "zone@2020-11-10 and corridor@2020-11-10 are versions of two layers: "
    )
    assert (
        run("diff", OLD, NEW, "--across", "-f", "json").out
        == run("diff", OLD, NEW, "-f", "json").out
    )


def test_a_property_that_no_feature_has_is_refused(run: Run, files: tuple[Path, Path]) -> None:
    result = run("diff", *map(str, files), "--id", "nmae")
    assert (result.code, result.out) == (3, "")
    assert "no feature has the property nmae to be told apart by; did you mean name?" in result.err
    assert result.err.count("\n") == 1


def test_one_side_from_standard_input(files: tuple[Path, Path]) -> None:
    command = [sys.executable, "-m", "pkzone", "diff", str(files[0]), "-", "-f", "json"]
    result = subprocess.run(command, input=files[1].read_bytes(), capture_output=True, check=True)
    summary = json.loads(result.stdout)["summary"]
    assert (summary["added"], summary["removed"], summary["modified"]) == (1, 1, 1)


@pytest.mark.long
def test_bytes_are_utf_8_whatever_the_terminal(files: tuple[Path, Path]) -> None:
    """A terminal that lacks a letter must not turn JSON into something else."""
    path = files[1]
    path.write_text(
        path.read_text(encoding="utf-8").replace('"D"', '"Բերձոր 🚗"'), encoding="utf-8"
    )
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    command = [sys.executable, "-m", "pkzone", "diff", *map(str, files), "-f"]
    for form in ("geojson", "markdown"):
        result = subprocess.run([*command, form], capture_output=True, check=True, env=environment)
        assert "Բերձոր 🚗" in result.stdout.decode("utf-8")
    text = subprocess.run([*command, "text"], capture_output=True, check=True, env=environment)
    assert b"\\U0001f697" in text.stdout
