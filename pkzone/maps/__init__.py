"""Maps of layers: a page in one HTML file that needs no network.

A name is imported when it is asked for: folium takes long to load, and only who adds to a map
needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkzone.maps.folium_group import FoliumLayer, folium_layer
    from pkzone.maps.folium_map import Map, NetworkWarning, map  # noqa: A004 - pkzone.maps.map

__all__ = ["FoliumLayer", "Map", "NetworkWarning", "folium_layer", "map"]

_OF_A_LAYER = ("FoliumLayer", "folium_layer")


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'pkzone.maps' has no attribute {name!r}")
    from pkzone.maps import folium_group, folium_map

    return getattr(folium_group if name in _OF_A_LAYER else folium_map, name)
