"""What a contributor types and what CI runs are held to each other."""

from __future__ import annotations

import ast
import csv
import importlib
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pre_commit.clientlib import load_config

import pkzone
from pkzone import reports
from pkzone.cli import pkzone as program
from pkzone.errors import FormatError
from pkzone.formats import registry
from tests.helpers import drawn_diffs
from tests.helpers.format_worker import worker_in_this_process
from tests.helpers.printed import PAGES, blocks
from tools.site import TREE

ROOT = Path(__file__).parents[2]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


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
    for line in [*project["dependencies"], *extras["test"], *extras["dev"], *extras["docs"]]:
        wanted = Requirement(line)
        if wanted.name == "pkzone" or (wanted.marker and not wanted.marker.evaluate(environment)):
            continue
        (pin,) = pins[canonicalize_name(wanted.name)]
        assert pin.operator == "=="
        assert wanted.specifier.contains(pin.version), line


#: The pages for who works on pkzone.
DOORS = ("CONTRIBUTING.md", "docs/architecture.md", "pkzone/maps/web/README.md")


def quoted(page: str) -> list[str]:
    """Return what stands in backquotes, within the paragraphs and tables of a page."""
    return re.findall(r"`([^`\n]+)`", text(page))


def is_path(words: str) -> bool:
    """Tell a path in the repository from other words; capitals stand for a name to be chosen."""
    known = re.fullmatch(r"[\w.-]+(/[\w.-]*)+|\w[\w.-]*\.(md|py|toml|txt|json|csv|svg)", words)
    return bool(known) and not re.search(r"(^|[/_.])(LAYER|NAME|LANG|VERSION)\b", words)


@pytest.mark.parametrize("page", DOORS[:2])
def test_the_files_that_a_page_names_exist(page: str) -> None:
    paths = {words for words in quoted(page) if is_path(words)}
    assert paths
    assert {path for path in paths if not (ROOT / path).exists()} == set()


@pytest.mark.parametrize("page", DOORS[:2])
def test_the_python_names_of_a_page_exist(page: str) -> None:
    names = {words for words in quoted(page) if re.fullmatch(r"pkzone(\.\w+)+", words)}
    for name in sorted(names):
        home, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(home), attribute), name


@pytest.mark.parametrize("page", sorted({*PAGES, *DOORS, "authoring/README.md"}))
def test_links_within_the_repository_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)(?:#([^)]+))?\)", text(page))
    for path, heading in links:
        target = (ROOT / page).parent / path
        assert target.exists(), path
        if heading:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {
                re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings
            }


def sessions() -> set[str]:
    """Return the names of the tasks in noxfile.py."""
    tree = ast.parse(text("noxfile.py"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {
        next(re.finditer(r"name='([\w-]+)'", decorator), [None, function.name])[1]
        for function in functions
        for decorator in map(ast.unparse, function.decorator_list)
        if decorator.startswith("nox.session")
    }


def test_every_page_of_docs_has_a_place_on_the_site() -> None:
    pages = {f"docs/{page}.md" for pages in TREE.values() for page in pages}
    assert {page for page in PAGES if page.startswith("docs/")} - {"docs/index.md"} <= pages


def test_every_task_is_in_contributing() -> None:
    assert set(re.findall(r"`nox -s ([\w-]+)", text("CONTRIBUTING.md"))) == sessions()
    printed = "".join(map(text, ("README.md", *DOORS)))
    assert set(re.findall(r"nox -s ([\w-]+)", printed)) <= sessions()


def test_the_tests_that_contributing_has_one_run_are_there() -> None:
    lines = re.findall(r"^    pytest (.*?)(?:  +#.*)?$", text("CONTRIBUTING.md"), re.MULTILINE)
    assert lines
    for line in lines:
        command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *shlex.split(line)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def printed_module(words: str, monkeypatch: pytest.MonkeyPatch, name: str = "printed") -> str:
    """Import the module in CONTRIBUTING that has these words, and return its name."""
    (source,) = [block.text for block in blocks("CONTRIBUTING.md") if words in block.text]
    module = ModuleType(name)
    exec(compile(source, "CONTRIBUTING.md", "exec"), module.__dict__)  # noqa: S102 - our own page
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module.__name__


def test_the_command_that_contributing_prints_runs(
    small_root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(program.homes, "count", printed_module("cls=Command", monkeypatch))
    for options, printed in (([], "2\n"), (["--json"], '"features": 2')):
        with pytest.raises(SystemExit) as ended:
            program.main(["count", "corridor@2022-08-30", "--catalogue", str(small_root), *options])
        assert (ended.value.code, printed in capsys.readouterr().out) == (0, True)


def test_the_report_format_that_contributing_prints_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    module = printed_module("def render_diff", monkeypatch)
    form = reports.Format("sections", module, ("diff",), frozenset({"language"}))
    monkeypatch.setitem(reports.FORMATS, "sections", form)
    rows = list(csv.reader(drawn_diffs.corridor().report("sections").splitlines()))
    near = "Hin Shen / Kichik Galadarasi"
    assert ["stretches", "new", "", "30.0-50.5", "not known", "20.5 km", near] in rows


def test_the_file_format_that_contributing_prints_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed_module("def open_layer", monkeypatch, "pkzone.formats.engine_xyz")
    (line,) = re.findall(r'`(Format\("xyz", [^`]*)`', text("CONTRIBUTING.md"))
    form = eval(line, {"Format": registry.Format})  # noqa: S307 - our own page
    monkeypatch.setattr(registry, "FORMATS", (*registry.FORMATS, form))
    monkeypatch.setitem(registry._BY_SUFFIX, ".xyz", form)
    (tmp_path / "a.xyz").write_text("46.1 39.1\n46.2 39.2 850\n", encoding="utf-8")
    with worker_in_this_process():
        features = pkzone.import_file(tmp_path / "a.xyz").features
        (tmp_path / "b.xyz").write_text("46.1 39.1\n46.2 north\n", encoding="utf-8")
        with pytest.raises(FormatError, match="line 2 holds what is not a number"):
            pkzone.import_file(tmp_path / "b.xyz")
    assert [one.geometry["coordinates"] for one in features] == [[46.1, 39.1], [46.2, 39.2, 850]]
