"""The words of routes, links and events: the docs, the schemas and the maps follow one table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import pkzone
from pkzone.layers.terms import BARRED, DIRECTIONS, EVENT_KINDS, IN_USE, STATUSES, TRAFFIC
from pkzone.maps import qgis_style
from tests.helpers.pages import rule_for

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")


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


def test_scripts_and_rules_of_the_diff_hold_no_second_list() -> None:
    package = Path(pkzone.__file__).parent
    texts = {
        path: path.read_text(encoding="utf-8")
        for pattern in (
            "maps/web/scripts/**/*.js",
            "compare/*.py",
            "reports/*.py",
            "tagging/*.py",
        )
        for path in package.glob(pattern)
    }
    assert len(texts) > 60
    quoted = re.compile(f"""["'](?:{"|".join(one.word for one in STATUSES)})["']""")
    assert [path.name for path, text in texts.items() if quoted.search(text)] == []


def test_an_airport_shows_beyond_colour_whether_it_is_planned_or_complete() -> None:
    looks = [
        rule_for("transport", {"mode": "air", "status": status}, "Point")
        for status in ("open", "planned", "complete")
    ]
    assert len({(one["fill"], one["strokes"][0]["width"]) for one in looks}) == len(looks)


def test_a_finished_road_is_a_casing_without_filling() -> None:
    """The look of the page is the style of QGIS: two lines, the inner one of the paper's colour."""
    rule = rule_for("transport", {"mode": "road", "status": "complete"}, "LineString")
    outer, inner = rule["strokes"]
    assert (inner["color"], inner["dash"], outer["dash"]) == ("paper", [], [])
    assert 0 < inner["width"] < outer["width"]
    qml = qgis_style.style("transport", "line")
    assert qml is not None
    assert "Road link, complete but not in use" in qml


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
