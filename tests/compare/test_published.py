"""Sums of published lengths: whole, exact, as coarse as their parts, and never with a hole."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pkzone.compare.result import PublishedLength, PublishedPart

DECIMALS = st.integers(0, 3).flatmap(
    lambda places: st.decimals("0.001", 9999, places=places).filter(lambda km: km > 0)
)
PARTS = st.builds(
    PublishedPart,
    st.text("abc", min_size=1),
    DECIMALS,
    st.lists(st.text("xyz"), max_size=3).map(tuple),
)
MAYBE = st.one_of(st.none(), PARTS)


def places(km: Decimal) -> int:
    return len(f"{km:f}".partition(".")[2])


@given(parts=st.lists(MAYBE, max_size=6))
def test_a_sum_has_every_part_or_is_none(parts: list[PublishedPart | None]) -> None:
    total = PublishedLength.total(parts)
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or not parts:
        assert total is None
        return
    assert total is not None
    coarsest = min(places(part.km) for part in known)
    exact = sum(part.km for part in known)
    assert abs(Decimal(str(total.km)) - exact) <= Decimal(10) ** -coarsest / 2
    assert places(Decimal(total.text.removesuffix(" km").replace(",", ""))) == coarsest
    assert total.parts == tuple(known)
    assert set(total.sources) == {source for part in known for source in part.sources}
    assert total.is_exact


@given(groups=st.lists(st.lists(MAYBE, max_size=3), max_size=4))
def test_a_sum_of_sums_is_the_sum_of_all_their_parts(
    groups: list[list[PublishedPart | None]],
) -> None:
    whole = PublishedLength.of_all(map(PublishedLength.total, groups))
    if not groups or any(not group or None in group for group in groups):
        assert whole is None
    else:
        assert whole == PublishedLength.total(part for group in groups for part in group)


def test_a_length_stated_for_the_whole_is_no_part_of_a_sum() -> None:
    stated = PublishedLength(80, "more than 80 km", ("x",))
    assert PublishedLength.of_all([stated]) is None
    assert not stated.is_exact
