"""The hooks for pre-commit, run by pre-commit in a repository of their own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.helpers.git_repository import (
    NEEDS_GIT,
    Repository,
    layer,
    line,
)

pytestmark = NEEDS_GIT

MANIFEST = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
UNSORTED = layer(line("b"), line("a"))
SORTED = layer(line("a"), line("b"))
SWAPPED = layer(line("a", "[[39,146],[40,147]]"))


@pytest.fixture
def repository(bare_repository: Repository, tmp_path: Path) -> Repository:
    """A repository whose commits are held to both hooks.

    They are the published ones but for their language: ``system`` takes the pkzone at hand, where
    ``python`` would first download everything that it needs.
    """
    hooks: list[dict[str, Any]] = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    local = [{**hook, "language": "system"} for hook in hooks]
    config = {"repos": [{"repo": "local", "hooks": local}]}
    bare_repository.environment["PRE_COMMIT_HOME"] = str(tmp_path / "pre-commit")
    bare_repository.commit(yaml.safe_dump(config), ".pre-commit-config.yaml")
    bare_repository.run(sys.executable, "-m", "pre_commit", "install")
    return bare_repository


def test_the_manifest_is_one(tmp_path: Path) -> None:
    from pre_commit.clientlib import load_manifest

    hooks = load_manifest(MANIFEST)
    assert [hook["id"] for hook in hooks] == ["pkzone-check", "pkzone-fmt"]
    assert all(hook["language"] == "python" for hook in hooks)


def test_a_commit_of_canonical_files_passes(repository: Repository) -> None:
    repository.commit(SORTED)
    repository.commit("{", "notes.json")  # no business of the hooks
    assert repository.git("log", "--oneline").count("\n") == 3


def test_a_commit_of_a_wrong_file_is_refused_with_the_reason(repository: Repository) -> None:
    repository.write(SWAPPED)
    repository.git("add", ".")
    refused = repository.run("git", "commit", "-qm", "edit", code=1)
    assert "roads.geojson:2: error: a: geometry.coordinates[0] = [39, 146]" in refused.stderr
    assert repository.read() == SWAPPED


def test_an_unformatted_file_is_formatted_and_to_be_added_again(repository: Repository) -> None:
    name = "my roads ü.geojson"
    repository.write(UNSORTED, name)
    repository.git("add", ".")
    refused = repository.run("git", "commit", "-qm", "edit", code=1)
    assert f"pkzone: wrote {name}" in refused.stderr
    assert "files were modified by this hook" in refused.stderr
    assert repository.read(name) == SORTED
    repository.commit()
