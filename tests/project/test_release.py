"""What a release is made from: its version, GitHub's files, the recipe for conda, metadata."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tests.helpers.printed import PAGES
from tools.address import PLACES, read_address, write_address

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def loaded(path: str | Path) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def tool(name: str, *arguments: str | Path) -> None:
    """Run a program of this environment, and fail with what it prints."""
    program = shutil.which(name, path=Path(sys.executable).parent) or shutil.which(name)
    assert program, name
    done = subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# The version ----------------------------------------------------------------------------------


def version_of(copy: Path) -> str:
    command = [sys.executable, "-W", "ignore", "-m", "hatchling", "version"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def git(copy: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=copy, check=True, capture_output=True)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what the version is told from, without git."""
    folder = tmp_path / "copy"
    folder.mkdir()
    for name in ("pyproject.toml", "hatch_build.py", ".git_archival.txt", ".gitattributes"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture
def fallback() -> str:
    version: str = PYPROJECT["tool"]["hatch"]["version"]["fallback-version"]
    return version


def commit(copy: Path, words: str) -> None:
    (copy / "words").write_text(words)
    git(copy, "add", "-A")
    git(copy, "commit", "-qm", words)


def test_a_copy_without_git_has_the_version_of_the_last_release(copy: Path, fallback: str) -> None:
    assert version_of(copy) == fallback


def test_a_copy_inside_another_repository_does_not_take_its_tags(copy: Path, fallback: str) -> None:
    git(copy.parent, "init", "-q")
    commit(copy.parent, "theirs")
    git(copy.parent, "tag", "v9.0.0")
    assert version_of(copy) == fallback


def test_git_without_tags_counts_from_the_last_release(copy: Path, fallback: str) -> None:
    git(copy, "init", "-q")
    commit(copy, "one")
    commit(copy, "two")
    first, second, third = map(int, fallback.split("."))
    assert version_of(copy) == f"{first}.{second}.{third + 1}.dev2"


def test_a_tag_is_the_version_and_no_version_holds_a_hash(copy: Path, tmp_path: Path) -> None:
    git(copy, "init", "-q")
    commit(copy, "one")
    git(copy, "tag", "-a", "v7.8.9", "-m", "7.8.9")
    assert version_of(copy) == "7.8.9"
    commit(copy, "two")
    assert version_of(copy) == "7.8.10.dev1"
    (copy / "words").write_text("not committed")
    assert version_of(copy) == "7.8.10.dev1"
    for commit_, version in (("v7.8.9", "7.8.9"), ("HEAD", "7.8.10.dev1")):
        archive, folder = tmp_path / "archive.tar", tmp_path / commit_
        git(copy, "archive", "-o", str(archive), commit_)
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        assert version_of(folder) == version


def test_the_last_release_is_the_same_everywhere(fallback: str) -> None:
    released = re.findall(r"^## (\d\S*) - (\S+)$", text("CHANGELOG.md"), re.MULTILINE)[0]
    citation = loaded("CITATION.cff")
    assert (citation["version"], str(citation["date-released"])) == released
    assert fallback == released[0]
    assert loaded("conda.recipe/recipe.yaml")["context"]["version"] == released[0]


# GitHub's files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", ".github/workflows/*.yml"),
        ("custom.github-workflows-require-timeout", ".github/workflows/*.yml"),
        ("vendor.github-actions", "action.yml"),
        ("vendor.github-issue-forms", ".github/ISSUE_TEMPLATE/[0-9]*.yml"),
        ("vendor.github-issue-config", ".github/ISSUE_TEMPLATE/config.yml"),
        ("vendor.dependabot", ".github/dependabot.yml"),
        ("vendor.citation-file-format", "CITATION.cff"),
    ],
)
def test_files_follow_their_schemas(schema: str, files: str) -> None:
    paths = sorted(ROOT.glob(files))
    assert paths
    tool("check-jsonschema", "--builtin-schema", schema, *paths)


def test_workflows_and_action_have_nothing_unsafe() -> None:
    tool("zizmor", "--offline", "--no-progress", "--quiet", GITHUB, ROOT / "action.yml")


def test_an_action_is_named_by_one_hash_everywhere() -> None:
    pages = [*WORKFLOWS, ROOT / "action.yml", ROOT / "docs" / "git.md"]
    named: dict[str, set[str]] = {}
    for page in pages:
        for action in re.findall(r"uses: (?!\./)(.*)", page.read_text(encoding="utf-8")):
            name, _, rest = action.partition("@")
            assert re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", rest), (page, action)
            named.setdefault(name, set()).add(rest)
    assert "actions/checkout" in named
    assert {name: hashes for name, hashes in named.items() if len(hashes) > 1} == {}


def test_workflows_call_sessions_of_nox() -> None:
    defined = set(re.findall(r'@nox\.session\(.*?name="([\w-]+)"', text("noxfile.py")))
    defined |= set(re.findall(r"^def ([a-z]\w*)\(session", text("noxfile.py"), re.MULTILINE))
    for path in WORKFLOWS:
        lines = re.findall(r"nox -s ([\w -]+)", path.read_text(encoding="utf-8"))
        called = {name for line in lines for name in line.partition(" -- ")[0].split()}
        assert called, path
        assert called <= defined


def test_every_python_that_is_claimed_is_tested_on_three_systems() -> None:
    matrix = loaded(".github/workflows/tests.yml")["jobs"]["quick"]["strategy"]["matrix"]
    claimed = [
        one.removeprefix("Programming Language :: Python :: ")
        for one in PROJECT["classifiers"]
        if re.search(r":: 3\.\d+$", one)
    ]
    assert matrix["python"] == claimed
    assert PROJECT["requires-python"] == f">={claimed[0]}"
    assert {one.partition("-")[0] for one in matrix["os"]} == {"ubuntu", "windows", "macos"}


def test_only_the_last_job_of_a_release_may_publish() -> None:
    workflow = loaded(".github/workflows/release.yml")
    assert workflow["permissions"] == {}
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    assert (build["permissions"], publish["permissions"]) == (
        {"contents": "read"}, {"id-token": "write"}
    )  # fmt: skip
    assert (publish["needs"], publish["environment"]) == ("build", {"name": "pypi"})
    assert not any("run" in step for step in publish["steps"])


# The recipe for conda, and metadata -----------------------------------------------------------

#: What conda-forge calls otherwise than PyPI.
CONDA_NAMES = {"dask[dataframe]": "dask", "matplotlib": "matplotlib-base"}
#: Extras with nothing that conda-forge has for them, or for contributors only.
NOT_IN_CONDA = {"duckdb", "test", "dev", "docs", "fuzz", "authoring"}


def bounds(lines: list[str]) -> dict[str, SpecifierSet]:
    """Return the bounds of requirements by the names of conda."""
    wanted = {}
    for line in lines:
        requirement = Requirement(line)
        extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        name = requirement.name + extras
        wanted[CONDA_NAMES.get(name, name)] = requirement.specifier
    return wanted


def recipe_bounds(section: str) -> dict[str, SpecifierSet]:
    lines = loaded("conda.recipe/recipe.yaml")["requirements"][section]
    pairs = (line.partition(" ") for line in lines)
    return {name: SpecifierSet(specifier) for name, _, specifier in pairs}


def test_the_recipe_for_conda_has_the_dependencies_and_bounds_of_the_package() -> None:
    python = SpecifierSet(PROJECT["requires-python"])
    assert recipe_bounds("run") == {"python": python, **bounds(PROJECT["dependencies"])}
    built = bounds(PYPROJECT["build-system"]["requires"])
    assert recipe_bounds("host") == {"python": python, "pip": SpecifierSet(), **built}
    extras = PROJECT["optional-dependencies"]
    optional = [line for name in extras.keys() - NOT_IN_CONDA for line in extras[name]]
    assert recipe_bounds("run_constraints") == bounds(optional)


def test_the_recipe_for_conda_says_what_the_package_says() -> None:
    recipe = loaded("conda.recipe/recipe.yaml")
    about = recipe["about"]
    assert (about["summary"], about["license"]) == (PROJECT["description"], PROJECT["license"])
    assert about["license_file"] == PROJECT["license-files"]
    commands = [line.replace(" ", "") for line in recipe["build"]["python"]["entry_points"]]
    assert commands == [f"{name}={where}" for name, where in PROJECT["scripts"].items()]


def test_citation_and_zenodo_say_the_same() -> None:
    citation, zenodo = loaded("CITATION.cff"), json.loads(text(".zenodo.json"))
    # The fields that developers.zenodo.org documents for software with open access.
    assert zenodo.keys() == {
        "title", "description", "upload_type", "access_right", "license", "notes", "creators",
        "keywords",
    }  # fmt: skip
    assert (zenodo["upload_type"], zenodo["access_right"]) == ("software", "open")
    assert (zenodo["title"], zenodo["keywords"]) == (citation["title"], citation["keywords"])
    assert zenodo["creators"] == citation["authors"]
    assert [zenodo["license"], "CC-BY-4.0"] == citation["license"]
    assert " AND ".join(citation["license"]) == PROJECT["license"]


# The address, and what is printed -------------------------------------------------------------

ADDRESS = "https://github.com/Some-Body/pkzone"


@pytest.fixture
def other_root(tmp_path: Path) -> Path:
    """The files that name the address of the repository, without one."""
    for path in PLACES:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    return tmp_path


def test_the_address_is_written_once_and_replaced(other_root: Path) -> None:
    write_address("https://github.com/earlier-one/pk", other_root)
    write_address(ADDRESS, other_root)
    assert read_address(other_root) == ADDRESS
    urls = tomllib.loads((other_root / "pyproject.toml").read_text())["project"]["urls"]
    assert urls["Documentation"] == "https://some-body.github.io/pkzone/"
    assert urls.keys() == {"Repository", "Issues", "Changelog", "Documentation"}
    assert loaded(other_root / "CITATION.cff")["repository-code"] == ADDRESS
    assert loaded(other_root / "conda.recipe/recipe.yaml")["about"]["homepage"] == ADDRESS
    tool(
        "check-jsonschema",
        "--builtin-schema", "vendor.citation-file-format", other_root / "CITATION.cff",
    )  # fmt: skip
    for path in PLACES:
        assert "earlier-one" not in (other_root / path).read_text()


@pytest.mark.parametrize(
    "address", ["", "somebody", "http://github.com/a/b", 'https://github.com/a/b"']
)
def test_what_is_no_address_is_refused(other_root: Path, address: str) -> None:
    with pytest.raises(SystemExit, match="is not an address of a repository"):
        write_address(address, other_root)
    assert [text(path) for path in PLACES] == [(other_root / path).read_text() for path in PLACES]


def test_only_the_files_of_the_address_name_it() -> None:
    """No placeholder is printed as if it could be typed, and no other file has to be changed."""
    own = read_address()
    kept = [*PAGES, "SECURITY.md", "action.yml", ".pre-commit-hooks.yaml", ".zenodo.json"]
    kept += [path.relative_to(ROOT).as_posix() for path in GITHUB.rglob("*.yml")]
    for page in kept:
        words = text(page)
        assert not re.search(r"\b(OWNER|USERNAME|YOUR[-_]?NAME|ORG)/", words), page
        assert not re.search(r"github\.com/[\w-]+/pkzone|[\w-]+/pkzone@", words), page
        assert own is None or own not in words, page


def test_a_page_that_installs_from_a_copy_says_what_changes_with_the_first_release() -> None:
    printed = 0
    for page in PAGES:
        if page == "CONTRIBUTING.md":  # whose reader has a copy
            continue
        words = text(page)
        here, there = (
            set(re.findall(rf"pip install '{form}\[(\w+)\]'", words)) for form in (r"\.", "pkzone")
        )
        assert here == there, page
        assert not here or "first release" in words, page
        printed += len(here)
    assert printed
