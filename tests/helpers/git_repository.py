"""A git repository to try pkzone in, with nothing of the user's configuration around it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pkzone

NEEDS_GIT = pytest.mark.skipif(
    shutil.which("git") is None or os.name == "nt", reason="needs git and a shell"
)
OLD, NEW, OTHER = "[[46,39],[46.5,39.5]]", "[[46,39],[46.6,39.5]]", "[[46,39],[46.7,39.5]]"


def line(name: str, line: str = OLD, /, **properties: object) -> str:
    shown = json.dumps(dict(sorted(properties.items())), separators=(",", ":"))
    return (
        f'{{"type":"Feature","id":"{name}","properties":{shown},'
        f'"geometry":{{"type":"LineString","coordinates":{line}}}}}'
    )


def layer(*lines: str) -> str:
    body = ",\n".join(lines) + "\n" if lines else ""
    return f'{{"type":"FeatureCollection","features":[\n{body}]}}\n'


class Repository:
    """A git repository of its own, with nothing of the user's around it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        folder.mkdir(parents=True)

    def run(self, *command: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        result = subprocess.run(
            list(map(str, command)),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert result.returncode == code, (command, result)
        return result

    def git(self, *arguments: object, code: int = 0) -> str:
        return self.run("git", *arguments, code=code).stdout

    def pkzone(self, *arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "pkzone", *arguments, code=code)

    def write(self, text: str, name: str = "roads.geojson") -> None:
        (self.folder / name).write_bytes(text.encode())

    def read(self, name: str = "roads.geojson") -> str:
        return (self.folder / name).read_bytes().decode()

    def commit(self, text: str | None = None, name: str = "roads.geojson") -> None:
        if text is not None:
            self.write(text, name)
        self.git("add", "--all")
        self.git("commit", "-qm", "edit")

    def sides(self, base: str | None, ours: str, theirs: str) -> None:
        """Commit a base and two branches that grew from it; ours is checked out."""
        self.commit(base, "roads.geojson" if base is not None else "none")
        self.git("checkout", "-qb", "theirs")
        self.commit(theirs)
        self.git("checkout", "-q", "main")
        self.commit(ours)

    def config(self, scope: str = "--local") -> dict[str, str]:
        listed = self.git("config", scope, "--list", "-z").split("\0")
        pairs = [entry.partition("\n")[::2] for entry in listed if ".pkzone." in entry]
        return dict(pairs)


@pytest.fixture(name="environment")
def fixture_environment(tmp_path: Path) -> dict[str, str]:
    """No configuration but the test's; ``pkzone`` lies on the PATH in a folder with a space."""
    tools = tmp_path / "my 100% tools"
    tools.mkdir()
    program = tools / "pkzone"
    program.write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m pkzone "$@"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    (tmp_path / "home").mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **kept,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(Path(pkzone.__file__).parent.parent),
        "HOME": str(tmp_path / "home"),
        "XDG_CONFIG_HOME": str(tmp_path / "home/.config"),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_GLOBAL": str(tmp_path / "home/gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(tmp_path),
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@example.org",
        "GIT_PAGER": "cat",
        "GIT_EDITOR": "true",
    }


@pytest.fixture(name="bare_repository")
def fixture_bare_repository(tmp_path: Path, environment: dict[str, str]) -> Repository:
    """A repository where nothing is set up."""
    repository = Repository(tmp_path / "my 100% zone", environment)
    repository.git("init", "-q", "-b", "main")
    return repository


@pytest.fixture(name="repository")
def fixture_repository(bare_repository: Repository) -> Iterator[Repository]:
    """A repository that git-setup was run in."""
    bare_repository.pkzone("git-setup")
    yield bare_repository
    assert not list(bare_repository.folder.glob(".merge_file*"))
