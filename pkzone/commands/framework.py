"""Run commands: Click classes with examples in help; errors and signals as exit codes.

An error is one line. A signal that asks the program to end becomes an exception, so that what is
begun is undone.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from pkzone.commands.output import emit, forget_stdout, stdout_failed, warn
from pkzone.errors import BadOption, PkzoneError, did_you_mean, printable

__all__ = [
    "FAILURE",
    "FINDINGS",
    "Command",
    "Group",
    "Progress",
    "Root",
    "stopping_signals",
]

SUCCESS, FINDINGS, USAGE, FAILURE = 0, 1, 2, 3
# The hang-up of a terminal is not known to Windows, Ctrl-Break to nothing else.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
_CLEANING_UP_S = 5.0


class Command(click.Command):
    """A command that cannot be made without examples of its use."""

    def __init__(self, *args: Any, examples: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse the arguments, or print the help."""
        try:
            return super().make_context(*args, **kwargs)
        except OSError as error:  # click prints the help itself
            stdout_failed(error)
            raise click.exceptions.Exit(SUCCESS) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an option whose value it refuses is a usage error."""
        try:
            _refuse_existing(ctx)
            return super().invoke(ctx)
        except BadOption as error:
            raise click.UsageError(str(error), ctx) from None
        except click.UsageError as error:
            error.ctx = error.ctx or ctx  # so that the message can name the command's help
            raise

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples after the options."""
        with formatter.section("Examples"):
            for example in self.examples:
                formatter.write(f"{'':{formatter.current_indent}}{example}\n")


def _refuse_existing(ctx: click.Context) -> None:
    """Refuse a file that was named and is there, before the work and not after it.

    One that comes while the command works is refused by what writes it.
    """
    path = ctx.params.get("output")
    typed = ctx.get_parameter_source("output") is not ParameterSource.DEFAULT
    if typed and ctx.params.get("overwrite") is False and path and Path(path).is_file():
        from pkzone.files.atomic import already_exists

        raise already_exists(printable(path, limit=None))


class Group(Command, click.Group):
    """Commands under a name of their own, ``pkzone source add``; alone it prints its help.

    Parameters
    ----------
    homes : mapping of str to str
        Module of each command, in the order of the help; it is imported when it is asked for.
        Its name there is ``command``, or stands after a colon.
    """

    def __init__(self, *args: Any, homes: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, invoke_without_command=True, **kwargs)
        self.homes = homes

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order of the help."""
        return list(self.homes)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Return a command by name, none if there is no such command."""
        if name not in self.homes:
            return None
        from importlib import import_module

        module, _, place = self.homes[name].partition(":")
        command: click.Command = getattr(import_module(module), place or "command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the first argument names, or suggest the near one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            hint = did_you_mean(args[0], self.homes) if args[0] not in self.homes else ""
            if not hint:
                raise
            reason = error.format_message().rstrip(".")
            raise click.UsageError(f"{reason}; {hint}", ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the arguments name; without one print the help."""
        result = super().invoke(ctx)
        if ctx.invoked_subcommand is None:
            emit(ctx.get_help())
        return result


class Root(Group):
    """The whole program: translates errors, here and nowhere else."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run, and exit with 0, 1, 2, 3 or, where a signal ended it, 128 and its number."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A terminal that lacks a letter shows its escape instead of failing.
            sys.stdout.reconfigure(errors="backslashreplace")
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except KeyboardInterrupt as error:
            code = _exit_code_of(error)
        except Exception as error:
            code = _report(error)
        try:
            sys.stdout.flush()
        except (OSError, ValueError):  # what is wrong with it is said by now
            forget_stdout()
        sys.exit(code if isinstance(code, int) else SUCCESS)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the arguments name."""
        try:
            result = super().invoke(ctx)
            emit("", nl=False)  # nothing stays behind unnoticed
            return result
        except BrokenPipeError as error:
            # Of another process, as who prints sees to readers that leave; click would be silent.
            raise click.exceptions.Exit(_report(error)) from None
        except KeyboardInterrupt as error:
            forget_stdout()
            raise click.exceptions.Exit(_exit_code_of(error)) from None


class Progress:
    """Progress of a long task on stderr: after a second, then every two, and its end."""

    def __init__(self, what: str = "compared {done} of {total} pairs of versions") -> None:
        self._what = what
        self._due = monotonic() + 1
        self._is_told = False

    def __call__(self, done: int, total: int) -> None:
        """Report that so many of all parts are done."""
        is_due = monotonic() >= self._due
        if self._is_told if done == total else is_due:
            self._due, self._is_told = monotonic() + 2, True
            warn(self._what.format(done=f"{done:,}", total=f"{total:,}"))


def _report(error: Exception) -> int:
    """Print an error as one line on stderr and return its exit code."""
    if isinstance(error, click.Abort):
        return _exit_code_of(error.__cause__ or error.__context__)
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        where = context.command_path if context else "pkzone"
        reason = " ".join(error.format_message().split()).rstrip(".")
        warn(f"error: {reason} (see '{where} --help')")
        return USAGE if isinstance(error, click.UsageError) else FAILURE
    if os.environ.get("PKZONE_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    if isinstance(error, PkzoneError):
        warn(f"error: {error}")
        return FAILURE
    forget_stdout()
    if isinstance(error, OSError):
        warn(f"error: {_refused(error)}")
    else:
        text = " ".join(str(error).split())
        warn(f"error: unforeseen {type(error).__name__}: {text}; PKZONE_DEBUG=1 shows where")
    return FAILURE


def _refused(error: OSError) -> str:
    """Return the message of an error of the system, with the file where that is known."""
    if error.filename:
        return f"{error.filename}: {error.strerror or error}"
    try:
        Path.cwd()
    except FileNotFoundError:
        return "the current folder no longer exists; change to another one"
    return error.strerror or str(error)


class Stopped(KeyboardInterrupt):
    """A signal asked the program to end: undone by whatever undoes Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _exit_code_of(error: BaseException | None) -> int:
    """Return 128 and the number of the signal that an exception stands for, as shells do."""
    return 128 + (error.number if isinstance(error, Stopped) else signal.SIGINT)


@contextmanager
def stopping_signals() -> Iterator[None]:
    """Raise `Stopped` in the block at the first signal that asks the program to end.

    Others that follow would stop the cleaning up, so they do nothing; after some seconds one
    counts again, for work that goes on in spite of the first. A signal that is ignored stays so
    (``nohup``), likewise one that a program around this one handles.
    """
    first: float | None = None

    def stop(number: int, _frame: Any) -> None:
        nonlocal first
        now = monotonic()
        if first is None or now - first > _CLEANING_UP_S:
            first = now
            raise Stopped(number)

    usual = (signal.SIG_DFL, signal.default_int_handler)
    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) in usual:
                before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
