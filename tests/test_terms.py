"""The words of routes, links and events: the docs, the schemas and the maps follow one table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pkzone.layers.terms import BARRED, DIRECTIONS, EVENT_KINDS, IN_USE, STATUSES, TRAFFIC

PAGE = (Path(__file__).parents[1] / "docs" / "data.md").read_text(encoding="utf-8")


def rows(head: str) -> Iterator[list[str]]:
    """Yield the cells of the table of the page whose first heading is this one."""
    lines = PAGE.split(f"| `{head}` |")[1].splitlines()[2:]
    for line in lines:
        if not line.startswith("|"):
            return
        first, *others = (cell.strip() for cell in line.strip("|").split("|"))
        yield [first.strip("`"), *others]


def test_docs_say_what_a_status_means() -> None:
    used = {True: "yes", False: "no"}
    told = [[*one[:1], one.who, one.direction, one.leave, used[one.in_use]] for one in STATUSES]
    assert list(rows("status")) == told


@pytest.mark.parametrize(("head", "terms"), [("traffic", TRAFFIC), ("direction", DIRECTIONS),
                                             ("kind", EVENT_KINDS)])  # fmt: skip
def test_docs_say_what_a_word_means(head: str, terms: tuple[tuple[str, str, str], ...]) -> None:
    assert list(rows(head)) == [[word, meaning] for word, meaning, _ in terms]


def test_words_that_a_traveller_relies_on() -> None:
    assert {"open", "restricted"} == IN_USE
    assert {"restricted", "closed"} == BARRED


def test_schemas_list_the_words_and_tell_them() -> None:
    pytest.importorskip("networkx", reason="the extra 'authoring' is not installed")
    from authoring.schemas import properties

    link = properties("transport")
    for rule, terms in ((link["status"], STATUSES), (link["direction"], DIRECTIONS),
                        (link["traffic"]["items"], TRAFFIC)):  # fmt: skip
        assert rule["enum"] == [one[0] for one in terms]
    for one in STATUSES:
        assert f"{one.word}: {one.who}; direction: {one.direction}" in link["status"]["description"]
    for term in (*DIRECTIONS, *TRAFFIC):
        told = link["traffic"]["items"]["description"] + link["direction"]["description"]
        assert f"{term.word}: {term.meaning}" in told
