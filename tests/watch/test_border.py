"""An exception anywhere inside unstuck leaves the training as it was and shows as one line."""

import numpy as np
import pytest

from unstuck.evidence.facts import Evidence, Labels, Output
from unstuck.evidence.kinds import snake_case
from unstuck.rules.rule import catalogue, judge
from unstuck.verbs.diagnose import Session
from unstuck.watch import hook

pytestmark = pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning")

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(48, 4)).astype("float32"), RNG.integers(0, 2, 48)

READERS = [
    "unstuck.evidence.model.read_model",
    "unstuck.evidence.model.read_heads",
    "unstuck.evidence.model.read_environment",
    "unstuck.evidence.compiled.read_losses",
    "unstuck.evidence.compiled.read_metrics",
    "unstuck.evidence.compiled.read_optimizer",
    "unstuck.evidence.data.read_labels",
    "unstuck.evidence.data.read_split",
    "unstuck.evidence.inputs.read_inputs",
    "unstuck.evidence.data.read_batches",
    "unstuck.evidence.model.first_layers",
    "unstuck.evidence.data.targets_of",
    "unstuck.evidence.baselines.read_baselines",
    "unstuck.evidence.logs.read_curves",
    "unstuck.evidence.dynamics.read_dynamics",
    "unstuck.evidence.examination.examine",
    "unstuck.evidence.gather.read_fit",
    "unstuck.watch.observation.look_at_rows",
    "unstuck.verbs.diagnose.judge",
    "unstuck.case.recording.write",
]


def train():
    """A stuck training; returns its weights and its history."""
    import keras

    keras.utils.set_random_seed(1)
    layers = [keras.Input((4,)), keras.layers.Dropout(0.3), keras.layers.Dense(1, activation="softmax")]
    model = keras.Sequential(layers)
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(X, Y, epochs=2, batch_size=16, validation_split=0.25, verbose=0)
    return model.get_weights(), history.history


def watched():
    session = Session()
    hook.install()
    hook.listen(session.observe)
    try:
        return train(), session.runs
    finally:
        hook.stop_listening(session.observe)


@pytest.fixture(scope="module")
def alone():
    return train()


@pytest.mark.parametrize("reader", READERS)
def test_a_failing_reader_is_one_line(monkeypatch, alone, reader):
    def planted(*_, **__):
        raise RuntimeError("planted")

    monkeypatch.setattr(reader, planted)
    (weights, history), runs = watched()
    assert history == alone[1]
    assert all(np.array_equal(a, b) for a, b in zip(weights, alone[0], strict=True))
    assert len(runs) == 1
    assert sum("planted" in error.error for error in runs[0].errors) == 1


@pytest.mark.parametrize("method", ["begin_epoch", "begin_batch", "end_batch", "end_epoch"])
def test_a_failing_vital_sign_is_one_line(monkeypatch, alone, method):
    from unstuck.watch.recorder import Recorder

    def planted(*_, **__):
        raise RuntimeError("planted")

    monkeypatch.setattr(Recorder, method, planted)
    (weights, history), runs = watched()
    assert history == alone[1]
    assert all(np.array_equal(a, b) for a, b in zip(weights, alone[0], strict=True))
    assert sum("planted" in error.error for error in runs[0].errors) == 1


@pytest.mark.parametrize("name", catalogue())
def test_a_failing_rule_is_one_line(monkeypatch, name):
    rule = catalogue()[name]

    def planted(**_):
        raise RuntimeError("planted")

    monkeypatch.setitem(rule.__dict__, "check", planted)
    records = {type(record): record for record in (rule.examples_fire or rule.examples_quiet)[0]}
    evidence = evidence_of(records)
    assert judge(evidence, [rule]).errored == ((name, "RuntimeError: planted"),)
    rest = [each for each in catalogue().values() if each.name != name]
    assert judge(evidence, rest).errored == ()


def evidence_of(records):
    """Evidence that holds exactly these records."""
    names = {snake_case(cls.__name__): record for cls, record in records.items()}
    run = {key: value for key, value in names.items() if key in Evidence.__dataclass_fields__}
    output = {key: value for key, value in names.items() if key in Output.__dataclass_fields__}
    return Evidence(**run, outputs=(Output(**output),))


def test_evidence_of_keeps_every_record():
    assert evidence_of({Labels: Labels.of([0, 1])}).outputs[0].labels.count == 2
