"""The export of a whole catalogue: plain files, and STAC that another library validates."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pystac
import pystac.validation
import pytest

import pkzone
from pkzone.cli import pkzone as program
from pkzone.errors import OutputError
from pkzone.formats.stac import export_all

SCHEMAS = Path(pystac.validation.__file__).parent / "jsonschemas" / "stac-spec" / "v1.1.0"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("all") / "out"
    export_all(folder)
    return folder


def test_every_version_is_there_byte_for_byte(shipped: Path) -> None:
    versions = [one for layer in pkzone.catalogue().layers for one in layer.versions]
    for version in versions:
        path = shipped / version.layer / version.id / f"{version.id}.geojson"
        assert path.read_bytes() == version.path.read_bytes()
    assert len(list(shipped.rglob("*.geojson"))) == len(versions)
    assert len(list(shipped.rglob("*.*"))) >= 2 * len(versions) + 9


def test_pystac_walks_it(shipped: Path) -> None:
    catalog = pystac.Catalog.from_file(str(shipped / "catalog.json"))
    collections = {one.id: one for one in catalog.get_children()}
    shipped_catalogue = pkzone.catalogue()
    assert set(collections) == set(shipped_catalogue)
    for name, collection in collections.items():
        items = {item.properties["pkzone:ref"]: item for item in collection.get_items()}
        assert set(items) == {one.ref for one in shipped_catalogue[name].versions}
    item = next(
        one for one in collections["corridor"].get_items() if one.id == "corridor-2022-08-11"
    )
    assert item.datetime == datetime(2022, 8, 11, tzinfo=UTC)
    assert item.common_metadata.end_datetime == datetime(2022, 8, 26, tzinfo=UTC)
    asset = item.assets["data"]
    data = Path(str(asset.get_absolute_href())).read_bytes()
    assert asset.extra_fields["file:checksum"] == "1220" + sha256(data).hexdigest()
    assert asset.extra_fields["file:size"] == len(data)


def test_it_follows_the_schemas_of_stac(shipped: Path) -> None:
    """Against the schemas that pystac carries; the one of the file extension it does not."""
    catalog = pystac.Catalog.from_file(str(shipped / "catalog.json"))
    catalog.validate()
    for collection in catalog.get_children():
        collection.validate()
        for item in collection.get_items():
            item.stac_extensions = []
            item.validate()


def test_a_catalogue_of_ones_own(small_root: Path, tmp_path: Path) -> None:
    written = export_all(tmp_path / "out", catalogue=small_root)
    assert written[0] == "catalog.json"
    item = json.loads((tmp_path / "out/zone/2024-06-12/2024-06-12.json").read_text())
    assert item["geometry"] is None  # a version without features has no place
    assert "bbox" not in item
    # the corrected record counts
    corridor = (tmp_path / "out/corridor/2022-08-30.2/2022-08-30.2.geojson").read_text()
    assert '"restricted"' in corridor
    again = tmp_path / "again"
    again.mkdir()
    export_all(again, catalogue=small_root)
    assert {name: (again / name).read_bytes() for name in written} == {
        name: (tmp_path / "out" / name).read_bytes() for name in written
    }


def test_nothing_is_replaced(small_root: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    with pytest.raises(OutputError, match="not empty; name a new folder"):
        export_all(tmp_path / "out", catalogue=small_root)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(OutputError, match="name a new folder"):
        export_all(tmp_path / "link", catalogue=small_root)
    with pytest.raises(OutputError, match="cannot be written"):
        export_all(tmp_path / "out" / "mine.txt" / "x", catalogue=small_root)


def test_a_damaged_catalogue_leaves_no_folder(
    small_root: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (small_root / "corridor/2022-08-30.geojson").write_text("{}")
    out = tmp_path / "out"
    with pytest.raises(SystemExit) as ended:
        program.main(["export", "--all", str(out), "--catalogue", str(small_root)])
    assert ended.value.code == 3
    assert "the content is not what datapackage.json records" in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["small"]
