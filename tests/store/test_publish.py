"""Publishing: what is checked, what is refused, and what lies in the catalogue afterwards."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import pkzone
from pkzone.cli import pkzone as program
from pkzone.errors import (
    BadDate,
    BadReference,
    CannotPublish,
    CatalogueError,
    CatalogueLocked,
    EventNotFound,
    FaultyFiles,
    GeoJSONError,
    HashMismatch,
    LayerNotFound,
    OutputError,
    SchemaError,
    SourceNotFound,
    VersionNotFound,
)
from pkzone.geojson import Feature, FeatureCollection
from pkzone.layers.schemas import quick_validator
from pkzone.store.transaction import locked
from pkzone.store.verify import accept
from tests.helpers.own_catalogue import begin, line, manifest_of, point, put, tree, write

A, B = (20.0, 42.0), (20.4, 42.2)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A catalogue with one layer, ``line``, and one version."""
    return begin(tmp_path / "z", "line")


def test_the_schema_of_a_new_layer_is_checked_quickly(root: Path) -> None:
    assert quick_validator((root / "schemas" / "line.json").read_text("utf-8")) is not None


def test_the_canonical_bytes_and_the_entry(root: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "f", line("b", B, A, note="x"), line("a", A, B, zone=2, name="Ä"))
    step = put(root, file, "2024-05-02", title="Two lines", sources=[], events=[])
    expected = (
        '{"type":"FeatureCollection","features":[\n'
        '{"type":"Feature","id":"a","properties":{"name":"Ä","zone":2},'
        '"geometry":{"type":"LineString","coordinates":[[20,42],[20.4,42.2]]}},\n'
        '{"type":"Feature","id":"b","properties":{"note":"x"},'
        '"geometry":{"type":"LineString","coordinates":[[20.4,42.2],[20,42]]}}\n]}\n'
    ).encode()
    assert (root / "line" / "2024-05-02.geojson").read_bytes() == expected
    assert step.outcome == "added"
    assert manifest_of(root)["resources"][-1] == {
        "name": "line-2024-05-02", "path": "line/2024-05-02.geojson", "title": "Two lines",
        "format": "geojson", "mediatype": "application/geo+json", "encoding": "utf-8",
        "bytes": len(expected), "hash": "sha256:" + sha256(expected).hexdigest(),
        "layer": "line", "version": "2024-05-02", "record": 1, "valid_from": "2024-05-02",
        "recorded": "2025-01-01", "events": [], "source_ids": [], "feature_count": 2,
        "bbox": [20.0, 42.0, 20.4, 42.2], "feature_schema": "schemas/line.json",
    }  # fmt: skip
    assert step.version.path == root / "line" / "2024-05-02.geojson"
    assert len(step.version.frame()) == 2


def test_an_empty_version_takes_another_and_follows_one(tmp_path: Path) -> None:
    root = begin(tmp_path / "z")
    road = line("a", A, B, route="a-b", status="open")
    put(root, write(tmp_path / "none"), "2024-05-01", new_layer="Line")
    put(root, write(tmp_path / "road", road), "2024-05-02")
    put(root, write(tmp_path / "none"), "2024-05-03")
    counts = [one["feature_count"] for one in manifest_of(root)["resources"] if "layer" in one]
    assert counts == [0, 1, 0]


def test_the_order_of_publishing_leaves_no_trace(tmp_path: Path) -> None:
    days = ("2024-05-02", "2024-06-01.2", "2024-06-01", "2024-05-20", "2024-06-01.10")
    trees = []
    for name, order in (("y", days), ("z", sorted(days, reverse=True))):
        root = begin(tmp_path / name / "cat", "line")
        for day in order:
            put(root, write(tmp_path / "f", point("a", 20, float(day[8:10]))), day)
            if day == "2024-06-01":
                put(root, write(tmp_path / "f", point("b", 21, 42)), day, correct=True)
        trees.append(tree(root))
        assert list(pkzone.catalogue(root)["line"])[-3:] == [
            "2024-06-01", "2024-06-01.2", "2024-06-01.10",
        ]  # fmt: skip
    assert trees[0] == trees[1]


def test_sources_and_events(root: Path, tmp_path: Path) -> None:
    source = {"id": "un-1", "type": "report", "title": "Report", "URL": "https://example.org/1"}
    event = {"id": "move", "date": "2024-05", "title": "It moves", "sources": ["un-1"]}
    (root / "sources.json").write_text(json.dumps([source]), encoding="utf-8")
    (root / "events.json").write_text(json.dumps([event]), encoding="utf-8")
    file = write(tmp_path / "f", point("a", 20, 42))
    put(root, file, "2024-05-02", sources=["un-1"], events=["move"])
    version = pkzone.catalogue(root)["line"].latest
    assert (version.source_ids, version.events) == (("un-1",), ("move",))
    assert version.sources == (("Report", "https://example.org/1"),)
    assert pkzone.verify(root).findings == ()
    before = tree(root)
    with pytest.raises(SourceNotFound, match="no source un-2; did you mean un-1"):
        put(root, file, "2024-05-03", sources=["un-2"])
    with pytest.raises(EventNotFound, match="no event moves"):
        put(root, file, "2024-05-03", events=["moves"])
    assert tree(root) == before


class TestAgain:
    def test_the_same_bytes_are_no_change(self, root: Path, tmp_path: Path) -> None:
        put(root, write(tmp_path / "f", point("a", 21, 42)), "2024-05-02")
        before = tree(root)
        step = put(root, write(tmp_path / "f", point("a", 21.0, 42.00000001)), "2024-05-02")
        assert step.outcome == "present"
        assert tree(root) == before

    def test_other_bytes_are_refused(self, root: Path, tmp_path: Path) -> None:
        before = tree(root)
        message = r"line@2024-05-01 exists with other content.*--correct.*--from 2024-05-01\.2"
        with pytest.raises(CannotPublish, match=message):
            put(root, write(tmp_path / "f", point("a", 21, 42)), "2024-05-01")
        assert tree(root) == before

    def test_a_second_state_of_a_day(self, root: Path, tmp_path: Path) -> None:
        put(root, write(tmp_path / "f", point("a", 21, 42)), "2024-05-01.2")
        layer = pkzone.catalogue(root)["line"]
        assert list(layer) == ["2024-05-01", "2024-05-01.2"]
        assert layer.on("2024-05-01").id == "2024-05-01.2"

    def test_identical_days_share_one_file(self, root: Path, tmp_path: Path) -> None:
        file = write(tmp_path / "f", point("a", 20.5, 42.5, name="A"))  # as the first version
        step = put(root, file, "2024-05-02")
        assert step.shared
        assert step.version.file == "line/2024-05-01.geojson"
        assert [path for path in tree(root) if path.startswith("line/")] == [step.version.file]
        assert pkzone.verify(root).findings == ()


class TestCorrections:
    def test_both_records_stay_readable(self, root: Path, tmp_path: Path) -> None:
        file = write(tmp_path / "f", point("a", 21, 43, name="A"))
        step = put(root, file, "2024-05-01", correct=True, title=None, recorded="2025-02-01")
        assert (step.outcome, step.version.record) == ("corrected", 2)
        assert step.version.file == "line/2024-05-01_r2.geojson"
        layer = pkzone.catalogue(root)["line"]
        assert [one.record for one in layer.records] == [1, 2]
        assert layer["2024-05-01"].record == 2
        assert layer["2024-05-01"].title == "State on 2024-05-01"  # as before
        for known_on, record, lon in (("2025-01-31", 1, 20.5), ("2025-02-01", 2, 21.0)):
            known = pkzone.catalogue(root, known_on=known_on)["line"]["2024-05-01"]
            assert known.record == record
            assert known.frame().geometry.iloc[0].x == lon
        assert list(pkzone.catalogue(root, known_on="2024-12-31")["line"]) == []
        assert pkzone.verify(root).findings == ()

    def test_of_a_later_version_moves_no_end(self, root: Path, tmp_path: Path) -> None:
        put(root, write(tmp_path / "f", point("a", 21, 42)), "2024-06-01", recorded="2025-03-01")
        known = pkzone.catalogue(root, known_on="2025-01-01")["line"]
        assert known["2024-05-01"].valid_to is None  # the next one was not known yet
        assert str(pkzone.catalogue(root)["line"]["2024-05-01"].valid_to) == "2024-06-01"

    def test_of_what_is_said_only(self, root: Path, tmp_path: Path) -> None:
        file = write(tmp_path / "f", point("a", 20.5, 42.5, name="A"))
        assert put(root, file, "2024-05-01", correct=True, title=None).outcome == "present"
        step = put(root, file, "2024-05-01", correct=True, title="A better title")
        assert (step.version.record, step.shared) == (2, True)
        assert pkzone.catalogue(root)["line"].latest.title == "A better title"

    def test_there_must_be_something_to_correct(self, root: Path, tmp_path: Path) -> None:
        file = write(tmp_path / "f", point("a", 21, 42))
        with pytest.raises(CannotPublish, match="no version 2024-05-02 to correct"):
            put(root, file, "2024-05-02", correct=True)

    def test_none_is_recorded_before_what_it_corrects(self, root: Path, tmp_path: Path) -> None:
        file = write(tmp_path / "f", point("a", 21, 42))
        with pytest.raises(CannotPublish, match="cannot be recorded on 2024-12-31"):
            put(root, file, "2024-05-01", correct=True, recorded="2024-12-31")


class TestIds:
    def ids(self, root: Path) -> list[str]:
        return [str(one.id) for one in pkzone.catalogue(root)["line"].latest.features().features]

    def test_are_kept(self, root: Path, tmp_path: Path) -> None:
        put(root, write(tmp_path / "f", point("way/12 é", 1, 1), line(7, A, B)), "2024-05-02")
        assert self.ids(root) == ["7", "way/12 é"]

    def test_come_from_a_property(self, root: Path, tmp_path: Path) -> None:
        features = (point("x", 1, 1, ref="k"), line(None, A, B, ref=7))
        put(root, write(tmp_path / "f", *features), "2024-05-02", id_property="ref")
        assert self.ids(root) == ["7", "k"]
        with pytest.raises(GeoJSONError, match="no feature has the property nr to take"):
            put(root, write(tmp_path / "f", *features), "2024-05-03", id_property="nr")

    def test_come_from_two_properties(self, root: Path, tmp_path: Path) -> None:
        features = (point("x", 1, 1, ref="k", nr=2), line("y", A, B, ref="k"))
        put(root, write(tmp_path / "f", *features), "2024-05-02", id_property="ref,nr")
        assert self.ids(root) == ["k/2", "y"]
        with pytest.raises(GeoJSONError, match="no feature has the property no to take"):
            put(root, write(tmp_path / "f", *features), "2024-05-03", id_property=["ref", "no"])

    def test_are_told_by_the_version_before(self, root: Path, tmp_path: Path) -> None:
        features = (
            line("front-north", A, B, side="n"),
            line("front-south", (20.0, 41.0), (20.5, 41.0), side="s"),
            point("base", 21, 42, name="Old base"),
        )
        put(root, write(tmp_path / "f", *features), "2024-05-02")
        nameless = (
            point(None, 25, 45, name="Old base"),  # far off: told by its name
            line(None, A, (20.2, 42.11), B, side="n"),  # slightly edited: by its shape
            line(None, (20.0, 41.0), (20.5, 41.0), side="south"),  # by its place
            point(None, 30, 10, name="Neue Straße"),
            point(None, 31, 10, name="База"),
        )
        put(root, write(tmp_path / "f", *nameless), "2024-05-03")
        assert self.ids(root) == ["base", "front-north", "front-south", "neue-strasse", "point"]

    def test_are_kept_where_gdal_moved_them(self, root: Path, tmp_path: Path) -> None:
        put(root, write(tmp_path / "f", point("x", 1, 1, v=1), point("y", 2, 2)), "2024-05-02")
        saved = point(None, 1, 1, id="x", v=2), point(None, 40, 40, id="y")
        told = put(root, write(tmp_path / "f", *saved), "2024-05-03").notices
        assert any("the property id takes their place" in notice for notice in told)
        features = pkzone.catalogue(root)["line"].latest.features().features
        assert [(one.id, one.properties) for one in features] == [("x", {"v": 2}), ("y", {})]

    def test_a_feature_drawn_anew_in_qgis_gets_one(self, root: Path, tmp_path: Path) -> None:
        put(root, write(tmp_path / "f", point("x", 1, 1), point("y", 2, 2)), "2024-05-02")
        saved = (point(None, 1, 1, id="x"), point(None, 2, 2, id="y"),
                 point(None, 40, 40, id=None, name="New"))  # fmt: skip
        told = put(root, write(tmp_path / "f", *saved), "2024-05-03").notices
        assert any("2 were in the version before and 1 get a new id" in one for one in told)
        features = pkzone.catalogue(root)["line"].latest.features().features
        assert [(one.id, one.properties) for one in features] == [
            ("new", {"name": "New"}), ("x", {}), ("y", {}),
        ]  # fmt: skip

    def test_auto_keeps_those_of_the_version_before(self, root: Path, tmp_path: Path) -> None:
        names = ["a", "b", "c", "d"]
        first = [point(str(n), n, n, name=name) for n, name in enumerate(names)]
        put(root, write(tmp_path / "f", *first), "2024-05-02")
        none = [point(None, 50 + n, n, name=name) for n, name in enumerate(names)]
        put(root, write(tmp_path / "f", *none), "2024-05-03", id_property="auto")
        anew = [point(str(n), 51 + n, n + 1, name=name) for n, name in enumerate(names[1:])]
        told = put(root, write(tmp_path / "f", *anew), "2024-05-04", id_property="auto").notices
        assert any("ids were given anew" in notice for notice in told)
        versions = pkzone.catalogue(root)["line"].versions[-2:]
        found = [
            [(one.id, one.properties["name"]) for one in version.features().features]
            for version in versions
        ]
        assert found == [
            list(zip("0123", names, strict=True)),
            list(zip("123", "bcd", strict=True)),
        ]

    def test_are_never_used_again(self, root: Path, tmp_path: Path) -> None:
        put(root, write(tmp_path / "f", point(None, 1, 1, name="Post")), "2024-05-02")
        assert self.ids(root) == ["post"]
        put(root, write(tmp_path / "f", point(None, 50, 50, name="Gate")), "2024-05-03")
        put(root, write(tmp_path / "f", point(None, 9, 9, name="Post")), "2024-05-04")
        assert self.ids(root) == ["post-2"]

    @pytest.mark.parametrize("bad", ["", " ", "a\nb", "\u202ea", "x" * 201])
    def test_are_texts_to_be_printed(self, root: Path, tmp_path: Path, bad: str) -> None:
        with pytest.raises(GeoJSONError, match="its id must be a text"):
            put(root, write(tmp_path / "f", point(bad, 1, 1)), "2024-05-02")


class TestManyFiles:
    def files(self, tmp_path: Path, *days: str) -> list[str]:
        return [
            write(tmp_path / "in" / f"l_{day}.geojson", point("a", 20, int(day[-2:]) // 2))
            for day in days
        ]

    def test_in_the_order_of_their_dates(self, root: Path, tmp_path: Path) -> None:
        days = ("2024-05-07", "2024-05-04", "2024-05-05", "2024-05-06")
        told: list[int] = []
        steps = pkzone.publish(
            self.files(tmp_path, *days), catalogue=root, layer="line", date_from_name=True,
            title="Line on {date}", recorded="2025-01-01", progress=told.append,
        )  # fmt: skip
        assert [one.version.id for one in steps] == sorted(days)
        assert [one.shared for one in steps] == [False, True, False, True]
        assert steps[0].version.title == "Line on 2024-05-04"
        assert told == [1, 1, 1, 1]
        assert pkzone.verify(root).findings == ()

    def test_all_or_none(self, root: Path, tmp_path: Path) -> None:
        files = self.files(tmp_path, "2024-05-04", "2024-05-05")
        write(tmp_path / "in" / "l_2024-05-05.geojson", point("a", 20, 99))
        before = tree(root)
        with pytest.raises(GeoJSONError, match="2024-05-05"):
            pkzone.publish(files, catalogue=root, layer="line", date_from_name=True, title="t")
        assert tree(root) == before

    def test_again_is_no_change(self, root: Path, tmp_path: Path) -> None:
        files = self.files(tmp_path, "2024-05-04", "2024-05-05")
        asked: dict[str, Any] = {"catalogue": root, "layer": "line", "date_from_name": True}
        pkzone.publish(files, title="t", **asked)
        before = tree(root)
        more = [*files, *self.files(tmp_path, "2024-05-09")]
        steps = pkzone.publish(more, title="t", **asked)
        assert [one.outcome for one in steps] == ["present", "present", "added"]
        assert before.items() - tree(root).items() == {
            ("datapackage.json", before["datapackage.json"])
        }

    def test_two_of_one_date(self, root: Path, tmp_path: Path) -> None:
        files = [*self.files(tmp_path, "2024-05-04"), write(tmp_path / "20240504.json")]
        with pytest.raises(CannotPublish, match="have the same date 2024-05-04"):
            pkzone.publish(files, catalogue=root, layer="line", date_from_name=True, title="t")


class TestRefused:
    def test_a_feature_against_the_schema(self, root: Path, tmp_path: Path) -> None:
        path = root / "schemas" / "line.json"
        schema = json.loads(path.read_text("utf-8"))
        schema["properties"]["properties"]["required"] = ["name"]
        path.write_text(json.dumps(schema), encoding="utf-8")
        with pytest.raises(SchemaError, match="b: properties: 'name' is a required property"):
            put(root, write(tmp_path / "f", point("b", 1, 1)), "2024-05-02")

    def test_a_schema_without_end(self, root: Path, tmp_path: Path) -> None:
        (root / "schemas" / "line.json").write_text('{"$ref":"#"}', encoding="utf-8")
        with pytest.raises(CatalogueError, match="refers to itself without end"):
            put(root, write(tmp_path / "f", point("b", 1, 1)), "2024-05-02")

    def test_a_layer_that_windows_cannot_hold_is_still_read(
        self, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = write(tmp_path / "f", point("b", 1, 1))
        with monkeypatch.context() as older:
            older.setattr("pkzone.store.guards.is_portable", lambda _: True)
            put(root, file, "2024-05-02", layer="aux", new_layer="Aux")
        assert put(root, file, "2024-05-03", layer="aux").outcome == "added"
        assert pkzone.verify(root).ok

    def test_a_layer_that_is_not_there(self, root: Path, tmp_path: Path) -> None:
        file = write(tmp_path / "f", point("b", 1, 1))
        with pytest.raises(LayerNotFound, match=r"did you mean line.*--new-layer TITLE begins one"):
            put(root, file, "2024-05-02", layer="lines")
        with pytest.raises(CannotPublish, match="the layer line has another title"):
            put(root, file, "2024-05-02", new_layer="The line")

    @pytest.mark.parametrize(
        "name",
        [
            "", "Line", "a/b", "../a", ".a", "a\0", "é", "a" * 65, "schemas", "a b", "-a",
            "con", "nul.d", "com1", "lpt9.x", "a.", "a:b", "a?", "a*", 'a"b', "a|b",
            "a.geojson", "sources.json", "readme.md",
        ],
    )  # fmt: skip
    def test_a_name_that_cannot_be_a_folder(self, root: Path, tmp_path: Path, name: str) -> None:
        before = tree(root)
        with pytest.raises(BadReference, match="is not a name for a layer"):
            put(
                root,
                write(tmp_path / "f", point("b", 1, 1)),
                "2024-05-02",
                layer=name,
                new_layer="T",
            )
        assert tree(root) == before

    @pytest.mark.parametrize("day", ["2024-5-2", "20240502", "2024-05-02.1", "../x", "2023-02-29"])
    def test_a_date_that_is_none(self, root: Path, tmp_path: Path, day: str) -> None:
        with pytest.raises(BadDate):
            put(root, write(tmp_path / "f", point("b", 1, 1)), day)

    def test_a_version_without_a_title(self, root: Path, tmp_path: Path) -> None:
        with pytest.raises(CannotPublish, match="needs a title"):
            put(root, write(tmp_path / "f", point("b", 1, 1)), "2024-05-02", title=None)

    @pytest.mark.parametrize("title", ["", "broken \udcff end"])
    def test_a_title_that_cannot_be_kept(self, root: Path, tmp_path: Path, title: str) -> None:
        before = tree(root)
        file = write(tmp_path / "f", point("b", 1, 1))
        with pytest.raises((CannotPublish, CatalogueError), match="title"):
            put(root, file, "2024-05-02", title=title)
        with pytest.raises(CannotPublish, match="title"):
            put(root, file, "2024-05-02", layer="new", new_layer=title)
        assert tree(root) == before

    def test_the_shipped_catalogue(self, tmp_path: Path) -> None:
        file = write(tmp_path / "f", point("b", 1, 1))
        with pytest.raises(CatalogueError, match="is not to be changed; begin your own"):
            put(pkzone.catalogue().root, file, "2030-01-01", layer="zone")

    def test_a_manifest_changed_by_other_hands(self, root: Path, tmp_path: Path) -> None:
        path = root / "datapackage.json"
        path.write_bytes(path.read_bytes().replace(b'"en"', b'"fr"'))
        with pytest.raises(CatalogueError, match="was edited outside pkzone"):
            put(root, write(tmp_path / "f", point("b", 1, 1)), "2024-05-02")

    def test_an_edited_title_is_no_hindrance(self, root: Path, tmp_path: Path) -> None:
        path = root / "datapackage.json"
        path.write_bytes(path.read_bytes().replace(b'"title":"z"', b'"title":"My zone"'))
        put(root, write(tmp_path / "f", point("b", 1, 1)), "2024-05-02")
        assert pkzone.catalogue(root).title == "My zone"
        assert pkzone.verify(root).findings == ()

    def test_a_file_in_the_way(self, root: Path, tmp_path: Path) -> None:
        (root / "line" / "2024-05-02.geojson").write_text("mine", encoding="utf-8")
        before = tree(root)
        with pytest.raises(OutputError, match="the manifest does not record it"):
            put(root, write(tmp_path / "f", point("b", 1, 1)), "2024-05-02")
        assert tree(root) == before

    def test_a_damaged_predecessor(self, root: Path, tmp_path: Path) -> None:
        (root / "line" / "2024-05-01.geojson").write_text("{}", encoding="utf-8")
        with pytest.raises(HashMismatch):  # it is read to tell the ids
            put(root, write(tmp_path / "f", point(None, 1, 1)), "2024-05-02")

    @pytest.mark.parametrize("place", ["line", "datapackage.json", ".pkzone.lock"])
    def test_symbolic_links(self, root: Path, tmp_path: Path, place: str) -> None:
        elsewhere = tmp_path / "elsewhere"
        if (root / place).exists():
            (root / place).rename(elsewhere)
        else:
            elsewhere.write_bytes(b"")
        (root / place).symlink_to(elsewhere)
        if place == ".pkzone.lock" and not (root / place).is_symlink():
            pytest.skip("no symbolic links here")
        before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        with pytest.raises((CatalogueError, OutputError), match=r"link|not a regular file"):
            put(root, write(tmp_path / "f", point("b", 1, 1)), "2024-05-02")
        (tmp_path / "f").unlink()
        assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_a_dry_run_and_a_declined_one_write_nothing(root: Path, tmp_path: Path) -> None:
    before = tree(root)
    file = write(tmp_path / "f", point("a", 21, 42, name="A"))
    step = put(root, file, "2024-05-02", dry_run=True)
    assert step.outcome == "added"
    shown: list[dict[str, int]] = []

    def decline(steps: Any) -> bool:
        shown.append(steps[0].diff(root).summary)
        return False

    asked = {"catalogue": root, "layer": "line", "valid_from": "2024-05-02", "title": "t"}
    assert pkzone.publish(file, confirm=decline, **asked) == ()
    assert shown[0]["modified"] == 1
    assert tree(root) == before


def test_features_at_hand(root: Path) -> None:
    feature = Feature("a", {"name": "A"}, {"type": "Point", "coordinates": [1.0, 2.0]})
    step = put(root, FeatureCollection((feature,), ()), "2024-05-02")  # type: ignore[arg-type]
    assert step.version.feature_count == 1


def test_the_lock_is_waited_for_and_named(root: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "f", point("a", 21, 42))
    with locked(root, timeout=0), pytest.raises(CatalogueLocked, match=r"\.pkzone\.lock: another"):
        put(root, file, "2024-05-02", lock_timeout=0.01)
    assert put(root, file, "2024-05-02").outcome == "added"


def test_what_a_crash_left_is_cleared_away(root: Path, tmp_path: Path) -> None:
    """As a crash between the files and the manifest leaves it."""
    lost = b"half a publication"
    (root / "line" / "2024-05-09.geojson").write_bytes(lost)
    (root / "line" / "2024-05-08.geojson").write_bytes(b"changed since")
    (root / "line" / ".pkzone-0123456789abcdef.tmp").write_bytes(b"")
    digest = sha256(lost).hexdigest()
    journal = {f"line/2024-05-0{day}.geojson": digest for day in (8, 9)} | {
        "line/2024-05-01.geojson": sha256(
            (root / "line/2024-05-01.geojson").read_bytes()
        ).hexdigest(),
        "../escape": digest,
    }
    (root / ".pkzone-journal.tmp").write_text(json.dumps(journal), encoding="utf-8")
    (tmp_path / "escape").write_bytes(lost)
    assert {(one.code, one.path) for one in pkzone.verify(root).findings} == {
        ("interrupted", "line/2024-05-09.geojson"),
        ("extra", "line/2024-05-08.geojson"),  # not what was announced: somebody's own
        ("temporary", "line/.pkzone-0123456789abcdef.tmp"),
        ("temporary", ".pkzone-journal.tmp"),
    }
    put(root, write(tmp_path / "f", point("a", 21, 42)), "2024-05-02")
    assert [path for path in tree(root) if path.startswith(("line", ".pkz"))] == [
        "line/2024-05-01.geojson", "line/2024-05-02.geojson", "line/2024-05-08.geojson",
    ]  # fmt: skip
    assert (tmp_path / "escape").exists()


@pytest.mark.long
def test_bytes_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys, pkzone; d, *files = sys.argv[1:]; "
        "pkzone.init(d, files=files[:2], recorded='2025-01-01', title='Z'); "
        "pkzone.publish(files[2:], catalogue=d, layer='l', date_from_name=True, title='t',"
        " recorded='2025-01-01')"
    )
    files = [
        write(
            tmp_path / f"l-2024-05-0{day}.geojson",
            *(
                point(None, i, i + day / 100, b=1, a={"z": 1, "y": [2]}, name=f"N{i}")
                for i in range(9)
            ),
            line(None, A, B),
        )
        for day in (1, 2, 3, 4)
    ]
    trees = []
    for seed in ("0", "1", "4711"):
        command = [sys.executable, "-c", code, str(tmp_path / seed / "z"), *files]
        (tmp_path / seed).mkdir()
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, check=True)
        trees.append(tree(tmp_path / seed / "z"))
    assert trees[0] == trees[1] == trees[2]
    assert "l/2024-05-04.geojson" in trees[0]


class TestWithdrawn:
    """A version with a wrong date: its last record says that it is withdrawn, and why."""

    @pytest.fixture
    def withdrawn(self, tmp_path: Path) -> Path:
        root = begin(tmp_path / "zone", "line")
        for day in ("2024-05-02", "2024-05-03"):
            put(root, write(tmp_path / day, point("a", 21, int(day[-2:]))), day)
        package = manifest_of(root)
        wrong = next(one for one in package["resources"] if one.get("version") == "2024-05-02")
        further = {"name": "line-2024-05-02_r2", "record": 2, "recorded": "2025-02-01"}
        package["resources"].append({**wrong, **further, "withdrawn": "It was on the 3rd."})
        (root / "datapackage.json").write_text(json.dumps(package), "utf-8")
        accept(root)
        return root

    def test_it_never_holds(self, withdrawn: Path) -> None:
        line = pkzone.catalogue(withdrawn)["line"]
        assert [(one.id, str(one.valid_to)) for one in line.versions] == [
            ("2024-05-01", "2024-05-03"),
            ("2024-05-03", "None"),
        ]
        assert line.on("2024-05-02").id == "2024-05-01"
        with pytest.raises(VersionNotFound, match=r"withdrawn on 2025-02-01: It was on the 3rd\."):
            line["2024-05-02"]

    def test_it_stays_readable_as_it_was_known(self, withdrawn: Path) -> None:
        before = pkzone.catalogue(withdrawn, known_on="2025-01-31")["line"]
        assert before.on("2024-05-02").id == "2024-05-02"
        assert len(before["2024-05-02"].features().features) == 1

    def test_verify_finds_nothing_wrong(self, withdrawn: Path) -> None:
        assert pkzone.verify(withdrawn).ok

    def test_the_next_version_is_compared_with_one_that_stands(self, withdrawn: Path) -> None:
        file = write(withdrawn.parent / "again", point("a", 21, 9))
        assert put(withdrawn, file, "2024-05-02.2").base.id == "2024-05-01"

    def test_it_comes_back_as_a_further_record_only(self, withdrawn: Path) -> None:
        file = write(withdrawn.parent / "again", point("a", 21, 2))
        with pytest.raises(CannotPublish, match=r"withdrawn on 2025-02-01.*--correct"):
            put(withdrawn, file, "2024-05-02", recorded="2025-03-01")
        step = put(withdrawn, file, "2024-05-02", recorded="2025-03-01", correct=True)
        assert (step.outcome, step.version.record) == ("corrected", 3)
        assert pkzone.catalogue(withdrawn)["line"].on("2024-05-02").record == 3
        assert pkzone.verify(withdrawn).ok

    def test_the_log_says_why(self, withdrawn: Path) -> None:
        result = CliRunner().invoke(program, ["log", "line", "--catalogue", str(withdrawn)])
        assert "2024-05-02  withdrawn on 2025-02-01\n  It was on the 3rd." in result.stdout


class TestRecords:
    """What a correction changed, told by a diff of two records of one version."""

    def test_the_last_two_records_are_compared(self, root: Path) -> None:
        file = write(root.parent / "again", point("a", 20.5, 42.5, name="B"))
        put(root, file, "2024-05-01", correct=True)
        asked = ["diff", "line@2024-05-01", "--records", "--catalogue", str(root)]
        told = CliRunner().invoke(program, asked).stdout
        assert "line@2024-05-01 record 1\n" in told
        assert "line@2024-05-01 record 2\n" in told
        assert "name: A → B" in told

    def test_a_version_never_corrected_says_so(self, root: Path) -> None:
        asked = ["diff", "line@2024-05-01", "--records", "--catalogue", str(root)]
        with pytest.raises(VersionNotFound, match="never corrected"):
            pkzone.catalogue(root)["line"].correction("2024-05-01")
        assert CliRunner().invoke(program, asked).exit_code == 3

    def test_one_version_is_named(self, root: Path) -> None:
        asked = ["diff", "line", "line", "--records", "--catalogue", str(root)]
        assert CliRunner().invoke(program, asked).exit_code == 2


class TestDoubts:
    """Features that lie where they hardly can are told of, with the step; nothing is refused."""

    def test_of_features_that_moved_and_of_those_that_look_swapped(self, tmp_path: Path) -> None:
        root = begin(tmp_path / "z")
        still = [line(f"s{i}", A, B) for i in range(3)]
        before = [*still, line("a", A, B), point("b", 20.2, 42.1)]
        first = put(root, write(tmp_path / "1", *before), "2024-05-01", new_layer="Line")
        turned = line("a", (42.0, 20.0), (42.2, 20.4))
        step = put(root, write(tmp_path / "2", *still, turned, point("b", 22, 43)), "2024-05-02")
        assert first.doubts == ()
        assert [doubt.partition(" lies ")[0] for doubt in step.doubts] == [
            f"{tmp_path / '2'}: a: geometry", f"{tmp_path / '2'}: b: geometry",
        ]  # fmt: skip
        assert "exchange the two numbers of every position" in step.doubts[0]
        assert "farther than the layer is wide (40 km)" in step.doubts[1]

    def test_of_the_whole_file(self, root: Path, tmp_path: Path) -> None:
        step = put(root, write(tmp_path / "f", point("a", 42.5, 20.5)), "2024-05-02")
        assert len(step.doubts) == 1
        nameless = put(root, write(tmp_path / "f", point(None, 20.5, 42.5)), "2024-05-03")
        assert "the geometry of all features" in nameless.doubts[0]

    def test_of_many_the_first_and_how_many_more(self, tmp_path: Path) -> None:
        root = begin(tmp_path / "z")
        posts = [point(f"p{i}", 20 + i / 100, 42) for i in range(9)]
        put(root, write(tmp_path / "1", *posts), "2024-05-01", new_layer="Line")
        far = [*(point(f"p{i}", 30 + i / 100, 42) for i in range(8)), posts[8]]
        step = put(root, write(tmp_path / "2", *far), "2024-05-02")
        assert len(step.doubts) == 6
        assert step.doubts[-1].endswith(
            "3 more of its features lie so; pkzone check --layer line lists them"
        )

    def test_a_correction_is_held_against_what_it_corrects(
        self, root: Path, tmp_path: Path
    ) -> None:
        step = put(root, write(tmp_path / "f", point("a", 20.6, 42.5)), "2024-05-01", correct=True)
        assert step.doubts == ()
        step = put(root, write(tmp_path / "f", point("a", 25, 42.5)), "2024-05-01", correct=True)
        assert len(step.doubts) == 1

    def test_an_empty_version_in_between_is_passed_over(self, root: Path, tmp_path: Path) -> None:
        put(root, write(tmp_path / "none"), "2024-05-02")
        step = put(root, write(tmp_path / "f", point("a", 42.5, 20.5)), "2024-05-03")
        assert [doubt.partition(", and")[0] for doubt in step.doubts] == [
            f"{tmp_path / 'f'}: a: geometry lies 3,192 km from where it was in line@2024-05-01"
        ]
        result = pkzone.check(tmp_path / "f", layer="line", catalogue=root)
        assert result.findings == ()  # it is the newest version itself

    def test_a_damaged_version_can_be_corrected(self, root: Path, tmp_path: Path) -> None:
        (root / "line" / "2024-05-01.geojson").write_bytes(b"")
        step = put(root, write(tmp_path / "f", point("a", 25, 42.5)), "2024-05-01", correct=True)
        assert (step.outcome, step.doubts) == ("corrected", ())

    def test_the_shipped_series_give_none(self, tmp_path: Path) -> None:
        shipped = pkzone.catalogue()
        root = begin(tmp_path / "z")
        for name in ("corridor", "sites"):
            for version in shipped[name].values():
                file = tmp_path / f"{version.id}.geojson"
                file.write_bytes(version.read_bytes())
                new = None if name in pkzone.catalogue(root) else name.title()
                assert put(root, str(file), version.id, layer=name, new_layer=new).doubts == ()


def test_every_faulty_file_of_a_series_is_told_at_once(root: Path, tmp_path: Path) -> None:
    before = tree(root)
    (tmp_path / "l-2024-05-03.geojson").write_text("{", encoding="utf-8")
    files = [
        write(tmp_path / "l-2024-05-02.geojson", point("a", 20.5, 42.5)),
        str(tmp_path / "l-2024-05-03.geojson"),
        write(tmp_path / "l-2024-05-01.geojson", point("b", 20.5, 42.5)),
        write(tmp_path / "undated.geojson", point("a", 20.5, 42.5)),
        write(tmp_path / "m-2024-05-02.geojson", point("a", 20.5, 42.5)),
        str(tmp_path / "l-2024-05-04.geojson"),
    ]
    asked = {"catalogue": root, "layer": "line", "title": "t", "date_from_name": True}
    with pytest.raises(FaultyFiles) as caught:
        pkzone.publish(files, **asked)
    assert [type(error).__name__ for error in caught.value.errors] == [
        "CannotPublish", "CannotPublish", "CannotPublish", "InvalidJSON", "Unreadable",
    ]  # fmt: skip
    said = [str(error) for error in caught.value.errors]
    for text, part in zip(
        said,
        (
            "holds no date",
            "have the same date 2024-05-02",
            "exists with other content",
            "",
            "no such",
        ),
        strict=True,
    ):
        assert part in text
    assert str(caught.value).startswith("5 files are refused, nothing was published: ")
    assert str(caught.value).count("\n") == 0
    assert tree(root) == before
    with pytest.raises(CannotPublish, match="holds no date") as alone:
        pkzone.publish(files[3:4], **asked)
    assert not isinstance(alone.value, FaultyFiles)
    assert len(pkzone.publish(files[:1], **asked)) == 1
