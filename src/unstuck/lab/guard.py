"""What a script that is run again for a trial may not do: write, start programs, reach the network.

An audit hook sees what Python itself does; `begin` also watches the few calls that raise no audit event,
and puts the processes that Python's own pools start under the same guard. What it cannot see: files that
libraries of C write and connections that they open. README says so.
"""

from __future__ import annotations

import functools
import os
import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from unstuck.lab.programs import trusted_folders, written_by

#: Modes and flags of `open` that change a file.
_WRITING = frozenset("wax+")
_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

#: The names that a call changes, by its event: where the name stands among the event's arguments, where the
#: folder that it is relative to (an open one), and whether a link is followed.
_CHANGING = {
    "os.chflags": ((0, None, True),),
    "os.chmod": ((0, 2, True),),
    "os.chown": ((0, 3, True),),
    "os.link": ((0, 2, True), (1, 3, False)),
    "os.mkdir": ((0, 2, False),),
    "os.remove": ((0, 1, False),),
    "os.removexattr": ((0, None, True),),
    "os.rename": ((0, 2, False), (1, 3, False)),
    "os.rmdir": ((0, 1, False),),
    "os.setxattr": ((0, None, True),),
    "os.symlink": ((1, 2, False),),
    "os.truncate": ((0, None, True),),
    "os.utime": ((0, 3, True),),
    "shutil.rmtree": ((0, 1, False),),
}

#: Of these the ones that fail by themselves where there is nothing to take away, as the script expects.
_TAKING = frozenset({"os.remove", "os.rename", "os.rmdir", "shutil.rmtree"})

#: Events that start another program, which no hook would see, or another interpreter, which has none.
_STARTING = frozenset(
    {
        "cpython.PyInterpreterState_New",
        "os.exec",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.startfile/2",
        "os.system",
        "pty.spawn",
        "subprocess.Popen",
    }
)

#: Events of sockets that name an address, and those that ask for one.
_SENDING = frozenset({"socket.bind", "socket.connect", "socket.sendmsg", "socket.sendto"})
_RESOLVING = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})

#: Functions of C by which a script that calls them itself would do what is refused here.
_OF_C = re.compile(
    r"system|popen|f?exec[lv]p?e?|v?fork|posix_spawnp?|creat|f(re)?open(64)?|unlink(at)?|rename(at)?|rmdir"
    r"|truncate|sendto|kill|syscall"
)

#: Devices that keep nothing, and those of graphics processors.
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/shm/", "/dev/nvidia", "/dev/dri/", "/dev/kfd")

#: How Python's pools name their sockets where these need no file.
_LISTENER = "\0listener-"


def begin(scratch: str) -> None:
    """Put this process, and those that Python's pools start from it, under the guard until it ends.

    Args:
        scratch: the folder in which files may be written.
    """
    scratch = os.path.realpath(scratch)
    sys.addaudithook(guard(scratch))
    for name in ("mkfifo", "mknod"):
        if hasattr(os, name):
            setattr(os, name, announced(getattr(os, name)))
    _guard_pools(scratch)


def announced(function: Callable[..., Any], position: int = 0) -> Callable[..., Any]:
    """The function, which raises the event of `open` for the file that it writes: no event tells of it."""

    @functools.wraps(function)
    def announcing(*args: Any, **kwargs: Any) -> Any:
        name = args[position] if len(args) > position else next(iter(kwargs.values()), None)
        if isinstance(name, (str, bytes, os.PathLike)):
            sys.audit("open", str(Path(os.fsdecode(name)).absolute()), "w", 0)
        return function(*args, **kwargs)

    return announcing


def _guard_pools(scratch: str) -> None:
    """Let a Python that a pool starts (spawn, forkserver, loky), of which no event tells, begin so too."""
    try:
        import _posixsubprocess
    except ImportError:  # Windows
        return
    import subprocess  # noqa: F401 - it takes the function now; its own event is looked at

    original = _posixsubprocess.fork_exec
    opening = f"from unstuck.lab.guard import begin; begin({scratch!r}); "

    def fork_exec(args: Any, *more: Any) -> Any:
        words = [os.fsdecode(each) for each in args]
        at = next((i for i, word in enumerate(words) if word in ("-c", "-m")), 0)
        if not at or os.path.realpath(words[0]) != os.path.realpath(sys.executable):
            raise PermissionError(f"a trial starts no other program: {words[0]}")
        code = words[at + 1]
        if words[at] == "-m":
            code = f"import runpy; runpy.run_module({code!r}, run_name='__main__', alter_sys=True)"
        words[at : at + 2] = ["-c", opening + code]
        return original([os.fsencode(word) for word in words], *more)

    _posixsubprocess.fork_exec = fork_exec


def guard(scratch: str) -> Callable[[str, tuple[Any, ...]], None]:
    """An audit hook that refuses all of that outside the scratch folder and the devices.

    It raises PermissionError with what was refused.
    """
    folders = [scratch, os.environ.get("JAX_COMPILATION_CACHE_DIR") or scratch]
    allowed = (*(os.path.realpath(folder) + os.sep for folder in folders), *_DEVICES)
    trusted = trusted_folders()

    def may_write(real: str | None) -> None:
        if real is not None and not real.startswith((*allowed, f"/proc/{os.getpid()}/")):
            raise PermissionError(f"a trial writes no files: {real}")

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            may_write(_opened(arguments))
        elif event in _CHANGING:
            for real in _changed(event, arguments):
                may_write(real)
        elif event in _STARTING:
            for name in written_by(event, arguments, trusted):
                may_write(_real(name))
        elif event in _SENDING:
            may_write(_addressed(event, *arguments[:2]))
        elif event == "sqlite3.connect":
            may_write(_data_base(arguments[0]))
        else:
            _refuse_others(event, arguments)

    return audit


def _refuse_others(event: str, arguments: tuple[Any, ...]) -> None:
    """Raise PermissionError for what is refused wherever it leads."""
    if event in _RESOLVING:
        if arguments[0] not in (None, "", "localhost", "127.0.0.1", "::1", socket.gethostname()):
            raise PermissionError(f"a trial reaches no network: {event}")
    elif event == "ctypes.dlsym":
        if isinstance(arguments[1], str) and _OF_C.fullmatch(arguments[1]):
            raise PermissionError(f"a trial does not call {arguments[1]} of C")
    elif event in ("os.kill", "os.killpg"):
        if not _is_own(*arguments):
            raise PermissionError(f"a trial sends no signal to process {arguments[0]}")
    elif event == "syslog.syslog":
        raise PermissionError("a trial writes to no log")


def _opened(arguments: tuple[Any, ...]) -> str | None:
    """The file that `open` is to change, None where it only reads."""
    name, mode, flags = (*arguments, None, None)[:3]
    writes = bool(_WRITING & set(mode)) if isinstance(mode, str) else False
    if not writes and not (isinstance(flags, int) and flags & _FLAGS):
        return None
    if name == os.devnull:
        return None
    if mode is None and isinstance(name, (str, bytes)) and not Path(os.fsdecode(name)).is_absolute():
        # os.open, whose event does not tell the open folder that the name may be relative to.
        raise PermissionError(f"a trial writes no files: {os.fsdecode(name)}")
    return _real(name)


def _changed(event: str, arguments: tuple[Any, ...]) -> list[str | None]:
    """The names that a call is to change."""
    reals = []
    for place, at, follows in _CHANGING[event]:
        folder = arguments[at] if at is not None and len(arguments) > at else None
        reals.append(_real(arguments[place], folder, follows))
    there = reals[0] is not None and os.path.lexists(reals[0])
    if (event in _TAKING and not there and reals[0] is not None) or (event == "os.mkdir" and there):
        return []
    return reals


def _real(name: Any, folder: Any = None, follows: bool = True) -> str | None:
    """The path without links; None for an open file, which was looked at when it was opened."""
    if not isinstance(name, (str, bytes, os.PathLike)):
        return None
    text = os.fsdecode(name)
    if isinstance(folder, int) and folder >= 0:
        text = str(Path(_path_of(folder), text))
    head, tail = os.path.split(text.rstrip(os.sep))
    if follows or tail in ("", os.curdir, os.pardir):
        return os.path.realpath(text)
    return str(Path(os.path.realpath(head or os.curdir), tail))


def _path_of(descriptor: int) -> str:
    """Where an open folder is."""
    try:
        return str(Path(f"/proc/self/fd/{descriptor}").readlink())
    except OSError:  # no Linux
        raise PermissionError("a trial writes no files in an open folder") from None


def _addressed(event: str, sender: Any, address: Any) -> str | None:
    """The file of a socket by which processes of this machine speak; None for one that is connected."""
    if address is None or address in ("", b""):
        return None
    if not isinstance(address, (str, bytes)) or sender.family != getattr(socket, "AF_UNIX", None):
        raise PermissionError(f"a trial reaches no network: {event}")
    text = os.fsdecode(address)
    return None if text.startswith(_LISTENER) else text if text.startswith("\0") else _real(text)


def _data_base(name: Any) -> str | None:
    """The file of a data base. One in memory counts too: it could attach any file."""
    return name if isinstance(name, str) and name.startswith("file:") else _real(name)


def _is_own(process: int, number: int) -> bool:
    """Whether a signal is to this process or one that it started, or asks only whether a process is there."""
    if number == 0 or process == os.getpid():
        return True
    try:
        return process > 0 and os.getpid() in (each.pid for each in psutil.Process(process).parents())
    except psutil.Error:
        return True  # there is none: the call says so
