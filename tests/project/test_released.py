"""What version 0.1.0 wrote, a catalogue and tagged tables, is read by every later one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import pkzone
from tests.helpers.pages import block_of, payload_of

RELEASED = Path(__file__).parents[1] / "data" / "0.1.0"
CATALOGUE = RELEASED / "catalogue"


def test_the_catalogue_verifies() -> None:
    checked = pkzone.verify(CATALOGUE)
    assert (checked.findings, checked.versions) == ((), 113)


def test_every_version_is_read() -> None:
    catalogue = pkzone.catalogue(CATALOGUE)
    for layer in catalogue.values():
        for version in layer.versions:
            assert len(version.features().features) == version.feature_count
    assert (catalogue.nodes, catalogue.figures) == ((), ())


def test_a_version_is_published_into_it(tmp_path: Path) -> None:
    mine = shutil.copytree(CATALOGUE, tmp_path / "mine")
    file = tmp_path / "zone.geojson"
    file.write_bytes(pkzone.catalogue(mine)["zone"]["2022-08-30"].read_bytes())
    (step,) = pkzone.publish(
        file, catalogue=mine, layer="zone", valid_from="2027-01-01", title="Again"
    )
    assert (step.outcome, step.shared) == ("added", True)
    assert pkzone.verify(mine).ok


def test_it_is_mapped() -> None:
    page = pkzone.map(catalogue=pkzone.catalogue(CATALOGUE), on="2022-09-01")
    layers = payload_of(page.to_html())["layers"]
    assert {one["name"] for one in layers} == set(pkzone.catalogue(CATALOGUE))


@pytest.mark.parametrize("table", ["tagged.csv", "tagged.parquet"])
def test_a_tagged_table_is_mapped(table: str) -> None:
    catalogue = pkzone.catalogue(CATALOGUE)
    page = pkzone.map(catalogue=catalogue, tagged=RELEASED / table)
    assert block_of(page.to_html(), "pkzone-records")[0]["count"] == 8


def test_the_shipped_catalogue_still_has_every_file_of_it() -> None:
    """Versions never change: what was released is shipped again, byte for byte."""
    shipped = pkzone.catalogue().root
    old = json.loads((CATALOGUE / "datapackage.json").read_text("utf-8"))
    paths = [one["path"] for one in old["resources"] if "layer" in one]
    assert len(paths) == 113
    changed = [
        path for path in paths if (shipped / path).read_bytes() != (CATALOGUE / path).read_bytes()
    ]
    assert changed == []


def test_the_shipped_catalogue_is_known_as_it_was() -> None:
    """``--known-on`` a day before the second edition shows the first one."""
    then, old = pkzone.catalogue(known_on="2026-11-25"), pkzone.catalogue(CATALOGUE)
    for name, layer in old.items():
        assert [(v.id, v.sha256, v.title) for v in then[name].versions] == [
            (v.id, v.sha256, v.title) for v in layer.versions
        ]
