"""What the GitHub Action does: check the GeoJSON files that a pull request changes, and report.

Nothing in a pull request is trusted: names of files and branches, and all that the files say.
Files are read from git's objects by their hash, never by name; names reach no shell; what is
printed cannot be taken for a command to the runner; what is posted is escaped Markdown.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pkzone.checks import ERROR, Checked, Finding, check_text
from pkzone.checks.report import summary, to_sarif, to_text
from pkzone.compare import Diff, diff
from pkzone.compare.bounds import Bound, exceeded, parse_bound
from pkzone.errors import PkzoneError, printable
from pkzone.geojson import FeatureCollection, parse
from pkzone.text_layout import escaped_markdown

MARK = "<!-- pkzone: changed GeoJSON -->"
MAX_COMMENT = 60_000  # GitHub takes 65,536 characters
MAX_SECTION = 15_000
MAX_ROWS = 50
MAX_ANNOTATIONS = 10  # GitHub shows no more a step
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_FILES = {"100644", "100755"}  # git's modes of regular files: no links, no submodules


class CannotRun(Exception):
    """The action was set up in a way that it cannot work in."""


@dataclass(frozen=True)
class Settings:
    """What the workflow asks for; everything comes through the environment.

    ``base`` is the commit that the pull request is to be merged into; empty outside of one:
    then every file counts as new.
    """

    base: str
    paths: tuple[str, ...]
    strict: bool
    fail_on: tuple[Bound, ...]
    comment: bool
    number: str
    repository: str
    out: Path
    step_summary: Path | None

    @classmethod
    def from_environment(cls, environment: os._Environ[str] | dict[str, str]) -> Settings:
        """Return the settings; refuse what is not of the form that GitHub gives it."""
        base = environment.get("PKZONE_BASE", "")
        number = environment.get("PKZONE_PULL_REQUEST", "")
        repository = environment.get("GITHUB_REPOSITORY", "")
        if base and not _HASH.fullmatch(base):
            raise CannotRun("the base of the pull request is not a commit's hash")
        if number and not (number.isascii() and number.isdigit()):
            raise CannotRun("the pull request has no number")
        if repository and not re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII):
            raise CannotRun("GITHUB_REPOSITORY is not of the form owner/name")
        lines = environment.get("PKZONE_PATHS", "").splitlines()
        summary_file = environment.get("GITHUB_STEP_SUMMARY")
        return cls(
            base=base,
            paths=tuple(filter(None, map(str.strip, lines))) or ("*.geojson",),
            strict=environment.get("PKZONE_STRICT", "") == "true",
            fail_on=tuple(
                parse_bound(line)
                for line in environment.get("PKZONE_FAIL_ON", "").splitlines()
                if line.strip()
            ),
            comment=environment.get("PKZONE_COMMENT", "") == "true",
            number=number,
            repository=repository,
            out=Path(environment.get("PKZONE_OUT") or "."),
            step_summary=Path(summary_file) if summary_file else None,
        )


@dataclass(frozen=True)
class Changed:
    """A file that differs: its name now, the one it had, and the hashes of both contents.

    A hash is empty where there is no such file.
    """

    path: str
    was: str
    before: str
    after: str


def main() -> int:
    """Check, report, and return the exit code."""
    try:
        settings = Settings.from_environment(os.environ)
        found = list(changed(settings))
        checked = [check_text(blob(one.after), name=one.path) for one in found if one.after]
        beyond = beyond_bounds(settings, found)
        text = report(settings, found, checked, beyond)
        settings.out.mkdir(parents=True, exist_ok=True)
        (settings.out / "pkzone.sarif").write_text(to_sarif(checked), encoding="utf-8")
        (settings.out / "pkzone.md").write_text(text, encoding="utf-8")
        if settings.step_summary:
            with settings.step_summary.open("a", encoding="utf-8") as file:
                file.write(text)
        say(f"{to_text(checked)}{summary(checked)}")
        annotate(checked)
        for path, reason in beyond[:MAX_ANNOTATIONS]:
            command("error", {"file": path, "title": "pkzone fail-on"}, printable(reason, 400))
        if settings.comment and settings.number and found:
            post(settings, text)
    except (CannotRun, PkzoneError) as error:
        command("error", {}, str(error))
        return 3
    failed = any(one.errors or (settings.strict and one.warnings) for one in checked)
    return 1 if failed or beyond else 0


def changed(settings: Settings) -> Iterator[Changed]:
    """Yield the regular files under the paths that differ between the merge base and HEAD."""
    base = merge_base(settings.base) if settings.base else empty_tree()
    raw = git(
        "diff", "--raw", "-z", "--no-abbrev", "--find-renames", base, "HEAD", "--", *settings.paths
    )
    fields = iter(raw.decode("utf-8", "surrogateescape").split("\0"))
    for field in fields:
        if not field:
            continue
        old_mode, new_mode, before, after, status = field.removeprefix(":").split(" ")
        was = next(fields)
        path = next(fields) if status[0] in "RC" else was
        before = before if old_mode in _FILES else ""
        after = after if new_mode in _FILES else ""
        if before or after:
            yield Changed(path, was, before, after)


def merge_base(base: str) -> str:
    """Return the commit that the pull request was begun from."""
    try:
        return git("merge-base", base, "HEAD").decode("ascii").strip()
    except CannotRun:
        raise CannotRun(
            "the history that the pull request was begun from is not here; "
            "give actions/checkout the option fetch-depth: 0"
        ) from None


def empty_tree() -> str:
    """Return the hash of a tree without files, in the repository's kind of hash."""
    return git("hash-object", "-t", "tree", os.devnull).decode("ascii").strip()


def blob(content_hash: str) -> bytes:
    """Return the content of a file by its hash."""
    return git("cat-file", "blob", content_hash)


def git(*arguments: str) -> bytes:
    """Return what git prints."""
    result = subprocess.run(["git", *arguments], capture_output=True, check=False)
    if result.returncode:
        lines = result.stderr.decode("utf-8", "replace").splitlines()
        raise CannotRun(f"git {arguments[0]}: {printable(lines[-1] if lines else '', 200)}")
    return result.stdout


def beyond_bounds(settings: Settings, found: Sequence[Changed]) -> list[tuple[str, str]]:
    """Return the files that exceed a bound, with the reason; what cannot be compared does."""
    beyond = []
    for one in found if settings.base and settings.fail_on else ():
        try:
            reasons = [exceeded(difference(one), bound) for bound in settings.fail_on]
        except PkzoneError as error:
            reasons = [f"it could not be compared: {error}"]
        beyond += [(one.path, reason) for reason in reasons if reason]
    return beyond


def difference(one: Changed) -> Diff:
    """Return what differs in one file."""
    sides = [
        parse(blob(content), name=name, check_validity=False)
        if content
        else FeatureCollection((), ())
        for content, name in ((one.before, one.was), (one.after, one.path))
    ]
    return diff(*sides)


def report(
    settings: Settings,
    found: Sequence[Changed],
    checked: Sequence[Checked],
    beyond: Sequence[tuple[str, str]],
) -> str:
    """Return the report as Markdown, short enough for a comment."""
    parts = [f"{MARK}\n## GeoJSON", f"{summary(checked).capitalize()}."]
    rows = [row(one) for checks in checked for one in checks.findings]
    if rows:
        more = len(rows) - MAX_ROWS
        parts.append(
            "| | where | feature | finding |\n| --- | --- | --- | --- |\n"
            + "\n".join(rows[:MAX_ROWS])
            + (f"\n\n... and {more} more in the log of the run." if more > 0 else "")
        )
    if beyond:
        lines = [
            f"- {shown(path)}: {escaped_markdown(printable(reason, 300))}"
            for path, reason in beyond[:MAX_ROWS]
        ]
        more = len(beyond) - MAX_ROWS
        lines += [f"- ... and {more} more"] if more > 0 else []
        parts.append("Bounds that are exceeded:\n\n" + "\n".join(lines))
    for place, one in enumerate(found if settings.base else ()):
        part = section(one)
        if sum(map(len, parts)) + len(part) > MAX_COMMENT - 200:
            parts.append(f"... and {len(found) - place} more files, left out of this report.")
            break
        parts.append(part)
    return "\n\n".join(parts) + "\n"


def row(finding: Finding) -> str:
    """Return a finding as a row of a table."""
    where = f"{shown(finding.file)}:{finding.line}" if finding.line else shown(finding.file)
    message = f"{escaped_markdown(printable(finding.message, 300))} ({finding.code})"
    cells = (finding.rule.level, where, escaped_markdown(printable(finding.feature or "")), message)
    return f"| {' | '.join(cells)} |"


def section(one: Changed) -> str:
    """Return what differs in one file."""
    names = shown(one.path) if one.path == one.was else f"{shown(one.was)} → {shown(one.path)}"
    heading = f"### {names}"
    try:
        text = difference(one).to_markdown()
    except PkzoneError as error:
        return f"{heading}\n\nCould not be compared: {escaped_markdown(str(error))}"
    body = text.partition("\n")[2].partition("**Notes**")[0].strip()
    if len(body) > MAX_SECTION:
        body = body[:MAX_SECTION].rpartition("\n")[0] + "\n\n... cut: the difference is long."
    return f"{heading}\n\n{body}"


def shown(path: str) -> str:
    """Return a file's name as Markdown that shows just this name."""
    return escaped_markdown(printable(path, 200))


def say(text: str) -> None:
    """Print a text to the log; the runner is told not to look for commands in it."""
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", text, f"::{token}::", sep="\n", flush=True)


def annotate(checked: Sequence[Checked]) -> None:
    """Show the first findings beside the lines of the pull request, errors before warnings."""
    findings = [finding for one in checked for finding in one.findings]
    findings.sort(key=lambda one: one.rule.level != ERROR)
    for one in findings[:MAX_ANNOTATIONS]:
        place = {"file": one.file, "title": f"pkzone {one.code}"}
        if one.line:
            place |= {"line": str(one.line), "col": str(one.column or 1)}
        feature = f"{printable(one.feature)}: " if one.feature else ""
        command(one.rule.level, place, feature + printable(one.message, 400))


def command(name: str, properties: dict[str, str], message: str) -> None:
    """Give the runner a command, its parts escaped as the runner has them."""

    def data(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    given = ",".join(
        f"{key}={data(value).replace(':', '%3A').replace(',', '%2C')}"
        for key, value in properties.items()
    )
    print(f"::{name}{' ' if given else ''}{given}::{data(message)}", flush=True)


def post(settings: Settings, text: str) -> None:
    """Write the report as a comment, in place of the one of an earlier run.

    The token of a pull request from a fork may not: the report then stands in the job's summary.
    """
    place = f"repos/{settings.repository}/issues/{settings.number}/comments"
    own = f'.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("{MARK}")))'
    try:
        listed = gh("api", "--paginate", place, "--jq", f"{own} | .id")
        earlier = [line for line in listed.split() if line.isdigit()]
        if earlier:
            place = f"repos/{settings.repository}/issues/comments/{earlier[0]}"
        method = "PATCH" if earlier else "POST"
        gh("api", "--method", method, place, "--input", "-", data=json.dumps({"body": text}))
    except CannotRun as error:
        reason = f"the report could not be posted: {error}; it stands in the summary of the job"
        command("warning", {}, reason)


def gh(*arguments: str, data: str | None = None) -> str:
    """Return what GitHub's command-line program prints."""
    try:
        result = subprocess.run(
            ["gh", *arguments], input=data, capture_output=True, encoding="utf-8", check=False
        )
    except FileNotFoundError:
        raise CannotRun("there is no gh on this runner") from None
    if result.returncode:
        lines = result.stderr.splitlines()
        raise CannotRun(
            printable(lines[-1] if lines else f"gh ended with {result.returncode}", 200)
        )
    return result.stdout


if __name__ == "__main__":
    sys.exit(main())
