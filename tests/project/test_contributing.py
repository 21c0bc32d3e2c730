"""What a contributor types and what CI runs are held to each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pre_commit.clientlib import load_config

ROOT = Path(__file__).parents[2]
PYTHONS = ("3.11", "3.12", "3.13")


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


def test_the_tasks_select_the_tests_that_readme_says() -> None:
    commands = re.findall(r"^    .*\.venv/bin/pytest (.*)$", text("README.md"), re.MULTILINE)
    everything, quick = commands
    tasks = text("noxfile.py")
    assert f"PARALLEL = {tuple(everything.split())}".replace("'", '"') in tasks
    assert quick.startswith(f"{everything} -m '")
    assert f"QUICK = {quick.partition(' -m ')[2]}".replace("'", '"') in tasks


@pytest.mark.parametrize("python", PYTHONS)
def test_constraints_name_a_version_of_each_dependency_that_will_do(python: str) -> None:
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    pins = {
        canonicalize_name(pin.name): pin.specifier
        for line in text("constraints.txt").splitlines()
        if not line.startswith("#")
        for pin in [Requirement(line)]
        if pin.marker is None or pin.marker.evaluate(environment)
    }
    project = tomllib.loads(text("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    for line in [*project["dependencies"], *extras["test"], *extras["dev"]]:
        wanted = Requirement(line)
        if wanted.name == "pkzone" or (wanted.marker and not wanted.marker.evaluate(environment)):
            continue
        (pin,) = pins[canonicalize_name(wanted.name)]
        assert pin.operator == "=="
        assert wanted.specifier.contains(pin.version), line
