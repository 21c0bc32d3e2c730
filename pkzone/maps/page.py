"""The map object: a folium.Map whose page is one file that needs no network."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date
from html import escape
from pathlib import Path
from typing import Any, cast

import folium
from branca.element import Element, Figure

from pkzone.layers.catalogue import Catalogue
from pkzone.layers.catalogue import catalogue as open_catalogue
from pkzone.maps import document, payload
from pkzone.maps.selection import select

__all__ = ["Map", "map"]

# folium links these for its popups, icons and plugins; Leaflet itself is in the page.
_HELPER_JS = [pair for pair in folium.folium._default_js if pair[0] != "leaflet"]
_HELPER_CSS = [pair for pair in folium.folium._default_css if pair[0] != "leaflet_css"]


class _Page(Figure):
    """The figure round a map: rendering it, however it is reached, gives the whole page."""

    def __init__(self, owner: Map) -> None:
        super().__init__()
        self._owner = owner
        self.add_child(owner)

    def render(self, **_: Any) -> str:
        return self._owner.to_html()


class Map(folium.Map):
    """A map of versioned layers on a page of its own.

    The page holds every version, opens from disk and makes no request. folium renders only
    numbers here (centre, zoom); the layers reach the page as data, after folium is done.
    Objects of folium may be added as to any ``folium.Map``: they then bring the helper
    libraries that folium links, so such a page may need the network.

    Parameters
    ----------
    content : dict
        What `pkzone.maps.payload.build` returns, or `pkzone.maps.diffpayload.build`.
    layout : Layout, optional
        The kind of page that shows it.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium's own way to say it
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    def __init__(
        self, content: dict[str, Any], layout: document.Layout = document.VERSIONS
    ) -> None:
        west, south, east, north = content["home"] or (0, 0, 0, 0)
        super().__init__(
            location=[round((south + north) / 2, 6), round((west + east) / 2, 6)],
            zoom_start=8,
            tiles=None,
            control_scale=True,
            zoom_snap=0.25,
        )
        # branca's ids are random; a fixed one gives the same bytes every time.
        self._id = "pkzone"
        self.content = content
        self.layout = layout
        _Page(self)

    def add_child(self, child: Element, name: str | None = None, index: int | None = None) -> Any:
        """Add a folium object of the user's, with the helper libraries such objects rely on."""
        self.default_js, self.default_css = list(_HELPER_JS), list(_HELPER_CSS)
        return super().add_child(child, name=name, index=index)

    def to_html(self) -> str:
        """Return the page: HTML that needs no other file, the same bytes every time."""
        packed = payload.to_json(payload.pack(self.content))
        facts = {name: self.content[key] for name, key in self.layout.facts.items()}
        return document.assemble(
            self.layout, self._skeleton(), packed, facts, language=self.content["language"]
        )

    def save(  # type: ignore[override]  # folium's also takes an open file, and no overwrite
        self, path: str | os.PathLike[str], overwrite: bool = True
    ) -> None:
        """Write the page to a file, whole or not at all.

        Parameters
        ----------
        path : str or os.PathLike
            Where to write.
        overwrite : bool, default True
            Whether an existing file may be replaced.

        Raises
        ------
        OutputError
            The file exists and may not be replaced, or cannot be written.
        """
        from pkzone.layers import atomic

        atomic.write_bytes(Path(path), self.to_html().encode("utf-8"), overwrite=overwrite)

    def _repr_html_(self, **_: Any) -> str:
        """Return the page in a frame, for notebooks."""
        page = escape(self.to_html(), quote=True)
        return (
            f'<iframe srcdoc="{page}" title="Map" width="100%" height="600" frameborder="0" '
            "allowfullscreen></iframe>"
        )

    def _skeleton(self) -> document.Skeleton:
        figure = cast(Figure, self.get_root())
        for child in list(figure._children.values()):
            child.render()
        own = self.get_name()
        return document.Skeleton(
            element=figure.html._children[own].render().strip() + "\n",
            script=figure.script.render(),
            head=_others(figure.header, {own, "meta_http"}),
            body=_others(figure.html, {own}),
        )


def map(  # noqa: A001 - read as pkzone.map
    refs: Iterable[str] = (),
    *,
    on: str | date | None = None,
    catalogue: Catalogue | None = None,
    lang: str | None = None,
) -> Map:
    """Return a map of layers with a slider over their versions.

    Parameters
    ----------
    refs : iterable of str
        ``LAYER`` shows a layer in all its versions, ``LAYER@VERSION`` or ``LAYER@DATE``
        fixes it to that one; none means every layer. Boundaries, rivers and lakes are added.
    on : str or datetime.date, optional
        The day the map opens on; else the catalogue's default date, else its newest version.
    catalogue : Catalogue, optional
        Where the layers are; the shipped catalogue by default.
    lang : str, optional
        The language the map opens in: ``en``, or ``az``, ``hy`` or ``ru`` where the catalogue
        lists it; English by default. The reader can choose another on the page.

    Raises
    ------
    BadReference
        A reference is malformed, names a file, or a layer is named twice.
    BadDate, LayerNotFound, VersionNotFound
        There is no such date, layer or version, or nothing is in force on ``on``.
    BadOption
        The catalogue does not list the language, or it has no words.
    CatalogueError, HashMismatch, GeoJSONError
        The catalogue is damaged.
    """
    refs = (refs,) if isinstance(refs, str) else refs
    source = open_catalogue() if catalogue is None else catalogue
    return Map(payload.build(source, select(source, refs, on), lang))


def _others(element: Element, own: set[str]) -> str:
    return "".join(child.render() for name, child in element._children.items() if name not in own)
