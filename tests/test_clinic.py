"""The clinic: programs with one fault each, the same programs cured, and the shipped examples.

A broken program must be told what is wrong with it, first and in the right line; its cured twin
must be told nothing. Every program runs on torch; those in which the backend makes a difference,
and the three problems that this tool was made for, also run on JAX and TensorFlow.
"""

import tomllib
from dataclasses import astuple, replace

import pytest
from programs import ROOT, Program, applied, require
from scores import score

from unstuck.report.programs import SHOWN_BY
from unstuck.report.programs import Programs as Shown

CLINIC = ROOT / "tests" / "clinic"
EXAMPLES = ROOT / "examples"
SHOWN = Shown.beside(ROOT / "docs")
BACKENDS = ("torch", "jax", "tensorflow")

#: Where the backends compute, clip, raise or cache differently.
ON_EVERY_BACKEND = (
    "batchnorm-inference-gap",
    "categorical-crossentropy-on-one-unit",
    "frozen-layers",
    "label-form-does-not-match-loss",
    "labels-not-zero-based",
    "logits-taken-as-probabilities",
    "metric-does-not-match-task",
    "nan-loss",
    "non-finite-inputs",
    "probabilities-taken-as-logits",
    "softmax-over-one-unit",
    "unmasked-padding",
)

#: The example that is started in a process that has imported nothing, on each backend.
ANEW = "price_series"

#: Causes stack: after one is cured the next appears. More rounds than this would be a loop.
MOST_ROUNDS = 4

ALL = {
    folder.name: tomllib.loads((folder / "expect.toml").read_text()) for folder in sorted(CLINIC.glob("*/"))
}
#: What a diagnosis tells, or a proof within the `budget` of seconds; what only the source shows is for
#: tests/lint.
EXPECT = {case: expect for case, expect in ALL.items() if "only" not in expect}
#: What only the answer to one question tells: the question by case.
QUESTIONS = {case: expect["only"] for case, expect in ALL.items() if expect.get("only", "lint") != "lint"}
SHIPPED = tomllib.loads((CLINIC / "examples.toml").read_text())


def backends_of(case):
    """The backends to run a case on: where it shows, and all of them only where they differ."""
    wanted = BACKENDS if case in ON_EVERY_BACKEND else ("torch",)
    return [backend for backend in wanted if backend in EXPECT[case].get("backends", BACKENDS)]


def broken_programs():
    return [
        Program(CLINIC / case / "broken.py", backend, budget=EXPECT[case].get("budget"))
        for case in EXPECT
        for backend in backends_of(case)
    ]


def cured_programs():
    """The cured twins, on one backend each: what they must be told is nothing, on any."""
    return [
        *(Program(CLINIC / case / "fixed.py", backends_of(case)[0]) for case in EXPECT),
        *(Program(CLINIC / case / "fixed.py") for case in QUESTIONS),
    ]


def shipped_programs():
    """The examples; the quickest of those on all backends begin as a user's do, with nothing imported."""
    return [
        Program(EXAMPLES / f"{name}.py", backend, tuple(expect.get("arguments", ())), anew=name == ANEW)
        for name, expect in SHIPPED.items()
        for backend in expect.get("backends", ["torch"])
    ]


def cured(program, outcome):
    """The program after the first remedy of every cause, as far as one leaves the lines of the next alone."""
    text = program.source
    for cause in outcome.judged["causes"]:
        diffs = [remedy["diff"] for remedy in cause["remedies"] if remedy["diff"]]
        try:
            text = applied(text, diffs[0]) if diffs else text
        except AssertionError:  # the cure before changed a line nearby: this one comes in the next round
            assert text != program.source, f"the first diff does not apply\n{outcome.tell()}"
    return text


def left_after(outcome, of_the_data=()):
    """The causes that are told, without those of the data, which no diff mends."""
    return [cause["rule"] for cause in outcome.judged["causes"] if cause["rule"] not in of_the_data]


def heal(program, programs, of_the_data=()):
    """Apply what is shown and run again, until nothing is left, as a user would; the outcomes in order."""
    outcomes = [programs.outcome(program)]
    while left_after(outcomes[-1], of_the_data) and len(outcomes) <= MOST_ROUNDS:
        text = cured(program, outcomes[-1])
        assert text != program.source, f"no diff is shown\n{outcomes[-1].tell()}"
        program = Program(program.path, program.backend, program.arguments, text)
        outcomes.append(programs.outcome(program))
    return outcomes


def check(program, outcome, expect):
    """The causes are those expected, in order, in place, and as sure as they may be."""
    status = expect.get("status", {})
    expected_status = status if isinstance(status, str) else status.get(program.backend)
    assert (outcome.status != 0) == (expected_status == "failed"), outcome.tell()
    run = outcome.judged
    if expected_status:
        assert run["status"] == expected_status, outcome.tell()
    causes = [cause["rule"] for cause in run["causes"]]
    assert causes, f"no cause was found\n{outcome.tell()}"
    assert causes[0] in {expect["cause"], *expect.get("accept", ())}, outcome.tell()
    assert set(expect.get("also", ())) <= set(causes), outcome.tell()
    assert not set(expect.get("never", ())) & set(causes), outcome.tell()
    first = run["causes"][0]
    if "certainty" in expect:
        assert first["certainty"] in {"confirmed", *expect["certainty"]}, outcome.tell()
    if "line" in expect and first["rule"] == expect["cause"]:
        assert first["where"] is not None, outcome.tell()
        assert expect["line"] in program.source.splitlines()[first["where"]["line"] - 1], outcome.tell()


@pytest.mark.parametrize("program", broken_programs(), ids=str)
def test_broken_program_is_told_its_fault(program, programs, record_property):
    require(program)
    outcome = programs.outcome(program)
    record_property("score", astuple(score(program, outcome, EXPECT[program.path.parent.name])))
    assert not [error for run in outcome.runs for error in run["errors"]], outcome.tell()
    check(program, outcome, EXPECT[program.path.parent.name])


@pytest.mark.parametrize("case", QUESTIONS)
def test_a_question_tells_the_broken_program_from_its_cured_twin(case, programs):
    for file, word in (("broken.py", "for"), ("fixed.py", "against")):
        program = Program(CLINIC / case / file)
        require(program)
        printed = programs.answer(QUESTIONS[case], program)
        assert f"Speaks {word}: {ALL[case]['cause']}." in printed, printed[-2000:]


@pytest.mark.parametrize("symptom", SHOWN_BY)
def test_a_symptom_shows_in_the_program_that_its_page_names(symptom, programs):
    folder = SHOWN.folders[SHOWN_BY[symptom]]
    program = Program(CLINIC / folder / "broken.py", backends_of(folder)[0])
    require(program)
    outcome = programs.outcome(program)
    assert symptom in {each["rule"] for run in outcome.runs for each in run["symptoms"]}, outcome.tell()


@pytest.mark.parametrize("program", cured_programs(), ids=str)
def test_cured_program_is_told_nothing(program, programs):
    require(program)
    outcome = programs.outcome(program)
    assert outcome.status == 0, outcome.tell()
    for run in outcome.runs:
        assert not run["causes"], outcome.tell()
        assert not run["errors"], outcome.tell()
        assert not run["told"], outcome.tell()


@pytest.mark.parametrize("program", shipped_programs(), ids=str)
def test_example_is_told_its_faults_and_is_quiet_after_its_diffs(program, programs):
    require(program)
    outcome = programs.outcome(program)
    expect = SHIPPED[str(program.path.relative_to(EXAMPLES).with_suffix(""))]
    assert not [error for run in outcome.runs for error in run["errors"]], outcome.tell()
    check(program, outcome, expect)
    if program.backend not in expect.get("healed_on", BACKENDS):
        return  # not cured by a diff within a test's time: see examples.toml
    longer = expect.get("healed_with", program.arguments)
    of_the_data = expect.get("of_the_data", ())
    outcomes = heal(replace(program, arguments=tuple(longer)), programs, of_the_data)
    assert not left_after(outcomes[-1], of_the_data), "\n\n".join(outcome.tell() for outcome in outcomes)


@pytest.mark.parametrize("case", EXPECT)
def test_expectation_stands_in_the_program(case):
    broken = (CLINIC / case / "broken.py").read_text(encoding="utf-8")
    assert any(EXPECT[case].get("line", "") in line for line in broken.splitlines())
    assert broken != (CLINIC / case / "fixed.py").read_text(encoding="utf-8")
