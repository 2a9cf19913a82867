"""Long lists of numbers in a program: left blank where only the calls around them are of interest.

An editable tree takes a hundred times the time that Python takes to read the same text, for each number of a
list of 50,000.
"""

from __future__ import annotations

import ast
import re

#: A list or table of more members is data; people write none of their layers, epochs or widths so long.
LONGEST = 300

_NO_LINE_END = re.compile(rb"[^\r\n]")


def without_data(text: str, tree: ast.Module) -> str:
    """The text with spaces in place of the members of long lists, all but the first of each.

    What is left stands where it stood: bytes, lines and columns are the same.
    """
    long = [each for each in ast.walk(tree) if _is_data(each)] if len(text) > LONGEST else []
    if not long:
        return text
    data = bytearray(text.encode("utf-8", "surrogatepass"))
    starts = [0, *(end.end() for end in re.finditer(rb"\r\n|\n|\r", data))]
    for each in long:
        first, *_, last = each.elts  # type: ignore[attr-defined]
        start = starts[first.end_lineno - 1] + first.end_col_offset
        end = starts[last.end_lineno - 1] + last.end_col_offset
        data[start:end] = _NO_LINE_END.sub(b" ", data[start:end])
    blank = data.decode("utf-8", "surrogatepass")
    try:
        compile(blank, "", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    except (SyntaxError, ValueError):  # a list whose first member stands in parentheses, and the like
        return text
    return blank


def _is_data(node: ast.AST) -> bool:
    """Whether a node is a long list of numbers and texts, or of lists of such."""
    return isinstance(node, ast.List) and len(node.elts) > LONGEST and all(map(_is_written, node.elts))


def _is_written(node: ast.expr) -> bool:
    if isinstance(node, (ast.List, ast.Tuple)):
        return all(map(_is_written, node.elts))
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return isinstance(node, ast.Constant)
