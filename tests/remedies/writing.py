"""Source before and after a remedy, for the tests of all remedies."""

import re

from unstuck.case.recording import write
from unstuck.evidence.facts import Place
from unstuck.evidence.source import Source, SourceReader
from unstuck.judgement.findings import Proposal


class Texts(SourceReader):
    """A reader of texts that stand in no file."""

    def __init__(self, main=None, **texts):
        super().__init__(main)
        self._sources = {f"{name}.py": Source(f"{name}.py", text) for name, text in texts.items()}


def place(text, snippet, file="train.py"):
    """The exact place of a snippet that stands once in the text."""
    assert text.count(snippet) == 1, f"{snippet!r} stands {text.count(snippet)} times"
    start = text.index(snippet)
    before, upto = text[:start], text[: start + len(snippet)]

    def column(part):
        return len(re.split(r"\r\n|\n|\r", part)[-1].encode())

    def line(part):
        return len(re.split(r"\r\n|\n|\r", part))

    return Place(
        file=file, line=line(before), column=column(before), end_line=line(upto), end_column=column(upto)
    )


def record(name, text, snippet=None, also=(), /, **values):
    """The remedy as it is written for a text; `snippet` is the call that the proposal points at."""
    at = place(text, snippet) if isinstance(snippet, str) else snippet
    return write(Proposal(name, at, values, also), Texts(train=text))


def patched(text, diff):
    """The text with a unified diff applied, in few lines, after checking what it takes away."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    result, at = [], 0
    body = diff.split("\n", 2)[2]
    for hunk in re.split(r"^(?=@@ )", body, flags=re.M)[1:]:
        head, *rows = re.findall(r"[^\n]*\n|[^\n]+", hunk)
        begin = int(re.match(r"@@ -(\d+)", head)[1]) - 1
        begin += ",0 +" in head
        result += lines[at:begin]
        at = begin
        for row, following in zip(rows, [*rows[1:], ""], strict=True):
            content = row[1:-1] if following.startswith("\\") else row[1:]
            if row[0] in " -":
                assert lines[at] == content, f"{lines[at]!r} is not {content!r}"
                at += 1
            if row[0] in " +":
                result.append(content)
    return "".join(result + lines[at:])


def edited(name, text, snippet=None, also=(), /, **values):
    """The text after the remedy; None when there is no diff."""
    written = record(name, text, snippet, also, **values)
    return None if written.diff is None else patched(text, written.diff)
