"""Merge three files that git hands over, feature by feature: the merge driver."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from pkzone.checks.fix import check_in_place, fmt
from pkzone.errors import GeoJSONError, PkzoneError, printable
from pkzone.files.atomic import write_bytes
from pkzone.files.inputs import read_regular
from pkzone.geojson.model import FOOTER, HEADER, Feature, FeatureCollection
from pkzone.geojson.reader import parse, read_bytes
from pkzone.geojson.writer import dumps
from pkzone.git import translation_merge
from pkzone.git.catalogue_merge import (
    CATALOGUE_FILES,
    NoCatalogueError,
    is_version_file,
    merge_catalogue_file,
)
from pkzone.git.conflict_markers import MARKER_SIZE, lines_with_markers
from pkzone.git.line_merge import CLEAN, CONFLICTS, Outcome, kept, merge_lines
from pkzone.git.three_way_merge import (
    STAND_IN,
    Conflict,
    Merged,
    aligned,
    is_stand_in,
    merge_features,
)
from pkzone.layers.identity import ID, identified, without_repeated_ids
from pkzone.layers.model import Version
from pkzone.layers.references import is_frame
from pkzone.text_layout import counted

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["CLEAN", "CONFLICTS", "MergeResult", "Outcome", "conflict_text", "merge", "merge_files"]

Source: TypeAlias = (
    "str | os.PathLike[str] | bytes | FeatureCollection | Version | gpd.GeoDataFrame"
)

_TELLING = ("foreign-members", "crs84", "wrapped", "id-property")
_STAND_IN = re.compile(rb'^(\{"type":"Feature",)"id":"%b\d+",' % STAND_IN.encode(), re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MergeResult:
    """Result of a three-way merge.

    Attributes
    ----------
    features : tuple of Feature
        Those on which both sides agree, or that one side alone changed.
    conflicts : tuple of Conflict
        Those that both sides changed in ways that exclude each other: each has ``id``, ``base``,
        ``ours``, ``theirs`` and a ``reason``.
    notices : tuple of str
        What was odd about the sides, a line each.
    data : bytes
        The merge in the canonical form; each feature in conflict occurs twice, between
        git's conflict markers.
    """

    features: tuple[Feature, ...]
    conflicts: tuple[Conflict, ...]
    notices: tuple[str, ...]
    data: bytes

    @property
    def is_clean(self) -> bool:
        """Whether there is no conflict."""
        return not self.conflicts

    def to_frame(self) -> gpd.GeoDataFrame:
        """Return the features that are merged, one a row; those in conflict are not among them."""
        from pkzone.layers.frames import frame_of_features

        return frame_of_features(self.features)

    def __repr__(self) -> str:
        features = counted(len(self.features), "feature")
        return f"<MergeResult: {features}, {counted(len(self.conflicts), 'conflict')}>"


def merge(
    base: Source,
    ours: Source,
    theirs: Source,
    *,
    output: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
) -> MergeResult:
    """Merge two versions of GeoJSON features that grew from a common one, feature by feature.

    It is the merge that ``pkzone git-setup`` gives to git. A feature that one side added, removed
    or changed is taken as that side has it. Where both changed it, each property and the geometry
    as a whole count on their own; what both changed, each in its own way, is a conflict.

    Parameters
    ----------
    base, ours, theirs : str, os.PathLike, bytes, FeatureCollection, Version or GeoDataFrame
        The common ancestor and the two sides: files, texts in UTF-8, or features at hand.
        Features are told apart by their ids, those without one by their place in the base.
    output : str or os.PathLike, optional
        The file to write, with conflict markers where there are conflicts. Without it nothing is
        written.
    overwrite : bool, optional
        Replace a file that is there.

    Raises
    ------
    GeoJSONError
        A side is refused, two of its features have one id, or the canonical form refuses what
        came out.
    HashMismatch
        A version is damaged.
    OutputError
        The output is there and may not be replaced, or cannot be written.

    Examples
    --------
    >>> import pkzone
    >>> post = '{"type":"Feature","id":"post","properties":{%s},"geometry":null}'
    >>> base, ours, theirs = (
    ...     (post % text).encode() for text in ('"a":1,"b":1', '"a":2,"b":1', '"a":1,"b":2')
    ... )
    >>> pkzone.merge(base, ours, theirs).features[0].properties
    {'a': 2, 'b': 2}
    """
    name = "<merge>" if output is None else os.fspath(output)
    merged, a, b = _merged(_bytes_of(base), _bytes_of(ours), _bytes_of(theirs), name)
    plain = _each(merged, _without_stand_in)
    result = MergeResult(
        plain.features,
        tuple(
            replace(one, id=None) if is_stand_in(one.id or "") else one for one in plain.conflicts
        ),
        (*a.messages, *b.messages),
        _text(merged, MARKER_SIZE, name),
    )
    if output is not None:
        check_in_place(b"", name)
        write_bytes(name, result.data, overwrite=overwrite)
    return result


def _bytes_of(side: Source) -> bytes:
    if isinstance(side, bytes):
        return side
    if isinstance(side, Version):
        return side.read_bytes()
    if isinstance(side, FeatureCollection) or is_frame(side):
        return fmt(side).data
    return read_bytes(os.fspath(side))


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
    that each feature in conflict occurs twice between git's conflict markers. Features
    are told apart as `pkzone.layers.identity` says, those without an id by their place in the
    base. What cannot be merged by features (no GeoJSON, ids that occur twice, geometry that the
    canonical form refuses) is left to ``git merge-file``, line by line.

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
    paths = (Path(base), Path(ours), Path(theirs))
    file_name = PurePosixPath(name).name
    of_catalogue = file_name in CATALOGUE_FILES
    is_translation = translation_merge.FILE.fullmatch(file_name) is not None
    try:
        if is_translation:
            return translation_merge.merge_translations(*paths, name=name, size=marker_size)
        if of_catalogue:
            return merge_catalogue_file(*paths, name=name, marker_size=marker_size)
        return _merge_features(*paths, name, marker_size)
    except NoCatalogueError:
        return replace(merge_lines(*paths, name, marker_size), messages=())
    except PkzoneError as error:
        reason = str(error)
    except (OSError, ValueError) as error:  # a file that git cannot read either
        return kept(name, getattr(error, "strerror", None) or str(error))
    except Exception as error:  # if the driver died, git would show our side as the result
        reason = f"unforeseen {type(error).__name__}: {printable(str(error), limit=200)}"
    outcome = merge_lines(*paths, name, marker_size)
    by = "records" if of_catalogue else "texts" if is_translation else "features"
    # What git has joined of lines is not a catalogue that verifies: never a clean merge.
    exit_code = CONFLICTS if of_catalogue else outcome.exit_code
    return Outcome(exit_code, (f"not merged by {by}: {reason}", *outcome.messages))


def _merge_features(base: Path, ours: Path, theirs: Path, name: str, size: int) -> Outcome:
    ancestor, before, after = map(read_regular, (base, ours, theirs))
    check_in_place(before, name)
    if not ancestor.strip() and is_version_file(name):
        label = printable(name, limit=None)
        return Outcome(
            CONFLICTS,
            (
                f"{label}: both sides published it, each in its own way; a version is the file of "
                "one side, so ours stays until you choose, as in the conflict of its manifest",
            ),
        )
    merged, a, b = _merged(ancestor, before, after, name)
    text = _text(merged, size, name)
    write_bytes(ours, text, overwrite=True)
    messages = [*a.messages, *b.messages]
    label = printable(name, limit=None)
    if before != text and not _is_canonical(before, a.read):
        messages.append(
            f"{label}: is now in the canonical form: one feature a line, sorted by "
            "id, coordinates to 6 decimals"
        )
    messages += [f"{label}: conflict in {_shown_id(one)}: {one.reason}" for one in merged.conflicts]
    return Outcome(CONFLICTS if merged.conflicts else CLEAN, tuple(messages))


def _merged(ancestor: bytes, before: bytes, after: bytes, name: str) -> tuple[Merged, _Side, _Side]:
    """Return the merge of three texts, with stand-ins for the ids that are none, and its sides."""
    o = _Side.of(ancestor, f"{name} (base)") if ancestor.strip() else _NOTHING
    a, b = _Side.of(before, f"{name} (ours)", o), _Side.of(after, f"{name} (theirs)", o)
    known, *sides = aligned(o.features, a.features, b.features)
    for i, side in enumerate((a, b)):
        if side.lacks_ids:
            sides[i] = list(without_repeated_ids(sides[i], o.features))
    merged = merge_features(known, *sides)
    if all(one.in_property for one in (o, a, b) if one.features):
        merged = _each(merged, lambda one: replace(one, properties={ID: one.id} | one.properties))
    return merged, a, b


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a merge: its features as read, the same with ids, and messages on it."""

    read: tuple[Feature, ...] = ()
    features: tuple[Feature, ...] = ()
    lacks_ids: bool = False
    in_property: bool = False
    messages: tuple[str, ...] = ()

    @classmethod
    def of(cls, data: bytes, name: str, base: _Side | None = None) -> _Side:
        read = parse(data, name=name, check_validity=False)
        side = identified(read, name)
        features = side.features
        lacking = all(one.id is None for one in read.features)
        moved = lacking and any(one.id is not None for one in features)
        if moved:
            before = () if base is None else base.features
            known = {str(one.id): one.id for one in before}  # 1 where the property says "1"
            features = tuple(replace(one, id=known.get(str(one.id), one.id)) for one in features)
        messages = [str(one) for one in side.notices if one.code in _TELLING]
        nameless = sum(one.id is None for one in features)
        if nameless:
            messages.append(
                f"{printable(name, limit=None)}: features without an id, merged by their place: "
                f"{nameless:,}"
            )
        return cls(read.features, features, lacking, moved, tuple(messages))


_NOTHING = _Side()


def _text(merged: Merged, size: int, name: str) -> bytes:
    """Return a merge as the file's content, without the stand-ins for ids."""
    if not merged.conflicts:
        return dumps(_each(merged, _without_stand_in).features, name=name)
    return _STAND_IN.sub(rb"\1", conflict_text(merged, marker_size=size, name=name))


def _without_stand_in(feature: Feature) -> Feature:
    return replace(feature, id=None) if is_stand_in(feature.id or "") else feature


def _each(merged: Merged, change: Callable[[Feature], Feature]) -> Merged:
    """Apply a function to every feature of a merge."""

    def changed(feature: Feature | None) -> Feature | None:
        return None if feature is None else change(feature)

    conflicts = (
        replace(one, base=changed(one.base), ours=changed(one.ours), theirs=changed(one.theirs))
        for one in merged.conflicts
    )
    return Merged(tuple(map(change, merged.features)), tuple(conflicts))


def _is_canonical(data: bytes, features: Iterable[Feature]) -> bool:
    try:
        return data == dumps(features)
    except GeoJSONError:
        return False


def _shown_id(conflict: Conflict) -> str:
    if is_stand_in(conflict.id or ""):
        return "a feature without an id"
    return f"feature {printable(json.dumps(conflict.id, ensure_ascii=False))}"


def conflict_text(
    merged: Merged, *, marker_size: int = MARKER_SIZE, name: str = "<output>"
) -> bytes:
    """Return a merge in the canonical form, with conflict markers round each feature in conflict.

    Whichever side is kept of each conflict, what remains is GeoJSON.

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
    entries = [(ours.get(key), theirs.get(key)) for key in sorted(ours.keys() | theirs.keys())]
    body = lines_with_markers(entries, marker_size)
    return HEADER + b"".join(line + b"\n" for line in body) + FOOTER


def _lines(features: Iterable[Feature | None], name: str) -> dict[str, bytes]:
    """Return the canonical line of each feature, without its comma, by id."""
    there = [feature for feature in features if feature is not None]
    lines = dumps(there, name=name).split(b"\n")[1:-2]
    keys = sorted(str(feature.id) for feature in there)
    return {key: line.removesuffix(b",") for key, line in zip(keys, lines, strict=True)}
