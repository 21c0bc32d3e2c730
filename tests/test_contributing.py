"""What a contributor types and what CI runs are held to each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pre_commit.clientlib import load_config

ROOT = Path(__file__).parent.parent


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def by_id(hooks: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {hook["id"]: hook for hook in hooks}


def test_the_hooks_offered_to_others_run_here_too() -> None:
    (repository,) = load_config(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"  # nothing is fetched
    here = by_id(repository["hooks"])
    assert {"ruff-check", "ruff-format", "trailing-whitespace", "end-of-file-fixer"} <= here.keys()
    for name, offered in by_id(yaml.safe_load(text(".pre-commit-hooks.yaml"))).items():
        for key in ("name", "entry", "files", "types"):
            assert here[name][key] == offered[key], name
