"""The cited inputs: where each comes from, and that the file at hand is that very one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import Point, shape

from authoring.plane import to_plane

HERE = Path(__file__).parent


class InputError(Exception):
    """An input is missing or is not the file that the recipe was written for."""


@dataclass(frozen=True)
class Inputs:
    """The folder of inputs, each file checked against ``inputs.json`` when it is read.

    Geometries come back in metres on the plane of the recipe (`authoring.plane`).
    """

    folder: Path

    @cached_property
    def records(self) -> dict[str, dict[str, Any]]:
        """Provenance by path: origin, crop, licence and sha256."""
        listed = json.loads((HERE / "inputs.json").read_text("utf-8"))
        return {record["path"]: record for record in listed["inputs"]}

    def features(self, path: str) -> list[dict[str, Any]]:
        """Return the GeoJSON features of one input, in degrees, as they stand in the file."""
        data = self._read(path)
        features: list[dict[str, Any]] = json.loads(data)["features"]
        return features

    def shapes(self, path: str) -> list[shapely.Geometry]:
        """Return the geometries of one input, in metres."""
        return [to_plane(shape(f["geometry"])) for f in self.features(path)]

    @cached_property
    def gazetteer(self) -> dict[str, dict[str, Any]]:
        """Settlements by ``place_id``: their properties and ``lonlat``."""
        features = self.features("zone/gazetteer.geojson")
        return {
            f["properties"]["place_id"]: f["properties"] | {"lonlat": f["geometry"]["coordinates"]}
            for f in features
        }

    @cached_property
    def waypoints(self) -> dict[str, Point]:
        """Known points on the roads by key, in metres; those under ODbL are left out."""
        return {
            f["properties"]["key"]: to_plane(shape(f["geometry"]))
            for f in self.features("routes/waypoints.geojson")
            if "OpenStreetMap" not in f["properties"]["source"]
        }

    @cached_property
    def districts(self) -> dict[str, shapely.Geometry]:
        """Azerbaijani districts of before 2021 by name, in metres."""
        features = self.features("zone/az_districts_wof.geojson")
        return {f["properties"]["name"]: to_plane(shape(f["geometry"])) for f in features}

    @cached_property
    def armenian_communities(self) -> shapely.Geometry:
        """The Armenian communities round Goris, Tegh and Kornidzor, as one area in metres."""
        features = self.features("zone/am_marz_and_communities_wof.geojson")
        areas = [
            to_plane(shape(f["geometry"]))
            for f in features
            if f["properties"]["level"] == "community"
        ]
        return shapely.union_all(areas)

    def _read(self, path: str) -> bytes:
        record = self.records.get(path)
        if record is None:
            raise InputError(f"{path}: not in inputs.json; record its origin and licence first")
        try:
            data = (self.folder / path).read_bytes()
        except OSError as error:
            raise InputError(f"{self.folder / path}: {error.strerror}") from error
        digest = hashlib.sha256(data).hexdigest()
        if digest != record["sha256"]:
            raise InputError(f"{path}: sha256 is {digest}, inputs.json has {record['sha256']}")
        return data
