"""The programs that a script may start when it is run again for a trial: those that its framework needs."""

from __future__ import annotations

import os
import re
import shutil
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

#: Where the machine keeps its programs, besides the folders of PATH.
_SYSTEM = ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/cuda/bin")

#: Programs by which the frameworks ask the machine what it is, and the words with which they only ask.
_ASKING = {
    "ldconfig": r"-p",
    "lscpu": r".*",
    "nvidia-smi": r"--(query-[\w-]+|format|id|list-gpus|help)(=.*)?|-[qLaxi]|(\w[\w.,:-]*)?",
    "objdump": r"-[a-zA-Z]|[^-@].*",
    "openssl": r"sha512|[^-].*\.i",
    "sysctl": r"-n|[\w.]+",
    "uname": r"(-\w+)?",
}

#: Compilers, with the prefix of a machine and the suffix of a version.
_COMPILERS = re.compile(r"([\w.]+-)*(c\+\+|cc|clang(\+\+)?|g\+\+|gcc|ld|ptxas)(-[\d.]+)?")

#: Words for a compiler that neither write another file than the one after -o nor run another program: names
#: of files and the options that torch, Triton and Python itself give. All others (plugins, dependencies,
#: intermediate files, statistics, files of options) are refused.
_HARMLESS = re.compile(
    r"[^-@].*|-|-[DUILlO].*|-m(?!llvm).*|-g\d?|-W(?![alp],).*|-std=.*|-x|-[EPSctvw]|-dM|-print-.*"
    r"|-dump(full)?version|-dumpmachine|--version|-shared|-static-lib\w+|-pthread|-pedantic|-include|-isystem"
    r"|-isysroot|-o|-Wp,-fopenmp|-Wl,(-t|-rpath[,=][^,]+|--(no-)?as-needed|-undefined,dynamic_lookup)"
    r"|-f(no-[\w=-]+|pic|PIC|openmp(-simd)?|[a-z-]*math[a-z-]*|(fp-contract|excess-precision|visibility)=\w+"
    r"|omit-frame-pointer|tree-[\w-]+|signed-zeros|permissive|exceptions|wrapv|unroll-loops)"
    r"|-lineinfo|-suppress-debug-info|--(gpu-name|fmad|opt-level)(=.*)?|--device-debug"
)

#: How torch asks whether what it compiled can be loaded: a Python of its own that loads it.
_LOADS = re.compile(
    r"\s*(import (?:sys|torch)\n|if sys\.platform != \"linux\":\n|    import torch\s*(#.*)?\n)*"
    r"from ctypes import cdll\ncdll\.LoadLibrary\(\"([^\"\\]+)\"\)\s*"
)


def trusted_folders() -> frozenset[str]:
    """The folders whose programs are what their names say: those of PATH before a script could change it."""
    listed = [*os.environ.get("PATH", "").split(os.pathsep), *_SYSTEM]
    return frozenset(os.path.realpath(folder) for folder in listed if Path(folder).is_absolute())


def written_by(event: str, arguments: tuple[Any, ...], trusted: frozenset[str]) -> list[str]:
    """The files that a program is to write.

    Args:
        event: the audit event that tells of its start.
        arguments: those of the event.
        trusted: the folders in which it must lie.

    Raises:
        PermissionError: it is none of those that a framework needs, or is to do more than these ask of it.
    """
    program, words, folder, environment = _told(event, arguments)
    name = Path(program).name
    if name in _ASKING and all(re.fullmatch(_ASKING[name], word) for word in words or [""]):
        if _lies_in(program, environment, trusted):
            return []
    elif _COMPILERS.fullmatch(name) and all(_HARMLESS.fullmatch(word) for word in words):
        if _lies_in(program, environment, trusted) or (name == "ptxas" and _is_installed(program)):
            return [str(Path(folder, each)) for each in _compiled(words)]
    elif program == sys.executable and words[:1] == ["-c"] and (loads := _LOADS.fullmatch(words[-1])):
        return [loads[3]]
    raise PermissionError(f"a trial starts no other program: {name or event}")


def _compiled(words: list[str]) -> list[str]:
    """What a compiler writes: the files after -o, or what it names itself."""
    given = [after for before, after in pairwise(words) if before == "-o"]
    read = [word for word in words if not word.startswith("-")]
    if given or not read or "-E" in words:
        return given
    return ["a.out", *(f"{word}.gch" for word in read)]


def _told(event: str, arguments: tuple[Any, ...]) -> tuple[str, list[str], str, Any]:
    """The program, its arguments, the folder it starts in and its environment; no program where a shell or
    an event that does not tell would start it.
    """
    given = arguments[1:] if event == "os.spawn" else arguments
    program, words, folder, environment = (*given, None, None, None, None)[:4]
    if event not in ("os.exec", "os.posix_spawn", "os.spawn", "subprocess.Popen"):
        return "", [], "", None
    listed = words if isinstance(words, (list, tuple)) else [words]
    texts = [os.fsdecode(each) for each in listed if isinstance(each, (str, bytes, os.PathLike))]
    if isinstance(program, (str, bytes, os.PathLike)):
        texts[:1] = [os.fsdecode(program)]
    if event != "subprocess.Popen":
        folder, environment = None, folder
    return texts[0] if texts else "", texts[1:], os.fsdecode(folder or Path.cwd()), environment


def _lies_in(program: str, environment: Any, trusted: frozenset[str]) -> bool:
    """Whether the program that would be started is in one of these folders."""
    if os.sep not in program:
        held = os.environ if environment is None else environment
        program = shutil.which(program, path=held.get("PATH") or os.defpath) or ""
    return Path(program).is_absolute() and os.path.realpath(Path(program).parent) in trusted


def _is_installed(program: str) -> bool:
    """Whether it came with a package of this Python."""
    return "site-packages" in program and os.path.realpath(program).startswith(os.path.realpath(sys.prefix))
