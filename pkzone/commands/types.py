"""Types of arguments and options: the day that ``today`` is, and what a shell completes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

import click
from click.types import StringParamType

from pkzone.commands.output import warn
from pkzone.errors import BadDate, did_you_mean
from pkzone.layers import terms

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from pkzone.layers.catalogue import Catalogue

__all__ = [
    "BOUND",
    "CHANGE_KINDS",
    "DAY",
    "DAYS",
    "EVENT",
    "FEATURE",
    "FILE",
    "FOLDER",
    "FULL_FEATURE",
    "KIND",
    "LANGUAGE",
    "LANGUAGES",
    "LAYER",
    "MATCH_STEPS",
    "PLACE",
    "RANGE",
    "REF",
    "SOURCE",
    "STATUS",
    "TRAFFIC",
    "Choice",
]

Candidates = Callable[["Catalogue", click.Context, str], Iterable[str]]
_TODAY = "today"
_READ_BYTES = 4_000_000  # a fifth of a second


class Choice(click.Choice[str]):
    """One of several words; a word that is not one of them suggests the near one."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Return why the value is refused."""
        reason = super().get_invalid_choice_message(value, ctx)
        hint = did_you_mean(value, self.choices)
        return f"{reason.rstrip('.')}; {hint.strip()}" if hint else reason


class Words(StringParamType):
    """Words with commas between; a shell completes the last one with those not yet named.

    Parameters
    ----------
    words : callable
        What returns the words that there are.
    """

    def __init__(self, words: Callable[[], Iterable[str]]) -> None:
        self.words = words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the words as they are typed."""
        if isinstance(value, tuple):
            return value
        return tuple(word.strip() for word in super().convert(value, param, ctx).split(","))

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the list as typed with each word that its last one may become."""
        from click.shell_completion import CompletionItem

        before, comma, last = incomplete.rpartition(",")
        free = [one for one in self.words() if one not in before.split(",")]
        return [CompletionItem(before + comma + one) for one in free if one.startswith(last)]


class Path(StringParamType):
    """A path, taken as it is; a shell completes files (``file``) or folders (``dir``)."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Leave it to the shell."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(incomplete, type=self.kind)]


class Named(StringParamType):
    """Something that a catalogue has a name for; a shell completes those that begin as typed.

    Parameters
    ----------
    candidates : callable
        From the catalogue, the context and what is typed to what may be meant. What begins
        otherwise is left out later.
    files : bool, optional
        It may be the path of a file too.
    """

    def __init__(self, candidates: Candidates, *, files: bool = False) -> None:
        self.candidates = candidates
        self.files = files

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the names that begin as typed; none where the catalogue cannot be read."""
        from click.shell_completion import CompletionItem

        names: Iterable[str] = ()
        with suppress(Exception):  # a message would land in the line that is typed
            names = [*self.candidates(_catalogue(ctx), ctx, incomplete)]
        fitting = dict.fromkeys(one for one in names if one.startswith(incomplete))
        if self.files and not fitting:
            return [CompletionItem(incomplete, type="file")]
        return [CompletionItem(one) for one in fitting if one.isprintable()]


class Day(Named):
    """A date; ``today`` and other ways to write a day become ``YYYY-MM-DD``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the day; what is none, a month among it, stays for the command to judge."""
        text = super().convert(value, param, ctx)
        return text if ctx is None else _as_day(text, ctx)


class Days(Day):
    """Dates with commas between; a shell completes the last one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the days, each as `Day` has it."""
        if isinstance(value, tuple):
            return value
        return tuple(super(Days, self).convert(one.strip(), param, ctx) for one in value.split(","))

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the list as typed with each date that its last one may become."""
        from click.shell_completion import CompletionItem

        before, comma, last = incomplete.rpartition(",")
        days = super().shell_complete(ctx, param, last)
        return [CompletionItem(before + comma + one.value) for one in days]


class Reference(Named):
    """A reference; the dates after ``LAYER@`` become ``YYYY-MM-DD``."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the reference with its days, a path unchanged."""
        text = super().convert(value, param, ctx)
        layer, at, version = text.partition("@")
        if ctx is None or not at:
            return text
        days = "".join(_as_day(part, ctx) for part in version.partition(".."))
        return f"{layer}@{days}" if days != version and layer in _catalogue(ctx) else text


def _as_day(text: str, ctx: click.Context) -> str:
    """Return the one day that a text names as ``YYYY-MM-DD``, other texts unchanged."""
    from pkzone.layers.dates import parse_day, period_of

    with suppress(BadDate):
        parse_day(text)
        return text
    if text == _TODAY:
        return _today(ctx)
    if text[:1].isdigit():
        with suppress(BadDate):
            first, last = period_of(text, _catalogue(ctx).time_zone)
            return first.isoformat() if first == last else text
    return text


def _today(ctx: click.Context) -> str:
    """Return the civil date in the catalogue's time zone, and print it once."""
    from datetime import datetime

    from pkzone.layers.dates import time_zone

    zone = _catalogue(ctx).time_zone
    key = f"{__name__}.{_TODAY}"
    if key not in ctx.meta:
        ctx.meta[key] = datetime.now(time_zone(zone)).date().isoformat()
        if not ctx.resilient_parsing:
            warn(f"note: today is {ctx.meta[key]} ({zone})")
    day: str = ctx.meta[key]
    return day


def _catalogue(ctx: click.Context) -> Catalogue:
    """Return the catalogue that the command line names, read once."""
    key = f"{__name__}.catalogue"
    if key not in ctx.meta:
        from pkzone.layers.catalogue import catalogue

        ctx.meta[key] = catalogue(
            ctx.params.get("catalogue") or ctx.find_root().params.get("catalogue")
        )
    opened: Catalogue = ctx.meta[key]
    return opened


def _layers(catalogue: Catalogue, _ctx: click.Context, _typed: str) -> Iterable[str]:
    return catalogue


def _references(catalogue: Catalogue, ctx: click.Context, typed: str) -> Iterable[str]:
    layer, at, version = typed.partition("@")
    if not at:
        return catalogue
    first, dots, _ = version.partition("..")
    if not dots:
        return (f"{layer}@{one}" for one in catalogue[layer])
    begins = _first_day(first, catalogue, ctx) if first else date.min
    return (
        f"{layer}@{first}..{one.id}"
        for one in catalogue[layer].versions
        if one.valid_from >= begins
    )


def _first_day(text: str, catalogue: Catalogue, ctx: click.Context) -> date:
    """Return the first day of what stands before the dots of a range."""
    from pkzone.layers.dates import period_of

    return period_of(_as_day(text, ctx), catalogue.time_zone)[0]


def _days(catalogue: Catalogue, _ctx: click.Context, _typed: str) -> Iterable[str]:
    days = {one.valid_from for layer in catalogue.layers for one in layer.versions}
    return (*map(str, sorted(days)), _TODAY)


def _features(catalogue: Catalogue, ctx: click.Context, typed: str) -> Iterable[str]:
    """Return the ids of features, ``LAYER/ID`` where that is typed: of the layer named, or all."""
    if "/" in typed:
        return _full_features(catalogue, ctx, typed)
    named = ctx.params.get("layer")
    return sorted({one for _, one in _ids(catalogue, [named.partition("@")[0]] if named else [])})


def _full_features(catalogue: Catalogue, _ctx: click.Context, typed: str) -> Iterable[str]:
    layer, slash, _ = typed.partition("/")
    return sorted({f"{name}/{one}" for name, one in _ids(catalogue, [layer] if slash else [])})


def _ids(catalogue: Catalogue, layers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the layer and id of features: of the newest versions that are read in no time."""
    left = _READ_BYTES
    for version in (
        one for name in layers or catalogue for one in reversed(catalogue[name].versions)
    ):
        left -= version.size_bytes
        if left < 0:
            return
        for feature in version.features().features:
            yield version.layer, str(feature.id)


def _places(catalogue: Catalogue, _ctx: click.Context, _typed: str) -> Iterable[str]:
    """Return the names of the places in all languages, each form of a double name for itself.

    Of those that say where they lie, where there are any: posts and nodes are seldom meant.
    """
    from pkzone.queries.place_index import PlaceIndex

    places = PlaceIndex.of(catalogue).places
    stated = [place for place in places if place.is_stated] or places
    return [form for place in stated for name in place.names for form in name.split(" / ")]


def _sources(catalogue: Catalogue, _ctx: click.Context, _typed: str) -> Iterable[str]:
    return (str(one["id"]) for one in catalogue.sources)


def _events(catalogue: Catalogue, _ctx: click.Context, _typed: str) -> Iterable[str]:
    return (one.id for one in catalogue.events)


def _kinds(catalogue: Catalogue, _ctx: click.Context, _typed: str) -> Iterable[str]:
    used = sorted({one.kind for one in catalogue.events if one.kind})
    return used or (one.word for one in terms.EVENT_KINDS)


def _traffic(_catalogue: Catalogue, _ctx: click.Context, _typed: str) -> Iterable[str]:
    return (one.word for one in terms.TRAFFIC if one.word != "none")


def _statuses(catalogue: Catalogue, ctx: click.Context, _typed: str) -> Iterable[str]:
    """Return the statuses in the version that is named, if any and if it is read in no time."""
    # Before the value of an option is there, click leaves the arguments unread.
    ref = ctx.params.get("ref") or next(iter(ctx.args), "")
    if ref.partition("@")[0] in catalogue:
        version = catalogue.version(ref)
        if version.size_bytes < _READ_BYTES:
            found = {one.properties.get("status") for one in version.features().features}
            return sorted(one for one in found if isinstance(one, str))
    return (one.word for one in terms.STATUSES)


def _change_kinds() -> Iterable[str]:
    from pkzone.compare.result import KINDS

    return KINDS


def _measures(_catalogue: Catalogue, _ctx: click.Context, _typed: str) -> Iterable[str]:
    from pkzone.compare.bounds import MEASURES

    return MEASURES


def _match_steps() -> Iterable[str]:
    from pkzone.compare.match import STEPS

    return STEPS


def _all_languages() -> Iterable[str]:
    from pkzone.i18n.messages import LANGUAGES

    return LANGUAGES


def _languages(catalogue: Catalogue, _ctx: click.Context, _typed: str) -> Iterable[str]:
    return catalogue.languages


FILE, FOLDER = Path("file"), Path("dir")
LAYER = Named(_layers)
REF = Reference(_references, files=True)
"""One version, or a file."""
RANGE = Reference(_references)
"""A layer, one of its versions, or a range of them."""
DAY, DAYS = Day(_days), Days(_days)
FEATURE = Named(_features)
FULL_FEATURE = Named(_full_features)
"""A feature with its layer, ``LAYER/ID``."""
PLACE = Named(_places)
SOURCE = Named(_sources)
EVENT = Named(_events)
BOUND = Named(_measures)
CHANGE_KINDS, MATCH_STEPS = Words(_change_kinds), Words(_match_steps)
LANGUAGE, LANGUAGES = Named(_languages), Words(_all_languages)
KIND = Named(_kinds)
TRAFFIC = Named(_traffic)
STATUS = Named(_statuses)
