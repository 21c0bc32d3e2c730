"""CSV in a stream: the values that the csv module reads, whatever they are."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pkzone.errors import FormatError, LimitExceeded
from pkzone.tagging import table_csv
from pkzone.tagging.table_csv import CsvTable

HEAD = ["id", "lon", "lat"]
CELLS = st.text(
    st.sampled_from('ab1,;"\t\r\n é=+') | st.characters(exclude_categories=["Cs", "Cc"]), max_size=8
)


class Slow(io.BytesIO):
    """Gives few bytes at a time, as a pipe may."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(7, size or 7))


def pieces_of(data: bytes) -> tuple[CsvTable, list[Any]]:
    table = CsvTable(Slow(data), "x.csv")
    return table, list(table.pieces())


def written(rows: list[list[str]], **form: Any) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, **form).writerows(rows)
    return text.getvalue().encode()


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=12),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
@settings(max_examples=60)
def test_rows_are_those_that_were_written(
    rows: list[list[str]], delimiter: str, end: str, quoting: int
) -> None:
    if quoting != csv.QUOTE_ALL:  # the csv module leaves carriage returns without quotes
        rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    data = written([HEAD, *rows], delimiter=delimiter, lineterminator=end, quoting=quoting)
    table, pieces = pieces_of(data)
    assert (table.names, table.delimiter, table.line_end) == (tuple(HEAD), delimiter, end)
    found = [row.values() for piece in pieces for row in piece.arrow().to_pylist()]
    assert [list(row) for row in found] == rows
    assert [piece.first for piece in pieces] == [
        sum(one.rows for one in pieces[:i]) for i in range(len(pieces))
    ]


IRREGULAR = b'id,lon,lat\n1,5" pipe,2\n2,"a "" b",3\n3,"x"y,4\n4,"two\nlines",5\n6,a,b\n'


def test_quotes_in_the_middle_of_cells_are_cells_as_csv_sees_them() -> None:
    expected = list(csv.reader(io.StringIO(IRREGULAR.decode(), newline="")))[1:]
    _, pieces = pieces_of(IRREGULAR)
    found = [list(row.values()) for piece in pieces for row in piece.arrow().to_pylist()]
    assert found == expected
    assert len(found) == 5


def test_the_bytes_of_another_encoding_are_kept() -> None:
    _, pieces = pieces_of(b"id,lon,lat\n\xe9\xff,1,2\n")
    assert pieces[0].batch.column(0)[0].as_buffer().to_pybytes() == b"\xe9\xff"
    assert pieces[0].columns(["lon"])["lon"].to_pylist() == ["1"]
    with pytest.raises(FormatError, match="not UTF-8"):
        pieces[0].arrow()


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"id,lon,lat", 0),
        (b"id,lon,lat\n", 0),
        (b"id,lon,lat\n1,2,3", 1),
        (b"\xef\xbb\xbfid,lon,lat\r\n1,2,3\r\n", 1),
        (b'\xef\xbb\xbf"id",lon,lat\n1,2,3\n', 1),
        (b"id,lon,lat\n\n1,2,3\n\n\r\n4,5,6\n\n", 2),
        (b'"a\nb",lon,lat\n1,2,3\n', 1),
        (b"id,lon,lat\n1,2,\n,,\n", 2),
        (b"id,lon,lat\n1,2,3\r4,5,6\n", 2),
        (b"sep=;\r\nid;lon;lat\r\n1;2,5;3\r\n", 1),
        (b"\xef\xbb\xbfsep=\t\nid\tlon\tlat\n", 0),
    ],
)
def test_rows_are_counted(data: bytes, rows: int) -> None:
    table, pieces = pieces_of(data)
    assert sum(piece.rows for piece in pieces) == rows
    assert table.names[1:] == ("lon", "lat")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\n1,2\n", "begins with an empty line"),
        (b"a,b,c\n1,2\n", "row 1 has 2 cells, the head has 3"),
        (b"a,b,c\n1,2,3\n1,2,3,4\n", "row 2 has 4 cells, the head has 3"),
        (b'a,b,c\n1,2,3\n1,"2,3\n4,5,6\n', "a quote is left open in row 2"),
        (b'a,b,c\n1,2,3\n1,2,"3', "a quote is left open in row 2"),
        (b'a,b,c\n1,2,3\n1,2,"3""', "a quote is left open in row 2"),
        (b"a,b,c\n1,2,3\n\xe9,2\n", "row 2 has 2 cells, the head has 3"),
        (b"a,b,c\n1,2,3\n<<<<<<< ours\n4,5,6\n", "<<<<<<< in line 3"),
        (b'a,b,c\n1,2"2,3\n1,"2,3\n4,5,6\n', "a quote is left open in row 2"),
        (b"a,b,c\r1,2,3\r4,5,6\r", "lines end in a carriage return alone"),
        ("a,b,c\n1,2,3\n".encode("utf-16"), "not text in UTF-8"),
        (b"a,b,c\n\0\0\0", "not text in UTF-8"),
        (b"PAR1\0\0", "is Parquet: rename it to x.parquet"),
        (b"lon,lat\0\n", "not text in UTF-8"),
    ],
)
def test_what_is_no_csv_is_one_clear_line(data: bytes, says: str) -> None:
    def read() -> None:
        for piece in pieces_of(data)[1]:
            piece.columns(["a"])

    with pytest.raises(FormatError, match=says):
        read()


def test_a_million_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes(b",".join(b"c%d" % i for i in range(1_000_000)) + b"\n")
    with path.open("rb") as file, pytest.raises(LimitExceeded, match="more than 10,000 columns"):
        CsvTable(file, "wide.csv")


def test_a_huge_cell_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_csv, "MAX_ROW_BYTES", 1024**2)

    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            first = b'id,lon,lat\n1,"' if not self.given else b""
            self.given += size
            return first + b"x" * (size - len(first))

    source = Endless()
    table = CsvTable(source, "huge.csv")  # type: ignore[arg-type]
    with pytest.raises(LimitExceeded, match="a row after row 0 has more than 16 MiB"):
        list(table.pieces())
    assert source.given <= 2 * 1024**2
