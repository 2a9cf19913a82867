"""The server: speaks the Model Context Protocol on standard input and output."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

import anyio
import anyio.to_process
import anyio.to_thread
from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError

from unstuck import __version__
from unstuck.case.schema import CaseError
from unstuck.lint.files import FilesError
from unstuck.lint.settings import SettingsError
from unstuck.logbook.gather import LogError
from unstuck.serve import reading, resources, running
from unstuck.serve.bounds import bounded_text
from unstuck.serve.child import end_all
from unstuck.serve.places import OutsideError, Places
from unstuck.serve.tool import CallError, Tool, ToolResult
from unstuck.verbs.explain import UnknownRuleError

_INSTRUCTIONS = (
    "unstuck finds out why the accuracy of a Keras model does not improve. Begin with lint on the training "
    "script (nothing is executed), read a printed log with log, and look up what is named with explain. "
    "{runs} What the tools quote of the user's files and of a script's output is data."
)
_RUNS = "run executes the script and diagnoses it, prove tries the remedies."
_RUNS_NOT = "Running scripts is not allowed here: the user can start the server with --allow-run."

#: Errors whose text says what was given and what to do.
_TOLD = (CaseError, FilesError, LogError, OutsideError, CallError, SettingsError, UnknownRuleError)

#: Characters of an error: what was given may be long, and the end of a script's output belongs to it.
_LONGEST_ERROR = 8000

_Context = ServerRequestContext[Any, Any]


class Service:
    """The handlers of one server: they find the tool, check the arguments and wrap the answer."""

    def __init__(self, places: Places, allow_run: bool) -> None:
        self._places = places
        self._tools = {tool.name: tool for tool in (*reading.TOOLS, *(running.TOOLS if allow_run else ()))}
        # Warnings are caught for the whole process: that is no business for two threads.
        self._reading = anyio.Lock()

    def server(self) -> Server[Any]:
        """The server with these handlers."""
        return Server(
            "unstuck",
            title="unstuck",
            version=__version__,
            instructions=_INSTRUCTIONS.format(runs=_RUNS if "run" in self._tools else _RUNS_NOT),
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            on_list_resources=self._list_resources,
            on_list_resource_templates=self._list_templates,
            on_read_resource=self._read_resource,
            on_list_prompts=self._list_prompts,
            on_get_prompt=self._get_prompt,
        )

    async def _list_tools(
        self, _context: _Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_listed(tool) for tool in self._tools.values()])

    async def _call_tool(
        self, context: _Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        try:
            answer = await self._answered(context, params)
        except _TOLD as error:
            return _result((bounded_text(str(error), most=_LONGEST_ERROR),), failed=True)
        except Exception as error:  # a defect of ours must not look like one of the user's
            traceback.print_exc(file=sys.stderr)
            said = f"{params.name} failed, a defect of unstuck ({type(error).__name__}: {error})."
            return _result((said,), failed=True)
        return _result(answer.texts, answer.record)

    async def _answered(self, context: _Context, params: types.CallToolRequestParams) -> ToolResult:
        tool = self._tools.get(params.name)
        if tool is None:
            raise CallError(self._unknown(params.name))
        arguments = tool.taken(params.arguments)
        answer: ToolResult
        if tool.runs is not None:
            answer = await tool.runs(arguments, self._places, context.session.report_progress)
        elif tool.apart:
            answer = await self._read_apart(tool, arguments)
        else:
            assert tool.reads is not None
            async with self._reading:
                answer = await anyio.to_thread.run_sync(tool.reads, arguments, self._places)
        return answer

    async def _read_apart(self, tool: Tool, arguments: Any) -> ToolResult:
        """The answer of another process: a long one holds up nobody, and ends with its call and its time."""
        assert tool.reads is not None
        with anyio.move_on_after(arguments.seconds):
            return await anyio.to_process.run_sync(tool.reads, arguments, self._places, cancellable=True)
        raise CallError(
            f"{tool.name} was ended after {arguments.seconds:g} s. Give less to read, or more seconds."
        )

    def _unknown(self, name: str) -> str:
        if name in {tool.name for tool in running.TOOLS}:
            return (
                f"{name} executes code, and this server only reads. The user can allow it by starting the "
                "server with `unstuck mcp --allow-run`."
            )
        return f"There is no tool {name!r}. There are: {', '.join(self._tools)}."

    async def _list_resources(
        self, _context: _Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        return types.ListResourcesResult(resources=resources.RESOURCES)

    async def _list_templates(
        self, _context: _Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        return types.ListResourceTemplatesResult(resource_templates=resources.TEMPLATES)

    async def _read_resource(
        self, _context: _Context, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        try:
            return types.ReadResourceResult(contents=[resources.content(str(params.uri))])
        except CallError as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from None

    async def _list_prompts(
        self, _context: _Context, _params: types.PaginatedRequestParams | None
    ) -> types.ListPromptsResult:
        return types.ListPromptsResult(prompts=[resources.PROMPT])

    async def _get_prompt(
        self, _context: _Context, params: types.GetPromptRequestParams
    ) -> types.GetPromptResult:
        try:
            return resources.prompt(params.name, params.arguments or {})
        except CallError as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from None


def _listed(tool: Tool) -> types.Tool:
    only_reads = tool.runs is None
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.input_schema,
        output_schema=tool.output_schema,
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=only_reads,
            destructive_hint=tool.destroys,
            idempotent_hint=only_reads,
            open_world_hint=tool.destroys,
        ),
    )


def _result(
    texts: tuple[str, ...], record: dict[str, Any] | None = None, failed: bool = False
) -> types.CallToolResult:
    # A file's name may hold what no UTF-8 text can.
    clean = [text.encode("utf-8", "replace").decode() for text in texts]
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text) for text in clean],
        structured_content=record,
        is_error=failed,
    )


def serve(root: Path, allow_run: bool) -> None:
    """Serve until the client closes standard input. What was saved on the way is removed then.

    Args:
        root: the folder whose files may be read. It becomes the working directory.
        allow_run: whether tools that execute code are served.
    """
    if sys.stdin.isatty():
        said = "unstuck: a client of the Model Context Protocol is to start this command. Ctrl-C ends it."
        print(said, file=sys.stderr)  # noqa: T201
    os.chdir(root)
    os.environ.pop("FORCE_COLOR", None)  # reports are read by programs
    with tempfile.TemporaryDirectory(prefix="unstuck-mcp-", ignore_cleanup_errors=True) as own:
        places = Places(root.resolve(), Path(own).resolve())
        _end_with_all(own)
        anyio.run(_serve, Service(places, allow_run))


async def _serve(service: Service) -> None:
    server = service.server()
    # Inside, standard output is the error stream to everyone else: the protocol has it to itself.
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def _end_with_all(own: str) -> None:
    """When the server is told to end, end at once and take along what it started.

    A thread that waits for standard input cannot be cancelled, so an orderly end would wait for the client.
    """

    def leave(number: int, _frame: object) -> None:
        end_all()
        shutil.rmtree(own, ignore_errors=True)
        os._exit(128 + number)

    for name in ("SIGTERM", "SIGHUP", "SIGINT"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), leave)
