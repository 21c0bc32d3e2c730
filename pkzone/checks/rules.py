"""List the rules for GeoJSON files: a stable code, what is asked, and the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pkzone.errors import PkzoneError
from pkzone.geo.canonical import DECIMALS, Z_DECIMALS

__all__ = [
    "ERROR",
    "RULES",
    "WARNING",
    "Rule",
    "code_of",
    "is_finer",
    "numbers",
]

ERROR, WARNING = "error", "warning"


class Rule(NamedTuple):
    """One rule.

    Attributes
    ----------
    code : str
        Its name, which does not change: ``ring-not-closed``.
    level : str
        ``error`` if pkzone does not read the file, or could not write it again; ``warning`` for
        what is repaired on reading, or odd.
    asks : str
        What is asked, in one line.
    remedy : str
        What to do, in one line.
    mended : bool
        Whether ``pkzone check --fix`` repairs it.
    """

    code: str
    level: str
    asks: str
    remedy: str
    mended: bool = False


_FIX = "pkzone check --fix repairs it"  # a remedy that ends so tells which rules it repairs

# By code: what is asked, and the remedy.
_ERRORS = {
    "unreadable": (
        "A file is a regular file on this machine that may be read.",
        "Check the path and its permissions.",
    ),
    "too-large": (
        "A file has no more than 256 MiB, and fits the memory that can be had.",
        "Split it, or draw its lines with fewer vertices.",
    ),
    "too-deep": (
        "Arrays and objects are nested no more than 64 levels deep.",
        "Flatten the properties or the collections of geometries.",
    ),
    "bad-encoding": ("The text is UTF-8.", "Save the file as UTF-8."),
    "invalid-json": (
        "The text is JSON (RFC 8259).",
        "Mend the text where line and column say; nothing after it was looked at.",
    ),
    "foreign-format": (
        "A file is GeoJSON, not another format, a web page, a pointer or a conflict of Git.",
        "Run the command that the message names.",
    ),
    "duplicate-key": (
        "No object has a key twice.",
        "Remove one of the two: programs differ on which one counts.",
    ),
    "bad-number": ("Numbers are finite and fit a double.", "Write null, or the value as text."),
    "bad-string": (
        "Strings hold whole characters, no half of a surrogate pair.",
        "Write the character itself in UTF-8.",
    ),
    "bad-structure": (
        "Objects have the members and types of RFC 7946.",
        "Write the member as RFC 7946 has it.",
    ),
    "bad-position": (
        "A position is an array of two or three numbers.",
        "Write [longitude, latitude] or [longitude, latitude, height].",
    ),
    "out-of-range": (
        "Longitudes are within 180 degrees, latitudes within 90, heights finite.",
        "Correct the position, or convert projected coordinates to WGS 84.",
    ),
    "swapped-coordinates": (
        "Longitude comes before latitude.",
        "Swap the two numbers of every position.",
    ),
    "line-too-short": (
        "A line has two positions at least.",
        "Add the missing position, make it a point or remove it.",
    ),
    "ring-too-short": (
        "A ring has four positions at least, the last like the first.",
        "Add the missing positions or remove the ring.",
    ),
    "ring-not-closed": (
        "A ring ends where it starts.",
        f"Repeat the first position at the end; {_FIX}.",
    ),
    "foreign-crs": (
        "Coordinates are longitude and latitude on WGS 84.",
        "Convert the file to EPSG:4326 and remove the member crs.",
    ),
    "bad-id": ("An id is a string or a whole number.", "Write it as a string."),
    "missing-id": (
        "Every feature of a layer has an id.",
        "Give it one that stays the same in every version.",
    ),
    "duplicate-id": (
        'No two features have the same id; 1 and "1" count as the same.',
        "Give one of them another id.",
    ),
    "invalid-polygon": (
        "Rings do not cross themselves or each other; parts of an area do not overlap.",
        "Redraw it at the place named: no program can tell what was meant.",
    ),
    "zero-length-line": ("A line has a length.", "Make it a point or remove it."),
    "collapsed-geometry": (
        "A geometry is still valid with 6 decimals (about 0.1 m).",
        "Remove the sliver or spike, or keep vertices farther apart.",
    ),
    "schema": (
        "Features of a layer follow its schema.",
        "Correct the value; the schema is the layer's file in schemas/.",
    ),
}
_WARNINGS = {
    "unknown-source": (
        "Sources that a feature of a layer names stand in sources.json.",
        "Add the source to sources.json or correct its id.",
    ),
    "gzip": (
        "A file is plain text: git and people cannot read a packed one.",
        "Unpack it: gunzip -k FILE.gz.",
    ),
    "bom": ("The text starts without a byte order mark.", f"Save it as UTF-8 without one; {_FIX}."),
    "crs84": (
        "There is no member crs: GeoJSON is always longitude and latitude on WGS 84.",
        f"Remove the member; {_FIX}.",
    ),
    "bbox-dropped": ("There is no member bbox, which goes stale.", f"Remove the member; {_FIX}."),
    "foreign-members": (
        "There are no members that RFC 7946 does not define.",
        "Move them into the properties; pkzone fmt drops them.",
    ),
    "no-properties": (
        "A feature has an object of properties, if an empty one.",
        f'Write "properties": {{}}; {_FIX}.',
    ),
    "null-id": (
        "An id is a string or a whole number; a feature without one has no member id.",
        f"Leave out the member; {_FIX}.",
    ),
    "wrapped": ("A file is a FeatureCollection.", f"Wrap it in one; {_FIX}."),
    "wrong-winding": (
        "Outer rings run counter-clockwise, holes clockwise.",
        f"Turn the ring round; {_FIX}.",
    ),
    "precision": (
        "Coordinates have no more than 6 decimals (about 0.1 m), heights 3.",
        f"Round them; {_FIX}.",
    ),
    "fine-crossing": (
        "Rings do not cross by less than the last decimal that is kept.",
        f"Round the coordinates; {_FIX}.",
    ),
    "odd-id": (
        "An id can be seen, typed and told apart.",
        "Give the feature a short id of letters, digits and hyphens.",
    ),
    "lookalike-ids": (
        "No two ids look the same: by Unicode form, blanks, or letters of another script.",
        "Give one of them an id that differs to the eye.",
    ),
    "hidden-characters": (
        "Texts hold no control characters, marks of direction or characters without width.",
        "Take the character out: it can reorder or hide what is read.",
    ),
    "null-island": (
        "No point lies at 0,0, which programs write where a place is not known.",
        'Write "geometry": null, or the place.',
    ),
    "far-vertex": (
        "No single vertex lies ten times as far from the middle of the file as all others.",
        "Look at it: a digit may be wrong, or longitude and latitude swapped.",
    ),
    "far-move": (
        "From one version of a layer to the next no feature moves farther than the layer is wide.",
        "Look at its coordinates, and at its id: it may be that of another feature.",
    ),
    "swapped-feature": (
        "A feature fits the version before as it stands, not with its two axes exchanged.",
        "Exchange the two numbers of every position of it: longitude comes first.",
    ),
    "empty-geometry": (
        "A geometry has coordinates; a feature without a place has null.",
        'Write "geometry": null.',
    ),
    "mixed-dimensions": (
        "Positions of a geometry all have a height, or none has.",
        "Add the heights that are missing or remove all.",
    ),
    "repeated-vertices": (
        "No vertex follows itself.",
        "Remove the repetition, if no property counts the vertices.",
    ),
    "antimeridian": (
        "No segment spans more than 180 degrees of longitude.",
        "Cut what crosses the antimeridian in two (RFC 7946, section 3.1.9).",
    ),
}

RULES = {
    code: Rule(code, level, asks, remedy, mended=remedy.endswith(f"{_FIX}."))
    for level, rules in ((ERROR, _ERRORS), (WARNING, _WARNINGS))
    for code, (asks, remedy) in rules.items()
}
"""All rules by code, errors before warnings."""


def code_of(error: PkzoneError) -> str:
    """Return the code of the rule that a refusal stands for: the words of its class."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__).lower()


def is_finer(geometry: Any) -> bool:
    """Tell whether a checked geometry, or a part of its coordinates, has more decimals."""
    if isinstance(geometry, dict):
        return any(map(is_finer, _parts(geometry)))
    if geometry and not isinstance(geometry[0], list):
        return any(
            round(number, Z_DECIMALS if axis == 2 else DECIMALS) != number
            for axis, number in enumerate(geometry)
        )
    return any(map(is_finer, geometry))


def numbers(geometry: Any) -> Iterator[float]:
    """Yield all numbers of checked geometries."""
    if isinstance(geometry, dict):
        geometry = _parts(geometry)
    for part in geometry:
        if isinstance(part, list | dict):
            yield from numbers(part)
        else:
            yield part


def _parts(geometry: dict[str, Any]) -> list[Any]:
    return geometry["geometries"] if "geometries" in geometry else [geometry["coordinates"]]
