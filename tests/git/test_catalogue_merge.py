"""Catalogues in a real git repository: what two branches did is joined, and verifies."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

import pkzone
from pkzone.store import manifest_writer
from tests.helpers.git_repository import NEEDS_GIT, Repository
from tests.helpers.merged_catalogue import NEW, OLD, OTHER, Zone, solved

pytestmark = [NEEDS_GIT, pytest.mark.long]

FIRST = "line@2024-05-01#1"


def june(day: int, **record: str) -> Callable[[Zone], None]:
    """Return an edit: a version of a day of June, with a source and an event."""

    def edit(zone: Zone) -> None:
        name = f"june-{day}"
        zone.add("sources", id=name, title="S")
        zone.add("events", id=name, date=f"2024-06-{day:02}", title="E", layers=["line"])
        shape = f"[[46,39],[46.5,39.{day}]]"
        zone.publish(f"2024-06-{day:02}", shape, sources=[name], events=[name], **record)

    return edit


@pytest.mark.parametrize("way", ["merge", "merge -X ours", "rebase", "cherry-pick", "stash pop"])
def test_what_two_branches_added_is_joined(repository: Repository, way: str) -> None:
    zone = Zone(repository)
    if way == "stash pop":
        june(2)(zone)
        repository.git("stash", "-qu")
        june(3)(zone)
        repository.commit()
        command = ["stash", "pop", "-q"]
    else:
        zone.diverge(june(3), june(2))
        command = [*way.split(), "-q", "theirs"] if way != "cherry-pick" else [way, "theirs"]
    result = repository.run("git", *command)
    assert "pkzone" not in result.stderr
    assert zone.versions == [FIRST, "line@2024-06-02#1", "line@2024-06-03#1"]
    second, third = ("june-2", "june-3") if way == "rebase" else ("june-3", "june-2")
    assert zone.ids("sources") == ["first", second, third]
    assert zone.ids("events") == ["begin", second, third]
    assert zone.findings == []


def test_the_result_is_in_the_one_form(repository: Repository) -> None:
    """The same as if both had been published one after another."""
    zone = Zone(repository)
    zone.diverge(
        lambda one: one.publish("2024-06-03"), lambda one: one.publish("2024-06-02", OTHER)
    )
    zone.merge()
    merged = (zone.root / "datapackage.json").read_bytes()
    repository.git("checkout", "-q", "theirs")
    zone.publish("2024-06-03")
    assert (zone.root / "datapackage.json").read_bytes() == merged


@pytest.mark.parametrize("folder", [".", "a b/Բերձոր", "-zone", "it's"])
def test_a_catalogue_lies_anywhere(repository: Repository, folder: str) -> None:
    zone = Zone(repository, folder)
    zone.diverge(june(3), june(2))
    assert zone.merge() == ""
    assert zone.findings == []
    assert len(zone.versions) == 3


def test_working_trees_with_crlf(repository: Repository) -> None:
    repository.git("config", "core.autocrlf", "true")
    zone = Zone(repository)
    zone.diverge(june(3), june(2))
    zone.merge()
    assert zone.findings == []
    assert b"\r" not in (zone.root / "sources.json").read_bytes()


@pytest.mark.parametrize("name", ["$(touch${IFS}pwned)", "a;b'c", '"x"', "{{%s%P}}"])
def test_branches_with_odd_names(repository: Repository, name: str) -> None:
    zone = Zone(repository)
    zone.diverge(june(3), june(2))
    repository.git("branch", "-m", "theirs", name)
    zone.merge(name)
    assert zone.findings == []
    assert not (repository.folder / "pwned").exists()


def test_a_submodule_that_is_a_catalogue(repository: Repository, tmp_path: Path) -> None:
    outer = Repository(tmp_path / "outer", repository.environment)
    zone = Zone(repository, ".")
    zone.diverge(june(3), june(2))
    outer.git("init", "-q", "-b", "main")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", repository.folder, "in")
    inner = outer.folder / "in"
    outer.git("-C", inner, "config", "user.name", "A")
    outer.run("sh", "-c", "cd in && pkzone git-setup 2>/dev/null")
    outer.git("-C", inner, "merge", "-q", "origin/theirs")
    assert pkzone.verify(inner).findings == ()
    assert len(pkzone.catalogue(inner)["line"].versions) == 3


def test_thirty_commits_are_rebased(repository: Repository) -> None:
    zone = Zone(repository)
    repository.git("checkout", "-qb", "theirs")
    for day in range(1, 31):
        zone.publish(f"2024-06-{day:02}", f"[[46,39],[46.5,39.{day:02}1]]")
        repository.commit()
    repository.git("checkout", "-q", "main")
    zone.publish("2024-07-01")
    repository.commit()
    repository.git("rebase", "-q", "main", "theirs")
    assert len(zone.versions) == 32
    assert zone.findings == []


def test_a_criss_cross_merge(repository: Repository) -> None:
    zone = Zone(repository)
    zone.diverge(june(3), june(2))
    repository.git("branch", "ours")
    zone.merge()
    june(4)(zone)
    repository.commit()
    repository.git("checkout", "-q", "theirs")
    zone.merge("ours")
    june(5)(zone)
    repository.commit()
    repository.git("checkout", "-q", "main")
    assert zone.merge() == ""
    assert zone.findings == []
    assert sorted(zone.ids("events")) == ["begin", "june-2", "june-3", "june-4", "june-5"]


def test_a_criss_cross_merge_whose_bases_conflict(repository: Repository) -> None:
    """Each side solved the first conflict in its own way: the second merge asks again."""
    zone = Zone(repository)
    title = '"title":"Zone"'
    zone.diverge(
        lambda one: one.edit("datapackage.json", title, '"title":"Ours"'),
        lambda one: one.edit("datapackage.json", title, '"title":"Theirs"'),
    )
    repository.git("branch", "ours")
    for branch, other, side in (("main", "theirs", "ours"), ("theirs", "ours", "ours")):
        repository.git("checkout", "-q", branch)
        zone.merge(other, code=1)
        text = (zone.root / "datapackage.json").read_text("utf-8")
        (zone.root / "datapackage.json").write_text(solved(text, side), encoding="utf-8")
        zone.publish("2024-06-02" if branch == "main" else "2024-06-03")
        repository.commit()
    repository.git("checkout", "-q", "main")
    said = zone.merge(code=1)
    assert 'conflict in "title": both sides changed it' in said
    text = (zone.root / "datapackage.json").read_text("utf-8")
    assert text.count("<<<<<<<") == 1
    assert "line-2024-06-02" in text
    assert "line-2024-06-03" in text


def test_an_octopus_is_left_to_git(repository: Repository) -> None:
    """Git merges several branches at once by lines, without drivers, and stops at a conflict."""
    zone = Zone(repository)
    zone.diverge(june(3), june(2))
    repository.git("checkout", "-qb", "third", "HEAD~1")
    june(4)(zone)
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.run("git", "merge", "-q", "theirs", "third", code=2)
    repository.git("reset", "-q", "--hard")
    zone.merge("theirs")
    zone.merge("third")
    assert zone.findings == []
    assert len(zone.versions) == 4


def withdraw(zone: Zone) -> None:
    """Record that the version of the first of May was wrong."""
    path = zone.root / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    first = next(one for one in package["resources"] if one["name"] == "line-2024-05-01")
    package["resources"].append(
        first | {"name": "line-2024-05-01_r2", "record": 2, "withdrawn": "the date was wrong"}
    )
    package["resources"] = manifest_writer.in_order(package["resources"], package["layers"])
    path.write_bytes(manifest_writer.dumps(package))


def correct(shape: str, *more: str) -> Callable[[Zone], None]:
    """Return an edit: one correction of the first version, or several."""

    def edit(zone: Zone) -> None:
        for drawn in (shape, *more):
            zone.publish("2024-05-01", drawn, correct=True)

    return edit


RIVALS = {
    "published twice": (
        lambda zone: zone.publish("2024-06-01", NEW),
        lambda zone: zone.publish("2024-06-01", OTHER),
        ([FIRST, "line@2024-06-01#1"], [FIRST, "line@2024-06-01#1"]),
    ),
    "published as it was before": (
        lambda zone: zone.publish("2024-06-01", OLD),
        lambda zone: zone.publish("2024-06-01", OTHER),
        ([FIRST, "line@2024-06-01#1"], [FIRST, "line@2024-06-01#1"]),
    ),
    "corrected twice": (
        correct(NEW),
        correct(OTHER),
        ([FIRST, "line@2024-05-01#2"], [FIRST, "line@2024-05-01#2"]),
    ),
    "a chain of corrections": (
        correct(NEW),
        correct(OTHER, "[[46,39],[46.9,39.5]]"),
        (
            [FIRST, "line@2024-05-01#2"],
            [FIRST, "line@2024-05-01#2", "line@2024-05-01#3"],
        ),
    ),
    "withdrawn and corrected": (
        withdraw,
        correct(OTHER),
        ([FIRST, "line@2024-05-01#2"], [FIRST, "line@2024-05-01#2"]),
    ),
    "of another title": (
        lambda zone: zone.publish("2024-06-01", NEW, title="Our title"),
        lambda zone: zone.publish("2024-06-01", NEW, title="Their title"),
        ([FIRST, "line@2024-06-01#1"], [FIRST, "line@2024-06-01#1"]),
    ),
}


@pytest.mark.parametrize("folder", ["zone", "a b/-Բ"])
@pytest.mark.parametrize("side", ["ours", "theirs"])
@pytest.mark.parametrize("name", RIVALS)
def test_the_advice_in_a_conflict_leads_to_a_catalogue_that_verifies(
    repository: Repository, name: str, side: str, folder: str
) -> None:
    ours, theirs, expected = RIVALS[name]
    zone = Zone(repository, folder)
    zone.diverge(lambda one: (ours(one), june(20)(one)), lambda one: (theirs(one), june(21)(one)))
    wanted = zone.root / "datapackage.json"
    said = zone.merge(code=1)
    for kept in ("ours", "theirs"):
        json.loads(solved(wanted.read_text("utf-8"), kept))
    advice, end = said.splitlines()[-2:]
    steps = re.search(rf"to keep {side}: (.*?)keep what stands under {side}", advice)
    if steps is None:
        assert name == "of another title"
        assert 'alike, with other "title"; keep what stands on one side of the markers' in advice
    elif steps[1]:
        repository.run("sh", "-c", steps[1].removesuffix(", and "))
    wanted.write_text(solved(wanted.read_text("utf-8"), side), encoding="utf-8")
    repository.run("sh", "-c", end.partition("when no markers are left: ")[2])
    repository.git("commit", "-qm", "Solved")
    assert repository.git("status", "--porcelain") == ""
    assert zone.findings == []
    both = [*expected[("ours", "theirs").index(side)], "line@2024-06-20#1", "line@2024-06-21#1"]
    assert zone.versions == both
    entry = f'"title":"{"Our" if side == "ours" else "Their"} title"'
    assert (entry in wanted.read_text("utf-8")) == (name == "of another title")


def test_one_layer_begun_with_two_titles(repository: Repository) -> None:
    zone = Zone(repository)
    zone.diverge(
        lambda one: one.publish("2024-06-01", NEW, layer="post", new_layer="Our posts"),
        lambda one: one.publish("2024-06-02", OTHER, layer="post", new_layer="Their posts"),
    )
    said = zone.merge(code=1)
    assert "conflict in layers post: both sides added it, each in its own way" in said
    text = (zone.root / "datapackage.json").read_text("utf-8")
    (zone.root / "datapackage.json").write_text(solved(text, "theirs"), encoding="utf-8")
    repository.git("checkout", "--ours", "--", "zone/schemas/post.json")
    repository.run("sh", "-c", said.rpartition("when no markers are left: ")[2])
    repository.git("add", "zone/schemas/post.json")
    repository.git("commit", "-qm", "Solved")
    assert zone.findings == []
    assert zone.versions == [FIRST, "post@2024-06-01#1", "post@2024-06-02#1"]
    assert pkzone.catalogue(zone.root)["post"].title == "Their posts"


def test_the_same_published_on_two_days_has_the_earlier_day(repository: Repository) -> None:
    zone = Zone(repository)
    zone.diverge(
        lambda one: one.publish("2024-06-01", recorded="2024-07-09"),
        lambda one: one.publish("2024-06-01", recorded="2024-07-03"),
    )
    assert zone.merge() == ""
    assert pkzone.catalogue(zone.root)["line"].latest.recorded.isoformat() == "2024-07-03"
    assert zone.findings == []


def test_titles_are_merged_and_conflict_by_member(repository: Repository) -> None:
    zone = Zone(repository)
    zone.diverge(
        lambda one: (
            one.edit("datapackage.json", '"title":"Line on', '"title":"Our line on'),
            one.edit("datapackage.json", '"title":"Line"', '"title":"Our layer"'),
        ),
        lambda one: (
            one.edit("datapackage.json", '"title":"Zone"', '"title":"Their zone"'),
            one.edit("datapackage.json", '"title":"Line"', '"title":"Their layer"'),
        ),
    )
    said = zone.merge(code=1)
    assert 'zone/datapackage.json: conflict in layers line: both sides changed "title"' in said
    text = (zone.root / "datapackage.json").read_text("utf-8")
    assert (
        '<<<<<<< ours\n{"name":"line","title":"Our layer"}\n=======\n'
        '{"name":"line","title":"Their layer"}\n>>>>>>> theirs\n'
    ) in text
    assert '"title":"Our line on' in text
    assert '"title":"Their zone"' in text


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_a_broken_seal_stays_broken(repository: Repository, side: str) -> None:
    def edit(zone: Zone) -> None:
        june(2)(zone)
        zone.edit("datapackage.json", '"languages":["en"]', '"languages":["en","el"]')

    zone = Zone(repository)
    zone.diverge(*((edit, june(3)) if side == "ours" else (june(3), edit)))
    said = zone.merge()
    assert f"zone/datapackage.json: the seal of {side} is broken" in said
    assert [one.split(":")[1] for one in zone.findings] == [
        " its content is not what its seal records; if you edited it on purpose"
    ]
    repository.run("pkzone", "verify", "--accept", "--catalogue", "zone")
    assert zone.findings == []
    assert pkzone.catalogue(zone.root).languages == ("en", "el")


def test_a_record_that_is_missing_after_a_merge_is_a_conflict(repository: Repository) -> None:
    zone = Zone(repository)
    zone.publish("2024-05-01", NEW, correct=True)
    repository.commit()

    def remove(one: Zone) -> None:
        path = one.root / "datapackage.json"
        package = json.loads(path.read_text("utf-8"))
        package["resources"] = [r for r in package["resources"] if r.get("record") != 2]
        path.write_bytes(manifest_writer.dumps(package))
        (one.root / "line/2024-05-01_r2.geojson").unlink()

    zone.diverge(remove, lambda one: one.publish("2024-05-01", OTHER, correct=True))
    said = zone.merge(code=1)
    found = "line@2024-05-01 has the records 1, 3"
    assert f"what came out is not sound, pkzone verify finds: {found}; git merge --abort" in said
    assert any(found in one for one in zone.findings)


def rename(zone: Zone) -> None:
    """Give the layer another name, in its files, entries and events."""
    for old, new in (("line", "front"), ("schemas/line.json", "schemas/front.json")):
        (zone.root / old).rename(zone.root / new)
    path = zone.root / "datapackage.json"
    package = json.loads(path.read_text("utf-8"))
    package["layers"] = [one | {"name": "front"} for one in package["layers"]]
    for one in package["resources"]:
        if "layer" in one:
            one["layer"] = "front"
            for key in ("name", "path", "feature_schema"):
                one[key] = one[key].replace("line", "front")
    path.write_bytes(manifest_writer.dumps(package))
    zone.edit("events.json", '"line"', '"front"')


@pytest.mark.parametrize("side", ["ours", "theirs"])
def test_what_is_published_to_a_layer_that_is_renamed_follows(
    repository: Repository, side: str
) -> None:
    zone = Zone(repository)

    def publish(one: Zone) -> None:
        one.publish("2024-06-01", NEW)
        one.publish("2024-05-01", OTHER, correct=True)

    zone.diverge(*((rename, publish) if side == "ours" else (publish, rename)))
    said = zone.merge(code=1)  # git asks whether the new files belong in the new folder
    assert f"{side} renamed the layer line to front" in said
    assert "follows (2 versions)" in said
    repository.git("add", "--all")
    repository.git("commit", "-qm", "Merged")
    assert zone.findings == []
    assert zone.versions == ["front@2024-05-01#1", "front@2024-05-01#2", "front@2024-06-01#1"]


def test_records_of_one_id_conflict_with_markers(repository: Repository) -> None:
    zone = Zone(repository)
    zone.diverge(
        lambda one: one.add("sources", id="new", title="Ours"),
        lambda one: one.add("sources", id="new", title="Theirs"),
    )
    said = zone.merge(code=1)
    assert 'zone/sources.json: conflict in source "new": both sides added it' in said
    text = (zone.root / "sources.json").read_text("utf-8")
    first = ' {\n  "id": "first",\n  "title": "First"\n }'
    assert text == (
        f'[\n{first},\n<<<<<<< ours\n {{\n  "id": "new",\n  "title": "Ours"\n }}\n=======\n'
        ' {\n  "id": "new",\n  "title": "Theirs"\n }\n>>>>>>> theirs\n]\n'
    )
    (zone.root / "sources.json").write_text(solved(text, "theirs"), encoding="utf-8")
    repository.commit()
    assert zone.ids("sources") == ["first", "new"]
    assert zone.findings == []


def test_files_of_something_else_are_merged_as_by_git(repository: Repository) -> None:
    """The same bytes and words with our driver and without it, clean and in conflict."""
    names = ("datapackage.json", "sources.json", "events.json")
    lines = [f'"{letter}": 1,' for letter in "abcdefgh"]
    for name in names:
        repository.write("{\n" + "\n".join(lines) + '\n"z": 1}\n', name)
    repository.commit()
    repository.git("checkout", "-qb", "theirs")
    for name in names:
        repository.write(repository.read(name).replace('"h": 1', '"h": 2'), name)
    repository.commit()
    repository.git("checkout", "-q", "main")
    for name in names:
        repository.write(repository.read(name).replace('"a": 1', '"a": 2'), name)
    repository.write(repository.read(names[2]).replace('"h": 1', '"h": 3'), names[2])
    repository.commit()
    results = []
    for driver in ("pkzone", "text"):
        if driver == "text":
            repository.git("reset", "-q", "--hard")
            info = repository.folder / ".git/info/attributes"
            info.write_text("*.json merge=text\n", encoding="utf-8")
        said = repository.run("git", "merge", "theirs", code=1)
        texts = [repository.read(name).replace("<<<<<<< HEAD", "<<<<<<< ours") for name in names]
        results.append((said.stdout, said.stderr, texts))
    assert results[0] == results[1]
    assert shlex.split(results[0][0])[-1] == "result."
