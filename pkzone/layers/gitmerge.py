"""The merge driver: three files that git hands over, merged feature by feature."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pkzone.errors import GeoJSONError, PkzoneError, printable
from pkzone.layers.atomic import write_bytes
from pkzone.layers.geojson import Feature, FeatureCollection, dumps, parse
from pkzone.layers.geojson.envelope import FOOTER, HEADER
from pkzone.layers.merge import Conflict, Merged, merge

__all__ = ["CLEAN", "CONFLICTS", "Outcome", "conflict_text", "merge_files"]

CLEAN, CONFLICTS = 0, 1
MARKER_SIZE = 7

_GIT_FAILED = 128  # git merge-file counts conflicts up to 127
_TELLING = ("foreign-members", "crs84", "wrapped")  # notices of what the result no longer has


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a merge ended: the exit code for git, and lines for the people who ran it."""

    exit_code: int
    messages: tuple[str, ...]


def merge_files(
    base: str | Path,
    ours: str | Path,
    theirs: str | Path,
    *,
    name: str,
    marker_size: int = MARKER_SIZE,
) -> Outcome:
    """Merge three GeoJSON files into the second, as git asks of a merge driver.

    Without a conflict the result is in the canonical form. With conflicts it is so too, except
    that each feature in conflict stands there twice between git's conflict markers. What cannot
    be merged by features (no GeoJSON, features without ids, ids that occur twice, geometry that
    the canonical form refuses) is left to ``git merge-file``, line by line.

    Parameters
    ----------
    base, ours, theirs : str or Path
        The common ancestor and the two sides; an empty ancestor has no features. `ours` takes
        the result.
    name : str
        What messages call the file.
    marker_size : int, optional
        Characters of a conflict marker.

    Returns
    -------
    Outcome
        ``CLEAN`` or ``CONFLICTS``; the latter too if `ours` could only be kept as it is.
    """
    try:
        return _merge_features(Path(base), Path(ours), Path(theirs), name, marker_size)
    except PkzoneError as error:
        reason = str(error)
    except Exception as error:  # if the driver died, git would show our side as the result
        reason = f"unforeseen {type(error).__name__}: {printable(str(error), limit=200)}"
    outcome = _merge_lines(Path(base), Path(ours), Path(theirs), name, marker_size)
    return Outcome(outcome.exit_code, (f"not merged by features: {reason}", *outcome.messages))


def _merge_features(base: Path, ours: Path, theirs: Path, name: str, size: int) -> Outcome:
    ancestor = base.read_bytes()
    o = _read(ancestor, f"{name} (base)") if ancestor.strip() else FeatureCollection((), ())
    before = ours.read_bytes()
    a, b = _read(before, f"{name} (ours)"), _read(theirs.read_bytes(), f"{name} (theirs)")
    merged = merge(o.features, a.features, b.features)
    write_bytes(ours, conflict_text(merged, marker_size=size, name=name), overwrite=True)
    messages = [str(one) for one in (*a.notices, *b.notices) if one.code in _TELLING]
    shown = printable(name, limit=None)
    if not _is_canonical(before, a.features):
        messages.append(
            f"{shown}: is now in the canonical form: one feature a line, sorted by "
            "id, coordinates to 6 decimals"
        )
    messages += [
        f"{shown}: conflict in feature {_shown_id(one)}: {one.reason}" for one in merged.conflicts
    ]
    return Outcome(CONFLICTS if merged.conflicts else CLEAN, tuple(messages))


def _read(data: bytes, name: str) -> FeatureCollection:
    return parse(data, name=name, ids_required=True, check_validity=False)


def _is_canonical(data: bytes, features: Iterable[Feature]) -> bool:
    try:
        return data == dumps(features)
    except GeoJSONError:
        return False


def _shown_id(conflict: Conflict) -> str:
    return printable(json.dumps(conflict.id, ensure_ascii=False))


def conflict_text(
    merged: Merged, *, marker_size: int = MARKER_SIZE, name: str = "<output>"
) -> bytes:
    """Return a merge in the canonical form, with conflict markers round each feature in conflict.

    Whichever side is kept of each conflict, what remains is GeoJSON: a line ends in a comma
    unless it is the last. For that, what may vanish (removed on one side) never stands last; if
    all may vanish, they share one pair of markers.

    Parameters
    ----------
    merged : Merged
        What `merge` returned.
    marker_size : int, optional
        Characters of a conflict marker.
    name : str, optional
        What an error calls the file.

    Returns
    -------
    bytes
        The file's content; canonical GeoJSON if there is no conflict.

    Raises
    ------
    GeoJSONError
        If a feature is refused by the canonical form.
    """
    if not merged.conflicts:
        return dumps(merged.features, name=name)
    settled = _lines(merged.features, name)
    ours = settled | _lines((one.ours for one in merged.conflicts), name)
    theirs = settled | _lines((one.theirs for one in merged.conflicts), name)
    order = sorted(ours.keys() | theirs.keys())
    lasting = [key for key in order if key in ours and key in theirs]
    blocks = [[key] for key in order] if lasting else [order]
    if lasting:
        blocks.append(blocks.pop(order.index(lasting[-1])))
    body: list[bytes] = []
    for number, keys in enumerate(blocks, start=1):
        a, b = (
            _joined([side[key] for key in keys if key in side], last=number == len(blocks))
            for side in (ours, theirs)
        )
        body += a if a == b else _marked(a, b, marker_size)
    return HEADER + b"".join(line + b"\n" for line in body) + FOOTER


def _lines(features: Iterable[Feature | None], name: str) -> dict[str, bytes]:
    """Return the canonical line of each feature, without its comma, by id."""
    there = [feature for feature in features if feature is not None]
    lines = dumps(there, name=name).split(b"\n")[1:-2]
    keys = sorted(str(feature.id) for feature in there)
    return {key: line.removesuffix(b",") for key, line in zip(keys, lines, strict=True)}


def _joined(lines: list[bytes], *, last: bool) -> list[bytes]:
    if not last:
        return [line + b"," for line in lines]
    return [line + b"," for line in lines[:-1]] + lines[-1:]


def _marked(ours: list[bytes], theirs: list[bytes], size: int) -> Iterator[bytes]:
    yield b"<" * size + b" ours"
    yield from ours
    yield b"=" * size
    yield from theirs
    yield b">" * size + b" theirs"


def _merge_lines(base: Path, ours: Path, theirs: Path, name: str, size: int) -> Outcome:
    """Let git merge the files as text."""
    shown = printable(name, limit=None)
    command = [
        shutil.which("git") or "git",
        "merge-file",
        f"--marker-size={size}",
        "-L",
        "ours",
        "-L",
        "base",
        "-L",
        "theirs",
        "--",
        str(ours),
        str(base),
        str(theirs),
    ]
    try:
        result = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    except OSError as error:
        cause = error.strerror or str(error)
    else:
        if result.returncode == 0:
            message = f"{shown}: merged line by line, as git merges text: look it over"
            return Outcome(CLEAN, (message,))
        if 0 < result.returncode < _GIT_FAILED:
            message = f"{shown}: conflict, merged line by line, as git merges text"
            return Outcome(CONFLICTS, (message,))
        cause = result.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
    message = (
        f"{shown}: not merged, ours is kept as it is; git checkout --theirs takes the "
        f"other side: {printable(cause, limit=None)}"
    )
    return Outcome(CONFLICTS, (message,))
