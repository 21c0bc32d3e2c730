"""The data block of the page: each distinct state of a feature once, versions refer to it."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections import ChainMap
from collections.abc import Container, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from pkzone.layers.catalogue import Catalogue, Version
from pkzone.maps import (
    comparisons,
    diffstyle,
    files,
    filestyle,
    geometry,
    languages,
    limits,
    simplify,
    style,
)  # fmt: skip
from pkzone.maps.morewords import CANVAS_WORDS, FILE_WORDS, SIMPLIFIED_WORDS
from pkzone.maps.selection import Selection, Shown
from pkzone.maps.words import LANGUAGES

if TYPE_CHECKING:
    from pkzone.layers.geojson import Feature
    from pkzone.layers.records import Event

__all__ = [
    "SCHEMA", "Once", "build", "cited_by", "deflated", "from_html", "licence_records", "pack",
    "source_records", "to_json", "version_features",
]  # fmt: skip

SCHEMA: Final = "pkzone.map/1"
_PLAIN: Final = ("schema", "title", "on", "dates", "base", "target")
_BLOCK: Final = re.compile(r'<script type="application/json" id="pkzone-payload">([^<]*)</script>')
# The digits of `base64.b85encode`, those that HTML would read as marks exchanged.
_TO_PAGE: Final = bytes.maketrans(b"&<>", b",.:")
_FROM_PAGE: Final = bytes.maketrans(b",.:", b"&<>")
#: Bytes from which packing well takes too long.
_LARGE: Final = 2_000_000
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SOURCE_FIELDS: Final = (
    "id", "title", "author", "container-title", "publisher", "issued", "URL", "note",
)  # fmt: skip


def build(
    catalogue: Catalogue,
    selection: Selection,
    language: str | None = None,
    *,
    title: str | None = None,
    compare: str | None = None,
    progress: comparisons.Progress | None = None,
    simplify_m: float | None = None,
) -> dict[str, Any]:
    """Return everything that a map page shows, as plain JSON types.

    Parameters
    ----------
    catalogue : Catalogue
        Where the selection, its events and its sources come from.
    selection : Selection
        The layers and versions to show.
    language : str, optional
        The language the page opens in, one that the catalogue lists; English by default. A
        map of nothing but files speaks every language.
    title : str, optional
        What the map is called; by default as the catalogue is, or as its files are.
    compare, progress
        Which versions are compared, and who is told how far that is: see
        `pkzone.maps.comparisons.build`.
    simplify_m : float, optional
        How far, in metres, lines may leave their vertices to be drawn with fewer of them.

    Returns
    -------
    dict
        ``geometries`` and ``runs`` (see `pkzone.maps.geometry.Geometries`) and ``layers``. A
        layer has ``features`` (``id`` and the properties ``shared`` by all its states),
        ``states`` (index of a ``feature`` and of a ``geometry``, further ``properties``) and
        ``versions`` (``id``, ``from``, ``to``, ``title``, ``events`` and the indexes of their
        ``states``). ``events`` and ``sources`` hold what the layers cite. ``dates`` are the
        stops of the slider, ``on`` the day in view at first, ``home`` the first extent,
        ``style`` the style table, ``words`` those of the page's languages, ``compare`` what
        differs between versions (see `pkzone.maps.comparisons.build`), ``simplified_m`` how
        far lines may be off, ``canvas`` what `pkzone.maps.limits.canvas_from` returns.

    Raises
    ------
    BadOption
        There is no such language, or no distance to simplify by.
    MapTooLarge
        There are more features at once than a page draws.
    CatalogueError, HashMismatch, GeoJSONError
        The catalogue is damaged.
    """
    dated = selection.on is not None
    listed = catalogue.languages if dated else LANGUAGES
    opening = languages.check(language, listed)
    geometries = geometry.Geometries(simplify.check(simplify_m))
    layers = [_layer(shown, geometries) for shown in selection.shown]
    file_layers = [files.payload_of(one, geometries) for one in selection.files]
    canvas = limits.canvas_from([*layers, *file_layers], geometries.vertices)
    compared = comparisons.build(catalogue, selection, geometries, mode=compare, progress=progress)
    versions = [version for shown in selection.shown for version in shown.versions]
    event_ids = {event for version in versions for event in version.events if dated}
    named = {shown.layer.name for shown in selection.shown if dated}
    events = [
        event.to_dict()
        for event in catalogue.events
        if event.id in event_ids or not named.isdisjoint(_touched(event))
    ]
    cited = {source for version in versions for source in version.source_ids}
    cited.update(source for event in events for source in event.get("sources", ()))
    cited.update(_cited_by_features(layers))
    table = filestyle.with_own_layers(style.table(), catalogue if dated else ())
    look = diffstyle.with_difference(filestyle.with_files(table, selection.files))
    name = title or (catalogue.title if dated else files.title_of(selection.files))
    titles = [catalogue.title, *(one["title"] for one in layers)]
    content = {
        "schema": SCHEMA,
        "title": name,
        "language": opening,
        "languages": list(listed),
        "licenses": licence_records(catalogue) if selection.shown else [],
        "on": selection.on.isoformat() if selection.on else None,
        "dates": [day.isoformat() for day in selection.dates],
        "home": list(selection.home) if selection.home else None,
        "simplified_m": simplify_m,
        "canvas": canvas,
        "words": languages.words_of(listed, look, titles),
        "style": look,
        # Texts that are alike stand near each other, the numbers last: deflate looks back 32 kB.
        "layers": [*layers, *file_layers],
        "events": events,
        "sources": source_records(catalogue, cited),
        "compare": compared,
        **geometries.to_dict(),
    }
    if selection.files:
        content["max_zoom"] = 18
        if not dated:
            content["columns"] = list(files.columns_of(selection.files))
    further = (
        *((CANVAS_WORDS,) if canvas else ()),
        *((SIMPLIFIED_WORDS,) if simplify_m else ()),
        *((FILE_WORDS,) if selection.files else ()),
    )
    return languages.with_phrases(content, dict(ChainMap(*further)))


def _touched(event: Event) -> set[str]:
    """Return the layers that an event touches."""
    return {*event.layers, *(name.partition("/")[0] for name in event.features)}


def licence_records(catalogue: Catalogue) -> list[dict[str, str]]:
    """Return the licences of a catalogue as plain JSON types."""
    return [{"name": one.name, "title": one.title, "path": one.path} for one in catalogue.licenses]


def source_records(catalogue: Catalogue, cited: Container[str]) -> list[dict[str, Any]]:
    """Return what a page says of the sources cited, by their ids."""
    return [
        {key: record[key] for key in _SOURCE_FIELDS if key in record}
        for record in catalogue.sources
        if record["id"] in cited
    ]


def cited_by(properties: Mapping[str, Any]) -> set[str]:
    """Return the ids in a feature's ``sources``; another shape of it cites nothing."""
    sources = properties.get("sources")
    return {one for one in sources if isinstance(one, str)} if isinstance(sources, list) else set()


def version_features(
    payload: Mapping[str, Any], layer: str, version_id: str
) -> tuple[Feature, ...]:
    """Return the features of one version, rebuilt from a payload.

    Parameters
    ----------
    payload : mapping
        What `build` returned, or the page's data block read back.
    layer, version_id : str
        A layer in the payload and the id of one of its versions.

    Raises
    ------
    KeyError
        The payload has no such layer or version.
    """
    from pkzone.layers.geojson import Feature

    stored = {one["name"]: one for one in payload["layers"]}[layer]
    version = {one["id"]: one for one in stored["versions"]}[version_id]
    features = []
    for index in version["states"]:
        state = stored["states"][index]
        feature = stored["features"][state["feature"]]
        where = state["geometry"]
        features.append(
            Feature(
                id=None if feature.get("made_up") else feature["id"],
                properties={**feature["shared"], **state.get("properties", {})},
                geometry=None if where is None else geometry.read(payload, where),
            )
        )
    return tuple(features)


def to_json(payload: Mapping[str, Any]) -> str:
    """Return a payload as compact JSON text that UTF-8 can encode."""
    text = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def pack(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a payload as the page carries it: what opens it in plain sight, the rest packed.

    Returns
    -------
    dict
        The members of `_PLAIN` as they are, and ``packed``: the whole payload as JSON,
        deflated (RFC 1951), in base 85 with ``,.:`` for ``&<>``; ``bytes`` is its length
        before. The texts of sources and notes shrink to a third.

    Raises
    ------
    MapTooLarge
        There is more than a page opens with.
    """
    text = to_json(payload)
    limits.check_bytes(len(text.encode("utf-8")), payload.get("simplified_m"))
    plain = {key: payload[key] for key in _PLAIN if key in payload}
    return plain | deflated(text)


def deflated(text: str) -> dict[str, Any]:
    """Return a text as ``packed``, deflated and in base 85, and how many ``bytes`` it has."""
    data = text.encode("utf-8")
    # The highest level takes three times as long, for a hundredth of a large page. A smaller
    # memory level ends blocks earlier, so that each suits its own kind of text.
    deflate = zlib.compressobj(9 if len(data) < _LARGE else 6, zlib.DEFLATED, -15, 6)
    found = deflate.compress(data) + deflate.flush()
    packed = base64.b85encode(found).translate(_TO_PAGE).decode("ascii")
    return {"bytes": len(data), "packed": packed}


def from_html(html: str) -> dict[str, Any]:
    """Return the payload of a page.

    Parameters
    ----------
    html : str
        A page that pkzone wrote.

    Raises
    ------
    ValueError
        The text holds no payload.
    """
    match = _BLOCK.search(html)
    if match is None:
        raise ValueError("this is no map page of pkzone: it has no data block")
    packed = json.loads(match[1])["packed"].encode("ascii").translate(_FROM_PAGE)
    payload: dict[str, Any] = json.loads(zlib.decompress(base64.b85decode(packed), -15))
    return payload


class Once:
    """A list that holds equal JSON values once and tells their index."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self._index: dict[str, int] = {}

    def add(self, value: Any) -> int:
        """Return the index of a value or of its equal, adding it if it is new."""
        text = _key(value)
        if text not in self._index:
            self._index[text] = len(self.items)
            self.items.append(value)
        return self._index[text]


def _key(value: object) -> str:
    """Return equal texts for equal JSON values only; unlike ``==`` it tells 1 from true."""
    return json.dumps(value, sort_keys=True)


def _layer(shown: Shown, geometries: geometry.Geometries) -> dict[str, Any]:
    ids, states = Once(), Once()
    members = {version.id: _states(version, ids, states, geometries) for version in shown.versions}
    shared = _shared(len(ids.items), states.items)
    return {
        "name": shown.layer.name,
        "title": shown.layer.title,
        "description": shown.layer.description,
        "fixed": shown.fixed,
        "features": [
            {"id": one, "shared": common} for one, common in zip(ids.items, shared, strict=True)
        ],
        "states": [_without(one, shared[one["feature"]]) for one in states.items],
        "versions": [_version(version, members[version.id]) for version in shown.versions],
    }


def _states(
    version: Version, ids: Once, states: Once, geometries: geometry.Geometries
) -> list[int]:
    """Return the indexes of a version's states, adding those not seen before."""
    features = version.features().features
    where = iter(geometries.add_all([one.geometry for one in features if one.geometry]))
    return [
        states.add(
            {
                "feature": ids.add(one.id),
                "geometry": next(where) if one.geometry else None,
                "properties": one.properties,
            }
        )
        for one in features
    ]


def _version(version: Version, states: list[int]) -> dict[str, Any]:
    return {
        "id": version.id,
        "from": version.valid_from.isoformat(),
        "to": version.valid_to.isoformat() if version.valid_to else None,
        "title": version.title,
        "events": list(version.events),
        "states": states,
    }


def _shared(count: int, states: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return for each feature the properties that are the same in all its states."""
    by_feature: list[list[dict[str, Any]]] = [[] for _ in range(count)]
    for state in states:
        by_feature[state["feature"]].append(state["properties"])
    return [_common(first, others) for first, *others in by_feature]


def _common(first: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        key: value
        for key, value in first.items()
        if all(key in other and _key(other[key]) == _key(value) for other in others)
    }


def _without(state: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    own = {key: value for key, value in state["properties"].items() if key not in shared}
    short = {"feature": state["feature"], "geometry": state["geometry"]}
    return {**short, "properties": own} if own else short


def _cited_by_features(layers: Iterable[Mapping[str, Any]]) -> set[str]:
    holders = [feature["shared"] for layer in layers for feature in layer["features"]]
    holders += [state.get("properties", {}) for layer in layers for state in layer["states"]]
    return {source for properties in holders for source in cited_by(properties)}
