"""Records of versions as rows, with the events that explain them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pkzone.table import Column

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue, Event, Version
    from pkzone.table import Table

__all__ = ["VERSION_COLUMNS", "beyond", "events_of", "noting_beyond", "version_row"]

VERSION_COLUMNS = (
    Column("layer"),
    Column("version"),
    Column("valid_from", "date", "from", rank=2),
    Column("valid_to", "date", "until", rank=1),
    Column("feature_count", "integer", "features", rank=3),
    Column("title"),
    Column("record", "integer", in_text=False),
    Column("recorded", "date", in_text=False),
    Column("withdrawn", in_text=False),
    Column("events", "array", in_text=False),
    Column("source_ids", "array", in_text=False),
    Column("licenses", "array", in_text=False),
    Column("bbox", "array", in_text=False),
    Column("path", in_text=False),
    Column("sha256", in_text=False),
    Column("size_bytes", "integer", in_text=False),
)
"""Columns of a record of a version; a withdrawn one has the reason under ``withdrawn``."""


def version_row(version: Version, events: Sequence[Any] | None = None) -> tuple[Any, ...]:
    """Return a record of a version as a row, with the ids of its events unless others are given."""
    return (
        version.layer,
        version.id,
        version.valid_from.isoformat(),
        version.valid_to.isoformat() if version.valid_to else None,
        version.feature_count,
        version.title,
        version.record,
        version.recorded.isoformat(),
        version.withdrawn or None,
        list(version.events if events is None else events),
        list(version.source_ids),
        [one.name for one in version.licenses],
        list(version.bbox) if version.bbox else None,
        version.file,
        version.sha256,
        version.size_bytes,
    )


def beyond(catalogue: Catalogue, *asked: str | None) -> tuple[str, ...]:
    """Return what there is to say of days after the last known one, each once.

    What was asked for is a date, or a reference whose date names no version by its id.
    """
    return tuple(dict.fromkeys(filter(None, (_beyond(catalogue, one) for one in asked if one))))


def _beyond(catalogue: Catalogue, asked: str) -> str:
    from pkzone.layers.dates import period_of
    from pkzone.layers.references import LayerReference, parse

    if "@" in asked:
        parsed = parse(asked, catalogue)
        if not isinstance(parsed, LayerReference) or not parsed.version:
            return ""
        if parsed.version in catalogue[parsed.layer]:
            return ""
        asked = parsed.version
    first, _ = period_of(asked, catalogue.time_zone)
    return catalogue.beyond(first)


def noting_beyond(table: Table, catalogue: Catalogue, *asked: str | None) -> Table:
    """Return a table with notes of what `beyond` says."""
    from dataclasses import replace

    said = tuple(f"{one[0].upper()}{one[1:]}." for one in beyond(catalogue, *asked))
    return replace(table, notes=(*table.notes, *said)) if said else table


def events_of(version: Version, catalogue: Catalogue) -> list[Event]:
    """Return the events that explain a version, by date."""
    events = (catalogue.event(event_id) for event_id in version.events)
    return sorted(events, key=lambda event: event.date)
