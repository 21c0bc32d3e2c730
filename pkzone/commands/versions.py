"""What several commands say of a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue, Event, Version

__all__ = ["events_of", "with_events"]


def events_of(version: Version, catalogue: Catalogue) -> list[Event]:
    """Return the events that explain a version, by date."""
    events = (catalogue.event(event_id) for event_id in version.events)
    return sorted(events, key=lambda event: event.date)


def with_events(version: Version, catalogue: Catalogue) -> dict[str, Any]:
    """Return a version's record as plain JSON types, its events written out."""
    events = [event.to_dict() for event in events_of(version, catalogue)]
    return {**version.to_dict(), "events": events}
