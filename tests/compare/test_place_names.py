"""What features without an id are called in every form of a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import pkzone
from pkzone.compare.place_names import feature_label
from pkzone.geojson import Feature
from pkzone.maps.diff.page import report_html
from pkzone.maps.diff.payload import build
from tests.helpers.shipped_schemas import validator
from tests.helpers.small_features import box, features, line, one, point, written

CATALOGUE = pkzone.catalogue()

WEST = [[9, 9], [9, 10], [8, 8], [9, 9]]
TURNED = [[46.1, 39.1], [46, 39.1], [46, 39], [46.1, 39], [46.1, 39.1]]


HOSTILE = "\\u202ex" * 29 + "\\u202e"  # written with its code, and cut


@pytest.mark.parametrize(
    ("feature", "label"),
    [
        (one("a", point(46, 39), name="A"), "a"),
        (one(0, None), "0"),
        (one(None, point(46.55, 39.6), name="A", id="x"), "A (Point near 39.6° N 46.55° E)"),
        (one(None, point(46.55, 39.6), name=" ", TZID="x"), "TZID x (Point near 39.6° N 46.55° E)"),
        (one(None, point(-0.5, -7), cartodb_id=0, d="x"), "cartodb_id 0 (Point near 7° S 0.5° W)"),
        (one(None, point(1, 2), ref="7", title_en="T"), "title_en T (Point near 2° N 1° E)"),
        (one(None, point(1, 2), id=True, code=None, ref=["x"], d="x"), "Point near 2° N 1° E"),
        (one(None, point(46.123456789, 39.000001)), "Point near 39° N 46.12346° E"),
        (one(None, line((46, 39), (46.2, 39.3), (46.5, 39))), "LineString near 39.3° N 46.2° E"),
        (one(None, box(46, 39, 46.1, 39.1)), "Polygon near 39.05° N 46.05° E"),
        (
            one(None, {"type": "Polygon", "coordinates": [TURNED]}),
            "Polygon near 39.05° N 46.05° E",
        ),
        (
            one(None, {"type": "MultiPolygon", "coordinates": [[TURNED], [WEST]]}),
            "MultiPolygon near 9° N 8.5° E",
        ),
        (
            one(None, {"type": "GeometryCollection", "geometries": [point(46, 39)]}),
            "GeometryCollection near 39° N 46° E",
        ),
        (one(None, {"type": "MultiPoint", "coordinates": []}), "empty MultiPoint"),
        (one(None, {"type": "Polygon", "coordinates": []}), "empty Polygon"),
        (one(None, None, name="A"), "A (no id, no geometry)"),
        (one(None, None, name="\u202ex" * 50), f"{HOSTILE}… (no id, no geometry)"),
    ],
)  # fmt: skip
def test_labels(feature: Feature, label: str) -> None:
    assert feature_label(feature) == label


def _reports(base: Any, target: Any) -> dict[str, str]:
    found = pkzone.diff(base, target)
    validator("diff").validate(found.to_dict())
    texts = {form: found.report(form) for form in ("text", "markdown", "json", "geojson")}
    page = build(found, CATALOGUE)
    rows = json.dumps([page["lead"], page["changes"]], ensure_ascii=False)
    return texts | {"html": report_html(found), "page": rows}


def test_every_form_names_what_has_no_id() -> None:
    base = features(one(None, point(46.5, 39.6), d="x"), one(None, point(46.55, 39.6), d="x"))
    target = features(one(None, point(46.5, 39.6), d="x"), one(None, point(46.55, 39.7), d="x"))
    for form, text in _reports(base, target).items():
        plain = " ".join(text.split())
        assert "Point near 39.6° N 46.55° E" in plain, form
        assert "Point near 39.7° N 46.55° E" in plain, form
        assert "no id" not in plain, form


def test_every_form_names_parents_and_parts() -> None:
    west, east, whole = (
        box(46, 39, 46.04, 39.1),
        box(46.04, 39, 46.1, 39.1),
        box(46, 39, 46.1, 39.1),
    )
    parents = features(one(None, west, name="A"), one("b", east))
    texts = _reports(parents, features(one(None, whole)))
    assert texts.keys() > {"text", "page"}
    for form, text in texts.items():
        assert "A (Polygon near 39.05° N 46.02° E)" in " ".join(text.split()), form
    (change,) = json.loads(texts["json"])["changes"]
    assert change["parents"] == [None, "b"]
    assert change["parent_labels"] == ["A (Polygon near 39.05° N 46.02° E)", "b"]
    assert change["label"] == "Polygon near 39.05° N 46.05° E"
    labels = [one["properties"].get("label") for one in json.loads(texts["geojson"])["features"]]
    assert "A (Polygon near 39.05° N 46.02° E)" in labels


def test_an_area_without_an_id_that_is_entered_is_named(tmp_path: Path) -> None:
    here = written(tmp_path / "here.geojson", one("camp", point(46.05, 39.05), name="Camp"))
    found = pkzone.diff(
        features(one("z", box(40, 39, 40.1, 39.1))),
        features(one("z", box(40, 39, 40.1, 39.1)), one(None, box(46, 39, 46.1, 39.1))),
        affected=here,
    )
    assert found.to_dict()["affected"] == [
        {"id": "camp", "name": "Camp", "effect": "entered", "of": None,
         "of_label": "Polygon near 39.05° N 46.05° E", "relation": "inside", "certain": True}
    ]  # fmt: skip
    assert "now inside Polygon near 39.05° N 46.05° E" in found.to_text()
