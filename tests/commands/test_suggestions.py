"""A name that is none: the error suggests the near one, whatever it is the name of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.program import Run


@pytest.mark.parametrize(
    ("command", "code", "hint"),
    [
        ("lyers", 2, "No such command 'lyers'; did you mean layers? (see"),
        ("DIFF zone corridor", 2, "did you mean diff?"),
        ("layers --jsn", 2, "Did you mean "),  # as click has it, in each version otherwise
        ("diff zone corridor -f jsno", 2, "did you mean json? (see"),
        ("picture -o m.svg --theme drak", 2, "'light', 'dark'; did you mean dark? (see"),
        ("map -o m.html --compare consecutiv", 2, "did you mean consecutive? (see"),
        ("export zone -f gpgk -o -", 2, "did you mean gpkg? (see"),
        ("diff zone corridor --only addd", 2, "not a kind of change; did you mean added? choose"),
        ("map -o m.html --lang enn", 2, "'enn': did you mean en? a map of these layers has"),
        ("show Corridr", 3, "no layer Corridr; did you mean corridor? layers: zone, corridor"),
        ("show corridor@2020-11-10.2", 3, "no version 2020-11-10.2; did you mean 2020-11-10? vers"),
        ("history corridor lachin-od", 3, "no feature lachin-od in any version; did you mean lach"),
        ("import posts.csv --lon eas --lat north -o -", 3, "has no column eas; did you mean east?"),
    ],
)
def test_the_near_name_is_suggested(run: Run, command: str, code: int, hint: str) -> None:
    Path("posts.csv").write_text("id,east,north\na,46.5,39.6\n", encoding="utf-8")
    ended = run(*command.split())
    assert (ended.code, ended.out) == (code, "")
    assert hint in ended.err
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize("command", ["wide", "show wide", "show corridor@wide", "layers --wide"])
def test_where_nothing_is_near_nothing_is_suggested(run: Run, command: str) -> None:
    ended = run(*command.split())
    assert "did you mean" not in ended.err.lower()
    assert len(ended.err.splitlines()) == 1


def test_a_hostile_name_stays_escaped(run: Run) -> None:
    ended = run("show", "corridor\x1b[2J\n")
    assert "no layer corridor\\x1b[2J\\n; did you mean corridor? " in ended.err
    assert len(ended.err.splitlines()) == 1
