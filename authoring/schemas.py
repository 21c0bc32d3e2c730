"""The JSON Schema of each layer's features, built from one table of properties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pkzone.layers.terms import CERTAINTIES, DIRECTIONS, STATUSES, TRAFFIC, Term

Schema = dict[str, Any]

LINK_STATUS = tuple(one.word for one in STATUSES)
STATUS = {
    "zone": ("in_force", "dissolving"),
    "control": ("held",),
    "corridor": LINK_STATUS,
    "transport": LINK_STATUS,
    "sites": ("operating", "restricted", "closed", "dismantled"),
    "places": ("inside", "corridor", "divided", "disputed", "outside", "unknown"),
    "boundaries": ("shown",),
    "physical": ("shown",),
}
BASIS = {
    "zone": "responsibility",
    "control": "control",
    "corridor": "traffic",
    "transport": "traffic",
    "sites": "traffic",
    "places": "responsibility",
    "boundaries": "geography",
    "physical": "geography",
}
AREA, LINE, POINT = ("Polygon", "MultiPolygon"), ("LineString", "MultiLineString"), ("Point",)
GEOMETRY = {
    "zone": AREA,
    "control": AREA,
    "corridor": LINE,
    "transport": LINE + POINT,
    "sites": POINT,
    "places": POINT,
    "boundaries": LINE,
    "physical": LINE + AREA,
}

TEXT: Schema = {"type": "string", "minLength": 1}
TEXT_OR_NULL: Schema = {"type": ["string", "null"], "minLength": 1}
COUNT_OR_NULL: Schema = {"type": ["integer", "null"], "minimum": 0}
PARTIAL_DATE = r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"

COMMON: dict[str, Schema] = {
    "name": TEXT,
    "name_az": TEXT_OR_NULL,
    "name_hy": TEXT_OR_NULL,
    "name_ru": TEXT_OR_NULL,
    "kind": TEXT,
    "certainty": {"enum": [one.word for one in CERTAINTIES]},
    "uncertainty_m": {"type": "integer", "minimum": 0},
    "geometry_basis": {"enum": ["derived", "digitised", "generalised", "schematic"]},
    "since": {"type": ["string", "null"], "pattern": PARTIAL_DATE},
    "sources": {"type": "array", "items": TEXT, "minItems": 1, "uniqueItems": True},
    "note": TEXT_OR_NULL,
}


def _choice(terms: Sequence[Term]) -> Schema:
    """Return the rule of a word of a fixed list, with what each means."""
    told = [f"{one.word}: {one.meaning}" for one in terms]
    return {"enum": [one.word for one in terms], "description": ". ".join(told) + "."}


LINK: dict[str, Schema] = {
    "route": TEXT_OR_NULL,
    "sequence": {"type": ["integer", "null"], "minimum": 1},
    "mode": {"enum": ["road", "rail", "air"]},
    "controller": TEXT_OR_NULL,
    "length_published_km": {"type": ["number", "null"], "exclusiveMinimum": 0},
    "from_place": TEXT,
    "to_place": TEXT,
    "direction": _choice(DIRECTIONS),
    "traffic": {
        "type": "array",
        "items": _choice(TRAFFIC),
        "minItems": 1,
        "uniqueItems": True,
    },
}
# Absent where nothing is known, and in the records of the first release.
OPTIONAL = {"from_place", "to_place", "direction", "traffic"}
EXTRA: dict[str, dict[str, Schema]] = {
    "control": {"controller": TEXT},
    "corridor": LINK,
    "transport": LINK,
    "sites": {
        "controller": TEXT_OR_NULL,
        "posts_permanent": COUNT_OR_NULL,
        "posts_temporary": COUNT_OR_NULL,
        "posts_total": COUNT_OR_NULL,
    },
    "places": {
        "rank": {"type": "integer", "minimum": 1, "maximum": 4},
        "geonames_id": {"type": ["integer", "null"]},
        "wikidata_id": {"type": ["string", "null"], "pattern": r"^Q\d+$"},
    },
    "boundaries": {"boundary_status": {"enum": ["international", "district", "former_line"]}},
}


def properties(layer: str) -> dict[str, Schema]:
    """Return the rule of every property that the features of a layer have."""
    own = {"status": _status(layer), "basis": {"const": BASIS[layer]}}
    return COMMON | own | EXTRA.get(layer, {})


def _status(layer: str) -> Schema:
    if STATUS[layer] is not LINK_STATUS:
        return {"enum": list(STATUS[layer])}
    return _choice([
        Term(one.word, f"{one.who}; direction: {one.direction}; leave: {one.leave}")
        for one in STATUSES
    ])  # fmt: skip


def schema(layer: str, title: str) -> Schema:
    """Return the JSON Schema (2020-12) of one feature of a layer."""
    rules = properties(layer)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A feature of the layer {layer}: {title}",
        "type": "object",
        "required": ["type", "id", "properties", "geometry"],
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]*$"},
            "properties": {
                "type": "object",
                "required": sorted(set(rules) - OPTIONAL),
                "additionalProperties": False,
                "properties": dict(sorted(rules.items())),
            },
            "geometry": {
                "type": "object",
                "required": ["type", "coordinates"],
                "properties": {"type": {"enum": list(GEOMETRY[layer])}},
            },
        },
    }
