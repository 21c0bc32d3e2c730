"""Scripts and styles in fewer bytes: what they do and say stays."""

from __future__ import annotations

import pytest

from pkzone.maps.slim import slim_script, slim_style


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("// a comment\n  const a = { b: 1 };\n\n\n  f(a);\n", "const a={b:1};f(a);\n"),
        ("let a; // said, and why\n", "let a;\n"),
        ('say("// no  comment");\n', 'say("// no  comment");\n'),
        ("say(`a  ${ b }  // c`);\n", "say(`a  ${ b }  // c`);\n"),
        ("const r = /[/ ]+ {2}/u.test(a) ? 1 : 2;\n", "const r=/[/ ]+ {2}/u.test(a)?1:2;\n"),
        ("let a = b\n  let c = -  -d;\n", "let a=b\nlet c=- -d;\n"),
    ],
)
def test_scripts_lose_comments_and_space_only(text: str, expected: str) -> None:
    assert slim_script(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/* A part\n of it */\na {\n  color: red;\n}\n", "a{color:red}\n"),
        ("a  :hover, b > c { margin: 0 auto }", "a :hover,b>c{margin:0 auto}\n"),
        ('a::after { content: "; } /* not  one */" }', 'a::after{content:"; } /* not  one */"}\n'),
        ("a { width: calc(100% - (2 * 1px)) }", "a{width:calc(100% - (2 * 1px))}\n"),
        ("@media (min-width: 40em) and (hover) { a { top: 0 } }",
         "@media (min-width:40em) and (hover){a{top:0}}\n"),
    ],
)  # fmt: skip
def test_styles_lose_comments_and_space_only(text: str, expected: str) -> None:
    assert slim_style(text) == expected
