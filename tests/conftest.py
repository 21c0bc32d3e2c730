"""A small catalogue, written by hand: nothing here depends on the shipped one."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import pkzone
from pkzone import Catalogue

pytest_plugins = (
    "tests.helpers.git_repository",
    "tests.helpers.opened_page",
    "tests.helpers.folium_page",
    "tests.helpers.program",
)

# A fixed sample in CI, so that a change is judged by itself; new examples on every other run.
# A busy machine is no failure.
settings.register_profile("any", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("any"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "any")

# Of what a library announces to remove nothing is used, in programs that tests start either.
# Dask itself uses what pandas 3.1 announces to remove.
os.environ["PYTHONWARNINGS"] = (
    "error::DeprecationWarning,error::FutureWarning,"
    "default::DeprecationWarning:dask.dataframe.io.parquet.arrow"
)

ROAD_OLD = "[[46.75,39.82],[46.6,39.7],[46.4,39.6]]"
ROAD_NEW = "[[46.75,39.82],[46.6,39.65],[46.4,39.55]]"
HEADER, FOOTER = '{"type":"FeatureCollection","features":[\n', "]}\n"


def _road(road_id: str, line: str, sequence: int, status: str, since: str) -> str:
    properties = (
        f'{{"certainty":"reported","name":"Berdzor / Lachin","name_hy":"Բերձոր",'
        f'"sequence":{sequence},"since":"{since}","sources":["bbc-2020"],"status":"{status}",'
        f'"uncertainty_m":250}}'
    )
    geometry = f'{{"type":"LineString","coordinates":{line}}}'
    return f'{{"type":"Feature","id":"{road_id}","properties":{properties},"geometry":{geometry}}}'


_ZONE = (
    '{"type":"Feature","id":"core","properties":{"certainty":"agreed","name":"Core",'
    '"since":"2020-11-10","sources":["statement-2020"],"status":"in_force"},'
    '"geometry":{"type":"Polygon","coordinates":'
    "[[[46.5,39.5],[47,39.5],[47,40],[46.5,40],[46.5,39.5]]]}}"
)
FILES = {
    "zone/2020-11-10.geojson": HEADER + _ZONE + "\n" + FOOTER,
    "zone/2024-06-12.geojson": HEADER + FOOTER,
    "corridor/2020-11-10.geojson": HEADER
    + _road("lachin-old", ROAD_OLD, 1, "open", "2020-11-10")
    + "\n"
    + FOOTER,
    "corridor/2022-08-30.geojson": HEADER
    + _road("lachin-new", ROAD_NEW, 1, "open", "2022-08-30")
    + ",\n"
    + _road("lachin-old", ROAD_OLD, 2, "former", "2022-08")
    + "\n"
    + FOOTER,
    "corridor/2022-08-30.2.geojson": HEADER
    + _road("lachin-new", ROAD_NEW, 1, "open", "2022-08-30")
    + "\n"
    + FOOTER,
    "corridor/2022-08-30.2_r2.geojson": HEADER
    + _road("lachin-new", ROAD_NEW, 1, "restricted", "2022-08-30")
    + "\n"
    + FOOTER,
}
RECORDS: tuple[tuple[str, str, int, str, list[str], list[str], int], ...] = (
    # layer, version, record, title, events, sources, features
    ("zone", "2020-11-10", 1, "The zone begins", ["ceasefire"], ["statement-2020"], 1),
    ("zone", "2024-06-12", 1, "The zone ends", [], ["bbc-2020"], 0),
    ("corridor", "2020-11-10", 1, "The old road", ["ceasefire"], ["statement-2020"], 1),
    ("corridor", "2022-08-30", 1, "The new road beside the old one", ["new-road"], ["bbc-2020"], 2),
    ("corridor", "2022-08-30.2", 1, "The old road is left", ["new-road"], ["bbc-2020"], 1),
    (
        "corridor",
        "2022-08-30.2",
        2,
        "The old road is left, corrected",
        ["new-road"],
        ["bbc-2020", "statement-2020"],
        1,
    ),
)
EVENTS: list[dict[str, Any]] = [
    {
        "id": "new-road",
        "date": "2022-08",
        "title": "Traffic moves to the new road",
        "summary": "The old road is left.",
        "layers": ["corridor"],
        "features": ["corridor/lachin-new"],
        "sources": ["bbc-2020"],
        "certainty": "reported",
        "needs_check": True,
    },
    {
        "id": "ceasefire",
        "date": "2020-11-10",
        "title": "Ceasefire statement",
        "summary": "The parties agree.",
        "layers": ["zone", "corridor"],
        "features": ["zone/core"],
        "sources": ["statement-2020"],
        "certainty": "agreed",
    },
]
SOURCES: list[dict[str, Any]] = [
    {
        "id": "statement-2020",
        "type": "article",
        "title": "Statement of 10 November 2020",
        "publisher": "President of Russia",
        "issued": {"date-parts": [[2020, 11, 10]]},
        "URL": "https://example.org/statement",
    },
    {
        "id": "bbc-2020",
        "type": "article-newspaper",
        "title": "A road over the mountains",
        "container-title": "Example News",
        "author": [{"family": "Doe", "given": "Jo"}],
    },
]
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["type", "id", "properties", "geometry"],
    "properties": {
        "type": {"const": "Feature"},
        "id": {"type": "string"},
        "properties": {
            "type": "object",
            "required": ["name", "status"],
            "additionalProperties": False,
            "properties": {
                "certainty": {"enum": ["agreed", "reported"]},
                "name": {"type": "string"},
                "name_hy": {"type": "string"},
                "sequence": {"type": "integer"},
                "since": {"type": "string"},
                "sources": {"type": "array", "items": {"type": "string"}},
                "status": {"type": "string"},
                "uncertainty_m": {"type": "number", "minimum": 0},
            },
        },
        "geometry": {"type": "object"},
    },
}


def manifest() -> dict[str, Any]:
    """Return the manifest of the small catalogue, fresh and free to change."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "small-zone",
        "title": "A small zone",
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "title": "Attribution 4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "default_date": "2022-09-01",
        "languages": ["en", "hy"],
        "layers": [
            {"name": "zone", "title": "Responsibility zone", "description": "Who answers where."},
            {"name": "corridor", "title": "Corridor routes", "description": "Roads in use."},
        ],
        "routes": [
            {
                "route": "a-b",
                "valid_from": "2020-11-10",
                "km": 80,
                "text": "more than 80 km",
                "source": "bbc-2020",
            }
        ],
        "resources": [_resource(*record) for record in RECORDS],
    }


def _resource(
    layer: str,
    version: str,
    record: int,
    title: str,
    events: list[str],
    sources: list[str],
    count: int,
) -> dict[str, Any]:
    suffix = f"_r{record}" if record > 1 else ""
    path = f"{layer}/{version}{suffix}.geojson"
    data = FILES[path].encode()
    box = {"bbox": [46.4, 39.5, 47.0, 40.0]} if count else {}
    return {
        "name": f"{layer}-{version}{suffix}",
        "path": path,
        "format": "geojson",
        "mediatype": "application/geo+json",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": "sha256:" + sha256(data).hexdigest(),
        "title": title,
        "sources": [{"title": source, "path": "https://example.org/"} for source in sources],
        "layer": layer,
        "version": version,
        "record": record,
        "valid_from": version[:10],
        "recorded": f"2026-11-2{record}",
        "events": events,
        "source_ids": sources,
        "feature_count": count,
        **box,
        "feature_schema": f"schemas/{layer}.json",
    }


def write_catalogue(root: Path, package: dict[str, Any] | None = None) -> Path:
    """Write the small catalogue into a folder, with another manifest if one is given."""
    for path, text in FILES.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    (root / "schemas").mkdir(exist_ok=True)
    for layer in ("zone", "corridor"):
        (root / "schemas" / f"{layer}.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    (root / "events.json").write_text(json.dumps(EVENTS), encoding="utf-8")
    (root / "sources.json").write_text(json.dumps(SOURCES), encoding="utf-8")
    text = json.dumps(package or manifest())
    (root / "datapackage.json").write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def small_root(tmp_path: Path) -> Path:
    """The folder of a small catalogue that the test may damage."""
    root = tmp_path / "small"
    root.mkdir()
    return write_catalogue(root)


@pytest.fixture
def small(small_root: Path) -> Catalogue:
    """The small catalogue, read."""
    return pkzone.catalogue(small_root)
