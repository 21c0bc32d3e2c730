"""Import a file of another format: features in longitude and latitude on WGS 84."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from shlex import quote
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from pkzone.errors import FormatError, GeoJSONError, LimitExceeded, printable
from pkzone.files.atomic import new_file, write_bytes
from pkzone.files.filetypes import is_geojson, title_of_path
from pkzone.formats.batches import Batch
from pkzone.formats.registry import ENDINGS, FORMATS
from pkzone.formats.reproject import changes_of
from pkzone.formats.restore import Restored, Table, restored
from pkzone.formats.sandbox import LIMITS, Limits, ask
from pkzone.formats.staging import Intake, take_in
from pkzone.formats.tables import OTHER_ID, read_note
from pkzone.geo.canonical import DECIMALS
from pkzone.geo.convert import shapes_of
from pkzone.geo.coordinates import Coordinates
from pkzone.geojson import reader
from pkzone.geojson.geometry import check_geometry
from pkzone.geojson.model import MAX_BYTES, Feature, Report, label_of
from pkzone.geojson.writer import dump_line, dumps
from pkzone.layers.identity import IdProperty, identified
from pkzone.layers.references import refuse_frame

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Imported", "LayerFacts", "Streamed", "import_file", "layers_of", "stream_file"]

MAX_STREAMED_BYTES = 64 * 1024**3
STREAMED_ENDINGS = tuple(suffix for form in FORMATS if form.streamed for suffix in form.suffixes)
_RECORD_SEPARATOR = b"\x1e"  # of text sequences (RFC 8142)
_ROUNDED = f"coordinates are rounded to {DECIMALS} decimals, 0.1 m"
_NOISE = 1e-9  # degrees, 0.1 mm: a projection there and back leaves less of a rounded coordinate


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
    crs, operation : str or None
        Name of its coordinate system, and of the transformation to WGS 84; None if it states
        none, and if none was needed.
    notices : tuple of str
        What was odd, assumed or left out; one line each.
    about : dict of str to str
        What a file of one layer says of itself: ``title``, ``attribution``, ``license``.
    restored : Restored
        The features while their geometries are shapes.
    lines : sequence of int
        The line of each feature in a file that is a table.
    """

    file: str
    format: str
    layers: tuple[str, ...]
    crs: str | None
    operation: str | None
    notices: tuple[str, ...]
    restored: Restored = field(repr=False)
    about: dict[str, str] = field(default_factory=dict)
    lines: Sequence[int] = ()

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """The features in the file's order."""
        return self.restored.features()

    @cached_property
    def geojson_notices(self) -> tuple[str, ...]:
        """The notices, and whether `to_bytes` rounds coordinates; `features` has them as read."""
        return (*self.notices, *_rounding(self.restored))

    def to_bytes(self, *, is_sorted: bool = True) -> bytes:
        """Return the features as GeoJSON in the canonical form, no more than can be read again.

        They are in its order, or in the file's.
        """
        shapes = self.restored.shapes
        data = dumps(self.restored.bare, name=self.file, shapes=shapes, is_sorted=is_sorted)
        if len(data) > MAX_BYTES:
            reason = f"becomes more than {MAX_BYTES // 1024**2} MiB as GeoJSON, the most"
            raise LimitExceeded(self.file, f"{reason} that is read; take fewer features of it")
        return data

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the features as GeoJSON in the canonical form, all of it or nothing."""
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
    id_property: str | Sequence[str] | None = None,
    lon: str | None = None,
    lat: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    limits: Limits = LIMITS,
) -> Imported:
    """Return the features of a GeoPackage, Shapefile, GPX, FlatGeobuf, CSV, KML or GeoParquet.

    GeoJSON in any form that is read (newline-delimited, gzip) is taken as well. Any other file is
    opened in a child process with limits on time and memory, by one driver, which its extension and
    its content agree on.

    Parameters
    ----------
    path : str or os.PathLike
        A regular local file.
    layers : sequence of str, optional
        The layers to read, where a file has several.
    id_property : str or sequence of str, optional
        The property that ids are taken from, or several: ``"sheet,parcel"``, or their names.
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
        tables, told, notices, about = _read(intake, wish, limits)
        parts = [
            restored(table, intake.format, id_property=id_property, shown=intake.shown)
            for table in tables
        ]
        together = Restored.of(parts)
        lines = tables[0].lines if len(tables) == 1 else []
        _check_coordinates(together, intake, stated=bool(crs), lines=lines)
        sources = {part.source for part in parts}
        if (
            id_property is None
            and sources in ({"id"}, {OTHER_ID})
            and not all(t.note for t in tables)
        ):
            notices.append(f"ids are taken from the column {next(iter(sources))}")
        if len(tables) > 1:
            tables = [table for table in tables if len(table)] or tables[:1]
        if len(tables) > 1:
            names = printable(", ".join(table.name for table in tables), limit=200)
            notices.append(f"{len(tables)} layers are read as one: {names}")
        if not any(one["name"] for one in told) and not intake.format.xml:
            notices.append("states no coordinate system; taken as longitude and latitude on WGS 84")
        return Imported(
            intake.shown,
            intake.format.title,
            tuple(table.name for table in tables),
            next((one["name"] for one in told if one["name"]), None),
            next((one["operation"] for one in told if "operation" in one), None),
            (*intake.notices, *_changes_of_all(told), *notices),
            together,
            about if len(tables) == 1 else {},
            lines,
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
        job = _job("list", intake, {"lon": None, "lat": None, "encoding": None})
        return tuple(
            LayerFacts(
                str(answer["layer"]), answer["stated"], str(answer["geometry"]), answer["crs"]
            )
            for answer in ask(job, folder=intake.folder, shown=intake.shown, limits=limits)
            if isinstance(answer, dict) and "layer" in answer
        )


def _imported_geojson(shown: str, id_property: IdProperty | None, stated: list[str]) -> Imported:
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
    whole = Restored([*collection.features], np.full(len(collection.features), None))
    return Imported(shown, "GeoJSON", layers, "OGC:CRS84", None, notices, whole)


def _job(task: str, intake: Intake, wish: Mapping[str, Any]) -> dict[str, Any]:
    """Return the job of reading or listing a file, with what the user wishes."""
    form = intake.format
    return {
        "task": task,
        "engine": form.reader or form.engine,
        "driver": form.driver,
        "whole_document": form.xml,
        "sources": [
            {"path": str(one.path), "layer": one.layer, "note": one.note} for one in intake.sources
        ],
        **wish,
    }


def _read(
    intake: Intake, wish: dict[str, Any], limits: Limits
) -> tuple[list[Table], list[dict[str, Any]], list[str], dict[str, str]]:
    """Return the tables that the child reads, what it tells of coordinates, and its notices.

    The last is what the layer that was read last says of itself.
    """
    tables: list[Table] = []
    about: dict[str, str] = {}
    told: list[dict[str, Any]] = []
    notices: list[str] = []
    job = _job("read", intake, wish)
    for answer in ask(job, folder=intake.folder, shown=intake.shown, limits=limits):
        if isinstance(answer, Batch):
            tables[-1].batches.append(answer)
        elif "layer" in answer:
            tables.append(_table(answer))
            told.append(answer["crs"])
            notices += answer["notices"]
            about = dict(answer["about"])
        elif "count" in answer:
            if answer["count"] != len(tables[-1]):
                raise FormatError(intake.shown, "features were lost on the way from the reader")
            notices += _late_notices(answer)
            tables[-1].lines = answer["lines"]
    return tables, told, list(dict.fromkeys(notices)), about


def _table(answer: Mapping[str, Any]) -> Table:
    fields = [(str(name), str(kind)) for name, kind in answer["fields"]]
    return Table(str(answer["layer"]), fields, read_note(answer["note"]))


def _late_notices(answer: Mapping[str, Any]) -> list[str]:
    """Return what is to be told of a layer once it was read."""
    odd = answer["not_numbers"]
    return [*answer["notices"], *([f"{odd} values that are no number become null"] if odd else ())]


def _check_coordinates(
    some: Restored, intake: Intake, *, stated: bool, first: int = 0, lines: Sequence[int] = ()
) -> None:
    """Refuse what the strict reader would: swapped, projected or malformed coordinates."""
    report = Report(intake.shown)
    odd = np.flatnonzero(~shapely.is_missing(some.shapes))
    for place in np.setdiff1d(odd, Coordinates.of_shapes(some.shapes).rows).tolist():
        feature = some.feature(place)
        number = f"features[{first + place}]"
        report.feature = f"line {lines[place]}" if lines else label_of(feature.id, number)
        try:
            check_geometry(feature.geometry, report)
        except GeoJSONError as error:
            if "projected" not in error.reason or stated:
                raise
            reason = error.reason.partition(": it looks")[0]
            reason += ": it looks projected; say what it is, as --crs EPSG:32638"
            raise type(error)(intake.shown, reason, report.feature) from None


def _rounding(some: Restored) -> list[str]:
    """Return the line that says that coordinates have more decimals than GeoJSON is given."""
    shapes = some.shapes
    if shapely.is_missing(shapes).all():  # they were GeoJSON, and never became shapes
        shapes = shapes_of([one.geometry for one in some.bare])
    lonlat = shapely.get_coordinates(shapes)
    return [_ROUNDED] if (np.abs(lonlat - lonlat.round(DECIMALS)) > _NOISE).any() else []


def _changes_of_all(told: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines on each transformation that was applied."""
    for one in {str(item): item for item in told}.values():
        yield from changes_of(one)


@dataclass
class Streamed:
    """The format of a file that was streamed, the number of its features, and notices."""

    format: str
    features: int = 0
    notices: list[str] = field(default_factory=list)


def stream_file(
    path: str | os.PathLike[str],
    target: str,
    *,
    overwrite: bool = False,
    limits: Limits = LIMITS,
    **options: Any,
) -> Streamed:
    """Write the features of a GIS file one by one, in memory that does not grow with the file.

    It is opened as `pkzone.import_file` does. Ids come from the note that `pkzone export` left
    or from ``id_property``: that a column is full and unique is only known at the end.

    Parameters
    ----------
    path : str or os.PathLike
        A file of a format that GDAL reads; any other is read as a whole.
    target : str
        Where to write; ``.geojsons`` is a text sequence (RFC 8142), others are newline-delimited.
    overwrite : bool, optional
        Replace a file that is there.
    limits, **options
        As for `pkzone.import_file`.

    Raises
    ------
    FormatError
        The file is refused or damaged, or fiona is not installed.
    OutputError
        The target is there and may not be replaced, or cannot be written.
    """
    mark = _RECORD_SEPARATOR if target.lower().endswith(".geojsons") else b""
    if not os.fspath(path).lower().endswith(STREAMED_ENDINGS):
        whole = import_file(path, limits=limits, **options)
        with new_file(target, overwrite=overwrite) as file:
            for feature in whole.features:
                file.write(mark + dump_line(feature, name=target) + b"\n")
        return Streamed(whole.format, len(whole.features), list(whole.notices))
    id_property, stated = options.get("id_property"), bool(options.get("crs"))
    wish = {"layers": (), "crs": None, "encoding": None} | options | {"lon": None, "lat": None}
    with take_in(path, most=MAX_STREAMED_BYTES) as intake:
        _need_fiona(intake.shown, target)
        done = Streamed(intake.format.title, notices=list(intake.notices))
        with new_file(target, overwrite=overwrite) as file:
            for table in _some_at_a_time(intake, wish, limits, done):
                some = restored(
                    table, intake.format, id_property=id_property, shown=intake.shown, streamed=True
                )
                _check_coordinates(some, intake, stated=stated, first=done.features)
                for feature in some.features():
                    file.write(mark + dump_line(feature, name=target) + b"\n")
                done.features += len(table)
        done.notices = list(dict.fromkeys(done.notices))
        return done


def _need_fiona(shown: str, target: str) -> None:
    if find_spec("fiona") is None:
        instead = f"ogr2ogr -f GeoJSONSeq {quote(target)} {quote(shown)}"
        reason = f"is streamed by fiona, which has no wheel for this Python or system; {instead}"
        raise FormatError(shown, f"{reason} does the same")


def _some_at_a_time(
    intake: Intake, wish: Mapping[str, Any], limits: Limits, done: Streamed
) -> Iterator[Table]:
    """Yield the records of all layers, a batch at a time, and note what there is to tell."""
    table = Table("", [], None)
    job = _job("read", intake, wish) | {"engine": "fiona"}
    answers = ask(job, folder=intake.folder, shown=intake.shown, limits=limits, most=sys.maxsize)
    for answer in answers:
        if isinstance(answer, Batch):
            table.batches = [answer]
            yield table
        elif "layer" in answer:
            table = _table(answer)
            done.notices += [*_changes_of_all([answer["crs"]]), *answer["notices"]]
        elif "count" in answer:
            done.notices += _late_notices(answer)
            if not answer["count"]:
                yield table  # without a feature, for what is to be said of its columns
