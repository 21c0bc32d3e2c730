"""The recipes in SQL: each runs as its page has it, and agrees with a plain loop and with tag."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import psycopg
import pyproj
import pytest
import shapely

import pkzone
from pkzone.layers.model import Layer
from pkzone.tagging.engine import Tagger
from tests.helpers.printed import blocks

PAGE = Path(__file__).parents[2] / "docs" / "tag-recipes.md"

Found = list[tuple[int, str | None, str | None]]
"""Rows of record, version and feature."""


def recipe(heading: str) -> list[tuple[str, str]]:
    """Return the blocks of a section of the page as pairs of language and code."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL)


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Layer:
    """The shipped zone, and after its end two states of one day, the second one open."""
    root = tmp_path_factory.mktemp("catalogue") / "zone"
    pkzone.init(root, title="Zone")
    shipped = {version.id: version.features() for version in pkzone.catalogue()["zone"].versions}
    states = {**shipped, "2025-01-01": shipped["2020-11-10"], "2025-01-01.2": shipped["2023-09-20"]}
    for day, features in states.items():
        pkzone.publish(
            features, catalogue=root, layer="zone", valid_from=day, title=day, new_layer="Zone"
        )
    return pkzone.catalogue(root)["zone"].cached()


@pytest.fixture(scope="module")
def records(zone: Layer) -> pd.DataFrame:
    """Points in and around the zone, on every switch date, a day before and after, and others."""
    random = np.random.default_rng(5)
    switches = [version.valid_from for version in zone.versions]
    days = [day + timedelta(days=by) for day in switches for by in (-1, 0, 1)]
    days += [date(2020, 1, 1), date(2022, 1, 1), date(2030, 1, 1)]
    wide, lachin = 30 * len(days), 30 * len(days)
    lon = np.append(random.uniform(45.9, 47.4, wide), random.uniform(46.3, 46.8, lachin))
    lat = np.append(random.uniform(39.2, 40.4, wide), random.uniform(39.5, 39.8, lachin))
    return pd.DataFrame({
        "id": np.arange(wide + lachin),
        "lon": lon.round(5),
        "lat": lat.round(5),
        "day": [day.isoformat() for day in days] * 60,
    })  # fmt: skip


@pytest.fixture(scope="module")
def folder(zone: Layer, records: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recipes")
    records.to_csv(folder / "incidents.csv", index=False)
    root = zone.latest.root
    pkzone.export("zone", folder / "zone.parquet", versions=True, catalogue=root)
    return folder


@pytest.fixture(scope="module")
def expected(zone: Layer, records: pd.DataFrame) -> Found:
    """Record by record: the version in force, and the features of its file that hold the point."""
    found: Found = []
    for row in records.itertuples():
        day, point = date.fromisoformat(row.day), shapely.Point(row.lon, row.lat)
        begun = [version for version in zone.versions if version.valid_from <= day]
        version = begun[-1] if begun else None
        inside = [
            (row.id, version.id, feature.id)
            for feature in (version.features().features if version else ())
            if shapely.geometry.shape(feature.geometry).contains(point)
        ]
        found += inside or [(row.id, None, None)]
    return found


def test_the_sample_covers_the_zone(expected: Found) -> None:
    features = {feature for _, _, feature in expected}
    assert features == {None, "core", "corridor-old", "corridor-new", "hadrut-pocket"}


def test_duckdb(
    folder: Path,
    expected: Found,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    blocks = recipe("DuckDB")
    assert [language for language, _ in blocks] == ["python", "sql", "sql"]
    for language, code in blocks:
        if language == "python":
            exec(code, names)  # noqa: S102 - the code of our own page
            names["database"].execute("SET autoinstall_known_extensions = false")
        else:
            names["database"].execute(code)
    got = names["database"].execute("SELECT id, zone_version, zone_feature FROM 'tagged.parquet'")
    assert sorted(got.fetchall(), key=str) == sorted(expected, key=str)


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """Run a PostgreSQL of our own, reached by a socket in a private folder; return its address."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    here = shutil.which("pg_ctl") or (str(programs[-1]) if programs else None)
    if here is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql-postgis)")
    own = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        if own:
            shutil.chown(name, **own)

        def run(*arguments: str) -> None:
            subprocess.run(
                [here, "-D", f"{name}/data", "-s", *arguments],
                check=True, cwd=name, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **own,
            )  # fmt: skip

        run("init", "-o", "-A trust -U pkzone -E UTF8 --locale=C --no-sync")
        run("start", "-w", "-l", f"{name}/log", "-o", f"-F -c listen_addresses='' -k {name}")
        try:
            yield f"host={name} user=pkzone dbname=postgres"
        finally:
            run("stop", "-m", "immediate")


@pytest.fixture(scope="module")
def tagged_by_postgis(postgres: str, folder: Path) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres, autocommit=True) as connection:
        extensions = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
        if ("postgis",) not in extensions:
            pytest.skip("PostGIS is not installed (Debian: apt-get install postgresql-postgis)")
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            for language, code in recipe("PostGIS"):
                if language == "sql":
                    connection.execute(code)
                else:
                    exec(code, {"address": postgres})  # noqa: S102 - the code of our own page
        yield connection


def test_postgis(tagged_by_postgis: psycopg.Connection, expected: Found) -> None:
    got = tagged_by_postgis.execute("SELECT id, zone_version, zone_feature FROM tagged").fetchall()
    assert sorted(got, key=str) == sorted(expected, key=str)


def test_the_answers_of_tag(
    tagged_by_postgis: psycopg.Connection, zone: Layer, records: pd.DataFrame, expected: Found
) -> None:
    """Edges are geodesics in PostGIS and straight in degrees in tag, less than a metre apart here;
    of the sample no point is that near to where its answer changes."""
    tagger = Tagger.of(["zone"], catalogue=zone.latest.root)
    place = records.lon.to_numpy(), records.lat.to_numpy()
    days = records.day.to_numpy("datetime64[D]")
    answer = tagger.points(*place, days)["zone_answer"]
    texts = [*answer.values, "outside"]  # SQL has no null before the first version
    got = tagged_by_postgis.execute("SELECT zone_answer FROM answers ORDER BY id").fetchall()
    assert [text for (text,) in got] == [texts[code] for code in answer.codes]
    assert {text for (text,) in got} == {"inside", "outside", "uncertain"}

    fast = Tagger.of(["zone"], catalogue=zone.latest.root, distances=False)
    feature = fast.points(*place, days)["zone_feature"]
    labels = [*feature.values, None]
    assert [labels[code] for code in feature.codes] == [found for _, _, found in expected]


def test_gdal_takes_the_layers_to_postgis_and_to_other_formats(
    postgres: str, tmp_path: Path
) -> None:
    if shutil.which("ogr2ogr") is None:
        pytest.skip("GDAL's programs are not installed (Debian: apt-get install gdal-bin)")
    pkzone.export("zone", tmp_path / "zone.gpkg", versions=True)
    pkzone.export("corridor@2022-09-01", tmp_path / "corridor.geojson")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE programs")
    address = postgres.replace("dbname=postgres", "dbname=programs")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION postgis")

    def run(code: str) -> None:
        environment = {**os.environ, "ADDRESS": address}
        subprocess.run(["bash", "-euc", code], check=True, cwd=tmp_path, env=environment)

    printed = blocks("docs/programs.md")
    for copying in [block.text for block in printed if block.text.startswith("ogr2ogr")]:
        run(copying)
    (asking,) = [block.text for block in printed if block.kind == "sql"]
    with psycopg.connect(address) as connection:
        got = connection.execute(asking).fetchall()
    on_the_day = pkzone.load("zone@2022-09-01")
    geod = pyproj.Geod(ellps="WGS84")
    areas = on_the_day.geometry.map(lambda area: abs(geod.geometry_area_perimeter(area)[0]) / 1e6)
    assert got == [(name, round(area)) for name, area in sorted(areas.items())]
    assert sorted(geopandas.read_file(tmp_path / "day.fgb").feature) == sorted(on_the_day.index)
    moved = geopandas.read_file(tmp_path / "corridor-utm.gpkg")
    assert (moved.crs.to_epsg(), len(moved)) == (32638, len(pkzone.load("corridor@2022-09-01")))
