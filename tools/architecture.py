"""Read which room of pkzone imports which, and draw it: ``python -m tools.architecture``.

The floors stand here alone. ``tests/project/test_imports.py`` holds the imports to them, and the
drawing in ``docs/architecture.svg`` to the imports.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pkzone

ROOT = Path(pkzone.__file__).parent
DRAWING = ROOT.parent / "docs" / "architecture.svg"

#: The rooms of the package and what they hold, floor by floor from the ground up, drawn from left
#: to right. A module imports from its own room and from the floors below it, never from another
#: room of its floor.
FLOORS: tuple[dict[str, str], ...] = (
    {"errors": "every error, one line each"},
    {"i18n": "messages in each language"},
    {
        "files": "open, recognise, write",
        "geo": "measures and geometries",
        "text_layout": "tables of plain text",
        "text_lookalikes": "texts the eye confuses",
    },
    {"geojson": "strict reader, one writer", "table": "rows in every format"},
    {"revisions": "files as git has them"},
    {"layers": "catalogue and versions"},
    {"formats": "import, export, sandbox", "checks": "rules for GeoJSON files"},
    {"compare": "diff, history, routes"},
    {
        "tagging": "records by place and day",
        "reports": "a diff in words, figures",
        "store": "publish, verify, ids",
    },
    {"git": "diff and merge drivers", "queries": "series, events, at, passable"},
    {"stories": "stops told by reference"},
    {"maps": "the page in one HTML file"},
    {"pictures": "PNG, SVG and PDF"},
    {"commands": "one module per command"},
    {"cli": "the command pkzone"},
)
ROOMS = frozenset(room for floor in FLOORS for room in floor)

#: What may name a module above, imported only when it is called: values that show themselves, and
#: the table of report formats, one of which is a page.
EXCEPTIONS = {
    ("pkzone/compare/result.py", "Reported"),
    ("pkzone/compare/result.py", "Diff"),
    ("pkzone/compare/history.py", "History"),
    ("pkzone/reports/__init__.py", "FORMATS"),
}


class Import(NamedTuple):
    """A name that a module imports: its dotted name, its room, and whether it may be above."""

    name: str
    room: str
    excepted: bool


def modules() -> list[Path]:
    """Return the modules of all rooms, as paths from the root of the repository."""
    paths = sorted(path.relative_to(ROOT.parent) for path in ROOT.rglob("*.py"))
    return [path for path in paths if path.parent.name != "pkzone" or path.stem in ROOMS]


def room_of(path: Path) -> str:
    """Return the room of a module."""
    return path.with_suffix("").parts[1]


def floor_of(room: str) -> int:
    """Return the floor of a room, counted from the ground."""
    return next(number for number, floor in enumerate(FLOORS) if room in floor)


def is_module(name: str) -> bool:
    """Tell whether pkzone has a module or folder of this name at its top."""
    return (ROOT / name).is_dir() or (ROOT / f"{name}.py").is_file()


def imports(source: str, path: Path) -> Iterator[Import]:
    """Yield what a module imports from other rooms, be it in a function or named by a string.

    Excepted are the imports of what `EXCEPTIONS` lists, and those for type checkers in its modules.
    """
    tree = ast.parse(source)
    late = {name for home, name in EXCEPTIONS if home == path.as_posix()}
    if late:
        late.add("TYPE_CHECKING")
    excepted = {part for node in tree.body if _label(node) in late for part in ast.walk(node)}
    for node in ast.walk(tree):
        for name in _imported(node, path):
            room = _home(name)
            if room is not None and room != room_of(path):
                yield Import(name, room, node in excepted)


def _label(node: ast.stmt) -> str:
    """Return the name of a class, of a constant with its type, or the condition of a block."""
    match node:
        case ast.ClassDef(name=name):
            return name
        case ast.AnnAssign(target=label) | ast.If(test=label):
            return ast.unparse(label)
    return ""


def _imported(node: ast.AST, path: Path) -> Iterator[str]:
    """Yield the dotted names that a statement of a module imports."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        parents = path.with_suffix("").parts
        above = parents[: len(parents) - node.level] if node.level else ()
        module = ".".join((*above, *filter(None, (node.module,))))
        yield from (f"{module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Constant) and re.fullmatch(r"pkzone(\.\w+)+(:\w+)?", str(node.value)):
        yield str(node.value)  # what import_module will be given


def _home(name: str) -> str | None:
    """Return the room in which a dotted name lives, none for what is not a part of pkzone."""
    parts = name.split(".")
    if parts[0] != "pkzone" or len(parts) == 1:
        return None
    home = pkzone._HOMES.get(parts[1])  # a public name counts for the module it comes from
    room = home.split(".")[1] if home and not is_module(parts[1]) else parts[1]
    return room if room in ROOMS else None


class Arrow(NamedTuple):
    """A room that imports from another; excepted when only what `EXCEPTIONS` lists does."""

    start: str
    end: str
    excepted: bool

    @property
    def upper(self) -> str:
        """The room on the higher floor: where an arrow starts, unless it is an exception."""
        return self.end if self.excepted else self.start

    @property
    def lower(self) -> str:
        """The room on the lower floor."""
        return self.start if self.excepted else self.end


def arrows() -> set[Arrow]:
    """Return the arrows between rooms, without those that follow from others.

    When maps import reports and reports import errors, an arrow from maps to errors says nothing
    new about the order of the floors, and is left out.
    """
    below: dict[str, set[str]] = defaultdict(set)
    shown = set()
    for path in modules():
        for name in imports((ROOT.parent / path).read_text(encoding="utf-8"), path):
            if name.excepted and floor_of(name.room) > floor_of(room_of(path)):
                shown.add(Arrow(room_of(path), name.room, excepted=True))
            else:
                below[room_of(path)].add(name.room)

    def reached(room: str) -> set[str]:
        return below[room].union(*map(reached, below[room]))

    drawn = {
        Arrow(room, end, excepted=False)
        for room in ROOMS
        for end in below[room] - set().union(*map(reached, below[room]))
    }
    return drawn | shown


# The drawing: boxes in rows, arrows along the gaps between them. Sizes are in pixels.
WIDTH, MARGIN = 1112, 24
BOX_WIDTH, BOX_HEIGHT, COLUMN = 184, 52, 220
# Where the rooms of a floor stand, by their number.
COLUMNS = {1: (2,), 2: (1, 3), 3: (1, 2, 3), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}
TRACK = 9  # between arrows that run side by side
LANES = tuple(
    MARGIN + column * COLUMN + BOX_WIDTH + (COLUMN - BOX_WIDTH) // 2 + shift * TRACK
    for column in range(4)
    for shift in (0, -1, 1)
)
STYLE = """\
    .paper { fill: #ffffff } .box { fill: #f3f6f9; stroke: #57606a } .arrow { stroke: #57606a }
    .head { fill: #57606a } .name { fill: #1f2328 } .holds { fill: #57606a }
    @media (prefers-color-scheme: dark) {
      .paper { fill: #0d1117 } .box { fill: #161b22; stroke: #9198a1 } .arrow { stroke: #9198a1 }
      .head { fill: #9198a1 } .name { fill: #f0f6fc } .holds { fill: #b1bac4 }
    }
    text { font-family: system-ui, sans-serif; text-anchor: middle; font-size: 13.5px }
    .name { font-size: 17px; font-weight: 600 }
    .arrow { fill: none; stroke-width: 1.3; marker-end: url(#head) }
    .excepted { stroke-dasharray: 5 4 }"""


def left_of(room: str) -> int:
    """Return the left edge of a room's box."""
    floor = FLOORS[floor_of(room)]
    return MARGIN + COLUMN * COLUMNS[len(floor)][list(floor).index(room)]


class Route(NamedTuple):
    """An arrow's way from the box above to the box below: its x at both and between them."""

    arrow: Arrow
    start_x: int
    lane_x: int
    end_x: int


def routes() -> list[Route]:
    """Return a way for each arrow that passes behind no box."""
    nearest_first = sorted(arrows(), key=lambda arrow: (len(_passed(arrow)), arrow))
    start_ports = _ports([(arrow.upper, left_of(arrow.lower), arrow) for arrow in nearest_first])
    end_ports = _ports([(arrow.lower, left_of(arrow.upper), arrow) for arrow in nearest_first])
    result: list[Route] = []
    for arrow in nearest_first:
        start_x, end_x = start_ports[arrow], end_ports[arrow]
        passed = _passed(arrow)
        free = [
            x
            for x in (start_x, end_x, *LANES)
            if not _is_blocked(x, passed) and not _is_taken(x, arrow, result)
        ]
        lane_x = min(free or LANES, key=lambda x: abs(x - start_x) + abs(x - end_x))
        result.append(Route(arrow, start_x, lane_x, end_x))
    return result


def _passed(arrow: Arrow) -> range:
    """Return the floors between the ends of an arrow."""
    return range(floor_of(arrow.lower) + 1, floor_of(arrow.upper))


def _crossed(arrow: Arrow) -> range:
    """Return the gaps between the ends of an arrow, each by the floor beneath it."""
    return range(floor_of(arrow.lower), floor_of(arrow.upper))


def _ports(ends: list[tuple[str, int, Arrow]]) -> dict[Arrow, int]:
    """Return where each arrow meets its box: spread over its edge in the order they come from."""
    ports = {}
    for room in ROOMS:
        arrived = sorted(end for end in ends if end[0] == room)
        for number, (_, _, arrow) in enumerate(arrived, start=1):
            ports[arrow] = left_of(room) + BOX_WIDTH * number // (len(arrived) + 1)
    return ports


def _is_blocked(x: int, floors: range) -> bool:
    return any(
        left_of(room) - TRACK < x < left_of(room) + BOX_WIDTH + TRACK
        for floor in floors
        for room in FLOORS[floor]
    )


def _is_taken(x: int, arrow: Arrow, others: list[Route]) -> bool:
    """Tell whether another arrow runs there in one of the gaps that an arrow crosses."""
    return any(
        abs(other.lane_x - x) < TRACK and set(_crossed(arrow)) & set(_crossed(other.arrow))
        for other in others
        if _passed(arrow) and _passed(other.arrow)
    )


def draw() -> str:
    """Return the drawing as SVG: each room above those that it imports."""
    ways = routes()
    tracks, height_of_gap = _tracks(ways)
    tops = {}
    y = MARGIN
    for number in reversed(range(len(FLOORS))):
        tops[number] = y
        y += BOX_HEIGHT + height_of_gap[number - 1]
    height = y + MARGIN - height_of_gap[-1]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "  <title>The rooms of pkzone: each imports from those that its arrows lead to</title>",
        f"  <style>\n{STYLE}\n  </style>",
        '  <marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7"'
        ' orient="auto-start-reverse"><path class="head" d="M0 0 8 4 0 8z"/></marker>',
        f'  <rect class="paper" width="{WIDTH}" height="{height}"/>',
    ]
    for way in ways:
        top = tops[floor_of(way.arrow.upper)] + BOX_HEIGHT
        bottom = tops[floor_of(way.arrow.lower)]
        first = top + tracks[way, "upper"]
        last = bottom - height_of_gap[floor_of(way.arrow.lower)] + tracks[way, "lower"]
        points = [
            (way.start_x, top),
            (way.start_x, first),
            (way.lane_x, first),
            (way.lane_x, last),
            (way.end_x, last),
            (way.end_x, bottom),
        ]
        kind = "arrow excepted" if way.arrow.excepted else "arrow"
        steps = " ".join(f"{x} {y}" for x, y in (points[::-1] if way.arrow.excepted else points))
        lines.append(f'  <path class="{kind}" d="M{steps}"/>')
    for number, floor in enumerate(FLOORS):
        for room, holds in floor.items():
            x, y = left_of(room), tops[number]
            middle = x + BOX_WIDTH // 2
            lines += [
                f'  <rect class="box" x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}"'
                ' rx="6"/>',
                f'  <text class="name" x="{middle}" y="{y + 22}">{room}</text>',
                f'  <text class="holds" x="{middle}" y="{y + 42}">{holds}</text>',
            ]
    return "\n".join([*lines, "</svg>", ""])


def _tracks(ways: list[Route]) -> tuple[dict[tuple[Route, str], int], list[int]]:
    """Return how far below the top of its gap each sideways stretch lies, and the gaps' heights.

    Stretches that leave a box lie above those that come to one, so that no two ends of arrows
    run into each other.
    """
    rows: list[list[list[tuple[int, int]]]] = [[] for _ in FLOORS]
    placed = {}
    for end in ("upper", "lower"):
        first_row = [len(row) for row in rows]
        for way in ways:
            if end == "upper":
                gap, stretch = floor_of(way.arrow.upper) - 1, (way.start_x, way.lane_x)
            else:
                gap, stretch = floor_of(way.arrow.lower), (way.lane_x, way.end_x)
            left, right = sorted(stretch)
            placed[way, end] = 2 * TRACK
            if left == right:
                continue
            number = first_row[gap]
            while number < len(rows[gap]) and any(
                left < taken_right + TRACK and taken_left < right + TRACK
                for taken_left, taken_right in rows[gap][number]
            ):
                number += 1
            if number == len(rows[gap]):
                rows[gap].append([])
            rows[gap][number].append((left, right))
            placed[way, end] += number * TRACK
    return placed, [(len(row) + 4) * TRACK for row in rows]


if __name__ == "__main__":
    DRAWING.write_text(draw(), encoding="utf-8", newline="\n")
    print(f"wrote {DRAWING.relative_to(Path.cwd())}")
