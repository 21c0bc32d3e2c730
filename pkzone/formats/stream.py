"""Stream the records of a file too large for memory to newline-delimited GeoJSON."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from shlex import quote

from pkzone.errors import FormatError
from pkzone.files.atomic import new_file
from pkzone.formats.columns import read_note
from pkzone.formats.import_ import changes_of_all, check_coordinates, import_file, job_of
from pkzone.formats.registry import FORMATS
from pkzone.formats.restore import Table, restored_features
from pkzone.formats.sandbox import LIMITS, Limits, ask
from pkzone.formats.staging import Intake, take_in
from pkzone.geojson.writer import dump_line

__all__ = ["Streamed", "stream_file"]

MAX_STREAMED_BYTES = 64 * 1024**3
STREAMED_ENDINGS = tuple(suffix for form in FORMATS if form.streamed for suffix in form.suffixes)
_BATCH_ROWS = 1000
_RECORD_SEPARATOR = b"\x1e"  # of text sequences (RFC 8142)


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
    layers: Sequence[str] = (),
    id_property: str | None = None,
    lon: str | None = None,
    lat: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    overwrite: bool = False,
    limits: Limits = LIMITS,
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
    layers, id_property, lon, lat, crs, encoding, limits
        As for `pkzone.import_file`.
    overwrite : bool, optional
        Replace a file that is there.

    Raises
    ------
    FormatError
        The file is refused or damaged, or fiona is not installed.
    OutputError
        The target is there and may not be replaced, or cannot be written.
    """
    mark = _RECORD_SEPARATOR if target.lower().endswith(".geojsons") else b""
    if not os.fspath(path).lower().endswith(STREAMED_ENDINGS):
        whole = import_file(
            path,
            layers=layers,
            id_property=id_property,
            lon=lon,
            lat=lat,
            crs=crs,
            encoding=encoding,
            limits=limits,
        )
        with new_file(target, overwrite=overwrite) as file:
            for feature in whole.features:
                file.write(mark + dump_line(feature, name=target) + b"\n")
        return Streamed(whole.format, len(whole.features), list(whole.notices))
    with take_in(path, most=MAX_STREAMED_BYTES) as intake:
        _need_fiona(intake.shown, target)
        wish = {"layers": list(layers), "lon": None, "lat": None, "crs": crs, "encoding": encoding}
        done = Streamed(intake.format.title, notices=list(intake.notices))
        with new_file(target, overwrite=overwrite) as file:
            for table in _tables(intake, wish, limits, done):
                features, _ = restored_features(
                    table, intake.format, id_property=id_property, shown=intake.shown, streamed=True
                )
                check_coordinates(features, intake, stated=bool(crs), first=done.features)
                for feature in features:
                    file.write(mark + dump_line(feature, name=target) + b"\n")
                done.features += len(features)
        done.notices = list(dict.fromkeys(done.notices))
        return done


def _need_fiona(shown: str, target: str) -> None:
    if find_spec("fiona") is None:
        instead = f"ogr2ogr -f GeoJSONSeq {quote(target)} {quote(shown)}"
        reason = f"is streamed by fiona, which has no wheel for this Python or system; {instead}"
        raise FormatError(shown, f"{reason} does the same")


def _tables(
    intake: Intake, wish: Mapping[str, object], limits: Limits, done: Streamed
) -> Iterator[Table]:
    """Yield the records of all layers, some at a time, and note what there is to tell of them."""
    table = Table("", [], None)
    job = job_of("read", intake, wish) | {"engine": "fiona"}
    answers = ask(job, folder=intake.folder, shown=intake.shown, limits=limits, most=sys.maxsize)
    for answer in answers:
        if "layer" in answer:
            fields = [(str(name), str(kind)) for name, kind in answer["fields"]]
            table = Table(str(answer["layer"]), fields, read_note(answer["note"]))
            done.notices += [*changes_of_all([answer["crs"]]), *answer["notices"]]
        elif "v" in answer:
            table.rows.append((answer["v"], answer["g"]))
            if len(table.rows) == _BATCH_ROWS:
                yield table
                table.rows = []
        elif "count" in answer:
            yield table
            done.notices += answer["notices"]
            if answer["not_numbers"]:
                nulls = f"{answer['not_numbers']} values that are no number become null"
                done.notices.append(nulls)
