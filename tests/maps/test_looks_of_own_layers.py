"""Layers that the style table does not know have looks of their own, on pages and in pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

import pkzone
from pkzone.geojson import Feature, FeatureCollection
from pkzone.layers.catalogue import Catalogue
from pkzone.maps.style import RULES
from pkzone.pictures.map_content import content_of
from tests.helpers.sheet import pattern_texts

AREA = {"type": "Polygon", "coordinates": [[[33, 35], [33.2, 35], [33.2, 35.2], [33, 35]]]}
LINE = {"type": "LineString", "coordinates": [[33, 35], [33.3, 35.1]]}
LAYERS = {
    "buffer": ("Buffer zone", AREA),
    "roads": ("Patrol roads", LINE),
    "tracks": ("Tracks", LINE),
}


@pytest.fixture
def own(tmp_path: Path) -> Catalogue:
    root = tmp_path / "own"
    pkzone.init(root, title="Buffer zone")
    for layer, (title, geometry) in LAYERS.items():
        pkzone.publish(
            FeatureCollection((Feature("a", {}, geometry),), ()),
            catalogue=root,
            layer=layer,
            new_layer=title,
            valid_from="2024-05-01",
            title="First",
        )
    return pkzone.catalogue(root)


def test_each_has_a_colour_and_a_dash_of_its_own(own: Catalogue) -> None:
    rules = pkzone.map(catalogue=own).content["style"]["rules"]
    looks = [(rules[name][1]["strokes"][0], rules[name][0]["fill"]) for name in LAYERS]
    assert len({stroke["color"] for stroke, _ in looks}) == len(LAYERS)
    assert len({tuple(stroke["dash"]) for stroke, _ in looks}) == len(LAYERS)
    assert {name: rules[name] for name in RULES} == RULES


def test_a_layer_looks_the_same_alone(own: Catalogue) -> None:
    whole = pkzone.map(catalogue=own)
    alone = pkzone.map(["tracks"], catalogue=own)
    assert alone.content["style"]["rules"]["tracks"] == whole.content["style"]["rules"]["tracks"]
    color = whole.content["style"]["rules"]["tracks"][1]["strokes"][0]["color"]
    assert f"--pk-{color}:" in alone.to_html()


def test_the_shipped_layers_bring_no_further_colours() -> None:
    assert "--pk-file-0:" not in pkzone.map(["zone"], compare="none").to_html()


def test_the_legend_of_a_picture_names_them(own: Catalogue) -> None:
    content = content_of(None, own, "2024-05-01", "en")
    assert pattern_texts(content) == [title for title, _ in LAYERS.values()]
