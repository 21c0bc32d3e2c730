"""Build the documentation site with Sphinx: ``python -m tools.site FOLDER``.

``docs`` holds plain Markdown that GitHub shows as well. It is copied to ``FOLDER/source`` with
what only the site has: the tree of pages, the pages that are generated from commands, docstrings,
schemas and the catalogue, the default map, what the commands of the galleries make, and the
results of the notebooks, which Sphinx runs. The site itself is written to ``FOLDER/html``.
Nothing generated is committed.
"""

from __future__ import annotations

import html
import json
import posixpath
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pkzone
from tools.site_data import write_data
from tools.site_reference import write_reference

ROOT = Path(pkzone.__file__).parents[1]
DOCS = ROOT / "docs"

#: The pages of the site in the order of reading.
TREE = {
    "Start": ["start", "glossary", "gallery", "cyprus"],
    "Tutorials": [f"tutorials/{name}" for name in ("mapper", "analyst", "developer", "steward")],
    "Notebooks": [f"notebooks/{name}" for name in ("layers", "diff", "tagging", "catalogue")],
    "How to": [
        "maps",
        "story",
        "folium",
        "diff",
        "questions",
        "tag",
        "tag-recipes",
        "catalogue",
        "stewards",
        "git",
        "formats",
        "programs",
    ],
    "Reference": [
        "references", "output", "data", "reference/cli", "reference/api", "reference/schemas",
        "speed",
    ],
    "The shipped data": ["shipped/layers", "shipped/events", "shipped/sources", "gaps"],
    "Explanation": [
        f"explanation/{name}"
        for name in ("diff", "uncertainty", "time", "neutrality", "security")
    ],
    "The project": [
        "contributing", "architecture", "release", "authoring", "verified", "changelog",
    ],
}  # fmt: skip
#: Pages from elsewhere in the repository, by their place on the site.
ELSEWHERE = {
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
    "authoring.md": "authoring/README.md",
    "verified.md": "authoring/facts/VERIFIED.md",
}
#: What the repository has and the site shows on another page.
INSTEAD = {
    "README.md": "index.md",
    "pkzone/schemas": "reference/schemas.md",
    "tools/columns.toml": "reference/schemas.md",
}

_LINK = re.compile(r"(?P<text>!?\[[^][]*\])\((?!https?:|#)(?P<path>[^)#\s]+)(?P<rest>#[^)\s]*)?\)")
_INDENTED = re.compile(r"(?<=\n\n)(?: {4}.*\n)(?:(?: {4}.*)?\n)*")
_SHELL_BLOCK = re.compile(r"^```bash\n(?P<lines>.*?)^```\n", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"(pkzone|git|pip|python3?|nox|pytest|ogr2ogr|export|unset|cd|\.venv/bin/\w+) ")


def main(folder: Path) -> None:
    """Write the sources of the site and build it; a warning of Sphinx is an error."""
    source, built = folder / "source", folder / "html"
    for stale in (source, built):
        shutil.rmtree(stale, ignore_errors=True)
    shutil.copytree(DOCS, source, ignore=shutil.ignore_patterns("conf.py", "_static", "*.md"))
    pages = {path.relative_to(DOCS).as_posix(): path for path in DOCS.rglob("*.md")}
    pages |= {place: ROOT / path for place, path in ELSEWHERE.items()}
    for place, path in pages.items():
        text = path.read_text(encoding="utf-8")
        home = path.relative_to(ROOT).parent.as_posix()
        linked = with_languages(with_links(text, home, place))
        if place.startswith("notebooks/"):
            write((built / place).with_suffix(".ipynb"), as_notebook(text))
            linked = with_cells(linked, path.stem)
        write(source / place, linked)
    write_reference(source / "reference")
    write_data(source / "shipped")
    made = [*draw_gallery(source / "gallery.md"), *draw_gallery(source / "cyprus.md")]
    add_first_page(source)

    # What only raw HTML names, and Sphinx does not see.
    for name in (
        "map.html",
        *made,
        *(f"shipped/{path.name}" for path in source.glob("shipped/*.svg")),
    ):
        (built / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / name, built / name)

    from sphinx.cmd.build import build_main

    options = ["-q", "-W", "--keep-going", "-j", "auto", "-c", str(DOCS)]
    if code := build_main([*options, "-d", str(folder / "doctrees"), str(source), str(built)]):
        sys.exit(code)
    print(f"wrote {built / 'index.html'}")


def write(path: Path, text: str) -> None:
    """Write a page of the source."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def with_links(text: str, home: str, place: str) -> str:
    """Point the links of a page to where the site has what the repository has elsewhere.

    What is in the repository and not on the site keeps its text and loses its link: the site knows
    no address of the repository.
    """
    places = {path: page for page, path in ELSEWHERE.items()} | INSTEAD

    def to_site(link: re.Match[str]) -> str:
        path, heading = posixpath.normpath(posixpath.join(home, link["path"])), link["rest"] or ""
        if path.startswith("docs/"):
            target = path.removeprefix("docs/")
        elif path in places:
            target, heading = places[path], "" if path in INSTEAD else heading
        else:
            return link["text"].removeprefix("[").removesuffix("]")
        target = posixpath.relpath(target, posixpath.dirname(place) or ".")
        return f"{link['text']}({target}{heading})"

    return _LINK.sub(to_site, text)


def with_languages(text: str) -> str:
    """Fence the commands of a page, which stand indented, so that Sphinx colours them."""

    def fenced(block: re.Match[str]) -> str:
        lines = re.sub(r"^ {4}", "", block[0], flags=re.MULTILINE).strip("\n")
        if lines.startswith("$ "):
            language = "console"
        else:
            language = "bash" if _SHELL.match(lines) else "text"
        return f"```{language}\n{lines}\n```\n\n"

    parts = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    parts = [part.replace("```csv", "```text", 1) for part in parts]  # Pygments knows no CSV
    return "".join(
        part if part.startswith("```") else _INDENTED.sub(fenced, part) for part in parts
    )


def with_cells(text: str, name: str) -> str:
    """Make the blocks of Python of a page cells, which are run, and offer it for download."""
    head = "---\nfile_format: mystnb\nkernelspec: {name: python3}\n---\n\n"
    link = f'<a href="{name}.ipynb" download>Download this page as a Jupyter notebook</a>'
    text = re.sub(r"\A# .*\n", rf"\g<0>\n{link}\n", text)
    return head + re.sub(r"^```python$", "```{code-cell}", text, flags=re.MULTILINE)


def as_notebook(text: str) -> str:
    """Return a page as a notebook of Jupyter, whose cells have not been run.

    Its links keep their texts only: they lead to pages that lie beside it nowhere else.
    """
    text = _LINK.sub(lambda link: link["text"].strip("[]"), text)
    parts = re.split(r"^```python\n(.*?)\n```$", text, flags=re.MULTILINE | re.DOTALL)
    code = {"cell_type": "code", "execution_count": None, "outputs": []}
    cells = [
        (code if number % 2 else {"cell_type": "markdown"})
        | {"id": f"cell-{number}", "metadata": {}, "source": part.strip()}
        for number, part in enumerate(parts)
        if part.strip()
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}}
    return json.dumps(notebook | {"nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def draw_gallery(page: Path) -> list[str]:
    """Run the commands of a page, and put below each block the pictures and maps that it writes.

    The files of the folder that is called as the page are what it begins with. Returns what was
    made.
    """
    made: list[str] = []
    text = page.read_text(encoding="utf-8")
    with TemporaryDirectory() as folder:
        if page.with_suffix("").is_dir():
            shutil.copytree(page.with_suffix(""), Path(folder) / "files")
        program = f'pkzone() {{ {shlex.quote(sys.executable)} -m pkzone "$@"; }}'
        commands = "".join(block["lines"] for block in _SHELL_BLOCK.finditer(text))
        script = f"set -e\n{program}\n{commands}"
        subprocess.run(  # noqa: S603 - what the pages of the project print
            ["bash", "-c", script],  # noqa: S607
            cwd=folder, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip

        def with_made(block: re.Match[str]) -> str:
            below = ""
            for command in block["lines"].splitlines():
                for name in re.findall(r"(?<= )[\w-]+\.(?:png|html)\b", command):
                    shutil.copy(Path(folder) / name, page.parent / name)
                    made.append(name)
                    is_map = name.endswith(".html")
                    below += "\n" + (frame(name) if is_map else picture(name, command)) + "\n"
            return block[0] + below

        write(page, _SHELL_BLOCK.sub(with_made, text))
    return made


def frame(name: str) -> str:
    """Return a map in a frame."""
    return f'<iframe class="map-frame" src="{name}#embed=1" title="Map of the zone"></iframe>'


def picture(name: str, command: str) -> str:
    """Return a picture that a click shows in full."""
    image = f'<img src="{name}" alt="Picture made by: {html.escape(command)}">'
    return f'<a class="picture" href="{name}">{image}</a>'


def add_first_page(source: Path) -> None:
    """Put the default map and the tree of pages on the first page."""
    pkzone.map().save(source / "map.html")
    page = source / "index.md"
    text = re.sub(
        r"^!\[.*\)$", frame("map.html"), page.read_text(encoding="utf-8"), count=1, flags=re.M
    )
    trees = (
        f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(pages) + "\n```\n"
        for caption, pages in TREE.items()
    )
    write(page, text + "\n" + "\n".join(trees))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
