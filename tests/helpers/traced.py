"""A function run in a child that is killed, interrupted or refused at one of its system calls.

By ptrace, so that nothing in the child knows of it. Where the system calls of a machine are not
known by number every call counts, and none can be refused.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
from collections.abc import Callable
from dataclasses import dataclass

LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.restype = ctypes.c_long
LIBC.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
TRACEME, GETREGS, SETREGS, SYSCALL, SETOPTIONS = 0, 12, 13, 24, 0x4200
SYSGOOD, EXITKILL = 1, 0x00100000
KNOWS_NUMBERS = platform.machine() == "x86_64"
RAX, ORIG_RAX = 10, 15  # places in user_regs_struct
#: Calls that read, write, name or lock files: by their numbers on x86_64.
FILE_CALLS = frozenset({
    0, 1, 2, 3, 4, 5, 6, 8, 16, 17, 18, 20, 21, 40, 73, 74, 75, 76, 77, 78, 82, 83, 84, 85, 86, 87,
    88, 89, 90, 91, 133, 217, 257, 258, 262, 263, 264, 265, 266, 267, 268, 269, 277, 285, 316, 326,
    332, 439,
})  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """How the child ended: its exit code, none if it was killed; and the calls it had made."""

    code: int | None
    calls: int
    reached: bool


def ptrace(request: int, pid: int, address: int = 0, data: object = 0) -> None:
    ctypes.set_errno(0)
    if LIBC.ptrace(request, pid, address, data) == -1 and ctypes.get_errno():
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def works() -> bool:
    """Return whether a child may be traced here."""
    try:
        return run(lambda: 0, at=0).code == 0
    except OSError:
        return False


def run(function: Callable[[], int], *, at: int, fault: int | str = "kill") -> Ended:
    """Run a function in a child and strike at its call number ``at``, counted from 1.

    Parameters
    ----------
    function : callable
        Returns the exit code.
    at : int
        The call; 0 for none, to count them.
    fault : int or str
        ``kill``, ``interrupt`` (as Ctrl-C does), or the number of the error the call ends with.
    """
    pid = os.fork()
    if pid == 0:
        _child(function)
    _, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status):
        raise OSError(os.WEXITSTATUS(status), "the child cannot be traced")
    ptrace(SETOPTIONS, pid, 0, SYSGOOD | EXITKILL)
    calls, entering, reached, passed_on = 0, True, False, 0
    while True:
        ptrace(SYSCALL, pid, 0, passed_on)
        passed_on = 0
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
            return Ended(code, calls, reached)
        stop = os.WSTOPSIG(status)
        if stop != signal.SIGTRAP | 0x80:
            passed_on = stop
            continue
        entering = not entering
        if entering or not _counts(pid):
            continue
        calls += 1
        if calls != at:
            continue
        reached = True
        if fault == "kill":
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return Ended(None, calls, reached)
        if fault == "interrupt":
            passed_on = signal.SIGINT
        else:
            _refuse(pid, int(fault))
            entering = True


def _counts(pid: int) -> bool:
    return not KNOWS_NUMBERS or _registers(pid)[ORIG_RAX] in FILE_CALLS


def _refuse(pid: int, error: int) -> None:
    """Let the call that is being entered not happen, and end with an error."""
    registers = _registers(pid)
    registers[ORIG_RAX] = 2**64 - 1
    ptrace(SETREGS, pid, 0, ctypes.addressof(registers))
    ptrace(SYSCALL, pid)
    os.waitpid(pid, 0)
    registers = _registers(pid)
    registers[RAX] = 2**64 - error
    ptrace(SETREGS, pid, 0, ctypes.addressof(registers))


def _registers(pid: int) -> ctypes.Array[ctypes.c_uint64]:
    registers = (ctypes.c_uint64 * 27)()
    ptrace(GETREGS, pid, 0, ctypes.addressof(registers))
    return registers


def _child(function: Callable[[], int]) -> None:
    code = 99
    try:
        ptrace(TRACEME, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        code = function()
    except OSError as error:
        code = error.errno or 99
    finally:
        os._exit(code)
