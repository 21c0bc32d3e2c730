"""Write the address of the repository where it is needed: ``python -m tools.address``.

It asks for the address once, or takes it as its argument. ``--check`` says whether one is there and
the same everywhere; a release is refused without.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]

#: Where it goes: before which line of a file, or at its end, and what is written there.
PLACES = {
    "pyproject.toml": (
        "[tool.hatch.version]",
        "[project.urls]\n"
        'Repository = "{address}"\n'
        'Issues = "{address}/issues"\n'
        'Changelog = "{address}/blob/main/CHANGELOG.md"\n'
        'Documentation = "https://{owner}.github.io/{name}/"\n\n',
    ),
    "CITATION.cff": ("", 'repository-code: "{address}"\n'),
    "conda.recipe/recipe.yaml": (
        "",
        '  homepage: "{address}"\n  documentation: "https://{owner}.github.io/{name}/"\n',
    ),
}


def write_address(address: str, root: Path = ROOT) -> None:
    """Write the address into each of the files, in place of the one that they have.

    Parameters
    ----------
    address : str
        ``https://github.com/`` with the account and the name of the repository.
    root : Path
        The folder of the checkout.
    """
    if not re.fullmatch(r"https://github\.com/[A-Za-z0-9-]+/[A-Za-z0-9_.-]+", address):
        sys.exit(f"{address} is not an address of a repository: https://github.com/ACCOUNT/pkzone")
    _, owner, name = urlsplit(address).path.split("/")
    for path, (before, form) in PLACES.items():
        text = (root / path).read_text(encoding="utf-8")
        old = re.escape(form)
        for field in ("address", "owner", "name"):
            old = old.replace(re.escape(f"{{{field}}}"), r"[^\s\"]+?")
        text = re.sub(old, "", text)
        lines = form.format(address=address, owner=owner.lower(), name=name)
        text = text.replace(f"\n{before}", f"\n{lines}{before}", 1) if before else text + lines
        (root / path).write_text(text, encoding="utf-8", newline="\n")


def read_address(root: Path = ROOT) -> str | None:
    """Return the address that ``pyproject.toml`` names, or None.

    Parameters
    ----------
    root : Path
        The folder of the checkout.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    address: str | None = project.get("urls", {}).get("Repository")
    return address


def main(arguments: list[str]) -> None:
    """Write the address, or check that it is there."""
    if arguments != ["--check"]:
        write_address(arguments[0] if arguments else input("Address of the repository: ").strip())
    address = read_address()
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path in PLACES}
    if missing := [path for path, text in texts.items() if not address or address not in text]:
        sys.exit(f"no address of the repository in {', '.join(missing)}: python -m tools.address")
    print(f"the repository is at {address}")


if __name__ == "__main__":
    main(sys.argv[1:])
