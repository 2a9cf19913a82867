"""The verbs for coding agents, over the Model Context Protocol: `unstuck mcp`.

`reading.py` and `running.py` hold the tools, plain functions from arguments to an answer; `server.py` and
`resources.py` alone speak the protocol.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

#: The first version of the SDK whose server takes its handlers as this one gives them.
_OLDEST = 2


def missing() -> str:
    """What is to be installed before the server can start, "" if nothing is."""
    install = "Install it with: pip install 'unstuck[mcp]'"
    try:
        found = version("mcp")
    except PackageNotFoundError:
        return f"The server needs the package mcp. {install}"
    if int(found.partition(".")[0]) < _OLDEST:
        return f"The server needs the package mcp {_OLDEST} or newer, and {found} is installed. {install}"
    return ""
