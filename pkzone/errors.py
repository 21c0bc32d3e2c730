"""Error classes: one tree under `PkzoneError`, each message one line for the user."""

from __future__ import annotations

import copyreg
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from pkzone._version import is_from_index


def printable(text: str, limit: int | None = 80) -> str:
    r"""Escape control, bidi and other invisible characters of a text from outside.

    They become escapes such as ``\x1b``, so that no data can steer a terminal, reorder a message
    or break its one line. Backslashes stay: a second pass changes nothing.

    Parameters
    ----------
    text : str
        Any string, lone surrogates included.
    limit : int or None, optional
        Longer texts are cut to this many characters and end in ``…``; None for no limit.

    Returns
    -------
    str
        The text, one line.
    """
    if limit is not None and len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isprintable():
        return text
    return "".join(
        char
        if char.isprintable() or unicodedata.category(char) == "Zs"
        else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


_TWINS = str.maketrans("oil", "011")


def did_you_mean(name: object, known: Iterable[object]) -> str:
    """Return ``did you mean NAME? `` for the known name that is nearest to one that is none.

    Whether letters are small or capital does not matter, and one that only looks like it, O for 0
    or l for 1, is the nearest. Where no name is near, the text is empty.

    Examples
    --------
    >>> did_you_mean("Corridro", ["zone", "corridor"])
    'did you mean corridor? '
    """
    from difflib import get_close_matches  # late: only an error needs it

    names = {str(one).casefold(): str(one) for one in known}
    wanted = str(name).casefold()
    twins = [one for one in names if one.translate(_TWINS) == wanted.translate(_TWINS)]
    close = twins or get_close_matches(wanted, names, n=1)
    return f"did you mean {printable(names[close[0]])}? " if close else ""


class PkzoneError(Exception):
    """Base of all errors of pkzone; the message is one line: what, where, what to do."""

    def __reduce__(self) -> tuple[Any, ...]:
        # The arguments of the constructors differ from the text, with which Exception would call
        # them: an error that comes back from another process is put together anew instead.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class BadReference(PkzoneError):
    """A reference is not of the form LAYER, LAYER@VERSION, LAYER@DATE or a path."""


class BadDate(PkzoneError):
    """A date is not of the form YYYY-MM-DD or is not in the calendar."""


class LayerNotFound(PkzoneError, KeyError):
    """The catalogue has no layer of this name."""

    __str__ = PkzoneError.__str__  # a KeyError would show its text in quotes


class VersionNotFound(PkzoneError, KeyError):
    """The layer has no version with this id, or none in force on this date."""

    __str__ = PkzoneError.__str__


class FeatureNotFound(PkzoneError):
    """No version of the layer has a feature with this id."""


class PlaceNotFound(PkzoneError):
    """No place has this name, several have, or no road ends there; or a point is written wrong."""


class EventNotFound(PkzoneError):
    """The catalogue has no event with this id."""


class SourceNotFound(PkzoneError):
    """The catalogue has no source with this id."""


class CatalogueError(PkzoneError):
    """The catalogue's manifest is missing, damaged or inconsistent."""


class HashMismatch(CatalogueError):
    """A version's file is not the one that the manifest records."""


class CatalogueLocked(PkzoneError):
    """Another process holds the lock of the catalogue."""


class CannotPublish(PkzoneError):
    """A publication does not fit the catalogue: a version is taken, a layer or event unknown."""


class FaultyFiles(CannotPublish):
    """Several files that were to be published together are refused.

    Parameters
    ----------
    errors : sequence of PkzoneError
        Why, one a file.
    """

    def __init__(self, errors: Sequence[PkzoneError]) -> None:
        self.errors = tuple(errors)
        reasons = "; ".join(map(str, errors))
        super().__init__(f"{len(errors)} files are refused, nothing was published: {reasons}")


class SchemaError(PkzoneError):
    """A feature's properties do not follow the schema of its layer."""


class OutputError(PkzoneError):
    """An output could not be written."""


class BadTolerance(PkzoneError):
    """A tolerance or reach is not a number of metres from 0 up."""


class DoesNotFit(PkzoneError):
    """A diff is applied to features that are not those it was made from."""


class CannotTag(PkzoneError):
    """Records cannot be tagged as asked: a layer has nothing to tag by, a name is taken."""


class BadOption(PkzoneError):
    """An option has a value that is not one of its choices, or does not go with another option."""


class MapTooLarge(PkzoneError):
    """A map has more features or data than one page can hold."""


class StoryError(PkzoneError):
    """A story is refused: it is none, or a stop names what the catalogue does not have."""


class MissingExtra(PkzoneError):
    """A library that only some commands need is not installed.

    Parameters
    ----------
    task, library : str
        What cannot be done, and what it needs.
    extra : str
        The extra of the package that brings it.
    """

    def __init__(self, task: str, library: str, extra: str) -> None:
        here, place = (
            ("pkzone", "") if is_from_index() else (".", " in a copy of pkzone's repository")
        )
        super().__init__(f"{task} needs {library}: pip install '{here}[{extra}]'{place}")


class GitError(PkzoneError):
    """Git is missing, refuses, or there is no repository to work on."""


class RevisionNotFound(GitError):
    """The repository has no such commit, branch or tag, or no such file there."""


class FileNotThere(RevisionNotFound):
    """A revision does not have a file that another one has, or the index."""


class GeoJSONError(PkzoneError):
    """Base of all refusals of a GeoJSON file.

    Parameters
    ----------
    file : str
        Name of the file as the user gave it, ``<stdin>`` for standard input.
    reason : str
        What is wrong and how to fix it.
    feature : str, optional
        The feature it is wrong in, by id or by its place, ``features[3]``.
    line, column : int, optional
        Where the text itself is wrong, counted from 1.
    """

    def __init__(
        self,
        file: str,
        reason: str,
        feature: str | None = None,
        *,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        self.file = file
        self.reason = reason
        self.feature = feature
        self.line = line
        self.column = column
        shown = (printable(file, None), printable(feature or ""), printable(reason, 400))
        super().__init__(": ".join(part for part in shown if part))


class Unreadable(GeoJSONError):
    """The file is missing, may not be read, or is no regular local file."""


class TooLarge(GeoJSONError):
    """The file has more bytes than the stated limit."""


class TooDeep(GeoJSONError):
    """Arrays and objects are nested deeper than the stated limit."""


class BadEncoding(GeoJSONError):
    """The bytes are not UTF-8."""


class InvalidJSON(GeoJSONError):
    """The text is not JSON (RFC 8259)."""


class ForeignFormat(InvalidJSON):
    """The file is of another format: KML, GeoPackage, a web page, a Git LFS pointer, a conflict."""


class DuplicateKey(GeoJSONError):
    """An object has the same key twice."""


class BadNumber(GeoJSONError):
    """A number is NaN or infinite, or too large for a double."""


class BadString(GeoJSONError):
    """A string holds half of a surrogate pair, which UTF-8 cannot express."""


class BadStructure(GeoJSONError):
    """A GeoJSON object lacks a member, or has one of the wrong type (RFC 7946)."""


class BadPosition(BadStructure):
    """A position is not an array of two or three numbers."""


class OutOfRange(GeoJSONError):
    """A longitude is beyond 180 degrees or a latitude beyond 90."""


class SwappedCoordinates(OutOfRange):
    """A position looks like latitude before longitude."""


class LineTooShort(GeoJSONError):
    """A line has fewer than two positions."""


class RingTooShort(GeoJSONError):
    """A polygon's ring has fewer than four positions."""


class RingNotClosed(GeoJSONError):
    """A polygon's ring does not end where it starts."""


class ForeignCRS(GeoJSONError):
    """A ``crs`` member names something other than longitude and latitude on WGS 84."""


class BadId(GeoJSONError):
    """A feature's id is neither a string nor a whole number."""


class MissingId(GeoJSONError):
    """A feature has no id where ids are required."""


class DuplicateId(GeoJSONError):
    """Two features have the same id."""


class BadValue(GeoJSONError):
    """A property to be written is not a value of JSON."""


class InvalidGeometry(GeoJSONError):
    """A geometry to be written is not valid (OGC simple features)."""


class NotMended(GeoJSONError):
    """A file cannot be mended without losing something."""


class CollapsedGeometry(InvalidGeometry):
    """A geometry to be written is valid, but rounding would make it invalid."""


class FormatError(PkzoneError):
    """A file in another format than GeoJSON cannot be read or written.

    Parameters
    ----------
    file : str
        Name of the file as the user gave it.
    reason : str
        What is wrong and how to fix it.
    """

    def __init__(self, file: str, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(f"{printable(file, None)}: {printable(reason, 400)}")


class UnknownFormat(FormatError):
    """The extension names no format that is read or written, or the content is of another."""


class UnsafeFile(FormatError):
    """The file would leave its folder, run code or open other files: that is never done."""


class LimitExceeded(FormatError):
    """The file is larger, or takes more time or memory, than the stated limit."""


class AmbiguousLayer(FormatError):
    """The file has several layers and none was chosen, or none of the name chosen."""


class CannotHold(FormatError):
    """The format has no way to hold one of the features."""


class TooWide(PkzoneError):
    """A geometry spans more of the earth than a metric plane can hold."""


class ColumnError(FormatError):
    """A column of a table is missing, of the wrong type, or cannot be told from others."""


class BadRecord(FormatError):
    """A record has no usable time or place, and tagging was told to stop at such a record."""
