"""Export a version or a file to another format, read back before it takes its name."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pkzone.errors import FormatError, OutputError, printable
from pkzone.files.atomic import write_files
from pkzone.formats.batches import BATCH_ROWS, Batch
from pkzone.formats.export_source import Subject, subject_of, versions_subject
from pkzone.formats.geopackage import Styles, complete
from pkzone.formats.import_ import import_file
from pkzone.formats.registry import NOTE_SUFFIX, Format, format_named, format_of_output
from pkzone.formats.restore import Restored, losses
from pkzone.formats.sandbox import LIMITS, Limits, tell
from pkzone.formats.tables import (
    DBF_DIGITS,
    Columns,
    FeatureTable,
    decimals,
    plan_columns,
    plan_tables,
)
from pkzone.geojson.reader import read_fast
from pkzone.geojson.writer import dumps
from pkzone.layers.catalogue import Catalogue

__all__ = ["Exported", "converted", "export"]


@dataclass(frozen=True)
class Exported:
    """The files written, the name of their format, the number of features, and notices."""

    files: tuple[str, ...]
    format: str
    features: int
    notices: tuple[str, ...]


def export(
    ref: str | os.PathLike[str],
    path: str | os.PathLike[str],
    *,
    format: str | None = None,  # noqa: A002 - the word of the command line
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    versions: bool = False,
    styles: Styles | None = None,
    overwrite: bool = False,
    limits: Limits = LIMITS,
) -> Exported:
    """Write a version, or a GeoJSON file, in another format.

    The file is read back before it takes its name: whatever the format did not keep is a
    notice, and a feature too few is an error.

    Parameters
    ----------
    ref : str or os.PathLike
        A reference as `pkzone.load` takes it.
    path : str or os.PathLike
        The file to write. A Shapefile has further files beside it, GeoJSON of a version its
        record with sources and licence, ``roads.geojson.pkzone.json``; what a format can only
        hold apart (points and lines) goes into several, ``roads_lines.shp``.
    format : str, optional
        Name of the format; without it the extension of the path sets it.
    catalogue : Catalogue, str or os.PathLike, optional
        The catalogue or its folder; without it the one that pkzone ships.
    versions : bool, optional
        Write every version of the layer that the reference names, one row a feature and version,
        with the columns ``version``, ``valid_from`` and ``valid_to``.
    styles : callable, optional
        The styles that a GeoPackage carries, ``pkzone.maps.qgis_style.style``.
    overwrite : bool, optional
        Replace files that are there.
    limits : Limits, optional
        Time and memory.

    Raises
    ------
    UnknownFormat, CannotHold
        The format is not known, or has no place for a feature.
    OutputError
        A file is there and may not be replaced, or cannot be written.
    PkzoneError
        As `pkzone.load` does.

    Examples
    --------
    >>> import pkzone
    >>> pkzone.export("corridor@2022-09-01", "corridor.gpkg").features  # doctest: +SKIP
    7
    """
    target = os.fspath(path)
    form = format_of_output(target) if format is None else format_named(format)
    if format is not None and not target.lower().endswith(form.suffixes):
        listed = " or ".join(form.suffixes)
        raise OutputError(f"{printable(target, None)}: name it {listed}, as {form.title} is")
    subject = versions_subject(ref, catalogue) if versions else subject_of(ref, catalogue)
    files, notices, count = converted(subject, form, shown=target, styles=styles, limits=limits)
    stem = target[: -len(Path(target).suffix)]
    places = {stem + ending: data for ending, data in files.items()}
    if target not in places and len(files) == 1:
        places = {target: next(iter(files.values()))}
    if form.engine == "geojson" and subject.record:
        record = json.dumps(subject.record, ensure_ascii=False, indent=2, sort_keys=True)
        places[target + NOTE_SUFFIX] = f"{record}\n".encode()
    write_files(places, overwrite=overwrite)
    return Exported(tuple(places), form.title, count, tuple(notices))


def converted(
    subject: Subject,
    form: Format,
    *,
    shown: str,
    styles: Styles | None = None,
    limits: Limits = LIMITS,
) -> tuple[dict[str, bytes], list[str], int]:
    """Return the files of an export by what follows their common name, notices, and the count.

    Raises
    ------
    CannotHold
        The format has no place for a feature.
    FormatError
        It could not be written, or features were lost.
    """
    if form.engine == "geojson":
        return _geojson(subject, form, shown)
    tables, shapes = plan_tables(subject.features, form, name=subject.name, shown=shown)
    together = [table.layer for table in tables]
    plans = [plan_columns(table.features, form, subject.columns, subject.dates) for table in tables]
    notes = [
        columns.note(parts=table.parts, **({"together": together} if len(tables) > 1 else {}))
        for table, columns in zip(tables, plans, strict=True)
    ]
    with TemporaryDirectory(prefix="pkzone-") as name:
        folder = Path(name)
        _write(subject, form, tables, plans, notes, folder, shown, limits)
        if form.driver == "GPKG":
            complete(folder / "0.gpkg", subject, tables, notes, styles)
        files = _packed(form, tables, notes, folder)
        notices = [*subject.notices]
        notices += [line for columns in plans for line in columns.notices(form)]
        if len(tables) > 1:
            parts = ", ".join(table.layer for table in tables)
            notices.append(f"points, lines and areas stand apart: {parts}")
        back = _read_back(form, files, folder, shown, limits)
        notices += losses(subject.features, shapes, back, shown=shown)
    return files, list(dict.fromkeys(notices)), len(back.bare)


def _geojson(subject: Subject, form: Format, shown: str) -> tuple[dict[str, bytes], list[str], int]:
    """Return the features in the canonical form, or its lines without the collection around."""
    data = dumps(subject.features, name=shown)
    count = len(read_fast(data, name=shown))
    if form.name == "geojsonl":
        lines = data.splitlines()[1:-1]
        data = b"".join(line.removesuffix(b",") + b"\n" for line in lines)
    return {form.suffixes[0]: data}, [*subject.notices], count


def _write(
    subject: Subject,
    form: Format,
    tables: Sequence[FeatureTable],
    plans: Sequence[Columns],
    notes: Sequence[str],
    folder: Path,
    shown: str,
    limits: Limits,
) -> None:
    cells = [columns.cells(table.features) for table, columns in zip(tables, plans, strict=True)]
    jobs = [
        _table_job(subject, form, table, columns, cells[place], note)
        | {"path": str(folder / _file_of(form, place, table))}
        for place, (table, columns, note) in enumerate(zip(tables, plans, notes, strict=True))
    ]
    job = {
        "task": "write",
        "engine": form.engine,
        "driver": form.driver,
        "date": subject.date,
        "tables": jobs,
    }
    batches = (
        Batch(columns, table.shapes).part(first)
        for table, columns in zip(tables, cells, strict=True)
        for first in range(0, len(table.features), BATCH_ROWS)
    )
    answers = tell(job, batches, folder=folder, shown=shown, limits=limits)
    if [answer.get("written") for answer in answers] != [[Path(j["path"]).name for j in jobs]]:
        raise FormatError(shown, "the writer ended without a word")


def _file_of(form: Format, place: int, table: FeatureTable) -> str:
    stem = table.layer if form.sidecars else 0 if form.layers else place
    return f"{stem}{form.within.suffixes[0]}"


def _table_job(
    subject: Subject,
    form: Format,
    table: FeatureTable,
    columns: Columns,
    cells: list[list[Any]],
    note: str,
) -> dict[str, Any]:
    fields = columns.fields
    taken = {name.casefold() for name, _ in fields}
    facts = {
        "title": f"{subject.title}{table.suffix.replace('_', ', ')}" or table.layer,
        "description": subject.description,
        "note": note,
        "date": subject.date,
        "fid": _free("fid", taken),
        "geometry": _free(form.geometry_name, taken),
        "spatial": "NO" if any(one.geometry is None for one in table.features) else "YES",
    }
    return {
        "layer": form.layer_names.get(table.family, table.layer),
        "geometry": table.geometry,
        "fields": fields,
        "count": len(table.features),
        "note": note,
        "geometry_name": facts["geometry"],
        "coordinates": _coordinates(table) if form.table else [],
        "widths": _widths(columns, cells, form.text_bytes) if form.text_bytes else {},
        "options": {key: value.format_map(facts) for key, value in form.creation.items()},
    }


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _coordinates(table: FeatureTable) -> list[str]:
    """Return the columns for coordinates: longitude and latitude where all are points."""
    kinds = {one.geometry["type"] if one.geometry else "Point" for one in table.features}
    empty = any(one.geometry and not one.geometry.get("coordinates") for one in table.features)
    if kinds - {"Point"} or empty:
        return ["wkt"]
    return ["lon", "lat", "height"] if table.geometry.startswith("3D") else ["lon", "lat"]


def _widths(columns: Columns, cells: list[list[Any]], most: int) -> dict[str, list[int]]:
    """Return the width of each column of dBASE: as wide as its longest text, its finest number."""
    widths = {}
    for (name, kind), column in zip(columns.fields, cells, strict=True):
        filled = [cell for cell in column if cell is not None]
        if kind in ("text", "json"):
            longest = max((len(str(cell).encode()) for cell in filled), default=1)
            widths[name] = [min(max(longest, 1), most)]
        elif kind == "float":
            widths[name] = [DBF_DIGITS, max(decimals(filled) or 0, 1)]
        elif kind == "integer":
            widths[name] = [DBF_DIGITS - 1]
    return widths


def _packed(
    form: Format, tables: Sequence[FeatureTable], notes: Sequence[str], folder: Path
) -> dict[str, bytes]:
    """Return the files that the child wrote, packed and named for the user."""
    if form.sidecars:
        parts: dict[str, bytes] = {}
        for table, note in zip(tables, notes, strict=True):
            base = table.layer if form.archive_of else table.suffix
            for suffix in (".shx", ".dbf", ".prj", ".cpg"):
                parts[base + suffix] = (folder / f"{table.layer}{suffix}").read_bytes()
            parts[base + NOTE_SUFFIX] = note.encode()
            parts[f"{base}.shp"] = (folder / f"{table.layer}.shp").read_bytes()
        return {form.suffixes[0]: _zipped(parts)} if form.archive_of else parts
    if form.archive_of:
        return {form.suffixes[0]: _zipped({"doc.kml": (folder / "0.kml").read_bytes()})}
    suffix = form.suffixes[0]
    if form.layers:
        return {suffix: (folder / f"0{suffix}").read_bytes()}
    return {
        table.suffix + suffix: (folder / f"{place}{suffix}").read_bytes()
        for place, table in enumerate(tables)
    }


def _read_back(
    form: Format, files: Mapping[str, bytes], folder: Path, shown: str, limits: Limits
) -> Restored:
    """Return the features that an import of the files gives."""
    back = folder / "back"
    back.mkdir()
    for ending, data in files.items():
        (back / f"x{ending}").write_bytes(data)
    parts: list[Restored] = []
    for ending in files:
        if ending.endswith(form.suffixes):
            try:
                parts.append(import_file(back / f"x{ending}", limits=limits).restored)
            except FormatError as error:
                reason = f"what was written cannot be read back: {error.reason}"
                raise FormatError(shown, reason) from None
    return Restored.of(parts)


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """Return an archive of files by name, the same bytes on every day."""
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = ZipInfo(name)  # of 1980
            entry.compress_type = ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data)
    return target.getvalue()
