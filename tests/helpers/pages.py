"""Read a page back: its payload, the features of its versions, the rules that draw them."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any

from pkzone.geojson import Feature
from pkzone.maps import geometry, style

#: Digits of RFC 1924 that a page writes otherwise, because HTML reads them as marks.
_FROM_PAGE = bytes.maketrans(b",.:", b"&<>")


def payload_of(html: str) -> dict[str, Any]:
    """Return the payload of a page."""
    payload, vertices = block_of(html, "pkzone-payload")
    phrases = payload["words"]["phrases"]  # language by language
    rows = (list(row) for row in zip(*phrases["said"], strict=True))
    payload["words"]["phrases"] = dict(zip(phrases["english"], rows, strict=False))
    return payload | {"vertices": vertices}


def block_of(html: str, name: str) -> tuple[dict[str, Any], bytes]:
    """Unpack a data block of a page: plain JSON types, and numbers as bytes."""
    pattern = rf'<script type="application/json" id="{re.escape(name)}">([^<]*)</script>'
    match = re.search(pattern, html)
    assert match is not None, f"the page has no block {name}"
    block = json.loads(match[1])
    packed = base64.b85decode(block["packed"].encode("ascii").translate(_FROM_PAGE))
    data = zlib.decompress(packed, -15)
    return json.loads(data[: block["text"]]), data[block["text"] :]


def version_features(
    payload: Mapping[str, Any], layer: str, version_id: str
) -> tuple[Feature, ...]:
    """Rebuild the features of one version from a payload."""
    stored = {one["name"]: one for one in payload["layers"]}[layer]
    version = {one["id"]: one for one in stored["versions"]}[version_id]
    read = geometry.reader(payload)
    features = []
    for index in version["states"]:
        state = stored["states"][index]
        feature = stored["features"][state["feature"]]
        number = state["geometry"]
        features.append(
            Feature(
                id=None if feature.get("made_up") else feature["id"],
                properties={**feature["shared"], **state.get("properties", {})},
                geometry=None if number is None else read(number),
            )
        )
    return tuple(features)


def rule_for(
    layer: str, properties: Mapping[str, Any], geometry_type: str | None
) -> dict[str, Any]:
    """Return the rule that draws a feature: the first of its layer whose conditions it meets."""
    kind = style.geometry_kind(geometry_type)
    rules = style.RULES.get(layer, style.ANY_LAYER)
    return style.first_met(rules, properties, kind) or style.ANY_LAYER[-1]


def modifiers_for(properties: Mapping[str, Any], geometry_type: str | None) -> list[dict[str, Any]]:
    """Return the modifiers that a feature meets, in the order of the table."""
    return style.all_met(style.MODIFIERS, properties, style.geometry_kind(geometry_type))
