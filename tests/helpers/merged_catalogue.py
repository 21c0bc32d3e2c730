"""A catalogue in a git repository, and two branches that each edit it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pkzone
from pkzone.store.preflight import Step
from tests.helpers.git_repository import NEW, OLD, OTHER, Repository, layer, line

__all__ = ["NEW", "OLD", "OTHER", "Zone", "solved"]

Edit = Callable[["Zone"], object]


def solved(text: str, side: str) -> str:
    """Return a text with one side kept of every conflict, as a person would with an editor."""
    number = {"ours": r"\1", "theirs": r"\2"}[side]
    return re.sub(
        r"^<{7,} ours\r?\n((?:.*\n)*?)={7,}\r?\n((?:.*\n)*?)>{7,} theirs\r?\n",
        number,
        text,
        flags=re.MULTILINE,
    )


class Zone:
    """A catalogue that lies in a folder of a repository, with one version of a layer."""

    def __init__(self, repository: Repository, folder: str = "zone") -> None:
        self.repository = repository
        self.folder = folder
        self.root = repository.folder / folder
        pkzone.init(self.root, title="Zone")
        self.publish("2024-05-01", OLD, new_layer="Line")
        self.add("sources", id="first", title="First")
        self.add("events", id="begin", date="2024-05-01", title="Begin", layers=["line"])
        repository.commit()

    def path(self, name: str = "datapackage.json") -> str:
        """A file of the catalogue, from the top of the repository."""
        return Path(self.folder, name).as_posix()

    def publish(self, day: str, shape: str = NEW, /, *lines: str, **options: object) -> Step:
        file = self.repository.folder.parent / "drawn.geojson"
        file.write_text(layer(*(lines or (line("a", shape),))), encoding="utf-8")
        settings: dict[str, object] = {"layer": "line", "title": f"Line on {day}"}
        settings |= {"recorded": "2024-07-01"} | options
        if settings.get("correct"):
            settings.setdefault("title", None)
        (step,) = pkzone.publish(str(file), catalogue=self.root, valid_from=day, **settings)  # type: ignore[arg-type]
        return step

    def add(self, which: str, **record: object) -> None:
        path = self.root / f"{which}.json"
        listed = json.loads(path.read_text("utf-8"))
        path.write_text(
            json.dumps([*listed, record], ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_bytes(text.replace(old, new).encode())

    def diverge(self, ours: Edit, theirs: Edit) -> None:
        """Commit two branches, main and theirs; main is checked out."""
        git = self.repository.git
        git("checkout", "-qb", "theirs")
        theirs(self)
        self.repository.commit()
        git("checkout", "-q", "main")
        ours(self)
        self.repository.commit()

    def merge(self, *arguments: str, code: int = 0) -> str:
        """Merge theirs and return what pkzone said."""
        result = self.repository.run("git", "merge", "-q", *(arguments or ("theirs",)), code=code)
        return result.stderr

    @property
    def findings(self) -> list[str]:
        return [str(one) for one in pkzone.verify(self.root).findings]

    @property
    def versions(self) -> list[str]:
        """Every record that the catalogue has, as ``layer@version#record``."""
        catalogue = pkzone.catalogue(self.root)
        return [
            f"{record.ref}#{record.record}" for one in catalogue.layers for record in one.records
        ]

    def ids(self, which: str) -> list[str]:
        return [one["id"] for one in json.loads((self.root / f"{which}.json").read_text("utf-8"))]
