"""A fix that lint offers leaves nothing that lint would find: each is written, and the text read again."""

from pathlib import Path

import pytest
from writing import patched

from unstuck.lint.check import check
from unstuck.lint.files import pasted
from unstuck.lint.settings import Settings
from unstuck.rules.rule import catalogue

ROOT = Path(__file__).parents[2]
HEAD = "import keras\nimport numpy as np\nfrom keras import layers\n"

#: The programs in the rules' own pages and the broken ones of the clinic that stand in one file.
TEXTS = {
    f"{rule.name}-{number}": HEAD + text
    for rule in catalogue().values()
    for each in rule.source_checks
    for number, (text, *_) in enumerate(each.examples_fire)
    if isinstance(text, str)
} | {file.parent.name: file.read_text() for file in sorted(ROOT.glob("tests/clinic/*/broken.py"))}


def findings(text):
    return check(pasted("train.py", text), Settings()).found


@pytest.mark.parametrize("name", TEXTS)
def test_what_a_fix_leaves_has_no_new_finding(name):
    before = findings(TEXTS[name])
    known = {each.head.rule for each in before}
    for each in before:
        if each.record.fix is None or each.record.fix.diff is None:
            continue
        after = patched(TEXTS[name], each.record.fix.diff)
        left = findings(after)
        assert not {other.head.rule for other in left} - known, f"{each.head.rule}:\n{after}"
        same = [other for other in left if other.head.rule == each.head.rule]
        assert len(same) < len([other for other in before if other.head.rule == each.head.rule]), after
