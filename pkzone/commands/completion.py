"""Answer a shell that asks, at every press of Tab, how a command line can go on.

Click asks the types of arguments and options (`pkzone.commands.types`) for what they know. It
reads zsh's and fish's lines as they are; of bash's it gets words that are split at ``@`` too, so
this module has a script and a reader of its own for bash.
"""

from __future__ import annotations

import os
import re
import shlex
from typing import Any, ClassVar

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    add_completion_class,
    shell_complete,
    split_arg_string,
)

__all__ = ["VARIABLE", "answer"]

VARIABLE = "_PKZONE_COMPLETE"
"""The environment variable in which a shell asks."""

# The line as far as the cursor; COMP_WORDS are split as readline splits them.
_SCRIPT = """\
%(complete_func)s() {
    local response type value
    response=$(env COMP_LINE="$COMP_LINE" COMP_POINT="$COMP_POINT" \
WORDBREAKS="$COMP_WORDBREAKS" %(complete_var)s=bash_complete "$1" 2>/dev/null)
    COMPREPLY=()
    while IFS=',' read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done <<< "$response"
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


@add_completion_class
class _Bash(BashComplete):
    """Completion for bash: reads the whole line, answers for the part that readline replaces."""

    source_template: ClassVar[str] = _SCRIPT

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one at the cursor, and that one as far as it is typed."""
        whole = os.fsencode(os.environ["COMP_LINE"])
        line = whole[: int(os.environ["COMP_POINT"])].decode("utf-8", "replace")
        *before, word = split_arg_string(f"{line}x")  # a letter more keeps an empty last word
        self.word, self.quoted = word[:-1], _has_open_quote(line)
        return before[1:], self.word

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Return the answer without what readline takes for words before, quoted as typed."""
        if item.type != "plain":
            return super().format_completion(item)
        value = str(item.value)
        if not self.quoted:
            value = value[_begin_of_last_part(self.word) :]
            value = re.sub(r"([^\w@%+=:,./~-])", r"\\\1", value)
        return f"plain,{value}"


def _has_open_quote(line: str) -> bool:
    try:
        shlex.split(line)
    except ValueError:
        return not line.endswith("\\")
    return False


def _begin_of_last_part(word: str) -> int:
    """Return where the part begins that readline replaces: at the last ``@``, after a ``:``."""
    breaks = os.environ.get("WORDBREAKS", "")
    marks = [place for place, mark in enumerate(word) if mark in "@:=" and mark in breaks]
    return marks[-1] + (word[marks[-1]] != "@") if marks else 0


def answer(program: click.Command) -> int:
    """Answer the shell on stdout and return an exit code; where that fails, in silence."""
    try:
        return shell_complete(program, {}, "pkzone", VARIABLE, os.environ[VARIABLE])
    except Exception:
        return 1
