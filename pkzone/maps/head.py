"""Say what a page is to those who have not opened it: in a list of results, beside a link."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from pkzone.errors import BadOption, printable
from pkzone.i18n.messages import day_in_words, phrase, say

__all__ = ["PREVIEW", "check_address", "head_of"]

#: Width and height in pixels of the picture that a preview of a link shows.
PREVIEW: Final = (1200, 630)

_SIGNS: Final = re.compile(r"[!-~]+")  # visible ASCII: what an address is made of
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?(?::[0-9]{{1,5}})?", re.IGNORECASE)
_LONGEST_ADDRESS: Final = 2000
_LONGEST_TITLE: Final = 200
_LONGEST_DESCRIPTION: Final = 400
_WHOLE: Final = phrase("{title}. {what}. {note}")
_NOTE: Final = phrase("Not an official map. Lines are approximate.")


def check_address(address: str) -> str:
    """Return the address that a page is to have on the web, if it is one.

    Raises
    ------
    BadOption
        It is none that a link to the page could begin with.
    """
    shown = f"the address {printable(address)!r}"
    if len(address) > _LONGEST_ADDRESS or not _SIGNS.fullmatch(address):
        raise BadOption(f"{shown}: write it in visible ASCII characters, 2,000 at most")
    try:
        parts = urlsplit(address)
    except ValueError:
        raise BadOption(f"{shown} is not an address") from None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise BadOption(f"{shown}: write it whole, as https://example.org/map.html")
    if not _HOST.fullmatch(parts.netloc):
        raise BadOption(f"{shown} has no host; a name or password has no place in it")
    if "#" in address:
        raise BadOption(f"{shown}: leave out # and what follows, which each link has of its own")
    return address


def head_of(content: Mapping[str, Any], picture: str | None = None) -> str:
    """Return the title and the description of a page; with an address what previews show.

    Parameters
    ----------
    content : mapping
        The payload of the page.
    picture : str, optional
        Name of the picture that lies beside the page.

    Returns
    -------
    str
        HTML; texts of data stand in it escaped, and without what no eye sees.
    """
    title = _clean(_title(content), _LONGEST_TITLE)
    description = _clean(_description(content), _LONGEST_DESCRIPTION)
    lines = [f"<title>{title}</title>", f'<meta name="description" content="{description}">']
    if address := content.get("address"):
        lines.append(f'<link rel="canonical" href="{escape(address)}">')
        facts = {"title": title, "description": description, "type": "website"}
        facts["url"] = escape(address)
        if picture is not None:
            width, height = PREVIEW
            facts["image"] = escape(urljoin(address, picture))
            facts |= {"image:type": "image/png", "image:width": str(width)}
            facts |= {"image:height": str(height), "image:alt": title}
        card = "summary" if picture is None else "summary_large_image"
        lines += [f'<meta property="og:{name}" content="{text}">' for name, text in facts.items()]
        lines.append(f'<meta name="twitter:card" content="{card}">')
    return "".join(f"{line}\n" for line in lines)


def _said(text: str, content: Mapping[str, Any]) -> str:
    """Return a text of the page in the language that it opens in."""
    words, language = content["words"], content["language"]
    others = [code for code in words["languages"] if code != "en"]
    said = words["phrases"].get(text, ())
    return dict(zip(others, said, strict=False)).get(language) or text


def _title(content: Mapping[str, Any]) -> str:
    title = _said(content["title"], content)
    day = content.get("on")
    if day is None:  # files have none, a difference names its two
        return title
    shown = say("map as of {iso}", content["language"], iso=day)
    return f"{title}: {shown}"


def _description(content: Mapping[str, Any]) -> str:
    language = content["language"]
    title = _said(content["title"], content)
    if "lead" in content:
        return " ".join([f"{title}.", *(_said(one, content) for one in content["lead"][:1])])
    what = _what(content).removesuffix(".")  # of a year in Russian
    return say(_WHOLE, language, title=title, what=what, note=say(_NOTE, language))


def _what(content: Mapping[str, Any]) -> str:
    language, dates = content["language"], content["dates"]
    if content["on"] is None:
        count = sum(len(one["features"]) for one in content["layers"] if "label" in one)
        return say("Features: {count}", language, count=count)
    day, *ends = (
        day_in_words(date.fromisoformat(one), language)
        for one in (content["on"], dates[0], dates[-1])
    )
    if len(dates) == 1:
        return say("Map as of {date}", language, date=day)
    return say(
        "Map as of {date}, with every version from {first} to {last}",
        language,
        date=day,
        first=ends[0],
        last=ends[1],
    )


def _clean(text: str, most: int) -> str:
    """Return a text as HTML on one line: letters alone, a blank for what cannot be printed."""
    words = "".join(one if one.isprintable() else " " for one in text).split()
    whole = " ".join(words)
    return escape(whole if len(whole) <= most else f"{whole[: most - 1]}…")
