"""Check one GeoJSON text by the rules: all findings, each with line and feature."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pkzone.checks.locate import Places
from pkzone.checks.rules import ERROR, RULES, WARNING, Rule, code_of
from pkzone.errors import BadEncoding, InvalidJSON, TooDeep, TooLarge, printable
from pkzone.geo.canonical import DECIMALS, Z_DECIMALS
from pkzone.geojson.json_text import unpacked
from pkzone.geojson.model import Report, label_of

if TYPE_CHECKING:
    from pkzone.checks.survey import Survey
    from pkzone.layers.model import Version
    from pkzone.layers.schemas import Rules

__all__ = [
    "Checked",
    "Finding",
    "check_text",
    "id_fault",
]

LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; as text, one line.

    Attributes
    ----------
    code : str
        The rule, ``ring-not-closed``.
    file : str
        Name of the file.
    line, column : int or None
        Where it stands, counted from 1; None if nothing in the text can be pointed at.
    feature : str or None
        Id of the feature or its place, ``features[3]``; None if it is about the whole file.
    message : str
        What was found.
    """

    code: str
    file: str
    line: int | None
    column: int | None
    feature: str | None
    message: str

    @property
    def rule(self) -> Rule:
        """The rule that is not kept."""
        return RULES[self.code]

    def __str__(self) -> str:
        place = printable(self.file, limit=None) + (f":{self.line}" if self.line else "")
        feature = printable(self.feature or "")
        message = f"{printable(self.message, limit=400)} [{self.code}]"
        return ": ".join(part for part in (place, self.rule.level, feature, message) if part)


@dataclass(frozen=True, slots=True)
class Checked:
    """Findings of one file, in the order of its lines.

    ``features`` counts the features that the file holds, refused ones included.
    """

    file: str
    features: int
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """Number of errors."""
        return sum(finding.rule.level == ERROR for finding in self.findings)

    @property
    def warnings(self) -> int:
        """Number of warnings."""
        return sum(finding.rule.level == WARNING for finding in self.findings)

    @property
    def is_readable(self) -> bool:
        """Whether the file could be opened at all."""
        return all(finding.code != "unreadable" for finding in self.findings)


def id_fault(feature_id: str | int) -> str | None:
    """Return why an id cannot be that of a layer's feature; None if it can."""
    text = str(feature_id)
    if text.strip() and printable(text, limit=None) == text and len(text) <= LONGEST_ID:
        return None
    return f"its id must be a text of 1 to {LONGEST_ID} letters that can be printed"


def check_text(
    data: bytes,
    *,
    name: str = "<stdin>",
    rules: Rules | None = None,
    sources: Collection[str] | None = None,
    before: Version | None = None,
) -> Checked:
    """Check a GeoJSON text by the rules.

    Parameters
    ----------
    data : bytes
        The text.
    name : str, optional
        What findings call the file.
    rules : Rules, optional
        The schema of a layer's features; with it every feature needs an id.
    sources : collection of str, optional
        The ids that the property ``sources`` of a feature may name.
    before : Version, optional
        The version before, from which no feature should have moved too far.

    Raises
    ------
    CatalogueError
        The schema itself is wrong, or the version before is damaged.

    Examples
    --------
    >>> text = b'{"type":"Point","coordinates":[39.8,146.7]}'
    >>> [finding.code for finding in check_text(text).findings]
    ['wrapped', 'swapped-coordinates']
    """
    from pkzone.checks.survey import survey  # late: arrays take long to load

    surveyed = survey(
        data,
        name=name,
        ids_required=rules is not None,
        keeps_geometries=rules is not None or before is not None,
    )
    raw = [
        *((i, code_of(error), error.feature, error.reason) for i, error in surveyed.refusals),
        *((i, notice.code, notice.feature, notice.message) for i, notice in surveyed.notices),
        *_layer_findings(surveyed, rules, sources),
        *_displaced(surveyed, before),
        *_precision(surveyed),
        *_oddities(surveyed),
    ]
    findings = _placed(surveyed, raw, data, name) if raw else []
    return Checked(name, len(surveyed.features), tuple(findings))


_Raw = tuple[int | None, str, str | None, str]  # index of the feature, code, feature, message

# Members that findings stand at whose message does not begin with a path.
_MEMBERS = {
    "bad-id": "id",
    "bbox-dropped": "bbox",
    "collapsed-geometry": "geometry",
    "crs84": "crs",
    "duplicate-id": "id",
    "far-move": "geometry",
    "fine-crossing": "geometry",
    "foreign-crs": "crs",
    "invalid-polygon": "geometry",
    "no-properties": "properties",
    "lookalike-ids": "id",
    "null-id": "id",
    "odd-id": "id",
    "swapped-feature": "geometry",
}
_NOT_JSON = (BadEncoding, InvalidJSON, TooDeep, TooLarge)


def _placed(surveyed: Survey, raw: list[_Raw], data: bytes, name: str) -> list[Finding]:
    """Return findings with their places, in the order of the text."""
    unread = [error for i, error in surveyed.refusals if i is None]
    is_json = not any(isinstance(error, _NOT_JSON) for error in unread)
    places = (
        Places(unpacked(data, Report(name)), is_feature=surveyed.places in (["feature"], [""]))
        if is_json
        else None
    )
    findings = []
    for i, code, feature, message in raw:
        place: tuple[int | None, int | None] = (None, None)
        if code == "bom":
            place = (1, 1)
        elif places is not None:
            path = _MEMBERS.get(code, message)
            if i is not None and not surveyed.places[i]:  # a bare geometry
                path = path.removeprefix("geometry.")
            place = places.of(i, path)
        elif unread:
            place = (unread[0].line, unread[0].column)
        findings.append(Finding(code, name, *place, feature, message))
    return sorted(findings, key=lambda one: (one.line or 0, one.column or 0))


def _layer_findings(
    surveyed: Survey, rules: Rules | None, sources: Collection[str] | None
) -> Iterator[_Raw]:
    """Yield findings by the schema and the sources of a layer."""
    read = [(i, item) for i, item in enumerate(surveyed.features) if item is not None]
    labels = [label_of(feature.id, surveyed.places[i]) for i, feature in read]
    if rules is not None:
        for (i, feature), label in zip(read, labels, strict=True):
            if feature.id is not None and (fault := id_fault(feature.id)):
                yield i, "bad-id", label, fault
        for breach in rules.breaches([feature for _, feature in read]):
            i, feature = read[breach.index]
            if feature.id is None and breach.message == "'id' is a required property":
                continue  # has a finding of its own
            message = ": ".join(filter(None, (breach.path, breach.message)))
            yield i, "schema", labels[breach.index], message
    if sources is not None:
        for (i, feature), label in zip(read, labels, strict=True):
            named = feature.properties.get("sources")
            for n, item in enumerate(named if isinstance(named, list) else ()):
                if isinstance(item, str) and item not in sources:
                    message = f'properties.sources[{n}]: sources.json has no "{printable(item)}"'
                    yield i, "unknown-source", label, message


def _displaced(surveyed: Survey, before: Version | None) -> Iterator[_Raw]:
    """Yield features that lie where they hardly can, by the version before."""
    if before is None:
        return
    from pkzone.checks.displaced import displaced

    read = [one for one in surveyed.features if one is not None]
    places = {
        str(one.id): i for i, one in enumerate(surveyed.features) if one and one.id is not None
    }
    for one in displaced(before.features().features, read, before):
        i = None if one.feature is None else places[one.feature]
        yield i, one.code, one.feature, one.message


def _oddities(surveyed: Survey) -> Iterator[_Raw]:
    """Yield likely mistakes."""
    for i, code, message in surveyed.likely:
        feature_id = getattr(surveyed.features[i], "id", None)
        yield i, code, label_of(feature_id, surveyed.places[i]), message


def _precision(surveyed: Survey) -> Iterator[_Raw]:
    """Yield one finding for all coordinates with too many decimals."""
    if surveyed.finer:
        count = f"{len(surveyed.finer)} feature{'' if len(surveyed.finer) == 1 else 's'}"
        message = (
            f"geometry.coordinates of {count} have more than {DECIMALS} decimals "
            f"({Z_DECIMALS} for heights); fmt rounds them"
        )
        i = surveyed.finer[0]
        feature_id = getattr(surveyed.features[i], "id", None)
        yield i, "precision", label_of(feature_id, surveyed.places[i]) or None, message
