"""Cuts two lines into sections kept, removed and added, and pairs what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from pkzone.geo.paths import Path
from pkzone.geo.twoway import Stretches

__all__ = ["MIN_SECTION_M", "Section", "cut_sections", "kept_stretches"]

MIN_SECTION_M = 1.0
"""Sections shorter than this are merged into their neighbours."""

_JOIN_M = 1e-6

Array = npt.NDArray[np.float64]
Kind = Literal["kept", "removed", "added"]
Stretch = tuple[float, float]
"""From and to chainage in metres."""


@dataclass(frozen=True, slots=True)
class Section:
    """A connected stretch of a line that was kept, removed or added.

    Parameters
    ----------
    kind : str
        ``kept``, ``removed`` or ``added``.
    from_m, to_m : float
        Chainage along the base for kept and removed sections, along the target for added ones.
    length_m : float
        ``to_m - from_m``.
    start, end : tuple of float
        (longitude, latitude) at ``from_m`` and ``to_m``, in degrees.
    target_from_m, target_to_m : float or None
        Of a kept section the chainage along the target beside its start and its end; the
        former is the larger one where the target runs the other way.
    geometry : LineString
        The stretch itself, from ``start`` over the vertices between to ``end``, in degrees.
    """

    kind: Kind
    from_m: float
    to_m: float
    length_m: float
    start: tuple[float, float]
    end: tuple[float, float]
    target_from_m: float | None
    target_to_m: float | None
    geometry: shapely.LineString


def kept_stretches(path: Path, within: Stretches) -> list[Stretch]:
    """Return the stretches of a line that lie within the tolerance of another one.

    Parameters
    ----------
    path : Path
        A line.
    within : Stretches
        Of its pieces, what lies within the tolerance.

    Returns
    -------
    list of tuple of float
        From and to chainage, ordered and apart from each other; none crosses the gap between
        two runs. Gaps, and stretches, shorter than `MIN_SECTION_M` are merged into what lies
        beside them.
    """
    piece = within.segment
    from_m = path.chainage_m(piece, within.share_from)
    to_m = path.chainage_m(piece, within.share_to)
    order = np.argsort(from_m, kind="stable")
    run, from_m = path.run[piece][order], from_m[order]
    reach = np.maximum.accumulate(to_m[order])
    opens = np.ones(len(from_m), dtype=bool)
    opens[1:] = (from_m[1:] > reach[:-1] + _JOIN_M) | (run[1:] != run[:-1])
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(from_m))[: len(first)] - 1
    stretches: list[Stretch] = []
    for number, bounds in enumerate(path.run_bounds_m):
        mine = run[first] == number
        found = zip(from_m[first[mine]].tolist(), reach[last[mine]].tolist(), strict=True)
        stretches += _without_slivers(list(found), bounds)
    return stretches


def cut_sections(
    base: Path, target: Path, kept: Sequence[Stretch], target_kept: Sequence[Stretch]
) -> tuple[Section, ...]:
    """Return all sections, in the order in which one meets them along the base.

    Parameters
    ----------
    base, target : Path
        Two lines in one frame; either may be empty.
    kept, target_kept : sequence of tuple of float
        What `kept_stretches` finds on either side.

    Returns
    -------
    tuple of Section
        Kept and removed ones follow the base; an added one stands where it leaves the base.
    """
    pairs = _paired(base, target, kept, target_kept)
    removed, added = _gaps(kept, base.run_bounds_m), _gaps(target_kept, target.run_bounds_m)
    ranked = [
        *((_branch_m(gap, pairs, base, target), 1) for gap in added),
        *((stretch[0], 0) for stretch in removed),
        *((stretch[0], 2) for stretch, _ in pairs),
    ]
    none = (None, None)
    sections = [
        *_sections(target, [("added", stretch, none) for stretch in added]),
        *_sections(
            base,
            [("removed", stretch, none) for stretch in removed]
            + [("kept", stretch, beside) for stretch, beside in pairs],
        ),
    ]
    order = sorted(range(len(ranked)), key=ranked.__getitem__)
    return tuple(sections[i] for i in order)


def _without_slivers(stretches: list[Stretch], bounds: Stretch) -> list[Stretch]:
    """Close short gaps, then drop short stretches, within one run."""
    joined: list[Stretch] = []
    for from_m, to_m in stretches:
        if joined and from_m - joined[-1][1] < MIN_SECTION_M:
            joined[-1] = (joined[-1][0], max(joined[-1][1], to_m))
        else:
            joined.append((from_m, to_m))
    if joined and joined[0][0] - bounds[0] < MIN_SECTION_M:
        joined[0] = (bounds[0], joined[0][1])
    if joined and bounds[1] - joined[-1][1] < MIN_SECTION_M:
        joined[-1] = (joined[-1][0], bounds[1])
    return [s for s in joined if s[1] - s[0] >= MIN_SECTION_M or (s == bounds and s[1] > s[0])]


def _gaps(stretches: Sequence[Stretch], runs: Sequence[Stretch]) -> list[Stretch]:
    """Return what the stretches leave of each run."""
    gaps = []
    for begin, end in runs:
        at = begin
        for from_m, to_m in stretches:
            if begin <= from_m and to_m <= end:
                if from_m > at:
                    gaps.append((at, from_m))
                at = to_m
        if end > at:
            gaps.append((at, end))
    return gaps


def _sections(
    path: Path,
    stretches: Sequence[tuple[Kind, Stretch, tuple[float | None, float | None]]],
) -> list[Section]:
    """Return stretches of a path as sections; each comes with its kind and what is beside it."""
    if not stretches:
        return []
    from_m, to_m = np.array([stretch for _, stretch, _ in stretches]).T
    starts = path.places(*path.find(from_m, leaving=True))
    ends = path.places(*path.find(to_m, leaving=False))
    return [
        Section(kind, a, b, b - a, start, end, *beside, path.stretch(a, b, start, end))
        for (kind, (a, b), beside), start, end in zip(stretches, starts, ends, strict=True)
    ]


def _branch_m(
    gap: Stretch, pairs: Sequence[tuple[Stretch, Stretch]], base: Path, target: Path
) -> float:
    """Chainage along the base at which an added stretch leaves it, or comes nearest."""
    for stretch, beside in pairs:
        if beside[1] in gap:
            return stretch[1]
    for stretch, beside in pairs:
        if beside[0] in gap:
            return stretch[0]
    return float(_Beside.of([gap], target, base).ends_m.min()) if len(base.pieces) else gap[0]


@dataclass(frozen=True, slots=True)
class _Beside:
    """Chainage along another line beside some stretches.

    Parameters
    ----------
    ends_m : ndarray of shape (k, 2)
        Beside the start and the end of each.
    middle_m : ndarray of shape (k,)
        Beside the middle of each.
    """

    ends_m: Array
    middle_m: Array

    @classmethod
    def of(cls, stretches: Sequence[Stretch], path: Path, other: Path) -> _Beside:
        from_m, to_m = np.array(stretches).T
        starts = np.concatenate([from_m, (from_m + to_m) / 2])
        places = path.points_at(starts, leaving=True), path.points_at(to_m, leaving=False)
        from_near, middle, to_near = other.chainage_near_m(np.concatenate(places)).reshape(3, -1)
        return cls(np.column_stack([from_near, to_near]), middle)


def _paired(
    base: Path, target: Path, kept: Sequence[Stretch], target_kept: Sequence[Stretch]
) -> list[tuple[Stretch, Stretch]]:
    """Pair kept stretches of the base with those of the target, cutting where one meets many."""
    if not kept:
        return []
    beside = _Beside.of(kept, base, target)
    target_beside = _Beside.of(target_kept, target, base) if target_kept else None
    pairs: list[tuple[Stretch, Stretch]] = []
    for mine, theirs in _groups(kept, target_kept, beside, target_beside):
        ours, others = [kept[i] for i in mine], [target_kept[j] for j in theirs]
        if len(ours) == 1 and target_beside and others:
            pairs += _matched(ours[0], others, target_beside.ends_m[theirs])
            continue
        turned = _matched(others[0], ours, beside.ends_m[mine]) if len(others) == 1 else []
        if len(turned) == len(ours):
            pairs += [(_upward(own), _like(other, own)) for other, own in turned]
        else:  # entangled, or beside a merged sliver: what lies beside both ends
            near = beside.ends_m[mine].tolist()
            pairs += [(own, (a, b)) for own, (a, b) in zip(ours, near, strict=True)]
    return sorted(pairs)


def _matched(
    stretch: Stretch, others: Sequence[Stretch], near_m: Array
) -> list[tuple[Stretch, Stretch]]:
    """Cut a stretch into one for each of several others, which are turned to run along it.

    ``near_m`` is the chainage along the first's line beside both ends of each of the others.
    Where the cuts would not follow each other, the whole stretch is paired with what lies from
    the first to the last of the others.
    """
    order = np.argsort(near_m.mean(axis=1), kind="stable")
    along = [others[i] if near_m[i, 0] <= near_m[i, 1] else others[i][::-1] for i in order]
    near_m = np.sort(near_m[order], axis=1)
    cuts = [stretch[0], *((near_m[:-1, 1] + near_m[1:, 0]) / 2).tolist(), stretch[1]]
    if len(along) > 1 and min(b - a for a, b in pairwise(cuts)) < MIN_SECTION_M:
        return [(stretch, (along[0][0], along[-1][1]))]
    return list(zip(pairwise(cuts), along, strict=True))


def _upward(stretch: Stretch) -> Stretch:
    return (min(stretch), max(stretch))


def _like(stretch: Stretch, model: Stretch) -> Stretch:
    """Turn a stretch if its model is turned."""
    return stretch if model[0] <= model[1] else (stretch[1], stretch[0])


def _groups(
    kept: Sequence[Stretch],
    target_kept: Sequence[Stretch],
    beside: _Beside,
    target_beside: _Beside | None,
) -> list[tuple[list[int], list[int]]]:
    """Group the stretches of both sides that have their middles beside each other."""
    links = set()
    if target_beside:
        theirs = enumerate(_stretch_at(beside.middle_m, target_kept))
        mine = enumerate(_stretch_at(target_beside.middle_m, kept))
        links = {(i, j) for i, j in theirs if j >= 0} | {(i, j) for j, i in mine if i >= 0}
    group_of = list(range(len(kept)))
    for j in range(len(target_kept)):
        joined = {group_of[i] for i, other in links if other == j}
        group_of = [min(joined) if group in joined else group for group in group_of]
    groups = []
    for group in sorted(set(group_of)):
        members = [i for i in range(len(kept)) if group_of[i] == group]
        groups.append((members, sorted({j for i, j in links if i in members})))
    return groups


def _stretch_at(chainage_m: Array, stretches: Sequence[Stretch]) -> list[int]:
    """Index of the stretch that holds each chainage; -1 for none."""
    index = np.searchsorted([from_m for from_m, _ in stretches], chainage_m, side="right") - 1
    return [
        j if j >= 0 and m <= stretches[j][1] else -1
        for j, m in zip(index.tolist(), chainage_m.tolist(), strict=True)
    ]
