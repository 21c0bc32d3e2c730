"""Maps of layers: a page in one HTML file that needs no network, and pictures."""

from pkzone.maps.additions import NetworkWarning
from pkzone.maps.page import Map, map  # noqa: A004 - read as pkzone.maps.map
from pkzone.maps.pictures import Picture, picture

__all__ = ["Map", "NetworkWarning", "Picture", "map", "picture"]
