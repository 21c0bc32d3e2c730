"""Cut paths into chunks of vertices by content-defined chunking, and write vertices as bytes.

Versions of a border that moves have most of their vertices in common, in long runs. A path is
cut before each vertex whose coordinates, hashed, meet a condition: the same stretch is then cut
alike wherever it stands, and what moved beside it changes nothing in it. In the payload a chunk
is called a run. (Content-defined chunking, as in Muthitacharoen et al., A low-bandwidth network
file system, SOSP 2001.)
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = [
    "VERTEX_BYTES",
    "Numbers",
    "Quantized",
    "Vertices",
    "far_paths",
    "flatten",
    "from_bytes",
    "join",
    "quantized",
    "split_chunks",
    "to_bytes",
]

Array = npt.NDArray[np.float64]
Indexes = npt.NDArray[np.intp]
Numbers = npt.NDArray[np.int32]

#: Bytes of a vertex, in a chunk and in the payload.
VERTEX_BYTES: Final = 8
_SCALE: Final = 1_000_000
_FARTHEST: Final = 180 * _SCALE  # so that a step fits into 31 bits
#: One vertex in 32 has these bits zero when its coordinates are multiplied and added.
_MIX: Final = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)
_LOWER: Final = np.uint64(64 - 5)
#: Longest step along either axis, and highest latitude, in degrees, of what the page measures by
#: itself (see ``geodesic.js``): within 3e-7 of the geodesic answer.
_LONGEST_STEP: Final = 0.05
_HIGHEST_LATITUDE: Final = 80.0


class Vertices(NamedTuple):
    """The vertices of some paths, one path after the other.

    Attributes
    ----------
    degrees : ndarray of shape (n, 2)
        Longitude and latitude.
    ends : ndarray of int
        Where each path ends.
    tall : frozenset of int
        The numbers of the paths that have heights, which are left out.
    """

    degrees: Array
    ends: Indexes
    tall: frozenset[int]


def flatten(paths: Sequence[Sequence[Sequence[float]]]) -> Vertices:
    """Flatten paths, each a list of positions as GeoJSON has them, to arrays with offsets."""
    ends = np.cumsum(np.fromiter(map(len, paths), np.intp, len(paths)))
    count = 2 * int(ends[-1]) if paths else 0
    numbers = chain.from_iterable(chain.from_iterable(paths))
    degrees = np.fromiter(numbers, np.float64, count).reshape(-1, 2)
    if next(numbers, None) is None:
        return Vertices(degrees, ends, frozenset())
    tall = (number for number, path in enumerate(paths) if any(len(one) > 2 for one in path))
    flat = flatten([[one[:2] for one in path] for path in paths])
    return flat._replace(tall=frozenset(tall))


def far_paths(vertices: Vertices) -> set[int]:
    """Return the numbers of the paths whose vertices lie too far apart, or too near a pole."""
    degrees, ends, _ = vertices
    is_long = np.abs(degrees[1:] - degrees[:-1]) > _LONGEST_STEP
    is_long[ends[(ends > 0) & (ends < len(degrees))] - 1] = False  # that leads to the next path
    far = np.flatnonzero(is_long.ravel()) // 2
    high = np.flatnonzero(np.abs(degrees[:, 1]) > _HIGHEST_LATITUDE)
    return {*np.searchsorted(ends, np.append(far, high), side="right").tolist()}


class Quantized(NamedTuple):
    """The vertices of some paths in whole numbers.

    Attributes
    ----------
    numbers : ndarray of int32, shape (n, 2)
        Millionths of a degree.
    changed : set of int
        The numbers of the paths that these would not give back as they are: a third dimension,
        more decimals.
    """

    numbers: Numbers
    changed: set[int]


def quantized(vertices: Vertices) -> Quantized:
    """Quantize the vertices of some paths to millionths of a degree."""
    degrees, ends, tall = vertices
    scaled = np.rint(degrees * _SCALE)
    is_other = (np.abs(scaled) > _FARTHEST) | (scaled / _SCALE != degrees)
    others = np.flatnonzero(is_other.ravel()) // 2
    changed = {*tall, *np.searchsorted(ends, others, side="right").tolist()}
    return Quantized(scaled.astype(np.int32), changed)


def split_chunks(vertices: Vertices) -> list[list[bytes] | None]:
    """Split each of some paths into chunks.

    Parameters
    ----------
    vertices : Vertices
        The paths.

    Returns
    -------
    list of (list of bytes or None)
        Each chunk as pairs of 32-bit whole numbers, as `quantized` returns them; none for a path
        that these would change.
    """
    degrees, ends, _ = vertices
    whole_numbers, changed = quantized(vertices)
    starts = np.append(0, ends)[:-1]
    is_first = np.zeros(len(degrees), dtype=np.bool_)
    is_first[starts[starts < ends]] = True
    mixed = (whole_numbers.astype(np.int64).view(np.uint64) * _MIX).sum(axis=1)
    is_first |= mixed >> _LOWER == 0
    cuts = np.append(np.flatnonzero(is_first), len(degrees))
    first, last = np.searchsorted(cuts, starts), np.searchsorted(cuts, ends)
    content, bounds = whole_numbers.tobytes(), (cuts * VERTEX_BYTES).tolist()
    pieces = [content[start:end] for start, end in pairwise(bounds)]
    spans = zip(first.tolist(), last.tolist(), strict=True)
    chunks: list[list[bytes] | None] = [pieces[start:end] for start, end in spans]
    for number in changed:
        chunks[number] = None
    return chunks


def join(runs: Sequence[bytes]) -> Numbers:
    """Return the vertices of some chunks, one after the other."""
    return np.frombuffer(b"".join(runs), np.int32).reshape(-1, 2)


def to_bytes(vertices: Numbers) -> bytes:
    """Return whole numbers as the page carries them, in bytes that deflate well.

    Each vertex is the difference from the one before, the first from zero. A number ``n`` is
    written as ``2n``, a negative one as ``-2n - 1``, in four bytes; first come the lowest bytes
    of all longitudes, then their second ones and so on, then those of the latitudes.
    """
    steps = np.diff(vertices, axis=0, prepend=np.zeros((1, 2), np.int32))
    numbers = ((steps << 1) ^ (steps >> 31)).astype("<u4", copy=False)
    return numbers.view(np.uint8).reshape(-1, VERTEX_BYTES).T.tobytes()


def from_bytes(vertices: bytes) -> Array:
    """Return vertices in degrees, shape (n, 2), from what `to_bytes` returned."""
    planes = np.frombuffer(vertices, np.uint8).reshape(VERTEX_BYTES, -1)
    numbers = np.ascontiguousarray(planes.T).view("<u4").astype(np.int64)
    steps = (numbers >> 1) ^ -(numbers & 1)
    degrees: Array = np.cumsum(steps, axis=0) / _SCALE
    return degrees
