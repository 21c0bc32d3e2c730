"""Verify a catalogue: hold manifest, files and lists against each other."""

from __future__ import annotations

import os
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass, fields
from fnmatch import fnmatch
from hashlib import sha256
from itertools import accumulate, groupby, pairwise
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from pkzone.errors import CannotPublish, CatalogueError, CatalogueLocked, PkzoneError, printable
from pkzone.files.atomic import TEMPORARY_GLOB
from pkzone.files.inputs import read_regular
from pkzone.geojson import reader
from pkzone.geojson.writer import dumps
from pkzone.layers import figures, manifest, translations
from pkzone.layers.catalogue import SHIPPED, Catalogue
from pkzone.layers.json_fields import MAX_JSON_BYTES, read_bytes, read_json
from pkzone.layers.model import Event, Layer, Version
from pkzone.layers.schemas import Rules, read_schema
from pkzone.store import manifest_writer, transaction
from pkzone.store.known_lines import KnownLine, KnownLines, facts_of
from pkzone.table import Column, Table

__all__ = ["FileCheck", "Finding", "Verification", "accept", "records_out_of_order", "verify"]

_PAUSE_S = 0.05
_MOST_NAMES = 5
_BATCH_BYTES = 16_000_000
_RESTORE = "restore the file from a good copy"
_RESTORE_MANIFEST = "restore the manifest from a good copy"
#: What is said of a file that is not recorded, and how to fix it.
_STRAYS = {
    "temporary": (
        "is a temporary file, left by a program that was stopped",
        "remove it; publishing does",
    ),
    "interrupted": (
        "was left by a change that was stopped before its end",
        "publish, or change anything else, which clears it",
    ),
    "unfinished": (
        "is still to be replaced, by a change that was stopped before its end",
        "publish, or change anything else, which completes it",
    ),
    "renamed": ("has the content of {was}, which is missing", "rename it back"),
    "link": ("is a symbolic link", "remove it"),
    "extra": ("is not recorded in the manifest", "publish it, or move it elsewhere"),
}


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
        What was found, and how to fix it.
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


_COLUMNS = tuple(Column(one.name) for one in fields(Finding))


@dataclass(frozen=True)
class Verification:
    """Result of verifying a catalogue.

    Attributes
    ----------
    root : str
        Its folder.
    versions, files : int
        How many versions and version files were looked at.
    findings : tuple of Finding
        What is wrong, by path.
    """

    root: str
    versions: int
    files: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing but warnings was found."""
        return all(one.severity == "warning" for one in self.findings)

    @property
    def table(self) -> Table:
        """The findings as rows, with what was looked at."""
        about = {
            "catalogue": self.root,
            "ok": self.ok,
            "versions": self.versions,
            "files": self.files,
        }
        return Table("verify", _COLUMNS, tuple(map(astuple, self.findings)), about)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON types, by the schema ``pkzone.verify/1``."""
        return self.table.to_dict()


def verify(
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    *,
    lock_timeout: float = transaction.TIMEOUT_S,
) -> Verification:
    """Return everything that is missing, extra, changed or inconsistent in a catalogue.

    Nothing is written and no writer is kept waiting: where one is at work, the catalogue is
    looked at again until it has finished.

    Parameters
    ----------
    catalogue : Catalogue, str or os.PathLike, optional
        The catalogue or its folder; without it the one that pkzone ships.
    lock_timeout : float, optional
        Seconds to wait for another process that is publishing.

    Raises
    ------
    CatalogueLocked
        Another process did not finish in time.

    Examples
    --------
    >>> import pkzone
    >>> pkzone.verify().ok
    True
    """
    root = Path(catalogue.root if isinstance(catalogue, Catalogue) else catalogue or SHIPPED)
    deadline = monotonic() + lock_timeout
    while True:
        before = _state(root)
        result = _verification(root)
        unfinished = any(one.code in ("temporary", "interrupted") for one in result.findings)
        if _state(root) == before and not (unfinished and transaction.is_locked(root)):
            return result
        if monotonic() > deadline:
            raise CatalogueLocked(
                f"{root}: another process is writing to the catalogue and did not finish within "
                f"{lock_timeout:g} s; try again when it has"
            )
        sleep(_PAUSE_S)


def _state(root: Path) -> tuple[int, ...]:
    """Return a stamp that every change of a catalogue alters: times of its manifest and folder."""
    with suppress(OSError, ValueError):  # ValueError: a name that none can have
        manifest_file, folder = (root / manifest.FILE_NAME).stat(), root.stat()
        return manifest_file.st_ino, manifest_file.st_mtime_ns, folder.st_mtime_ns
    return ()


def _verification(root: Path) -> Verification:
    findings = list(_of_manifest(root))
    try:
        opened = Catalogue(root)
    except CatalogueError as error:
        if not any(finding.code == "manifest" for finding in findings):
            findings.append(_stated("manifest", manifest.FILE_NAME, error, root))
        return Verification(str(root), 0, 0, tuple(findings))
    checks = FileCheck(opened, root)
    findings += checks.findings()
    findings += records_out_of_order(opened.layers)
    versions = sum(len(layer.versions) for layer in opened.layers)
    ordered = sorted(set(findings), key=lambda each: (each.path, each.code, each.message))
    return Verification(str(root), versions, len(checks.paths), tuple(ordered))


def accept(root: str | os.PathLike[str], *, lock_timeout: float = transaction.TIMEOUT_S) -> None:
    """Take a manifest that was edited by hand for right: seal it anew, in its one form.

    Raises
    ------
    CannotPublish
        Something else is wrong with the catalogue.
    CatalogueError, CatalogueLocked, OutputError
        It cannot be opened, locked or written.
    """
    Catalogue(root)
    with transaction.locked(os.fspath(root), timeout=lock_timeout):
        for one in _verification(Path(root)).findings:
            if one.severity != "warning" and one.code != "seal":
                raise CannotPublish(f"{one}. The manifest was not accepted")
        value: Any = read_json(f"{os.fspath(root)}/{manifest.FILE_NAME}")
        transaction.commit(os.fspath(root), {}, manifest_writer.dumps(value))


def _of_manifest(root: Path) -> Iterator[Finding]:
    """Find what is wrong with the manifest as a file."""
    path = root / manifest.FILE_NAME
    if path.is_symlink():
        yield Finding("link", path.name, "is a symbolic link", "put the file itself in its place")
    try:
        value = read_json(path)
        data = read_bytes(path, max_bytes=MAX_JSON_BYTES)
    except CatalogueError as error:
        yield _stated("manifest", path.name, error, root)
        return
    if not isinstance(value, dict):
        return  # opening it says so
    mend = "if you edited it on purpose: pkzone verify --accept; else " + _RESTORE
    if not manifest_writer.is_sealed(value, data):
        unlike = "its content is not what its seal records"
        found = unlike if manifest_writer.SEAL in value else "it has no seal"
        yield Finding("seal", path.name, found, mend)
    resources = value.get("resources")
    for one in resources if isinstance(resources, list) else ():
        if isinstance(one, dict) and "valid_to" in one:
            reason = f"{one.get('name')} states an end, which may overlap with the next version"
            yield Finding("overlap", path.name, reason, "take out its valid_to")


def records_out_of_order(layers: Iterable[Layer]) -> Iterator[Finding]:
    """Find versions of which records are missing, or older than the one before."""
    name = manifest.FILE_NAME
    for layer in layers:
        numbers: dict[str, list[Version]] = {}
        for record in layer.records:
            numbers.setdefault(record.id, []).append(record)
        for version_id, records in numbers.items():
            ref = f"{layer.name}@{version_id}"
            if [earlier.record for earlier in records] != list(range(1, len(records) + 1)):
                listed = ", ".join(str(earlier.record) for earlier in records)
                yield Finding("records", name, f"{ref} has the records {listed}", _RESTORE_MANIFEST)
            for earlier, later in pairwise(records):
                if later.recorded < earlier.recorded:
                    reason = (
                        f"record {later.record} of {ref} is older ({later.recorded}) than "
                        f"record {earlier.record} ({earlier.recorded})"
                    )
                    yield Finding("records", name, reason, _RESTORE_MANIFEST)


def _stated(code: str, path: str, error: PkzoneError, root: Path) -> Finding:
    """Return an error as a finding: its text says what and, after the semicolon, the remedy."""
    text = str(error).removeprefix(f"{root}/").removeprefix(f"{path}: ")
    message, _, remedy = text.rpartition("; ")
    return Finding(code, path, message or text, remedy if message else _RESTORE)


def _content(version: Version) -> bytes | CatalogueError:
    try:
        return version.read_bytes()
    except CatalogueError as error:
        return error


def _breach(path: str, reason: str) -> Finding:
    mend = "correct it with pkzone publish --correct, or change the layer's schema"
    return Finding("schema", path, reason, mend)


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
        self.words: set[str] = set()

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong with the files, the strays and the lists."""
        for layer in self.catalogue.layers:
            yield from self._of_layer(layer)
        yield from self._of_strays()
        yield from self._of_lists()
        yield from self._of_translations()

    def _of_layer(self, layer: Layer) -> Iterator[Finding]:
        schema = f"schemas/{layer.name}.json"
        rules = None
        try:
            if layer.records or (self.root / schema).exists():
                rules = Rules(read_schema(self.root / schema))
        except CatalogueError as error:
            yield _stated("schema", schema, error, self.root)
        yield from self._of_files(layer.name, KnownLines(rules))

    def _of_files(self, layer: str, known: KnownLines) -> Iterator[Finding]:
        """Find what is wrong with the files of a layer, of which some are read at a time."""
        paths = [path for path, records in self.paths.items() if records[0].layer == layer]
        ends = accumulate(self.paths[path][0].size_bytes for path in paths)
        for _, some in groupby(zip(paths, ends, strict=True), lambda one: one[1] // _BATCH_BYTES):
            contents = {path: _content(self.paths[path][0]) for path, _ in some}
            known.learn(data for data in contents.values() if isinstance(data, bytes))
            for path, data in contents.items():
                yield from self._of_path(path)
                if isinstance(data, bytes):
                    yield from self._of_file(path, data, known)
                else:
                    yield from self._unreadable(path, data)

    def _of_path(self, path: str) -> Iterator[Finding]:
        records = self.paths[path]
        first = records[0]
        for record in records:
            if (record.sha256, record.layer) != (first.sha256, first.layer):
                reason = f"serves {first.ref} and {record.ref}, which are not the same"
                yield Finding("overlap", path, reason, _RESTORE_MANIFEST)
        own = {manifest_writer.record_path(one.layer, one.id, one.record) for one in records}
        if path not in own:
            reason = f"is recorded for {first.ref}, whose file is {sorted(own)[0]}"
            yield Finding("renamed", path, reason, _RESTORE_MANIFEST)

    def _of_file(self, path: str, data: bytes, known: KnownLines) -> Iterator[Finding]:
        lines = known.of(data)
        if lines is not None:
            yield from self._of_features(path, lines)
            return
        try:
            collection = reader.parse(data, name=path, ids_required=True, check_validity=False)
            if dumps(collection.features, name=path) != data:
                yield Finding("form", path, "is not in the canonical form", "publish it anew")
        except PkzoneError as error:
            yield _stated("content", path, error, self.root)
            return
        features = collection.features
        yield from self._of_features(path, list(facts_of(features)))
        try:
            for breach in known.rules.breaches(features) if known.rules else ():
                yield _breach(path, str(breach))
        except CatalogueError as error:
            yield _stated("schema", path, error, self.root)

    def _of_features(self, path: str, features: list[KnownLine]) -> Iterator[Finding]:
        records = self.paths[path]
        box = manifest_writer.united(one.box for one in features)
        recorded = (len(features), tuple(box) if box else None)
        for record in records:
            if (record.feature_count, record.bbox) != recorded:
                reason = (
                    f"its number of features or its extent is not what is recorded for {record.ref}"
                )
                yield Finding("counts", path, reason, _RESTORE_MANIFEST)
        for one in features:
            self.feature_ids.add(f"{records[0].layer}/{one.id}")
            self.words.update(one.words)
            self.cited.update(one.cited)  # worth a warning only: properties are free
            for breach in one.breaches:
                yield _breach(path, breach)

    def _unreadable(self, path: str, error: CatalogueError) -> Iterator[Finding]:
        version, file = self.paths[path][0], self.root / path
        if not os.path.lexists(file):
            self.missing[path] = version
            return
        size = file.stat().st_size if file.is_file() else None
        if size is not None and size < version.size_bytes:
            reason = f"is truncated: {size} of {version.size_bytes} bytes"
            yield Finding("truncated", path, reason, _RESTORE)
        elif size is None or size == version.size_bytes or os.access(file, os.R_OK):
            yield Finding("changed", path, "its content is not what was published", _RESTORE)
        else:
            yield _stated("unreadable", path, error, self.root)

    def _of_strays(self) -> Iterator[Finding]:
        """Find what is not recorded where only recorded files belong, and what is not there.

        Such places are the folders of layers and of schemas, and anywhere for GeoJSON. Beside the
        manifest people may keep what they like; hidden files are left alone.
        """
        recorded = {*self.paths, *(f"schemas/{name}.json" for name in self.catalogue)}
        recorded |= {manifest.FILE_NAME, "sources.json", "events.json", figures.FILE_NAME}
        was = {version.sha256: path for path, version in self.missing.items()}
        announced = transaction.leftovers(self.root)
        lost = dict(self.missing)
        for path, file in _files(self.root, set(self.catalogue)):
            digest = None
            if fnmatch(file.name, TEMPORARY_GLOB):
                kind = "temporary"
            elif path in recorded or file.name.startswith("."):
                continue
            elif file.is_symlink():
                kind = "link"
            elif "/" in path or file.suffix.lower() == ".geojson":
                digest = _digest(file)
                kind = "renamed" if digest in was else "extra"
                if digest is not None and announced.get(path) == digest:
                    kind = "interrupted"
            else:
                continue
            reason, mend = _STRAYS[kind]
            if kind == "renamed":
                reason = reason.format(was=was[str(digest)])
                lost.pop(was[str(digest)], None)
            severity = "warning" if kind in ("temporary", "interrupted") else "error"
            yield Finding(kind, path, reason, mend, severity)
        for path, version in lost.items():
            yield Finding("missing", path, f"is missing, the file of {version.ref}", _RESTORE)

    def _of_lists(self) -> Iterator[Finding]:
        """Find references to sources, events, layers and features that are not there."""
        sources = yield from self._ids("sources")
        events = yield from self._ids("events")
        left = transaction.unfinished(self.root)
        for replaced in left:
            yield Finding("interrupted", replaced, *_STRAYS["unfinished"], "warning")
        for event in () if events is None else self._events(left.get("events.json")):
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
            yield _stated("figures", figures.FILE_NAME, error, self.root)
        for route in self.catalogue.routes:
            yield from _unknown(path, f"route {route.route}", "source", (route.source,), sources)
        unknown = [] if sources is None else sorted(self.cited - sources)
        if unknown:
            named = printable(", ".join(unknown), limit=300)
            reason = f"of the sources that features cite, {len(unknown)} not there: {named}"
            yield Finding("cited", "sources.json", reason, "add them", "warning")

    def _of_translations(self) -> Iterator[Finding]:
        """Find texts that are not translated, and translations of texts that are not there."""
        listed = self.catalogue.translated
        for language in listed:
            path = translations.file_name(language)
            try:
                known = translations.read(str(self.root), language).texts
            except CatalogueError as error:
                yield _stated("translation", path, error, self.root)
                continue
            with suppress(CatalogueError):  # of the lists, of which it is said
                asked = translations.texts_asked_for(self.catalogue)
                used = translations.texts_known(self.catalogue)
                mend = f"translate them; pkzone translate {language} brings them in"
                yield from _some(
                    "untranslated", path, "not translated", asked.keys() - known.keys(), mend
                )
                mend = f"pkzone translate {language} takes them out"
                yield from _some(
                    "unused", path, "no longer there", known.keys() - used - self.words, mend
                )
        for file in sorted(self.root.glob(translations.file_name("*"))):
            code = file.name.split(".")[1]
            if code not in listed and manifest.LANGUAGE_CODE.fullmatch(code):
                reason, mend = "is not listed in the manifest", f"pkzone translate {code} lists it"
                yield Finding("unlisted", file.name, reason, mend, "warning")

    def _events(self, instead: Path | None) -> tuple[Event, ...]:
        """Return the events, read from another file where a broken-off change left them there."""
        return manifest.events(str(instead)) if instead else self.catalogue.events

    def _ids(self, which: str) -> Generator[Finding, None, set[str] | None]:
        """Return the ids of one list; None where it cannot be read, and nothing can be missing."""
        try:
            if which == "sources":
                return {str(one["id"]) for one in self.catalogue.sources}
            return {one.id for one in self.catalogue.events}
        except CatalogueError as error:
            yield _stated(which, f"{which}.json", error, self.root)
            return None


def _some(code: str, path: str, what: str, texts: Collection[str], mend: str) -> Iterator[Finding]:
    """Find texts of a catalogue, if there are any, and name the first of them."""
    if texts:
        quoted = [f"'{printable(text, limit=60)}'" for text in sorted(texts)]
        named = ", ".join(quoted[:_MOST_NAMES]) + (" ..." if len(texts) > _MOST_NAMES else "")
        reason = f"of its texts, {len(texts)} {what}: {named}"
        yield Finding(code, path, reason, mend, "warning")


def _unknown(
    path: str, where: str, what: str, wanted: Iterable[str], known: Collection[str] | None
) -> Iterator[Finding]:
    for name in wanted:
        if known is not None and name not in known:
            mend = f"{_instead(what, name, known)}, or take it out of {path}"
            yield Finding(
                "reference", path, f"{where} names the {what} {name}, which is not there", mend
            )


def _instead(what: str, name: str, known: Collection[str]) -> str:
    """Return what to do where a name is none: a layer may have been renamed, and is not begun."""
    if what == "layer":
        near = list(known)
    elif what == "feature":
        near = [one for one in known if one.partition("/")[2] == name.partition("/")[2]]
    else:
        return "add it"
    listed = printable(" or ".join(sorted(near)[:_MOST_NAMES]))
    return f"write {listed}, if that is its name now" if near else "correct the name"
