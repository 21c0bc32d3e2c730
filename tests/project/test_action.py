"""The GitHub Action on a real repository, with a stand-in for GitHub's own program."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
import yaml

from action import pull_request
from action.pull_request import MARK, CannotRun, Settings
from tests.helpers.git_repository import (
    NEEDS_GIT,
    NEW,
    OLD,
    Repository,
    fixture_bare_repository,
    fixture_environment,
    layer,
    line,
)

__all__ = ["fixture_bare_repository", "fixture_environment"]

pytestmark = NEEDS_GIT

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "action" / "pull_request.py"
BASE = "a" * 40
ROAD = layer(line("road", OLD, name="Road"))
MOVED = layer(line("road", NEW, name="Road"))
BROKEN = layer(line("road", "[[46,139],[47,40]]"))
FINE_DIGITS = layer(line("road", "[[46.12345678,39],[47,40]]"))
HOSTILE_NAMES = (
    "$(touch pwned).geojson",
    "`touch pwned`.geojson",
    ";touch pwned;.geojson",
    "-o.geojson",
    "::error::a.geojson",
    "##[error]b.geojson",
    "new\n::add-mask::line.geojson",
    "<img src=x onerror=alert(1)>|**b**.geojson",
    "@somebody [l](javascript:alert(1)).geojson",
    "Լաչին \u202e.geojson",
)


class Pull:
    """A pull request: a repository on a branch of its own, and what was written about it."""

    def __init__(
        self,
        repository: Repository,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        self.repository = repository
        self.monkeypatch = monkeypatch
        self.capfd = capfd
        self.folder = repository.folder
        self.out = tmp_path / "out"
        self.calls = tmp_path / "calls"
        self.calls.mkdir()
        self.summary = tmp_path / "summary.md"

    def run(
        self, *, code: int = 0, base: str | None = None, spawn: bool = False, **settings: str
    ) -> str:
        """Run the action, in a process of its own if asked; return what it prints."""
        if base is None:
            base = self.repository.git("rev-parse", "main").strip()
        environment = {
            "PKZONE_BASE": base,
            "PKZONE_PULL_REQUEST": "7" if base else "",
            "PKZONE_PATHS": "*.geojson\n",
            "PKZONE_STRICT": "false",
            "PKZONE_COMMENT": "true",
            "PKZONE_OUT": str(self.out),
            "GITHUB_REPOSITORY": "owner/name",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "CALLS": str(self.calls),
            **settings,
        }
        self.repository.environment |= environment
        if spawn:
            return self.repository.run(sys.executable, SCRIPT, code=code).stdout
        with self.monkeypatch.context() as patched:
            for name, value in self.repository.environment.items():
                patched.setenv(name, value)
            patched.chdir(self.folder)
            assert pull_request.main() == code
        return self.capfd.readouterr().out

    @property
    def report(self) -> str:
        return (self.out / "pkzone.md").read_text(encoding="utf-8")

    @property
    def posted(self) -> list[tuple[str, str]]:
        """Method and place of each call that writes, with the text."""
        return [
            (path.name.partition("-")[2], json.loads(path.read_text(encoding="utf-8"))["body"])
            for path in sorted(self.calls.glob("*"))
        ]


@pytest.fixture
def pull(
    bare_repository: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Pull:
    """A branch to work on, and a program ``gh`` that notes what it is asked to write."""
    gh = tmp_path / "my 100% tools" / "gh"
    gh.write_text(
        "#!/bin/sh\n"
        'if [ -n "$GH_FAILS" ]; then echo "HTTP 403: not for you" >&2; exit 1; fi\n'
        'if [ "$2" = --paginate ]; then echo $EARLIER; exit; fi\n'
        'n=$(ls "$CALLS" | wc -l)\n'
        'cat > "$CALLS/$n-$3 $(echo "$4" | tr / _)"\n',
        encoding="utf-8",
    )
    gh.chmod(0o755)
    bare_repository.commit(ROAD)
    bare_repository.git("checkout", "-qb", "x;touch${IFS}pwned;$(id)")
    return Pull(bare_repository, tmp_path, monkeypatch, capfd)


def outside_commands(printed: str) -> list[str]:
    """The lines that the runner looks for commands in."""
    token, lines = "", []
    for text in printed.splitlines():
        if token:
            token = "" if text == f"::{token}::" else token
        elif text.startswith("::stop-commands::"):
            token = text.removeprefix("::stop-commands::")
        else:
            lines.append(text)
    assert not token
    return lines


def test_a_changed_file_is_checked_and_told(pull: Pull) -> None:
    pull.repository.commit(MOVED)
    printed = pull.run()
    assert "checked 1 file with 1 feature: no findings" in printed
    assert outside_commands(printed) == []
    assert pull.report.startswith(f"{MARK}\n## GeoJSON\n")
    assert "### roads.geojson\n\n1 feature was modified (Road)" in pull.report
    assert pull.posted == [("POST repos_owner_name_issues_7_comments", pull.report)]
    assert pull.summary.read_text(encoding="utf-8") == pull.report
    assert json.loads((pull.out / "pkzone.sarif").read_text())["version"] == "2.1.0"


def test_the_comment_of_an_earlier_run_is_replaced(pull: Pull) -> None:
    pull.repository.commit(MOVED)
    pull.run(EARLIER="11 12")
    assert [place for place, _ in pull.posted] == ["PATCH repos_owner_name_issues_comments_11"]


def test_a_token_that_may_not_write_is_a_warning(pull: Pull) -> None:
    pull.repository.commit(MOVED)
    (warning,) = outside_commands(pull.run(GH_FAILS="1"))
    assert warning.startswith("::warning::the report could not be posted: HTTP 403")
    assert pull.summary.exists()


@pytest.mark.parametrize(
    ("text", "strict", "code"),
    [
        (MOVED, "true", 0),
        (FINE_DIGITS, "false", 0),
        (FINE_DIGITS, "true", 1),
        (BROKEN, "false", 1),
        ("{", "false", 1),
    ],
    ids=["clean", "warning", "warning-strict", "error", "not-json"],
)
def test_exit_codes(pull: Pull, text: str, strict: str, code: int) -> None:
    pull.repository.commit(text)
    pull.run(code=code, PKZONE_STRICT=strict)


def test_bounds_that_a_file_exceeds_fail_the_run(pull: Pull) -> None:
    pull.repository.commit(MOVED)
    pull.run(PKZONE_FAIL_ON="\nremoved>0\nmoved>100 km\n")
    assert "Bounds" not in pull.report
    printed = pull.run(code=1, PKZONE_FAIL_ON="moved>1km\nadded>0\n")
    (command,) = outside_commands(printed)
    place, _, reason = command.removeprefix("::").partition("::")
    assert place == "error file=roads.geojson,title=pkzone fail-on"
    assert re.fullmatch(r"moved>1km: Road moved by [0-9.]+ km", reason)
    assert "Bounds that are exceeded:\n\n- roads.geojson: moved" in pull.report


def test_what_cannot_be_compared_exceeds_every_bound(pull: Pull) -> None:
    pull.repository.commit(BROKEN)
    commands = outside_commands(pull.run(code=1, PKZONE_FAIL_ON="removed>9"))
    assert any("title=pkzone fail-on::it could not be compared: " in one for one in commands)
    assert "- roads.geojson: it could not be compared: " in pull.report


def test_errors_stand_beside_their_lines(pull: Pull) -> None:
    pull.repository.commit(BROKEN)
    (command,) = outside_commands(pull.run(code=1))
    place, _, message = command.removeprefix("::").partition("::")
    assert place.startswith("error file=roads.geojson,title=pkzone swapped-coordinates,line=2,col=")
    assert message.startswith("road: geometry.coordinates[0] = [46, 139] is beyond")
    assert "| error | roads.geojson:2 | road |" in pull.report
    assert "Could not be compared" in pull.report


def test_new_removed_and_renamed_files(pull: Pull) -> None:
    pull.repository.commit(layer(line("a"), line("b", NEW)), "many.geojson")
    pull.repository.git("checkout", "-q", "main")
    pull.repository.git("merge", "-q", "x;touch${IFS}pwned;$(id)")
    pull.repository.git("checkout", "-qb", "second")
    pull.repository.git("mv", "many.geojson", "renamed.geojson")
    pull.repository.git("rm", "-q", "roads.geojson")
    pull.repository.commit(
        layer(*(line(f"n{i}", NEW, name="x" * i) for i in range(20))), "new.geojson"
    )
    pull.repository.commit("# not GeoJSON", "README.md")
    pull.run()
    headings = re.findall("^### (.*)$", pull.report, re.MULTILINE)
    assert headings == ["new.geojson", "many.geojson → renamed.geojson", "roads.geojson"]
    new, renamed, removed = pull.report.split("\n### ")[1:]
    assert "20 features were added" in new
    assert "No difference: 2 features, the same on both sides." in renamed
    assert "1 feature was removed (Road)" in removed


def test_what_main_did_meanwhile_is_not_told(pull: Pull) -> None:
    pull.repository.commit(MOVED)
    pull.repository.git("checkout", "-q", "main")
    pull.repository.commit(ROAD, "other.geojson")
    pull.repository.git("checkout", "-q", "-")
    pull.run()
    assert "other" not in pull.report


def test_nothing_changed(pull: Pull) -> None:
    pull.repository.commit("text", "README.md")
    pull.run()
    assert pull.posted == []


def test_hostile_names_of_files_and_branches(pull: Pull) -> None:
    for name in HOSTILE_NAMES:
        pull.repository.write(BROKEN.replace("road", "$(touch pwned)"), name)
    pull.repository.commit()
    printed = pull.run(code=1, spawn=True)
    commands = outside_commands(printed)
    assert len(commands) == len(HOSTILE_NAMES)
    assert all(command.startswith("::error file=") for command in commands)
    assert not any(path.name == "pwned" for path in pull.folder.parent.rglob("*"))
    report = pull.report
    assert len(re.findall("^### ", report, re.MULTILINE)) == len(HOSTILE_NAMES)
    assert "<img" not in report
    assert not re.search(r"(?<!\\)\]\(", report)
    assert "@somebody" not in report
    assert "\u202e" not in report
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in json.loads((pull.out / "pkzone.sarif").read_text())["runs"][0]["results"]
    }
    assert len(uris) == len(HOSTILE_NAMES)
    assert all(re.fullmatch(r"[\w.~%/-]+", uri, re.ASCII) for uri in uris)


def test_links_are_not_followed(pull: Pull, tmp_path: Path) -> None:
    secret = tmp_path / "secret.geojson"
    secret.write_text(layer(line("secret")), encoding="utf-8")
    (pull.folder / "link.geojson").symlink_to(secret)
    (pull.folder / "folder").symlink_to(tmp_path)
    pull.repository.commit()
    pull.run()
    assert "secret" not in pull.report


def test_a_module_in_the_pull_request_is_not_imported(pull: Pull) -> None:
    (pull.folder / "json.py").write_text("raise SystemExit(99)", encoding="utf-8")
    pull.repository.commit(MOVED)
    pull.run(spawn=True)


def test_outside_a_pull_request_every_file_is_checked(pull: Pull) -> None:
    pull.repository.commit(BROKEN, "broken.geojson")
    printed = pull.run(base="", code=1)
    assert "checked 2 files with 2 features: 1 error" in printed
    assert "###" not in pull.report
    assert pull.posted == []


def test_a_history_that_is_not_here(pull: Pull) -> None:
    (command,) = pull.run(base="b" * 40, code=3).splitlines()
    assert command.startswith("::error::the history")
    assert "fetch-depth: 0" in command


def test_paths_choose_files(pull: Pull) -> None:
    (pull.folder / "sub").mkdir()
    pull.repository.commit(MOVED)
    pull.repository.commit(ROAD, "sub/a.geojson")
    pull.run(PKZONE_PATHS="sub/*.geojson\n:(exclude)sub/b.geojson\n")
    assert re.findall("^### (.*)$", pull.report, re.MULTILINE) == ["sub/a.geojson"]


def test_a_long_report_is_cut_between_lines(pull: Pull) -> None:
    for n in range(8):
        lines = [line(f"feature-{n}-{i}", OLD, name="n" * 60) for i in range(300)]
        pull.repository.write(layer(*lines), f"{n:02}.geojson")
    pull.repository.commit()
    pull.run()
    ((_, body),) = pull.posted
    assert len(body) < 65_536
    assert "... cut: the difference is long." in body
    assert re.search(r"\.\.\. and \d+ more files, left out of this report\.", body)
    for row in body.splitlines():
        assert not row.startswith("|") or row.endswith("|")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PKZONE_BASE", "main"),
        ("PKZONE_BASE", "--output=x"),
        ("PKZONE_PULL_REQUEST", "7/../8"),
        ("PKZONE_PULL_REQUEST", "٧"),
        ("GITHUB_REPOSITORY", "owner/name/../../x"),
    ],
)
def test_settings_of_another_form_are_refused(name: str, value: str) -> None:
    with pytest.raises(CannotRun):
        Settings.from_environment({"PKZONE_BASE": BASE, name: value})


def _action() -> dict[str, object]:
    action: dict[str, object] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return action


def test_the_action_is_put_together_safely() -> None:
    action = _action()
    steps = action["runs"]["steps"]  # type: ignore[index]
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for step in steps:
        assert "${{" not in step.get("run", "")  # a value there would be run as a script
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", step["uses"])
    for name in action["inputs"]:  # type: ignore[attr-defined]
        assert f"inputs.{name}" in text
    given = {name for step in steps for name in step.get("env", {}) if name.startswith("PKZONE_")}
    assert given == set(re.findall("PKZONE_[A-Z_]+", SCRIPT.read_text(encoding="utf-8")))
    assert "github.event.pull_request.title" not in text
    assert "head.ref" not in text


def test_the_script_the_action_runs_is_there() -> None:
    assert str(SCRIPT.relative_to(ROOT)) in (ROOT / "action.yml").read_text(encoding="utf-8")
