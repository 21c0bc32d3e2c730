"""The catalogue as files: every byte that ships, from the tables of facts and the inputs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import Point

from authoring import checks, schemas
from authoring.areas import Areas
from authoring.context import Context
from authoring.inputs import Inputs
from authoring.lines import FOLDER as LINES
from authoring.lines import with_lines
from authoring.names import Names
from authoring.plane import on_grid, to_degrees
from authoring.regions import regions
from authoring.released import Record, Released
from authoring.roads import POINT_SOURCES, Drawn, Roads
from authoring.states import FactsError, Version, read_table, versions
from pkzone.layers import figures, manifest, translations
from pkzone.store import manifest_writer
from pkzone.stories import model

FACTS = Path(__file__).parent / "facts"
NODE_UNCERTAINTY_M = 1_500


def build(inputs: Inputs, shipped: Path, lines: Path = LINES) -> dict[str, bytes]:
    """Return every file of the catalogue by its path, the manifest last.

    Parameters
    ----------
    inputs : Inputs
        What the layers are derived from.
    shipped : Path
        Folder with the files that were released before, which ship again as they are.
    lines : Path, optional
        Folder of lines that were digitised and handed in.
    """
    about = _read("catalogue")
    names = Names.read(FACTS / "names.csv")
    events, sources = names.filled(_read("events"), "events.json"), _read("sources")
    roads = Roads(inputs)
    drawn = _drawn(inputs, roads)
    nodes = [_node(one, names, inputs, roads, drawn) for one in _read("nodes")]
    around = {"nodes": nodes, "regions": list(regions(_read("regions"), inputs, names))}
    drawn |= _handed_in(drawn, lines, sources)
    files = {
        "events.json": manifest_writer.json_bytes(events),
        "sources.json": manifest_writer.json_bytes(sources),
    }
    released = Released(_read("released"), shipped)
    resources = []
    tables, layers = {}, {}
    for layer in about["layers"]:
        name = layer["name"]
        files[f"schemas/{name}.json"] = manifest_writer.json_bytes(
            schemas.schema(name, layer["title"])
        )
        tables[name] = read_table(FACTS / f"{name}.json")
        table = names.filled(tables[name], f"{name}.json")
        built = layers[name] = versions(table, drawn[name])
        for record in released.records(name, built, table.get("withdrawn", {}), about["recorded"]):
            files[record.path] = record.data
            resources.append(_resource(record, about, sources))
    _check_references(resources, events, sources, files)
    files[figures.FILE_NAME] = (FACTS / figures.FILE_NAME).read_bytes()
    resources.append(figures.resource(files[figures.FILE_NAME]))
    for language in about["languages"][1:]:
        path = translations.file_name(language)
        files[path] = (shipped / path).read_bytes()  # as translators have left it
        resources.append(manifest.translation(language))
    for path in [model.FILE_NAME, *(f"story.{one}.po" for one in about["languages"][1:])]:
        files[path] = (shipped / path).read_bytes()  # written by hand, held to the rest by tests
    facts = checks.Facts(
        tables=tables,
        versions=layers,
        events=events,
        sources=sources,
        names=names,
        points=points(layers["places"], nodes),
        where=checks.read_rows(FACTS / "where.csv"),
        sizes=checks.read_rows(FACTS / "sizes.csv"),
        publishers=checks.read_rows(FACTS / "publishers.csv"),
    )
    checks.refuse(facts, checks.read_rows(FACTS / "exceptions.csv"))
    files["datapackage.json"] = _manifest({**about, **around}, resources)
    return files


def _drawn(inputs: Inputs, roads: Roads) -> dict[str, Mapping[str, Drawn]]:
    areas = Areas(inputs, roads)
    context = Context(inputs, areas)
    return {
        "zone": {key: _area(area) for key, area in areas.zone.items()},
        "control": {key: _area(area) for key, area in areas.control.items()},
        "corridor": roads.corridor(),
        "transport": roads.transport(),
        "sites": dict(_sites(inputs, roads)),
        "places": dict(_places(inputs)),
        "boundaries": context.boundaries(),
        "physical": context.physical(),
    }


def _handed_in(
    drawn: Mapping[str, Mapping[str, Drawn]], lines: Path, sources: Sequence[Mapping[str, Any]]
) -> dict[str, Mapping[str, Drawn]]:
    """Return the layers of links with the lines that were handed in."""
    layers = ("corridor", "transport")
    links = {link for layer in layers for link in drawn[layer]}
    ids = {source["id"] for source in sources}
    return {layer: with_lines(drawn[layer], lines, links, ids) for layer in layers}


def _area(area: shapely.Geometry) -> Drawn:
    return Drawn(area, "derived", 2_500, ("geonames", "natural-earth", "whosonfirst"))


def _places(inputs: Inputs) -> Iterator[tuple[str, Drawn]]:
    for entry in read_table(FACTS / "places.json")["features"]:
        known = inputs.gazetteer[entry["id"]]
        lonlat = entry.get("coordinates") or known["lonlat"]
        point = on_grid(Point(lonlat))
        sources = () if "coordinates" in entry else POINT_SOURCES
        yield entry["id"], Drawn(point, "derived", known["coord_uncertainty_m"], sources)


def _sites(inputs: Inputs, roads: Roads) -> Iterator[tuple[str, Drawn]]:
    derived = {f"derived:{key}": point for key, point in roads.derived_points().items()}
    for entry in read_table(FACTS / "sites.json")["features"]:
        at = entry["at"]
        if at in derived:
            point, sources = to_degrees(derived[at]), ("natural-earth", *POINT_SOURCES)
        else:
            point, sources = Point(inputs.gazetteer[at]["lonlat"]), POINT_SOURCES
        yield entry["id"], Drawn(on_grid(point), "derived", entry["uncertainty_m"], sources)


def points(
    places: Sequence[Version], nodes: Iterable[Mapping[str, Any]]
) -> dict[str, tuple[float, float, float]]:
    """Return (lon, lat, uncertainty in metres) of every place and node."""
    found = {str(n["id"]): (n["lon"], n["lat"], float(n["uncertainty_m"])) for n in nodes}
    for feature in places[0].features:
        lon, lat = feature.geometry["coordinates"] if feature.geometry else (0.0, 0.0)
        found[str(feature.id)] = (lon, lat, feature.properties["uncertainty_m"])
    return found


def _node(
    node: Mapping[str, Any],
    names: Names,
    inputs: Inputs,
    roads: Roads,
    drawn: Mapping[str, Mapping[str, Drawn]],
) -> dict[str, Any]:
    """Return a junction that no layer of places has: its names and where it is drawn."""
    how, _, key = node["at"].partition(":")
    if how == "waypoint":
        point = to_degrees(inputs.waypoints[key])
    elif how == "derived":
        point = to_degrees(roads.derived_points()[key])
    else:
        point = Point(drawn["transport"][key].geometry.coords[0 if how == "start" else -1])
    lon, lat = on_grid(point).coords[0]
    off_m = node.get("uncertainty_m", NODE_UNCERTAINTY_M)
    named = {"id": node["id"], **names.every_name(node["id"])}
    return named | {"lon": lon, "lat": lat, "uncertainty_m": off_m}


def _resource(
    record: Record, about: Mapping[str, Any], sources: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    cited = {source for one in record.features for source in one.properties["sources"]}
    entry = manifest_writer.resource(
        layer=record.layer,
        version=record.version,
        record=record.number,
        path=record.path,
        data=record.data,
        features=record.features,
        title=record.title,
        recorded=record.recorded,
        events=record.events,
        sources=[one for one in sources if one["id"] in cited],
        licenses=about["licenses"],
    )
    return entry | ({"withdrawn": record.withdrawn} if record.withdrawn else {})


def _manifest(about: Mapping[str, Any], resources: Sequence[Mapping[str, Any]]) -> bytes:
    stated = {key: value for key, value in about.items() if value is not None}
    stated.pop("recorded")
    ordered = manifest_writer.in_order(resources, about["layers"])
    return manifest_writer.dumps(
        {"$schema": manifest_writer.PROFILE, **stated, "resources": ordered}
    )


def _check_references(
    resources: Iterable[Mapping[str, Any]],
    events: Sequence[Mapping[str, Any]],
    sources: Sequence[Mapping[str, Any]],
    files: Mapping[str, bytes],
) -> None:
    """Refuse a version or an event that refers to what does not exist."""
    known_events = _ids(events, "events.json")
    known_sources = _ids(sources, "sources.json")
    features = set()
    for resource in resources:
        _require(resource["events"], known_events, resource["name"])
        _require(resource["source_ids"], known_sources, resource["name"])
        for feature in json.loads(files[resource["path"]])["features"]:
            features.add(f"{resource['layer']}/{feature['id']}")
    for event in events:
        _require(event["sources"], known_sources, event["id"])
        _require(event["features"], features, event["id"])
        _require({f.split("/")[0] for f in event["features"]}, set(event["layers"]), event["id"])


def _ids(records: Sequence[Mapping[str, Any]], name: str) -> set[str]:
    ids = [record["id"] for record in records]
    if len(set(ids)) != len(ids):
        raise FactsError(f"{name}: an id is used twice")
    return set(ids)


def _require(wanted: Iterable[str], known: set[str], where: str) -> None:
    if missing := sorted(set(wanted) - known):
        raise FactsError(f"{where}: refers to what does not exist: {', '.join(missing)}")


@cache
def _read(name: str) -> Any:
    return json.loads((FACTS / f"{name}.json").read_text("utf-8"))
