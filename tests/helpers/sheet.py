"""A picture as SVG, read back."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from pkzone.pictures import Picture
from pkzone.pictures.legend import _patterns
from pkzone.pictures.map_content import Content

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Sheet:
    """A parsed SVG."""

    def __init__(self, drawn: Picture) -> None:
        self.root = ET.fromstring(drawn.to_bytes("svg"))  # noqa: S314 - our own

    def group(self, gid: str) -> ET.Element:
        return next(one for one in self.root.iter(f"{SVG}g") if one.get("id") == gid)

    def ids(self, gid: str) -> list[str]:
        found = [one.get("id", "") for one in self.group(gid).iter(f"{SVG}g")]
        return [one for one in found if "/" in one]

    def texts(self, gid: str | None = None) -> list[str]:
        top = self.root if gid is None else self.group(gid)
        return [one.text or "" for one in top.iter(f"{SVG}text")]

    def said(self, gid: str) -> str:
        return " ".join(self.texts(gid))

    def points(self, gid: str) -> list[tuple[float, float]]:
        pairs = []
        for path in self.group(gid).iter(f"{SVG}path"):
            found = [float(one) for one in NUMBER.findall(path.get("d", ""))]
            pairs += list(zip(found[::2], found[1::2], strict=True))
        return pairs

    def box(self, gid: str) -> tuple[float, float, float, float]:
        x, y = zip(*self.points(gid), strict=True)
        return min(x), min(y), max(x), max(y)

    def middle(self, gid: str) -> tuple[float, float]:
        left, top, right, bottom = self.box(gid)
        return (left + right) / 2, (top + bottom) / 2


def pattern_texts(content: Content) -> list[str]:
    """Return the words of the legend beside the patterns of a map, in their order."""
    return [
        text
        for section in content.sections
        for _, _, text in _patterns(content, content.items, section.style_keys)
    ]
