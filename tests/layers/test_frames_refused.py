"""A frame where it cannot be used: every public function speaks of the frame, and of the remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import pkzone

TABLE = pd.DataFrame({"date": ["2022-08-30"], "lat": [39.7], "lon": [46.65], "geometry": ["here"]})
LOCATED = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(46.5, 39.6)], crs=4326)
UNSET = gpd.GeoDataFrame({"a": [1]})


def diff_to(frame: Any) -> object:
    return pkzone.diff("zone@2020-11-10", frame)


CALLS: dict[str, Callable[[Any], object]] = {
    "map": lambda frame: pkzone.map(frame),
    "map of several": lambda frame: pkzone.map(["zone", frame]),
    "diff": lambda frame: pkzone.diff(frame, "zone"),
    "diff to it": diff_to,
    "load": lambda frame: pkzone.load(frame),
    "export": lambda frame: pkzone.export(frame, "x.gpkg"),
    "import_file": lambda frame: pkzone.import_file(frame),
    "picture": lambda frame: pkzone.picture(frame),
    "publish": lambda frame: pkzone.publish(
        frame, catalogue="own", layer="a", valid_from="2022-08-30", title="T"
    ),
    "publish a list": lambda frame: pkzone.publish(
        [frame], catalogue="own", layer="a", valid_from="2022-08-30", title="T"
    ),
}
TAKES_LOCATED = ("map", "map of several", "diff", "diff to it")


@pytest.mark.parametrize("call", CALLS)
def test_a_frame_without_a_geometry(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pkzone.init("own")
    if call in TAKES_LOCATED:
        with pytest.raises(TypeError, match=r"a DataFrame has no geometry; make it a GeoDataFrame"):
            CALLS[call](TABLE)
        with pytest.raises(TypeError, match=r"no active geometry; .*set_geometry"):
            CALLS[call](UNSET)
        with pytest.raises(TypeError, match=r"make it one with to_frame"):
            CALLS[call](LOCATED.geometry)
    else:
        with pytest.raises(TypeError, match=r"a DataFrame is not a file; .* as with to_csv"):
            CALLS[call](TABLE)
        with pytest.raises(TypeError, match=r"a GeoDataFrame is not a file; .* as with to_file"):
            CALLS[call](LOCATED)


def test_the_remedies_work() -> None:
    points = gpd.points_from_xy(TABLE["lon"], TABLE["lat"])
    frame = gpd.GeoDataFrame(TABLE.drop(columns="geometry"), geometry=points, crs=4326)
    for one in (frame, LOCATED.geometry.to_frame("geometry")):
        assert len(pkzone.map(one).content["layers"][-1]["features"]) == 1


def test_a_series_is_no_table() -> None:
    with pytest.raises(TypeError, match="a Series is not a file"):
        pkzone.tag(TABLE["date"])
