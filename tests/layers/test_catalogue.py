"""The catalogue: versions, intervals, records, hashes, and manifests that must be refused."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pkzone.errors import (
    BadDate,
    BadReference,
    CatalogueError,
    EventNotFound,
    GeoJSONError,
    HashMismatch,
    LayerNotFound,
    PkzoneError,
    SourceNotFound,
    VersionNotFound,
)
from pkzone.layers.catalogue import Catalogue, catalogue
from tests.conftest import EVENTS, FILES, manifest, write_catalogue


def test_what_the_catalogue_says_of_itself(small: Catalogue, small_root: Path) -> None:
    assert (small.title, small.root) == ("A small zone", small_root)
    assert small.default_date == date(2022, 9, 1)
    assert small.languages == ("en", "hy")
    assert [one.name for one in small.licenses] == ["CC-BY-4.0"]
    assert small.routes[0].km == 80
    assert small.routes[0].valid_from == date(2020, 11, 10)


def test_edition_of_a_catalogue_as_known_on_a_day_says_nothing_later() -> None:
    now, then = catalogue(), catalogue(known_on="2026-11-28")
    assert now.edition.publisher == then.edition.publisher == "The pkzone developers"
    assert all(now.edition)
    assert then.edition[1:] == ("", "", "")


def test_how_a_folder_may_be_named(small_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small_root)
    for name in (small_root, str(small_root), f"{small_root}/", ".", ""):
        assert catalogue(name)["zone"].latest.read_bytes().startswith(b"{")
    with pytest.raises(CatalogueError, match=r"^nowhere/datapackage\.json: no such file"):
        catalogue("nowhere/")


def test_layers_keep_the_drawing_order(small: Catalogue) -> None:
    assert list(small) == ["zone", "corridor"]
    assert [layer.name for layer in small.layers] == ["zone", "corridor"]
    assert isinstance(small, Mapping)
    assert "roads" not in small
    assert small.get("roads") is None


def test_versions_are_oldest_first_and_take_the_highest_record(small: Catalogue) -> None:
    layer = small["corridor"]
    assert list(layer) == ["2020-11-10", "2022-08-30", "2022-08-30.2"]
    assert [version.record for version in layer.versions] == [1, 1, 2]
    assert [(one.id, one.record) for one in layer.records] == [
        ("2020-11-10", 1),
        ("2022-08-30", 1),
        ("2022-08-30.2", 1),
        ("2022-08-30.2", 2),
    ]
    assert layer.latest.title == "The old road is left, corrected"


def test_a_version_ends_where_the_next_begins(small: Catalogue) -> None:
    ends = {version.ref: version.valid_to for version in small["corridor"].records}
    assert ends == {
        "corridor@2020-11-10": date(2022, 8, 30),
        "corridor@2022-08-30": date(2022, 8, 30),  # empty: replaced on its own day
        "corridor@2022-08-30.2": None,
    }


@pytest.mark.parametrize(
    ("day", "version_id"),
    [
        ("2020-11-10", "2020-11-10"),
        ("2022-08-29", "2020-11-10"),
        ("2022-08-30", "2022-08-30.2"),
        (date(2030, 1, 1), "2022-08-30.2"),
    ],
)
def test_what_is_in_force(small: Catalogue, day: str | date, version_id: str) -> None:
    assert small["corridor"].on(day).id == version_id


def test_before_the_first_version(small: Catalogue) -> None:
    with pytest.raises(VersionNotFound) as caught:
        small["corridor"].on("2019-01-01")
    assert str(caught.value) == (
        "no version of corridor is in force on 2019-01-01; the first is 2020-11-10"
    )


@pytest.mark.parametrize(
    ("ref", "found"),
    [
        ("corridor", "corridor@2022-08-30.2"),
        ("corridor@latest", "corridor@2022-08-30.2"),
        ("corridor@2022-08-30", "corridor@2022-08-30"),  # an exact id wins over the date
        ("corridor@2022-08-31", "corridor@2022-08-30.2"),
        ("zone@2024-06-11", "zone@2020-11-10"),
    ],
)
def test_references_resolve(small: Catalogue, ref: str, found: str) -> None:
    assert small.version(ref).ref == found


@pytest.mark.parametrize(
    ("ref", "kind", "text"),
    [
        ("coridor", LayerNotFound, "did you mean corridor? layers: zone, corridor"),
        ("xyz@2022-01-01", LayerNotFound, "no layer xyz; layers: zone, corridor"),
        (
            "corridor@2022-08-30.3",
            VersionNotFound,
            "versions: 2020-11-10, 2022-08-30, 2022-08-30.2",
        ),
        ("corridor@2019-01-01", VersionNotFound, "the first is 2020-11-10"),
        ("corridor@2022-02-30", BadDate, "not in the calendar"),
        ("corridor@yesterday", BadDate, "versions: 2020-11-10"),
        ("road.geojson", BadReference, "names a file"),
    ],
)
def test_references_that_name_nothing(
    small: Catalogue, ref: str, kind: type[PkzoneError], text: str
) -> None:
    with pytest.raises(kind) as caught:
        small.version(ref)
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_keys_are_key_errors_with_a_plain_text(small: Catalogue) -> None:
    with pytest.raises(KeyError) as caught:
        small["roads"]
    assert str(caught.value) == "the catalogue has no layer roads; layers: zone, corridor"
    with pytest.raises(KeyError, match="zone has no version 2021-01-01"):
        small["zone"]["2021-01-01"]


def test_events_and_sources(small: Catalogue) -> None:
    assert [event.id for event in small.events] == ["ceasefire", "new-road"]  # by date
    assert small.event("new-road").to_dict() == EVENTS[0]
    assert small.source("statement-2020")["URL"] == "https://example.org/statement"
    with pytest.raises(EventNotFound, match="did you mean new-road"):
        small.event("new-rod")
    with pytest.raises(SourceNotFound, match="did you mean bbc-2020"):
        small.source("bbc-2021")
    with pytest.raises(TypeError):
        small.source("bbc-2020")["title"] = "other"  # type: ignore[index]


def test_values_are_frozen_and_equal_by_content(small: Catalogue, small_root: Path) -> None:
    version = small["zone"].latest
    assert version == catalogue(small_root)["zone"].latest
    assert len({version, catalogue(small_root)["zone"].latest}) == 1
    with pytest.raises(AttributeError):
        version.title = "other"  # type: ignore[misc]


def test_the_record_is_plain_json(small: Catalogue) -> None:
    record = small["corridor"]["2020-11-10"].to_dict()
    assert json.loads(json.dumps(record)) == record
    assert record["valid_from"] == "2020-11-10"
    assert record["valid_to"] == "2022-08-30"
    assert record["licenses"][0]["name"] == "CC-BY-4.0"
    assert record["sources"] == [{"title": "statement-2020", "path": "https://example.org/"}]
    assert record["path"] == "corridor/2020-11-10.geojson"


def test_features_are_parsed(small: Catalogue) -> None:
    features = small["corridor"]["2022-08-30"].features().features
    assert [feature.id for feature in features] == ["lachin-new", "lachin-old"]
    assert small["zone"].latest.features().features == ()


def test_bytes_are_those_on_disk(small: Catalogue) -> None:
    assert small["zone"].latest.read_bytes() == FILES["zone/2024-06-12.geojson"].encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"46.6", b"46.7"),
        lambda data: data + b"\n",
        lambda data: data[:-1],
        lambda _data: b"",
    ],
    ids=["one digit", "longer", "shorter", "emptied"],
)
def test_a_changed_file_is_refused(small: Catalogue, change: Callable[[bytes], bytes]) -> None:
    version = small["corridor"]["2020-11-10"]
    version.path.write_bytes(change(version.path.read_bytes()))
    with pytest.raises(HashMismatch) as caught:
        version.features()
    assert "corridor/2020-11-10.geojson: the content is not what datapackage.json" in str(
        caught.value
    )
    assert "restore the file" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_refused(small: Catalogue) -> None:
    small["zone"].latest.path.unlink()
    with pytest.raises(CatalogueError, match=r"2024-06-12\.geojson: no such file"):
        small["zone"].latest.read_bytes()


def test_a_file_far_too_large_is_not_read(small: Catalogue) -> None:
    with small["zone"].latest.path.open("r+b") as file:
        file.truncate(10_000_000)
    with pytest.raises(CatalogueError, match="10000000 bytes are more than"):
        small["zone"].latest.read_bytes()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_named_pipe_does_not_hang(small: Catalogue) -> None:
    path = small["zone"].latest.path
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(CatalogueError, match="not a regular file"):
        small["zone"].latest.read_bytes()


def test_a_feature_without_id_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = FILES["corridor/2020-11-10.geojson"].replace('"id":"lachin-old",', "")
    monkeypatch.setitem(FILES, "corridor/2020-11-10.geojson", bare)
    small = catalogue(write_catalogue(tmp_path, manifest()))
    with pytest.raises(GeoJSONError, match="id"):
        small["corridor"]["2020-11-10"].features()


def test_a_layer_without_versions(tmp_path: Path) -> None:
    package = {**manifest(), "resources": []}
    layer = catalogue(write_catalogue(tmp_path, package))["zone"]
    assert layer.versions == ()
    with pytest.raises(VersionNotFound, match="zone has no version yet"):
        layer.on("2022-01-01")


Change = Callable[[dict[str, Any]], object]


def _set(key: str, value: object) -> Change:
    return lambda package: package["resources"][0].update({key: value})


def _drop(key: str) -> Change:
    return lambda package: package["resources"][0].pop(key)


BAD: dict[str, tuple[Change, str]] = {
    "no title": (lambda p: p.pop("title"), "'title' is missing"),
    "title no text": (lambda p: p.update(title=5), "'title' is 5"),
    "layers no list": (lambda p: p.update(layers={}), "'layers' is {}"),
    "layer no object": (lambda p: p.update(layers=["zone"]), "layers[0]: must be an object"),
    "layer name": (lambda p: p["layers"][0].update(name="Zone!"), "'name' is \"Zone!\""),
    "layer name of spaces": (lambda p: p["layers"][0].update(name="a b"), "'name' is \"a b\""),
    "layer name too long": (lambda p: p["layers"][0].update(name="a" * 65), "1 to 64"),
    "layer twice": (lambda p: p["layers"].append(p["layers"][0]), "zone occurs twice"),
    "unknown layer": (_set("layer", "roads"), "one of the layers: zone, corridor"),
    "default date": (lambda p: p.update(default_date="2022-9-1"), "a date YYYY-MM-DD"),
    "languages": (lambda p: p.update(languages=["en", "en"]), "a list of different texts"),
    "route length": (lambda p: p["routes"][0].update(km="80"), "'km' is \"80\""),
    "route length true": (lambda p: p["routes"][0].update(km=True), "'km' is true"),
    "absolute path": (_set("path", "/etc/passwd"), "'path' is \"/etc/passwd\""),
    "climbing path": (_set("path", "../zone.geojson"), "a path in the catalogue"),
    "climbing inside": (_set("path", "zone/../../x.geojson"), "a path in the catalogue"),
    "backslash": (_set("path", "zone\\x.geojson"), "a path in the catalogue"),
    "drive": (_set("path", "C:x.geojson"), "a path in the catalogue"),
    "url": (_set("path", "https://example.org/x.geojson"), "a path in the catalogue"),
    "empty segment": (_set("path", "zone//x.geojson"), "a path in the catalogue"),
    "null character": (_set("path", "zone/x\0.geojson"), "a path in the catalogue"),
    "list of paths": (_set("path", ["zone/a.geojson"]), "'path' is [\"zone/a.geojson\"]"),
    "schema climbs": (_set("feature_schema", "../s.json"), "'feature_schema'"),
    "hash of md5": (_set("hash", "md5:" + "0" * 32), "64 small hexadecimal digits"),
    "hash in capitals": (_set("hash", "sha256:" + "A" * 64), "64 small hexadecimal digits"),
    "hash too short": (_set("hash", "sha256:" + "0" * 63), "64 small hexadecimal digits"),
    "no hash": (_drop("hash"), "'hash' is missing"),
    "no bytes": (_drop("bytes"), "'bytes' is missing"),
    "negative bytes": (_set("bytes", -1), "'bytes' is -1"),
    "record zero": (_set("record", 0), "'record' is 0"),
    "record true": (_set("record", True), "'record' is true"),
    "record a float": (_set("record", 1.0), "'record' is 1.0"),
    "no version": (_drop("version"), "'version' is missing"),
    "version no date": (_set("version", "v1"), "2022-08-30.2"),
    "valid_from differs": (_set("valid_from", "2020-11-11"), "the day of its version, 2020-11-10"),
    "no recorded": (_drop("recorded"), "'recorded' is missing"),
    "events no list": (_set("events", "ceasefire"), "'events' is \"ceasefire\""),
    "event no text": (_set("events", [1]), "'events' is [1]"),
    "source twice": (_set("source_ids", ["a", "a"]), "a list of different texts"),
    "no count": (_drop("feature_count"), "'feature_count' is missing"),
    "bbox of three": (_set("bbox", [46, 39, 47]), "[west, south, east, north]"),
    "bbox turned": (_set("bbox", [47, 39, 46, 40]), "[west, south, east, north]"),
    "bbox swapped": (_set("bbox", [39, 146, 40, 147]), "[west, south, east, north]"),
    "bbox of texts": (_set("bbox", ["46", "39", "47", "40"]), "[west, south, east, north]"),
    "no resource name": (_drop("name"), "'name' is missing"),
    "name twice": (_set("name", "zone-2024-06-12"), "the name occurs twice"),
    "record twice": (
        lambda p: p["resources"].append({**p["resources"][0], "name": "other"}),
        "a second record 1 of zone@2020-11-10",
    ),
    "resource no object": (lambda p: p["resources"].append(None), "must be an object"),
    "no resources": (lambda p: p.pop("resources"), "'resources' is missing"),
    "licence no object": (_set("licenses", ["CC-BY-4.0"]), "must be an object"),
}


@pytest.mark.parametrize(("change", "text"), BAD.values(), ids=BAD)
def test_a_bad_manifest_is_refused_in_one_line(tmp_path: Path, change: Change, text: str) -> None:
    package = manifest()
    change(package)
    with pytest.raises(CatalogueError) as caught:
        catalogue(write_catalogue(tmp_path, package))
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/datapackage.json: ")
    assert text in message
    assert "\n" not in message
    assert "\0" not in message


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"[]", "must be an object"),
        (b"null", "must be an object"),
        (b'\xff\xfe{"title": "x"}', "not valid JSON"),
        (b'{"title": NaN}', "NaN is not a JSON number"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b'{"km": ' + b"9" * 5000 + b"}", "not valid JSON"),
    ],
    ids=["empty", "cut", "list", "null", "not UTF-8", "NaN", "deep", "huge number"],
)
def test_what_is_no_manifest(small_root: Path, data: bytes, text: str) -> None:
    (small_root / "datapackage.json").write_bytes(data)
    with pytest.raises(CatalogueError, match=text) as caught:
        catalogue(small_root)
    assert "\n" not in str(caught.value)


def test_no_catalogue_at_all(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"datapackage\.json: no such file; name a folder"):
        catalogue(tmp_path)
    with pytest.raises(CatalogueError, match="name a folder"):
        catalogue(tmp_path / "nowhere")


def test_a_symbolic_link_is_refused(small_root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.geojson"
    target = small_root / "zone/2024-06-12.geojson"
    target.rename(outside)
    target.symlink_to(outside)
    with pytest.raises(CatalogueError, match=r"resource zone-2024-06-12: path .* symbolic link"):
        catalogue(small_root)


def test_a_linked_folder_is_refused(small_root: Path, tmp_path: Path) -> None:
    (small_root / "zone").rename(tmp_path / "outside")
    (small_root / "zone").symlink_to(tmp_path / "outside")
    with pytest.raises(CatalogueError, match="symbolic link"):
        catalogue(small_root)


def test_sources_of_a_wrong_form_are_refused_when_asked_for(tmp_path: Path) -> None:
    package = manifest()
    package["resources"][0]["sources"] = [{"path": "https://example.org/"}]
    version = catalogue(write_catalogue(tmp_path, package))["zone"]["2020-11-10"]
    with pytest.raises(CatalogueError, match="'sources' of zone@2020-11-10"):
        version.to_dict()


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("events.json", "{}", "must be a list"),
        ("events.json", '[{"id": "a", "id": "b"}]', "'id' occurs twice"),
        ("events.json", '[{"id": "a", "date": "10 November", "title": "x"}]', "'date' is"),
        (
            "events.json",
            '[{"id": "a", "date": "2020", "title": "x"}, '
            '{"id": "a", "date": "2021", "title": "y"}]',
            "event a: its id occurs twice",
        ),
        ("events.json", '[{"id": "a", "date": "2020"}]', "event a: 'title' is missing"),
        ("events.json", '[{"date": "2020", "title": "x"}]', "event 1: 'id' is missing"),
        ("sources.json", "[1]", "source 1: must be an object"),
        ("sources.json", '[{"id": "a"}]', "source a: 'title' is missing"),
    ],
)
def test_damaged_events_and_sources(small_root: Path, name: str, text: str, reason: str) -> None:
    (small_root / name).write_text(text, encoding="utf-8")
    small = catalogue(small_root)  # the layers can be used without them
    with pytest.raises(CatalogueError) as caught:
        _ = small.events if name == "events.json" else small.sources
    assert str(caught.value).startswith(f"{small_root}/{name}: ")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("reference", "ids"),
    [
        ("corridor", ["2020-11-10", "2022-08-30", "2022-08-30.2"]),
        ("corridor@latest", ["2020-11-10", "2022-08-30", "2022-08-30.2"]),
        ("corridor@2022-08-30", ["2020-11-10", "2022-08-30"]),
        ("corridor@2022-08-31", ["2020-11-10", "2022-08-30", "2022-08-30.2"]),
        ("corridor@2021..2022-08-29", ["2020-11-10"]),
        ("corridor@2022-09..", ["2022-08-30.2"]),
    ],
)
def test_the_versions_that_a_reference_names(
    reference: str, ids: list[str], small_root: Path
) -> None:
    assert [version.id for version in catalogue(small_root).versions(reference)] == ids


def test_a_catalogue_that_is_open_is_taken_as_it_is() -> None:
    shipped = catalogue()
    assert catalogue(shipped) is shipped
    assert catalogue(shipped, known_on="2026-11-30").root == shipped.root
