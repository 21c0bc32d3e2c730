"""The states of a file over its history in git, as versions of a layer."""

from __future__ import annotations

import csv
import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pkzone
from pkzone.compare.file_versions import RECORDED, in_order
from pkzone.compare.history import each, history, versions_of
from pkzone.errors import (
    AmbiguousLayer,
    BadOption,
    BadReference,
    FeatureNotFound,
    GeoJSONError,
    GitError,
    RevisionNotFound,
)
from tests.helpers.git_repository import NEEDS_GIT, NEW, OLD, OTHER, Repository, layer, line

pytestmark = NEEDS_GIT


def commit(
    here: Repository, text: str | None, day: str, subject: str = "edit", name: str = "roads.geojson"
) -> str:
    """Commit a text, or the removal of the file, at noon of a day; return the commit."""
    if text is None:
        here.git("rm", "-q", "--", name)
    else:
        here.write(text, name)
    here.git("add", "--all")
    return at(here, day, "commit", "-qm", subject)


def at(here: Repository, day: str, *command: str) -> str:
    moment = day if "T" in day else f"{day}T12:00:00+0000"
    here.environment |= {"GIT_COMMITTER_DATE": moment, "GIT_AUTHOR_DATE": moment}
    here.git(*command)
    return here.git("rev-parse", "HEAD").strip()


def ids(reference: str) -> list[str]:
    return [one.id for one in versions_of(reference, None)[1]]


def refs(reference: str) -> list[str]:
    return [one.ref for one in versions_of(reference, None)[1]]


def roads(number: int) -> str:
    """The state after so many edits: a road that grows, and more posts."""
    line_of = [[46, 39], [46.5, round(39.5 + number / 100, 2)]]
    return layer(
        line("a", json.dumps(line_of), step=number), *(line(f"p{one}") for one in range(number % 5))
    )


def test_thirty_commits_as_thirty_files(here: Repository, tmp_path: Path) -> None:
    hashes = [
        commit(here, roads(number), f"2024-05-{number + 1:02}", f"step {number}")
        for number in range(30)
    ]
    files = []
    for number in range(30):
        files.append(tmp_path / f"{number}.geojson")
        files[-1].write_text(here.git("show", f"{hashes[number]}:roads.geojson"), "utf-8")
    diffs = each("..:roads.geojson")
    assert len(diffs) == 29
    for found, (base, target) in zip(diffs, pairwise(files), strict=True):
        expected = pkzone.diff(base, target)
        assert found.changes == expected.changes
        assert found.summary == expected.summary
        assert found.notices == expected.notices
    assert [one.target.ref for one in diffs] == [f"{one[:7]}:roads.geojson" for one in hashes[1:]]
    table = pkzone.series("HEAD:roads.geojson")
    assert [one["features"] for one in table.records()] == [
        len(json.loads(file.read_text("utf-8"))["features"]) for file in files
    ]
    assert RECORDED in table.notes


def test_a_range_begins_with_the_state_at_its_start(here: Repository) -> None:
    first = commit(here, roads(0), "2024-05-01")
    commit(here, "{}", "2024-05-02", name="other.json")
    here.git("tag", "v1.0")
    commit(here, roads(1), "2024-05-03")
    last = commit(here, roads(2), "2024-05-04")
    assert ids("v1.0..:roads.geojson") == ["2024-05-01", "2024-05-03", "2024-05-04"]
    assert refs("v1.0..:roads.geojson")[0] == f"{first[:7]}:roads.geojson"
    assert ids("v1.0..HEAD~1:roads.geojson") == ["2024-05-01", "2024-05-03"]
    assert ids("..HEAD~1:roads.geojson") == ["2024-05-01", "2024-05-03"]
    assert ids("HEAD~1:roads.geojson") == ["2024-05-01", "2024-05-03"]
    assert ids(f"{last}..:roads.geojson") == ["2024-05-04"]
    assert ids(f"{last}..v1.0:roads.geojson") == ["2024-05-04"]


def test_a_rename_in_the_middle_is_followed(here: Repository) -> None:
    commit(here, roads(3), "2024-05-01")
    commit(here, roads(4), "2024-05-02")
    here.git("tag", "v1.0")
    here.git("mv", "roads.geojson", "ways.geojson")
    at(here, "2024-05-03", "commit", "-qm", "rename")
    commit(here, roads(9), "2024-05-04", name="ways.geojson")
    assert ids("HEAD:ways.geojson") == ["2024-05-01", "2024-05-02", "2024-05-04"]
    assert ids("v1.0..:ways.geojson") == ["2024-05-02", "2024-05-04"]
    assert [one.partition(":")[2] for one in refs("HEAD:ways.geojson")] == [
        "roads.geojson",
        "roads.geojson",
        "ways.geojson",
    ]
    assert len(each("HEAD:ways.geojson")) == 2
    with pytest.raises(RevisionNotFound, match=r"was renamed to ways\.geojson by"):
        ids("HEAD:roads.geojson")


def test_a_merge_is_one_change_of_its_first_parents_line(here: Repository) -> None:
    commit(here, layer(line("a"), line("b")), "2024-05-01")
    here.git("checkout", "-qb", "side")
    commit(here, layer(line("a"), line("b", NEW)), "2024-05-02", "aside")
    commit(here, layer(line("a"), line("b", OTHER)), "2024-05-03", "aside again")
    here.git("checkout", "-q", "main")
    commit(here, "x", "2024-05-04", "other", "other.txt")
    at(here, "2024-05-05", "merge", "-q", "--no-ff", "-m", "merge side", "side")
    _, versions, _ = versions_of("HEAD:roads.geojson", None)
    assert [one.title for one in versions] == ["edit", "merge side"]
    assert versions[-1].read_bytes() == (here.folder / "roads.geojson").read_bytes()
    assert ids("side:roads.geojson") == ["2024-05-01", "2024-05-02", "2024-05-03"]


def test_a_file_that_was_removed_and_came_back(here: Repository) -> None:
    commit(here, layer(line("a")), "2024-05-01")
    commit(here, "x", "2024-05-01", "other", "other.txt")
    commit(here, None, "2024-05-02", "remove")
    commit(here, layer(line("a", NEW)), "2024-05-03", "restore")
    found = pkzone.series("HEAD:roads.geojson").records()
    assert [one["features"] for one in found] == [1, 0, 1]
    removed, restored = each("HEAD:roads.geojson")
    assert (removed.summary["removed"], restored.summary["added"]) == (1, 1)
    assert any("the commit removed the file" in one for one in removed.notices)
    assert ids("HEAD~1:roads.geojson") == ["2024-05-01", "2024-05-02"]


def test_several_commits_of_a_day(here: Repository) -> None:
    for number, time in enumerate(("10:00", "11:00", "23:30")):
        commit(here, roads(number), f"2024-05-01T{time}:00+0000")
    commit(here, roads(4), "2024-05-02T03:30:00+0400")  # 23:30 of the day before in UTC
    commit(here, roads(5), "2024-05-02T04:30:00+0400")
    assert ids("HEAD:roads.geojson") == [
        "2024-05-01",
        "2024-05-01.2",
        "2024-05-01.3",
        "2024-05-01.4",
        "2024-05-02",
    ]


def test_clocks_that_were_wrong_keep_the_order_of_history(here: Repository) -> None:
    days = ("2024-05-01", "2038-01-01", "2024-05-03", "1999-01-01", "2024-05-04")
    for number, day in enumerate(days):
        commit(here, roads(number), day, f"step {number}")
    found, versions, _ = versions_of("HEAD:roads.geojson", None)
    assert [one.title for one in versions] == [f"step {number}" for number in range(5)]
    assert [one.id for one in versions] == [
        "2024-05-01",
        "2024-05-01.2",
        "2024-05-03",
        "2024-05-03.2",
        "2024-05-04",
    ]
    assert [one.recorded.isoformat() for one in versions] == list(days)
    assert found.notes[1].startswith("Dated out of order: 2 commits;")
    starts = [one.valid_from for one in versions]
    assert [one.valid_to for one in versions] == [*starts[1:], None]


DAYS = st.lists(st.dates(date(2024, 1, 1), date(2024, 1, 20)), max_size=9)


@given(DAYS)
def test_as_many_days_as_can_stay_as_they_were(days: list[date]) -> None:
    found = in_order(days)
    assert found == sorted(found)
    assert set(found) <= set(days)
    kept = sum(was == now for was, now in zip(days, found, strict=True))
    longest = max(
        (
            len(run)
            for mask in range(1 << len(days))
            if (run := [day for bit, day in enumerate(days) if mask >> bit & 1]) == sorted(run)
        ),
        default=0,
    )
    assert kept >= longest


def test_the_life_of_a_layer_and_of_a_feature(here: Repository) -> None:
    commit(here, layer(line("a", OLD, status="open")), "2024-05-01", "begin")
    here.git("tag", "v1")
    commit(here, layer(line("a", NEW, status="open"), line("b", OTHER)), "2024-05-02", "move a")
    commit(here, layer(line("a", NEW, status="closed"), line("b", OTHER)), "2024-05-03", "close a")
    whole = history("HEAD:roads.geojson")
    assert [one.effect for one in whole.entries] == ["appeared", "changed", "changed"]
    assert whole.notices == (RECORDED,)
    assert whole.to_dict()["notices"] == [RECORDED]
    one = history("HEAD~1..:roads.geojson", "a")
    assert [(entry.version.id, entry.effect) for entry in one.entries] == [
        ("2024-05-02", "changed"),
        ("2024-05-03", "changed"),
    ]
    begun = history("..:roads.geojson", "b")
    assert [(entry.version.title, entry.effect) for entry in begun.entries] == [
        ("move a", "appeared")
    ]
    with pytest.raises(FeatureNotFound, match=r"v1:roads\.geojson has no feature z"):
        history("v1:roads.geojson", "z")
    told = here.pkzone("history", "v1..:roads.geojson", "a")
    assert "close a" in told.stdout
    assert RECORDED in told.stderr


def test_the_commands(here: Repository) -> None:
    for number in range(3):
        commit(here, roads(number), f"2024-05-0{number + 1}", f"step {number}")
    told = here.pkzone("diff", "HEAD~2..:roads.geojson", "--each", "--exit-code", code=1)
    assert told.stdout.startswith("Each version compared with the one before")
    told = here.pkzone("series", "HEAD~1..:roads.geojson", "-f", "csv")
    assert [row.split(",")[0] for row in told.stdout.splitlines()] == [
        "valid_from",
        "2024-05-02",
        "2024-05-03",
    ]
    told = here.pkzone("series", "..:roads.geojson", "--from", "2024-05-03", "--json")
    assert [one["title"] for one in json.loads(told.stdout)["rows"]] == ["step 2"]
    told = here.pkzone("sources", "--features", "HEAD:roads.geojson", code=3)
    assert "names a file, which has no versions" in told.stderr


def test_a_broken_state_is_named_with_its_commit(here: Repository) -> None:
    commit(here, roads(0), "2024-05-01")
    broken = commit(here, "{", "2024-05-02")
    commit(here, roads(1), "2024-05-03")
    for call in (each, pkzone.series, history):
        with pytest.raises(GeoJSONError, match=rf"^{broken[:7]}:roads\.geojson: is not JSON"):
            call("HEAD:roads.geojson")


def test_features_without_ids_have_a_history_by_their_property(here: Repository) -> None:
    plain = roads(0).replace('"id":"a",', "").replace('"step":0', '"id":"a","step":0')
    commit(here, plain, "2024-05-01")
    commit(here, plain.replace('"step":0', '"step":1'), "2024-05-02")
    found = history("HEAD:roads.geojson", "a")
    assert [entry.effect for entry in found.entries] == ["appeared", "changed"]


def test_a_shallow_clone_says_that_older_states_are_not_there(
    here: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        commit(here, roads(number), f"2024-05-0{number + 1}")
    here.git("clone", "-q", "--depth", "2", f"file://{here.folder}", tmp_path / "shallow")
    monkeypatch.chdir(tmp_path / "shallow")
    assert ids("HEAD:roads.geojson") == ["2024-05-03", "2024-05-04"]
    notes = versions_of("HEAD:roads.geojson", None)[0].notes
    assert "The clone is shallow: git fetch --unshallow brings what is older." in notes


def test_what_has_no_history(here: Repository) -> None:
    commit(here, roads(0), "2024-05-01")
    with pytest.raises(RevisionNotFound, match=r"did you mean roads\.geojson"):
        ids("HEAD:raods.geojson")
    with pytest.raises(RevisionNotFound, match="there is no revision v9"):
        ids("v9..:roads.geojson")
    with pytest.raises(BadReference, match="names a file, which has no versions"):
        ids("roads.geojson")
    (here.folder / "data").mkdir()
    commit(here, roads(0), "2024-05-02", name="data/x.geojson")
    commit(here, roads(0), "2024-05-02", name="data/y.geojson")
    with pytest.raises((GitError, GeoJSONError), match="data: is a folder"):
        ids("HEAD:data")


def test_names_and_subjects_of_strangers(here: Repository) -> None:
    name = ":(top)\x1b[31m\nx.geojson"
    commit(here, roads(0), "2024-05-01", "\x1b[2J a: b", name)
    commit(here, roads(1), "2024-05-02", "Ճանապարհ", name)
    told = here.pkzone("history", f"HEAD:{name}")
    assert "\x1b" not in told.stdout + told.stderr
    assert "Ճանապարհ" in told.stdout


@pytest.fixture(name="ways")
def fixture_ways(here: Repository) -> Repository:
    """Three states of data/ways.geojson."""
    (here.folder / "data").mkdir()
    commit(here, roads(0), "2024-05-01", "draw", name="data/ways.geojson")
    here.git("tag", "v1")
    commit(here, roads(1), "2024-05-02", "bend", name="data/ways.geojson")
    commit(here, roads(2), "2024-05-03", "close", name="data/ways.geojson")
    return here


@pytest.mark.parametrize("path", ["./ways.geojson", "data/ways.geojson", "../data/ways.geojson"])
def test_from_a_folder_in_the_repository(
    ways: Repository, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    expected = pkzone.series("..:data/ways.geojson").records()
    assert len(expected) == 3
    monkeypatch.chdir(ways.folder / "data")
    assert pkzone.series(f"..:{path}").records() == expected
    assert refs(f"v1..HEAD:{path}") == refs("..:data/ways.geojson")
    assert len(each(f"v1..:{path}")) == 2
    assert [one.effect for one in history(f"HEAD:{path}", "a").entries] == [
        "appeared",
        "changed",
        "changed",
    ]
    other = ways.folder / "other"
    other.mkdir()
    monkeypatch.chdir(other)
    assert len(each("..:../data/ways.geojson")) == 2


def test_a_rename_is_followed_from_another_folder(
    ways: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways.git("mv", "data/ways.geojson", "roads.geojson")
    commit(ways, roads(3), "2024-05-04", "move", "data/x.geojson")
    commit(ways, roads(4), "2024-05-05", "edit")
    monkeypatch.chdir(ways.folder / "data")
    assert len(ids("..:../roads.geojson")) == 4
    with pytest.raises(RevisionNotFound, match=r"ways\.geojson was renamed to roads\.geojson by"):
        ids("..:./ways.geojson")


@pytest.mark.parametrize("setting", ["diff.relative=true", "log.follow=true", "log.showRoot=false"])
def test_what_is_set_for_people_changes_nothing(
    ways: Repository, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    ways.git("config", *setting.split("="))
    monkeypatch.chdir(ways.folder / "data")
    assert ids("..:./ways.geojson") == ["2024-05-01", "2024-05-02", "2024-05-03"]


def test_the_layers_of_a_file_that_holds_several(here: Repository, tmp_path: Path) -> None:
    gpd = pytest.importorskip("geopandas")
    for number in range(3):
        frame = gpd.GeoDataFrame(
            {"code": ["a", "b"], "step": [number, 0]},
            geometry=gpd.points_from_xy([46, 46.5], [39, 39.5]),
            crs=4326,
        )
        frame.to_file(here.folder / "s.gpkg", layer="roads")
        frame.head(1).to_file(here.folder / "s.gpkg", layer="posts")
        here.git("add", "--all")
        at(here, f"2024-05-0{number + 1}", "commit", "-qm", f"step {number}")
    first = here.git("rev-parse", "--short=7", "HEAD~2").strip()
    for call in (each, pkzone.series, history):
        with pytest.raises(AmbiguousLayer, match=rf"^{first}:s\.gpkg: has 2 layers: .*--layer"):
            call("..:s.gpkg")
        with pytest.raises(BadOption, match=r"chooses layers .*\.\.:roads\.geojson is none"):
            call("..:roads.geojson", layers=["roads"])
        with pytest.raises(BadOption, match="zone is none"):
            call("zone", layers=["roads"])
    told = here.pkzone("diff", "..:s.gpkg", "--each", "--layer", "roads", "--id", "code")
    assert told.stdout.count("1 modified") == 2
    steps = each("..:s.gpkg", layers=["roads"], id_property="code")
    assert [(one.summary["modified"], one.base.file_layers) for one in steps] == [
        (1, ("roads",)),
        (1, ("roads",)),
    ]
    for layer_name, count in (("roads", 2), ("posts", 1)):
        told = here.pkzone("series", "..:s.gpkg", "--layer", layer_name, "-f", "csv")
        rows = list(csv.DictReader(told.stdout.splitlines()))
        assert [row["features"] for row in rows] == [str(count)] * 3
    told = here.pkzone("history", "..:s.gpkg", "--layer", "roads")
    assert "Begins with 2 features." in told.stdout


def test_each_tells_the_day_and_subject_of_a_commit(ways: Repository) -> None:
    told = ways.pkzone("diff", "..:data/ways.geojson", "--each", "-f", "csv")
    rows = list(csv.DictReader(told.stdout.splitlines()))
    assert [(row["date"], row["subject"]) for row in rows] == [
        ("2024-05-02", "bend"),
        ("2024-05-03", "close"),
    ]
    assert RECORDED in told.stderr
    told = ways.pkzone("diff", "..:data/ways.geojson", "--each", "--json")
    (first, _) = json.loads(told.stdout)["rows"]
    assert (first["base"]["date"], first["base"]["subject"]) == ("2024-05-01", "draw")
    for form in ("text", "markdown"):
        told = ways.pkzone("diff", "..:data/ways.geojson", "--each", "-f", form)
        assert "2024-05-02" in told.stdout
        assert "bend" in told.stdout


def test_each_of_a_shallow_clone_says_that_it_is(
    ways: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways.git("clone", "-q", "--depth", "1", f"file://{ways.folder}", tmp_path / "shallow")
    monkeypatch.chdir(tmp_path / "shallow")
    clone = ways.run("sh", "-c", 'cd "$0" && pkzone diff ..:data/ways.geojson --each', Path.cwd())
    assert "one version only" in clone.stdout
    assert "The clone is shallow: git fetch --unshallow" in clone.stderr
    with pytest.raises(RevisionNotFound) as told:
        ids("HEAD~5:data/ways.geojson")
    assert str(told.value) == (
        "there is no revision HEAD~5: HEAD is one, but has no ~5; the clone is shallow, "
        "git fetch --unshallow brings what is older"
    )
