"""A file's history in git as a layer: each state that a commit gave it is a version."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import zip_longest

from pkzone.errors import RevisionNotFound, printable
from pkzone.files.filetypes import title_of_path
from pkzone.formats import any_file
from pkzone.geojson.model import FeatureCollection
from pkzone.layers.identity import identified
from pkzone.layers.model import Layer, Version
from pkzone.revisions.absence import absence
from pkzone.revisions.log import Commit, commits_of, renamed_from, renamed_to
from pkzone.revisions.names import FileRange, FileState
from pkzone.revisions.repository import Repository
from pkzone.text_layout import counted

__all__ = ["FileVersion", "layer_of_file"]

RECORDED = (
    "Dates are those of commits, in UTC: they tell when a state was recorded, not since when it "
    "held on the ground."
)


class FileVersion(Version):
    """A state of a file in git, from the commit that gave it.

    ``source`` is the reference by which it is read, with the whole hash; empty where the commit
    removed the file, which counts as a state without features. ``file_layers`` are those to read
    of a file that holds several. What the content says of it is read when it is asked for.
    """

    source: str
    file_layers: tuple[str, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileVersion) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[str, str, tuple[str, ...]]:
        return self.file, self.id, self.file_layers

    @property
    def ref(self) -> str:
        """The reference of the state, ``a1b2c3d:roads.geojson``."""
        return self.file

    def read_bytes(self) -> bytes:
        """Return the content as a checkout would give it; nothing of a file that was removed."""
        from pkzone.revisions.checkout import opened  # late: listing needs none

        if not self.source:
            return b""
        with opened(self.source, self.file) as file:
            return file.read()

    def features(self) -> FeatureCollection:
        """Return the features with the ids that they are known by; see `identified`."""
        if not self.source:
            return FeatureCollection((), ())
        layers = self.file_layers
        read = any_file.read(self.source, layers=layers, check_validity=False, name=self.file)
        return identified(read, self.file)

    @cached_property
    def feature_count(self) -> int:
        """How many features it has."""
        return len(self.features().features)


def layer_of_file(
    states: FileRange, text: str, layers: Sequence[str] = ()
) -> tuple[Layer, tuple[Version, ...]]:
    """Return a file's history up to the end of a range as a layer, and the versions in the range.

    Parameters
    ----------
    states : FileRange
        The file, and the revisions between which its states are asked for. Those are the one at
        the first revision, and what commits on the first-parent line of the last one, and not
        reached from the first, made of it.
    text : str
        The reference as it was written: the layer is called so.
    layers : sequence of str, optional
        The layers to read, where the file holds several.

    Returns
    -------
    tuple of Layer and tuple of Version
        Versions in the order of the line, whatever the clocks said; commits that left the content
        as it was, such as renames, are none.

    Raises
    ------
    RevisionNotFound, GitError
        There is no such revision, or the file never was in one.
    VersionNotFound
        The file comes up neither at the first revision nor after it.
    """
    repository = Repository()
    last = repository.commit(states.last)
    first = None if states.first is None else repository.commit(states.first)
    path = repository.full_path(states.path)
    within = [*commits_of(repository, last, path, since=first)]
    before = within[-1].path if within else path
    if within and within[-1].is_new:
        before = renamed_from(repository, within[-1].hash, before) or before
    earlier = [*commits_of(repository, first, before)] if first is not None else []
    if not within and not earlier:
        raise _without_history(repository, states, path, text)
    _refuse_old_name(repository, (within or earlier)[0], path)
    commits, begun = _changing([*reversed(earlier)], [*reversed(within)])
    versions = tuple(_versions(commits, text, layers))
    layer = Layer(
        text, title_of_path(path), "", versions, versions, notes=tuple(_notes(repository, commits))
    )
    return layer, versions[begun:]


def _without_history(
    repository: Repository, states: FileRange, path: str, text: str
) -> RevisionNotFound:
    """Return the error for a file that no commit of a range and none before it has."""
    tree = repository.tree(states.last)
    if inner := repository.submodule(tree, path):
        return RevisionNotFound(
            f"{printable(path, None)} is in the submodule {printable(inner.path, None)}, which has "
            "a history of its own; change into it"
        )
    state = FileState(states.last, states.path)
    return absence(repository, state, path, tree, asked=text.removesuffix(states.path))


def _refuse_old_name(repository: Repository, newest: Commit, path: str) -> None:
    """Refuse a name under which the file ends only because it has another one since."""
    if newest.blob:
        return
    found = renamed_to(repository, newest.hash, path)
    if found is not None:
        name = printable(found[0], None)
        raise RevisionNotFound(
            f"{printable(path, None)} was renamed to {name} by {found[1][:10]}; name {name}, "
            "whose history has both"
        )


def _changing(earlier: Sequence[Commit], within: Sequence[Commit]) -> tuple[list[Commit], int]:
    """Return the commits that changed the content, oldest first, and where the range begins."""
    kept: list[Commit] = []
    begun = 0
    for commits in (earlier, within):
        begun = max(len(kept) - 1, 0)  # the last one before the range is the state at its start
        for commit in commits:
            if not kept or kept[-1].blob != commit.blob:
                kept.append(commit)
    return kept, begun


def _versions(commits: Sequence[Commit], text: str, layers: Sequence[str]) -> Iterator[Version]:
    days = in_order([_day(commit) for commit in commits])
    seen: Counter[date] = Counter()
    for commit, day, until in zip_longest(commits, days, days[1:]):
        seen[day] += 1
        yield FileVersion.of(
            layer=text,
            id=f"{day}.{seen[day]}" if seen[day] > 1 else f"{day}",
            record=1,
            valid_from=day,
            valid_to=until,
            recorded=_day(commit),
            title=commit.subject,
            events=(),
            source_ids=(),
            bbox=None,
            licenses=(),
            withdrawn="",
            root="",
            file=f"{commit.short}:{commit.path}",
            schema_file="",
            stated_sources=(),
            source=f"{commit.hash}:{commit.path}" if commit.blob else "",
            file_layers=tuple(layers),
        )


def _day(commit: Commit) -> date:
    return datetime.fromtimestamp(commit.seconds, UTC).date()


def in_order(days: Sequence[date]) -> list[date]:
    """Return days none of which is before the one it follows, as many as can be as they were.

    A day that is out of order, of a clock that was wrong, becomes that of the one before it.

    Examples
    --------
    >>> days = [date(2024, 5, 1), date(1970, 1, 1), date(2024, 5, 3)]
    >>> [str(day) for day in in_order(days)]
    ['2024-05-01', '2024-05-01', '2024-05-03']
    """
    # Longest run of days in order, of several the one that begins first. Read from the end,
    # negated, ends[n] is the smallest number that ends one of n + 1 days.
    ends: list[int] = []
    lengths = []
    for number in (-day.toordinal() for day in reversed(days)):
        place = bisect_right(ends, number)
        ends[place : place + 1] = [number]
        lengths.append(place)
    kept: dict[int, date] = {}
    wanted, latest = len(ends) - 1, date.min
    for index, (day, length) in enumerate(zip(days, reversed(lengths), strict=True)):
        if length == wanted and day >= latest:
            latest = kept[index] = day
            wanted -= 1
    first = next(iter(kept.values()), date.min)
    result: list[date] = []
    for number in range(len(days)):
        result.append(kept.get(number, result[-1] if result else first))
    return result


def _notes(repository: Repository, commits: Sequence[Commit]) -> Iterator[str]:
    yield RECORDED
    days = [_day(commit) for commit in commits]
    moved = sum(was != now for was, now in zip(days, in_order(days), strict=True))
    if moved:
        yield (
            f"Dated out of order: {counted(moved, 'commit')}; such a state is given the day of the "
            "one before."
        )
    if repository.is_shallow:
        yield "The clone is shallow: git fetch --unshallow brings what is older."
