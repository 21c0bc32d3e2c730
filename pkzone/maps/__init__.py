"""Maps of layers: a page in one HTML file that needs no network.

A name is imported when it is asked for: folium takes long to load, and only who adds to a map
needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkzone.maps.folium_map import Map, NetworkWarning, map  # noqa: A004 - pkzone.maps.map

__all__ = ["Map", "NetworkWarning", "map"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'pkzone.maps' has no attribute {name!r}")
    from pkzone.maps import folium_map

    return getattr(folium_map, name)
