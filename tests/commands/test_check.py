"""``pkzone check`` and ``pkzone fmt``: exit codes, files written, and what is said where."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from pkzone.checks import RULES
from pkzone.checks.report import FORMATS
from pkzone.commands import check as check_command
from tests.helpers.program import Run
from tests.helpers.shipped_schemas import validator

HEADER, FOOTER = '{"type":"FeatureCollection","features":[\n', "]}\n"
POINT = (
    '{"type":"Feature","id":"%s","properties":{"name":"A","status":"open"},'
    '"geometry":{"type":"Point","coordinates":[46,39]}}'
)
GOOD = HEADER + POINT % "a" + "\n" + FOOTER
UNSORTED = HEADER + POINT % "b" + ",\n" + POINT % "a" + "\n" + FOOTER
ODD = GOOD.replace("[46,39]", "[46.1234567,39]")
BAD = GOOD.replace("[46,39]", "[46,139]")
CROSSING = HEADER + (
    '{"type":"Feature","id":"bow","properties":{},"geometry":{"type":"Polygon","coordinates":'
    "[[[46,39],[47,40],[47,39],[46,40],[46,39]]]}}\n" + FOOTER
)
NAMED = GOOD.replace('"features"', '"name":"roads","features"')


@pytest.fixture
def run(in_process: Run, small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the program in a folder of files, one for each state that a file can be in."""
    monkeypatch.setenv("PKZONE_CATALOGUE", str(small_root))
    folder = tmp_path / "files"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("GOOD", "UNSORTED", "ODD", "BAD", "CROSSING", "NAMED"):
        Path(f"{name.lower()}.geojson").write_text(globals()[name], encoding="utf-8")

    return in_process


def test_the_forms_are_those_that_have_writers() -> None:
    (form,) = [param for param in check_command.command.params if param.name == "form"]
    assert tuple(FORMATS) == tuple(form.type.choices)


@pytest.mark.parametrize(
    ("files", "options", "code"),
    [
        (("good.geojson",), (), 0),
        (("unsorted.geojson",), (), 0),
        (("odd.geojson",), (), 0),
        (("odd.geojson",), ("--strict",), 1),
        (("good.geojson", "bad.geojson"), (), 1),
        (("crossing.geojson",), (), 1),
        (("missing.geojson", "bad.geojson"), (), 3),
        (("good.geojson",), ("--layer", "zone"), 0),
        (("odd.geojson",), ("--layer", "zone"), 0),
        (("crossing.geojson",), ("--layer", "zone"), 1),
        (("good.geojson",), ("--layer", "roads"), 3),
    ],
)
@pytest.mark.parametrize("form", FORMATS)
def test_exit_codes(
    run: Run, files: tuple[str, ...], options: tuple[str, ...], code: int, form: str
) -> None:
    assert run("check", *files, *options, "-f", form).code == code


def test_findings_go_to_stdout_and_the_sum_to_stderr(run: Run) -> None:
    assert run("check", "good.geojson", "bad.geojson", "odd.geojson") == (
        1,
        "bad.geojson:2: error: a: geometry.coordinates = [46, 139] is beyond 180 or 90 degrees: "
        "it looks swapped; longitude comes first [swapped-coordinates]\n"
        "odd.geojson:2: warning: a: geometry.coordinates of 1 feature have more than 6 decimals "
        "(3 for heights); fmt rounds them [precision]\n",
        "pkzone: checked 3 files with 3 features: 1 error, 1 warning\n",
    )
    assert run("check", "-q", "good.geojson") == (0, "", "")


def test_a_folder_stands_for_its_geojson(run: Run, tmp_path: Path) -> None:
    folder = Path("sub")
    (folder / ".git").mkdir(parents=True)
    (folder / "deeper").mkdir()
    for name in ("z.geojson", "deeper/A.GeoJSON", ".git/x.geojson", ".x.geojson", "data.json"):
        (folder / name).write_text(BAD, encoding="utf-8")
    (folder / "link.geojson").symlink_to(tmp_path / "files" / "bad.geojson")
    out = run("check", "sub", "sub/z.geojson").out
    assert [line.partition(":")[0] for line in out.splitlines()] == [
        "sub/z.geojson",
        "sub/deeper/A.GeoJSON",
    ]
    Path("empty").mkdir()
    result = run("check", "empty")
    assert (result.code, result.out) == (3, "")
    assert "empty: is a folder without a .geojson file" in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "-", "--fix"),
        ("check", "good.geojson", "--dry-run"),
        ("check", "good.geojson", "--diff"),
        ("check", "good.geojson", "-f", "xml"),
        ("fmt",),
    ],
)
def test_wrong_command_lines(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.count("\n") == 1


def test_json_and_sarif_to_a_file(run: Run) -> None:
    printed = run("check", "--json", "bad.geojson").out
    validator("check").validate(json.loads(printed))
    assert run("check", "-f", "json", "bad.geojson", "-o", "out.json").code == 1
    assert json.loads(Path("out.json").read_text()) == json.loads(printed)
    assert run("check", "-f", "sarif", "bad.geojson", "-o", "out.json").code == 3  # is there
    assert run("check", "-f", "sarif", "bad.geojson", "-o", "out.json", "--overwrite").code == 1
    assert json.loads(Path("out.json").read_text())["version"] == "2.1.0"


def test_the_rules_are_listed(run: Run) -> None:
    listed = run("check", "--rules")
    assert listed.code == 0
    assert [line.split()[0] for line in listed.out.splitlines() if line[0] != " "] == list(RULES)
    assert [
        one["code"] for one in json.loads(run("check", "--rules", "--json").out)["rows"]
    ] == list(RULES)


def test_a_layer_of_the_catalogue_asks_for_more(run: Run) -> None:
    Path("good.geojson").write_text(GOOD.replace('"status":"open"', '"lanes":2'), encoding="utf-8")
    assert run("check", "good.geojson").code == 0
    result = run("check", "good.geojson", "--layer", "corridor")
    assert result.code == 1
    assert "'status' is a required property [schema]" in result.out
    assert "'lanes' was unexpected" in result.out


def test_a_broken_catalogue_matters_only_for_a_layer(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PKZONE_CATALOGUE", "nowhere")
    assert run("check", "good.geojson").code == 0
    assert run("check", "good.geojson", "--layer", "zone").code == 3


def test_fix_mends_and_tells(run: Run) -> None:
    result = run("check", "--fix", "odd.geojson", "unsorted.geojson", "good.geojson")
    assert (result.code, result.out) == (0, "")
    assert result.err.splitlines() == [
        "pkzone: repaired: odd.geojson: coordinates of 1 feature are rounded to 6 decimals "
        "[precision]",
        "pkzone: repaired: odd.geojson: is written in the canonical form, one feature a line "
        "[layout]",
        "pkzone: repaired: unsorted.geojson: features are sorted by id [order]",
        "pkzone: repaired: unsorted.geojson: is written in the canonical form, one feature a line "
        "[layout]",
        "pkzone: checked 3 files with 4 features: no findings",
    ]
    assert Path("odd.geojson").read_text() == ODD.replace("46.1234567", "46.123457")
    assert run("fmt", "--check", "odd.geojson", "unsorted.geojson").code == 0
    assert sorted(path.name for path in Path().iterdir()) == sorted(
        f"{name}.geojson" for name in ("good", "unsorted", "odd", "bad", "crossing", "named")
    )


def test_fix_leaves_what_it_would_have_to_guess_or_lose(run: Run) -> None:
    result = run("check", "--fix", "crossing.geojson", "named.geojson", "bad.geojson")
    assert result.code == 1
    assert Path("crossing.geojson").read_text() == CROSSING
    assert Path("named.geojson").read_text() == NAMED
    assert Path("bad.geojson").read_text() == BAD
    assert result.err.count("pkzone: not repaired: ") == 3
    assert "Self-intersection [46.5 39.5]" in result.out


@pytest.mark.parametrize("option", ["--dry-run", "--diff"])
def test_a_fix_that_is_only_shown_writes_nothing(run: Run, option: str) -> None:
    before = Path("odd.geojson").stat()
    result = run("check", "--fix", option, "odd.geojson", "--strict")
    assert result.code == 1  # the finding is still there
    assert "pkzone: would repair: odd.geojson: coordinates of 1 feature" in result.err
    after = Path("odd.geojson").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    if option == "--diff":
        assert result.out.startswith("--- odd.geojson\n+++ odd.geojson\n@@ ")
        assert "+" + POINT % "a" in result.out.replace("46.123457", "46")


def test_fmt_writes_the_canonical_form_once(run: Run) -> None:
    result = run("fmt", "unsorted.geojson", "good.geojson", "named.geojson")
    assert result == (
        0,
        "",
        "pkzone: wrote unsorted.geojson\n"
        "pkzone: warning: named.geojson: the collection loses members that are not GeoJSON: name "
        "[foreign-members]\n"
        "pkzone: wrote named.geojson\n",
    )
    written = HEADER + POINT % "a" + ",\n" + POINT % "b" + "\n" + FOOTER
    assert Path("unsorted.geojson").read_text() == written
    assert Path("named.geojson").read_text() == GOOD
    assert run("fmt", "unsorted.geojson", "good.geojson", "named.geojson") == (0, "", "")


def test_fmt_check_names_files_and_writes_nothing(run: Run) -> None:
    result = run("fmt", "--check", "good.geojson", "unsorted.geojson", "odd.geojson")
    assert result == (1, "unsorted.geojson\nodd.geojson\n", "")
    assert Path("unsorted.geojson").read_text() == UNSORTED
    assert run("fmt", "--check", "good.geojson") == (0, "", "")


def test_fmt_check_of_lines_writes_nothing(run: Run) -> None:
    text = Path("good.geojson").read_text(encoding="utf-8")
    features = json.loads(text)["features"]
    Path("lines.ndjson").write_text("".join(f"{json.dumps(one)}\n" for one in features))
    assert run("fmt", "--check", "lines.ndjson").code == 1
    refused = run("fmt", "lines.ndjson")
    assert (refused.code, "in which nothing is written" in refused.err) == (3, True)


def test_fmt_diff_can_be_applied(run: Run) -> None:
    Path("unsorted.geojson").write_text(UNSORTED.removesuffix("\n"), encoding="utf-8")
    result = run("fmt", "--diff", "unsorted.geojson", "good.geojson")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        "--- unsorted.geojson",
        "+++ unsorted.geojson",
        "@@ -1,4 +1,4 @@",
        ' {"type":"FeatureCollection","features":[',
        "-" + POINT % "b" + ",",
        "-" + POINT % "a",
        "-]}",
        "\\ No newline at end of file",
        "+" + POINT % "a" + ",",
        "+" + POINT % "b",
        "+]}",
    ]
    assert run("fmt", "--diff", "--check", "unsorted.geojson").code == 1


def test_fmt_goes_on_after_a_file_that_it_refuses(run: Run) -> None:
    result = run("fmt", "crossing.geojson", "missing.geojson", "unsorted.geojson")
    assert result.code == 3
    assert "crossing.geojson: bow: geometry is not valid: Self-intersection" in result.err
    assert "missing.geojson: there is no such file" in result.err
    assert Path("crossing.geojson").read_text() == CROSSING
    assert Path("unsorted.geojson").read_text() != UNSORTED


def test_fmt_is_a_filter(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stdin(text: str) -> None:
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))

    stdin(ODD)
    assert run("fmt", "-") == (0, ODD.replace("46.1234567", "46.123457"), "")
    stdin(GOOD)
    assert run("fmt", "-") == (0, GOOD, "")
    stdin(ODD)
    assert run("fmt", "-", "--check") == (1, "<stdin>\n", "")
    stdin(BAD)
    result = run("fmt", "-")
    assert (result.code, result.out) == (3, "")
    stdin(BAD)
    assert run("check", "-").out.startswith("<stdin>:2: error: a: ")


def test_a_file_keeps_its_permissions_and_a_failure_its_bytes(run: Run) -> None:
    path = Path("unsorted.geojson")
    path.chmod(0o640)
    assert run("fmt", "unsorted.geojson").code == 0
    assert path.stat().st_mode & 0o777 == 0o640


def test_hostile_text_is_escaped(run: Run) -> None:
    hostile = GOOD.replace('"a"', '"a\\u001b[2J\\u202eb"').replace("[46,39]", "[46,139]")
    Path("bad\n.geojson").write_text(hostile, encoding="utf-8")
    for form in FORMATS:
        for line in run("check", "bad\n.geojson", "-f", form).out.splitlines():
            assert line.isprintable()
    assert run("fmt", "bad\n.geojson").err.count("\n") == 1
