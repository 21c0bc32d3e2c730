"""Find features of a new version that lie where they hardly can: far off, or swapped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.convert import shapes_of
from pkzone.geojson.model import Feature
from pkzone.layers.model import Version

__all__ = ["FAR_MOVE", "SWAPPED", "Displaced", "displaced"]

Floats = npt.NDArray[np.float64]

FAR_MOVE, SWAPPED = "far-move", "swapped-feature"
"""Codes of the two rules."""

_LEAST_FAR_KM = 10.0
_LEAST_SWAPPED_KM, _TIMES_BETTER = 1.0, 10.0
_EARTH_RADIUS_KM = 6371.0088
_EXCHANGED = [1, 0, 3, 2]  # west, south, east, north as south, west, north, east


@dataclass(frozen=True, slots=True)
class Displaced:
    """A feature that lies where it hardly can; ``feature`` is None for all that the file has.

    ``code`` is that of the rule.
    """

    code: str
    feature: str | None
    message: str


class _Moves(NamedTuple):
    """Boxes of the same features before and after, row by row, in degrees."""

    labels: Sequence[str | None]
    before: Floats
    after: Floats

    def taken(self, flags: npt.NDArray[np.bool_]) -> _Moves:
        labels = [label for label, flag in zip(self.labels, flags.tolist(), strict=True) if flag]
        return _Moves(labels, self.before[flags], self.after[flags])


def displaced(
    before: Sequence[Feature], after: Sequence[Feature], version: Version, *, unchanged: int = 0
) -> list[Displaced]:
    """Return the features of a new version that moved too far, or look swapped.

    One moved too far if the middle of its box lies farther from where it was than the whole layer
    is wide, and 10 km at least. One looks swapped if its box is 1 km off at least, and no more
    than a tenth of that with longitude and latitude exchanged. Features are the same by their
    ids; where no id is in both, the files are compared as a whole. What holds for all features is
    said once.

    Parameters
    ----------
    before, after : sequence of Feature
        The features of the version before and of the new one, but for those that are the same
        in both.
    version : Version
        The version before.
    unchanged : int, optional
        How many are the same in both.
    """
    if version.bbox is None:
        return []
    width_km = _diagonal_km(version.bbox)
    moves = _moves(_boxes(before), _boxes(after))
    if not (moves.labels or unchanged):
        moves = _as_a_whole(version.bbox, _boxes(after))
    away_km, exchanged = _far_and_swapped(moves)
    is_far = (away_km > max(width_km, _LEAST_FAR_KM)) & ~exchanged
    found = []
    for code, flags in ((SWAPPED, exchanged), (FAR_MOVE, is_far)):
        told = moves.taken(flags)
        if len(told.labels) > 1 and len(told.labels) == len(moves.labels) and not unchanged:
            told = _summed(told)
        found += _told(code, told, version.ref, width_km, len(moves.labels))
    return found


def _boxes(features: Sequence[Feature]) -> dict[str | int, Floats]:
    """Return west, south, east and north of located features by id, by place without one.

    What spans half the globe or more is left out: it crosses the antimeridian, as a rule.
    """
    edges = shapely.bounds(shapes_of([one.geometry for one in features]))
    with np.errstate(invalid="ignore"):
        usable = (edges[:, 2] - edges[:, 0] < 180).tolist()  # nan where there is no place
    labels = (i if one.id is None else str(one.id) for i, one in enumerate(features))
    return {label: box for label, box, flag in zip(labels, edges, usable, strict=True) if flag}


def _moves(before: Mapping[str | int, Floats], after: Mapping[str | int, Floats]) -> _Moves:
    labels = [label for label in after if isinstance(label, str) and label in before]
    rows = [[side[label] for label in labels] for side in (before, after)]
    ours, theirs = (np.array(one, np.float64).reshape(-1, 4) for one in rows)
    return _Moves(labels, ours, theirs)


def _as_a_whole(bbox: Sequence[float], after: Mapping[str | int, Floats]) -> _Moves:
    """Return one move of all features, where none can be told from another."""
    if not after or bbox[2] - bbox[0] >= 180:
        return _moves({}, {})
    return _Moves([None], np.array([bbox], np.float64), _united(list(after.values())))


def _summed(moves: _Moves) -> _Moves:
    """Return the move of all features together."""
    return _Moves([None], _united(moves.before), _united(moves.after))


def _united(boxes: Any) -> Floats:
    edges = np.asarray(boxes)
    return np.concatenate([edges[:, :2].min(axis=0), edges[:, 2:].max(axis=0)])[None]


def _far_and_swapped(moves: _Moves) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return how far each feature moved, in km, and whether it looks swapped."""
    exchanged = moves.after[:, _EXCHANGED]
    off_km, exchanged_km = _off_km(moves.before, moves.after), _off_km(moves.before, exchanged)
    is_swapped = (off_km >= _LEAST_SWAPPED_KM) & (exchanged_km * _TIMES_BETTER <= off_km)
    is_swapped &= (np.abs(exchanged[:, [1, 3]]) <= 90).all(axis=1)
    return _apart_km(_middles(moves.before), _middles(moves.after)), is_swapped


def _off_km(before: Floats, after: Floats) -> Floats:
    """Return by how much boxes miss others, at the corner where it is more."""
    corners = (_apart_km(before[:, at], after[:, at]) for at in ([0, 1], [2, 3]))
    return np.maximum(*corners)


def _middles(boxes: Floats) -> Floats:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _apart_km(a: Floats, b: Floats) -> Floats:
    """Return great-circle distances of places in degrees: within 0.6 %, and without pyproj."""
    (lon, lat), (other_lon, other_lat) = np.radians(a).T, np.radians(b).T
    chord = np.sin((other_lat - lat) / 2) ** 2
    chord += np.cos(lat) * np.cos(other_lat) * np.sin((other_lon - lon) / 2) ** 2
    apart: Floats = 2 * _EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    return apart


def _diagonal_km(bbox: Sequence[float]) -> float:
    """Return how wide a layer is, along its parallels however many degrees they span."""
    west, south, east, north = bbox
    across = np.radians(east - west) * np.cos(np.radians((south + north) / 2))
    return float(_EARTH_RADIUS_KM * np.hypot(across, np.radians(north - south)))


def _told(code: str, moves: _Moves, ref: str, width_km: float, count: int) -> list[Displaced]:
    """Return findings, with the distances of the middles on the ellipsoid."""
    if not moves.labels:
        return []
    from pkzone.geo.measure import distance_m  # late: pyproj, for the few that are told

    middles = _middles(moves.before)
    away = distance_m(middles, _middles(moves.after))
    exchanged = distance_m(middles, _middles(moves.after[:, _EXCHANGED]))
    found = []
    for label, off_m, left_m in zip(moves.labels, away, exchanged, strict=True):
        every = f"all {count:,} features" if count > 1 else "all features"
        whose = "geometry" if label is not None else f"the geometry of {every}"
        if code == SWAPPED:
            says = (
                f"{whose} lies {_km(off_m)} from where it was in {ref}, and {_km(left_m)} with "
                "longitude and latitude exchanged; exchange the two numbers of every position"
            )
        else:
            says = (
                f"{whose} lies {_km(off_m)} from where it was in {ref}, farther than the layer is "
                f"wide ({_km(width_km * 1000)}); look at its coordinates and its id"
            )
        found.append(Displaced(code, label, says))
    return found


def _km(metres: float) -> str:
    """Return a distance as people say it."""
    if metres < 950:
        return f"{metres:.0f} m"
    return f"{metres / 1000:,.0f} km" if metres >= 9_950 else f"{metres / 1000:.1f} km"
