"""Runs of vertices: a path is cut where its own vertices say, and written as short text.

Versions of a border that moves have most of their vertices in common, in long runs. A path is
cut before each vertex whose coordinates, mixed, meet a condition: the same stretch is then cut
alike wherever it stands, and what moved beside it changes nothing in it. (Content-defined
chunking, as in Muthitacharoen et al., A low-bandwidth network file system, SOSP 2001.)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np

__all__ = ["cut", "from_text", "to_texts"]

_SCALE: Final = 1_000_000
_FARTHEST: Final = 180 * _SCALE  # so that a step has 30 bits at most
#: One vertex in 32 has these bits zero when its coordinates are multiplied and added.
_MIX: Final = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)
_LOWER: Final = np.uint64(64 - 5)
_SIZE: Final = 8  # bytes of a vertex
_DIGITS: Final = np.frombuffer(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", np.uint8
)
_VALUES: Final = {chr(digit): value for value, digit in enumerate(_DIGITS)}
_SHIFTS: Final = np.arange(25, -1, -5, dtype=np.int32)


def cut(positions: Sequence[Any]) -> list[bytes] | None:
    """Return the runs of a path.

    Parameters
    ----------
    positions : sequence
        Longitude and latitude in degrees of each vertex, as GeoJSON lists them.

    Returns
    -------
    list of bytes or None
        Each run as pairs of 32-bit whole numbers, millionths of a degree; none where these
        would not give back the very positions: a third dimension, more decimals.
    """
    if not positions:
        return []
    try:
        degrees = np.asarray(positions, dtype=np.float64)
    except ValueError:  # some positions are longer than others
        return None
    whole = np.rint(degrees * _SCALE)
    if whole.shape[1] != 2 or np.abs(whole).max() > _FARTHEST or (whole / _SCALE != degrees).any():
        return None
    vertices = whole.astype(np.int32)
    mixed = (vertices.astype(np.int64).view(np.uint64) * _MIX).sum(axis=1)
    starts = np.flatnonzero(mixed[1:] >> _LOWER == 0) + 1
    content = vertices.tobytes()
    ends = [0, *(starts * _SIZE).tolist(), len(content)]
    return [content[start:end] for start, end in pairwise(ends)]


def to_texts(runs: Sequence[bytes]) -> list[str]:
    """Return each run as text, of letters that neither JSON nor HTML escapes.

    Each vertex is the difference from the one before, the first from zero. A number ``n`` is
    written as ``2n``, a negative one as ``-2n - 1``, in base 32 from the highest digit on; 32 is
    added to every digit but the last. The digits are those of base64url.
    """
    vertices = np.frombuffer(b"".join(runs), np.int32).reshape(-1, 2)
    ends = np.cumsum([len(run) // _SIZE for run in runs], dtype=np.intp)
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
