"""Write findings as text, as JSON, as SARIF 2.1.0 and as rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pkzone._version import version
from pkzone.checks.rules import RULES
from pkzone.checks.run import Checked, Finding
from pkzone.errors import printable
from pkzone.table import Column, Table, json_document

__all__ = [
    "FORMATS",
    "SCHEMA_ID",
    "sarif",
    "summary",
    "table_of",
    "to_dict",
    "to_json",
    "to_text",
]

SCHEMA_ID = "pkzone.check/1"
_SARIF_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_RULE_INDEX = {code: number for number, code in enumerate(RULES)}


def to_text(checked: Sequence[Checked]) -> str:
    """Return one line a finding, ``FILE:LINE: LEVEL: FEATURE: MESSAGE [CODE]``."""
    return "".join(f"{finding}\n" for one in checked for finding in one.findings)


def to_json(checked: Sequence[Checked]) -> str:
    """Return `to_dict` as a JSON text."""
    return json_document(to_dict(checked))


def to_sarif(checked: Sequence[Checked]) -> str:
    """Return a SARIF log as a JSON text."""
    return json_document(sarif(checked))


def table_of(checked: Sequence[Checked]) -> Table:
    """Return one row a finding."""
    return Table(
        "findings",
        (
            Column("file"),
            Column("line", "integer", rank=1),
            Column("column", "integer", in_text=False),
            Column("level"),
            Column("code"),
            Column("feature"),
            Column("message"),
            Column("remedy", in_text=False),
            Column("mended_by_fix", "boolean", in_text=False),
        ),
        tuple(
            (
                one.file,
                one.line,
                one.column,
                one.rule.level,
                one.code,
                one.feature,
                one.message,
                one.rule.remedy,
                one.rule.mended,
            )
            for each in checked
            for one in each.findings
        ),
    )


def to_dict(checked: Sequence[Checked]) -> dict[str, Any]:
    """Return results of checks as plain JSON types; keys that do not apply are left out."""
    return {
        "schema": SCHEMA_ID,
        "summary": _counts(checked),
        "files": [
            {
                "file": result.file,
                **{key: value for key, value in _counts([result]).items() if key != "files"},
                "findings": [_finding(finding) for finding in result.findings],
            }
            for result in checked
        ],
    }


def summary(checked: Sequence[Checked]) -> str:
    """Return the sum of checks in one line."""
    counts = _counts(checked)
    files, features, errors, warnings = (
        f"{count:,} {what if count == 1 else plural}"
        for count, (what, plural) in zip(
            counts.values(),
            (
                ("file", "files"),
                ("feature", "features"),
                ("error", "errors"),
                ("warning", "warnings"),
            ),
            strict=True,
        )
    )
    found = f"{errors}, {warnings}" if counts["errors"] or counts["warnings"] else "no findings"
    return f"checked {files} with {features}: {found}"


def _counts(checked: Sequence[Checked]) -> dict[str, int]:
    return {
        "files": len(checked),
        "features": sum(one.features for one in checked),
        "errors": sum(one.errors for one in checked),
        "warnings": sum(one.warnings for one in checked),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    members = {
        "code": finding.code,
        "level": finding.rule.level,
        "line": finding.line,
        "column": finding.column,
        "feature": finding.feature,
        "message": finding.message,
        "remedy": finding.rule.remedy,
        "mended_by_fix": finding.rule.mended,
    }
    return {key: value for key, value in members.items() if value is not None}


def sarif(checked: Sequence[Checked]) -> dict[str, Any]:
    """Return a SARIF log of one run as plain JSON types.

    Relative file names stay relative, as services expect that show findings in a repository.
    """
    return {
        "$schema": _SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "pkzone", "version": version(), "rules": _rules()},
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": all(one.is_readable for one in checked)}],
                "results": [_result(finding) for one in checked for finding in one.findings],
            }
        ],
    }


def _rules() -> list[dict[str, Any]]:
    return [
        {
            "id": rule.code,
            "shortDescription": {"text": rule.asks},
            "help": {"text": rule.remedy},
            "defaultConfiguration": {"level": rule.level},
        }
        for rule in RULES.values()
    ]


def _result(finding: Finding) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.file)}}
    if finding.line:
        physical["region"] = {"startLine": finding.line}
        if finding.column:
            physical["region"]["startColumn"] = finding.column
    location: dict[str, Any] = {"physicalLocation": physical}
    text = finding.message
    if finding.feature is not None:
        location["logicalLocations"] = [{"name": printable(finding.feature), "kind": "element"}]
        text = f"{finding.feature}: {text}"
    return {
        "ruleId": finding.code,
        "ruleIndex": _RULE_INDEX[finding.code],
        "level": finding.rule.level,
        "message": {"text": printable(text, limit=1000)},
        "locations": [location],
        "partialFingerprints": {"findingHash/v1": _fingerprint(finding)},
    }


def _uri(name: str) -> str:
    """Return a file's name as a URI reference: relative if the name is."""
    if name == "<stdin>":
        return "stdin"
    path = Path(name)
    if path.is_absolute():
        return path.as_uri()
    return quote(path.as_posix(), errors="surrogateescape")


def _fingerprint(finding: Finding) -> str:
    """Tell findings apart by what they say: a line that moves is no other finding."""
    parts = (finding.code, finding.file, finding.feature or "", finding.message)
    return sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:32]


FORMATS: dict[str, Callable[[Sequence[Checked]], str]] = {
    "text": to_text,
    "csv": lambda checked: table_of(checked).to_csv(),
    "json": to_json,
    "jsonl": lambda checked: table_of(checked).to_jsonl(),
    "markdown": lambda checked: table_of(checked).to_markdown(),
    "sarif": to_sarif,
}
"""Writers by the name of their format."""
