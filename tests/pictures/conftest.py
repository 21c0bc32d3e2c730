"""What tests of pictures share."""

from __future__ import annotations

from pathlib import Path

import pytest

import pkzone
from pkzone.layers.catalogue import Catalogue
from tests.helpers.drawn_catalogue import feature, line, point, square, write


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    """The shipped catalogue."""
    return pkzone.catalogue()


@pytest.fixture
def drawn(tmp_path: Path) -> Catalogue:
    """A zone with a hole in its sources, two roads, a far railway, places at known points."""
    sources = [
        {"id": "news", "title": "A text", "type": "article", "container-title": "The Daily"},
        {"id": "map", "title": "Outlines", "type": "dataset"},
        {"id": "never", "title": "Never cited", "type": "book"},
    ]
    layers = {
        "zone": {"2020-11-10": [
            feature("core", square(46.2, 39.4, 1.0), kind="core", sources=["map"])]},
        "corridor": {
            "2020-11-10": [feature("old", line((46.3, 39.5), (46.9, 40.1)), status="open")],
            "2022-08-30": [
                feature("new", line((46.3, 39.5), (47.0, 39.7)), status="open", sources=["news"]),
                feature("old", line((46.3, 39.5), (46.9, 40.1)), status="former")],
        },
        "transport": {"2020-11-10": [
            feature("far", line((44.0, 41.5), (44.5, 41.6)), status="open", mode="rail",
                    sources=["never"])]},
        "places": {"2020-11-10": [
            feature("a", point(46.25, 39.5), status="inside", name="Alpha / Beta", rank=1,
                    name_ru="Альфа", kind="town"),
            feature("b", point(46.95, 39.95), status="inside", name="Gamma", rank=1),
            feature("c", point(46.5, 39.3), status="outside", name="Delta", rank=1)]},
    }  # fmt: skip
    return pkzone.catalogue(write(tmp_path / "drawn", layers, sources=sources))
