"""Write the first draft of a story: a stop for each version of a layer, told by reference alone."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from pkzone.errors import BadDate, StoryError
from pkzone.layers.dates import period_of
from pkzone.layers.model import Version
from pkzone.queries.series import series
from pkzone.stories.model import MAX_STOPS, Sentence, Stop, Story
from pkzone.stories.views import Bounds, padded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pkzone.layers.catalogue import Catalogue

__all__ = ["draft"]

_ZONE = "zone"
#: A version that is smaller than this part of its layer, either way, says little by itself.
_SMALL = 0.25
#: The measure that a stop says, the first that the layer has.
_MEASURES = ("area_km2", "length_drawn_in_use_km", "length_drawn_km", "features")
_MOST_EVENTS = 2


def draft(
    layer: str,
    *,
    catalogue: Catalogue,
    start: str | date | None = None,
    end: str | date | None = None,
) -> Story:
    """Return a story with a stop for each version of a layer, with its events and their sources.

    It holds no words but references, so that it needs no translation until it is edited.

    Parameters
    ----------
    layer : str
        The layer.
    catalogue : Catalogue
        Where it is.
    start, end : str or datetime.date, optional
        Only versions in force at any time from `start` to `end`, both included.

    Raises
    ------
    BadDate, LayerNotFound, VersionNotFound
        There is no such layer, or no version of it in that time.
    StoryError
        There are more versions than a story has stops, or nothing to see in any of them.
    """
    versions = catalogue[layer].between(start, end)
    since = date.min
    if start is not None:
        with suppress(BadDate):  # a version such as 2022-08-30.2 begins by itself
            since = period_of(start, catalogue.time_zone)[0]
    boxes = [version.bbox for version in versions if version.bbox]
    if not boxes:
        raise StoryError(f"{layer}: none of its versions has anything to see")
    days = {  # of a day the last; that of the first one may be before what is asked for
        max(version.valid_from, since): version for version in versions
    }
    if len(days) > MAX_STOPS:
        raise StoryError(
            f"{layer} changes on {len(days):,} days; a story has at most {MAX_STOPS} stops: "
            "choose fewer with --from and --to"
        )
    table = series(catalogue[layer], catalogue=catalogue)
    rows = {row["version"]: row for row in table.items or ()}
    measure = next(one for one in _MEASURES if any(row[one] is not None for row in rows.values()))
    west, south, east, north = zip(*boxes, strict=True)
    bounds = (min(west), min(south), max(east), max(north))
    stops: list[Stop] = []
    for day, version in days.items():
        before = stops[-1].day if stops else None
        events = version.events if day == version.valid_from else ()
        measured = measure if rows[version.id][measure] is not None else ""
        stops.append(
            Stop(
                day,
                f"{{version:{version.ref}}}",
                _sentences(version, day, events, measured, catalogue),
                bounds=padded(_view(version.bbox, bounds)),
                layers=(*_ground(layer, before or day, catalogue), layer),
                compare=before,
                compare_layer=layer if before else "",
                events=events,
            )
        )
    return Story(f"{{layer:{layer}}}", tuple(stops))


def _view(box: Bounds | None, bounds: Bounds) -> Bounds:
    """Return the extent of a version; of all if it is a small part, such as the first of points."""
    if box is None or all(
        box[axis + 2] - box[axis] < _SMALL * (bounds[axis + 2] - bounds[axis]) for axis in (0, 1)
    ):
        return bounds
    return box


def _ground(layer: str, day: date, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the zone, if there is one that a layer lies in on a day."""
    first = next(iter(catalogue[_ZONE].versions), None) if _ZONE in catalogue else None
    return (_ZONE,) if layer != _ZONE and first and first.valid_from <= day else ()


def _sentences(
    version: Version, day: date, event_ids: Sequence[str], measure: str, catalogue: Catalogue
) -> tuple[Sentence, ...]:
    """Return a sentence for each of the first events, and one for what is measured.

    A version without features names no sources: what is measured of it follows from its events.
    """
    events = [catalogue.event(one) for one in event_ids[:_MOST_EVENTS]]
    told = [
        Sentence(f"{{event:{one.id}.date}}: {{event:{one.id}}}.", one.sources) for one in events
    ]
    sources = version.source_ids or tuple(
        dict.fromkeys(source for one in events for source in one.sources)
    )
    if measure:
        layer = version.layer
        told.append(Sentence(f"{{layer:{layer}}}: {{series:{layer}.{measure}@{day}}}.", sources))
    return tuple(told) or (Sentence("{date}: {version:" + version.ref + "}.", sources),)
