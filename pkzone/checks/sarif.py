"""What checks found as a SARIF 2.1.0 log, the form that code scanning services read."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pkzone._version import version
from pkzone.checks.rules import RULES
from pkzone.checks.run import Checked, Finding
from pkzone.errors import printable

__all__ = ["sarif"]

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_INDEX = {code: number for number, code in enumerate(RULES)}


def sarif(checked: Sequence[Checked]) -> dict[str, Any]:
    """Return a SARIF log of one run as plain JSON types.

    Relative file names stay relative, as services expect that show findings in a repository.
    """
    return {
        "$schema": _SCHEMA,
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
        "ruleIndex": _INDEX[finding.code],
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
