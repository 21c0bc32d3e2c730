"""Model of a catalogue: licences, routes, events, versions and layers, all immutable."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from pkzone.errors import (
    BadDate,
    CatalogueError,
    HashMismatch,
    VersionNotFound,
    did_you_mean,
    printable,
)
from pkzone.layers.dates import parse_version_id, period_of
from pkzone.layers.json_fields import read_bytes
from pkzone.text_layout import counted

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from pkzone.geojson.model import FeatureCollection
    from pkzone.table import Table

__all__ = ["CachedVersion", "Event", "Layer", "License", "Node", "Region", "Route", "Version"]


class License(NamedTuple):
    """Terms under which data may be used: short name, title and address (may be empty)."""

    name: str
    title: str = ""
    path: str = ""


class Edition(NamedTuple):
    """Which state of a catalogue one has before oneself; empty where its manifest does not say.

    Attributes
    ----------
    publisher : str
        Who publishes it, else who made it.
    version : str
        Its version as a whole.
    released : str
        The day of its release, ``YYYY-MM-DD``.
    sha256 : str
        The hash that seals its manifest, which holds those of all versions.
    """

    publisher: str = ""
    version: str = ""
    released: str = ""
    sha256: str = ""


class Route(NamedTuple):
    """The published length of a whole route from a date on: number, wording, source id."""

    route: str
    valid_from: date
    km: float
    text: str
    source: str


class Node(NamedTuple):
    """A junction or border point where links begin or end and that is not a feature of a layer.

    ``names`` holds its names by the property that a feature has them in: ``name``, ``name_az`` ...
    """

    id: str
    lon: float
    lat: float
    names: Mapping[str, str]


class Region(NamedTuple):
    """A country or another region that a map names, to tell where it is.

    Attributes
    ----------
    id : str
        Its id, such as ``armenia``.
    names : mapping
        Its names by the property that a feature has them in: ``name``, ``name_az`` ...
    labels : tuple of (float, float)
        Longitude and latitude of the points at which its name may stand, best first.
    outline : tuple of tuple of (float, float)
        Rings of longitude and latitude, for a small inset; may be empty.
    """

    id: str
    names: Mapping[str, str]
    labels: tuple[tuple[float, float], ...]
    outline: tuple[tuple[tuple[float, float], ...], ...] = ()


class Event(NamedTuple):
    """A dated, sourced statement of what happened; why versions differ.

    ``date`` may be partial (``2021``, ``2021-07``); ``kind`` is a word of the catalogue's own,
    ``sources`` are ids of sources, ``features`` stand as ``layer/id``. ``note`` says what is not
    sure, of the date or between the sources.
    """

    id: str
    date: str
    title: str
    summary: str = ""
    time: str = ""
    layers: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    certainty: str = ""
    needs_check: bool = False
    kind: str = ""
    note: str = ""

    def names(self, layer: str) -> bool:
        """Tell whether the event names a layer, or a feature of it."""
        return layer in self.layers or any(one.startswith(f"{layer}/") for one in self.features)

    def to_dict(self) -> dict[str, Any]:
        """Return the event as plain JSON types, without its note; empty fields are left out."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in self._asdict().items()
            if value and name != "note"
        }


@dataclass(frozen=True)
class Version:
    """One record of one dated state of a layer; a value, read from the manifest.

    Attributes
    ----------
    layer, id, record : str, str, int
        Name of the layer, version id such as ``2022-08-30``, number of the record.
    valid_from, valid_to : datetime.date, datetime.date or None
        The state holds on ``[valid_from, valid_to)``; none = no later state known.
    recorded : datetime.date
        When this record was published.
    events, source_ids : tuple of str
        Ids of the events that explain the version and of the sources it rests on.
    bbox : tuple of float or None
        (west, south, east, north) in degrees of WGS 84; none for an empty version.
    withdrawn : str
        Why the version is withdrawn; empty for one that stands.
    root, file, schema_file : str
        Folder of the catalogue; in it, the GeoJSON file and the JSON Schema of its features.
    """

    layer: str
    id: str
    record: int
    valid_from: date
    valid_to: date | None
    recorded: date
    title: str
    events: tuple[str, ...]
    source_ids: tuple[str, ...]
    feature_count: int
    bbox: tuple[float, float, float, float] | None
    sha256: str
    size_bytes: int
    licenses: tuple[License, ...]
    withdrawn: str
    root: str
    file: str
    schema_file: str
    stated_sources: Any = field(repr=False, compare=False)

    @classmethod
    def of(cls, **fields: Any) -> Version:
        """Return a version with all of its fields given.

        As the constructor does, which for a frozen class takes five times as long: that is
        felt where a catalogue has thousands of versions.
        """
        version = object.__new__(cls)
        version.__dict__.update(fields)
        return version

    def __repr__(self) -> str:
        until = f"until {self.valid_to}" if self.valid_to else "with no later state known"
        record = f", record {self.record}" if self.record > 1 else ""
        withdrawn = ", withdrawn" if self.withdrawn else ""
        features = "1 feature" if self.feature_count == 1 else f"{self.feature_count:,} features"
        return (
            f"<Version {printable(self.ref)}{record}{withdrawn}: {features}, in force {until}, "
            f"'{printable(self.title)}'>"
        )

    def _repr_html_(self) -> str:
        return versions_table([self])._repr_html_()

    @property
    def path(self) -> Path:
        """The GeoJSON file."""
        from pathlib import Path  # late: it costs a tenth of the time of a listing

        return Path(self.root, self.file)

    @property
    def schema_path(self) -> Path:
        """The JSON Schema of the features."""
        from pathlib import Path

        return Path(self.root, self.schema_file)

    @property
    def ref(self) -> str:
        """The reference of the version, ``corridor@2022-08-30``."""
        return f"{self.layer}@{self.id}"

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Title and address (may be empty) of each source, as the Data Package states them.

        Raises
        ------
        CatalogueError
            The manifest states them in another form.
        """
        try:
            pairs = tuple((one["title"], one.get("path", "")) for one in self.stated_sources)
        except (AttributeError, KeyError, TypeError):
            pairs = ((None, None),)
        if all(isinstance(text, str) for pair in pairs for text in pair):
            return pairs
        raise CatalogueError(
            f"{self.root}/datapackage.json: 'sources' of {self.ref} must be a "
            "list of objects with the texts 'title' and 'path'; fix it"
        )

    def read_bytes(self) -> bytes:
        """Return the content of the file, checked against the recorded hash.

        Raises
        ------
        HashMismatch
            The content is not what the manifest records.
        CatalogueError
            The file is missing or cannot be read.
        """
        from hashlib import sha256

        data = read_bytes(f"{self.root}/{self.file}", max_bytes=max(self.size_bytes * 2, 1_000_000))
        if len(data) != self.size_bytes or sha256(data).hexdigest() != self.sha256:
            raise HashMismatch(
                f"{self.root}/{self.file}: the content is not what datapackage.json records for "
                f"{self.ref}; restore the file from a good copy (for the shipped layers, "
                "reinstall pkzone)"
            )
        return data

    def features(self) -> FeatureCollection:
        """Return the features, parsed strictly; what is merely odd about them is not told.

        Raises
        ------
        HashMismatch, CatalogueError
            As for :meth:`read_bytes`.
        GeoJSONError
            The file is not GeoJSON with an id for every feature.
        """
        from pkzone.geojson.model import FeatureCollection
        from pkzone.geojson.reader import read_fast

        data = self.read_bytes()
        return FeatureCollection(read_fast(data, name=self.file, ids_required=True), ())

    def frame(self) -> gpd.GeoDataFrame:
        """Return the features as a GeoDataFrame.

        Returns
        -------
        geopandas.GeoDataFrame
            One row a feature, index ``id``, EPSG:4326 (longitude, latitude), one column a
            property in alphabetical order, ``attrs["pkzone"]`` = :meth:`to_dict`.

        Raises
        ------
        HashMismatch, CatalogueError, GeoJSONError
            As for :meth:`features`.
        """
        from pkzone.layers.frames import frame_of_version

        return frame_of_version(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain JSON types, ``path`` relative to the catalogue."""
        return {
            "ref": self.ref,
            "layer": self.layer,
            "version": self.id,
            "record": self.record,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "recorded": self.recorded.isoformat(),
            **({"withdrawn": self.withdrawn} if self.withdrawn else {}),
            "title": self.title,
            "path": self.file,
            "events": list(self.events),
            "source_ids": list(self.source_ids),
            "sources": [{"title": title, "path": path} for title, path in self.sources],
            "licenses": [
                {"name": one.name, "title": one.title, "path": one.path} for one in self.licenses
            ],
            "feature_count": self.feature_count,
            "bbox": list(self.bbox) if self.bbox else None,
            "sha256": self.sha256,
            "size_bytes": self.size_bytes,
        }


@dataclass(frozen=True, repr=False)
class CachedVersion(Version):
    """A version whose features are cached in memory."""

    def features(self) -> FeatureCollection:
        """Return the features, parsed strictly at the first call."""
        return self._features

    @cached_property
    def _features(self) -> FeatureCollection:
        return super().features()


@dataclass(frozen=True, eq=False)
class Layer(Mapping[str, Version]):
    """A layer: a mapping of version id to version, oldest first, corrected records applied.

    Attributes
    ----------
    versions : tuple of Version
        The highest record of every version that is not withdrawn, oldest first.
    records : tuple of Version
        Every record ever published, by version, then by record.
    time_zone : str
        That of the catalogue: an instant is of its civil date there.
    notes : tuple of str
        What a reader must know to judge its versions.
    """

    name: str
    title: str
    description: str
    versions: tuple[Version, ...]
    records: tuple[Version, ...]
    time_zone: str = "UTC"
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        name = f"{printable(self.name)} '{printable(self.title)}'"
        if not self.versions:
            return f"<Layer {name}: no version yet>"
        span = f"{self.versions[0].id} to {self.versions[-1].id}"
        return f"<Layer {name}: {counted(len(self.versions), 'version')}, {span}>"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p>{escape(repr(self))}</p>{versions_table(self.versions)._repr_html_()}"

    def __getitem__(self, version_id: str) -> Version:
        for version in self.versions:
            if version.id == version_id:
                return version
        for record in reversed(self.records):
            if record.id == version_id:
                raise VersionNotFound(
                    f"{record.ref} was withdrawn on {record.recorded}: {record.withdrawn} "
                    "(an earlier --known-on still shows it)"
                )
        hint = did_you_mean(version_id, self)
        raise VersionNotFound(f"{self.name} has no version {version_id}; {hint}{self._choices()}")

    def __iter__(self) -> Iterator[str]:
        return (version.id for version in self.versions)

    def __len__(self) -> int:
        return len(self.versions)

    @property
    def latest(self) -> Version:
        """The newest version.

        Raises
        ------
        VersionNotFound
            The layer has no version yet.
        """
        if not self.versions:
            raise VersionNotFound(f"{self.name} has no version yet; publish one first")
        return self.versions[-1]

    def on(self, day: str | date) -> Version:
        """Return the version in force on a day: the newest with ``valid_from <= day``.

        Parameters
        ----------
        day : str or datetime.date
            As `pkzone.layers.dates.period_of` reads it. A month or a year has a version where
            one is in force on all of its days.

        Raises
        ------
        BadDate
            The text is not a date.
        VersionNotFound
            The day is before the first version, or the layer changes within the month.
        """
        first, last = period_of(day, self.time_zone)
        index = self._index_on(first)
        if index < 0:
            when = f"on {first}" if first == last else f"the whole of {day}"
            raise VersionNotFound(
                f"no version of {self.name} is in force {when}; the first is {self.versions[0].id}"
            )
        end = self._index_on(last)
        if end != index:
            choices = self._choices(index, end + 1)
            raise VersionNotFound(
                f"{self.name} changes within {day}; name a day, or one of its {choices}"
            )
        return self.versions[index]

    def between(
        self, first: str | date | None = None, last: str | date | None = None
    ) -> tuple[Version, ...]:
        """Return the versions in force at any time between two days, oldest first.

        Parameters
        ----------
        first, last : str or datetime.date, optional
            Days that both count; a month or a year for its first or its last day; or a version
            that is the second of its day or later, ``2022-08-30.2``. Without one the range is
            open there.

        Raises
        ------
        BadDate
            A text is not a date, or the range runs backwards.
        VersionNotFound
            The range ends before the first version, or the layer has none yet.
        """
        _ = self.latest  # raises where there is none
        begins = (date.min, 0) if first is None else self._bound(first, 0)
        ends = (date.max, len(self) - 1) if last is None else self._bound(last, 1)
        if begins > ends:
            raise BadDate(f"a range from {first} to {last} runs backwards; exchange the two")
        if ends[1] < 0:
            raise VersionNotFound(
                f"no version of {self.name} is in force by {last}; "
                f"the first is {self.versions[0].id}"
            )
        return self.versions[max(begins[1], 0) : ends[1] + 1]

    def find(self, text: str) -> Version:
        """Return the version with this id, else the one in force on this date.

        Raises
        ------
        BadDate
            The text is neither a version id nor a date.
        VersionNotFound
            There is no such version, or none in force on the date.
        """
        if text in self:
            return self[text]
        try:
            _, number = parse_version_id(text)
        except BadDate as error:
            with suppress(BadDate):  # a date in another form
                first, last = period_of(text, self.time_zone)
                day = first.isoformat()
                return self[day] if first == last and day in self else self.on(text)
            raise BadDate(f"{self.name}@{text}: {error}; {self._choices()}") from None
        return self.on(text) if number == 1 else self[text]

    def correction(self, version_id: str) -> tuple[Version, Version]:
        """Return the record of a version before its newest one, and the newest one.

        Raises
        ------
        VersionNotFound
            There is no such version, or it was never corrected.
        """
        records = [one for one in self.records if one.id == version_id] or [self[version_id]]
        if len(records) == 1:
            raise VersionNotFound(f"{records[0].ref} has one record: it was never corrected")
        return records[-2], records[-1]

    def cached(self) -> Layer:
        """Return the same layer with a cache: each version's features are read once."""
        versions = {one: CachedVersion.of(**vars(one)) for one in self.records}
        return replace(
            self,
            versions=tuple(map(versions.__getitem__, self.versions)),
            records=tuple(versions.values()),
        )

    def _index_on(self, day: date) -> int:
        """Return the index of the version in force on a day, -1 before the first."""
        if day >= self.latest.valid_from:
            return len(self.versions) - 1
        return bisect_right(self.versions, day, key=attrgetter("valid_from")) - 1

    def _bound(self, end: str | date, side: int) -> tuple[date, int]:
        """Return the day of a range's first (0) or last (1) end, and the index of its version."""
        try:
            day = period_of(end, self.time_zone)[side]
        except BadDate:
            version = self.find(str(end))  # one with a number, or the error that it is none
            return version.valid_from, list(self).index(version.id)
        return day, self._index_on(day)

    def _choices(self, first: int = 0, end: int | None = None) -> str:
        ids = [version.id for version in self.versions[first:end]]
        if len(ids) <= 12:
            return f"versions: {', '.join(ids) or 'none'}"
        return f"{len(ids)} versions, {ids[0]} to {ids[-1]}"


def versions_table(versions: Sequence[Version]) -> Table:
    """Return one row a version, for a notebook."""
    from pkzone.table import Column, Table  # late: listing needs none

    columns = (
        Column("version"),
        Column("until", "date"),
        Column("features", "integer"),
        Column("title"),
        Column("events", "array"),
    )
    rows = (
        (one.id, str(one.valid_to or ""), one.feature_count, one.title, one.events)
        for one in versions
    )
    return Table("versions", columns, tuple(rows))
