"""Runs of vertices: a path is cut where its own vertices say, and written as short text.

Versions of a border that moves have most of their vertices in common, in long runs. A path is
cut before each vertex whose coordinates, mixed, meet a condition: the same stretch is then cut
alike wherever it stands, and what moved beside it changes nothing in it. (Content-defined
chunking, as in Muthitacharoen et al., A low-bandwidth network file system, SOSP 2001.)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Any, Final

import numpy as np

__all__ = ["VERTEX_BYTES", "cut", "from_text", "to_texts"]

#: Bytes of a vertex in a run.
VERTEX_BYTES: Final = 8
_SCALE: Final = 1_000_000
_FARTHEST: Final = 180 * _SCALE  # so that a step has 30 bits at most
#: One vertex in 32 has these bits zero when its coordinates are multiplied and added.
_MIX: Final = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)
_LOWER: Final = np.uint64(64 - 5)
_DIGITS: Final = np.frombuffer(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", np.uint8
)
_VALUES: Final = {chr(digit): value for value, digit in enumerate(_DIGITS)}
_SHIFTS: Final = np.arange(25, -1, -5, dtype=np.int32)


def cut(paths: Sequence[Sequence[Any]]) -> list[list[bytes] | None]:
    """Return the runs of each of some paths.

    Parameters
    ----------
    paths : sequence of sequence
        Longitude and latitude in degrees of each vertex, as GeoJSON lists them.

    Returns
    -------
    list of (list of bytes or None)
        Each run as pairs of 32-bit whole numbers, millionths of a degree; none for a path that
        these would not give back as it is: a third dimension, more decimals.
    """
    flat = [path if {2}.issuperset(map(len, path)) else None for path in paths]
    lengths = np.array([len(path or ()) for path in flat], dtype=np.intp)
    ends = np.cumsum(lengths)
    numbers = chain.from_iterable(chain.from_iterable(path or () for path in flat))
    degrees = np.fromiter(numbers, np.float64, 2 * int(lengths.sum())).reshape(-1, 2)
    whole = np.rint(degrees * _SCALE)
    is_other = ((np.abs(whole) > _FARTHEST) | (whole / _SCALE != degrees)).any(axis=1)
    changed = {*np.searchsorted(ends, np.flatnonzero(is_other), side="right").tolist()}
    vertices = whole.astype(np.int32)
    mixed = (vertices.astype(np.int64).view(np.uint64) * _MIX).sum(axis=1)
    begins = mixed >> _LOWER == 0
    begins[(ends - lengths)[lengths > 0]] = True
    cuts = np.append(np.flatnonzero(begins), len(vertices))
    first, last = np.searchsorted(cuts, ends - lengths), np.searchsorted(cuts, ends)
    content, bounds = vertices.tobytes(), (cuts * VERTEX_BYTES).tolist()
    return [
        None
        if path is None or number in changed
        else [content[a:b] for a, b in pairwise(bounds[start : end + 1])]
        for number, (path, start, end) in enumerate(
            zip(flat, first.tolist(), last.tolist(), strict=True)
        )
    ]


def to_texts(runs: Sequence[bytes]) -> list[str]:
    """Return each run as text, of letters that neither JSON nor HTML escapes.

    Each vertex is the difference from the one before, the first from zero. A number ``n`` is
    written as ``2n``, a negative one as ``-2n - 1``, in base 32 from the highest digit on; 32 is
    added to every digit but the last. The digits are those of base64url.
    """
    vertices = np.frombuffer(b"".join(runs), np.int32).reshape(-1, 2)
    ends = np.cumsum([len(run) // VERTEX_BYTES for run in runs], dtype=np.intp)
    steps = np.diff(vertices, axis=0, prepend=np.zeros((1, 2), np.int32))
    starts = ends[:-1][np.diff(ends) > 0] if len(runs) else ends
    steps[starts] = vertices[starts]
    numbers = np.where(steps < 0, -2 * steps - 1, 2 * steps).reshape(-1, 1)
    higher = numbers >> _SHIFTS
    digits = higher & 31
    digits[:, :-1] += 32
    is_used = higher > 0
    is_used[:, -1] = True
    text = _DIGITS[digits[is_used]].tobytes().decode("ascii")
    lengths = np.cumsum(np.concatenate([[0], is_used.sum(axis=1)]))[::2]
    bounds = [0, *lengths[ends].tolist()]
    return [text[start:end] for start, end in pairwise(bounds)]


def from_text(text: str) -> list[list[float]]:
    """Return the positions of a run, in degrees."""
    positions, number, place = [], 0, [0, 0]
    axis = 0
    for letter in text:
        value = _VALUES[letter]
        number = number << 5 | value & 31
        if value < 32:
            place[axis] += -(number + 1) // 2 if number & 1 else number // 2
            if axis:
                positions.append([place[0] / _SCALE, place[1] / _SCALE])
            number, axis = 0, 1 - axis
    return positions
