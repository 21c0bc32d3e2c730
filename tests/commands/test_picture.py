"""``pkzone picture``: files, messages and exit codes."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

import pytest

import pkzone
from tests.helpers.program import Run
from tests.stories.test_model import story


@pytest.fixture
def run(in_process: Run, small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``pkzone picture`` on the small catalogue in an empty folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PKZONE_CATALOGUE", str(small_root))

    return partial(in_process, "picture")


@pytest.mark.parametrize(
    ("name", "start"), [("map.png", b"\x89PNG"), ("map.svg", b"<?xml"), ("map.PDF", b"%PDF-")]
)
def test_the_ending_says_the_form(run: Run, name: str, start: bytes) -> None:
    result = run("-o", name, "--dpi", 50)
    assert result.code == 0
    assert result.out == ""
    assert result.err.startswith(f"pkzone: wrote {name} (")
    assert Path(name).read_bytes().startswith(start)


def test_without_a_name_it_is_a_png_that_the_next_replaces(run: Run) -> None:
    for _ in range(2):
        result = run("zone@2021-01-01", "--dpi", 50)
        assert result.code == 0
        assert result.err.startswith("pkzone: wrote pkzone-picture.png (")
    assert Path("pkzone-picture.png").read_bytes().startswith(b"\x89PNG")


def test_the_usual_name_that_is_typed_replaces_nothing(run: Run) -> None:
    Path("pkzone-picture.png").write_bytes(b"mine")
    result = run("zone@2021-01-01", "-o", "pkzone-picture.png", "--dpi", 50)
    assert result.code == 3
    assert "already exists; use --overwrite" in result.err
    assert Path("pkzone-picture.png").read_bytes() == b"mine"


def test_it_is_the_picture_of_the_library(run: Run, small_root: Path) -> None:
    options = ("--width-cm", 12, "--lang", "ru", "--theme", "dark", "--title", "A $x$")
    assert run("corridor@2021-01-01", "-o", "a.svg", *options).code == 0
    catalogue = pkzone.catalogue(small_root)
    same = pkzone.picture(
        "corridor@2021-01-01",
        width_cm=12,
        lang="ru",
        theme="dark",
        title="A $x$",
        catalogue=catalogue,
    )
    assert Path("a.svg").read_bytes() == same.to_bytes("svg")
    assert run("corridor@2021-01-01", "corridor", "-o", "b.svg").code == 0
    both = pkzone.picture("corridor@2021-01-01", "corridor", catalogue=catalogue)
    assert Path("b.svg").read_bytes() == both.to_bytes("svg")
    assert run("--on", "2021-01-01", "-o", "c.svg").code == 0
    whole = pkzone.picture(on="2021-01-01", catalogue=catalogue)
    assert Path("c.svg").read_bytes() == whole.to_bytes("svg")


def test_several_dates_and_every_version_are_those_of_the_library(
    run: Run, small_root: Path
) -> None:
    catalogue = pkzone.catalogue(small_root)
    assert run("corridor", "--on", "2021-01-01, 2022-09-01", "-o", "a.svg").code == 0
    days = pkzone.picture("corridor", on=["2021-01-01", "2022-09-01"], catalogue=catalogue)
    assert Path("a.svg").read_bytes() == days.to_bytes("svg")
    assert run("corridor", "--each", "-o", "b.svg").code == 0
    each = pkzone.picture("corridor", each=True, catalogue=catalogue)
    assert Path("b.svg").read_bytes() == each.to_bytes("svg")


def test_a_file_is_not_overwritten_unless_asked(run: Run) -> None:
    Path("map.svg").write_text("mine", encoding="utf-8")
    result = run("-o", "map.svg")
    assert (result.code, result.out) == (3, "")
    assert result.err == "pkzone: error: map.svg: already exists; use --overwrite to replace it\n"
    assert Path("map.svg").read_text(encoding="utf-8") == "mine"
    assert run("-o", "map.svg", "--overwrite").code == 0
    assert Path("map.svg").read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize(("arguments", "said"), [
    (("-o", "map.jpg"), "map.jpg: the name must end in one of .png, .svg, .pdf"),
    (("-o", "-"), "the name must end in one of"),
    (("-o", "a.png", "--width-cm", 0), "a width of 0 cm is out of range; use 6 to 200"),
    (("-o", "a.png", "--width-cm", "nan"), "out of range"),
    (("-o", "a.png", "--width-cm", "wide"), "'wide' is not a valid float"),
    (("-o", "a.png", "--dpi", "-5"), "-5 dpi make no picture; use a number above 0"),
    (("-o", "a.png", "--dpi", "1e9"), "is too large"),
    (
        ("-o", "a.png", "--lang", "de"),
        "de is not a language of a picture; choose from en, az, hy, ru",
    ),
    (("-o", "a.png", "--theme", "sepia"), "'sepia' is not one of"),
    (("-o", "a.png", "zone", "zone", "zone"), "give no REF, one, or BASE and TARGET"),
    (("-o", "a.png", "zone@2021-01-01", "--on", "2021-01-01"), "says its date already"),
    (("-o", "a.png", "zone", "--on", "2021-01-01,2021-01-01"), "2021-01-01 is named twice"),
    (("-o", "a.png", "zone", "--each", "--on", "2021-01-01"), "every version has its date"),
], ids=str)  # fmt: skip
def test_a_wrong_command_line(run: Run, arguments: tuple[object, ...], said: str) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("pkzone: error: ")
    assert said in result.err
    assert result.err.count("\n") == 1
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(("arguments", "said"), [
    (("roads", "-o", "a.png"), "the catalogue has no layer roads"),
    (("zone@2019-01-01", "-o", "a.png"), "no version of zone is in force on 2019-01-01"),
    (("--on", "yesterday", "-o", "a.png"), "'yesterday' is not a date"),
    (("--on", "2021-01-01,", "-o", "a.png"), "'' is not a date"),
    (("--each", "-o", "a.png"), "name a LAYER, or LAYER@A..B"),
    (("none.geojson", "-o", "a.png"), "none.geojson"),
    (("zone@2021-01-01", "-o", "none/a.png"), "none/a.png: cannot be written: there is no"),
])  # fmt: skip
def test_what_is_found_later(run: Run, arguments: tuple[object, ...], said: str) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (3, "")
    assert said in result.err
    assert result.err.count("\n") == 1
    assert list(Path().iterdir()) == []


def test_without_matplotlib(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = run("-o", "map.png")
    assert (result.code, result.out) == (3, "")
    assert result.err == (
        "pkzone: error: a picture needs matplotlib: pip install '.[picture]' "
        "in a copy of pkzone's repository\n"
    )
    assert list(Path().iterdir()) == []


def test_what_the_font_lacks_is_told(run: Run) -> None:
    result = run("zone@2021-01-01", "-o", "map.png", "--title", "中\x07", "--dpi", 50)
    assert result.code == 0
    assert "drawn as boxes: 中\n" in result.err


def test_a_story_is_a_pdf(run: Run, small_root: Path) -> None:
    Path("tour.json").write_text(json.dumps(story()), encoding="utf-8")
    refused = run("--story", "tour.json", "-o", "tour.png")
    assert (refused.code, refused.out) == (2, "")
    assert "name a file that ends in .pdf" in refused.err
    result = run("--story", "tour.json")
    assert result.code == 0
    assert result.err.startswith("pkzone: wrote pkzone-story.pdf (")
    same = pkzone.picture(story="tour.json", catalogue=pkzone.catalogue(small_root))
    assert Path("pkzone-story.pdf").read_bytes() == same.to_bytes("pdf")
    assert "this catalogue has no story" in run("--story").err
