"""Tasks of a contributor, the same on a laptop as in CI: ``nox -l`` lists them.

``nox`` alone runs lint, types and quick; what stands behind ``--`` is passed on:
``nox -s quick -- tests/geo``. Each session has an environment of its own in ``.nox``, with the
versions of ``constraints.txt`` unless it says otherwise.
"""

from __future__ import annotations

import os
import re
import webbrowser
from itertools import chain
from pathlib import Path

import nox

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "types", "quick"]

CONSTRAINTS = "constraints.txt"
PARALLEL = ("-n", "logical", "--dist", "loadfile")
QUICK = "not slow and not browser and not long"
#: Where tests run most of what geopandas, fiona, pyarrow and matplotlib do; what shapely, folium
#: and Babel do is in what the pages print, too.
ROOMS_OF_PACKAGES = [f"tests/{room}" for room in ("formats", "layers", "pictures", "tagging")]
#: Where tests run every command that README and docs print.
PRINTED = "tests/project/test_printed.py"

#: What each benchmark is run with; {folder} is where it keeps what it makes.
BENCHMARKS = {
    "compare_tools.py": ["{folder}/compare"],
    "load.py": ["{folder}/load"],
    "map_scale.py": ["{folder}/map"],
    "own_catalogue.py": [],
    "tag_cluster.py": ["{folder}/tag", "--rows", "1000000"],
    "tag_scale.py": [],
    "users_path.py": ["{folder}/users"],
}

CONSTRAINTS_HEADER = """\
# The versions that the full tests pass with: pip install -c constraints.txt -e '.[test]'
# Written by nox -s constraints, which raises all of them; a commit of its own. One alone, or those
# that a change of pyproject.toml asks for: nox -s constraints -- --upgrade-package ruff
"""

# Run by the Python of a wheel's environment, outside the checkout.
USE_THE_WHEEL = """
import sys
from pathlib import Path
import pkzone
assert Path(pkzone.__file__).is_relative_to(sys.prefix), pkzone.__file__
frame = pkzone.load("corridor@2022-09-01")
assert frame.crs.to_epsg() == 4326 and len(frame) == 7, frame
for layer in pkzone.catalogue().values():
    for version in layer.versions:
        assert len(version.frame()) == version.feature_count
print("every version loads from the wheel")
"""


def _install_pinned(session: nox.Session, *packages: str) -> None:
    session.install("-c", CONSTRAINTS, *packages)


def _read_pins() -> list[str]:
    lines = Path(CONSTRAINTS).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def _log_versions(session: nox.Session) -> set[str]:
    """Say which versions are others than the pinned ones, and return of which packages.

    In a failure they are where to look first.
    """
    installed = session.run("uv", "pip", "freeze", "-q", "--exclude-editable", silent=True)
    others = set(str(installed).split()) - {pin.partition(" ")[0] for pin in _read_pins()}
    session.log(f"other versions than in {CONSTRAINTS}: {', '.join(sorted(others)) or 'none'}")
    return {one.partition("==")[0] for one in others}


def _read_own_packages() -> set[str]:
    """Return the names of the packages that pyproject.toml names."""
    project = nox.project.load_toml("pyproject.toml")["project"]
    named = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    return {re.split(r"[^\w.-]", one, maxsplit=1)[0].lower() for one in named}


def _run_tests(session: nox.Session, *options: str) -> None:
    session.run("pytest", *PARALLEL, *options, *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format with ruff."""
    _install_pinned(session, "ruff")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy."""
    _install_pinned(session, "-e", ".[dev]")
    session.run("mypy")


@nox.session(name="page-scripts", venv_backend="none")
def page_scripts(session: nox.Session) -> None:
    """Check the page's scripts with Node.js: built as committed, their types, their tests."""
    session.run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    for task in ("check", "types", "test"):
        session.run("npm", "run", task)


@nox.session
def words(session: nox.Session) -> None:
    """Bring the catalogues of words up to date with the sources (-- --check: only look)."""
    _install_pinned(session, "-e", ".", "babel")
    session.run("python", "-m", "tools.words", *session.posargs)


@nox.session
def quick(session: nox.Session) -> None:
    """Run the tests that are neither long nor in a browser."""
    _install_pinned(session, "-e", ".[test]")
    _run_tests(session, "-m", QUICK)


@nox.session(name="quick-newest", reuse_venv=False)
def quick_newest(session: nox.Session) -> None:
    """Run the quick tests of what other packages do with the newest versions of them.

    The rest runs with the pinned and with the lowest ones. There is nothing to run where the
    newest versions of what pyproject.toml names are the pinned ones.
    """
    session.install("-e", ".[test]")
    if not _log_versions(session) & _read_own_packages():
        session.skip(f"the newest versions are those of {CONSTRAINTS}")
    _run_tests(session, "-m", QUICK, *ROOMS_OF_PACKAGES)


@nox.session(name="quick-lowest", reuse_venv=False)
def quick_lowest(session: nox.Session) -> None:
    """Run what is printed, and the quick tests of what other packages do, with the lowest versions.

    What is compiled while it is installed cannot warn of its own syntax later, where a warning
    counts as an error.
    """
    lowest = ("--resolution", "lowest-direct", "--extra", "test", "-r", "pyproject.toml")
    session.install("--compile-bytecode", *lowest)
    session.install("--no-deps", "-e", ".")
    _log_versions(session)
    _run_tests(session, "-m", QUICK, PRINTED, *ROOMS_OF_PACKAGES)


@nox.session
def browser(session: nox.Session) -> None:
    """Run the tests of the page in the Chromium of this machine."""
    _install_pinned(session, "-e", ".[test]")
    _run_tests(session, "-m", "browser and not slow")


@nox.session
def test(session: nox.Session) -> None:
    """Run all tests but the exhaustive sweeps (-m slow)."""
    _install_pinned(session, "-e", ".[test]")
    _run_tests(session)


@nox.session
def recipe(session: nox.Session) -> None:
    """Check how the shipped layers are built; PKZONE_INPUTS names the folder of inputs."""
    # The recipe pins what it cuts with: those pins go before the ones of the constraints.
    project = nox.project.load_toml("pyproject.toml")["project"]
    own = [pin.partition("==")[0] for pin in project["optional-dependencies"]["authoring"]]
    others = Path(session.create_tmp()) / CONSTRAINTS
    others.write_text("\n".join(pin for pin in _read_pins() if pin.partition("==")[0] not in own))
    session.install("-c", str(others), "-e", ".[test,authoring]")
    if inputs := os.environ.get("PKZONE_INPUTS"):
        session.run("python", "-m", "authoring", inputs, "--check")
    else:
        session.log("PKZONE_INPUTS is not set: the layers are checked as they ship, not rebuilt")
    session.run("pytest", "tests/authoring", *session.posargs)


@nox.session
def page(session: nox.Session) -> None:
    """Build the map of README and open it."""
    _install_pinned(session, "-e", ".")
    session.run("pkzone", "map", *session.posargs)
    built = Path("pkzone-map.html").resolve()
    if session.interactive and "CI" not in os.environ and not session.posargs:
        webbrowser.open(built.as_uri())


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation site into build/site/html; a warning is an error. Then test it."""
    _install_pinned(session, "-e", ".[test,docs,picture]")
    folder = Path("build/site").resolve()
    session.run("python", "-m", "tools.site", str(folder))
    session.run("pytest", "tests/project/test_site.py", env={"PKZONE_SITE": str(folder / "html")})


@nox.session(venv_backend="none")
def architecture(session: nox.Session) -> None:
    """Draw docs/architecture.svg anew from the imports."""
    session.run("python", "-m", "tools.architecture")


@nox.session(reuse_venv=False)
def wheel(session: nox.Session) -> None:
    """Build archive and wheel, install and use it outside the checkout (-- DIR: keep both)."""
    outside = Path(session.create_tmp())
    kept = Path(session.posargs[0]) if session.posargs else outside
    session.run("uv", "build", "--quiet", "--out-dir", str(kept), ".")
    (built,) = kept.resolve().glob("*.whl")
    _install_pinned(session, str(built))
    session.chdir(outside)
    session.run("pkzone", "layers")
    session.run("pkzone", "map", "-o", "map.html")
    session.run("python", "-I", "-c", USE_THE_WHEEL, log=False)


@nox.session
def bench(session: nox.Session) -> None:
    """Run the benchmarks, or one: nox -s bench -- load.py --runs 3."""
    _install_pinned(session, "-e", ".[test]")
    session.install("pygeodiff", "geojson-pydantic")  # to compare with
    folder = Path(session.create_tmp()).resolve()
    chosen, options = session.posargs[:1] or list(BENCHMARKS), session.posargs[1:]
    if not set(chosen) <= BENCHMARKS.keys():
        session.error(f"{chosen[0]} is not one of {', '.join(BENCHMARKS)}")
    for name in chosen:
        given = [argument.format(folder=folder) for argument in BENCHMARKS[name]]
        session.run("python", f"benchmarks/{name}", *given, *options)


@nox.session
def hooks(session: nox.Session) -> None:
    """Run the hooks of pre-commit on all files; they mend what they can."""
    _install_pinned(session, "-e", ".[dev]")
    session.run("pre-commit", "run", "--all-files", *session.posargs)


@nox.session
def constraints(session: nox.Session) -> None:
    """Raise constraints.txt to the newest versions, or as options of uv say."""
    extras = ("--extra", "test", "--extra", "dev", "--extra", "docs")
    # For every Python and platform at once; of each package the newest that a Python can have.
    universal = ("--universal", "--python-version", "3.11", "--fork-strategy", "requires-python")
    form = ("--strip-extras", "--no-annotate", "--no-header", "--quiet")
    chosen = session.posargs or ["--upgrade"]
    options = (*extras, *universal, *form, *chosen, "--output-file", CONSTRAINTS)
    session.run("uv", "pip", "compile", *options, "pyproject.toml")
    pins = Path(CONSTRAINTS).read_text(encoding="utf-8")
    Path(CONSTRAINTS).write_text(CONSTRAINTS_HEADER + pins, encoding="utf-8", newline="\n")
