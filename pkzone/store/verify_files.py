"""Hold the files of a catalogue against the manifest and the lists."""

from __future__ import annotations

import os
from collections.abc import Container, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from pkzone.errors import CatalogueError, PkzoneError, printable
from pkzone.files.atomic import TEMPORARY_GLOB
from pkzone.files.inputs import read_regular
from pkzone.geojson import reader
from pkzone.geojson.model import Feature
from pkzone.geojson.writer import dumps
from pkzone.layers import figures, manifest
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.model import Layer, Version
from pkzone.layers.schemas import Rules, read_schema
from pkzone.store import manifest_writer
from pkzone.store.transaction import leftovers

__all__ = ["RESTORE", "RESTORE_MANIFEST", "FileCheck", "Finding", "stated", "strays"]

RESTORE = "restore the file from a good copy"
RESTORE_MANIFEST = "restore the manifest from a good copy"


@dataclass(frozen=True)
class Finding:
    """Something wrong in a catalogue.

    Attributes
    ----------
    code : str
        What kind of thing: ``missing``, ``changed``, ``truncated``, ``renamed``, ``extra`` ...
    path : str
        Where, in the catalogue.
    message, remedy : str
        What was found, and how to mend it.
    severity : str
        ``error``, or ``warning`` for what does no harm.
    """

    code: str
    path: str
    message: str
    remedy: str
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.path}: {self.message}; {self.remedy}"


def stated(code: str, path: str, error: PkzoneError, root: Path) -> Finding:
    """Return an error as a finding: its text says what and, after the semicolon, the remedy."""
    text = str(error).removeprefix(f"{root}/").removeprefix(f"{path}: ")
    message, _, remedy = text.rpartition("; ")
    return Finding(code, path, message or text, remedy if message else RESTORE)


class Stray(NamedTuple):
    """A file that is not recorded.

    ``kind`` is ``extra``, ``link``, ``temporary``, ``interrupted`` (left by a change that was not
    finished) or ``renamed``; then ``was`` is the recorded path whose content it has.
    """

    path: str
    kind: str
    was: str = ""


def strays(
    root: Path, *, recorded: set[str], layers: set[str], missing: Mapping[str, str]
) -> Iterator[Stray]:
    """Yield the files that are not recorded, where only recorded ones belong.

    That is in the folders of layers and of schemas, and GeoJSON anywhere. Beside the manifest
    people may keep what they like; hidden files are left alone.

    Parameters
    ----------
    root : Path
        The folder of the catalogue.
    recorded : set of str
        Paths of the files that belong there.
    layers : set of str
        Names of the layers.
    missing : mapping of str to str
        Hash of each recorded file that is not there, by path.
    """
    was = {digest: path for path, digest in missing.items()}
    announced = leftovers(root)
    for path, file in _files(root, layers):
        if fnmatch(file.name, TEMPORARY_GLOB):
            yield Stray(path, "temporary")
        elif path in recorded or file.name.startswith("."):
            continue
        elif file.is_symlink():
            yield Stray(path, "link")
        elif "/" in path or file.suffix.lower() == ".geojson":
            digest = _digest(file)
            if digest is not None and announced.get(path) == digest:
                yield Stray(path, "interrupted")
            elif digest in was:
                yield Stray(path, "renamed", was[str(digest)])
            else:
                yield Stray(path, "extra")


def _files(root: Path, layers: set[str]) -> Iterator[tuple[str, Path]]:
    """Yield what lies in the folder, and in the folders that are or could be layers."""
    for entry in sorted(root.iterdir()):
        if entry.is_symlink() or not entry.is_dir():
            yield entry.name, entry
            continue
        if entry.name.startswith("."):
            continue
        own = entry.name in layers or entry.name == "schemas"
        for file in sorted(entry.iterdir()):
            if own or (file.suffix.lower() == ".geojson" and not file.is_dir()):
                yield f"{entry.name}/{file.name}", file


def _digest(file: Path) -> str | None:
    try:
        return sha256(read_regular(file)).hexdigest()
    except OSError:
        return None


class FileCheck:
    """Check of all files of a catalogue against each other."""

    def __init__(self, catalogue: Catalogue, root: Path) -> None:
        self.catalogue = catalogue
        self.root = root
        self.paths: dict[str, list[Version]] = {}
        for layer in catalogue.layers:
            for record in layer.records:
                self.paths.setdefault(record.file, []).append(record)
        self.missing: dict[str, Version] = {}
        self.feature_ids: set[str] = set()
        self.cited: set[str] = set()

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong with the files, the strays and the lists."""
        for layer in self.catalogue.layers:
            yield from self._of_layer(layer)
        yield from self._of_strays()
        yield from self._of_lists()

    def _of_layer(self, layer: Layer) -> Iterator[Finding]:
        schema = f"schemas/{layer.name}.json"
        rules = None
        try:
            if layer.records or (self.root / schema).exists():
                rules = Rules(read_schema(self.root / schema))
        except CatalogueError as error:
            yield stated("schema", schema, error, self.root)
        for path, records in self.paths.items():
            if records[0].layer == layer.name:
                yield from self._of_file(path, records, rules)

    def _of_file(self, path: str, records: list[Version], rules: Rules | None) -> Iterator[Finding]:
        first = records[0]
        for record in records:
            if (record.sha256, record.layer) != (first.sha256, first.layer):
                reason = f"serves {first.ref} and {record.ref}, which are not the same"
                yield Finding("overlap", path, reason, RESTORE_MANIFEST)
        own = {manifest_writer.record_path(one.layer, one.id, one.record) for one in records}
        if path not in own:
            reason = f"is recorded for {first.ref}, whose file is {sorted(own)[0]}"
            yield Finding("renamed", path, reason, RESTORE_MANIFEST)
        try:
            data = first.read_bytes()
        except CatalogueError as error:
            yield from self._unreadable(path, first, error)
            return
        try:
            collection = reader.parse(data, name=path, ids_required=True, check_validity=False)
            if dumps(collection.features, name=path) != data:
                yield Finding("form", path, "is not in the canonical form", "publish it anew")
        except PkzoneError as error:
            yield stated("content", path, error, self.root)
            return
        features = collection.features
        self.feature_ids |= {f"{first.layer}/{record.id}" for record in features}
        yield from _of_counts(path, records, features)
        yield from self._of_rules(path, features, rules)
        self._note_cited(features)

    def _note_cited(self, features: tuple[Feature, ...]) -> None:
        """Note what features cite; their properties are free, so this is worth a warning only."""
        for one in features:
            cited = one.properties.get("sources")
            if isinstance(cited, list) and all(isinstance(text, str) for text in cited):
                self.cited.update(cited)

    def _of_rules(
        self, path: str, features: tuple[Feature, ...], rules: Rules | None
    ) -> Iterator[Finding]:
        if rules is None:
            return
        mend = "correct it with pkzone publish --correct, or change the layer's schema"
        try:
            for line in rules.breaches(features):
                yield Finding("schema", path, str(line), mend)
        except CatalogueError as error:
            yield stated("schema", path, error, self.root)

    def _unreadable(self, path: str, version: Version, error: CatalogueError) -> Iterator[Finding]:
        file = self.root / path
        if not os.path.lexists(file):
            self.missing[path] = version
            return
        size = file.stat().st_size if file.is_file() else None
        if size is not None and size < version.size_bytes:
            reason = f"is truncated: {size} of {version.size_bytes} bytes"
            yield Finding("truncated", path, reason, RESTORE)
        elif size is None or size == version.size_bytes or os.access(file, os.R_OK):
            yield Finding("changed", path, "its content is not what was published", RESTORE)
        else:
            yield stated("unreadable", path, error, self.root)

    def _of_strays(self) -> Iterator[Finding]:
        lost = {path: version.sha256 for path, version in self.missing.items()}
        recorded = {*self.paths, *(f"schemas/{name}.json" for name in self.catalogue)}
        recorded |= {manifest.FILE_NAME, "sources.json", "events.json", figures.FILE_NAME}
        layers = set(self.catalogue)
        for stray in strays(self.root, recorded=recorded, layers=layers, missing=lost):
            lost.pop(stray.was, None)
            yield _of_stray(stray)
        for path in lost:
            reason = f"is missing, the file of {self.missing[path].ref}"
            yield Finding("missing", path, reason, RESTORE)

    def _of_lists(self) -> Iterator[Finding]:
        """Find references to sources, events, layers and features that are not there."""
        sources = yield from self._ids("sources")
        events = yield from self._ids("events")
        for event in () if isinstance(events, _Anything) else self.catalogue.events:
            where, path = f"event {event.id}", "events.json"
            yield from _unknown(path, where, "layer", event.layers, self.catalogue)
            yield from _unknown(path, where, "feature", event.features, self.feature_ids)
            yield from _unknown(path, where, "source", event.sources, sources)
        path = manifest.FILE_NAME
        for layer in self.catalogue.layers:
            for record in layer.records:
                yield from _unknown(path, record.ref, "source", record.source_ids, sources)
                yield from _unknown(path, record.ref, "event", record.events, events)
        try:
            for figure in self.catalogue.figures:
                where = f"figure {figure.subject} of {figure.date}"
                yield from _unknown(figures.FILE_NAME, where, "source", figure.source_ids, sources)
        except CatalogueError as error:
            yield stated("figures", figures.FILE_NAME, error, self.root)
        for route in self.catalogue.routes:
            yield from _unknown(path, f"route {route.route}", "source", (route.source,), sources)
        unknown = sorted(source for source in self.cited if source not in sources)
        if unknown:
            named = printable(", ".join(unknown), limit=300)
            reason = f"of the sources that features cite, {len(unknown)} not there: {named}"
            yield Finding("cited", "sources.json", reason, "add them", "warning")

    def _ids(self, which: str) -> Generator[Finding, None, Container[str]]:
        """Return the ids of one list; of one that cannot be read, any."""
        try:
            if which == "sources":
                return {str(one["id"]) for one in self.catalogue.sources}
            return {one.id for one in self.catalogue.events}
        except CatalogueError as error:
            yield stated(which, f"{which}.json", error, self.root)
            return _Anything()


class _Anything(Container[str]):
    """A list that cannot be read: of no id can be said that it lacks it."""

    def __contains__(self, _: object) -> bool:
        return True


def _of_stray(stray: Stray) -> Finding:
    if stray.kind == "temporary":
        reason = "is a temporary file, left by a program that was stopped"
        return Finding(stray.kind, stray.path, reason, "remove it; publishing does", "warning")
    if stray.kind == "interrupted":
        reason = "was left by publishing that was stopped before its end"
        return Finding(stray.kind, stray.path, reason, "publish again, which clears it", "warning")
    if stray.kind == "renamed":
        reason = f"has the content of {stray.was}, which is missing"
        return Finding(stray.kind, stray.path, reason, "rename it back")
    if stray.kind == "link":
        return Finding(stray.kind, stray.path, "is a symbolic link", "remove it")
    reason = "is not recorded in the manifest"
    return Finding(stray.kind, stray.path, reason, "publish it, or move it elsewhere")


def _of_counts(
    path: str, records: list[Version], features: tuple[Feature, ...]
) -> Iterator[Finding]:
    box = manifest_writer.bounds(features)
    for one in records:
        if one.feature_count != len(features) or one.bbox != (tuple(box) if box else None):
            reason = f"its number of features or its extent is not what is recorded for {one.ref}"
            yield Finding("counts", path, reason, RESTORE_MANIFEST)


def _unknown(
    path: str, where: str, what: str, wanted: Iterable[str], known: Container[str]
) -> Iterator[Finding]:
    for name in wanted:
        if name not in known:
            mend = f"add it, or take it out of {path}"
            yield Finding(
                "reference", path, f"{where} names the {what} {name}, which is not there", mend
            )
