"""Where it is sure to be inside, and where it is not sure to be outside of an area."""

from __future__ import annotations

from dataclasses import dataclass

import shapely
from shapely.affinity import translate

from pkzone.errors import TooWide
from pkzone.geo.frame import Frame
from pkzone.geo.shape import with_steps

__all__ = ["Margins", "on_the_globe"]

_STEP_DEG = 0.02
_SLACK = 0.005
_SLACK_M = 1.0
_MOST_DISTORTION = 0.01
_POLAR_DEG = 88.0
_LEAST_M_PER_DEG = 110_574.0
_MM = 0.001


@dataclass(frozen=True, slots=True)
class Margins:
    """An area shrunk and grown by its uncertainty, in degrees.

    They are drawn in a plane, so that they are only so good: `deep` is a little too small and
    `wide` a little too large to be wrong, and `inner` and `near` are so in the other direction.
    Between the two of a pair a distance must tell.

    Parameters
    ----------
    deep : shapely geometry
        In it one is farther from the border than the uncertainty, whatever the plane does.
    inner : shapely geometry
        In the area but not in this, one is nearer to the border than the uncertainty.
    near : shapely geometry
        In this but not in the area, one is nearer to the border than the uncertainty.
    wide : shapely geometry
        Outside of this one is farther from the border than the uncertainty.
    """

    deep: shapely.Geometry
    inner: shapely.Geometry
    near: shapely.Geometry
    wide: shapely.Geometry

    @classmethod
    def of(cls, area: shapely.Geometry, uncertainty_m: float) -> Margins:
        """Return the margins of an area of degrees; wary ones where no plane can hold them."""
        if uncertainty_m == 0:
            return cls(area, area, area, area)
        _, south, _, north = shapely.bounds(area)
        beyond_deg = 1.01 * uncertainty_m / _LEAST_M_PER_DEG
        south, north = max(-90.0, south - beyond_deg), min(90.0, north + beyond_deg)
        nothing = shapely.Polygon()
        wary = cls(nothing, area, nothing, shapely.box(-180.0, south, 180.0, north))
        if max(-south, north) > _POLAR_DEG:
            return wary
        try:
            frame = Frame.around(area)
        except TooWide:
            return wary
        if frame.distortion > _MOST_DISTORTION:
            return wary
        slack_m = uncertainty_m * (_SLACK + 2 * frame.distortion) + _SLACK_M
        # the two sides of an area that is cut at the antimeridian become one
        plane = shapely.union_all(
            shapely.get_parts(frame.to_metres(with_steps(area, _STEP_DEG))), grid_size=_MM
        )
        less_m, more_m = max(0.0, uncertainty_m - slack_m), uncertainty_m + slack_m
        grown = shapely.buffer(plane, [-more_m, -less_m, less_m, more_m], quad_segs=32)
        return cls(*(on_the_globe(frame.to_degrees(one)) for one in grown))


def on_the_globe(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a valid shape cut at the antimeridian, of one whose longitudes may run on."""
    sound = shape if shape.is_valid else shapely.make_valid(shape)
    west, _, east, _ = shapely.bounds(sound)
    if not (west < -180 or east > 180):  # of an empty shape neither is true
        return sound
    globe = shapely.box(-180, -90, 180, 90)
    turned = [translate(sound, turn) for turn in (-360.0, 0.0, 360.0)]
    return shapely.union_all(shapely.intersection(turned, globe))
