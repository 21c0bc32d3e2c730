"""``pkzone diff``: what differs between two versions, files or layers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from pkzone.commands.framework import FINDINGS, Command
from pkzone.commands.options import (
    Destination,
    catalogue_option,
    file_layers_option,
    page_language_options,
    page_options,
    table_options,
)
from pkzone.commands.output import layout, print_report, warn, wrote
from pkzone.commands.records import beyond
from pkzone.commands.types import BOUND, CHANGE_KINDS, MATCH_STEPS, REF
from pkzone.errors import BadOption, did_you_mean
from pkzone.reports import FORMATS, formats_of, render

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pkzone.compare.bounds import Bound
    from pkzone.compare.result import Diff
    from pkzone.layers.catalogue import Catalogue


def _metres(ctx: click.Context, param: click.Parameter, value: float) -> float:
    if math.isfinite(value) and value >= 0:
        return value
    raise click.BadParameter("must be a number of metres, 0 or more", ctx, param)


def _kinds(
    ctx: click.Context, param: click.Parameter, chosen: tuple[str, ...] | None
) -> Collection[str] | None:
    if chosen is None:
        return None
    from pkzone.compare.result import KINDS

    unknown = sorted(set(chosen).difference(KINDS))
    if unknown:
        hint = did_you_mean(unknown[0], KINDS)
        reason = f"{unknown[0]!r} is not a kind of change; {hint}choose from {', '.join(KINDS)}"
        raise click.BadParameter(reason, ctx, param)
    return set(chosen)


def _steps(
    ctx: click.Context, param: click.Parameter, steps: tuple[str, ...] | None
) -> tuple[str, ...] | None:
    if steps is None:
        return None
    from pkzone.compare.match import order_of

    try:
        return order_of(steps)
    except BadOption as error:
        raise click.BadParameter(str(error), ctx, param) from None


def _bounds(ctx: click.Context, param: click.Parameter, texts: Sequence[str]) -> tuple[Bound, ...]:
    if not texts:
        return ()
    from pkzone.compare.bounds import parse_bound

    try:
        return tuple(map(parse_bound, texts))
    except BadOption as error:
        raise click.BadParameter(str(error), ctx, param) from None


@click.command(
    "diff",
    cls=Command,
    examples=(
        "pkzone diff corridor@2020-12-01 corridor@2022-09-01",
        "pkzone diff zone@2020-12-01 zone@2022-09-01 -o zone.html",
        "pkzone diff zone@2020-12-01 zone@2022-09-01 --lang ru",
        "pkzone diff old.geojson new.geojson --only added,removed --exit-code",
        "pkzone diff old.geojson new.geojson --match id,property",
        "pkzone diff old.geojson new.geojson --fail-on 'moved>100m' --fail-on 'removed>0'",
        "pkzone diff old.gpkg new.gpkg --layer roads --id CODE",
        "pkzone diff corridor@2020-12-01 corridor --affected places --within 5000",
        "pkzone diff corridor --each",
        "pkzone diff HEAD~1:roads.geojson roads.geojson",
        "pkzone diff v1.0..:roads.geojson --each",
        "pkzone diff corridor@2020-12..2023-04 --each",
        "pkzone diff zone@2022-08-26 zone@2022-08-30 -f csv",
        "pkzone diff corridor@2022-08-30 --records",
    ),
)
@click.argument("base", type=REF)
@click.argument("target", type=REF, required=False)
@table_options(*formats_of("diff"))
@click.option(
    "--tolerance",
    "tolerance_m",
    metavar="M",
    type=float,
    default=25.0,
    show_default=True,
    callback=_metres,
    help="Lines no farther apart than M metres count as the same.",
)
@click.option(
    "--only",
    "kinds",
    metavar="KIND,...",
    type=CHANGE_KINDS,
    callback=_kinds,
    help="List changes of these kinds only: added, removed, modified, split, merged, renamed.",
)
@click.option(
    "--affected",
    metavar="REF",
    type=REF,
    help="Also list the features of REF, such as places, that the change may put inside or outside "
    "the zone, or within or beyond reach of a route.",
)
@click.option(
    "--within",
    "within_m",
    metavar="M",
    type=float,
    default=2500.0,
    show_default=True,
    callback=_metres,
    help="For --affected: how far from a route its reach goes, in metres.",
)
@click.option(
    "--id",
    "id_property",
    metavar="PROPERTY,...",
    help="Property that identifies features whose ids do not, or several that do so together; auto "
    "takes the property that a note of the report suggests.",
)
@click.option(
    "--match",
    metavar="STEP,...",
    type=MATCH_STEPS,
    callback=_steps,
    help="The steps by which features are matched, in order: id, property (one that every feature "
    "has, with a value of its own), geometry, near (by shape and distance).  "
    "[default: id,geometry,near]",
)
@file_layers_option(" of files that hold several")
@click.option(
    "--across",
    is_flag=True,
    help="Compare versions of two different layers; the report says so.",
)
@click.option(
    "--each",
    is_flag=True,
    help="Compare every version of the layer BASE, or of its range LAYER@A..B, or every state of a "
    "file in git, A..B:PATH, with the one before, in one table.",
)
@click.option(
    "--records",
    is_flag=True,
    help="Show what the newest correction of BASE changed: compare its last two records.",
)
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there is a difference.")
@click.option(
    "--fail-on",
    "bounds",
    metavar="CONDITION",
    type=BOUND,
    multiple=True,
    callback=_bounds,
    help="Exit with 1, and say why, if a bound is exceeded, such as 'moved>100m', 'area>=5%' or "
    "'removed>0'. Counts: added, removed, modified, split, merged, renamed, changes. Of any one "
    "feature: moved, length, area, gained, lost. May be repeated.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing except what --fail-on reports.")
@page_language_options("of text and Markdown, or that a page opens in")
@page_options
@catalogue_option
def command(
    catalogue: Catalogue,
    base: str,
    target: str | None,
    destination: Destination,
    kinds: Collection[str] | None,
    each: bool,
    records: bool,
    exit_code: bool,
    bounds: Sequence[Bound],
    quiet: bool,
    tiles: str | None,
    tiles_attribution: str | None,
    assets: str | None,
    lang: str | None,
    languages: tuple[str, ...] | None,
    **options: Any,
) -> None:
    """Compare two versions: what changed, where, by how much.

    BASE and TARGET are references (see pkzone --help). For layers of the catalogue the report
    adds the events that explain the change; for routes, the stretches that are unchanged, no
    longer used and new.
    """
    form, output, _ = destination
    _check(form, base, each=each, records=records, one_reference=target is None)
    _check_page(
        destination,
        {
            "--tiles": tiles or tiles_attribution,
            "--assets": assets,
            "--languages": languages,
        },
    )
    unseen = quiet and output == "-"
    options["evidence"] = not unseen or any(bound.is_measured for bound in bounds)
    diffs, notes = _compared(base, target, catalogue, options, records=records)
    reasons = _reasons(diffs, bounds)  # of all changes, whatever is listed
    if kinds is not None:
        diffs = [_only(diff, kinds) for diff in diffs]
    if not unseen:
        page = {
            "catalogue": catalogue,
            "tiles": tiles,
            "tiles_attribution": tiles_attribution,
            "lang": lang,
            "languages": languages,
        }
        told = _deliver(diffs, destination, page, assets, each=each)
        for line in () if quiet else _remarks(destination, told, lang):
            warn(line)
        # Some formats have no room for them, and a file is not read at once.
        if not quiet and (each or form in ("geojson", "csv", "jsonl") or output != "-"):
            for note in notes if each else diffs[0].notices:
                warn(f"note: {note}")
    if target is not None and not quiet:
        for said in beyond(catalogue, *(ref for ref in (base, target) if "@" in ref)):
            warn(f"note: {said}")
    for reason in reasons:
        warn(reason)
    if reasons or (exit_code and not all(diff.is_empty for diff in diffs)):
        raise click.exceptions.Exit(FINDINGS)


def _deliver(
    diffs: Sequence[Diff],
    destination: Destination,
    page: dict[str, Any],
    assets: str | None,
    *,
    each: bool,
) -> str:
    """Print or write the report, a page perhaps with files beside it; return what to say of it."""
    form, output, overwrite = destination
    if assets is None:
        kind, subject = ("each", diffs) if each else ("diff", diffs[0])
        report = render(form, kind, subject, **layout(output), **page)
        print_report(report, destination)
        return wrote({output: report.encode()})
    from pkzone.maps.diff.page import diff_page

    files, within = diff_page(diffs[0], **page).save(output, overwrite=overwrite, assets=assets)
    return wrote(files, assets, within)


def _remarks(destination: Destination, told: str, lang: str | None) -> Iterator[str]:
    """Yield what is said of a report that is written: where it is, and what its language lacks."""
    from pkzone.i18n.messages import names_only

    if destination.path != "-":
        yield told
    if lang and (note := names_only(lang)):
        yield note


def _check_page(destination: Destination, given: Mapping[str, object]) -> None:
    """Refuse options of a page where the report is none, or has no file for others beside it."""
    named = " and ".join(filter(given.get, given))
    if named and "tiles" not in FORMATS[destination.form].options:
        verb = "is" if named in given else "are"
        raise click.UsageError(f"{named} {verb} for -f html, the one form that is a page")
    if given["--assets"] and destination.path == "-":
        raise click.UsageError("--assets needs a file; leave out -o -")


def _reasons(diffs: Sequence[Diff], bounds: Sequence[Bound]) -> list[str]:
    """Return why bounds are exceeded; of several diffs, of which."""
    if not bounds:
        return []
    from pkzone.compare.bounds import exceeded

    return [
        f"{f'{diff.base.ref} → {diff.target.ref}: ' * (len(diffs) > 1)}--fail-on {reason}"
        for diff in diffs
        for bound in bounds
        if (reason := exceeded(diff, bound))
    ]


def _check(form: str, base: str, *, each: bool, records: bool, one_reference: bool) -> None:
    """Refuse what does not go together."""
    if records and (each or not one_reference):
        raise click.UsageError(
            "--records compares the records of one version; leave out TARGET and --each"
        )
    if one_reference and not (each or records):
        from pkzone.revisions.names import committed

        state = committed(base)
        git = f", and a file with its last commit: pkzone diff {state} {base}" if state else ""
        raise click.UsageError(
            f"Missing argument 'TARGET'; with --each a layer is compared version by version{git}"
        )
    if each and not one_reference:
        raise click.UsageError("--each goes through the versions of one layer; leave out TARGET")
    if each and "each" not in FORMATS[form].inputs:
        raise click.UsageError(f"--each has the forms {', '.join(formats_of('each'))}")


def _correction(ref: str, catalogue: Catalogue, options: dict[str, Any]) -> Diff:
    from pkzone.compare import diff

    version = catalogue.version(ref)
    before, after = catalogue[version.layer].correction(version.id)
    return diff(before, after, catalogue=catalogue, **options)


def _compared(
    base: str, target: str | None, catalogue: Catalogue, options: dict[str, Any], *, records: bool
) -> tuple[list[Diff], tuple[str, ...]]:
    """Return what differs; and of versions one after the other, what is to be known of them."""
    if records:
        found = _correction(base, catalogue, options)
    elif target is None:
        from pkzone.compare.history import each_with_notes

        diffs, notes = each_with_notes(base, catalogue=catalogue, **options)
        return list(diffs), notes
    else:
        from pkzone.compare import diff

        found = diff(base, target, catalogue=catalogue, **options)
    return [found], ()


def _only(diff: Diff, kinds: Collection[str]) -> Diff:
    """Return a diff that lists some kinds of changes, and says so."""
    from dataclasses import replace

    notice = f"Of the features, only those {' or '.join(sorted(kinds))} are listed."
    return replace(
        diff,
        changes=tuple(change for change in diff.changes if change.kind in kinds),
        notices=(*diff.notices, notice),
    )
