"""Paths along drawn lines: the stretch of road or railway between two known points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import networkx as nx
import shapely
from shapely.geometry import LineString, Point

Node = tuple[float, float]
SEAM_GAP_M = 600.0  # the source tiles leave gaps of up to about 400 m at their seams


class Network:
    """A graph of lines in metres; seams between them that are small gaps are closed."""

    def __init__(self, lines: Iterable[shapely.Geometry]) -> None:
        self._segments: list[tuple[Node, Node]] = []
        self._graph = nx.Graph()
        parts = [part for line in lines for part in getattr(line, "geoms", [line])]
        for part in parts:
            nodes: list[Node] = [(x, y) for x, y in part.coords]
            for a, b in pairwise(nodes):
                self._add(a, b)
                self._segments.append((a, b))
        self._close_seams(parts)
        self._lines = [LineString(segment) for segment in self._segments]
        self._tree = shapely.STRtree(self._lines)

    def nearest(self, point: Point) -> Point:
        """Point of the network that is nearest to `point`."""
        line = self._lines[int(self._tree.nearest(point))]
        return line.interpolate(line.project(point))

    def path(self, points: Sequence[Point]) -> LineString:
        """Shortest line along the network past the places nearest to `points`, in order."""
        stops = [self._stop(point) for point in points]
        nodes = [stops[0]]
        for a, b in pairwise(stops):
            nodes += nx.shortest_path(self._graph, a, b, weight="length_m")[1:]
        return LineString(nodes)

    def _stop(self, point: Point) -> Node:
        index = int(self._tree.nearest(point))
        a, b = self._segments[index]
        on_line = self.nearest(point)
        node = (on_line.x, on_line.y)
        for end in (a, b):
            if end != node:
                self._add(node, end)
        return node

    def _add(self, a: Node, b: Node) -> None:
        self._graph.add_edge(a, b, length_m=Point(a).distance(Point(b)))

    def _close_seams(self, parts: Sequence[LineString]) -> None:
        for end, own in _ends(parts):
            for other in parts:
                if other is own or other.distance(Point(end)) > SEAM_GAP_M:
                    continue
                nearest = min(other.coords, key=lambda xy: Point(xy).distance(Point(end)))
                self._add(end, (nearest[0], nearest[1]))


def _ends(parts: Sequence[LineString]) -> Iterator[tuple[Node, LineString]]:
    for part in parts:
        for x, y in (part.coords[0], part.coords[-1]):
            yield (x, y), part
