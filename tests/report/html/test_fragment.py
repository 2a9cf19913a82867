"""The fragment beside a notebook's cell: the page's parts, inert, and at peace with what stands around it."""

import re
import time
from itertools import pairwise

import pytest
from html_cases import ALL, PICTURED, hostile
from odd_cases import MANY_FITS, NO_FIT
from report_cases import HEALTHY, STUCK
from test_page import MOST_BYTES, MOST_SECONDS, Reader

from unstuck.report.html.fragment import fragment
from unstuck.report.html.page import render
from unstuck.report.html.style import fragment_style
from unstuck.report.html.visible import visible


@pytest.fixture(scope="module")
def pictured():
    return fragment(PICTURED)


@pytest.fixture(scope="module")
def page():
    return render(PICTURED)


def ids(text):
    return re.findall(r'\bid="([^"]*)"', text)


@pytest.mark.parametrize("name", ["three stacked causes", "the loss is NaN", "ten fits in a loop", "no fit"])
def test_every_fragment_is_well_formed_and_its_headings_begin_below_those_of_a_notebook(name):
    seen = Reader(fragment(ALL[name]))
    assert seen.wrong == []
    assert seen.open == []
    levels = [level for level, _ in seen.headings]
    assert levels[0] == 3
    assert min(levels) == 3
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels


def test_headings_stay_out_of_the_users_table_of_contents(pictured):
    headings = [attributes for tag, attributes in Reader(pictured).elements if re.fullmatch(r"h\d", tag)]
    assert len(headings) > 5
    assert all("jp-toc-ignore" in each["class"].split() for each in headings)


def test_it_tells_what_the_page_tells(pictured, page):
    told = [text for _, text in Reader(page).headings if text != "What was checked"]
    assert [text for _, text in Reader(pictured).headings] == told
    for part in (r"<figcaption>.*?</figcaption>", r"<code>.*?</code></pre>", r"<text[^>]*>[^<]*</text>"):
        assert re.findall(part, pictured, re.DOTALL) == re.findall(part, page, re.DOTALL)


def test_what_few_read_is_folded(pictured):
    folded = pictured[pictured.index('<details class="rest">') :]
    assert re.search(
        r"<summary>What was checked: \d+ rules found nothing wrong, [^<]* not checked</summary>", folded
    )
    for part in ("Not checked", "Environment", "Cost: "):
        assert part in folded
        assert part not in pictured[: pictured.index('<details class="rest">')]


def test_two_fragments_share_no_id_and_refer_only_to_their_own(pictured):
    again = fragment(STUCK)
    assert ids(pictured)
    assert len(set(ids(pictured))) == len(ids(pictured))
    assert not {each.partition("-picture")[0] for each in ids(pictured)} & {
        each.partition("-picture")[0] for each in ids(again)
    }
    for text in (pictured, again):
        assert set(re.findall(r'(?:url\(#|href="#)([^)"]+)', text)) <= set(ids(text))
    assert fragment(STUCK, "cell3") == fragment(STUCK, "cell3")
    assert all(each.startswith("cell3-") for each in ids(fragment(STUCK, "cell3")))


def outermost(style):
    """The selectors that stand under nothing but a media query, and the rules that do."""
    depth, start, found = 0, 0, []
    for at, letter in enumerate(style):
        if letter == "{":
            head = style[start:at].strip()
            if head.startswith("@media") and depth == 0:
                start = at + 1
                continue
            if depth == 0:
                found.append(head)
            depth += 1
        elif letter == "}":
            depth = max(0, depth - 1)
            start = at + 1
    return [each for each in found if each]


def test_no_rule_reaches_beyond_the_fragment():
    style = re.sub(r"/\*.*?\*/", "", fragment_style(), flags=re.DOTALL)
    assert style.count("{") == style.count("}")
    heads = outermost(style)
    assert len(heads) == 5
    for head in heads:
        assert all(
            re.search(r"(?:^|\s)\.unstuck(?:\.unstuck)?$", each.strip()) for each in head.split(",")
        ), head
    assert "rem" not in re.findall(r"[\d.](\w+)", style)
    assert not re.search(r"@import|url\(|</", style)


def test_nothing_runs_and_nothing_is_fetched(pictured):
    seen = Reader(pictured)
    tags = {tag for tag, _ in seen.elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "a"}
    for _, attributes in seen.elements:
        assert not any(name.startswith("on") for name in attributes)
        assert all(attributes.get(name, "#").startswith("#") for name in ("href", "src", "xlink:href"))


def test_a_hostile_case_stays_inert_small_and_quick():
    started = time.process_time()
    text = fragment(hostile())
    assert time.process_time() - started < MOST_SECONDS
    assert len(text.encode()) < MOST_BYTES
    seen = Reader(text)
    assert not {tag for tag, _ in seen.elements} & {"script", "img"}
    assert not any(name.startswith("on") for _, attributes in seen.elements for name in attributes)
    assert seen.wrong == []
    assert text.count("<style") == 1
    for hidden in "\u202e\x1b\x00\ud800":
        assert hidden not in text
        assert visible(hidden) in text


def test_several_outcomes_and_none_and_a_healthy_one():
    many = Reader(fragment(MANY_FITS))
    assert many.headings[0] == [3, "10 fits, 2 different outcomes"]
    assert "The same in fits 2, 4 to 6 and 8 to 10" in many.words
    assert Reader(fragment(NO_FIT)).headings == [[3, NO_FIT.message]]
    assert "1 note: inputs-not-scaled; 1 rule not checked" in Reader(fragment(HEALTHY)).words
