"""Two stewards change one layer: no merge is clean that does not verify, and advice is followed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

import pytest

import pkzone
from tests.helpers.git_repository import NEEDS_GIT, Repository
from tests.helpers.merged_catalogue import NEW, OTHER, Zone, solved

pytestmark = [NEEDS_GIT, pytest.mark.long]

Edit = Callable[[Zone], object]
FAR = "[[46,39],[46.9,39.5]]"


def rename(new: str | None = "front", title: str | None = None) -> Edit:
    return lambda zone: pkzone.rename_layer("line", new, title=title, catalogue=zone.root)


def retract(day: str, reason: str) -> Edit:
    return lambda zone: pkzone.retract(
        f"line@{day}", catalogue=zone.root, reason=reason, recorded="2024-07-02"
    )


def rename_and_begin_anew(zone: Zone) -> None:
    rename()(zone)
    zone.publish("2024-07-01", FAR, new_layer="Another")


def both(*edits: Edit) -> Edit:
    return lambda zone: [edit(zone) for edit in edits]


def two_sided(zone: Zone, side: str, renaming: Edit, other: Edit) -> None:
    """Diverge, with the one that renames on a side."""
    zone.diverge(*((renaming, other) if side == "ours" else (other, renaming)))


def follow(zone: Zone, said: str, side: str = "ours") -> None:
    """Do what pkzone said, to the letter, keep one side of all else, and commit."""
    repository = zone.repository
    for steps in re.findall(rf"to keep {side}: (.*?), and keep what stands under {side}", said):
        repository.run("sh", "-c", steps)
    for steps in re.findall(r"put its files into \S+: (.*)$", said, re.MULTILINE):
        repository.run("sh", "-c", steps)
    for path in zone.root.glob("*.json"):
        text = path.read_text("utf-8")
        if (kept := solved(text, side)) != text:
            path.write_text(kept, encoding="utf-8")
            if path.name != "datapackage.json":
                repository.git("add", path)
    (end,) = re.findall(r"when no markers are left: (.*)$", said, re.MULTILINE)
    repository.run("sh", "-c", end)
    repository.git("commit", "-qm", "Solved")
    assert repository.git("status", "--porcelain") == ""
    assert zone.findings == []


# A layer that is renamed.


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_the_old_name_taken_anew_does_not_hide_a_renaming(
    repository: Repository, side: str
) -> None:
    zone = Zone(repository)
    zone.publish("2024-06-01", NEW)
    repository.commit()
    august = both(
        lambda one: one.publish("2024-08-01", OTHER), retract("2024-06-01", "a wrong day")
    )
    two_sided(zone, side, rename_and_begin_anew, august)
    said = zone.merge(code=1)
    assert f"{side} renamed the layer line to front; what the other side published" in said
    follow(zone, said)
    assert sorted(zone.versions) == [
        "front@2024-05-01#1",
        "front@2024-06-01#1",
        "front@2024-06-01#2",
        "front@2024-08-01#1",
        "line@2024-07-01#1",
    ]
    catalogue = pkzone.catalogue(zone.root)
    assert catalogue["line"].title == "Another"
    assert [one.id for one in catalogue["front"].versions] == ["2024-05-01", "2024-08-01"]


@pytest.mark.parametrize("side", ["ours", "theirs"])
@pytest.mark.parametrize("shape", [OTHER, FAR], ids=["a rival", "the same"])
@pytest.mark.parametrize("folder", ["zone", "a b/-Բ"])
def test_a_file_of_the_old_name_on_both_sides(
    repository: Repository, side: str, shape: str, folder: str
) -> None:
    """Both have line/2024-07-01.geojson: one in the new layer, one for what is now ``front``."""
    zone = Zone(repository, folder)
    two_sided(zone, side, rename_and_begin_anew, lambda one: one.publish("2024-07-01", shape))
    follow(zone, zone.merge(code=1))
    catalogue = pkzone.catalogue(zone.root)
    assert (b"46.7" if shape == OTHER else b"46.9") in catalogue["front"].latest.read_bytes()
    assert b"46.9" in catalogue["line"].latest.read_bytes()


@pytest.mark.parametrize("setting", ["conflict", "true", "false"])
def test_files_that_git_moves_or_does_not(repository: Repository, setting: str) -> None:
    repository.git("config", "merge.directoryRenames", setting)
    zone = Zone(repository)
    zone.diverge(rename(), lambda one: one.publish("2024-08-01", OTHER))
    follow(zone, zone.merge(code=1))
    assert zone.versions == ["front@2024-05-01#1", "front@2024-08-01#1"]


def test_a_withdrawal_alone_needs_no_files_and_is_clean(repository: Repository) -> None:
    zone = Zone(repository)
    zone.diverge(rename_and_begin_anew, retract("2024-05-01", "a wrong day"))
    assert "follows (1 version)\n" in zone.merge()
    assert zone.findings == []
    assert "front@2024-05-01#2" in zone.versions


def test_a_name_that_the_other_side_gave_to_another_layer(repository: Repository) -> None:
    zone = Zone(repository)
    zone.diverge(
        rename(), lambda one: one.publish("2024-06-01", NEW, layer="front", new_layer="Front")
    )
    said = zone.merge(code=1)
    assert "renamed the layer line to front, and the other has another layer of that name" in said
    assert "git merge --abort" in said
    repository.git("merge", "--abort")
    pkzone.rename_layer("front", "edge", catalogue=zone.root)
    repository.commit()
    zone.merge()
    assert zone.findings == []


def test_two_names_for_one_layer_come_with_the_remedy(repository: Repository) -> None:
    zone = Zone(repository)
    zone.diverge(rename("border"), rename("front"))
    said = zone.merge(code=1)
    for name in ("datapackage.json", "events.json"):
        assert (
            f"zone/{name}: ours renamed the layer line to border, theirs to front; git merge "
            "--abort (in a rebase: git rebase --abort), give it one name on both branches with "
            "pkzone layer rename, and merge again"
        ) in said
    repository.git("merge", "--abort")
    repository.run("pkzone", "layer", "rename", "border", "front", "--catalogue", "zone")
    repository.commit()
    zone.merge()
    assert zone.findings == []
    assert zone.versions == ["front@2024-05-01#1"]


# Events of it.


def event(zone: Zone) -> None:
    zone.add(
        "events", id="july", date="2024-07-01", title="E", layers=["line"], features=["line/a"]
    )


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_events_follow_a_renaming(repository: Repository, side: str) -> None:
    zone = Zone(repository)
    two_sided(zone, side, rename(), event)
    said = zone.merge()
    assert f"zone/events.json: {side} renamed the layer line to front" in said
    assert "follows (1 event)" in said
    assert zone.findings == []
    found = pkzone.catalogue(zone.root).events[-1]
    assert (found.layers, found.features) == (("front",), ("front/a",))


@pytest.mark.parametrize("way", ["rebase", "the first event"])
def test_where_git_tells_nothing_verify_names_what_to_write(
    repository: Repository, way: str
) -> None:
    """Git asks no driver for a file that one side alone changed, and names no sides in a rebase."""
    zone = Zone(repository)
    if way == "the first event":
        (zone.root / "events.json").write_text("[]\n", encoding="utf-8")
        repository.commit()
    zone.diverge(rename(), event)
    repository.git(*(("rebase", "-q", "main") if way == "rebase" else ("merge", "-q")), "theirs")
    assert zone.findings == [
        "events.json: event july names the feature line/a, which is not there; write front/a, if "
        "that is its name now, or take it out of events.json",
        "events.json: event july names the layer line, which is not there; write front, if that "
        "is its name now, or take it out of events.json",
    ]
    zone.edit("events.json", "line/a", "front/a")
    zone.edit("events.json", '"line"', '"front"')
    assert zone.findings == []


# What both gave or took.


@pytest.mark.parametrize("side", ["ours", "theirs"])
@pytest.mark.parametrize("also", ["line", "front"], ids=["titles", "a title and a name"])
def test_two_titles_are_solved_with_the_schema(
    repository: Repository, side: str, also: str
) -> None:
    zone = Zone(repository)
    zone.diverge(rename(also, "Ours"), rename(None, "Theirs"))
    said = zone.merge(code=1)
    assert f"git checkout --{side} -- zone/schemas/{also}.json" in said
    follow(zone, said, side)
    assert pkzone.catalogue(zone.root)[also].title.lower() == side
    assert f"{side.title()}" in (zone.root / f"schemas/{also}.json").read_text("utf-8")


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_a_layer_that_both_begin(repository: Repository, side: str) -> None:
    zone = Zone(repository)
    zone.diverge(
        lambda one: one.publish("2024-06-01", NEW, layer="post", new_layer="Ours"),
        lambda one: one.publish("2024-06-01", OTHER, layer="post", new_layer="Theirs"),
    )
    follow(zone, zone.merge(code=1), side)
    assert pkzone.catalogue(zone.root)["post"].title.lower() == side
    assert zone.versions == ["line@2024-05-01#1", "post@2024-06-01#1"]


@pytest.mark.parametrize(
    ("ours", "theirs", "reason"),
    [
        (
            retract("2024-05-01", "a wrong day"),
            retract("2024-05-01", "no such line"),
            'ours withdrew it ("a wrong day"), theirs withdrew it ("no such line")',
        ),
        (
            lambda zone: zone.publish("2024-05-01", NEW, correct=True),
            retract("2024-05-01", "no such line"),
            'ours corrected it, theirs withdrew it ("no such line")',
        ),
    ],
    ids=["both withdrew", "corrected and withdrew"],
)
@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_a_conflict_says_who_withdrew_and_why(
    repository: Repository, ours: Edit, theirs: Edit, reason: str, side: str
) -> None:
    zone = Zone(repository)
    zone.diverge(ours, theirs)
    said = zone.merge(code=1)
    assert f"conflict in line@2024-05-01: as record 2, {reason}; " in said
    follow(zone, said, side)


# Files with markers in them.


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("datapackage.json", "layers"),
        ("sources.json", "sources"),
        ("events.json", "events"),
        ("schemas/line.json", "verify"),
    ],
)
def test_commands_say_that_a_file_has_conflict_markers(
    bare_repository: Repository, name: str, command: str
) -> None:
    """In a clone without git-setup, where git merges by lines."""
    zone = Zone(bare_repository)
    if name in ("sources.json", "events.json"):
        new = {"id": "new", "date": "2024-06-01"}
        zone.diverge(
            lambda one: one.add(name[:-5], title="Ours", **new),
            lambda one: one.add(name[:-5], title="Theirs", **new),
        )
    else:
        zone.diverge(rename(None, "Ours"), rename(None, "Theirs"))
    bare_repository.run("git", "merge", "-q", "theirs", code=1)
    if name != "datapackage.json":
        bare_repository.git("checkout", "--ours", "--", "zone/datapackage.json")
    lines = (zone.root / name).read_text("utf-8").splitlines()
    number = next(n for n, line in enumerate(lines, 1) if line.startswith("<<<<<<<"))
    result = bare_repository.run(
        "pkzone", *shlex.split(command), "--catalogue", "zone", code=1 if command == "verify" else 3
    )
    told = result.stdout + result.stderr
    assert (
        f"{name}: has Git's conflict markers (<<<<<<< in line {number}); solve them, then" in told
    )
    assert "git merge --abort, pkzone git-setup" in told
    bare_repository.git("merge", "--abort")
    bare_repository.run("pkzone", "git-setup")
    bare_repository.commit()
    said = bare_repository.run("git", "merge", "-q", "theirs", code=1).stderr
    if name in ("datapackage.json", "schemas/line.json"):
        follow(zone, said)
    else:
        assert f'zone/{name}: conflict in {name[:-6]} "new"' in said
