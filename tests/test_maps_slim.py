"""Scripts and styles in fewer bytes: what they do and say stays."""

from __future__ import annotations

import pytest

from pkzone.maps.slim import slim


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("// a comment\n  const a = { b: 1 };\n\n\n  f(a);\n", "const a = { b: 1 };\nf(a);\n"),
        ("let a; // said, and why\n", "let a; // said, and why\n"),
        ('say("// no comment");\n', 'say("// no comment");\n'),
        ("/* A part */\na {\n  color: red;\n}\n", "a {\ncolor: red;\n}\n"),
        ("f(a)\n  [b].c();\n", "f(a)\n[b].c();\n"),
    ],
)
def test_comments_indents_and_empty_lines_go(text: str, expected: str) -> None:
    assert slim(text) == expected
