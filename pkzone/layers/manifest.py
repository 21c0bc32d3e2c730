"""Make the values of a catalogue from its JSON files, and check everything on the way."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from datetime import date
from itertools import pairwise
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from pkzone.errors import BadDate, CatalogueError
from pkzone.layers.dates import interval_of, parse_day, parse_version_id
from pkzone.layers.json_fields import Fields, PathsInside, is_slug, read_json
from pkzone.layers.model import Edition, Event, Layer, License, Node, Region, Route, Version

__all__ = [
    "COMPANIONS",
    "FILE_NAME",
    "LANGUAGE_CODE",
    "edition",
    "events",
    "is_figures",
    "language_of",
    "layers",
    "licenses",
    "nodes",
    "regions",
    "routes",
    "sources",
    "translation",
    "version_of",
]

FILE_NAME = "datapackage.json"
COMPANIONS: tuple[dict[str, str], ...] = (
    {
        "name": "sources",
        "path": "sources.json",
        "format": "json",
        "mediatype": "application/vnd.citationstyles.csl+json",
        "encoding": "utf-8",
    },
    {
        "name": "events",
        "path": "events.json",
        "format": "json",
        "mediatype": "application/json",
        "encoding": "utf-8",
    },
)
"""Resources that are no versions: the two lists that people edit."""
LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""The form of a code of a language, such as ``el`` or ``pt-BR`` (RFC 5646)."""
_HEXADECIMAL = frozenset("0123456789abcdef")


def licenses(package: Fields) -> tuple[License, ...]:
    """Return the licences of a package or a resource."""
    return tuple(
        License(one.text("name"), one.text("title", ""), one.text("path", ""))
        for one in package.objects("licenses", ())
    )


def edition(package: Fields, known_on: date | None = None) -> Edition:
    """Return who publishes a catalogue, and which state of it this is.

    These members are for people: one of another form counts as not said. Of the catalogue as
    known on a day, what came later is not said.
    """
    publisher = ", ".join(_publishers(package.raw.get("contributors")))
    if known_on is not None:
        return Edition(publisher)
    version, created, seal = map(package.raw.get, ("version", "created", "seal"))
    released = created[:10] if isinstance(created, str) else ""
    return Edition(
        publisher,
        version if isinstance(version, str) else "",
        released if _is_day(released) else "",
        (_sha256(seal) or "") if isinstance(seal, str) else "",
    )


def _publishers(contributors: Any) -> list[str]:
    """Return the titles of the contributors that publish the data, else of those who made it."""
    named = [
        one
        for one in (contributors if isinstance(contributors, list) else ())
        if isinstance(one, dict) and isinstance(one.get("title"), str)
        if isinstance(one.get("roles"), list)
    ]
    for role in ("publisher", "author", "creator"):
        if titles := [one["title"] for one in named if role in one["roles"]]:
            return titles
    return []


def _sha256(text: str) -> str | None:
    """Return the digits of a hash as the manifest writes it, none of anything else."""
    kind, _, digest = text.partition(":")
    is_sound = kind == "sha256" and len(digest) == 64 and _HEXADECIMAL.issuperset(digest)
    return digest if is_sound else None


def _is_day(text: str) -> bool:
    try:
        parse_day(text)
    except BadDate:
        return False
    return True


def routes(package: Fields) -> tuple[Route, ...]:
    """Return the published lengths of routes."""
    return tuple(
        Route(
            item.text("route"),
            item.day("valid_from"),
            item.number("km"),
            item.text("text"),
            item.text("source"),
        )
        for item in package.objects("routes", ())
    )


def is_figures(item: Fields) -> bool:
    """Return whether a resource is the table of figures."""
    return bool(item.raw.get("name") == "figures" and item.raw.get("path") == "figures.csv")


def translation(language: str) -> dict[str, str]:
    """Return the entry of the file that translates a catalogue; people edit it, so without hash."""
    return {
        "name": f"data.{language.lower()}",
        "path": f"data.{language}.po",
        "format": "po",
        "mediatype": "text/x-gettext-translation",
        "encoding": "utf-8",
        "language": language,
    }


def language_of(item: Fields) -> str | None:
    """Return the language that a resource translates the catalogue into; none if it does not."""
    code = item.raw.get("language")
    if not isinstance(code, str) or LANGUAGE_CODE.fullmatch(code) is None:
        return None
    return code if item.raw == translation(code) else None


def nodes(package: Fields) -> tuple[Node, ...]:
    """Return the junctions of links that no layer holds."""
    return tuple(
        Node(
            item.text("id"),
            item.number("lon"),
            item.number("lat"),
            _names(item),
        )
        for item in package.objects("nodes", ())
    )


def regions(package: Fields) -> tuple[Region, ...]:
    """Return the regions that maps name, with where their names may stand and their outlines."""
    return tuple(
        Region(
            item.text("id"),
            _names(item),
            item.positions("labels"),
            tuple(
                Fields({"ring": ring}, f"{item.where}: outline").positions("ring")
                for ring in item.lists("outline", ())
            ),
        )
        for item in package.objects("regions", ())
    )


def _names(item: Fields) -> dict[str, str]:
    return {name: item.text(name) for name in item.raw if name.partition("_")[0] == "name"}


def layers(
    package: Fields, root: str, default: tuple[License, ...], known_on: date | None = None
) -> dict[str, Layer]:
    """Return the layers by name in drawing order, each with its versions.

    Parameters
    ----------
    package : Fields
        The whole manifest.
    root : str
        The folder of the catalogue.
    default : tuple of License
        Licences of a resource that names none.
    known_on : datetime.date, optional
        Leave out what was recorded after this day.

    Raises
    ------
    CatalogueError
        A layer or a resource is incomplete, of a wrong type, or occurs twice.
    """
    known: dict[str, Fields] = {}
    for item in package.objects("layers"):
        name = _slug(item, "name")
        if name in known:
            raise CatalogueError(f"{item.where}: layer {name} occurs twice; remove one")
        known[name] = item
    resources: dict[str, list[_Resource]] = {name: [] for name in known}
    names: set[str] = set()
    for item in package.objects("resources"):
        if "layer" not in item.raw and (
            item.raw in COMPANIONS or is_figures(item) or language_of(item)
        ):
            continue
        resource = _resource(item, root, known)
        if resource.layer not in known:
            raise item.wrong("layer", f"one of the layers: {', '.join(known)}")
        if resource.name in names:
            raise CatalogueError(f"{item.where}: the name occurs twice; rename or remove one")
        names.add(resource.name)
        if known_on is None or item.day("recorded") <= known_on:
            resources[resource.layer].append(resource)
    inside = PathsInside(root)
    zone = package.text("time_zone", "UTC")
    return {
        name: _layer(item, resources[name], inside, default, zone) for name, item in known.items()
    }


def version_of(item: Fields, root: str, default: tuple[License, ...]) -> Version:
    """Return the version that one resource describes, as if it stood alone."""
    return _version(_resource(item, root), None, PathsInside(root), default)


def events(path: str) -> tuple[Event, ...]:
    """Return the events of ``events.json``, by date and id."""
    found = [_event(item) for item in _items(path, "event")]
    return tuple(sorted(found, key=lambda event: (interval_of(event.date)[0], event.id)))


def sources(path: str) -> tuple[Mapping[str, Any], ...]:
    """Return the records of ``sources.json``, in the order of the file."""
    found = list(_items(path, "source"))
    for item in found:
        item.text("title")
    return tuple(MappingProxyType(item.raw) for item in found)


class _Resource(NamedTuple):
    """The fields of a resource that are needed before its neighbours are known."""

    order: tuple[date, int, int]
    name: str
    layer: str
    version: str
    item: Fields


def _resource(item: Fields, root: str, known: Container[str] = ()) -> _Resource:
    name = item.text("name")
    # From here on messages name the resource, which reads better than its index.
    item.where = f"{root}/{FILE_NAME}: resource {name}"
    version = item.text("version")
    try:
        day, number = parse_version_id(version)
    except BadDate:
        raise item.wrong("version", "a date, or a date and a number: 2022-08-30.2") from None
    if item.text("valid_from") != version[:10]:
        raise item.wrong("valid_from", f"the day of its version, {day}")
    order = (day, number, item.whole("record", minimum=1))
    layer = item.text("layer")
    return _Resource(order, name, layer if layer in known else _slug(item, "layer"), version, item)


def _layer(
    layer: Fields,
    resources: list[_Resource],
    inside: PathsInside,
    default: tuple[License, ...],
    time_zone: str,
) -> Layer:
    """Return a layer whose versions end where the next one begins."""
    resources.sort(key=attrgetter("order"))
    newest = {one.version: one for one in resources}
    in_use = [one for one in newest.values() if not one.item.text("withdrawn", "")]
    # The day on which each version ends: the next one's first; of a withdrawn one its own, so that
    # it holds on no day; of the newest in use there is none.
    ends = {one.version: one.order[0] for one in newest.values()}
    ends |= {earlier.version: later.order[0] for earlier, later in pairwise(in_use)}
    if in_use:
        del ends[in_use[-1].version]
    for earlier, later in pairwise(resources):
        if earlier.order == later.order:
            raise CatalogueError(
                f"{later.item.where}: a second record {later.order[2]} of "
                f"{later.layer}@{later.version}; remove or renumber it"
            )
    records = tuple(_version(one, ends.get(one.version), inside, default) for one in resources)
    highest = {record.id: record for record in records}
    return Layer(
        name=layer.text("name"),
        title=layer.text("title"),
        description=layer.text("description", ""),
        versions=tuple(one for one in highest.values() if not one.withdrawn),
        records=records,
        time_zone=time_zone,
    )


def _version(
    resource: _Resource,
    valid_to: date | None,
    inside: PathsInside,
    default: tuple[License, ...],
) -> Version:
    item = resource.item
    digest = _sha256(item.text("hash"))
    if digest is None:
        raise item.wrong("hash", "sha256: and 64 small hexadecimal digits")
    return Version.of(
        layer=resource.layer,
        id=resource.version,
        record=resource.order[2],
        valid_from=resource.order[0],
        valid_to=valid_to,
        recorded=item.day("recorded"),
        title=item.text("title"),
        events=item.texts("events"),
        source_ids=item.texts("source_ids"),
        feature_count=item.whole("feature_count", minimum=0),
        bbox=item.bbox("bbox"),
        sha256=digest,
        size_bytes=item.whole("bytes", minimum=0),
        licenses=(licenses(item) if "licenses" in item.raw else ()) or default,
        stated_sources=item.raw.get("sources", []),
        root=inside.root,
        withdrawn=item.text("withdrawn", ""),
        file=inside.check(item, "path"),
        schema_file=inside.check(item, "feature_schema"),
    )


def _event(item: Fields) -> Event:
    try:
        interval_of(item.text("date"))
    except BadDate:
        raise item.wrong("date", "YYYY, YYYY-MM or YYYY-MM-DD") from None
    note = item.raw.get("note")
    return Event(
        id=item.text("id"),
        date=item.text("date"),
        title=item.text("title"),
        summary=item.text("summary", ""),
        time=item.text("time", ""),
        layers=item.texts("layers", ()),
        features=item.texts("features", ()),
        sources=item.texts("sources", ()),
        certainty=item.text("certainty", ""),
        needs_check=item.raw.get("needs_check", False) is True,
        kind=item.text("kind", ""),
        note=note if isinstance(note, str) else "",
    )


def _items(path: str, what: str) -> Iterator[Fields]:
    """Yield the objects of a JSON list, each with an ``id`` of its own."""
    value = read_json(path)
    if not isinstance(value, list):
        raise CatalogueError(f"{path}: must be a list [...] of {what}s; fix the file")
    seen: set[str] = set()
    for index, raw in enumerate(value):
        item = Fields(raw, f"{path}: {what} {index + 1}")
        item_id = item.text("id")
        item.where = f"{path}: {what} {item_id}"
        if item_id in seen:
            raise CatalogueError(f"{item.where}: its id occurs twice; rename or remove one")
        seen.add(item_id)
        yield item


def _slug(item: Fields, key: str) -> str:
    value = item.text(key)
    if not is_slug(value):
        raise item.wrong(
            key, "1 to 64 of a-z, 0-9, dot, underscore and hyphen, beginning with a letter or digit"
        )
    return value
