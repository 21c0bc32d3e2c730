"""Transform a layer's coordinates to WGS 84, all by one operation, which is named."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.errors import FormatError, UnsafeFile

__all__ = ["Reprojection", "changes_of"]

Numbers = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]

_WGS84 = "EPSG:4326"
# A definition may ask for a grid by its path; those that PROJ knows by name are no path.
_OTHER_FILE = re.compile(
    r"(?:grids|geoidgrids)\s*=\s*[^\s\"]*[/\\]|FILE\s*\[[^\]]*[/\\]|\.\./", re.IGNORECASE
)
# Longitude stands first throughout: PROJ says so in words of its own, by version.
_AXIS_ORDER = re.compile(
    r"axis order change \(2D\) \+ | \+ axis order change \(2D\)"
    r"| \(with axis order normalized for visualization\)"
)
_UNKNOWN_M = 999  # what the EPSG dataset states for an accuracy that nobody knows
_NARROW = 0.001  # degrees


class Reprojection:
    """Transformation of a layer's coordinates to longitude and latitude on WGS 84.

    Parameters
    ----------
    stated : str or None
        The layer's coordinate system, as WKT or code.
    wanted : str or None
        What the user says it is, which counts more.
    bounds : tuple of float or None
        Extent in the layer's own coordinates: among several transformations the best for this
        area is taken, for all features the same one.
    area : tuple of float, optional
        The same in degrees, where the extent is not known.

    Attributes
    ----------
    told : dict
        ``name`` of the coordinate system (None if there is none), and where coordinates are
        changed ``operation``, ``accuracy_m`` (None if not known) and ``missing``, the names of
        grids that a better transformation would need.
    """

    def __init__(
        self,
        stated: str | None,
        wanted: str | None,
        bounds: tuple[float, float, float, float] | None,
        *,
        area: tuple[float, float, float, float] | None = None,
    ) -> None:
        self.told: dict[str, Any] = {"name": None, "assumed": bool(wanted)}
        self._transform: Any = None
        definition = wanted or stated
        if not definition:
            return
        if definition == _WGS84 or definition.endswith('AUTHORITY["EPSG","4326"]]'):
            self.told["name"] = "WGS 84"  # spares most files the import of pyproj
            return
        crs = _crs(definition, "--crs" if wanted else "its coordinate system")
        self.told["name"] = crs.name
        from pyproj import CRS

        if crs.equals(CRS(_WGS84), ignore_axis_order=True) or _flat(crs).equals(
            CRS(_WGS84), ignore_axis_order=True
        ):
            return
        self._choose(crs, area or _in_degrees(crs, bounds))

    def _choose(self, crs: Any, area: tuple[float, float, float, float] | None) -> None:
        from pyproj import Transformer
        from pyproj.aoi import AreaOfInterest
        from pyproj.exceptions import ProjError
        from pyproj.transformer import TransformerGroup

        try:
            interest: Any = None if area is None else AreaOfInterest(*_widened(area))
            group = TransformerGroup(crs, _WGS84, always_xy=True, area_of_interest=interest)
        except ProjError:
            group = None
        if group is None or not group.transformers:
            raise FormatError("", f"there is no way from {crs.name} to longitude and latitude")
        chosen: Transformer = group.transformers[0]
        missing = []
        if not group.best_available and group.unavailable_operations:
            missing = [
                grid.short_name or grid.full_name
                for grid in group.unavailable_operations[0].grids
                if not grid.available
            ]
        self.told |= {
            "operation": _AXIS_ORDER.sub("", chosen.description),
            "accuracy_m": _accuracy_m(chosen),
            "missing": missing,
        }
        self._transform = chosen.transform

    def positions(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return columns of coordinates as longitude and latitude, infinite where there is none."""
        if self._transform is None:
            return x, y
        lon, lat = self._transform(x, y)
        return lon, lat

    def shapes(self, shapes: Shapes, first: int = 0) -> Shapes:
        """Return shapes in longitude and latitude; errors count them from ``first`` on.

        Heights are changed too, where a position has one.
        """
        high = shapely.has_z(shapes)
        moved = shapes.copy()
        for chosen, has_z in ((~high, False), (high, True)):
            if self._transform is not None:
                moved[chosen] = shapely.transform(shapes[chosen], self._moved, include_z=has_z)
        at, owners = shapely.get_coordinates(moved, include_z=True, return_index=True)
        odd = owners[~np.isfinite(at[:, :2]).all(axis=1) | np.isinf(at[:, 2])]
        if len(odd):
            reason = "a coordinate is not a finite number"
            if self._transform is not None:
                reason = f"a coordinate lies outside {self.told['name']}"
            reason = f"feature {first + odd.min()}: {reason}; fix the file, or state its --crs"
            raise FormatError("", reason)
        return moved

    def _moved(self, positions: Numbers) -> Numbers:
        moved = np.full_like(positions, np.nan)
        is_flat = np.isnan(positions[:, -1])  # without a height, beside others with one
        for chosen, count in ((is_flat, 2), (~is_flat, positions.shape[1])):
            if chosen.any():
                columns = self._transform(*positions[chosen, :count].T)
                moved[chosen, :count] = np.column_stack(columns)
        return moved


def changes_of(told: dict[str, Any]) -> Iterator[str]:
    """Yield the lines that tell of a transformation, as `Reprojection.told` has it."""
    if "operation" not in told:
        return
    accuracy = told["accuracy_m"]
    about = "accuracy not known" if accuracy is None else f"accuracy {accuracy:g} m"
    yield f"from {told['name']} to WGS 84 by {told['operation']} ({about})"
    if told["missing"]:
        grids = ", ".join(map(str, told["missing"]))
        yield f"a better transformation needs a grid that is not installed: {grids}"
    if "Ballpark" in told["operation"]:
        yield "the shift between the datums is not known: it may be off by 100 m or more"


def _accuracy_m(chosen: Any) -> float | None:
    """Return by how much a transformation may be off; None if not known.

    A projection is a formula, and exact (a "conversion" in ISO 19111): newer versions of PROJ
    no longer state 0 m for it.
    """
    steps = chosen.operations or ()
    if chosen.accuracy < 0 and steps and all("Conversion" in one.type_name for one in steps):
        return 0.0
    return chosen.accuracy if 0 <= chosen.accuracy < _UNKNOWN_M else None


def _crs(definition: str, what: str) -> Any:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    if _OTHER_FILE.search(definition):
        raise UnsafeFile("", f"{what} names a file of a grid; state it with --crs instead")
    try:
        crs = CRS.from_user_input(definition)
    except (CRSError, UnicodeEncodeError):  # half of a surrogate pair
        raise FormatError("", f"{what} is not understood; state it, --crs EPSG:4326") from None
    if not (crs.is_geographic or crs.is_projected or crs.is_compound or crs.is_bound):
        raise FormatError(
            "", f"{what} is {crs.name}, which is not a place on the earth; state --crs"
        )
    return crs


def _flat(crs: Any) -> Any:
    return crs.to_2d() if len(crs.axis_info) > 2 else crs


def _widened(area: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return an area of at least some 100 m a side: PROJ 9.4 finds no operation for a point."""
    west, south, east, north = area
    if east - west < _NARROW or north - south < _NARROW:
        west, east = max(west - _NARROW, -180.0), min(east + _NARROW, 180.0)
        south, north = max(south - _NARROW, -90.0), min(north + _NARROW, 90.0)
    return west, south, east, north


def _in_degrees(
    crs: Any, bounds: tuple[float, float, float, float] | None
) -> tuple[float, float, float, float] | None:
    from pyproj import Transformer
    from pyproj.exceptions import ProjError

    if bounds is None or not all(map(math.isfinite, bounds)):
        return None
    try:
        rough = Transformer.from_crs(crs, _WGS84, always_xy=True)
        west, south, east, north = rough.transform_bounds(*bounds)
    except ProjError:
        return None
    if not all(map(math.isfinite, (west, south, east, north))):
        return None
    return max(west, -180), max(south, -90), min(east, 180), min(north, 90)
