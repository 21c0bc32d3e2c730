"""What checks found as text, as JSON (``check.schema.json``) and as SARIF 2.1.0."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any

from pkzone.checks.run import Checked, Finding
from pkzone.checks.sarif import sarif

__all__ = ["FORMATS", "SCHEMA_ID", "check_schema", "summary", "to_dict", "to_json", "to_text"]

SCHEMA_ID = "pkzone.check/1"


def to_text(checked: Sequence[Checked]) -> str:
    """Return one line a finding, ``FILE:LINE: LEVEL: FEATURE: MESSAGE [CODE]``."""
    return "".join(f"{finding}\n" for one in checked for finding in one.findings)


def to_json(checked: Sequence[Checked]) -> str:
    """Return `to_dict` as a JSON text."""
    return json.dumps(to_dict(checked), ensure_ascii=False, indent=2) + "\n"


def to_sarif(checked: Sequence[Checked]) -> str:
    """Return a SARIF log as a JSON text."""
    return json.dumps(sarif(checked), ensure_ascii=False, indent=2) + "\n"


def to_dict(checked: Sequence[Checked]) -> dict[str, Any]:
    """Return what checks found as plain JSON types; keys that do not apply are left out."""
    return {
        "schema": SCHEMA_ID,
        "summary": _counts(checked),
        "files": [
            {
                "file": one.file,
                **{key: value for key, value in _counts([one]).items() if key != "files"},
                "findings": [_finding(finding) for finding in one.findings],
            }
            for one in checked
        ],
    }


def check_schema() -> dict[str, Any]:
    """Return the JSON Schema that `to_dict` follows."""
    text = files("pkzone.checks").joinpath("check.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


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


FORMATS: dict[str, Callable[[Sequence[Checked]], str]] = {
    "text": to_text,
    "json": to_json,
    "sarif": to_sarif,
}
"""Writers by the name of their form."""
