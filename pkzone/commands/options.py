"""Options that several commands share, each declared once."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import wraps
from math import isnan
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import click
from click.core import ParameterSource

from pkzone.commands.output import warn
from pkzone.commands.types import DAY, FILE, FOLDER, LANGUAGE, LANGUAGES, Choice
from pkzone.errors import VersionNotFound
from pkzone.table import ENDINGS, FORMATS

if TYPE_CHECKING:
    from pkzone.layers.catalogue import Catalogue

__all__ = [
    "CATALOGUE_KEY",
    "NAME_IT",
    "OWN_STORY",
    "Destination",
    "Seconds",
    "catalogue_folder",
    "catalogue_folder_option",
    "catalogue_option",
    "coordinate_options",
    "dry_run_option",
    "file_layers_option",
    "file_properties_options",
    "forgotten_catalogue",
    "format_option",
    "is_typed",
    "json_option",
    "language_option",
    "lock_timeout_option",
    "may_replace",
    "open_catalogue",
    "output_option",
    "overwrite_option",
    "page_language_options",
    "page_options",
    "story_option",
    "table_options",
    "tagged_option",
    "title_option",
]

Decorator: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]

CATALOGUE_KEY = "pkzone.catalogue"
"""Where the context keeps the folder that ``--catalogue`` before a command names."""
OWN_STORY = ""
"""What ``--story`` is without a name."""
NAME_IT = "--catalogue . (or PKZONE_CATALOGUE=.)"


class Seconds(click.FloatRange):
    """A finite number of seconds."""

    def __init__(self, *, minimum: float) -> None:
        super().__init__(min=minimum, max=1_000_000)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number; nan, which passes every comparison, is refused."""
        number: float = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"{value} is not a number", param, ctx)
        return number


json_option = click.option("--json", "as_json", is_flag=True, help="Short for -f json.")


def output_option(
    default: str | None = None,
    help: str = "File to write, - for standard output.",  # noqa: A002
) -> Decorator:
    """Declare ``-o/--output``, a path; a file of the name that is the default is replaced."""
    if default not in (None, "-"):
        help = f"{help} That of the default name is replaced, any other only with --overwrite."  # noqa: A001
    return click.option(
        "-o",
        "--output",
        metavar="PATH",
        type=FILE,
        default=default,
        show_default=bool(default),
        help=help,
    )


def file_layers_option(of: str = "") -> Decorator:
    """Declare ``--layer``, which chooses layers of a file that holds several, as ``layers``."""
    return click.option(
        "--layer",
        "layers",
        metavar="NAME",
        multiple=True,
        help=f"Layer to read{of}; may be repeated.",
    )


def overwrite_option(files: str = "a file that exists") -> Decorator:
    """Declare ``--overwrite``."""
    return click.option("--overwrite", is_flag=True, help=f"Replace {files}.")


def may_replace(overwrite: bool) -> bool:
    """Tell whether the output may replace a file: where its name was typed, only if asked to."""
    return overwrite or not is_typed("output")


def is_typed(name: str) -> bool:
    """Tell whether an option was given, or has its default."""
    source = click.get_current_context().get_parameter_source(name)
    return source is not ParameterSource.DEFAULT


def format_option(
    forms: Sequence[str],
    default: str | None = None,
    help: str = "Form of the report.",  # noqa: A002
) -> Decorator:
    """Declare ``-f/--format``, one of several; the command takes it as ``form``."""
    return click.option(
        "-f",
        "--format",
        "form",
        type=Choice(forms),
        default=default,
        show_default=bool(default),
        help=help,
    )


class Destination(NamedTuple):
    """Where a command writes what it has to say, and in which format."""

    form: str
    path: str
    overwrite: bool = False

    @classmethod
    def of(
        cls, form: str | None, path: str, *, overwrite: bool, as_json: bool, forms: Sequence[str]
    ) -> Destination:
        """Return what the options say; without a format the extension of the path chooses one."""
        if as_json and form not in (None, "json"):
            raise click.UsageError(f"--json and -f {form} exclude each other; choose one")
        form = "json" if as_json else form or _form_of_path(path, forms)
        return cls(form, path, overwrite)


def table_options(*more: str) -> Decorator:
    """Declare ``-f``, ``-o``, ``--overwrite`` and ``--json`` of a command that prints a table.

    The command takes a `Destination` as ``destination``. Without ``-f`` the extension of the path
    chooses the format; an ending that belongs to none is refused.

    Parameters
    ----------
    *more : str
        Formats beside those of every table, such as ``geojson``.
    """
    forms = tuple(dict.fromkeys((*FORMATS, *more)))

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def chosen(
            *args: Any,
            form: str | None,
            output: str,
            overwrite: bool,
            as_json: bool,
            **kwargs: Any,
        ) -> Any:
            destination = Destination.of(
                form, output, overwrite=overwrite, as_json=as_json, forms=forms
            )
            return function(*args, destination=destination, **kwargs)

        form_option = format_option(
            forms, help="Format.  [default: by the extension of PATH, else text]"
        )
        return form_option(output_option("-")(overwrite_option()(json_option(chosen))))

    return declare


def _form_of_path(path: str, forms: Sequence[str]) -> str:
    """Return the format that a file's ending chooses; text for standard output."""
    if path == "-":
        return "text"
    ending = PurePath(path).suffix.lower()
    for form in forms:
        if ENDINGS.get(form) == ending:
            return form
    endings = ", ".join(ENDINGS[form] for form in forms if form in ENDINGS)
    raise click.UsageError(f"{path}: its extension chooses no format; use {endings}, or say -f")


def language_option(use: str) -> Decorator:
    """Declare ``--lang``; English by default."""
    return click.option(
        "--lang",
        metavar="CODE",
        type=LANGUAGE,
        default="en",
        show_default=True,
        help=f"Language {use}, one that the catalogue lists.",
    )


def page_language_options(use: str = "that the page opens in") -> Decorator:
    """Declare ``--lang`` and ``--languages`` of a page; the reader's browser decides by default."""
    lang = click.option(
        "--lang",
        metavar="CODE",
        type=LANGUAGE,
        help=f"Language {use}, one that the catalogue lists.  [default: that of the "
        "reader's browser, else en]",
    )
    languages = click.option(
        "--languages",
        metavar="CODE,...",
        type=LANGUAGES,
        help="Limit the page to these of its languages; a reader whose browser has none of them "
        "gets the first.",
    )
    return lambda function: lang(languages(function))


def title_option(help: str) -> Decorator:  # noqa: A002
    """Declare ``--title``."""
    return click.option("--title", metavar="TEXT", help=help)


def tagged_option(help: str) -> Decorator:  # noqa: A002
    """Declare ``--with``, a table that ``pkzone tag`` wrote; the command takes it as ``tagged``."""
    return click.option("--with", "tagged", type=FILE, metavar="TAGGED", help=help)


def story_option(help: str) -> Decorator:  # noqa: A002
    """Declare ``--story``, a file, or `OWN_STORY` where it is named without one."""
    return click.option(
        "--story",
        metavar="[STORY]",
        type=FILE,
        is_flag=False,
        flag_value=OWN_STORY,
        help=f"{help}: STORY is a file that passes 'pkzone story check'. Without STORY, the "
        "catalogue's own story; the option then comes last, or before another option.",
    )


def coordinate_options(
    column: str = "Column", units: tuple[str, str] = ("in degrees", "in degrees")
) -> Decorator:
    """Declare ``--lon`` and ``--lat``, names of columns."""
    lon, lat = (
        click.option(name, metavar="COLUMN", help=f"{column} with the {coordinate}, {unit}.")
        for name, coordinate, unit in zip(
            ("--lon", "--lat"), ("longitude", "latitude"), units, strict=True
        )
    )
    return lambda function: lon(lat(function))


def file_properties_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare ``--color-by``, ``--label``, ``--time`` and ``--time-end``: properties of files."""
    options = {
        "--color-by": "Colour the features of files by this property: its values, or classes.",
        "--label": "Label the features of files with this property.",
        "--time": "Show each feature of files from the date in this property.",
        "--time-end": "Hide each feature of files from the date in this property.",
    }
    for name, text in reversed(options.items()):
        function = click.option(name, metavar="PROPERTY", help=text)(function)
    return function


def page_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare what a page loads: ``--tiles``, ``--tiles-attribution`` and ``--assets``."""
    tiles = click.option(
        "--tiles",
        metavar="URL|NAME",
        help="Background from a tile server: an https address with {z}, {x} and {y}, or a name "
        "that xyzservices knows.",
    )
    attribution = click.option(
        "--tiles-attribution", metavar="TEXT", help="Credit for the tiles of an address."
    )
    assets = click.option(
        "--assets",
        metavar="DIR",
        type=FOLDER,
        help="Write scripts and styles as files there, for sites that allow no inline code.",
    )
    return tiles(attribution(assets(function)))


def _nearest(ctx: click.Context, _param: click.Parameter, folder: str | None) -> str | None:
    """Return the folder given after the command's name, else the one given before it."""
    before: str | None = ctx.meta.get(CATALOGUE_KEY)
    return before if folder is None else folder


catalogue_folder_option = click.option(
    "--catalogue",
    metavar="DIR",
    type=FOLDER,
    is_eager=True,
    callback=_nearest,
    help="Folder of a catalogue other than the shipped one.",
)
"""For a command that opens the catalogue itself, with `open_catalogue`, if it needs one."""


lock_timeout_option = click.option(
    "--lock-timeout",
    metavar="S",
    type=Seconds(minimum=0),
    default=10.0,
    show_default=True,
    help="Seconds to wait while another process changes the catalogue.",
)
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Report what would change, without writing anything."
)


def catalogue_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare ``--catalogue`` and ``--known-on``; hand the command the opened Catalogue."""

    @wraps(function)
    def opened(*args: Any, catalogue: str | None, known_on: str | None, **kwargs: Any) -> Any:
        return function(*args, catalogue=open_catalogue(catalogue, known_on=known_on), **kwargs)

    dated = click.option(
        "--known-on",
        metavar="DATE",
        type=DAY,
        help="Leave out what was published or corrected after DATE.",
    )
    return catalogue_folder_option(dated(opened))


def forgotten_catalogue() -> bool:
    """Tell whether this folder holds a catalogue, which no command takes unless it is named."""
    from pkzone.layers.catalogue import SHIPPED

    # any Data Package has the first; with the others it is one that `init` made
    names = ("datapackage.json", "sources.json", "events.json")
    return all(map(os.path.isfile, names)) and not Path().samefile(SHIPPED)


def catalogue_folder(named: str | None) -> str:
    """Return the folder that was named, else the shipped one; note a catalogue in this folder."""
    from pkzone.layers.catalogue import SHIPPED

    if named is None and forgotten_catalogue():
        warn(f"note: this folder holds a catalogue; {NAME_IT} uses it")
    return SHIPPED if named is None else named


def open_catalogue(named: str | None, *, known_on: str | None = None) -> Catalogue:
    """Open the catalogue in a folder, else the shipped one; refuse one without any record yet."""
    from pkzone.layers.catalogue import catalogue

    folder = catalogue_folder(named)
    opened = catalogue(folder, known_on=known_on)
    if known_on is None or any(layer.versions for layer in opened.layers):
        return opened
    recorded = [record.recorded for layer in catalogue(folder).layers for record in layer.records]
    if recorded:
        raise VersionNotFound(
            f"nothing was recorded by {known_on}; the first record is of {min(recorded)}"
        )
    return opened
