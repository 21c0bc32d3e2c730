"""Pages of the site that are generated from the shipped catalogue: layers, events, sources."""

from __future__ import annotations

import html
from collections.abc import Iterator
from itertools import groupby
from math import cos, radians
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pkzone
from pkzone.layers.names import source_names
from pkzone.maps.style import ANY_LAYER, PALETTE, RULES, first_met, geometry_kind
from pkzone.text_layout import counted

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from pkzone import Catalogue, Event, Layer, Version

#: Size of a drawing of a version in pixels, and the margin round all versions of its layer.
WIDTH, HEIGHT, MARGIN = 240, 200, 8
PAPER = PALETTE["light"]


def write_data(folder: Path) -> None:
    """Write a page for each layer, and one for events and one for sources."""
    folder.mkdir(parents=True, exist_ok=True)
    catalogue = pkzone.catalogue()
    for layer in catalogue.values():
        frame = _frame(layer)
        ground = "".join(_paths(catalogue["boundaries"].latest, frame, pale=True))
        for version in layer.versions:
            path = folder / f"{layer.name}-{version.id}.svg"
            path.write_text(_drawing(version, ground, frame), encoding="utf-8")
        write(folder / f"{layer.name}.md", _layer(layer, catalogue))
    write(folder / "layers.md", _layers(catalogue))
    write(folder / "events.md", _events(catalogue))
    write(folder / "sources.md", _sources(catalogue))


def write(path: Path, lines: Iterator[str]) -> None:
    """Write a page of lines."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def text(value: Any) -> str:
    """Escape what Markdown would read as a mark, or as the end of a cell."""
    escaped = html.escape(" ".join(str(value).split()), quote=False)
    return "".join(f"\\{one}" if one in "\\`*_[]|{}#~$" else one for one in escaped)


def _layers(catalogue: Catalogue) -> Iterator[str]:
    yield f"# Layers\n\n{text(catalogue.description or catalogue.title)}\n"
    yield "| layer | what | versions | from | last |\n|---|---|---|---|---|"
    for layer in catalogue.values():
        first, last = layer.versions[0].valid_from, layer.versions[-1].valid_from
        yield (
            f"| [`{layer.name}`]({layer.name}.md) | {text(layer.description)} "
            f"| {len(layer.versions)} | `{first}` | `{last}` |"
        )
    yield "\n```{toctree}\n:hidden:\n"
    yield from catalogue
    yield "```"


def _layer(layer: Layer, catalogue: Catalogue) -> Iterator[str]:
    yield f"# {text(layer.title)}: `{layer.name}`\n\n{text(layer.description)}\n"
    yield '<div class="states">'
    for version in layer.versions:
        name = f"{layer.name}-{version.id}"
        yield (
            f'<figure><a href="#{_anchor(version)}"><img src="{name}.svg" loading="lazy" '
            f'width="{WIDTH}" height="{HEIGHT}" alt="{html.escape(version.ref)}"></a>'
            f"<figcaption>{html.escape(version.id)}</figcaption></figure>"
        )
    yield "</div>\n\n## Versions"
    for version in layer.versions:
        until = f", until {version.valid_to}" if version.valid_to else "; no later state is known"
        count = counted(version.feature_count, "feature")
        yield f"\n({_anchor(version)})=\n### {version.ref}\n\n**{text(version.title)}**\n"
        yield f"From {version.valid_from}{until}. {count}.\n"
        for event in map(catalogue.event, version.events):
            yield f"- Event: [{text(event.title)}](events.md#event-{event.id})"
        if links := "; ".join(_link(source, catalogue) for source in version.source_ids):
            yield f"- Sources: {links}"


def _anchor(version: Version) -> str:
    return f"{version.layer}-{version.id}".replace(".", "-")


def _events(catalogue: Catalogue) -> Iterator[str]:
    yield "---\ntocdepth: 2\n---\n\n# Events\n"
    yield "What happened, by date. `pkzone events` prints the same.\n"
    for year, events in groupby(catalogue.events, key=lambda event: event.date[:4]):
        yield f"\n## {year}\n"
        for event in events:
            yield from _event(event, catalogue)


def _event(event: Event, catalogue: Catalogue) -> Iterator[str]:
    yield f"\n(event-{event.id})=\n### {event.date} {text(event.title)}\n"
    yield f"`{event.id}`, {event.kind}, {event.certainty}\n"
    for part in filter(None, (event.summary, event.note)):
        yield f"{text(part)}\n"
    links = (_link(source, catalogue) for source in event.sources)
    yield f"Sources: {'; '.join(links)}.\n"


def _link(source: str, catalogue: Catalogue) -> str:
    return f"[{text(catalogue.source(source)['title'])}](sources.md#source-{source.lower()})"


def _sources(catalogue: Catalogue) -> Iterator[str]:
    yield "# Sources\n\nTitles in square brackets are descriptions of ours. The "
    yield "[side](../authoring.md#sides-and-certainty) is that of the publisher. "
    yield "`pkzone sources` prints the same.\n"
    names = source_names(catalogue)
    for source in catalogue.sources:
        address = f" <{source['URL']}>" if source.get("URL") else ""
        yield f"\n(source-{source['id'].lower()})="
        yield f"**{text(source['title'])}** {text(names[source['id']])}; side: {source['side']}; "
        yield f"`{source['id']}`.{address}\n"


def _frame(layer: Layer) -> list[float]:
    """Return what turns degrees into pixels, as shapely takes it: all versions fit the drawing."""
    boxes = zip(*(version.bbox for version in layer.versions if version.bbox), strict=True)
    wests, souths, easts, norths = boxes
    west, south, east, north = min(wests), min(souths), max(easts), max(norths)
    narrower = cos(radians((south + north) / 2))
    scale = min(
        (WIDTH - 2 * MARGIN) / ((east - west) * narrower), (HEIGHT - 2 * MARGIN) / (north - south)
    )
    across = scale * narrower
    left = WIDTH / 2 - (west + east) / 2 * across
    top = HEIGHT / 2 + (south + north) / 2 * scale
    return [across, 0, 0, -scale, left, top]


def _drawing(version: Version, ground: str, frame: list[float]) -> str:
    """Draw the features of a version in the colours of the maps, small and generalised."""
    size = f'viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    paths = "".join(_paths(version, frame))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER["paper"]}"/>'
        f'<g fill="none" stroke-linejoin="round">{ground}{paths}</g></svg>\n'
    )


def _paths(version: Version, frame: list[float], *, pale: bool = False) -> Iterator[str]:
    from shapely.affinity import affine_transform

    for row in version.frame().to_dict("records"):
        shape: BaseGeometry = row["geometry"]
        kind = geometry_kind(shape.geom_type)
        rules = (*RULES.get(version.layer, ()), *ANY_LAYER)
        rule = first_met(rules, row, kind) or ANY_LAYER[-1]
        drawn = affine_transform(shape, frame).simplify(0.4)
        line = rule["strokes"][0] if rule.get("strokes") else {"color": "other", "width": 1}
        color = PAPER[
            "boundary" if pale else rule.get("fill" if kind == "point" else "", line["color"])
        ]
        for part in getattr(drawn, "geoms", [drawn]):
            yield _path(part, kind, color, 0.7 if pale else max(1, line["width"] / 1.6))


def _path(part: BaseGeometry, kind: str, color: str, width: float) -> str:
    if kind == "point":
        return f'<circle cx="{part.x:.1f}" cy="{part.y:.1f}" r="2" fill="{color}"/>'
    rings = [part.exterior, *part.interiors] if kind == "area" else [part]
    steps = ("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y, *_ in ring.coords) for ring in rings)
    fill = f' fill="{color}" fill-opacity=".25"' if kind == "area" else ""
    return f'<path d="{"".join(steps)}" stroke="{color}" stroke-width="{width:.1f}"{fill}/>'
