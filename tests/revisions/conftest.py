"""A repository of its own, in which the library runs as in its current folder."""

from __future__ import annotations

import os

import pytest

from tests.helpers.git_repository import Repository


@pytest.fixture(name="here")
def fixture_here(bare_repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """The repository one is in, with nothing of the user's configuration around it."""
    for name in [*os.environ]:
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    for name, value in bare_repository.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(bare_repository.folder)
    return bare_repository
