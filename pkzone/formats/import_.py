"""Import a file of another format: features in longitude and latitude on WGS 84."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING, Any

from pkzone.errors import FormatError, GeoJSONError, LimitExceeded, printable
from pkzone.files.filetypes import is_geojson, title_of_path
from pkzone.formats.columns import OTHER_ID, read_note
from pkzone.formats.registry import ENDINGS
from pkzone.formats.reproject import changes_of
from pkzone.formats.restore import Table, restored_features
from pkzone.formats.sandbox import LIMITS, Limits, ask
from pkzone.formats.staging import Intake, take_in
from pkzone.geojson import reader
from pkzone.geojson.geometry import check_geometry
from pkzone.geojson.model import MAX_BYTES, Feature, Report
from pkzone.geojson.writer import dumps
from pkzone.layers.identity import identified
from pkzone.layers.references import refuse_frame

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "Imported",
    "LayerFacts",
    "changes_of_all",
    "check_coordinates",
    "import_file",
    "job_of",
    "layers_of",
]


@dataclass(frozen=True)
class Imported:
    """The features that an import read, where they are from, and notices.

    Attributes
    ----------
    file : str
        The file as the user named it.
    format : str
        Name of its format, ``GeoPackage``.
    layers : tuple of str
        The layers that were read.
    features : tuple of Feature
        The features in the file's order.
    crs, operation : str or None
        Name of its coordinate system, and of the transformation to WGS 84; None if it states
        none, and if none was needed.
    notices : tuple of str
        What was odd, assumed or left out; one line each.
    """

    file: str
    format: str
    layers: tuple[str, ...]
    features: tuple[Feature, ...]
    crs: str | None
    operation: str | None
    notices: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """Return the features as GeoJSON in the canonical form, no more than can be read again."""
        data = dumps(self.features, name=self.file)
        if len(data) > MAX_BYTES:
            reason = f"becomes more than {MAX_BYTES // 1024**2} MiB as GeoJSON, the most"
            raise LimitExceeded(self.file, f"{reason} that is read; take fewer features of it")
        return data

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the features as GeoJSON in the canonical form, all of it or nothing."""
        from pkzone.files.atomic import write_bytes

        write_bytes(os.fspath(path), self.to_bytes(), overwrite=overwrite)

    def frame(self) -> gpd.GeoDataFrame:
        """Return the features as a GeoDataFrame; see `pkzone.load`."""
        from pkzone.layers.frames import frame_of_features

        return frame_of_features(self.features, attrs={"file": self.file})


@dataclass(frozen=True)
class LayerFacts:
    """A layer of a file: its name, features (None if it does not say), geometry and system."""

    name: str
    features: int | None
    geometry: str
    crs: str | None


def import_file(
    path: str | os.PathLike[str],
    *,
    layers: Sequence[str] = (),
    id_property: str | None = None,
    lon: str | None = None,
    lat: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    limits: Limits = LIMITS,
) -> Imported:
    """Return the features of a GeoPackage, Shapefile, GPX, FlatGeobuf, CSV, KML or GeoParquet.

    GeoJSON in any form that is read (newline-delimited, gzip) is taken as well. Any other file is
    opened in a child process with limits on time and memory, by one driver, which its ending and
    its content agree on.

    Parameters
    ----------
    path : str or os.PathLike
        A regular local file.
    layers : sequence of str, optional
        The layers to read, where a file has several.
    id_property : str, optional
        The property that ids are taken from.
    lon, lat : str, optional
        Columns of a CSV with longitude and latitude.
    crs : str, optional
        What the coordinates are, ``EPSG:32638``; counts more than what the file says.
    encoding : str, optional
        The encoding of a Shapefile's or CSV's text.
    limits : Limits, optional
        Time and memory.

    Raises
    ------
    FormatError
        The file is refused or damaged: one of its subclasses.
    GeoJSONError
        A feature is not one that GeoJSON can hold.

    Examples
    --------
    >>> import pkzone
    >>> pkzone.import_file("road.kml").features  # doctest: +SKIP
    (Feature(id='north', ...),)
    """
    refuse_frame(path)
    shown = os.fspath(path)
    if is_geojson(shown, ENDINGS):
        stated = {"layers": layers, "lon": lon, "lat": lat, "crs": crs, "encoding": encoding}
        return _imported_geojson(shown, id_property, [name for name, one in stated.items() if one])
    with take_in(path) as intake:
        wish = {"layers": list(layers), "lon": lon, "lat": lat, "crs": crs, "encoding": encoding}
        tables, told, notices = _read(intake, wish, limits)
        features: list[Feature] = []
        sources = set()
        for table in tables:
            found, source = restored_features(
                table, intake.format, id_property=id_property, shown=intake.shown
            )
            features += found
            sources.add(source)
        check_coordinates(features, intake, stated=bool(crs))
        if (
            id_property is None
            and sources in ({"id"}, {OTHER_ID})
            and not all(t.note for t in tables)
        ):
            notices.append(f"ids are taken from the column {next(iter(sources))}")
        if len(tables) > 1:
            tables = [table for table in tables if table.rows] or tables[:1]
        if len(tables) > 1:
            names = printable(", ".join(table.name for table in tables), limit=200)
            notices.append(f"{len(tables)} layers are read as one: {names}")
        if not any(one["name"] for one in told) and not intake.format.xml:
            notices.append("states no coordinate system; taken as longitude and latitude on WGS 84")
        return Imported(
            intake.shown,
            intake.format.title,
            tuple(table.name for table in tables),
            tuple(features),
            next((one["name"] for one in told if one["name"]), None),
            next((one["operation"] for one in told if "operation" in one), None),
            (*intake.notices, *changes_of_all(told), *notices),
        )


def layers_of(path: str | os.PathLike[str], *, limits: Limits = LIMITS) -> tuple[LayerFacts, ...]:
    """Return the layers of a file; it is opened as `import_file` does."""
    shown = os.fspath(path)
    if is_geojson(shown, ENDINGS):
        imported = _imported_geojson(shown, None, [])
        kinds = sorted({one.geometry["type"] for one in imported.features if one.geometry})
        count = len(imported.features)
        return (LayerFacts(imported.layers[0], count, ", ".join(kinds) or "None", imported.crs),)
    with take_in(path) as intake:
        job = job_of("list", intake, {"lon": None, "lat": None, "encoding": None})
        return tuple(
            LayerFacts(
                str(answer["layer"]), answer["stated"], str(answer["geometry"]), answer["crs"]
            )
            for answer in ask(job, folder=intake.folder, shown=intake.shown, limits=limits)
            if "layer" in answer
        )


def _imported_geojson(shown: str, id_property: str | None, stated: list[str]) -> Imported:
    """Return the features of GeoJSON, which our own parser reads, and no driver."""
    if stated:
        advice = f"leave out {stated[0]}"
        if "crs" in stated:
            advice = f"ogr2ogr -s_srs CRS -t_srs EPSG:4326 OUT.geojson {quote(shown)}"
        raise FormatError(shown, f"is GeoJSON, of one layer in longitude and latitude: {advice}")
    collection = reader.read(shown, ids_unique=id_property is None, check_validity=False)
    collection = identified(collection, shown, id_property=id_property)
    notices = tuple(
        ": ".join(filter(None, (one.feature, one.message))) for one in collection.notices
    )
    layers = (title_of_path(shown),)
    return Imported(shown, "GeoJSON", layers, collection.features, "OGC:CRS84", None, notices)


def job_of(task: str, intake: Intake, wish: Mapping[str, Any]) -> dict[str, Any]:
    """Return the job of reading or listing a file, with what the user wishes."""
    form = intake.format
    return {
        "task": task,
        "engine": form.reader or form.engine,
        "driver": form.driver,
        "whole_document": form.xml,
        "sources": [
            {
                "path": str(one.path),
                "layer": one.layer,
                "note": one.note,
            }
            for one in intake.sources
        ],
        **wish,
    }


def _read(
    intake: Intake, wish: dict[str, Any], limits: Limits
) -> tuple[list[Table], list[dict[str, Any]], list[str]]:
    """Return the tables that the child reads, what it tells of coordinates, and its notices."""
    tables: list[Table] = []
    told: list[dict[str, Any]] = []
    notices: list[str] = []
    job = job_of("read", intake, wish)
    for answer in ask(job, folder=intake.folder, shown=intake.shown, limits=limits):
        if "layer" in answer:
            fields = [(str(name), str(kind)) for name, kind in answer["fields"]]
            tables.append(Table(str(answer["layer"]), fields, read_note(answer["note"])))
            told.append(answer["crs"])
            notices += answer["notices"]
        elif "v" in answer:
            tables[-1].rows.append((answer["v"], answer["g"]))
        elif "count" in answer:
            if answer["count"] != len(tables[-1].rows):
                raise FormatError(intake.shown, "features were lost on the way from the reader")
            notices += answer["notices"]
            if answer["not_numbers"]:
                notices.append(f"{answer['not_numbers']} values that are no number become null")
    return tables, told, list(dict.fromkeys(notices))


def check_coordinates(
    features: list[Feature], intake: Intake, *, stated: bool, first: int = 0
) -> None:
    """Refuse what the strict reader would: swapped, projected or malformed coordinates."""
    report = Report(intake.shown)
    for place, feature in enumerate(features, first):
        report.feature = f"features[{place}]" if feature.id is None else str(feature.id)
        if feature.geometry is not None:
            try:
                check_geometry(feature.geometry, report)
            except GeoJSONError as error:
                if "projected" not in error.reason or stated:
                    raise
                reason = error.reason.partition(": it looks")[0]
                reason += ": it looks projected; say what it is, as --crs EPSG:32638"
                raise type(error)(intake.shown, reason, report.feature) from None


def changes_of_all(told: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines on each transformation that was applied."""
    for one in {str(item): item for item in told}.values():
        yield from changes_of(one)
