"""What a client may read without calling a tool: the rules' pages and the schemas; and one prompt."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from mcp import types

from unstuck.serve.reading import page
from unstuck.serve.tool import CallError
from unstuck.verbs.explain import UnknownRuleError

_RULES = "unstuck://rules"
_SCHEMAS = "unstuck://schemas/"


def _case() -> dict[str, Any]:
    from unstuck.case.published import json_schema

    return json_schema()


def _lint() -> dict[str, Any]:
    from unstuck.lint.record import json_schema

    return json_schema()


_SHAPES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "case": ("JSON Schema of a diagnosis, or of what a log shows (unstuck.case/1)", _case),
    "lint": ("JSON Schema of lint's findings (unstuck.lint/1)", _lint),
}

RESOURCES = [
    types.Resource(
        uri=_RULES,
        name="rules",
        title="All rules",
        description="All rules of unstuck as JSON: name, group, kind, certainty, impact, title.",
        mime_type="application/json",
    ),
    *(
        types.Resource(
            uri=f"{_SCHEMAS}{name}", name=f"{name}.schema.json", title=title, mime_type="application/json"
        )
        for name, (title, _) in _SHAPES.items()
    ),
]

TEMPLATES = [
    types.ResourceTemplate(
        uri_template=f"{_RULES}/{{name}}",
        name="rule",
        title="The page of a rule",
        description="What a rule finds, why the training looks stuck because of it, and an example.",
        mime_type="text/plain",
    )
]


def content(uri: str) -> types.TextResourceContents:
    """A resource.

    Raises:
        CallError: there is none of this address.
    """
    from unstuck.verbs.explain import rules_as_records

    if uri.startswith(f"{_RULES}/"):
        try:
            text = page(uri.removeprefix(f"{_RULES}/"))
        except UnknownRuleError as error:
            raise CallError(str(error)) from None
        return types.TextResourceContents(uri=uri, mime_type="text/plain", text=text)
    if uri == _RULES:
        made: Any = rules_as_records()
    elif uri.removeprefix(_SCHEMAS) in _SHAPES and uri.startswith(_SCHEMAS):
        made = _SHAPES[uri.removeprefix(_SCHEMAS)][1]()
    else:
        there = ", ".join([f"{_RULES}/NAME", *(each.uri for each in RESOURCES)])
        raise CallError(f"There is no resource {uri!r}. There are: {there}.")
    return types.TextResourceContents(uri=uri, mime_type="application/json", text=json.dumps(made, indent=2))


PROMPT = types.Prompt(
    name="why_is_my_accuracy_stuck",
    title="Why is my accuracy stuck?",
    description="Find out why a training does not get better, from source and log to a change that is shown "
    "to work.",
    arguments=[
        types.PromptArgument(name="script", description="The training script.", required=True),
        types.PromptArgument(name="log", description="A log of the training, where there is one."),
    ],
)


def prompt(name: str, arguments: dict[str, str]) -> types.GetPromptResult:
    """The prompt as a message of the user's.

    Raises:
        CallError: there is no such prompt, or its script is missing.
    """
    if name != PROMPT.name:
        raise CallError(f"There is no prompt {name!r}. There is: {PROMPT.name}.")
    if not arguments.get("script"):
        raise CallError(f"{PROMPT.name} needs the argument script: the training script.")
    steps = [f"Call lint on {arguments['script']}."]
    if arguments.get("log"):
        steps.append(f"Call log on {arguments['log']} with the script as source.")
    steps += [
        "Where the cause is only suspected and the tool run is served, call run on the script.",
        "Call explain on each cause that is named.",
        "Say which cause is the likeliest and how sure that is (proved, measured, suspected, confirmed), "
        "with its figures, and show the smallest change that removes it. Where prove is served, prove it.",
        "After the change, call lint again.",
    ]
    text = "Find out why the accuracy of my Keras training does not improve.\n" + "\n".join(
        f"{number}. {step}" for number, step in enumerate(steps, start=1)
    )
    said = types.PromptMessage(role="user", content=types.TextContent(type="text", text=text))
    return types.GetPromptResult(description=PROMPT.title, messages=[said])
