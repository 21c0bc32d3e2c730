"""Read features from bytes by RFC 7946, strictly; name whatever is refused or repaired.

One door, two lanes. `read` and `parse` give features and notices, `read_fast` gives features
alone, `batches.read_in_batches` is for those who need no more than some features at a time, or
can use their coordinates in arrays. A text that is plainly well-formed is read in batches, all
others by the strict parser, one value at a time. Only that refuses anything and says why: what
would be refused in the fast lane is read again in the other.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pkzone.errors import DuplicateId, TooLarge, Unreadable
from pkzone.files.inputs import open_regular, read_at_most, read_stdin, unopened_reason
from pkzone.geojson.batches import Batch, batch_of_root, features_of, read_in_batches
from pkzone.geojson.geometry import invalid_reasons
from pkzone.geojson.json_text import load, too_large_reason
from pkzone.geojson.model import MAX_BYTES, Feature, FeatureCollection, Report, label_of
from pkzone.geojson.objects import id_refusals

__all__ = ["file_name", "parse", "read", "read_bytes", "read_fast", "read_root"]


def read(
    path: str | Path,
    *,
    ids_required: bool = False,
    ids_unique: bool = True,
    check_validity: bool = True,
    most_features: int | None = None,
) -> FeatureCollection:
    """Return the features of a GeoJSON file, or of standard input for ``-``.

    Only a regular local file is opened, and by nothing but this parser: a path that looks like a
    URL or a GDAL driver's is the name of a file that is not there.

    Parameters
    ----------
    path : str or Path
        The file; ``-`` for standard input.
    ids_required, ids_unique, check_validity, most_features : optional
        See `parse`.

    Returns
    -------
    FeatureCollection
        See `parse`.

    Raises
    ------
    Unreadable, TooLarge
        If there is no such file, it cannot be read or is too large.
    GeoJSONError
        If the content is refused: see `parse`.
    """
    name = file_name(path)
    data = read_bytes(path)
    return parse(
        data,
        name=name,
        ids_required=ids_required,
        ids_unique=ids_unique,
        check_validity=check_validity,
        most_features=most_features,
    )


def file_name(path: str | Path) -> str:
    """Return what messages call a file, ``<stdin>`` for ``-``."""
    return "<stdin>" if str(path) == "-" else str(path)


def parse(
    data: bytes,
    *,
    name: str = "<stdin>",
    ids_required: bool = False,
    ids_unique: bool = True,
    check_validity: bool = True,
    most_features: int | None = None,
) -> FeatureCollection:
    """Return the features of a GeoJSON text.

    A single Feature or geometry is taken as a collection of one. Members that are not of
    RFC 7946 are dropped with a notice; so are ``bbox`` and a ``crs`` that names CRS84. So is one
    that names EPSG:4326, in any spelling: by definition latitude comes first in it, but programs
    write it for longitude before latitude, and that is what it is taken as. An id of null is none.
    Gzip is unpacked; newline-delimited GeoJSON and text sequences (RFC 8142) are a collection.

    Parameters
    ----------
    data : bytes
        The text in UTF-8.
    name : str, optional
        What errors and notices call the file.
    ids_required : bool, optional
        Refuse features without an id.
    ids_unique : bool, optional
        Refuse an id that occurs twice; else it is for `identified` to judge.
    most_features : int, optional
        Stop at the first feature beyond them, with `json_text.TooManyFeaturesError`.
    check_validity : bool, optional
        Note polygons that are not valid; imports shapely if there are polygons.

    Returns
    -------
    FeatureCollection
        Features in the file's order with coordinates as they stand there, and the notices.

    Raises
    ------
    GeoJSONError
        One of its subclasses for whatever is wrong first.

    Notes
    -----
    Codes of notices about what was repaired: ``bom``, ``crs84``, ``bbox-dropped``,
    ``foreign-members``, ``gzip``, ``no-properties``, ``null-id``, ``wrapped``; about what is odd
    and kept: ``odd-id``, ``invalid-polygon`` and those of `check_geometry`. Longitude and
    latitude that were swapped are found only where a latitude would be beyond 90 degrees.
    """

    def collected(batches: Iterable[Batch], report: Report) -> FeatureCollection:
        return _collected(
            batches,
            report,
            ids_required=ids_required,
            ids_unique=ids_unique,
            check_validity=check_validity,
        )

    read_so = read_in_batches(data, collected, name=name, most_features=most_features)
    if read_so is not None:
        return read_so
    report = Report(name)
    root = load(data, report, most_features=most_features)
    return collected([batch_of_root(root, report)], report)


def read_fast(
    data: bytes, *, name: str = "<stdin>", ids_required: bool = False
) -> tuple[Feature, ...]:
    """Return the features of a GeoJSON text as `parse` does, without notices."""

    def collected(batches: Iterable[Batch], report: Report) -> FeatureCollection:
        return _collected(batches, report, ids_required=ids_required, check_validity=False)

    read_so = read_in_batches(data, collected, name=name, wants_odd=False)
    if read_so is None:
        read_so = parse(data, name=name, ids_required=ids_required, check_validity=False)
    return read_so.features


def read_root(root: Any, report: Report) -> FeatureCollection:
    """Return the features of what `load` returned, as `parse` does; areas may be invalid."""
    return _collected([batch_of_root(root, report)], report, check_validity=False)


def _collected(
    batches: Iterable[Batch],
    report: Report,
    *,
    ids_required: bool = False,
    ids_unique: bool = True,
    check_validity: bool = True,
) -> FeatureCollection:
    """Return the features of all batches, and what there is to say of them; see `parse`."""
    features: list[Feature] = []
    places: list[str] = []
    unsettled: list[int] = []
    for batch in batches:
        if check_validity:
            unsettled += (len(features) + row for row in batch.unsettled())
        features.extend(features_of(batch, report))
        places += batch.places
    for _, refusal in id_refusals(features, places, report, required=ids_required):
        if ids_unique or not isinstance(refusal, DuplicateId):
            raise refusal
    report.feature = None
    for row, reason in invalid_reasons([features[i].geometry for i in unsettled]).items():
        i = unsettled[row]
        report.feature = label_of(features[i].id, places[i]) or None
        report.note("invalid-polygon", f"its area is not valid: {reason}")
    return FeatureCollection(tuple(features), tuple(report.notices), report.about)


def read_bytes(path: str | Path) -> bytes:
    """Return the bytes of a regular file, or of standard input for ``-``."""
    path = str(path)
    if path == "-":
        return read_stdin(MAX_BYTES + 1)
    try:
        with open_regular(path) as file:
            if os.fstat(file.fileno()).st_size > MAX_BYTES:
                raise TooLarge(path, too_large_reason())
            return read_at_most(file, MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise Unreadable(path, unopened_reason(error, reads_stdin=True)) from None
