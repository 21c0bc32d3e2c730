"""``init``, ``publish``, ``verify`` and ``--known-on`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.own_catalogue import begin, point, tree, write
from tests.helpers.program import Result, Run


@pytest.fixture
def run(in_process: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the program in a folder of its own, in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("PKZONE_CATALOGUE", raising=False)

    return in_process


@pytest.fixture
def zone(tmp_path: Path) -> Path:
    """A catalogue ``zone`` with a layer ``line`` of one version."""
    return begin(tmp_path / "zone", "line")


def one(path: Path, lon: float = 20.55) -> str:
    return write(path, point("a", lon, 42.5, name="A"))


def published(run: Run, *arguments: object) -> Result:
    return run(
        "publish", *arguments, "--catalogue", "zone", "--layer", "line", "--title", "T",
        "--recorded", "2025-01-01",
    )  # fmt: skip


EMPTY = (
    (("layers",), 0, "no layers yet"),
    (("layers", "--json"), 0, '"rows": []'),
    (("log", "zone"), 3, "the catalogue has no layer zone; it has no layers yet"),
    (("show", "zone"), 3, "it has no layers yet"),
    (("on", "2022-01-01"), 3, "the catalogue has no versions yet"),
    (("map",), 3, "the catalogue has no versions yet; publish one first"),
    (("picture", "-o", "x.png"), 3, "the catalogue has no versions yet; publish one first"),
    (("sources",), 0, "no sources yet"),
    (("diff", "zone@2020-11-10", "zone"), 3, "it has no layers yet"),
    (("diff", "zone", "--each"), 3, "it has no layers yet"),
    (("history", "zone"), 3, "it has no layers yet"),
    (("verify",), 0, "0 versions in 0 files: nothing is wrong"),
)


@pytest.mark.parametrize(("arguments", "code", "said"), EMPTY, ids=lambda one: str(one)[:40])
def test_an_empty_catalogue_answers_clearly(
    run: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    assert run("init", "mine").code == 0
    result = run("--catalogue", "mine", *arguments)
    assert result.code == code
    assert said in result.out + result.err
    assert "Traceback" not in result.err


def test_init(run: Run, tmp_path: Path) -> None:
    result = run("init", "mine", "--title", "Mine", "--license", "CC0-1.0", "--lang", "fr")
    assert (result.code, result.out) == (0, "")
    assert "began an empty catalogue in mine; next: pkzone publish FILE" in result.err
    assert run("init", "mine").err == "pkzone: error: mine: is a catalogue already\n"
    refused = run("init", "x", "--lang", "en_GB")
    assert (refused.code, refused.err) == (
        2,
        "pkzone: error: language 'en_GB': write a code such as en, fr or pt-BR "
        "(see 'pkzone init --help')\n",
    )
    one(tmp_path / "front-2024-05-01.geojson")
    one(tmp_path / "front-2024-05-02.geojson", 22)
    result = run("init", "y", "--from", "front-2024-05-01.geojson", "front-2024-05-02.geojson")
    assert result.err == "pkzone: began a catalogue in y with front (2 versions)\n"
    assert run("init", "x", "front-2024-05-01.geojson").code == 2


def test_publish_shows_what_changes(run: Run, zone: Path, tmp_path: Path) -> None:
    file = one(tmp_path / "f.geojson")
    before = tree(zone)
    dry = published(run, file, "--from", "2024-05-02", "--dry-run")
    assert (dry.code, dry.err) == (0, "pkzone: nothing was written (--dry-run)\n")
    assert dry.out.startswith("Line: 1 May 2024 → 2 May 2024\n")
    assert "Modified (1)\n  A (a)\n" in dry.out
    assert tree(zone) == before
    real = published(run, file, "--from", "2024-05-02", "--yes")
    assert (real.code, real.out) == (0, dry.out)
    assert real.err == "pkzone: published line@2024-05-02 (1 feature) in zone\n"
    again = published(run, file, "--from", "2024-05-02", "--yes")
    assert (again.code, again.out) == (0, "")
    assert "already exists, with the same content: nothing to do" in again.err


def test_publish_many(run: Run, zone: Path) -> None:
    files = [one(Path(f"l-2024-05-0{day}.geojson"), 20.0 + day // 3) for day in (2, 3, 4)]
    result = published(run, *files, "--date-from-name", "--yes")
    assert result.code == 0
    rows = [line.split()[:4] for line in result.out.splitlines()]
    assert rows[1:4] == [
        ["2024-05-02", "1", "1", "modified"],
        ["2024-05-03", "1", "1", "modified"],
        ["2024-05-04", "1", "none;", "the"],
    ]
    assert "published 3 versions, 1 of them without a second copy in zone" in result.err
    again = published(run, *files, "--date-from-name", "--yes")
    assert "3 already existed" in again.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("f", "--from", "2024-05-02"), "there is no terminal to ask on; add --yes"),
        (("f", "--yes"), "give --from DATE or --date-from-name"),
        (("f", "--yes", "--from", "2024-05-02", "--date-from-name"), "give --from DATE or"),
        (("f", "g", "--yes", "--from", "2024-05-02"), "--from holds for one file"),
        (("--yes", "--from", "2024-05-02"), "Missing argument"),
        (("f", "--yes", "--from", "2024-05-02", "--lock-timeout", "-1"), "-1"),
    ],
)
def test_a_wrong_command_line(
    run: Run, zone: Path, arguments: tuple[object, ...], said: str
) -> None:
    result = published(run, *arguments)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_a_question_on_a_terminal(
    run: Run, zone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = one(tmp_path / "f.geojson")
    before = tree(zone)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    asked: list[str] = []

    def answer(prompt: str, **_: object) -> bool:
        asked.append(prompt)
        return len(asked) > 1

    monkeypatch.setattr("click.confirm", answer)
    assert "nothing was published" in published(run, file, "--from", "2024-05-02").err
    assert tree(zone) == before
    assert published(run, file, "--from", "2024-05-02").code == 0
    assert asked == ["Publish line@2024-05-02?"] * 2
    assert "line/2024-05-02.geojson" in tree(zone)


def test_a_doubt_is_told_and_asked_about(
    run: Run, zone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "f.geojson", point("a", 42.5, 20.5))
    before = tree(zone)
    options = (file, "--from", "2024-05-02")
    piped = published(run, *options)
    assert (piped.code, "add --yes or --dry-run" in piped.err) == (2, True)
    assert tree(zone) == before
    dry = published(run, *options, "--dry-run")
    assert dry.code == 0
    assert "f.geojson: a: geometry lies" in dry.err
    assert "exchange the two numbers of every position" in dry.err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    asked: list[str] = []
    monkeypatch.setattr("click.confirm", lambda prompt, **_: bool(asked.append(prompt)))
    assert "nothing was published" in published(run, *options).err
    assert tree(zone) == before
    assert asked == [
        "Publish line@2024-05-02, though this version may be wrong (see the warnings)?"
    ]
    assert published(run, *options, "--yes").code == 0
    assert "line/2024-05-02.geojson" in tree(zone)


def test_every_faulty_file_has_a_line(run: Run, zone: Path) -> None:
    good = one(Path("l-2024-05-02.geojson"))
    Path("l-2024-05-03.geojson").write_text("{", encoding="utf-8")
    before = tree(zone)
    files = (good, "l-2024-05-03.geojson", "l-2024-05-04.geojson")
    result = published(run, *files, "--date-from-name", "--yes")
    assert (result.code, result.out) == (3, "")
    lines = [text for text in result.err.splitlines() if "error: " in text]
    assert [text.partition(".geojson")[0] for text in lines] == [
        "pkzone: error: l-2024-05-03",
        "pkzone: error: l-2024-05-04",
        "pkzone: error: 2 files are refused; nothing was published",
    ]
    assert tree(zone) == before


def test_known_on(run: Run, zone: Path, tmp_path: Path) -> None:
    corrected = run(
        "publish", one(tmp_path / "f.geojson"), "--catalogue", "zone", "--layer", "line",
        "--from", "2024-05-01", "--correct", "--yes", "--recorded", "2025-06-01",
    )  # fmt: skip
    assert "published corrected line@2024-05-01 (1 feature, record 2) in zone" in corrected.err
    now = run("--catalogue", "zone", "log", "line").out
    assert "record 2 of 2025-06-01" in now
    assert "record 1 of 2025-01-01, 1 feature: State on 2024-05-01" in now
    then = run("--catalogue", "zone", "log", "line", "--known-on", "2025-05-31").out
    assert "record" not in then
    for day, lon in (("2025-05-31", "20.5"), ("2025-06-01", "20.55")):
        asked = ("--catalogue", "zone", "--known-on", day)
        assert f"[{lon},42.5]" in run("show", "line", "--geojson", *asked).out
        (row,) = json.loads(run("on", "2024-05-01", "--json", *asked).out)["rows"]
        assert row["version"] == "2024-05-01"
    assert (
        "nothing was recorded by 2020-01-01; the first record is of 20"
        in run("map", "--catalogue", "zone", "--known-on", "2020-01-01").err
    )
    bad = run("log", "line", "--catalogue", "zone", "--known-on", "soon")
    assert (bad.code, "'soon' is not a date" in bad.err) == (3, True)


def test_verify(run: Run, zone: Path) -> None:
    whole = run("verify", "--catalogue", "zone")
    assert whole == (0, "", "pkzone: 1 version in 1 file: nothing is wrong\n")
    (zone / "line" / "2024-05-01.geojson").write_bytes(b"{}")
    broken = run("verify", "--catalogue", "zone")
    assert broken.code == 1
    assert broken.out == (
        "error: line/2024-05-01.geojson: is truncated: 2 of 152 bytes; restore the file from a "
        "good copy [truncated]\n"
    )
    told = json.loads(run("verify", "--catalogue", "zone", "--json").out)
    assert (told["ok"], told["rows"][0]["code"]) == (False, "truncated")
    refused = run("verify", "--catalogue", "zone", "--accept")
    assert (refused.code, "The manifest was not accepted" in refused.err) == (3, True)


def test_verify_accepts_an_edit(run: Run, zone: Path) -> None:
    path = zone / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**package, "languages": ["sq", "sr"]}, indent=2), encoding="utf-8")
    found = run("verify", "--catalogue", "zone")
    assert (found.code, "[seal]" in found.out, "pkzone verify --accept" in found.out) == (
        1,
        True,
        True,
    )
    assert run("verify", "--catalogue", "zone", "--accept").code == 0
    assert json.loads(path.read_text("utf-8"))["languages"] == ["sq", "sr"]
    assert run("verify", "--catalogue", "zone").out == ""


def test_the_shipped_catalogue(run: Run) -> None:
    assert run("verify").code == 0
    assert (
        "begin your own"
        in run("publish", "f", "--layer", "zone", "--from", "2030-01-01", "--yes").err
    )


FORGOTTEN = "note: this folder holds a catalogue; --catalogue . (or PKZONE_CATALOGUE=.) uses it\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("log", "zone"), 0), (("log", "line"), 3), (("layer", "rename", "line", "front"), 3)],
)
def test_a_catalogue_in_this_folder_that_is_not_named_is_noted_once(
    run: Run, zone: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int
) -> None:
    monkeypatch.chdir(zone)
    result = run(*arguments)
    assert result.code == code
    assert result.err.count(FORGOTTEN) == 1
    named = run("--catalogue", ".", "log", "line")
    assert (named.code, named.err) == (0, "")
    monkeypatch.setenv("PKZONE_CATALOGUE", ".")
    assert run("log", "line") == named


def test_another_data_package_in_this_folder_is_no_catalogue(run: Run, tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_text('{"name": "rain", "resources": []}')
    assert run("log", "zone").err == ""


def test_verify_refuses_to_pass_over_the_catalogue_in_this_folder(
    run: Run, zone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run("verify")
    assert whole.code == 0
    assert whole.err.startswith("pkzone: the catalogue that pkzone ships: ")
    monkeypatch.chdir(zone)
    refused = run("verify")
    assert (refused.code, refused.out) == (2, "")
    assert "this folder holds a catalogue; --catalogue . (or PKZONE_CATALOGUE=.)" in refused.err


def test_a_layer_that_the_shipped_catalogue_lacks(run: Run) -> None:
    assert run("log", "line").err.endswith(
        "this is the catalogue that pkzone ships, --catalogue DIR names another\n"
    )
    run("init", "mine")
    assert "that pkzone ships" not in run("log", "line", "--catalogue", "mine").err
