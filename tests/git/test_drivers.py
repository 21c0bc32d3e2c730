"""pkzone in a real git repository: diff, merge and difftool as a user runs them."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import pytest

from tests.helpers.git_repository import (
    NEEDS_GIT,
    NEW,
    OLD,
    OTHER,
    Repository,
    layer,
    line,
)
from tests.helpers.pages import payload_of

pytestmark = [NEEDS_GIT, pytest.mark.long]


def changes(text: str) -> list[str]:
    return [one for one in text.splitlines() if one[:1] in "+-" and one[:3] not in ("+++", "---")]


def test_git_diff_is_a_readable_summary(repository: Repository) -> None:
    repository.commit(layer(line("a", status="open"), line("b"), line("c")))
    repository.write(layer(line("a", status="closed"), line("b", NEW), line("c")))
    found = changes(repository.git("diff"))
    assert found[:2] == ['-    status: "open"', '+    status: "closed"']
    assert [one.split(":")[0] for one in found[2:]] == [
        "-    length",
        "-    bbox",
        "-    hash",
        "+    length",
        "+    bbox",
        "+    hash",
    ]
    assert '@@ feature "b"' in repository.git("diff", "-U0")  # git's own heading of a hunk


def test_git_diff_of_features_added_and_removed(repository: Repository) -> None:
    repository.commit(layer(line("a")))
    repository.write(layer(line("a"), line("b", lanes=2)))
    added = changes(repository.git("diff"))
    assert added[:6] == [
        "-1 feature",
        "+2 features",
        "+",
        '+feature "b"',
        "+  properties:",
        "+    lanes: 2",
    ]
    repository.commit(layer(line("a"), line("b", lanes=2)))
    repository.write(layer(line("a")))
    removed = changes(repository.git("diff"))
    assert sorted(one[1:] for one in removed) == sorted(one[1:] for one in added)


def test_git_diff_shows_the_smallest_move_and_no_new_layout(repository: Repository) -> None:
    repository.commit(layer(line("a")))
    repository.write(layer(line("a", "[[46,39],[46.5,39.50000000001]]")))
    assert [one.split(":")[0] for one in changes(repository.git("diff"))] == [
        "-    hash",
        "+    hash",
    ]
    repository.write(json.dumps(json.loads(layer(line("a"))), indent=2))
    assert changes(repository.git("diff")) == []
    assert changes(repository.git("diff", "--no-textconv")) != []


@pytest.mark.parametrize("name", ["-h.geojson", "a b'c $(d).geojson", "Բերձոր.geojson"])
def test_git_diff_of_odd_names(repository: Repository, name: str) -> None:
    repository.commit(layer(line("a")), name)
    repository.write(layer(line("a", lanes=2)), name)
    assert changes(repository.git("diff", "--", name)) == [
        "-  properties: none",
        "+  properties:",
        "+    lanes: 2",
    ]


def test_git_diff_of_what_is_no_geojson(repository: Repository) -> None:
    repository.commit(layer(line("a")))
    repository.write('{"type":\n')
    assert changes(repository.git("diff"))[-2:] == [
        "+not read as GeoJSON: is not JSON: Expecting value (line 2, column 1)",
        '+{"type":',
    ]
    repository.commit()
    repository.write('{"type":\n"x"\n')
    assert '+"x"' in changes(repository.git("diff"))


def test_git_log_and_a_new_setup_use_no_stale_cache(repository: Repository) -> None:
    repository.commit(layer(line("a")))
    repository.commit(layer(line("a", lanes=2)))
    first = repository.git("log", "-p", "-1")
    assert "+    lanes: 2" in first
    assert repository.git("for-each-ref", "refs/notes/textconv/pkzone") != ""
    assert repository.git("log", "-p", "-1") == first
    repository.pkzone("git-setup")
    assert repository.git("for-each-ref", "refs/notes/textconv/pkzone") == ""


def test_a_merge_of_different_features(repository: Repository) -> None:
    a, b, c = line("a"), line("b"), line("c")
    repository.sides(
        layer(a, b, c), layer(line("a", NEW), b, c), layer(a, line("b", lanes=2), line("d"))
    )
    assert repository.run("git", "merge", "-q", "theirs").stderr == ""
    assert repository.read() == layer(line("a", NEW), line("b", lanes=2), line("d"))
    assert repository.git("status", "--porcelain") == ""


def test_a_merge_of_one_feature_edited_in_different_ways(repository: Repository) -> None:
    repository.sides(
        layer(line("a", name="A", status="open")),
        layer(line("a", NEW, name="A", status="open")),
        layer(line("a", name="B", status="open", lanes=2)),
    )
    repository.git("merge", "-q", "theirs")
    assert repository.read() == layer(line("a", NEW, name="B", status="open", lanes=2))


def test_two_edits_of_one_geometry_are_a_conflict(repository: Repository) -> None:
    repository.sides(
        layer(line("a"), line("b"), line("c")),
        layer(line("a"), line("b", NEW, lanes=2), line("c")),
        layer(line("a", lanes=1), line("b", OTHER), line("c")),
    )
    result = repository.run("git", "merge", "theirs", code=1)
    assert (
        'pkzone: roads.geojson: conflict in feature "b": both sides changed the geometry\n'
        in result.stderr
    )
    assert "CONFLICT (content): Merge conflict in roads.geojson" in result.stdout
    assert repository.git("status", "--porcelain") == "UU roads.geojson\n"
    assert repository.read() == layer(
        line("a", lanes=1),
        "<<<<<<< ours\n"
        + line("b", NEW, lanes=2)
        + ",\n=======\n"
        + line("b", OTHER)
        + ",\n>>>>>>> theirs\n"
        + line("c"),
    ).replace("theirs\n,", "theirs\n").replace(",\n\n", ",\n")
    assert "<<<<<<< ours" in repository.git("diff")
    repository.commit(layer(line("a", lanes=1), line("b", OTHER), line("c")))
    assert repository.git("status", "--porcelain") == ""


def test_a_feature_removed_here_and_changed_there_is_a_conflict(repository: Repository) -> None:
    repository.sides(
        layer(line("a"), line("b")), layer(line("a")), layer(line("a"), line("b", NEW))
    )
    result = repository.run("git", "merge", "theirs", code=1)
    assert 'feature "b": ours removed it, theirs changed it' in result.stderr
    assert line("b", NEW) in repository.read()


def test_a_layer_added_on_both_sides(repository: Repository) -> None:
    repository.sides(None, layer(line("a"), line("b")), layer(line("b"), line("c")))
    repository.git("merge", "-q", "theirs")
    assert repository.read() == layer(line("a"), line("b"), line("c"))


def test_a_criss_cross_merge(repository: Repository) -> None:
    a, b = line("a", v=1), line("b", v=1)
    repository.sides(layer(a, b), layer(line("a", v=2), b), layer(a, line("b", v=2)))
    repository.git("branch", "ours")
    repository.git("merge", "-q", "theirs")
    repository.git("checkout", "-q", "theirs")
    repository.git("merge", "-q", "ours")
    repository.commit(layer(line("a", v=2), line("b", v=3)))
    repository.git("checkout", "-q", "main")
    repository.commit(layer(line("a", v=3), line("b", v=2)))
    repository.git("merge", "-q", "theirs")
    assert repository.read() == layer(line("a", v=3), line("b", v=3))


def test_a_result_in_the_canonical_form_is_announced(repository: Repository) -> None:
    def drawn(*lines: str) -> str:
        return json.dumps({**json.loads(layer(*lines)), "title": "Roads"}, indent=1)

    repository.sides(
        drawn(line("a"), line("b")),
        drawn(line("a", NEW), line("b")),
        drawn(line("a"), line("b", NEW)),
    )
    result = repository.run("git", "merge", "-q", "theirs")
    assert repository.read() == layer(line("a", NEW), line("b", NEW))
    assert "roads.geojson: is now in the canonical form" in result.stderr
    for side in ("ours", "theirs"):
        assert f"roads.geojson ({side}): the collection loses members" in result.stderr


CROSSED = (
    line("x")
    .replace("LineString", "Polygon")
    .replace(OLD, "[[[46,39],[47,40],[47,39],[46,40],[46,39]]]")
)


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (
            line("z") + ",\n" + line("z"),
            "roads.geojson (base): z: features[0] and features[1] have the same id",
        ),
        ("{", "roads.geojson (base): is not JSON: "),
        (CROSSED, "roads.geojson: x: geometry is not valid: Self-intersection"),
    ],
    ids=["the same id", "broken", "invalid geometry"],
)
@pytest.mark.parametrize("conflict", [False, True], ids=["clean", "conflict"])
def test_what_has_no_features_to_go_by_is_merged_as_text(
    repository: Repository, head: str, reason: str, conflict: bool
) -> None:
    between = [line(f"k{i}") for i in range(6)]
    repository.sides(
        layer(head, line("a"), *between, line("m")),
        layer(head, line("a", NEW), *between, line("m")),
        layer(head, line("a", OTHER) if conflict else line("a"), *between, line("m", NEW)),
    )
    result = repository.run("git", "merge", "-q", "theirs", code=int(conflict))
    assert f"pkzone: not merged by features: {reason}" in result.stderr
    assert "as git merges text" in result.stderr
    text = repository.read()
    assert line("m", NEW) in text
    assert text.count(line("a", NEW)) == 1
    assert (f"<<<<<<< ours\n{line('a', NEW)}" in text) == conflict
    assert (f"=======\n{line('a', OTHER)},\n>>>>>>> theirs\n" in text) == conflict


def saved_by_qgis(*lines: str) -> str:
    """The features as QGIS 3.34 saves a layer of text ids: a field ``id``, and its own members."""
    found = json.loads(layer(*lines))
    for one in found["features"]:
        one["properties"] = {"id": one.pop("id"), **one["properties"]}
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    return json.dumps({"type": found["type"], "name": "roads", "crs": crs} | found)


@pytest.mark.parametrize("saver", ["ours", "theirs"])
def test_a_side_saved_by_qgis_is_merged_by_feature(repository: Repository, saver: str) -> None:
    by_qgis = saved_by_qgis(line("a", NEW), line("b"), line("new", OTHER))
    by_hand = layer(line("a"), line("b", status="closed"))
    sides = (by_qgis, by_hand) if saver == "ours" else (by_hand, by_qgis)
    repository.sides(layer(line("a"), line("b")), *sides)
    result = repository.run("git", "merge", "-q", "theirs")
    merged = layer(line("a", NEW), line("b", status="closed"), line("new", OTHER))
    assert repository.read() == merged
    assert f"roads.geojson ({saver}): has no ids; the property id takes" in result.stderr


def test_git_diff_of_a_side_saved_by_qgis(repository: Repository) -> None:
    repository.commit(layer(line("a"), line("b")))
    repository.write(saved_by_qgis(line("a", status="closed"), line("b")))
    shown = changes(repository.git("diff"))
    assert [one for one in shown if "note:" not in one] == [
        "-  properties: none", "+  properties:", '+    status: "closed"'
    ]  # fmt: skip


def unnamed(text: str) -> str:
    return re.sub('"id":"[^"]*",', "", text)


def test_features_without_ids_are_merged_by_place(repository: Repository) -> None:
    repository.sides(
        unnamed(layer(line("a"), line("b", OTHER))),
        unnamed(layer(line("b", OTHER), line("a", status="closed"))),
        unnamed(layer(line("a"), line("b", OTHER, lanes=2), line("c", NEW))),
    )
    result = repository.run("git", "merge", "-q", "theirs")
    assert "(ours): features without an id, merged by their place: 2" in result.stderr
    lines = [line("a", status="closed"), line("b", OTHER, lanes=2), line("c", NEW)]
    assert json.loads(repository.read()) == json.loads(unnamed(layer(*sorted(map(unnamed, lines)))))


def test_features_without_ids_in_conflict(repository: Repository) -> None:
    repository.sides(*(unnamed(layer(line("a", v=v), line("b", OTHER))) for v in range(3)))
    result = repository.run("git", "merge", "-q", "theirs", code=1)
    assert (
        'roads.geojson: conflict in a feature without an id: both sides changed the property "v"'
        in result.stderr
    )
    ours, theirs = unnamed(line("a", v=1)), unnamed(line("a", v=2))
    assert f"<<<<<<< ours\n{ours},\n=======\n{theirs},\n>>>>>>> theirs\n" in repository.read()
    assert '"id"' not in repository.read()


def test_what_is_no_text_is_kept_and_in_conflict(repository: Repository) -> None:
    repository.sides("\0a\n", "\0b\n", "\0c\n")
    result = repository.run("git", "merge", "theirs", code=1)
    assert "roads.geojson: not merged, ours is kept as it is" in result.stderr
    assert repository.read() == "\0b\n"
    assert repository.git("status", "--porcelain") == "UU roads.geojson\n"


def test_an_unforeseen_failure_is_merged_as_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pkzone.git.merge_driver import merge_files

    monkeypatch.setattr("pkzone.git.merge_driver.merge_features", lambda *_: 1 / 0)
    for name, geometry in (("o", OLD), ("a", NEW), ("b", OTHER)):
        (tmp_path / name).write_text(layer(line("x", geometry)), encoding="utf-8")
    outcome = merge_files(tmp_path / "o", tmp_path / "a", tmp_path / "b", name="r.geojson")
    assert outcome.exit_code == 1
    assert outcome.messages[0].startswith("not merged by features: unforeseen ZeroDivisionError")
    assert ">>>>>>> theirs" in (tmp_path / "a").read_text(encoding="utf-8")


@pytest.fixture
def browser(repository: Repository, tmp_path: Path) -> Path:
    """A file that takes the address of each page that is opened."""
    program = tmp_path / "browser"
    program.write_text(
        f'#!/bin/sh\necho "$1" >> {shlex.quote(str(tmp_path / "opened"))}\n', encoding="utf-8"
    )
    program.chmod(0o755)
    repository.environment |= {"BROWSER": f"{program} %s", "TMPDIR": str(tmp_path)}
    return tmp_path / "opened"


def test_git_difftool_opens_the_map_of_the_difference(
    repository: Repository, browser: Path
) -> None:
    repository.commit(layer(line("moved"), line("same")))
    repository.write(layer(line("moved", NEW), line("same")))
    result = repository.run("git", "difftool", "-y", "-t", "pkzone", "HEAD")
    (address,) = browser.read_text(encoding="utf-8").split()
    page = Path(address.removeprefix("file://"))
    assert result.stderr == f"pkzone: opened {page}\n"
    text = page.read_text(encoding="utf-8")
    assert text.lower().startswith("<!doctype html>")
    assert "moved" in text


def test_git_difftool_of_a_new_file(repository: Repository, browser: Path) -> None:
    repository.commit(layer(line("old")), "other.geojson")
    repository.write(layer(line("fresh")))
    repository.git("add", "--all")
    repository.git("difftool", "-y", "-t", "pkzone", "--cached")
    (address,) = browser.read_text(encoding="utf-8").split()
    page = Path(address.removeprefix("file://")).read_text(encoding="utf-8")
    assert "fresh" in str(payload_of(page))


@pytest.mark.parametrize(
    "reason",
    [
        "--no-open",
        pytest.param(
            "no display",
            marks=pytest.mark.skipif(sys.platform == "darwin", reason="a Mac always has one"),
        ),
    ],
)
def test_difftool_prints_the_path_of_a_page_that_it_does_not_open(
    repository: Repository, browser: Path, reason: str
) -> None:
    for name, shape in (("a.geojson", OLD), ("b.geojson", NEW)):
        repository.write(layer(line("x", shape)), name)
    if reason == "no display":
        for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
            repository.environment.pop(name, None)
    options = ["--no-open"] if reason == "--no-open" else []
    result = repository.pkzone("git-difftool", *options, "a.geojson", "b.geojson")
    assert result.stderr == ""
    assert Path(result.stdout.rstrip("\n")).read_bytes().lower().startswith(b"<!doctype html>")
    assert not browser.exists()


def test_difftool_of_what_is_no_geojson(repository: Repository, browser: Path) -> None:
    repository.write("x = 1\n", "a.py")
    result = repository.pkzone("git-difftool", "a.py", "a.py", code=3)
    assert result.stderr.startswith(f"pkzone: error: {repository.folder}/a.py: is not JSON: ")
    assert not browser.exists()
    assert not list(browser.parent.glob("pkzone-*"))
