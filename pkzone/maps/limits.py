"""Refuse more than one page can hold; the limits were measured, see ``benchmarks/map_scale.py``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pkzone.errors import MapTooLarge

__all__ = [
    "MOST_BYTES",
    "MOST_FEATURES",
    "MOST_RECORDS",
    "SINGLE_RECORDS",
    "SVG_FEATURES",
    "SVG_VERTICES",
    "VERTEX_BYTES",
    "canvas_from",
    "check_bytes",
    "too_many",
]

#: Features and vertices on one date that are drawn as SVG; more are drawn on canvases.
SVG_FEATURES: Final = 2_000
SVG_VERTICES: Final = 100_000
#: Features on one date that a page draws.
MOST_FEATURES: Final = 20_000
#: Tagged records on a page, and how many in view are drawn one by one.
MOST_RECORDS: Final = 100_000
SINGLE_RECORDS: Final = 500
#: Bytes of a page's data before they are packed, and how many a vertex counts for: one that
#: several versions share counts once, and of its eight bytes three are nearly always zero.
MOST_BYTES: Final = 20_000_000
VERTEX_BYTES: Final = 5


def canvas_from(
    layers: Iterable[Mapping[str, Any]], vertices: Sequence[int]
) -> dict[str, int] | None:
    """Return above how many features and vertices a page draws on canvases.

    Parameters
    ----------
    layers : iterable of mapping
        The layers of a payload.
    vertices : sequence of int
        How many each geometry of the payload has.

    Returns
    -------
    dict or None
        ``features`` and ``vertices``; none where the page stays below them on every date.

    Raises
    ------
    MapTooLarge
        There are more features at once than a page draws.
    """
    features = size = 0
    for layer in layers:
        states = layer["states"]
        sizes = [0 if one["geometry"] is None else vertices[one["geometry"]] for one in states]
        by_version = [one["states"] for one in layer["versions"]]
        features += max((len(one) for one in by_version), default=0)
        size += max((sum(sizes[state] for state in one) for one in by_version), default=0)
    if features > MOST_FEATURES:
        raise MapTooLarge(too_many(f"the map would draw {features:,} features at once,"))
    if features <= SVG_FEATURES and size <= SVG_VERTICES:
        return None
    return {"features": SVG_FEATURES, "vertices": SVG_VERTICES}


def too_many(what: str) -> str:
    """Return the message about more features than a page draws; it begins with who has them."""
    return (
        f"{what} more than the {MOST_FEATURES:,} features that a page can draw; name fewer layers, "
        "or files with fewer features (--simplify would not help: it leaves out vertices, no "
        "features)"
    )


def check_bytes(text: int, vertices: int, simplify_m: float | None = None) -> None:
    """Raise MapTooLarge where a page would not open with these bytes of text and vertices."""
    count = text + VERTEX_BYTES * vertices
    if count <= MOST_BYTES:
        return
    so_far = f", even simplified to {simplify_m:g} m" if simplify_m else ""
    raise MapTooLarge(
        f"the map would hold {count / 1e6:,.1f} MB of data{so_far}; a page opens with "
        f"{MOST_BYTES / 1e6:,.0f} MB at most: leave out vertices with "
        f"--simplify {2 * simplify_m if simplify_m else 50:g} (metres), or name fewer layers"
    )
