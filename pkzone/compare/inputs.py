"""Inputs of a diff: a version, a file, a frame or features on either side, opened once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import cached_property
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from pkzone.compare.file_versions import FileVersion
from pkzone.compare.memo import once
from pkzone.compare.result import SideInfo
from pkzone.errors import (
    BadId,
    BadOption,
    BadReference,
    DuplicateId,
    FileNotThere,
    GeoJSONError,
    Unreadable,
    printable,
)
from pkzone.files.inputs import open_regular, read_at_most, read_stdin
from pkzone.formats.any_file import as_geojson, holds_layers, is_imported
from pkzone.geojson import line_diff, reader
from pkzone.geojson.geometry import check_geometry
from pkzone.geojson.line_diff import FeatureLines, NotByLinesError
from pkzone.geojson.model import MAX_BYTES, Feature, FeatureCollection, Notice, Report
from pkzone.i18n.messages import Translatable
from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.layers.identity import (
    AUTO,
    ID,
    LACKS_PROPERTY,
    IdProperty,
    identified,
    key_reader,
    known_as,
    option_of,
    properties_of,
    refuse_twins,
)
from pkzone.layers.model import CachedVersion, Version
from pkzone.layers.references import FileReference, is_frame, parse
from pkzone.revisions.names import is_state

if TYPE_CHECKING:
    import hashlib

    import geopandas as gpd

__all__ = ["Comparable", "DiffInput", "DiffInputs", "checked"]

Comparable: TypeAlias = "str | os.PathLike[str] | Version | FeatureCollection | gpd.GeoDataFrame"
CatalogueLike: TypeAlias = Catalogue | str | os.PathLike[str] | None

_FRAME = "<frame>"
_LINES_AT_ONCE = 500
_SOUGHT = frozenset(("route", "controller"))  # by their names, among the properties


class DiffInput(AbstractContextManager["DiffInput"]):
    """One side of a diff.

    A file is opened once; from then on that open file is read, whatever becomes of its name. A
    version's content is held against the recorded hash each time that it is read.

    Parameters
    ----------
    info : SideInfo
        What was asked for.
    name : str
        What errors and notices call it.
    collection : FeatureCollection, optional
        The features, where they are at hand.
    stream : binary file, optional
        Where they have to be read from.
    version : Version, optional
        The version that the stream belongs to.
    id_property : str, optional
        The property that takes the place of the features' ids; see `identified`.
    imported : sequence of Notice, optional
        What was said when the stream was made of a file of another format.
    """

    def __init__(
        self,
        info: SideInfo,
        name: str,
        *,
        collection: FeatureCollection | None = None,
        stream: BinaryIO | None = None,
        version: Version | None = None,
        id_property: str | None = None,
        imported: Sequence[Notice] = (),
    ) -> None:
        self.info = info
        self.name = name
        self.version = version
        self.is_frame = False
        self.drops_nulls = False
        self._given = collection
        self._stream = stream
        self._ask_for(id_property)
        self._known_by: str | None = None
        self._imported = tuple(imported)
        self._notices: tuple[Notice, ...] = ()
        # where a file is compared by lines: it without its features, each of these on a line of
        # ours, and those that were parsed by their lines
        self._frame = b""
        self._rewritten: list[bytes] | None = None
        self._packing: tuple[Notice, ...] = ()
        self._kept: dict[bytes, list[Feature]] | None = None
        self._present: set[str] = set()  # of `_SOUGHT`, and the id, what some feature has

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()

    @property
    def is_streamed(self) -> bool:
        """Whether the side can be read line by line, should each feature have its own."""
        return self._stream is not None

    def lines(self) -> Iterator[bytes]:
        """Yield the line of each feature; at the end the content has been found untouched.

        Raises
        ------
        NotByLinesError
            The layout is another, or the content of a version is not the recorded one.
        """
        from hashlib import sha256

        if self._rewritten is not None:
            yield from self._rewritten
            return
        if self._stream is None:
            raise NotByLinesError
        self._stream.seek(0)
        digest = sha256()
        lines = FeatureLines(self._stream, digest.update if self.version else None)
        yield from lines
        self._expect(digest)
        self._frame = lines.frame

    def rewrite(self) -> None:
        """Give each feature of a file in another layout a line.

        Raises
        ------
        NotByLinesError
            It takes the strict reader to read it.
        """
        from hashlib import sha256

        if self._stream is None:
            raise NotByLinesError
        self._stream.seek(0)
        data = read_at_most(self._stream, MAX_BYTES + 1)
        if self.version is not None:
            self._expect(sha256(data))
        report = Report(self.name)
        self._frame, self._rewritten = line_diff.rewritten(data, report)
        self._packing = tuple(report.notices)

    def _expect(self, digest: hashlib._Hash) -> None:
        if self.version is not None and digest.hexdigest() != self.version.sha256:
            raise NotByLinesError

    def look(self, line: bytes) -> Feature:
        """Return what can be the id of the feature on a line, and what `having` is asked for."""
        return line_diff.glance(line, self._glanced_at)

    def identify(self, seen: Sequence[Feature]) -> list[str | int | None]:
        """Return the ids that the features of a side are known by, by a look at each line.

        Raises
        ------
        NotByLinesError
            Some have an id and others not, or it takes the whole file to say.
        """
        try:
            known = identified(
                FeatureCollection(tuple(seen), ()), self.name, id_property=self._asked
            )
        except GeoJSONError:
            raise NotByLinesError from None
        self._present = set().union(*(one.properties for one in seen))
        ids = [one.id for one in known.features]
        lost = any(
            one.id is None and before.id is not None
            for one, before in zip(known.features, seen, strict=True)
        )
        if lost or 0 < ids.count(None) < len(ids):
            raise NotByLinesError
        moved = bool(seen) and seen[0].id != ids[0]
        self._known_by = self._asked or (ID if moved else None)
        told = (*self._packing, *line_diff.frame_notices(self._frame, self.name), *known.notices)
        self._notices = FeatureCollection((), told).on_the_whole()
        return ids

    def keep(self, lines: Sequence[bytes]) -> list[Feature]:
        """Return the features that are parsed from lines, with their ids, to be met again."""
        features = list(map(self._known, line_diff.parsed(lines, self.name)))
        self._kept = {}
        for line, feature in zip(lines, features, strict=True):
            self._kept.setdefault(line, []).append(feature)
        return features

    def _known(self, feature: Feature) -> Feature:
        name = self._known_by
        value = None if name is None else self._key(feature.properties)
        return feature if name is None or value is None else known_as(value, feature, name)

    @cached_property
    def collection(self) -> FeatureCollection:
        """All features, read strictly, with the ids that they are known by.

        Raises
        ------
        GeoJSONError, HashMismatch, CatalogueError
            The file is refused.
        """
        features = self._given if self._given is not None else self._read()
        if self.drops_nulls:
            features = _without_nulls(features)
        return identified(features, self.name, id_property=self._asked)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Notices about the file as a whole."""
        own = self.collection.on_the_whole() if self.was_read else self._notices
        return (*self._imported, *own)

    @property
    def lacks_property(self) -> bool:
        """Whether there are features, and none has the property that was asked for."""
        return any(notice.code == LACKS_PROPERTY for notice in self.notices)

    @property
    def _asked(self) -> str | None:
        """The property that was asked for by its name."""
        return None if self.id_property == AUTO else self.id_property

    def take_ids_from(self, name: str) -> None:
        """Identify features by a property from now on."""
        self._ask_for(option_of([name]))
        vars(self).pop("collection", None)

    def _ask_for(self, id_property: str | None) -> None:
        """Note what ids are made of, and what a look at a line has to see for that."""
        self.id_property = id_property
        names = (ID,) if self._asked is None else properties_of(self._asked)
        self._key = key_reader(names)
        self._glanced_at = _SOUGHT.union(names)

    @property
    def was_read(self) -> bool:
        """Whether the whole side was read strictly."""
        return "collection" in vars(self)

    def features(self, wanted: Callable[[bytes], bool] = lambda line: True) -> Iterable[Feature]:
        """Return the features on wanted lines, a few at a time in memory.

        All features, where the file was not compared by lines.

        Raises
        ------
        GeoJSONError, HashMismatch, CatalogueError
            The file is refused.
        """
        if self.was_read or self._kept is None:
            return self.collection.features
        return self._on_lines(wanted, self._kept)

    def _on_lines(
        self, wanted: Callable[[bytes], bool], parsed: Mapping[bytes, list[Feature]]
    ) -> Iterator[Feature]:
        kept = {line: iter(found) for line, found in parsed.items()}
        with self._untouched():
            left = filter(wanted, self.lines())
            while lines := list(islice(left, _LINES_AT_ONCE)):
                known = [next(kept[line], None) if line in kept else None for line in lines]
                rest = [line for line, one in zip(lines, known, strict=True) if one is None]
                fresh = map(self._known, line_diff.parsed(rest, self.name))
                yield from (one or next(fresh) for one in known)

    def having(self, *names: str) -> Sequence[Feature]:
        """Return the features that have one of some properties.

        The file is not read again for one that a look at each line has found nowhere.
        """
        by_lines = self._kept is not None and not self.was_read
        if by_lines and _SOUGHT.issuperset(names) and self._present.isdisjoint(names):
            return ()
        return _having(
            self.features(lambda line: any(line_diff.has_property(line, one) for one in names)),
            *names,
        )

    def properties(self) -> Sequence[Feature]:
        """Return all features with their ids and properties, perhaps without their geometries."""
        if self.was_read or self._kept is None:
            return self.collection.features
        with self._untouched():
            return [self._known(line_diff.glance(line, None)) for line in self.lines()]

    @contextmanager
    def _untouched(self) -> Iterator[None]:
        """Refuse a file that changes under our hands; let the strict reader judge it first."""
        try:
            yield
        except NotByLinesError:
            known = self.collection.features
            raise Unreadable(
                self.name,
                f"changed while it was read; it now has {len(known)} features: compare it again",
            ) from None

    def _read(self) -> FeatureCollection:
        if self.version is not None:
            return self.version.features()
        if self._stream is None:  # it could not be opened: the reader knows how to say why
            return reader.read(self.name, check_validity=False)
        self._stream.seek(0)
        data = read_at_most(self._stream, MAX_BYTES + 1)
        strict = self.id_property is None
        try:
            return reader.parse(data, name=self.name, ids_unique=strict, check_validity=False)
        except DuplicateId as error:
            reason = f"{error.reason}; --id PROPERTY tells features apart by a property"
            raise DuplicateId(error.file, reason, error.feature) from None


@once
def _having(features: Iterable[Feature], *names: str) -> Sequence[Feature]:
    return [one for one in features if not one.properties.keys().isdisjoint(names)]


class DiffInputs(AbstractContextManager["DiffInputs"]):
    """Both sides of a diff and the catalogue that their references are looked up in.

    Parameters
    ----------
    base, target : str, os.PathLike, Version, FeatureCollection or GeoDataFrame
        What is compared.
    catalogue : Catalogue, str or os.PathLike, optional
        The catalogue or its folder; without it the one that pkzone ships.
    id_property : str or sequence of str, optional
        The property that tells features apart, or several; see `properties_of`.
    across : bool, optional
        Whether versions of two layers may be compared.
    layers : sequence of str, optional
        The layers to read of a file that holds several.

    Raises
    ------
    PkzoneError
        A reference names nothing, a file cannot be opened, features are not sound, or two layers
        are compared unasked.
    """

    def __init__(
        self,
        base: Any,
        target: Any,
        *,
        catalogue: CatalogueLike = None,
        id_property: IdProperty | None = None,
        across: bool = False,
        layers: Sequence[str] = (),
    ) -> None:
        self._catalogue = catalogue
        self._layers = tuple(layers)
        if id_property is not None and not isinstance(id_property, str):
            id_property = option_of(properties_of(id_property))
        self._id_property = id_property
        self._missing: list[FileNotThere] = []
        self._has_state = any(isinstance(one, str) and is_state(one) for one in (base, target))
        if all(isinstance(side, str) and side == "-" for side in (base, target)):
            raise BadReference(
                "- stands for standard input, which can be read once: "
                "name a file for one of the two sides"
            )
        if layers:
            refuse_needless_layers(base, target)
        self.base = self._side(base)
        try:
            self.target = self._side(target)
        except BaseException:
            self.base.__exit__()
            raise
        if self.are_two_layers and not across:
            self.__exit__()
            raise BadReference(
                f"{printable(self.base.info.ref)} and {printable(self.target.info.ref)} are "
                "versions of two layers, which share no features; 'pkzone diff --across' (in "
                "Python across=True) compares them all the same"
            )
        _tell_records_apart(self.base, self.target)
        any_frame = self.base.is_frame or self.target.is_frame
        self.base.drops_nulls = self.target.drops_nulls = any_frame

    def __exit__(self, *_: object) -> None:
        self.base.__exit__()
        self.target.__exit__()

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue, opened when it is first asked for."""
        return open_catalogue(self._catalogue)

    @property
    def id_property(self) -> str | None:
        """Property that was taken in the place of the ids, if any."""
        taken = self.base.id_property
        return None if taken == AUTO else taken

    @property
    def notices(self) -> tuple[str, ...]:
        """Notices about the files as a whole."""
        notices = [str(notice) for side in (self.base, self.target) for notice in side.notices]
        if self.are_two_layers:
            base, target = self.base.info, self.target.info
            notices.insert(
                0,
                Translatable(
                    "{base} and {target} are versions of two layers: what differs between them is "
                    "no change of either",
                    base=base.ref,
                    target=target.ref,
                ),
            )
        return tuple(notices)

    @property
    def are_two_layers(self) -> bool:
        """Whether the sides are versions of two layers."""
        base, target = self.base.info.layer, self.target.info.layer
        return base is not None and target is not None and base != target

    def __contains__(self, layer: object) -> bool:
        return layer in self.catalogue

    def _side(self, what: Any) -> DiffInput:
        if isinstance(what, str | os.PathLike):
            parsed = parse(what, self)  # asks for layers only where the text may be one
            if isinstance(parsed, FileReference):
                return self._of_file(parsed.path)
            version = self.catalogue.version(parsed)
            return self._of_version(version, str(what))
        if isinstance(what, FileVersion):
            gone = f"{printable(what.ref, None)}: the commit removed the file"
            is_there = bool(what.source)
            side = (
                self._of_file(what.source, what.ref, what.file_layers)
                if is_there
                else self._empty(what.ref, gone)
            )
            side.info = replace(
                side.info, date=what.recorded.isoformat(), subject=printable(what.title, None)
            )
            return side
        if isinstance(what, Version):
            return self._of_version(what, what.ref)
        if isinstance(what, FeatureCollection):
            return self._of_features(what.features, SideInfo("<features>"), "<features>")
        if is_frame(what):
            return self._of_frame(what)
        raise TypeError(
            "compare references, paths, versions, feature collections or "
            f"GeoDataFrames, not a {type(what).__name__}"
        )

    def _of_file(
        self, path: str, ref: str | None = None, layers: tuple[str, ...] | None = None
    ) -> DiffInput:
        name, notices = ref or path, tuple[Notice, ...]()
        chosen = (self._layers if layers is None else layers) if holds_layers(path) else ()
        if path == "-":
            stream: BinaryIO | None = BytesIO(read_stdin(MAX_BYTES + 1))
            name = "<stdin>"
        else:
            try:
                stream, notices = self._content(path, name, chosen)
            except FileNotThere as error:
                self._missing.append(error)
                if len(self._missing) > 1:  # what is on neither side is a slip
                    raise
                return self._empty(name, f"{error}: compared as without features")
        return DiffInput(
            SideInfo(ref or path, file_layers=chosen or None),
            name,
            stream=stream,
            id_property=self._id_property,
            imported=notices,
        )

    def _content(
        self, path: str, name: str, layers: Sequence[str]
    ) -> tuple[BinaryIO | None, tuple[Notice, ...]]:
        """Return a file as GeoJSON, and what is said of how it became that."""
        if is_imported(path):
            data, notices = as_geojson(path, layers=layers, name=name)
            return BytesIO(data), notices
        if is_state(path):
            from pkzone.revisions.checkout import opened  # late: a file in a folder needs no git

            return opened(path, name), ()
        stream = _opened(path)
        if stream is None and self._has_state and not os.path.lexists(path):
            from pkzone.revisions.repository import Repository  # late: as above

            if Repository().is_bare:
                reason = "there is no such file: the repository is bare, only REV:PATH has files"
                raise Unreadable(path, reason)
        return stream, ()

    def _empty(self, ref: str, message: str) -> DiffInput:
        notice = Notice("not-there", "", None, message)
        return DiffInput(SideInfo(ref), ref, collection=FeatureCollection((), (notice,)))

    def _of_version(self, version: Version, ref: str) -> DiffInput:
        info = SideInfo(ref, version.layer, version.id, version.sha256)
        given: dict[str, Any] = (
            {"collection": version.features()}
            if isinstance(version, CachedVersion)
            else {"stream": _opened(f"{version.root}/{version.file}")}
        )
        return DiffInput(
            info, version.file, version=version, id_property=self._id_property, **given
        )

    def _of_frame(self, frame: gpd.GeoDataFrame) -> DiffInput:
        from pkzone.layers.frames import features_of_frame  # late: it imports geopandas

        record = frame.attrs.get("pkzone")
        ref = str(record.get("ref") or record.get("file")) if isinstance(record, dict) else _FRAME
        side = self._of_features(features_of_frame(frame), SideInfo(ref), _FRAME)
        side.is_frame = True
        return side

    def _of_features(self, features: Sequence[Feature], info: SideInfo, name: str) -> DiffInput:
        collection = checked(features, name, ids_unique=self._id_property is None)
        return DiffInput(info, name, collection=collection, id_property=self._id_property)


def refuse_needless_layers(*sides: Any) -> None:
    """Refuse the choice of layers where no side is named and a file that can hold several."""
    paths = (os.fspath(one) for one in sides if isinstance(one, str | os.PathLike))
    if not any(map(holds_layers, paths)):
        which = "neither side is one" if len(sides) > 1 else f"{printable(str(sides[0]))} is none"
        raise BadOption(
            "--layer (in Python layers=) chooses layers of a GeoPackage, KML, GPX or zip, and "
            f"{which}"
        )


def _tell_records_apart(base: DiffInput, target: DiffInput) -> None:
    """Add the number of the record to both names where two of one version are compared."""
    if (
        base.version is not None
        and target.version is not None
        and base.version.ref == target.version.ref
        and base.version.record != target.version.record
    ):
        for side, version in ((base, base.version), (target, target.version)):
            side.info = replace(side.info, ref=f"{version.ref} record {version.record}")


def checked(
    features: Sequence[Feature], name: str, *, ids_unique: bool = True
) -> FeatureCollection:
    """Check features made by a program by the rules for a file; return copies of them.

    Raises
    ------
    GeoJSONError
        An id, a property or a geometry is not sound, or two features have one id.
    """
    report = Report(name)
    for i, feature in enumerate(features):
        report.feature = str(feature.id) if feature.id is not None else f"features[{i}]"
        if feature.id is not None and type(feature.id) not in (str, int):
            reason = f"its id is a {type(feature.id).__name__}, not a string or a whole number"
            raise report.refusal(BadId, reason)
        if feature.geometry is not None:
            check_geometry(feature.geometry, report)
    if ids_unique:
        refuse_twins(features, report)
    # Copies, so that each stands for itself: the same object may have been given twice.
    return FeatureCollection(tuple(map(replace, features)), ())


def _without_nulls(collection: FeatureCollection) -> FeatureCollection:
    """Drop null properties: a frame cannot tell them from properties that are not there."""
    features = (
        Feature(one.id, {k: v for k, v in one.properties.items() if v is not None}, one.geometry)
        for one in collection.features
    )
    return FeatureCollection(tuple(features), collection.notices)


def _opened(path: str) -> BinaryIO | None:
    """Open a regular file for reading; None for what the strict reader will refuse."""
    try:
        return open_regular(path)
    except (OSError, ValueError):
        return None
