"""From a table of facts to versions: which features are in which state on which date."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shapely.geometry import mapping

from authoring.roads import Drawn
from authoring.schemas import BASIS, OPTIONAL, properties
from pkzone.geojson import Feature
from pkzone.layers.terms import TRAFFIC

START = "2020-11-10"


class FactsError(Exception):
    """A table of facts contradicts itself or names something that does not exist."""


@dataclass(frozen=True)
class Version:
    """One version of a layer: its features and why it differs from the one before."""

    layer: str
    id: str
    title: str
    events: tuple[str, ...]
    features: tuple[Feature, ...]


def read_table(path: Path) -> dict[str, Any]:
    """Return a table of facts."""
    table: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return table


def versions(table: Mapping[str, Any], drawn: Mapping[str, Drawn]) -> list[Version]:
    """Return the versions of one layer, oldest first.

    A version begins on every date on which a state of one of its features begins. States of
    before the first date are those that hold on it.

    Raises
    ------
    FactsError
        A date has no title and events, a feature no geometry, or states are out of order.
    """
    layer = table["layer"]
    starts = {_effective(state["from"]) for f in table["features"] for state in f["states"]}
    dates = sorted(starts | {START})
    stated = table["versions"]
    if set(dates) != set(stated):
        differing = sorted(set(dates) ^ set(stated))
        raise FactsError(f"{layer}: states and versions differ on {', '.join(differing)}")
    return [
        Version(
            layer,
            date,
            stated[date]["title"],
            tuple(stated[date]["events"]),
            tuple(_features_on(date, table, drawn)),
        )
        for date in dates
    ]


def _features_on(date: str, table: Mapping[str, Any], drawn: Mapping[str, Drawn]) -> list[Feature]:
    features = []
    for entry in table["features"]:
        states = entry["states"]
        order = [_effective(state["from"]) for state in states]
        if order != sorted(set(order)):
            raise FactsError(f"{table['layer']}/{entry['id']}: states are out of order: {order}")
        current = [s for s, start in zip(states, order, strict=True) if start <= date]
        if current and not current[-1].get("ends"):
            features.append(_feature(table["layer"], entry, current[-1], drawn))
    return sorted(features, key=lambda feature: str(feature.id))


def _feature(
    layer: str, entry: Mapping[str, Any], state: Mapping[str, Any], drawn: Mapping[str, Drawn]
) -> Feature:
    key = state.get("geometry") or entry.get("geometry", entry["id"])
    if key not in drawn:
        raise FactsError(f"{layer}/{entry['id']}: nothing is drawn for {key!r}")
    geometry = drawn[key]
    values = {
        "basis": BASIS[layer],
        "geometry_basis": geometry.basis,
        "uncertainty_m": geometry.uncertainty_m,
        "since": state["from"],
        **{name: value for name, value in entry.items() if name not in {"id", "states"}},
        **{name: value for name, value in state.items() if name != "from"},
    }
    values["note"] = " ".join(filter(None, [values.get("note"), geometry.note])) or None
    traffic = state.get("traffic", {})
    values["traffic"] = [one.word for one in TRAFFIC if one.word in traffic] or None
    said_by = {source for sources in traffic.values() for source in sources}
    values["sources"] = sorted({*values["sources"], *said_by, *geometry.sources})
    stated = ((name, values.get(name)) for name in properties(layer))
    return Feature(
        id=entry["id"],
        properties={name: v for name, v in stated if v is not None or name not in OPTIONAL},
        geometry=mapping(geometry.geometry),
    )


def _effective(date: str) -> str:
    """First day of a date that may be partial; no earlier than the first version."""
    full = (date + "-01-01")[:10] if len(date) == 4 else (date + "-01")[:10]
    return max(full, START)
