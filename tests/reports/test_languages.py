"""Reports in the languages of the catalogues: few words stay English, and those are marked."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from io import BytesIO

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner

from pkzone.cli import pkzone as program
from pkzone.compare import diff
from pkzone.compare.history import each, history
from pkzone.compare.result import Diff
from pkzone.errors import BadOption
from pkzone.geojson import Feature, FeatureCollection
from pkzone.i18n import messages
from pkzone.i18n.messages import Translatable
from pkzone.layers.catalogue import Catalogue, catalogue
from pkzone.reports import render
from pkzone.reports.model import (
    Day,
    Digits,
    Note,
    Number,
    Part,
    Sentence,
    Term,
    msg,
    plural,
    worded,
)
from pkzone.table import Column, Table
from tools import words

languages = pytest.mark.parametrize("language", messages.LANGUAGES[1:])
#: Names of layers, parts, units, types and commands, which no language changes.
OURS = re.compile(
    r"\S*(?:@|/)\S*\d\S*|\b(?:pkzone sources|corridor|zone|control|transport|places|sites|id|km²?"
    r"|Point|LineString|Polygon)\b"
)
MOST = 12


@cache
def shipped() -> Catalogue:
    return catalogue()


@cache
def _diffs() -> dict[str, Diff]:
    sides = {
        "across 2022": ("corridor@2021-12-31", "corridor@2022-12-31"),
        "back": ("corridor@2022-12-31", "corridor@2021-12-31"),
        "zone": ("zone@2020-12-01", "zone@2022-09-01"),
        "control": ("control@2020-12-01", "control@2022-09-01"),
        "sites": ("sites@2020-12-01", "sites@2022-12-31"),
        "places": ("places@2020-12-01", "places"),
        "transport": ("transport@2020-12-01", "transport"),
    }
    return {name: diff(*pair, catalogue=shipped()) for name, pair in sides.items()}


@cache
def _several() -> dict[str, tuple[str, object]]:
    return {
        "steps": ("each", each("corridor", catalogue=shipped())),
        "zone": ("each", each("zone", catalogue=shipped())),
        "life": ("history", history("corridor", catalogue=shipped())),
        "life of a zone": ("history", history("zone", catalogue=shipped())),
        "life of a road": ("history", history("corridor", "lachin-old-az", catalogue=shipped())),
    }


@cache
def _reports(language: str) -> dict[str, str]:
    subjects = {name: ("diff", one) for name, one in _diffs().items()} | _several()
    return {
        f"{form}: {kind} of {name}": render(form, kind, subject, lang=language, catalogue=shipped())
        for form in ("text", "markdown")
        for name, (kind, subject) in subjects.items()
    }


def _plain(report: str) -> str:
    """Return a report in one line, without the escapes of Markdown."""
    return " ".join(re.sub(r"\\(.)|<!-- -->", r"\1", report).split())


def _without_quotes(report: str, language: str) -> str:
    """Return a report without what it quotes: notes that are marked as English, and sources."""
    mark = messages.say("(in English)", language)
    for note in _notes():
        report = report.replace(f"{note} {mark}", "")
    for text in _of_sources():
        report = report.replace(text, "")
    return report


@cache
def _notes() -> list[str]:
    """Return the free texts of the catalogue, the longest first."""
    notes = {
        note
        for layer in shipped().layers
        for version in layer.versions
        for feature in version.features().features
        if isinstance(note := feature.properties.get("note"), str)
    }
    notes |= {one.title for layer in shipped().layers for one in layer.records}
    notes |= {text for event in shipped().events for text in (event.summary, event.note)}
    return sorted((" ".join(note.split()) for note in notes if note), key=len, reverse=True)


@cache
def _of_sources() -> list[str]:
    """Return what sources are called, and who wrote them, as they are quoted."""
    texts = {
        str(one[key]).rstrip(".")
        for one in shipped().sources
        for key in ("title", "container-title", "publisher", "URL", "id")
        if key in one
    }
    authors = (author for one in shipped().sources for author in one.get("author", ()))
    texts |= {str(name) for author in authors for name in author.values()}
    return sorted(texts, key=len, reverse=True)


@cache
def _english_words() -> frozenset[str]:
    """Return the words that English texts have and Azerbaijani ones have not."""
    source = (words.LOCALE / "az" / "LC_MESSAGES" / "pkzone.po").read_bytes()
    english, own = set(), set()
    for entry in read_po(BytesIO(source)):
        if entry.id:
            english |= set(re.findall(r"[a-z]{2,}", re.sub(r"\{\w+\}", "", str(entry.id)).lower()))
            own |= set(re.findall(r"\w{2,}", re.sub(r"\{\w+\}", "", str(entry.string)).lower()))
    return frozenset(english - own)


def _stray_words(report: str, language: str) -> list[str]:
    found = re.findall(r"\w{2,}", OURS.sub("", _without_quotes(_plain(report), language)))
    if language == "az":
        return [word for word in found if word.lower() in _english_words()]
    return [word for word in found if re.fullmatch("[A-Za-z]+", word)]


@languages
def test_at_most_twelve_words_stay_english(language: str) -> None:
    for name, report in _reports(language).items():
        assert len(stray := _stray_words(report, language)) <= MOST, (name, stray)


@languages
@pytest.mark.parametrize(
    "command",
    ["series corridor", "series zone -f markdown", "series transport --by status",
     "on 2022-09-01", "on 2020-11-10 -f markdown", "layers",
     "at Lachin 2022-08-25", "at Taghavard -f markdown", "show sites@2023-05-01",
     "events --layer corridor", "events --kind incident -f markdown",
     "log corridor", "log transport -f markdown",
     "passable Goris Stepanakert 2022-12-13", "passable Goris Shushi 2022-12-13 -f markdown",
     "passable Stepanakert Goris --from 2020-11-01 --to 2024-12-31",
     "sources corridor", "sources --features --at-most 1 -f markdown"],
)  # fmt: skip
def test_tables_have_at_most_twelve_english_words(command: str, language: str) -> None:
    ran = CliRunner().invoke(program, [*command.split(), "--lang", language])
    assert ran.exit_code == 0, ran.output
    assert len(stray := _stray_words(_ids().sub("", ran.stdout), language)) <= MOST, stray


@pytest.mark.parametrize("command", ["layers", "at Taghavard", "show corridor@2022-09-01", "events",
                                     "log corridor", "sources", "passable Goris Tegh 2022-12-13"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["csv", "json"])
def test_formats_for_programs_are_the_same_in_every_language(command: str, form: str) -> None:
    told, english = (
        CliRunner().invoke(program, [*command.split(), "-f", form, "--lang", code])
        for code in ("ru", "en")
    )
    assert told.exit_code == 0
    assert told.stdout == english.stdout


@cache
def _ids() -> re.Pattern[str]:
    """Return what finds the ids beside names, and names that are the same everywhere."""
    ids = {str(one.id) for layer in shipped().layers for one in layer.latest.features().features}
    ids |= {event.id for event in shipped().events}
    ids |= {
        str(one.id)
        for version in shipped()["sites"].versions
        for one in version.features().features
    }
    ids |= {"physical", "boundaries", "CC-BY-4.0", "M12", "EJIL", "UTC"}
    told = "|".join(map(re.escape, sorted(ids, key=len, reverse=True)))
    return re.compile(rf"https?://\S+|(?<![\w-])(?:{told})(?![\w-])")


def test_a_table_has_numbers_days_and_counts_of_a_language() -> None:
    columns = (Column("valid_from", "date", "from"), Column("area_km2", "number"), Column("what"))
    note = Translatable("Areas are those of the ground as drawn{limit}; overlaps count once.",
                        limit="")  # fmt: skip
    table = Table("t", columns, (("2022-09-01", 1234.5, "4 open, 1 former"),), notes=(note,))
    told = table.in_language("ru", {}).to_text()
    assert "01.09.2022" in told
    assert "1234,5" in told
    assert "открыта: 4, бывшая: 1" in told
    assert "Площади даны по карте; наложения учтены один раз." in told
    assert "Areas are those of the ground as drawn; overlaps count once." in table.to_text()


@languages
def test_stray_words_are_found(language: str) -> None:
    english = _reports("en")["text: diff of across 2022"]
    assert len(_stray_words(english, language)) > 100


def test_what_has_no_entry_is_said_in_english() -> None:
    message = msg("A {thing} that nobody translated", msg("route"))
    assert worded(message, "ru") == "A маршрут that nobody translated"
    assert worded(Term("some_word"), "ru") == "some_word"


@pytest.mark.parametrize(
    ("part", "texts"),
    [
        # As Unicode's CLDR has them.
        (Number(12345.678, 1), ("12,345.7", "12.345,7", "12\xa0345,7", "12\xa0345,7")),
        (Digits("1,250"), ("1,250", "1.250", "1\xa0250", "1\xa0250")),
        (Digits("26.0"), ("26.0", "26,0", "26,0", "26,0")),
        (Digits("1e+09"), ("1e+09",) * 4),
        (Day("2022-08-30"), ("2022-08-30", "30.08.2022", "30.08.2022", "30.08.2022")),
        (Day("2021-07"), ("2021-07", "07.2021", "07.2021", "07.2021")),
        (Day("2021"), ("2021",) * 4),
        (Day("2022-02-31"), ("2022-02-31",) * 4),
        (Day("2022-08-30.2"), ("2022-08-30.2",) * 4),
        # A dotted capital in Azerbaijani alone.
        (Sentence("ixtisar"), ("Ixtisar", "İxtisar", "Ixtisar", "Ixtisar")),
        (
            Note("A {free} text"),
            (
                "A {free} text",
                "A {free} text (ingiliscə)",
                "A {free} text (անգլերեն)",
                "A {free} text (на английском)",
            ),
        ),
    ],
)
def test_numbers_days_and_notes_have_the_form_of_a_language(
    part: Part, texts: tuple[str, ...]
) -> None:
    assert tuple(worded(part, language) for language in messages.LANGUAGES) == texts


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "1 объект"), (3, "3 объекта"), (11, "11 объектов"), (21, "21 объект")],
)
def test_a_number_decides_the_form(count: int, text: str) -> None:
    assert worded(plural(count, "{count} feature", "{count} features"), "ru") == text


def test_names_titles_and_controllers_are_those_of_the_catalogue() -> None:
    report = _plain(_diffs()["across 2022"].to_text(lang="ru", catalogue=shipped()))
    names = {
        str(feature.properties["name_ru"])
        for version in shipped()["corridor"].versions
        for feature in version.features().features
        if feature.id == "lachin-old-az"
    }
    titles = [
        shipped().translations["ru"].texts[event.title] for event in _diffs()["across 2022"].events
    ]
    assert titles
    assert all(text in report for text in (*names, *titles))
    assert "Российский миротворческий контингент → Азербайджан" in report


def test_notes_of_files_are_not_called_english() -> None:
    old = FeatureCollection((Feature("a", {"note": "Eski yol"}, None),), ())
    new = FeatureCollection((Feature("a", {"note": "Yeni yol"}, None),), ())
    report = diff(old, new).to_text(lang="ru")
    assert "примечание: Eski yol → Yeni yol" in report
    assert "на английском" not in report


def test_data_are_not_read_as_texts() -> None:
    old = FeatureCollection((Feature("a", {"status": "{x}", "kind": "{count}"}, None),), ())
    new = FeatureCollection((Feature("a", {"status": "open", "kind": "road"}, None),), ())
    report = diff(old, new).to_text(lang="ru")
    assert "состояние: {x} → открыта" in report
    assert "вид: {count} → дорога" in report


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(BadOption, match="'xx': the catalogue lists en, az, hy, ru"):
        _diffs()["zone"].to_markdown(lang="xx")


def test_english_needs_no_package_for_languages() -> None:
    code = (
        "import sys; from pkzone.cli import pkzone; "
        "pkzone(['diff', 'zone@2020-12-01', 'zone@2022-09-01'], standalone_mode=False); "
        "assert 'babel' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
