"""What must hold for any bytes at all; each target raises if it does not.

Nothing here needs the fuzzer: `python -m fuzz` feeds the targets, and a test runs them on the
seeds.
"""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path

from pkzone import geojson as reader
from pkzone.checks import canonical, check_text, mend
from pkzone.errors import BadDate, CatalogueError, GeoJSONError, PkzoneError, printable
from pkzone.layers import dates, manifest, references
from pkzone.layers.catalogue import Catalogue
from pkzone.store.preflight import read_manifest
from pkzone.store.verify import verify

__all__ = ["TARGETS"]


def geojson(data: bytes) -> None:
    """Refuse or read; what is read is written canonically and reads back equal; check agrees."""
    found = check_text(data, name="fuzz.geojson")
    for finding in found.findings:
        _is_one_line(str(finding))
    refused = [one for one in found.findings if one.rule.level == "error"]
    try:
        reader.parse(data, name="fuzz.geojson")
    except GeoJSONError as error:
        _is_one_line(str(error))
        _holds(refused, "the reader refuses what check finds nothing against")
    try:
        written = canonical(data, name="fuzz.geojson").data
    except GeoJSONError as error:
        _is_one_line(str(error))
        _holds(refused, "fmt refuses what check finds nothing against")
    else:
        _holds(not refused, "fmt writes what check finds errors in")
        again = reader.parse(written, ids_required=False)
        _holds(reader.dumps(again.features) == written, "the canonical form does not last")
        left = {one.code for one in again.notices} & {"wrong-winding", "foreign-members", "bom"}
        _holds(not left, f"the canonical form is odd: {left}")
    with suppress(GeoJSONError):
        mended = mend(data).data
        rest = [one.code for one in check_text(mended).findings if one.rule.level == "error"]
        _holds(not rest, f"what is mended still has errors: {rest}")


def catalogue_files(data: bytes) -> None:
    """Read bytes as the manifest, the events and the sources of a catalogue, or refuse them.

    Whatever they are, the catalogue can be verified.
    """
    folder = _folder()
    (folder / manifest.FILE_NAME).write_bytes(data)
    for finding in verify(folder).findings:
        _is_one_line(printable(str(finding), limit=1000))
    with suppress(CatalogueError):
        read_manifest(folder)
    with suppress(CatalogueError):
        found = Catalogue(folder)
        for layer in found.values():
            json.dumps([version.to_dict() for version in layer.records])
            for version in layer.versions:
                _holds(layer.on(version.valid_from).valid_from == version.valid_from, version.ref)
    for name in ("events.json", "sources.json"):
        (folder / name).write_bytes(data)
    with suppress(CatalogueError):
        for event in manifest.events(str(folder / "events.json")):
            json.dumps(event.to_dict())
    with suppress(CatalogueError):
        json.dumps([dict(source) for source in manifest.sources(str(folder / "sources.json"))])


def texts(data: bytes) -> None:
    """Read a text as a date, a version id and a reference: what is read is written as it was."""
    text = data.decode("utf-8", "surrogateescape")
    with suppress(BadDate):
        _holds(dates.parse_day(text).isoformat() == text, "a day is written in one way")
    with suppress(BadDate):
        day, number = dates.parse_version_id(text)
        suffix = f".{number}" if number > 1 else ""
        _holds(f"{day.isoformat()}{suffix}" == text, "a version id is written in one way")
    with suppress(BadDate):
        first, after = dates.interval_of(text)
        _holds(first.isoformat().startswith(text), "an interval begins with its date")
        _holds(timedelta(0) < after - first <= timedelta(366), "an interval is a year at most")
    with suppress(PkzoneError):
        found = references.parse(text, {"corridor", "zone"})
        if isinstance(found, references.FileReference):
            _holds(found.path == text, "a path is taken as it is")
        else:
            shown = found.layer if found.version is None else f"{found.layer}@{found.version}"
            _holds(text in (shown, f"{shown}@latest"), "a reference is taken as it is")


TARGETS: dict[str, Callable[[bytes], None]] = {
    "geojson": geojson,
    "manifest": catalogue_files,
    "texts": texts,
}


class Broken(AssertionError):
    """Something does not hold that must; an assert statement could be switched off."""


def _holds(fact: object, otherwise: str) -> None:
    if not fact:
        raise Broken(otherwise)


def _is_one_line(text: str) -> None:
    shows = all(char.isprintable() or unicodedata.category(char) == "Zs" for char in text)
    _holds(shows and len(text) < 2000, f"not one line: {text!r}")


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="pkzone-fuzz-"))
