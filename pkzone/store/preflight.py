"""Plan a publication: check each file, make it canonical and find its place."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pkzone.errors import (
    CannotPublish,
    CatalogueError,
    GeoJSONError,
    PkzoneError,
    SchemaError,
    printable,
)
from pkzone.geojson import reader
from pkzone.geojson.line_diff import FeatureLines, NotByLinesError, parsed
from pkzone.geojson.model import Feature, FeatureCollection, Notice, gc_paused
from pkzone.geojson.writer import dumps
from pkzone.layers import manifest
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.dates import parse_version_id
from pkzone.layers.json_fields import MAX_JSON_BYTES, Fields, read_bytes, read_json
from pkzone.layers.model import Layer, Version
from pkzone.layers.schemas import Rules
from pkzone.store import manifest_writer
from pkzone.store.ids import ids_on_lines, with_ids

if TYPE_CHECKING:
    from pkzone.compare import Diff

__all__ = ["ADDED", "CORRECTED", "PRESENT", "Given", "Planner", "Request", "Step", "read_manifest"]

ADDED, CORRECTED, PRESENT = "added", "corrected", "present"
_MOST_DOUBTS = 5


@dataclass(frozen=True)
class Request:
    """Options of a publication, the same for every file; see :func:`pkzone.publish`."""

    title: str | None
    recorded: date
    sources: tuple[str, ...] | None = None
    events: tuple[str, ...] | None = None
    id_property: str | Sequence[str] | None = None
    correct: bool = False


class Given(NamedTuple):
    """A file by name and version id, and its features where they are at hand already."""

    name: str
    version_id: str
    features: FeatureCollection | None = None


@dataclass(frozen=True)
class Step:
    """One step of a publication: what it does with one file.

    Attributes
    ----------
    file : str
        The file as it was named.
    outcome : str
        ``added``, ``corrected``, or ``present``: the catalogue has these bytes already.
    version : Version
        The record as it will be, or is; until it is published its file is a draft elsewhere.
    base : Version or None
        The version before, or the record that is corrected.
    shared : bool
        Whether the file of another version, which has the same bytes, serves this one too.
    notices : tuple of str
        What was odd or repaired.
    doubts : tuple of str
        Why the file may be wrong altogether: features far from where they were in ``base``, or
        that fit it with longitude and latitude exchanged. Somebody should look before it is
        published.
    """

    file: str
    outcome: str
    version: Version
    base: Version | None = None
    shared: bool = False
    notices: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    entry: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)

    def diff(self, catalogue: Catalogue | str, *, evidence: bool = True) -> Diff:
        """Return the diff that the version makes; only where it has a ``base``.

        Parameters
        ----------
        catalogue : Catalogue or str
            Where events and places are looked up.
        evidence : bool, optional
            See :func:`pkzone.diff`.
        """
        from pkzone.compare import diff

        if self.base is None:
            raise CannotPublish(f"{self.version.ref} is the first version; nothing was before it")
        return diff(self.base, self.version, catalogue=catalogue, evidence=evidence)


def read_manifest(root: str | Path) -> dict[str, Any]:
    """Return the manifest, found as pkzone sealed it.

    Raises
    ------
    CatalogueError
        It is missing, damaged, or was changed by other hands.
    """
    path = f"{root}/{manifest.FILE_NAME}"
    data = read_bytes(path, max_bytes=MAX_JSON_BYTES)
    value = read_json(path, unique_keys=False)
    if not isinstance(value, dict) or not manifest_writer.is_sealed(value, data):
        raise CatalogueError(
            f"{path}: was edited outside pkzone; look at it with 'pkzone verify', "
            "and if the change is right, accept it with 'pkzone verify --accept'"
        )
    return value


class Planner:
    """A plan: what the layer has, and what each file adds; nothing in the catalogue changes.

    Parameters
    ----------
    catalogue : Catalogue
        As it is.
    layer : Layer
        The layer to publish to; a new one is not in the catalogue yet.
    schema : mapping
        The JSON Schema of its features.
    request : Request
        What is asked for.
    drafts : Path
        A folder for the new files; only one is in memory at a time.

    Raises
    ------
    SourceNotFound, EventNotFound
        A source or an event is not known.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        layer: Layer,
        schema: Mapping[str, Any],
        request: Request,
        drafts: Path,
    ) -> None:
        self.catalogue = catalogue
        self.layer = layer
        self.rules = Rules(schema)
        self.request = request
        self.drafts = drafts
        self.versions = {one.id: one for one in layer.versions}
        self.withdrawn = {one.id: one for one in layer.records if one.id not in self.versions}
        self.order = [(parse_version_id(one), one) for one in self.versions]
        self.files = {one.sha256: one.file for one in layer.records}
        self.drafted: list[Version] = []
        self.ids: dict[str, set[str]] = {}  # of files by their hash, once they are needed
        self.cited = [dict(catalogue.source(one)) for one in request.sources or ()]
        for one in request.events or ():
            catalogue.event(one)

    def steps(self, files: Sequence[Given], faults: list[PkzoneError]) -> Iterator[Step]:
        """Yield the step for each file that is sound, oldest version first.

        Why others are refused is added to `faults`: a version that exists with other bytes or
        that cannot be corrected as there is none, a file that is no GeoJSON or breaks the schema.
        """
        for given in sorted(files, key=lambda one: parse_version_id(one.version_id)):
            try:
                step = self._step(*given)
            except (CannotPublish, GeoJSONError, SchemaError) as error:
                faults.append(error)
                continue
            if step.outcome != PRESENT:
                self._note(step.version)
            yield step

    @gc_paused()
    def _step(self, name: str, version_id: str, given: FeatureCollection | None) -> Step:
        known = self.versions.get(version_id) or self.withdrawn.get(version_id)
        if self.request.correct and known is None:
            raise CannotPublish(
                f"{name}: {self.layer.name} has no version {version_id} to correct; "
                "publish it without --correct"
            )
        base = known or self._before(version_id)
        asked = self.request.id_property
        if given is None:
            given = reader.read(name, ids_unique=asked is None, check_validity=False)
        identified = with_ids(
            given,
            file=name,
            id_property=asked,
            before=lambda: base.features().features if base else (),
            used=self._used_ids,
        )
        features = identified.features
        data = dumps(features, name=name)
        self.rules.check(features, name=name)
        notices = tuple(dict.fromkeys(map(str, identified.notices)))
        digest = sha256(data).hexdigest()
        if known is not None and known.withdrawn and not self.request.correct:
            raise CannotPublish(
                f"{name}: {known.ref} was withdrawn on {known.recorded}; "
                "publish it again as a further record with --correct"
            )
        if known is not None and known.sha256 == digest and not self._says_more(known):
            return Step(name, PRESENT, known, notices=notices)
        if known is not None and not self.request.correct:
            raise CannotPublish(
                f"{name}: {known.ref} exists with other content, and a version never changes; "
                f"record a correction of it with --correct, or publish a second state of that "
                f"day with --from {self._next_of_day(version_id)}"
            )
        return self._draft(name, version_id, known, base, features, data, notices)

    def _says_more(self, known: Version) -> bool:
        """Return whether a correction of the same bytes corrects what is said of them."""
        asked = self.request
        return asked.correct and (
            bool(known.withdrawn)
            or (asked.title is not None and asked.title != known.title)
            or (asked.sources is not None and set(asked.sources) != set(known.source_ids))
            or (asked.events is not None and asked.events != known.events)
        )

    def _draft(
        self,
        name: str,
        version_id: str,
        known: Version | None,
        base: Version | None,
        features: Sequence[Feature],
        data: bytes,
        notices: tuple[str, ...],
    ) -> Step:
        record = known.record + 1 if known else 1
        if known and self.request.recorded < known.recorded:
            raise CannotPublish(
                f"{name}: record {record} of {known.ref} cannot be recorded on "
                f"{self.request.recorded}, before record {known.record} of {known.recorded}"
            )
        own_path = manifest_writer.record_path(self.layer.name, version_id, record)
        digest = sha256(data).hexdigest()
        path = self.files.get(digest, own_path)
        if path == own_path:
            target = self.drafts / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        entry = manifest_writer.resource(
            layer=self.layer.name,
            version=version_id,
            record=record,
            path=path,
            data=data,
            features=features,
            title=self._title(name, version_id, known),
            recorded=self.request.recorded.isoformat(),
            events=self._events(known),
            sources=self._sources(known),
            licenses=[one._asdict() for one in known.licenses]
            if known and known.licenses != self.catalogue.licenses
            else (),
        )
        drafted = (self.drafts / path).is_file()
        root = str(self.drafts) if drafted else str(self.catalogue.root)
        version = manifest.version_of(Fields(entry, name), root, self.catalogue.licenses)
        outcome = CORRECTED if known else ADDED
        earlier = base and self._located(base)
        doubts: tuple[str, ...] = ()
        if earlier and earlier.sha256 != digest:
            doubts = _doubts(name, earlier, features, data)
        return Step(name, outcome, version, base, path != own_path, notices, doubts, entry)

    def _title(self, name: str, version_id: str, known: Version | None) -> str:
        if self.request.title is None:
            if known is None:
                raise CannotPublish(f"{name}: {version_id} needs a title; give it with --title")
            return known.title
        return self.request.title.replace("{date}", version_id)

    def _events(self, known: Version | None) -> Sequence[str]:
        if self.request.events is None:
            return known.events if known else ()
        return self.request.events

    def _sources(self, known: Version | None) -> list[dict[str, Any]]:
        if self.request.sources is None and known:
            return [dict(self.catalogue.source(one)) for one in known.source_ids]
        return self.cited

    def _note(self, version: Version) -> None:
        if version.id not in self.versions:
            insort(self.order, (parse_version_id(version.id), version.id))
        self.versions[version.id] = version
        self.files.setdefault(version.sha256, version.file)
        if version.root == str(self.drafts):
            self.drafted.append(version)

    def _before(self, version_id: str) -> Version | None:
        place = bisect_left(self.order, (parse_version_id(version_id), version_id))
        return self.versions[self.order[place - 1][1]] if place else None

    def _located(self, version: Version) -> Version | None:
        """Return a version, or the newest one before it that has features in some place."""
        key = (parse_version_id(version.id), version.id)
        ids = (one for _, one in reversed(self.order[: bisect_left(self.order, key)]))
        candidates = (version, *map(self.versions.__getitem__, ids))
        return next((one for one in candidates if one.bbox), None)

    def _next_of_day(self, version_id: str) -> str:
        day = version_id[:10]
        numbers = [parse_version_id(one)[1] for one in self.versions if one[:10] == day]
        return f"{day}.{max(numbers) + 1}"

    def _used_ids(self) -> set[str]:
        for one in (*self.layer.records, *self.drafted):
            if one.sha256 not in self.ids:
                self.ids[one.sha256] = ids_on_lines(one.read_bytes())
        return set().union(*self.ids.values())


def _doubts(name: str, base: Version, features: Sequence[Feature], data: bytes) -> tuple[str, ...]:
    """Return which features lie where they hardly can, by the version before."""
    from pkzone.checks.displaced import displaced

    try:
        before, unchanged = _changed(base, data)
    except (CatalogueError, GeoJSONError):  # damaged, which may be why it is corrected
        return ()
    labels = {str(one.id) for one in before}
    after = [one for one in features if str(one.id) in labels] if unchanged else features
    found = displaced(before, after, base, unchanged=unchanged)
    doubts = [str(Notice(one.code, name, one.feature, one.message)) for one in found]
    if len(doubts) > _MOST_DOUBTS:
        more = len(doubts) - _MOST_DOUBTS
        doubts[_MOST_DOUBTS:] = [
            f"{printable(name, None)}: {more:,} more of its features lie so; pkzone check --layer "
            f"{base.layer} lists them"
        ]
    return tuple(doubts)


def _changed(base: Version, data: bytes) -> tuple[Sequence[Feature], int]:
    """Return the features of a version whose lines a new file has not, and how many it has."""
    try:
        lines = list(FeatureLines(BytesIO(base.read_bytes())))
        kept = set(FeatureLines(BytesIO(data)))
        before = parsed([line for line in lines if line not in kept], base.file)
    except NotByLinesError:  # written by other hands
        return base.features().features, 0
    return before, len(lines) - len(before)
