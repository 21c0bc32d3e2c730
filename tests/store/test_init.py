"""A catalogue begins empty and valid, and everything works on it."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

import pkzone
from pkzone.errors import BadOption, BadReference, CannotPublish, OutputError
from pkzone.store.ids import date_of_name, name_without_date
from tests.helpers.own_catalogue import begin, manifest_of, point, put, tree, write


@pytest.fixture(scope="module")
def profile() -> Draft7Validator:
    """The official JSON Schema of Data Package 2.0, as dplib ships it."""
    text = (files("dplib") / "profiles" / "2.0" / "datapackage.json").read_text("utf-8")
    return Draft7Validator(json.loads(text))


def broken_rules(profile: Draft7Validator, package: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message[:80]}" for error in profile.iter_errors(package)]


def test_an_empty_catalogue_is_a_data_package(tmp_path: Path, profile: Draft7Validator) -> None:
    made = pkzone.init(tmp_path / "z", title="Líne of control", license="CC-BY-4.0")
    assert (made.title, len(made), made.languages) == ("Líne of control", 0, ("en",))
    package = manifest_of(made.root)
    assert broken_rules(profile, package) == []
    assert package["name"] == "line-of-control"
    assert all((made.root / one["path"]).is_file() for one in package["resources"])
    assert broken_rules(profile, {**package, "resources": []}) != []  # the probe sees something


def test_the_shipped_and_a_grown_one_are_data_packages(
    tmp_path: Path, profile: Draft7Validator
) -> None:
    grown = begin(tmp_path / "z", "line", "posts")
    assert broken_rules(profile, manifest_of(grown)) == []
    assert broken_rules(profile, manifest_of(pkzone.catalogue().root)) == []


def test_what_lies_in_it(tmp_path: Path) -> None:
    root = pkzone.init(tmp_path / "z", license="ODbL-1.0").root
    found = tree(root)
    assert sorted(found) == [
        ".gitattributes", ".gitignore", "LICENSE.md", "README.md", "datapackage.json",
        "events.json", "sources.json",
    ]  # fmt: skip
    assert b"ODbL-1.0" in found["LICENSE.md"]
    assert b"*.geojson -text" in found[".gitattributes"]  # git must not touch line ends
    assert pkzone.verify(root).findings == ()


def test_a_folder_with_files_is_kept_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine", encoding="utf-8")
    (tmp_path / "events.json").write_text("[]", encoding="utf-8")
    pkzone.init(tmp_path)
    assert (tmp_path / "README.md").read_text("utf-8") == "mine"
    with pytest.raises(OutputError, match="is a catalogue already"):
        pkzone.init(tmp_path)


@pytest.mark.parametrize("there", [False, True])
def test_a_refused_file_leaves_nothing(tmp_path: Path, there: bool) -> None:
    root = tmp_path / "z"
    if there:
        root.mkdir()
        (root / "notes.txt").write_text("mine", encoding="utf-8")
    good = write(tmp_path / "a-2024-05-01.geojson", point("a", 1, 1))
    bad = write(tmp_path / "b-2024-05-01.geojson", point("a", 1, 91))
    with pytest.raises(pkzone.PkzoneError, match="90"):
        pkzone.init(root, files=[good, bad])
    assert sorted(tree(root)) == (["notes.txt"] if there else [])
    assert root.exists() == there


def test_first_layers_from_files(tmp_path: Path) -> None:
    named = [
        write(tmp_path / name, point("a", 20, 42))
        for name in ("Front Line 2024-05-01.geojson", "posts_20240501.json", "posts_20240503.json")
    ]
    made = pkzone.init(tmp_path / "z", files=named, recorded="2025-01-01")
    assert {layer.name: list(layer) for layer in made.layers} == {
        "front-line": ["2024-05-01"],
        "posts": ["2024-05-01", "2024-05-03"],
    }
    assert pkzone.verify(made).findings == ()
    nameless = write(tmp_path / "2024-05-01.geojson", point("a", 1, 1))
    with pytest.raises(CannotPublish, match="its name tells no layer"):
        pkzone.init(tmp_path / "y", files=[nameless])


@pytest.mark.parametrize("code", ["", "English", "e", "en_GB", "en\n"])
def test_a_language_is_a_code(tmp_path: Path, code: str) -> None:
    with pytest.raises(BadOption, match="write a code"):
        pkzone.init(tmp_path / "z", languages=[code])


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2024-05-01.geojson", "2024-05-01"),
        ("front_20240501.geojson", "2024-05-01"),
        ("2024_05_01-front.v2.json", "2024-05-01"),
        ("line20240501T1200Z.geojson", "2024-05-01"),
        ("2024-05-01_20240501.geojson", "2024-05-01"),
        ("11112222_2024-02-29.geojson", "2024-02-29"),
        ("/data/2023-01-01/line-2024-05-01.geojson", "2024-05-01"),
    ],
)
def test_dates_in_names(name: str, day: str) -> None:
    assert date_of_name(name) == day


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("2024-05-01_2024-05-02.geojson", "holds 2 dates, 2024-05-01 and 2024-05-02"),
        ("line.geojson", "holds no date"),
        ("01-05-2024.geojson", "holds no date"),
        ("2023-02-29.geojson", "holds no date"),
        ("2024-0501.geojson", "holds no date"),
        ("120240501.geojson", "holds no date"),
        ("٢٠٢٤-٠٥-٠١.geojson", "holds no date"),
    ],
)
def test_names_that_tell_no_date(name: str, said: str) -> None:
    with pytest.raises(CannotPublish, match=said):
        date_of_name(name)


def test_names_without_their_date() -> None:
    assert name_without_date("d/front_20240501.geojson") == "front"
    assert name_without_date("2024-05-01 Front Line.json") == "Front Line"
    assert name_without_date("2024-05-01.geojson") == ""
    assert name_without_date("front.geojson") == "front"


def test_unknown_layer_names_work_everywhere(tmp_path: Path) -> None:
    """Nothing knows the shipped layers by name, the area or the projection."""
    root = begin(tmp_path / "z", "alpha", "zz.9", title="Far south")
    moved = write(tmp_path / "b.geojson", point("a", 20.6, 42.5, name="A"), point("b", 20, 42))
    put(root, moved, "2024-05-03", layer="alpha")
    catalogue = pkzone.catalogue(root)
    page = pkzone.map(catalogue=catalogue).to_html()
    assert "Far south" in page
    assert 'data-as-of="2024-05-03"' in page
    diff = pkzone.diff("alpha@2024-05-01", "alpha@2024-05-03", catalogue=catalogue)
    assert diff.summary["modified"] == diff.summary["added"] == 1
    assert len(pkzone.load("alpha", catalogue=catalogue)) == 2
    picture = pkzone.picture("alpha", catalogue=catalogue)
    picture.save(tmp_path / "alpha.svg")
    assert (tmp_path / "alpha.svg").stat().st_size > 1000


def test_a_file_whose_name_windows_cannot_hold_begins_nothing(tmp_path: Path) -> None:
    file = write(tmp_path / "con-2024-05-01.geojson", point("a", 1, 1))
    with pytest.raises(BadReference, match="'con' is not a name for a layer: Windows"):
        pkzone.init(tmp_path / "z", files=[file])
    assert not (tmp_path / "z").exists()
