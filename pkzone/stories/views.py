"""What a stop shows: its layers in force, and the bounds of its view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import shapely

from pkzone.errors import StoryError, VersionNotFound, printable
from pkzone.geo.convert import shape_of

if TYPE_CHECKING:
    from datetime import date

    from pkzone.layers.catalogue import Catalogue, Layer
    from pkzone.stories.model import Stop
    from pkzone.stories.references import References

__all__ = ["Bounds", "bounds_of", "layers_of", "padded"]

Bounds: TypeAlias = tuple[float, float, float, float]
#: Around features that a stop shows, a tenth of their extent on each side, and at least so much.
_MARGIN: Final = 0.1
_LEAST_DEGREES: Final = 0.02


def layers_of(stop: Stop, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the layers that a stop shows, in the catalogue's order.

    Raises
    ------
    StoryError
        A day of it lies outside of them: before their first version, or after the last day of
        which the catalogue knows.
    LayerNotFound
        There is no such layer.
    """
    chosen = {*stop.layers, *filter(None, (stop.compare_layer,))}
    for name in sorted(chosen):
        _ = catalogue[name]
    if stop.layers and stop.compare_layer not in ("", *stop.layers):
        raise StoryError(f"{stop.compare_layer} is compared and is not one of the layers in view")
    layers = [one for one in catalogue.layers if not stop.layers or one.name in stop.layers]
    days = [stop.day, *([stop.compare] if stop.compare else [])]
    for day in days:
        known = catalogue.known_until
        if known is not None and day > known:
            raise StoryError(f"{day} is not known: the catalogue ends on {known}")
        held = [one for one in layers if _is_held(one, day)]
        missing = [one.name for one in layers if one not in held]
        if missing and (stop.layers or not held):
            first = min((v.valid_from for one in layers for v in one.versions[:1]), default="none")
            raise StoryError(
                f"{day} lies outside of {', '.join(map(printable, missing))}: no version is in "
                f"force; the first is of {first}"
            )
    if stop.compare == stop.day:
        raise StoryError(f"{stop.day} is compared with itself")
    return tuple(one.name for one in layers)


def _is_held(layer: Layer, day: date) -> bool:
    try:
        layer.on(day)
    except VersionNotFound:
        return False
    return True


def bounds_of(stop: Stop, references: References) -> Bounds:
    """Return west, south, east and north of what a stop shows, in degrees.

    Raises
    ------
    StoryError
        The bounds have no extent; a feature is not there on the stop's day, nor on the one it is
        compared with.
    """
    if stop.bounds is not None:
        west, south, east, north = stop.bounds
        if west == east or south == north:
            raise StoryError("the bounds have no extent")
        return stop.bounds
    shapes = [_shape(one, stop, references) for one in stop.features]
    west, south, east, north = (float(one) for one in shapely.total_bounds(shapes))
    if not west <= east:  # NaN of nothing
        raise StoryError(f"{', '.join(map(printable, stop.features))}: there is nothing to see")
    return padded((west, south, east, north))


def padded(bounds: Bounds) -> Bounds:
    """Return bounds with a margin around, so that a point has some ground about it, too."""
    west, south, east, north = bounds
    across = max(_MARGIN * (east - west), _LEAST_DEGREES)
    along = max(_MARGIN * (north - south), _LEAST_DEGREES)
    return (
        round(max(-180.0, west - across), 4),
        round(max(-90.0, south - along), 4),
        round(min(180.0, east + across), 4),
        round(min(90.0, north + along), 4),
    )


def _shape(reference: str, stop: Stop, references: References) -> shapely.Geometry:
    try:
        return shape_of(references.feature(reference, stop.day).geometry)
    except StoryError:
        if stop.compare is None:
            raise
        return shape_of(references.feature(reference, stop.compare).geometry)
