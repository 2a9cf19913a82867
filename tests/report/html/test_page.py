"""The page of a Case: what stands on it and in which order, and that nothing on it is alive."""

import re
import time
from html.parser import HTMLParser
from itertools import pairwise

import msgspec
import pytest
from html_cases import ALL, LONG, PICTURED, hostile
from odd_cases import MANY_FITS, NO_FIT
from report_cases import HEALTHY, NAN, STUCK

from unstuck.case.schema import Case, RunRecord, SymptomRecord
from unstuck.report.html.files import is_ours
from unstuck.report.html.page import render
from unstuck.report.html.visible import visible

#: Bounds of the largest page: it is sent by mail, and drawn while somebody waits.
MOST_BYTES, MOST_SECONDS = 3_000_000, 5.0

VOID = {"meta", "img", "br", "hr", "path", "use", "rect", "circle", "input", "link"}


class Reader(HTMLParser):
    """The page as a browser reads it: headings, elements, text, and what is closed wrongly or left open."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.elements, self.open, self.headings, self.text = [], [], [], []
        self.wrong = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append([int(tag[1]), ""])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.text.append(data)
            if self.headings and any(re.fullmatch(r"h[1-6]", tag) for tag in self.open):
                self.headings[-1][1] += data

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="module")
def pictured():
    return render(PICTURED)


@pytest.mark.parametrize("name", ALL)
def test_every_case_has_a_well_formed_page(name):
    page = Reader(render(ALL[name]))
    assert page.wrong == []
    assert page.open == []
    levels = [level for level, _ in page.headings]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert "Errored inside unstuck" not in page.words or ALL[name].runs[0].errors


def test_the_page_tells_verdict_picture_causes_and_the_rest_in_this_order(pictured):
    page = Reader(pictured)
    order = [text.strip() for _, text in page.headings]
    assert order[0] == PICTURED.runs[0].headline
    assert order[1:4] == ["What is seen", "Why, the first to cure on top", "1 softmax-over-one-unit"]
    assert order.index("What was tried") < order.index("What was checked") < order.index("Environment")
    first, seen = pictured.index("<h1"), pictured.index("What is seen")
    answer = [pictured.index(each) for each in ("Measured: softmax", "What to do", "Tried in 3 pairs")]
    assert first < answer[0] < answer[1] < answer[2] < pictured.index("Accuracy of your training") < seen
    assert pictured.index("Accuracy in the trial") < seen
    for told in (
        "softmax-over-one-unit is seen.",
        "Explains: all that is seen above",
        "In 3 epochs: loss 7.9700 to 7.9500 (validation 8.0000 throughout)",
        "Measured: softmax-over-one-unit sentiment.py:19 softmax-over-one-unit is seen.",
        "Tried in 3 pairs of trainings, score on the trained rows (share of right decisions): 0.5 to 0.52 "
        "without the change, 0.9 to 0.98 with it",
        "Refuted: model-too-small. it learns 32 rows",
        "too-few-updates: 186 updates were made.",
        "batchnorm-inference-gap: the model has no batch normalisation.",
        "Cost: watching 0.31 s of a fit of 38.2 s, examination 1.84 s.".replace("1.84", "1.8"),
        "Or: Keep the softmax over two units.",
    ):
        assert told in page.words, told


def test_the_diff_reads_without_colours(pictured):
    lines = re.findall(r'<span class="(\w+)">(.*?)\n</span>', pictured)
    assert ("del", "-    Dense(1, &#34;softmax&#34;),") in lines
    assert ("add", "+    Dense(1, &#34;sigmoid&#34;),") in lines


def test_each_picture_is_told_in_words_and_has_a_name(pictured):
    figures = re.findall(r"<figure.*?</figure>", pictured, re.DOTALL)
    assert len(figures) >= 15
    for figure in figures:
        label = re.search(r'<svg viewBox="[^"]+" role="img" aria-label="([^"]+)"', figure)
        caption = re.search(r"<figcaption><strong>(.*?)</strong>(.*?)</figcaption>", figure, re.DOTALL)
        assert label[1] in caption[1]
        assert re.search(r"\d", caption[2]), caption[2]
        assert "<text" in figure


def test_nothing_is_fetched_and_nothing_runs(pictured):
    page = Reader(pictured)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "image"}
    for tag, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        for name in ("href", "src", "xlink:href"):
            assert attributes.get(name, "#").startswith("#"), (tag, attributes)
    assert not re.search(r"url\((?!#)", pictured)
    assert "@import" not in pictured


def test_a_hostile_case_stays_inert_small_and_quick(tmp_path):
    case = hostile()
    started = time.process_time()
    text = render(case)
    seconds = time.process_time() - started
    print(f"\nhostile page: {len(text.encode()):,} bytes in {seconds:.2f} s of processor time")
    assert len(text.encode()) < MOST_BYTES
    assert seconds < MOST_SECONDS
    page = Reader(text)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img"}
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    assert page.wrong == []
    for hidden in "\u202e\u2066\x1b\x00\x08\ud800":
        assert hidden not in text
        assert visible(hidden) in text
    assert "49" not in re.findall(r"`(.{0,9})", page.words)[0]
    assert visible(LONG) in page.words.replace(" ", "") or visible(LONG)[:9000] in page.words
    assert not re.search(r"picture[^<]*Error:", page.words)
    assert "could not be drawn" not in page.words
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    assert is_ours(tmp_path / "page.html")


def test_a_case_read_back_has_the_same_page(pictured):
    plain = msgspec.json.decode(msgspec.json.encode(PICTURED))
    assert render(msgspec.convert(plain, Case)) == pictured


def test_numbers_that_are_none_are_told_in_words():
    page = Reader(render(NAN))
    assert "loss NaN or infinite throughout" in page.words
    assert "no number" in page.words


def test_the_users_own_matplotlib_is_left_alone():
    import matplotlib

    before, page = dict(matplotlib.rcParams), render(STUCK)
    with matplotlib.rc_context({"axes.facecolor": "red", "font.size": 30}):
        mine = dict(matplotlib.rcParams)
        assert render(STUCK) == page
        assert dict(matplotlib.rcParams) == mine
    assert dict(matplotlib.rcParams) == before


def test_like_fits_are_told_once_and_others_under_headings_of_their_own():
    page = Reader(render(MANY_FITS))
    assert page.headings[0] == [1, "10 fits, 2 different outcomes"]
    assert [text for level, text in page.headings if level == 2] == [
        "This training is stuck. Suspected: learning-rate-too-high.",
        "Training looks healthy: nothing that was checked is wrong.",
    ]
    assert "The same in fits 2, 4 to 6 and 8 to 10" in page.words


def test_a_case_without_runs_is_its_message():
    page = Reader(render(NO_FIT))
    assert page.headings == [[1, NO_FIT.message]]
    assert "nothing to diagnose" in render(Case())


def test_a_healthy_run_is_one_line_and_what_was_checked():
    page = Reader(render(HEALTHY))
    assert "1 note: inputs-not-scaled; 1 rule not checked" in page.words
    assert "What is seen" not in page.words
    assert "overfitting: no validation data was given." in page.words


def test_a_run_of_which_nothing_is_known_has_a_page():
    for status in ("unknown", "interrupted", "healthy", "stuck", "failed"):
        assert Reader(render(Case(runs=[RunRecord(status=status)]))).headings
    unexplained = RunRecord(
        status="stuck", symptoms=[SymptomRecord(rule="accuracy-flat", says="It is flat.")]
    )
    assert "No cause that unstuck knows was found." in Reader(render(Case(runs=[unexplained]))).words


def test_what_was_checked_and_is_fine_is_named_only_where_rules_ran(pictured):
    assert "rules found nothing wrong" in pictured
    assert "rules found nothing wrong" not in render(STUCK)


@pytest.mark.parametrize("text", ["plain", "a\tb\nc", "naïve 模型 🙂"])
def test_text_that_can_be_seen_stays_as_it_is(text):
    assert visible(text) == text
