"""Healthy programs of many styles: they learn, and nothing may be reported as a cause."""

import pytest
from programs import ROOT, Program, backends_named, require

HEALTHY = ROOT / "tests" / "healthy"

#: Programs whose backends differ in how they compile, batch, mask or normalise.
ON_EVERY_BACKEND = (
    "custom_compute_loss",
    "frozen_backbone",
    "generator",
    "masked_lstm",
    "multi_output",
    "py_dataset",
)


def backends_of(path):
    """The backends that a program asks for with `# needs:`, or torch, or all of them."""
    everywhere = ["torch", "jax", "tensorflow"] if path.stem in ON_EVERY_BACKEND else ["torch"]
    return backends_named(path.read_text(encoding="utf-8")) or everywhere


PROGRAMS = [Program(path, backend) for path in sorted(HEALTHY.glob("*.py")) for backend in backends_of(path)]


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_healthy_program_is_told_nothing(program, programs):
    require(program)
    outcome = programs.outcome(program)
    assert outcome.status == 0, outcome.tell()
    assert outcome.runs, outcome.tell()
    for run in outcome.runs:
        assert not run["causes"], outcome.tell()
        assert not run["errors"], outcome.tell()
        assert not run["told"], outcome.tell()
