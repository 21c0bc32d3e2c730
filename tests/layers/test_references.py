"""References: what names a layer, and what names a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from pkzone.errors import BadReference
from pkzone.layers.references import FileReference, LayerReference, parse

LAYERS = ("zone", "corridor")


@pytest.mark.parametrize(
    ("text", "layer", "version"),
    [
        ("zone", "zone", None),
        ("zone@latest", "zone", None),
        ("zone@2022-08-30", "zone", "2022-08-30"),
        ("zone@2022-08-30.2", "zone", "2022-08-30.2"),
        ("unheard-of", "unheard-of", None),
        ("unheard-of@2022-08-30", "unheard-of", "2022-08-30"),
    ],
)
def test_a_layer(text: str, layer: str, version: str | None) -> None:
    assert parse(text, LAYERS) == LayerReference(layer, version)


@pytest.mark.parametrize(
    "text",
    [
        "-",
        "./zone",
        "data/zone",
        "/data/zone",
        "road.geojson",
        "road.json",
        "ROAD.GeoJSON",
        "zone.json",
        "data/zone@2022-08-30",
        "zone@2022-08-30.geojson",
    ],
)
def test_a_path(text: str) -> None:
    assert parse(text, LAYERS) == FileReference(text)


@pytest.mark.parametrize("text", ["", "@", "@2022-08-30", "zone@", "zone@2022-08-30@latest"])
def test_neither(text: str) -> None:
    with pytest.raises(BadReference, match="write LAYER, LAYER@VERSION"):
        parse(text, LAYERS)


def test_a_file_without_an_ending_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("road").write_text("{}", encoding="utf-8")
    assert parse("road", LAYERS) == FileReference("road")


def test_a_file_never_hides_a_layer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("zone").write_text("{}", encoding="utf-8")
    Path("zone@2022-08-30").write_text("{}", encoding="utf-8")
    assert parse("zone", LAYERS) == LayerReference("zone", None)
    assert parse("zone@2022-08-30", LAYERS) == LayerReference("zone", "2022-08-30")


def test_a_folder_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("roads").mkdir()
    assert parse("roads", LAYERS) == LayerReference("roads", None)


def test_a_path_object_is_always_a_file() -> None:
    assert parse(Path("zone"), LAYERS) == FileReference("zone")


def test_a_null_character_opens_nothing() -> None:
    assert parse("zo\0ne", LAYERS) == LayerReference("zo\0ne", None)
