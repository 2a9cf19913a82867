"""Real clients of real servers: the SDK's own client, and `python -m unstuck mcp` as a process."""

import os
import sys

import pytest
from anyio.from_thread import start_blocking_portal
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


class Client:
    """A client whose calls are plain functions. `answer` is the last one as it came."""

    def __init__(self, portal, session):
        self.portal, self.session = portal, session
        self.answer = None

    def ask(self, method, *arguments):
        return self.portal.call(getattr(self.session, method), *arguments)

    def call(self, tool, **arguments):
        """The text of a tool's answer."""
        self.answer = self.ask("call_tool", tool, arguments)
        assert not self.answer.is_error, self.answer.content
        return "\n".join(each.text for each in self.answer.content)

    def refused(self, tool, **arguments):
        """The text of a tool's error."""
        self.answer = self.ask("call_tool", tool, arguments)
        assert self.answer.is_error, self.answer.content
        assert "Traceback" not in self.answer.content[0].text
        return self.answer.content[0].text


@pytest.fixture(scope="module")
def connect():
    """Starts a server on a folder, with options, and gives a client of it."""
    with start_blocking_portal() as portal:
        ends = []

        def begin(folder, *options):
            command = ["-m", "unstuck", "mcp", "--root", str(folder), *options]
            server = StdioServerParameters(command=sys.executable, args=command, env=dict(os.environ))
            streams = portal.wrap_async_context_manager(stdio_client(server))
            session = portal.wrap_async_context_manager(ClientSession(*streams.__enter__()))
            client = Client(portal, session.__enter__())
            client.greeting = client.ask("initialize")

            def close():
                session.__exit__(None, None, None)
                streams.__exit__(None, None, None)

            ends.append(close)
            client.close = lambda: (ends.remove(close), close())
            return client

        yield begin
        while ends:
            ends.pop()()
