"""Lay out the lines of a JSON list or object with conflict markers, JSON whichever side is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

__all__ = ["MARKER_SIZE", "lines_with_markers"]

MARKER_SIZE = 7

Entry = tuple[bytes | None, bytes | None]


def lines_with_markers(entries: Sequence[Entry], size: int = MARKER_SIZE) -> list[bytes]:
    """Return the lines of the entries, with commas, those in conflict between markers.

    Whichever side is kept of each conflict, what remains is JSON: an entry ends in a comma unless
    it is the last. For that, what may vanish never stands last: it goes before the last that
    stays, or shares its markers if that is in conflict too; if all may vanish, all share one pair.

    Parameters
    ----------
    entries : sequence of pairs of bytes or None
        The text of each entry on both sides, without its comma; None where it is not there.
    size : int, optional
        Characters of a conflict marker.

    Examples
    --------
    >>> lines_with_markers([(b"1", b"1"), (b"2", b"3"), (b"4", b"4")], 2)
    [b'1,', b'<< ours', b'2,', b'==', b'3,', b'>> theirs', b'4']
    """
    lasting = [number for number, entry in enumerate(entries) if None not in entry]
    last = lasting[-1] if lasting else 0
    blocks = [[entry] for entry in entries[:last]]
    if lasting and entries[last][0] == entries[last][1]:
        blocks += [*([entry] for entry in entries[last + 1 :]), [entries[last]]]
    else:
        blocks.append(list(entries[last:]))
    lines: list[bytes] = []
    for number, block in enumerate(blocks, start=1):
        ours, theirs = (
            _joined([entry[side] for entry in block], last=number == len(blocks)) for side in (0, 1)
        )
        lines += ours if ours == theirs else _marked(ours, theirs, size)
    return lines


def _joined(entries: list[bytes | None], *, last: bool) -> list[bytes]:
    there = [entry for entry in entries if entry is not None]
    if not last:
        return [entry + b"," for entry in there]
    return [entry + b"," for entry in there[:-1]] + there[-1:]


def _marked(ours: list[bytes], theirs: list[bytes], size: int) -> Iterator[bytes]:
    yield b"<" * size + b" ours"
    yield from ours
    yield b"=" * size
    yield from theirs
    yield b">" * size + b" theirs"
