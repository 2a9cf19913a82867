"""Setting and adding arguments of a call and items of a list, written as their neighbours are."""

from __future__ import annotations

import re
from collections.abc import Sequence

import libcst as cst

from unstuck.evidence.source import Source, Unplaced
from unstuck.remedies.editing.constants import constant_behind
from unstuck.remedies.editing.edits import Edit

_FROM_OUTSIDE = re.compile(r"\b(argv|parse_args|parse_known_args|environ|getenv|FLAGS|input\()")
#: A name may stand for a name, and so on; longer chains than this are not worth following.
_LONGEST_CHAIN = 5


def quoted(source: Source, text: str, like: cst.BaseExpression | None = None) -> str:
    """A string literal with the quotes of the literal that it replaces, or else the file's usual ones."""
    return _quoted(text, source.code(like) if isinstance(like, cst.SimpleString) else source.text)


def _quoted(text: str, sample: str) -> str:
    return f"'{text}'" if sample.count("'") > sample.count('"') else f'"{text}"'


def number(value: float) -> str:
    """A number as one writes it: 0.001, not the 0.0010000000474974513 of float32."""
    return repr(int(value)) if isinstance(value, int) else repr(float(f"{float(value):.4g}"))


def follow(source: Source, node: cst.BaseExpression) -> cst.BaseExpression:
    """The value that a name stands for, when it is written for this one use alone; else the node."""
    value = source.assigned(node)
    if value is None or not isinstance(node, cst.Name) or len(source.uses(node.value, reads=True)) != 1:
        return node
    plain = (cst.BaseString, cst.BaseNumber, cst.UnaryOperation, cst.List, cst.Tuple, cst.Dict, cst.Call)
    return value if isinstance(value, plain) else node


def replaced(source: Source, node: cst.BaseExpression, text: str, *, quote: bool = False) -> list[Edit]:
    """Give an argument another value, at the constant behind it when that serves this use alone.

    Raises:
        Unplaced: the value comes from outside the source (the command line, the environment).
    """
    outside = _outside(source, node)
    if outside:
        raise Unplaced(f"the value comes from outside the script ({outside}), so give it there")
    target = follow(source, node)
    if isinstance(target, cst.Call):
        target = node
    behind = constant_behind(source, node) if target is node else None
    if behind is not None:
        sample = source.data[slice(*behind)].decode("utf-8", "surrogatepass")
        return [Edit(*behind, _quoted(text, sample) if quote else text)]
    return [Edit(*source.span(target), quoted(source, text, target) if quote else text)]


def _outside(source: Source, node: cst.BaseExpression) -> str:
    """What reads the value from the command line, the environment or a prompt, "" when nothing does."""
    shown = source.code(node)
    for _ in range(_LONGEST_CHAIN):
        if _FROM_OUTSIDE.search(source.code(node)):
            return shown
        while isinstance(node, (cst.Attribute, cst.Subscript)):
            node = node.value
        value = source.assigned(node)
        if value is None:
            return ""
        node = value
    return ""


def unchanged(source: Source, node: cst.CSTNode) -> list[Edit]:
    """What is asked for is so already; a bundle of changes can do without this one."""
    start = source.span(node)[0]
    return [Edit(start, start, "")]


def set_argument(
    source: Source, call: cst.Call, parameter: str, text: str, *, quote: bool = False
) -> list[Edit]:
    """Give a parameter of the call a value: in the argument that fills it, or in a new one.

    Raises:
        Unplaced: the argument is hidden in *args or **kwargs, or its value comes from outside.
    """
    arg = source.argument(call, parameter)
    if arg is not None:
        return replaced(source, arg.value, text, quote=quote)
    return [add_argument(source, call, parameter, quoted(source, text) if quote else text)]


def add_argument(source: Source, call: cst.Call, keyword: str, text: str) -> Edit:
    """Add a keyword argument at the end of the call, spaced and broken over lines as the others are."""
    styles = [source.code(arg) for arg in call.args if arg.keyword is not None]
    spaced = any(re.match(r"\w+ += ", style) for style in styles)
    return _append(source, call, call.args, f"{keyword} = {text}" if spaced else f"{keyword}={text}")


def add_item(source: Source, sequence: cst.List | cst.Tuple, text: str) -> Edit:
    """Add an item at the end of a list or tuple."""
    return _append(source, sequence, sequence.elements, text)


def _append(source: Source, node: cst.CSTNode, items: Sequence[cst.Arg | cst.BaseElement], text: str) -> Edit:
    end = source.span(node)[1] - (0 if isinstance(node, cst.Tuple) else 1)
    if not items:
        return Edit(end, end, text)
    first, last = source.span(items[-1])
    indent = source.data[source.offset(source.position(first)[0]) : first].decode("utf-8", "surrogatepass")
    rest = source.data[last:end].decode("utf-8", "surrogatepass")
    comma = rest.lstrip().startswith(",")
    own_line, newline = not indent.strip(), source.newline
    if own_line and ("\n" in rest or "\r" in rest):
        kept = re.split(r"[\r\n]", rest)[0]
        lines = f"{kept if comma else ',' + kept}{newline}{indent}{text},"
        return Edit(last, last + len(kept.encode()), lines)
    after = last + rest.index(",") + 1 if comma else last
    space = newline + indent if own_line else " "
    return Edit(after, after, f"{space}{text}," if comma else f",{space}{text}")


def removed(source: Source, sequence: cst.List | cst.Tuple, index: int) -> Edit:
    """Take one item out of a list or tuple, with its comma and, where it has lines of its own, those."""
    items, data = sequence.elements, source.data
    start, end = source.span(items[index])
    line = source.offset(source.position(start)[0])
    rest = re.match(rb"[ \t]*,?[ \t]*(#[^\r\n]*)?(\r\n|\n|\r)", data[end:])
    if not data[line:start].strip() and rest is not None:
        return Edit(line, end + rest.end(), "")
    if index and b"#" not in data[source.span(items[index - 1])[1] : start]:
        return Edit(source.span(items[index - 1])[1], end, "")
    if index + 1 < len(items) and b"#" not in data[end : source.span(items[index + 1])[0]]:
        return Edit(start, source.span(items[index + 1])[0], "")
    comma = re.match(rb"[ \t]*,", data[end:])
    return Edit(start, end + (comma.end() if comma else 0), "")
