"""What the README and docs/tag.md tell to type does what they say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import pkzone
from pkzone.cli import pkzone as program

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "tag.md").read_text(encoding="utf-8")
INCIDENTS, ANSWERS = re.findall(r"```csv\n(.*?)```", GUIDE, re.DOTALL)
CODE = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)[0]


def commands(text: str) -> list[list[str]]:
    lines = re.findall(r"^    pkzone (tag incidents.*)$", text, re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "incidents.csv").write_text(INCIDENTS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["README.md", "docs/tag.md"])
def test_the_commands(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = commands((ROOT / name).read_text(encoding="utf-8"))
    assert len(given) == 3
    for words in given:
        with pytest.raises(SystemExit) as ended:
            program.main(words, prog_name="pkzone")
        assert ended.value.code == 0
    shown = capsys.readouterr().out
    if name == "docs/tag.md":
        assert shown.endswith(ANSWERS)
    assert (folder / "tagged.csv").read_text().count("\n") == INCIDENTS.count("\n")


def test_the_python(folder: Path) -> None:
    names: dict[str, object] = {}
    exec(CODE, names)  # noqa: S102 - our own page
    tagged, frame = names["tagged"], names["frame"]
    assert isinstance(tagged, pkzone.Tagged)
    assert f"# {dict(tagged.summary.layers['zone'].answers)}" in CODE
    assert len(frame) == 6  # type: ignore[arg-type]


def test_every_column_is_explained() -> None:
    from pkzone.layers.tag.tagger import Tagger

    for column in Tagger.of(shares=True).columns:
        assert f"| `_{column.name.partition('_')[2]}` |" in GUIDE
