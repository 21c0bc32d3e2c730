"""What stands around the features of a collection in the canonical form, one a line."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["FOOTER", "HEADER", "enclosed"]

HEADER = b'{"type":"FeatureCollection","features":[\n'
FOOTER = b"]}\n"


def enclosed(lines: Sequence[bytes]) -> bytes:
    """Return the file that holds some features, each of them a line without its end."""
    return HEADER + b",\n".join(lines) + (b"\n" if lines else b"") + FOOTER
