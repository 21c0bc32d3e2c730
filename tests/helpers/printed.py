"""The pages of the project as what they print: commands, code, files and outputs, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PAGES", "ROOT", "Block", "blocks"]

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")),
)
#: Code within a line that is a whole command, not only the name of one.
_INLINE = re.compile(r"`((?:pkzone [a-z-]+|pip install) [^`]+)`")

_PART = re.compile(
    r"^```(?P<language>\w*)\n(?P<fenced>(?:.*\n)*?)```$"
    r"|(?<=\n\n)(?P<indented>(?: {4}.*\n)(?:(?: {4}.*)?\n)*)"
    r"|^(?P<quoted>(?:> .*\n)+)",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Block:
    """Something that a page prints.

    Attributes
    ----------
    page : str
        Path of the page.
    number : int
        Its place among the blocks of the page.
    kind : str
        ``indented``, ``quoted``, ``inline``, or the language of a fenced block.
    text : str
        What stands there, without marks and indentation.
    """

    page: str
    number: int
    kind: str
    text: str

    @property
    def key(self) -> str:
        """The first line, by which the tables of the tests name a block."""
        return self.text.partition("\n")[0]

    def __str__(self) -> str:
        return f"{self.page}-{self.number:02}"

    def commands(self) -> list[str]:
        """Return the lines of a shell block, those joined that a backslash continues."""
        return re.sub(r"\\\n\s*", "", self.text).splitlines()


def blocks(page: str) -> list[Block]:
    """Return what a page prints, from top to bottom."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [Block(page, number, *found) for number, found in enumerate(_found(text))]


def _found(text: str) -> Iterator[tuple[str, str]]:
    end = 0
    for match in _PART.finditer(text):
        yield from _inline(text[end : match.start()])
        end = match.end()
        if match["fenced"] is not None:
            yield match["language"] or "plain", match["fenced"].rstrip("\n")
        elif match["indented"]:
            yield (
                "indented",
                re.sub(r"^ {4}", "", match["indented"], flags=re.MULTILINE).strip("\n"),
            )
        else:
            yield "quoted", re.sub(r"^> ", "", match["quoted"], flags=re.MULTILINE).strip("\n")
    yield from _inline(text[end:])


def _inline(prose: str) -> Iterator[tuple[str, str]]:
    for paragraph in prose.split("\n\n"):
        for command in _INLINE.findall(" ".join(paragraph.split())):
            yield "inline", command
