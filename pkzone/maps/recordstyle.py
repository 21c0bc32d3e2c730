"""What tagged records look like: a colour and a marker of its own for each answer."""

from __future__ import annotations

from typing import Any, Final

from pkzone.i18n.messages import phrase

__all__ = ["BARS", "MARKS", "PALETTE"]

#: Colours by theme and token: of Okabe and Ito (2008), those that zone and routes do not have.
PALETTE: Final = {
    "light": {
        "inside": "#00795a", "unsure": "#8a6100", "outside": "#a34b7d", "partly": "#1a1a1a",
    },
    "dark": {
        "inside": "#3fc39c", "unsure": "#e6a817", "outside": "#dd9cc0", "partly": "#f0efeb",
    },
}  # fmt: skip


def _mark(label: str, shape: str, size: float, ink: str, *, solid: bool) -> dict[str, Any]:
    strokes = [{"color": "paper", "width": 1.4 if solid else 4.4, "dash": []}]
    return {
        "label": label, "shape": shape, "size": size, "fill": ink if solid else "paper",
        "fill_opacity": 1,
        "strokes": strokes if solid else [*strokes, {"color": ink, "width": 2, "dash": []}],
    }  # fmt: skip


#: What the answers look like, in their order, and a record without one: rules of a style table.
MARKS: Final = (
    _mark("Inside", "circle", 5, "inside", solid=True),
    _mark("Outside", "square", 4.6, "outside", solid=False),
    _mark("Too close to the border to say", "triangle", 5.4, "unsure", solid=True),
    _mark("Partly inside", "diamond", 5, "partly", solid=False),
    _mark("No answer: before the first version", "cross", 4.6, "former", solid=True),
)


def _bar(label: str, ink: str, opacity: float, angle: int | None = None) -> dict[str, Any]:
    hatch = {"color": ink, "width": 1.4, "gap": 4.5, "angle": angle, "opacity": 1}
    return {
        "label": label, "fill": ink, "fill_opacity": opacity,
        "strokes": [{"color": ink, "width": 0.9, "dash": []}],
        **({} if angle is None else {"hatch": hatch}),
    }  # fmt: skip


#: The same answers as areas, for the bars of a picture.
BARS: Final = (
    _bar("Inside", "inside", 1),
    _bar("Outside", "outside", 0.12),
    _bar("Too close to the border to say", "unsure", 0.12, 45),
    _bar("Partly inside", "partly", 0.08, -45),
    _bar(phrase("No answer: no place, or before the first version"), "former", 0.5),
)
