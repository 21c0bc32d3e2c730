"""Hold the coordinates of many geometries in arrays: judge, round and write them all at once.

What is plainly well-formed is settled here in a few passes over arrays. What is not gathered, or
not settled, is for the functions that look at one geometry at a time and can say what is odd::

    geometry   0 Polygon with a hole    1 Point   2 MultiLineString
    part       0                        1         2      3
    run        0 (outer)   1 (hole)     2         3      4
    position   a b c a     d e f d      g         h i    j k l
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely

from pkzone.geo.canonical import DECIMALS, Z_DECIMALS
from pkzone.geo.segments import group_and_rank, offsets

__all__ = ["Coordinates"]

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_NAMES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
_KINDS = {name: kind for kind, name in enumerate(_NAMES)}  # half of it is the dimension
_SHAPELY_TYPES = (0, 4, 1, 5, 3, 6)  # GEOS's numbers of these
_FEWEST = (1, 2, 4)  # positions of a run, by the dimension of its geometry
_MEMBERS = {"type", "coordinates"}
_ARRAYS = {list, tuple}
_NUMBERS = {int, float}
_MAX_HEIGHT = 2.0**63  # of heights that are read: a larger whole number was rounded by the parser
_LEAST, _MOST = 1e-4, 1e9  # between them numbers are written without an exponent


@dataclass(frozen=True)
class Coordinates:
    """The coordinates of some geometries, all of them sound.

    Attributes
    ----------
    rows : ndarray of int
        Which of the geometries given they are, shape (g,).
    kinds : ndarray of int
        Their types, shape (g,).
    part_counts, run_counts, sizes : ndarray of int
        Parts of each geometry, runs of each part, positions of each run.
    lonlat : ndarray of float
        All positions in degrees, shape (n, 2).
    heights : ndarray of float or None
        In metres, shape (n,); 0 in geometries without. None if none has any.
    has_heights : ndarray of bool
        Which geometries have heights, shape (g,).
    """

    rows: Indices
    kinds: Indices
    part_counts: Indices
    run_counts: Indices
    sizes: Indices
    lonlat: Floats
    heights: Floats | None
    has_heights: Flags

    @classmethod
    def of(cls, geometries: Iterable[Any]) -> Coordinates:
        """Gather the geometries that are plainly sound, of values of which nothing is known.

        Each is an object of ``type`` and ``coordinates`` alone; nothing but arrays and numbers is
        in these, no part is empty, all positions have a height or none, all are degrees of WGS
        84; lines have two positions or more, rings four, and are closed.
        """
        rows: list[int] = []
        kinds: list[int] = []
        part_counts: list[int] = []
        run_counts: list[int] = []
        sizes: list[int] = []
        widths: list[int] = []
        numbers = array("d")
        for row, geometry in enumerate(geometries):
            regular = _regular(geometry)
            if regular is None:
                continue
            kind, parts, runs, width, flat = regular
            known = len(numbers)
            try:
                numbers.extend(flat)
            except OverflowError:  # a whole number that is no double
                del numbers[known:]
                continue
            rows.append(row)
            kinds.append(kind)
            part_counts.append(len(parts))
            run_counts.extend(map(len, parts))
            sizes.extend(map(len, runs))
            widths.append(width)
        values = np.array(numbers)
        all_flat = cls(
            rows=np.array(rows, np.intp),
            kinds=np.array(kinds, np.intp),
            part_counts=np.array(part_counts, np.intp),
            run_counts=np.array(run_counts, np.intp),
            sizes=np.array(sizes, np.intp),
            lonlat=np.empty((0, 2)),
            heights=None,
            has_heights=np.array(widths, np.intp) == 3,
        )
        if not all_flat.has_heights.any():
            gathered = replace(all_flat, lonlat=values.reshape(-1, 2))
        else:
            is_high = all_flat.has_heights[all_flat.geometry_of_run][all_flat.run_of_position]
            first = offsets(2 + is_high)[:-1]
            heights = np.zeros(len(is_high))
            heights[is_high] = values[first[is_high] + 2]
            lonlat = values[first[:, None] + [0, 1]]
            gathered = replace(all_flat, lonlat=lonlat, heights=heights)
        return gathered.taken(gathered._sound())

    @classmethod
    def of_shapes(cls, shapes: npt.NDArray[np.object_]) -> Coordinates:
        """Gather the geometries of shapes that are as sound as `of` wants them, None for none."""
        types = shapely.get_type_id(shapes)
        pieces, owners = shapely.get_parts(shapes, return_index=True)
        is_known = np.isin(types, _SHAPELY_TYPES) & ~shapely.is_empty(shapes)
        is_known[owners[shapely.is_empty(pieces)]] = False
        rows = np.flatnonzero(is_known)
        whole, types = shapes[rows], types[rows]
        part_counts = np.where(types > 4, shapely.get_num_geometries(whole), 1)
        geometry, rank = group_and_rank(part_counts)
        parts, is_piece = whole[geometry], (types > 4)[geometry]
        parts[is_piece] = shapely.get_geometry(parts[is_piece], rank[is_piece])
        is_area = shapely.get_type_id(parts) == 3
        run_counts = np.where(is_area, shapely.get_num_interior_rings(parts) + 1, 1)
        part, rank = group_and_rank(run_counts)
        runs, is_outer = parts[part], is_area[part] & (rank == 0)
        is_hole = is_area[part] & (rank > 0)
        runs[is_outer] = shapely.get_exterior_ring(runs[is_outer])
        runs[is_hole] = shapely.get_interior_ring(runs[is_hole], rank[is_hole] - 1)
        has_heights = shapely.has_z(whole)
        at, owners = shapely.get_coordinates(whole, include_z=True, return_index=True)
        gathered = cls(
            rows=rows,
            kinds=np.argmax(types[:, None] == _SHAPELY_TYPES, axis=1),
            part_counts=part_counts,
            run_counts=run_counts,
            sizes=shapely.get_num_coordinates(runs).astype(np.intp),
            lonlat=at[:, :2],
            heights=np.where(has_heights[owners], at[:, 2], 0.0) if has_heights.any() else None,
            has_heights=has_heights,
        )
        return gathered.taken(gathered._sound())

    def taken(self, flags: Flags) -> Coordinates:
        """Return the coordinates of those geometries that have a flag; itself if all have."""
        if flags.all():
            return self
        runs = flags[self.geometry_of_run]
        positions = runs[self.run_of_position]
        has_heights = self.has_heights[flags]
        return Coordinates(
            self.rows[flags],
            self.kinds[flags],
            self.part_counts[flags],
            self.run_counts[np.repeat(flags, self.part_counts)],
            self.sizes[runs],
            self.lonlat[positions],
            self.heights[positions] if self.heights is not None and has_heights.any() else None,
            has_heights,
        )

    @cached_property
    def part_of_run(self) -> Indices:
        """The part of each run."""
        return np.repeat(np.arange(len(self.run_counts)), self.run_counts)

    @cached_property
    def geometry_of_part(self) -> Indices:
        """The geometry of each part, as a place in `rows`."""
        return np.repeat(np.arange(len(self.rows)), self.part_counts)

    @cached_property
    def geometry_of_run(self) -> Indices:
        """The geometry of each run."""
        return self.geometry_of_part[self.part_of_run]

    @cached_property
    def run_of_position(self) -> Indices:
        """The run of each position."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    @cached_property
    def begins(self) -> Indices:
        """The first position of each run."""
        return offsets(self.sizes)[:-1]

    @cached_property
    def goes_on(self) -> Flags:
        """Whether the next position is of the same run, for each."""
        inside = np.ones(len(self.lonlat), np.bool_)
        inside[self.begins + self.sizes - 1] = False
        return inside

    @cached_property
    def dimension(self) -> Indices:
        """The dimension of the geometry of each run: 0 points, 1 a line, 2 a ring."""
        return (self.kinds // 2)[self.geometry_of_run]

    @cached_property
    def is_hole(self) -> Flags:
        """Which runs are rings, and not the first of their part."""
        is_hole: Flags = (group_and_rank(self.run_counts)[1] > 0) & (self.dimension == 2)
        return is_hole

    def of_runs(self, flags: Flags) -> Flags:
        """Return which geometries have a run with a flag."""
        have: Flags = np.bincount(self.geometry_of_run[flags], minlength=len(self.rows)) > 0
        return have

    def runs_with(self, flags: Flags) -> Flags:
        """Return which runs have a position with a flag."""
        have: Flags = np.bincount(self.run_of_position[flags], minlength=len(self.sizes)) > 0
        return have

    def _sound(self) -> Flags:
        """Return which geometries the strict reader would take, whatever it would note."""
        lon, lat = np.abs(self.lonlat.T)
        is_bad = ~((lon <= 180) & (lat <= 90))  # also what is not a number
        first, last = self.begins, self.begins + self.sizes - 1
        is_open = (self.lonlat[first] != self.lonlat[last]).any(axis=1)
        if self.heights is not None:
            is_bad |= ~(np.abs(self.heights) < _MAX_HEIGHT)
            is_open |= self.heights[first] != self.heights[last]
        is_open &= self.dimension == 2
        is_short = self.sizes < np.array(_FEWEST)[self.dimension]
        return ~self.of_runs(self.runs_with(is_bad) | is_short | is_open)

    @cached_property
    def quiet(self) -> Flags:
        """Which geometries have nothing odd that the strict reader would note."""
        step = np.abs(np.diff(self.lonlat, axis=0, append=0))
        is_odd = (step == 0).all(axis=1)
        if self.heights is not None:
            is_odd &= np.diff(self.heights, append=0) == 0
        is_odd |= step[:, 0] > 180
        is_odd &= self.goes_on & (self.dimension > 0)[self.run_of_position]
        turns, are_clear = self._turns(self.lonlat)
        winds_well = (self.dimension < 2) | (are_clear & ((turns > 0) != self.is_hole))
        return self.has_length & ~self.of_runs(self.runs_with(is_odd) | ~winds_well)

    @cached_property
    def has_length(self) -> Flags:
        """Which geometries have no line of which all positions are the same."""
        moves = (np.diff(self.lonlat, axis=0, append=0) != 0).any(axis=1) & self.goes_on
        return ~self.of_runs((self.dimension == 1) & ~self.runs_with(moves))

    def _turns(self, positions: Floats) -> tuple[Floats, Flags]:
        """Return twice the signed area of each run, and whether its sign is beyond doubt."""
        x, y = (positions - positions[self.begins][self.run_of_position]).T
        ahead, back = x[:-1] * y[1:], x[1:] * y[:-1]
        owner = self.run_of_position[:-1]
        inside = self.goes_on[:-1]
        turns = np.bincount(owner, (ahead - back) * inside, len(self.sizes)).astype(np.float64)
        largest = np.bincount(owner, (np.abs(ahead) + np.abs(back)) * inside, len(self.sizes))
        return turns, np.abs(turns) > 1e-15 * self.sizes * largest

    @cached_property
    def valid(self) -> Flags:
        """Which geometries are valid, as far as they are areas."""
        is_area = self.kinds // 2 == 2
        flags = np.ones(len(self.rows), np.bool_)
        flags[is_area] = shapely.is_valid(self.taken(is_area).shapes())
        return flags

    def shapes(self) -> npt.NDArray[np.object_]:
        """Return the geometries as shapes, heights included."""
        made = np.full(len(self.rows), None, dtype=object)
        for kind, high in {*zip(self.kinds.tolist(), self.has_heights.tolist(), strict=True)}:
            chosen = (self.kinds == kind) & (self.has_heights == high)
            some = self.taken(chosen)
            levels = (
                (),
                (some.sizes,),
                (some.sizes,),
                (some.sizes, some.part_counts),
                (some.sizes, some.run_counts),
                (some.sizes, some.run_counts, some.part_counts),
            )[kind]
            made[chosen] = shapely.from_ragged_array(
                shapely.GeometryType[_NAMES[kind].upper()],
                some.table if high else some.lonlat,
                tuple(map(offsets, levels)) or None,
            )
        return made

    @cached_property
    def table(self) -> Floats:
        """All positions with their heights, shape (n, 3)."""
        heights = np.zeros(len(self.lonlat)) if self.heights is None else self.heights
        return np.column_stack([self.lonlat, heights])

    @cached_property
    def rounded(self) -> Coordinates:
        """The same with as many decimals as the canonical form keeps."""
        heights = None if self.heights is None else _rounded(self.heights, Z_DECIMALS)
        return replace(self, lonlat=_rounded(self.lonlat, DECIMALS), heights=heights)

    @cached_property
    def finer(self) -> Flags:
        """Which geometries have more decimals than that."""
        differs = (self.lonlat != self.rounded.lonlat).any(axis=1)
        if self.heights is not None:
            differs |= self.heights != self.rounded.heights
        return self.of_runs(self.runs_with(differs))

    def canonical(self) -> tuple[Coordinates, Flags]:
        """Return the geometries in the form of `geo.canonical`, and which of them are settled.

        Left unsettled is what takes more than one comparison, or a text with an exponent: rings
        that meet their smallest vertex twice or turn neither way, parts and holes to be sorted.
        """
        even = self.rounded
        turns, are_clear = even._turns(np.rint(even.lonlat * 10.0**DECIMALS))  # exact: no fractions
        start, is_one = even._smallest()
        run = even.run_of_position
        rank = np.arange(len(run)) - even.begins[run]
        step = np.where((turns > 0) != even.is_hole, 1, -1)
        around = (start[run] + step[run] * rank) % np.maximum(even.sizes - 1, 1)[run]
        source = even.begins[run] + np.where((even.dimension == 2)[run], around, rank)
        heights = None if even.heights is None else even.heights[source]
        wound = replace(even, lonlat=even.lonlat[source], heights=heights)
        in_doubt = (even.dimension == 2) & ~(are_clear & is_one)
        settled = even.has_length & ~even.of_runs(in_doubt | wound._has_exponents())
        return wound, settled & wound._in_order()

    def _smallest(self) -> tuple[Indices, Flags]:
        """Return the rank in each ring of its smallest vertex, and whether there is but one."""
        if not len(self.sizes):
            return self.sizes, self.dimension == 2
        run, is_least = self.run_of_position, self.goes_on  # the last position is the first again
        for values in self.lonlat.T:
            least = np.minimum.reduceat(np.where(is_least, values, np.inf), self.begins)
            is_least = is_least & (values == least[run])
        rank = np.arange(len(run)) - self.begins[run]
        start = np.maximum.reduceat(np.where(is_least, rank, 0), self.begins)
        is_one: Flags = np.bincount(run[is_least], minlength=len(self.sizes)) == 1
        return start, is_one

    def _in_order(self) -> Flags:
        """Return which geometries have their parts, holes and single points sorted."""
        first = self.lonlat[self.begins]
        is_late = np.zeros(len(self.sizes), np.bool_)
        is_late[1:] = _falls(first) & self.is_hole[:-1] & (np.diff(self.part_of_run) == 0)
        is_point = (self.kinds == _KINDS["MultiPoint"])[self.geometry_of_run]
        falls = np.append(_falls(self.lonlat), False) & self.goes_on
        is_late |= is_point & self.runs_with(falls)
        late_part = _falls(first[offsets(self.run_counts)[:-1]])
        late_part &= np.diff(self.geometry_of_part) == 0
        is_sorted = ~self.of_runs(is_late)
        is_sorted[self.geometry_of_part[1:][late_part]] = False
        return is_sorted

    def _has_exponents(self) -> Flags:
        """Return which runs have numbers that are written with an exponent."""
        size = np.abs(self.lonlat if self.heights is None else self.table)
        is_odd = ((size < _LEAST) & (size > 0)) | (size >= _MOST)
        return self.runs_with(np.any(is_odd, axis=1))

    def texts(self) -> Iterator[bytes]:
        """Yield each geometry as a JSON text of the canonical form, for those settled."""
        spans = zip(self.begins.tolist(), np.cumsum(self.sizes).tolist(), strict=True)
        run_counts = iter(self.run_counts.tolist())
        table = self.table if self.has_heights.any() else self.lonlat
        for kind, part_count, high in zip(
            self.kinds.tolist(), self.part_counts.tolist(), self.has_heights.tolist(), strict=True
        ):
            positions = table if high else self.lonlat
            parts = [
                [positions[begin:end] for begin, end in islice(spans, run_count)]
                for run_count in islice(run_counts, part_count)
            ]
            nested = _nested(_NAMES[kind], parts)
            text = orjson.dumps(nested, option=orjson.OPT_SERIALIZE_NUMPY)
            text = text.replace(b".0,", b",").replace(b".0]", b"]")
            yield b'{"type":"%b","coordinates":%b}' % (_NAMES[kind].encode(), text)


def _regular(geometry: Any) -> tuple[int, Any, list[Any], int, list[Any]] | None:
    """Return kind, parts, runs, dimension and numbers of a geometry; none if it is irregular."""
    if type(geometry) is not dict or geometry.keys() != _MEMBERS:
        return None
    name, coordinates = geometry["type"], geometry["coordinates"]
    if type(name) is not str or name not in _KINDS or type(coordinates) not in _ARRAYS:
        return None
    parts = _parts(name, coordinates)
    levels = [parts]
    for _ in range(3):  # then runs, positions and numbers
        level = levels[-1]
        if not level or not _ARRAYS.issuperset(map(type, level)) or not all(level):
            return None
        levels.append(list(chain.from_iterable(level)))
    _, runs, positions, numbers = levels
    widths = set(map(len, positions))
    width = widths.pop()
    if widths or width not in (2, 3) or not _NUMBERS.issuperset(map(type, numbers)):
        return None
    return _KINDS[name], parts, runs, width, numbers


def _parts(name: str, coordinates: Any) -> Any:
    """Return coordinates as parts of runs of positions."""
    match name:
        case "Point":
            return [[[coordinates]]]
        case "MultiPoint" | "LineString":
            return [[coordinates]]
        case "MultiLineString":
            return [[line] for line in coordinates]
        case "Polygon":
            return [coordinates]
    return coordinates


def _nested(name: str, parts: list[Any]) -> Any:
    """Return the coordinates of which `_parts` makes some parts."""
    match name:
        case "Point":
            return parts[0][0][0]
        case "MultiPoint" | "LineString":
            return parts[0][0]
        case "MultiLineString":
            return [part[0] for part in parts]
        case "Polygon":
            return parts[0]
    return parts


def _rounded(values: Floats, decimals: int) -> Floats:
    """Round as `round` does, which looks at the exact value of a number; -0 becomes 0."""
    scale = 10.0**decimals
    scaled = values * scale
    whole = np.rint(scaled)
    result = whole / scale + 0.0
    in_doubt = ~((np.abs(scaled - whole) < 0.499) & (np.abs(scaled) < 2.0**40))
    result[in_doubt] = [round(value, decimals) + 0.0 for value in values[in_doubt].tolist()]
    return result


def _falls(positions: Floats) -> Flags:
    """Return whether each position but the last is not smaller than the next."""
    (lon, lat), (next_lon, next_lat) = positions[:-1].T, positions[1:].T
    falls: Flags = ~((lon < next_lon) | ((lon == next_lon) & (lat < next_lat)))
    return falls
