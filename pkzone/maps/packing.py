"""Pack the payload for the page, and refuse more than one page can hold.

JSON and vertices are deflated and written in base 85 that HTML leaves be. The limits were measured,
see ``benchmarks/map_scale.py``.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any, Final

import numpy as np
import orjson

from pkzone.errors import MapTooLarge

__all__ = [
    "MOST_BYTES",
    "MOST_FEATURES",
    "MOST_RECORDS",
    "SINGLE_RECORDS",
    "SVG_FEATURES",
    "SVG_VERTICES",
    "canvas_from",
    "deflated",
    "pack",
    "to_json",
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

_PLAIN: Final = ("schema", "title", "on", "dates", "base", "target")
# The digits of `base64.b85encode`, those that HTML would read as marks exchanged.
_DIGITS: Final = np.frombuffer(
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%,()*+-;.=:?@^_`{|}~",
    np.uint8,
)
_BASE: Final = np.uint32(85)
#: Bytes from which packing well takes too long.
_LARGE: Final = 1_000_000
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def to_json(payload: Mapping[str, Any]) -> bytes:
    """Return plain JSON types as compact JSON in UTF-8."""
    try:
        return orjson.dumps(payload)
    except TypeError:
        # Half a surrogate pair, or a whole number of more than 64 bits.
        text = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode()


def pack(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a payload as the page carries it: what opens it in plain sight, the rest packed.

    Returns
    -------
    dict
        The members of `_PLAIN` as they are, and what `deflated` returns of the whole payload:
        its JSON without ``vertices``, then these. There the phrases stand language by language.

    Raises
    ------
    MapTooLarge
        There is more than a page opens with.
    """
    vertices = payload["vertices"]
    packed = {key: value for key, value in payload.items() if key != "vertices"}
    packed["words"] = _by_language(payload["words"])
    text = to_json(packed)
    check_bytes(len(text), sum(payload["runs"]), payload.get("simplified_m"))
    plain = {key: payload[key] for key in _PLAIN if key in payload}
    is_series = any(len(layer["versions"]) > 1 for layer in payload.get("layers", ()))
    return plain | deflated(text, vertices, repeats=is_series)


def _by_language(words: Mapping[str, Any]) -> dict[str, Any]:
    """Return words with all phrases of a language together, which deflates a tenth better."""
    phrases = words["phrases"]
    said = list(zip_longest(*phrases.values()))
    return {**words, "phrases": {"english": list(phrases), "said": said}}


def deflated(text: bytes, numbers: bytes = b"", *, repeats: bool = True) -> dict[str, Any]:
    """Return a text, and numbers after it, as a page carries them.

    Parameters
    ----------
    text, numbers : bytes
        What is packed.
    repeats : bool, default True
        Whether the numbers have stretches in common.

    Returns
    -------
    dict
        ``packed``, both deflated (RFC 1951) and in base 85 with ``,.:`` for ``&<>``; ``bytes``
        and ``text``, how many bytes both have together, and the text by itself.
    """
    # Looking further back takes several times as long in much data. It saves a tenth of a text, a
    # third of the versions of a border, and nothing of numbers that do not repeat themselves.
    level, strategy = 9, zlib.Z_DEFAULT_STRATEGY
    if len(text) + len(numbers) > _LARGE:
        level, strategy = (6, strategy) if repeats else (3, zlib.Z_RLE)
    # A smaller memory level ends blocks earlier, so that each suits its own kind of text.
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15, 6)
    packed = deflate.compress(text) + deflate.flush(zlib.Z_FULL_FLUSH)
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15, 8, strategy)
    packed += deflate.compress(numbers) + deflate.flush()
    return {"bytes": len(text) + len(numbers), "text": len(text), "packed": _to_base85(packed)}


def _to_base85(data: bytes) -> str:
    """Return what `base64.b85encode` does with other digits, in a twentieth of the time."""
    filling = -len(data) % 4
    words = np.frombuffer(data + bytes(filling), ">u4").astype(np.uint32)
    digits = np.empty((len(words), 5), np.uint8)
    for place in range(4, -1, -1):
        rest = words // _BASE
        digits[:, place] = words - rest * _BASE
        words = rest
    text = _DIGITS[digits].tobytes().decode("ascii")
    return text[: len(text) - filling]


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
        if "stops" in layer:  # of all its days; one has as many at most
            by_version = [range(len(states))]
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
