"""What a script that is run again for a trial may not do: write, start programs, reach the network.

An audit hook sees what Python itself does. What it cannot see: files that libraries of C write, and what
a thread or a forked process does through them. README says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import PurePath
from typing import Any

#: Modes of `open` that change a file, and the events of other calls that do.
_WRITING = frozenset("wax+")
_CHANGING = frozenset(
    {
        "os.chmod",
        "os.chown",
        "os.link",
        "os.mkdir",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.setxattr",
        "os.symlink",
        "os.truncate",
        "os.utime",
        "shutil.move",
        "shutil.rmtree",
        "sqlite3.connect",
    }
)

#: Events that start another program, which no hook would see.
_STARTING = frozenset({"os.exec", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn", "subprocess.Popen"})

#: Programs by which the frameworks ask the machine what it is, and the compilers that they need.
_ASKING = frozenset({"ldconfig", "lscpu", "nvidia-smi", "uname"})
_COMPILERS = frozenset({"c++", "cc", "clang", "clang++", "g++", "gcc", "ld"})

#: Arguments by which a compiler runs another program.
_RUNS_ANOTHER = ("-fplugin", "-wrapper", "-specs", "-B", "@")

#: Events of the network. Sockets of the file system, by which processes of this machine speak, have a path
#: for an address.
_NETWORK = frozenset(
    {"socket.bind", "socket.connect", "socket.getaddrinfo", "socket.sendmsg", "socket.sendto"}
)


def guard(scratch: str) -> Callable[[str, tuple[Any, ...]], None]:
    """An audit hook that refuses all of that outside the scratch folder and the devices.

    It raises PermissionError with what was refused.
    """
    folders = [scratch, os.environ.get("JAX_COMPILATION_CACHE_DIR") or scratch]
    allowed = (*(os.path.realpath(folder) + os.sep for folder in folders), "/dev/", "/proc/")

    def may_write(name: Any) -> None:
        if isinstance(name, (str, bytes, os.PathLike)):
            real = os.path.realpath(os.fsdecode(name))
            if not real.startswith(allowed):
                raise PermissionError(f"a trial writes no files: {real}")

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            name, mode, flags = (*arguments, None, None)[:3]
            writes = bool(_WRITING & set(mode)) if isinstance(mode, str) else False
            if writes or (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_TRUNC)):
                may_write(name)
        elif event in _CHANGING:
            for name in arguments[:2]:
                may_write(name)
        elif event in _STARTING:
            for name in _written_by(event, arguments):
                may_write(name)
        elif event in _NETWORK and not any(isinstance(each, (str, bytes)) for each in arguments[1:2]):
            raise PermissionError(f"a trial reaches no network: {event}")

    return audit


def _written_by(event: str, arguments: tuple[Any, ...]) -> list[str]:
    """The files that a program is to write.

    Raises:
        PermissionError: it is none of those that a framework needs.
    """
    words = _words(event, arguments)
    name = PurePath(words[0]).name if words else ""
    if name in _ASKING:
        return []
    if name in _COMPILERS and not any(word.startswith(_RUNS_ANOTHER) for word in words[1:]):
        return [word for before, word in pairwise(words) if before == "-o"]
    raise PermissionError(f"a trial starts no other program: {name or event}")


def _words(event: str, arguments: tuple[Any, ...]) -> list[str]:
    """The program and its arguments, as the event tells them; nothing where a shell would read them."""
    if event == "os.system":
        return []
    given = arguments[1:] if event == "os.spawn" else arguments
    program, words = (*given, None, None)[:2]
    listed = list(words) if isinstance(words, (list, tuple)) else [words]
    texts = [os.fsdecode(each) for each in listed if isinstance(each, (str, bytes, os.PathLike))]
    return [os.fsdecode(program), *texts[1:]] if isinstance(program, (str, bytes, os.PathLike)) else texts
