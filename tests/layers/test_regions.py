"""The regions that maps name: read, refused, and where their names stand on the ground."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

import pkzone
from tests.helpers.drawn_catalogue import feature, point, write

# Countries by Natural Earth, 1:110m (public domain), as far as the Caucasus.
ARMENIA = (
    "43.58 41.09,44.97 41.25,45.18 40.99,45.56 40.81,45.36 40.56,45.89 40.22,45.61 39.9,"
    "46.03 39.63,46.48 39.46,46.51 38.77,46.14 38.74,45.74 39.32,45.74 39.47,45.3 39.47,"
    "45 39.74,44.79 39.71,44.4 40.01,43.66 40.25,43.75 40.74"
)
AZERBAIJAN = (
    "46.48 39.46,46.03 39.63,45.61 39.9,45.89 40.22,45.36 40.56,45.56 40.81,45.18 40.99,"
    "44.97 41.25,45.22 41.41,45.96 41.12,46.5 41.06,46.64 41.18,46.15 41.72,46.4 41.86,"
    "46.69 41.83,47.37 41.22,47.82 41.15,47.99 41.41,48.58 41.81,49.11 41.28,49.62 40.57,"
    "50.08 40.53,50.39 40.26,49.57 40.18,49.4 39.4,49.22 39.05,48.86 38.82,48.88 38.32,"
    "48.63 38.27,48.01 38.79,48.36 39.29,48.06 39.58,47.69 39.51,46.51 38.77"
)
NAKHCHIVAN = (
    "45 39.74,45.3 39.47,45.74 39.47,45.74 39.32,46.14 38.74,45.46 38.87,44.95 39.34,44.79 39.71"
)
GEORGIA = (
    "43.58 41.09,42.62 41.58,41.55 41.54,41.7 41.96,41.45 42.65,40.88 43.01,40.32 43.13,"
    "39.96 43.43,40.08 43.55,40.92 43.38,42.39 43.22,43.76 42.74,43.93 42.55,44.54 42.71,"
    "45.47 42.5,45.78 42.09,46.4 41.86,46.15 41.72,46.64 41.18,46.5 41.06,45.96 41.12,"
    "45.22 41.41,44.97 41.25"
)
# Iran north of 37.6, from the Caspian along the Araks.
IRAN = (
    "44.23 37.97,44.42 38.28,44.11 39.43,44.79 39.71,44.95 39.34,45.46 38.87,46.14 38.74,"
    "46.51 38.77,47.69 39.51,48.06 39.58,48.36 39.29,48.01 38.79,48.63 38.27,48.88 38.32,"
    "49.1914 37.6,44.4797 37.6"
)
GROUND = {"armenia": ARMENIA, "azerbaijan": AZERBAIJAN, "nakhchivan-region": NAKHCHIVAN,
          "georgia": GEORGIA, "iran": IRAN}  # fmt: skip


def ring(text: str) -> shapely.Polygon:
    return shapely.Polygon([[float(one) for one in pair.split()] for pair in text.split(",")])


@pytest.mark.parametrize("region", GROUND)
def test_labels_lie_in_their_country(region: str) -> None:
    regions = {one.id: one for one in pkzone.catalogue().regions}
    country = ring(GROUND[region])
    assert regions[region].labels
    for label in regions[region].labels:
        assert country.contains(shapely.Point(label))


def test_no_label_stands_on_contested_ground() -> None:
    """On none that the layers say was held or handed over, at any time: 5 km at least away."""
    catalogue = pkzone.catalogue()
    contested = shapely.union_all([
        shapely.geometry.shape(one.geometry)
        for layer in ("zone", "control")
        for version in catalogue[layer].versions
        for one in version.features().features
    ])  # fmt: skip
    for region in catalogue.regions:
        for label in region.labels:
            assert contested.distance(shapely.Point(label)) > 0.05, region.id


def test_every_region_has_its_name_in_four_languages() -> None:
    for region in pkzone.catalogue().regions:
        assert set(region.names) == {"name", "name_az", "name_hy", "name_ru"}


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"labels": "x"}, "'labels' is \"x\""),
        ({"labels": [[1]]}, "[longitude, latitude]"),
        ({"labels": [[181, 0]]}, "[longitude, latitude]"),
        ({"labels": [[True, 0]]}, "[longitude, latitude]"),
        ({"labels": [[0, 0]], "outline": [[0]]}, "outline"),
        ({"labels": [[0, 0]], "name": 5}, "'name' is 5"),
        ({}, "'labels' is missing"),
    ],
    ids=str,
)
def test_a_region_of_a_wrong_form_is_refused(
    tmp_path: Path, members: dict[str, Any], complaint: str
) -> None:
    layers = {"x": {"2024-01-01": [feature("a", point(1, 2))]}}
    source = write(tmp_path / "own", layers, regions=[{"id": "r", "name": "R", **members}])
    with pytest.raises(pkzone.PkzoneError) as refused:
        pkzone.catalogue(source)
    assert complaint in str(refused.value)
