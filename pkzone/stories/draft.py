"""Write the first draft of a story: a stop for each version of a layer, told by reference alone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pkzone.errors import StoryError
from pkzone.layers.model import Version
from pkzone.queries.series import series
from pkzone.stories.model import MAX_STOPS, Sentence, Stop, Story
from pkzone.stories.views import Bounds, padded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

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
    boxes = [version.bbox for version in versions if version.bbox]
    if not boxes:
        raise StoryError(f"{layer}: none of its versions has anything to see")
    days = {version.valid_from: version for version in versions}  # of a day the last
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
        stops.append(
            Stop(
                day,
                f"{{version:{version.ref}}}",
                _sentences(version, rows[version.id], measure, catalogue),
                bounds=padded(_view(version.bbox, bounds)),
                layers=(*_ground(layer, before or day, catalogue), layer),
                compare=before,
                compare_layer=layer if before else "",
                events=version.events,
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
    version: Version, row: Mapping[str, Any], measure: str, catalogue: Catalogue
) -> tuple[Sentence, ...]:
    """Return a sentence for each of the first events, and one for what is measured."""
    events = [catalogue.event(one) for one in version.events[:_MOST_EVENTS]]
    told = [
        Sentence(f"{{event:{one.id}.date}}: {{event:{one.id}}}.", one.sources) for one in events
    ]
    if row[measure] is not None:
        layer = version.layer
        said = f"{{layer:{layer}}}: {{series:{layer}.{measure}@{version.valid_from}}}."
        told.append(Sentence(said, version.source_ids))
    return tuple(told) or (Sentence("{date}: {version:" + version.ref + "}.", version.source_ids),)
