"""The style sheets of the page and of the fragment: the same colours and parts in two frames."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Final

#: The class that everything of a fragment stands under, and that all its rules begin with.
ROOT: Final = "unstuck"

_LIGHT = (
    "--paper: #ffffff; --raised: #f5f7f9; --ink: #1b1f24; --muted: #59636e; --line: #d5dae0; "
    "--accent: #0b5cad; --add: #0f5b26; --add-paper: #e7f5eb; --del: #8f1820; --del-paper: #fdeeee;"
)
_DARK = (
    "--paper: #14171b; --raised: #1c2127; --ink: #e5e9ed; --muted: #a4aeb9; --line: #3a424b; "
    "--accent: #6fb7ff; --add: #93dfa6; --add-paper: #143321; --del: #ffb4b0; --del-paper: #3b1c1e;"
)

#: How JupyterLab and what is exported from it, VS Code and Colab say which theme is on. It goes before what
#: the system prefers: a notebook may be light on a dark desktop.
_LIGHT_HOSTS = ('[data-jp-theme-light="true"]', "body.vscode-light", 'html[theme="light"]')
_DARK_HOSTS = ('[data-jp-theme-light="false"]', "body.vscode-dark", 'html[theme="dark"]')

#: Pixels of one rem in a fragment: the text size of a notebook, whose own root may be of any size.
_REM = 15


@functools.cache
def page_style() -> str:
    """The style sheet of a page of its own."""
    light = f":root {{ color-scheme: light dark; {_LIGHT} }}"
    dark = f"@media (prefers-color-scheme: dark) {{ :root {{ {_DARK} }} }}"
    return "\n".join((light, dark, beside("parts.css"), beside("style.css")))


@functools.cache
def fragment_style() -> str:
    """The style sheet of a fragment: every rule stands within the class `ROOT`.

    The class is written twice, which outweighs what notebooks say of headings, tables and lists.
    """
    light, dark = f"color-scheme: light; {_LIGHT}", f"color-scheme: dark; {_DARK}"
    rules = [
        f".{ROOT} {{ {light} }}",
        f"@media (prefers-color-scheme: dark) {{ .{ROOT} {{ {dark} }} }}",
        f"{_under(_LIGHT_HOSTS)} {{ {light} }}",
        f"{_under(_DARK_HOSTS)} {{ {dark} }}",
        f".{ROOT}.{ROOT} {{\n{beside('parts.css')}{beside('fragment.css')}}}",
    ]
    return re.sub(r"([\d.]+)rem\b", lambda size: f"{float(size[1]) * _REM:g}px", "\n".join(rules))


def _under(hosts: tuple[str, ...]) -> str:
    return ", ".join(f"{host} .{ROOT}" for host in hosts)


def beside(name: str) -> str:
    """The text of a file that stands beside this one."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
