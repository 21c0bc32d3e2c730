"""Maps of layers on a page: one HTML file that needs no network."""

from pkzone.maps.page import Map, map  # noqa: A004 - read as pkzone.maps.map

__all__ = ["Map", "map"]
