"""Build the payload of a page: each distinct state of a feature once, versions refer to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

import orjson

from pkzone.compare.catalogue_context import ends_of
from pkzone.compare.route_chain import route_of
from pkzone.errors import BadOption
from pkzone.geojson.model import Feature, gc_paused
from pkzone.i18n.messages import LANGUAGES, is_reviewed, say
from pkzone.layers.catalogue import Catalogue, Version
from pkzone.layers.translations import values_in_words
from pkzone.maps import (
    charts,
    geometry,
    languages,
    leads,
    own_layers,
    packing,
    style,
    version_diffs,
    world,
)
from pkzone.maps.diff import style as diff_style
from pkzone.maps.selection import Selection, ShownLayer
from pkzone.stories.telling import ToldStory, tell

if TYPE_CHECKING:
    from pkzone.layers.model import Event, Region
    from pkzone.stories.model import Story

__all__ = [
    "SCHEMA",
    "Once",
    "build",
    "citation_of",
    "cited_by",
    "combined_hash",
    "credit",
    "licence_records",
    "region_records",
    "source_records",
]

T = TypeVar("T")

SCHEMA: Final = "pkzone.map/1"
#: Most places that are named where they are not shown as a layer.
_MOST_PLACES: Final = 500
_ENDS: Final = ("from_place", "to_place")
_SOURCE_FIELDS: Final = (
    *("id", "title", "author", "container-title", "publisher", "issued", "URL", "note"),
)


@gc_paused()
def build(
    catalogue: Catalogue,
    selection: Selection,
    language: str | None = None,
    *,
    title: str | None = None,
    compare: str | None = None,
    progress: version_diffs.Progress | None = None,
    simplify_m: float | None = None,
    wanted: Sequence[str] | None = None,
    story: Story | None = None,
) -> dict[str, Any]:
    """Return everything that a map page shows, as plain JSON types, vertices as bytes.

    Parameters
    ----------
    catalogue : Catalogue
        Where the selection, its events and its sources come from.
    selection : Selection
        The layers and versions to show.
    language : str, optional
        The language the page opens in, one that the catalogue lists; by default that of the
        reader's browser. A map of nothing but files speaks every language.
    title : str, optional
        What the map is called; by default as its story is, as the catalogue, as the one layer
        shown or as its files are.
    compare, progress
        Which versions are compared, and who is told how far that is: see
        `pkzone.maps.version_diffs.build`.
    simplify_m : float, optional
        How far, in metres, lines may leave their vertices to be drawn with fewer of them.
    wanted : sequence of str, optional
        The languages that the page is limited to.
    story : Story, optional
        What leads its reader.

    Returns
    -------
    dict
        ``geometries``, ``runs`` and ``vertices`` (see `pkzone.maps.geometry.Geometries`) and
        ``layers``. A layer has ``features`` (``id`` and the properties ``shared`` by all its
        states), ``states`` (index of a ``feature`` and of a ``geometry``, of one that leads its
        ends to towns as ``lead``, further ``properties``) and ``versions`` (``id``, ``from``,
        ``to``, ``title``, ``events`` and the indexes of their ``states``). ``events``
        and ``sources`` hold what the layers cite,
        ``ends`` the names of places and junctions where links begin and end, by their ids, and
        ``routes`` the two ends of each route. ``around`` is what is drawn of the places where
        they are no layer of the map, in the same form; ``regions`` what `region_records` returns,
        ``borders`` what `pkzone.maps.world.borders_of` does.
        ``dates`` are the stops of the slider, ``known`` is `Catalogue.known_until`,
        ``on`` the day in view at first, ``home`` the first extent, ``style`` the style table,
        ``words`` those of the page's languages, ``unreviewed`` whether names of layers are in one
        that no speaker has reviewed, ``charts`` what `pkzone.maps.charts.build` returns,
        ``compare`` what differs between versions (see
        `pkzone.maps.version_diffs.build`), ``simplified_m`` how far lines may be off, ``canvas``
        what `pkzone.maps.packing.canvas_from` returns. ``citation`` is what `citation_of` returns,
        ``story``, where there is one, what `ToldStory.to_dict` does: its ``title`` and its
        ``stops``, each with ``date``, ``heading``, ``sentences`` (``text`` and ids of
        ``sources``), ids of ``events``, ``bounds`` and ``layers`` in view, the day to ``compare``
        with, if any, and the layer whose difference is coloured as ``of``. Its texts are English;
        ``words`` has them in the other languages, too.

    Raises
    ------
    BadOption
        There is no such language, or no distance to simplify by; a map of nothing but files has
        no dates to tell a story by.
    StoryError
        A stop of the story names what is not there.
    MapTooLarge
        There are more features at once than a page draws.
    CatalogueError, HashMismatch, GeoJSONError
        The catalogue is damaged.
    """
    dated = selection.has_layers
    listed = catalogue.languages if dated else LANGUAGES
    opening = languages.opening(listed, language, wanted)
    offers = languages.offered(listed, wanted)
    told = _told(story, catalogue, selection, offers)
    geometries = geometry.Geometries(geometry.check_distance(simplify_m))
    towns = leads.towns_of(catalogue) if selection.layers else {}
    layers = [_layer(one, geometries, towns) for one in selection.layers]
    file_layers = [own_layers.payload_of(one, geometries) for one in selection.files]
    canvas = packing.canvas_from([*layers, *file_layers], geometries.vertices)
    differences = version_diffs.build(
        catalogue, selection, geometries, mode=compare, progress=progress
    )
    events = _events(catalogue, selection, told.events if told else ()) if dated else []
    look = _look(catalogue, selection)
    titles = [
        catalogue.title,
        *(one["title"] for one in layers),
        *(version["title"] for one in layers for version in one["versions"]),
        *(one[key] for one in events for key in ("title", "summary") if key in one),
        *(word for one in _properties(layers) for word in values_in_words(one)),
    ]
    cited = _cited_ids(selection, events, layers)
    series = charts.build(catalogue, selection, cited)
    regions = world.regions_around(catalogue, selection.home)
    content = {
        "schema": SCHEMA,
        "title": title or (told.title if told else _title(catalogue, selection)),
        **opening,
        "licenses": licence_records(catalogue) if selection.layers else [],
        "citation": _citation(catalogue, selection),
        "on": selection.on.isoformat() if selection.on else None,
        "known": known.isoformat() if dated and (known := catalogue.known_until) else "",
        "dates": [day.isoformat() for day in selection.dates],
        "home": list(selection.home) if selection.home else None,
        "simplified_m": simplify_m,
        "canvas": canvas,
        "words": languages.words_of(offers, look, catalogue, titles),
        "unreviewed": any(code in LANGUAGES and not is_reviewed(code) for code in listed),
        "style": look,
        # Texts that are alike stand near each other, the numbers last: deflate looks back 32 kB.
        "layers": [*layers, *file_layers],
        "regions": region_records(regions),
        "borders": world.borders_of(regions),
        "around": [_layer(one, geometries, {}, _names_of) for one in selection.around],
        "events": events,
        "ends": _ends(catalogue, layers),
        "routes": _routes(selection),
        "sources": [
            *source_records(
                catalogue, cited | charts.cited(series) | (told.sources if told else set())
            ),
            *([world.SOURCE] if world.is_world(regions) else []),
        ],
        "charts": series,
        "compare": differences,
        **geometries.to_dict(),
    }
    if selection.files:
        content["max_zoom"] = 18
        if not dated:
            content["of_files"] = "1"
            content["columns"] = list(own_layers.columns_of(selection.files))
    if told:
        content["story"] = told.to_dict()
        content["words"] = _with_words_of(content["words"], told)
    scripts = [
        *(["drawing/crowd.js"] if canvas else []),
        *(["panels/simplified.js"] if simplify_m else []),
        *(["panels/file-notes.js"] if selection.files else []),
        *(["story/paper.js", "story/story.js"] if told else []),
    ]
    return languages.with_phrases(content, languages.script_words(*scripts))


def _told(
    story: Story | None, catalogue: Catalogue, selection: Selection, offers: Sequence[str]
) -> ToldStory | None:
    """Return a story in the words of the page's languages; none where there is no story."""
    if story is None:
        return None
    if selection.on is None:
        raise BadOption("files have no dates to tell a story by; name a layer too")
    shown = {one.layer.name for one in selection.layers}
    base = {one.layer.name for one in selection.layers if one.is_base}
    return tell(story, catalogue, offers, shown=shown, always=base)


def _with_words_of(words: dict[str, Any], told: ToldStory) -> dict[str, Any]:
    """Return the words of a page with those of its story."""
    return {
        **words,
        "reviewed": [one for one in words["reviewed"] if one not in told.unreviewed],
        # First, so that no text of the story takes the place of a word of the page.
        "phrases": {**told.phrases, **words["phrases"]},
    }


def _title(catalogue: Catalogue, selection: Selection) -> str:
    """Return what a map is called that nobody gave a title: as its catalogue, layer or files.

    A map of one layer and the base drawing is called as the layer.
    """
    if not selection.has_layers:
        return own_layers.title_of(selection.files)
    own = [one.layer.title for one in selection.layers if not one.is_base]
    is_part = len(selection.layers) < len(catalogue) and not selection.files
    return own[0] if is_part and len(own) == 1 else catalogue.title


def _look(catalogue: Catalogue, selection: Selection) -> dict[str, Any]:
    """Return the style table of a page: with layers and files of one's own, and differences."""
    known = catalogue if selection.has_layers else ()
    table = own_layers.with_own_layers(style.table(), known)
    if selection.around:
        table = style.with_places_around(table)
    return diff_style.with_difference(own_layers.with_files(table, selection.files))


def _events(
    catalogue: Catalogue, selection: Selection, told: Container[str]
) -> list[dict[str, Any]]:
    """Return the events that versions or a story name, and those that touch the layers."""
    named = {
        event for one in selection.layers for version in one.versions for event in version.events
    }
    layers = {one.layer.name for one in selection.layers}
    return [
        event.to_dict()
        for event in catalogue.events
        if event.id in named or event.id in told or not layers.isdisjoint(_touched(event))
    ]


def _cited_ids(
    selection: Selection,
    events: Iterable[Mapping[str, Any]],
    layers: Iterable[Mapping[str, Any]],
) -> set[str]:
    """Return the ids of the sources that versions, events and features cite."""
    versions = [version for one in selection.layers for version in one.versions]
    cited = {source for version in versions for source in version.source_ids}
    cited.update(source for event in events for source in event.get("sources", ()))
    return cited | _cited(one.get("sources") for one in _properties(layers))


def _touched(event: Event) -> set[str]:
    """Return the layers that an event touches."""
    return {*event.layers, *(name.partition("/")[0] for name in event.features)}


def licence_records(catalogue: Catalogue) -> list[dict[str, str]]:
    """Return the licences of a catalogue as plain JSON types."""
    return [{"name": one.name, "title": one.title, "path": one.path} for one in catalogue.licenses]


def citation_of(catalogue: Catalogue, hashes: Iterable[str]) -> dict[str, str]:
    """Return what is known of the data of a catalogue, for whoever cites it.

    Parameters
    ----------
    catalogue : Catalogue
        The catalogue.
    hashes : iterable of str
        Those of the versions shown, for a catalogue that has no seal.

    Returns
    -------
    dict
        ``title``, ``publisher``, ``version``, ``date`` (of its release, else of its newest
        record) and ``sha256`` (its seal, else `combined_hash`); what is not known is left out.
    """
    edition = catalogue.edition
    recorded = [one.recorded.isoformat() for layer in catalogue.layers for one in layer.records]
    known = {
        "title": catalogue.title,
        "publisher": edition.publisher,
        "version": edition.version,
        "date": edition.released or max(recorded, default=""),
        "sha256": edition.sha256 or combined_hash(hashes),
    }
    return {name: value for name, value in known.items() if value}


def combined_hash(hashes: Iterable[str]) -> str:
    """Return one hash, or of several that of their sorted list, one a line; empty of none."""
    lines = sorted(set(hashes))
    if len(lines) > 1:
        return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    return "".join(lines)


def _citation(catalogue: Catalogue, selection: Selection) -> dict[str, str]:
    """Return how a map is cited: by its catalogue, a map of nothing but files by these."""
    if selection.has_layers:
        versions = (version for one in selection.layers for version in one.versions)
        return citation_of(catalogue, (version.sha256 for version in versions))
    hashes = [one.sha256 for one in selection.files]
    known = combined_hash(filter(None, hashes)) if all(hashes) else ""
    title = own_layers.title_of(selection.files)
    return {"title": title, **({"sha256": known} if known else {})}


def source_records(catalogue: Catalogue, cited: Container[str]) -> list[dict[str, Any]]:
    """Return what a page says of the sources cited, by their ids."""
    return [
        {key: record[key] for key in _SOURCE_FIELDS if key in record}
        for record in catalogue.sources
        if record["id"] in cited
    ]


def region_records(regions: Iterable[Region]) -> list[dict[str, Any]]:
    """Return what a page says of the regions around."""
    return [
        {"id": one.id, "names": dict(one.names), "labels": one.labels, "outline": one.outline}
        for one in regions
    ]


def cited_by(properties: Mapping[str, Any]) -> set[str]:
    """Return the ids in a feature's ``sources``; another shape of it cites nothing."""
    return _cited([properties.get("sources")])


def _cited(lists: Iterable[Any]) -> set[str]:
    return {
        one
        for sources in lists
        if isinstance(sources, list)
        for one in sources
        if isinstance(one, str)
    }


class Once(Generic[T]):
    """A list that holds equal JSON values once and tells their index."""

    def __init__(self) -> None:
        self.items: list[T] = []
        self._index: dict[str | bytes, int] = {}

    def add(self, value: T) -> int:
        """Return the index of a value or of its equal, adding it if it is new."""
        index = self._index.setdefault(_key(value), len(self.items))
        if index == len(self.items):
            self.items.append(value)
        return index


def _key(value: object) -> str | bytes:
    """Return equal texts for equal JSON values only; unlike ``==`` it tells 1 from true."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # half a surrogate pair, or a whole number of more than 64 bits
        return json.dumps(value, sort_keys=True)


#: A state of a feature: the index of the feature, that of its geometry, its properties.
State: TypeAlias = tuple[int, int | None, dict[str, Any]]


def _layer(
    layer: ShownLayer,
    geometries: geometry.Geometries,
    towns: Mapping[str, leads.Town],
    drawn: Drawn = tuple,
) -> dict[str, Any]:
    """Return a layer of the payload; `drawn` chooses what is drawn of a version's features."""
    content = _single if len(layer.versions) == 1 else _series
    by_version = [drawn(version.features().features) for version in layer.versions]
    features, states, members = content(by_version, geometries)
    for version, indexes in zip(by_version, members, strict=True):
        for feature, index in zip(version, indexes, strict=True):
            if "lead" not in states[index] and (lead := leads.lead_of(feature, towns)):
                states[index]["lead"] = geometries.add(lead)
    return {
        "name": layer.layer.name,
        "title": layer.layer.title,
        "description": layer.layer.description,
        "fixed": layer.fixed,
        "features": features,
        "states": states,
        "versions": list(map(_version, layer.versions, members)),
    }


Drawn: TypeAlias = Callable[[tuple[Feature, ...]], tuple[Feature, ...]]
Content: TypeAlias = tuple[list[dict[str, Any]], list[dict[str, Any]], list[list[int]]]


def _names_of(features: Iterable[Feature]) -> tuple[Feature, ...]:
    """Return the points of places with their names and nothing else, the larger first."""
    points = [one for one in features if one.geometry and one.geometry["type"] == "Point"]
    ranks = [style.first_met(style.LABELS[style.PLACES], one.properties, "point") for one in points]
    ranked = sorted(range(len(points)), key=lambda number: (ranks[number] or {})["rank"])
    return tuple(
        replace(
            points[number],
            properties={
                key: value
                for key, value in points[number].properties.items()
                if key in ("kind", "rank") or key.partition("_")[0] == "name"
            },
        )
        for number in ranked[:_MOST_PLACES]
    )


def _single(versions: Sequence[Sequence[Feature]], geometries: geometry.Geometries) -> Content:
    """Return the features and the states of one version by itself, and its states' indexes."""
    (features,) = versions
    drawn = geometries.add_of(features, alone=True)
    return (
        [{"id": one.id, "shared": one.properties} for one in features],
        [{"feature": number, "geometry": where} for number, where in enumerate(drawn)],
        [list(range(len(features)))],
    )


def _series(versions: Sequence[Sequence[Feature]], geometries: geometry.Geometries) -> Content:
    """Return the features and the states of versions, each once, and their states' indexes."""
    ids: Once[str | int | None] = Once()
    states: Once[State] = Once()
    members = [_states(version, ids, states, geometries) for version in versions]
    shared = _shared(len(ids.items), states.items)
    return (
        [{"id": one, "shared": common} for one, common in zip(ids.items, shared, strict=True)],
        [_state(one, shared[one[0]]) for one in states.items],
        members,
    )


def _states(
    features: Sequence[Feature],
    ids: Once[str | int | None],
    states: Once[State],
    geometries: geometry.Geometries,
) -> list[int]:
    """Return the indexes of a version's states, adding those not seen before."""
    return [
        states.add((ids.add(one.id), where, one.properties))
        for one, where in zip(features, geometries.add_of(features), strict=True)
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


def _shared(count: int, states: Iterable[State]) -> list[dict[str, Any]]:
    """Return for each feature the properties that are the same in all its states."""
    shared: list[dict[str, Any] | None] = [None] * count
    for feature, _, properties in states:
        known = shared[feature]
        shared[feature] = properties if known is None else _common(known, properties)
    return [one or {} for one in shared]


def _common(known: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in known.items()
        if key in other and _key(other[key]) == _key(value)
    }


def _state(state: State, shared: Mapping[str, Any]) -> dict[str, Any]:
    feature, where, properties = state
    short = {"feature": feature, "geometry": where}
    if len(properties) == len(shared):
        return short
    own = {key: value for key, value in properties.items() if key not in shared}
    return {**short, "properties": own}


def _ends(catalogue: Catalogue, layers: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return the names of the places and nodes that links name as their ends, by their ids."""
    named = {
        one[key] for one in _properties(layers) for key in _ENDS if isinstance(one.get(key), str)
    }
    names_by_id = {node.id: dict(node.names) for node in catalogue.nodes if node.id in named}
    places = catalogue["places"].versions if "places" in catalogue else ()
    for version in reversed(places):
        if named <= names_by_id.keys():
            break
        for one in version.features().features:
            if one.id in named - names_by_id.keys():
                names_by_id[str(one.id)] = {
                    key: value
                    for key, value in one.properties.items()
                    if key.partition("_")[0] == "name" and isinstance(value, str)
                }
    return dict(sorted(names_by_id.items()))


def _routes(selection: Selection) -> dict[str, list[str]]:
    """Return the ids of the places where each route begins and ends, in its newest version."""
    segments: dict[str, list[Feature]] = {}
    for version in (version for one in selection.layers for version in reversed(one.versions)):
        new: dict[str, list[Feature]] = {}
        for feature in version.features().features:
            route = route_of(feature)
            if route is not None and route not in segments:
                new.setdefault(route, []).append(feature)
        segments |= new
    ends = {route: ends_of(own) for route, own in sorted(segments.items())}
    return {route: list(both) for route, both in ends.items() if all(both)}


def _properties(layers: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the properties of all features of layers, those of their states apart."""
    return chain(
        (feature["shared"] for layer in layers for feature in layer["features"]),
        (
            state["properties"]
            for layer in layers
            for state in layer["states"]
            if "properties" in state
        ),
    )


def credit(catalogue: Catalogue, language: str) -> str:
    """Return the title of a catalogue and its licences, as they are credited."""
    title = catalogue.say(catalogue.title, language)
    licence = ", ".join(one.title or one.name for one in catalogue.licenses)
    if not licence:
        return say("Data: {title}", language, title=title)
    return say("Data: {title}, {licence}", language, title=title, licence=licence)
