"""Maps of layers: a page in one HTML file that needs no network."""

from pkzone.maps.folium_objects import NetworkWarning
from pkzone.maps.page import Map, map  # noqa: A004 - read as pkzone.maps.map

__all__ = ["Map", "NetworkWarning", "map"]
