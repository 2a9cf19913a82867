"""What a training is held against: scores by hand, each kind of task, and whole fits."""

import keras
import numpy as np
import pytest
from keras import layers

import unstuck
from unstuck.case.recording import referred
from unstuck.case.schema import RunRecord, SymptomRecord
from unstuck.evidence.facts import Evidence, Fit, Head, Labels, Loss, Output, Reference, Versus
from unstuck.evidence.reference.chosen import choose
from unstuck.evidence.reference.deadline import Deadline
from unstuck.evidence.reference.network import Answered
from unstuck.evidence.reference.objective import is_ahead
from unstuck.evidence.reference.quantile import quantile_of
from unstuck.evidence.reference.reading import reference_of
from unstuck.evidence.reference.scores import Target, chance, versus
from unstuck.judgement.findings import Finding, Judgement
from unstuck.judgement.status import status_of
from unstuck.report.headline import headline_of
from unstuck.watch.rows import Rows

DRAW = np.random.default_rng(0)


def target(values, taught=None, **rest):
    values = np.asarray(values)
    return Target(
        values=values,
        taught=values if taught is None else np.asarray(taught),
        groups=np.arange(len(values)),
        **rest,
    )


def held_against(x, y, answers=None, *, head=None, loss=None, validation=None, **evidence):
    """The reference of one output whose network gives these answers to the rows that judge."""
    training = Rows(x=x, y=y, count=len(y))
    judging = None if validation is None else Rows(x=validation[0], y=validation[1], count=len(validation[1]))
    output = Output(head=head or Head(), loss=loss)
    chosen = choose(training, judging, {"": output.head}, "float32")
    rows = np.sort(np.concatenate(chosen.sample.indices))
    outputs = {} if answers is None else {"": np.asarray(answers)[rows]}
    answered = Answered(rows, outputs, {}, "" if outputs else "it was not asked")
    return reference_of(chosen, answered, Evidence(outputs=(output,), **evidence), output, Deadline(np.inf))


def test_accuracy_counts_rows_and_balanced_accuracy_classes():
    values, answers = np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0])
    assert target(values, kind="classes", classes=2).scores(answers).mean() == 0.75
    assert target(values, kind="classes", classes=2, balanced=True).scores(answers).mean() == 0.5


def test_labels_are_balanced_one_by_one():
    values = np.array([[1, 0], [1, 0], [0, 1], [1, 1]])
    scores = target(values, kind="labels", balanced=True).scores(np.ones_like(values))
    assert scores.mean() == pytest.approx(0.5)


def test_numbers_are_scored_against_the_training_rows_constant():
    values = np.array([[0.0], [2.0], [4.0]])
    squared = target(values, kind="numbers")
    assert squared.scores(np.full((3, 1), 2.0)).mean() == pytest.approx(0.0)
    # errors 1, 1, 1 against 4, 0, 4 around the mean
    assert squared.scores(values + 1.0).mean() == pytest.approx(1.0 - 3.0 / 8.0)
    absolute = target(values, kind="numbers", absolute=True)
    assert absolute.scores(values + 1.0).mean() == pytest.approx(1.0 - 3.0 / 4.0)


def test_columns_of_one_quantity_add_up():
    values = np.array([[0.0, 0.0], [2.0, 0.002]])
    answers = np.array([[0.0, 1.0], [2.0, 1.0]])
    assert target(values, kind="numbers", pooled=True).scores(answers).mean() == pytest.approx(0.0, abs=0.01)
    assert target(values, kind="numbers").scores(answers).mean() < -1e5


def test_the_interval_is_of_paired_rows_and_of_whole_sequences():
    one, other = np.array([1.0, 1.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0, 0.0])
    apart = versus(target([0, 1, 0, 1], kind="classes", classes=2), one, other)
    error = np.std([0, 1, 0, 1], ddof=1) / 2
    assert (apart.difference, apart.high) == (0.5, pytest.approx(0.5 + 3 * error))
    together = Target("classes", np.array([0, 1, 0, 1]), np.array([0, 1]), np.array([5, 5, 9, 9]), classes=2)
    assert versus(together, one, other).low == pytest.approx(0.5)  # both sequences differ by one half


def test_targets_dealt_out_anew_beat_answers_that_only_guess():
    values = np.tile([0, 1], 50)
    asked = target(values, kind="classes", classes=2)
    assert chance(asked, {"knows": values}, 1.0) == (1 / 200, 199)
    blind = DRAW.integers(0, 2, 100)
    score = float((blind == values).mean())
    assert chance(asked, {"guesses": blind}, score)[0] > 0.01


RINGS = DRAW.uniform(0, 2 * np.pi, 800)
RADIUS = np.where(np.arange(800) % 2, 1.0, 2.0)
X = np.stack([RADIUS * np.cos(RINGS), RADIUS * np.sin(RINGS)], axis=1)
Y = np.arange(800) % 2


def test_two_classes_on_validation_rows():
    found = held_against(
        X[:600],
        Y[:600],
        np.full((200, 1), 0.7),
        head=Head(activation="sigmoid"),
        loss=Loss(name="binary_crossentropy"),
        validation=(X[600:], Y[600:]),
    )
    assert (found.measure, found.on, found.network) == ("accuracy", "validation", 0.5)
    assert found.best_trivial == ("always the most frequent class", 0.5)
    assert found.best_simple == ("nearest neighbours", 1.0)
    assert dict(found.simple)["logistic regression"] < 0.65
    assert found.versus_simple.high < 0
    assert found.p_value == 1 / 200


def test_training_rows_judge_in_turn_where_none_were_held_out():
    found = held_against(X, Y, Y[:, None] * 1.0, loss=Loss(name="binary_crossentropy"))
    assert (found.on, found.network, found.best_simple[1]) == ("training", 1.0, 1.0)
    assert found.versus_trivial.low > 0


def test_a_network_that_could_not_be_asked_has_no_score():
    found = held_against(X, Y)
    assert (found.network, found.why, found.versus_simple) == (None, "it was not asked", None)
    assert found.best_simple[1] == 1.0


def test_many_numbers_a_row():
    x = DRAW.normal(size=(300, 4))
    y = x @ DRAW.normal(size=(4, 3))
    found = held_against(x, y, y, head=Head(units=3, shape=(3,)), loss=Loss())
    assert (found.measure, found.network) == ("R2", 1.0)
    assert dict(found.simple)["linear regression"] > 0.99


def test_several_labels_a_row():
    x = DRAW.normal(size=(400, 4))
    y = (x[:, :3] > 0).astype(int)
    loss = Loss(name="binary_crossentropy")
    found = held_against(x, y, y * 1.0, head=Head(activation="sigmoid", units=3, shape=(3,)), loss=loss)
    assert (found.measure, found.network) == ("balanced accuracy", 1.0)
    assert dict(found.simple)["linear regression"] > 0.9


def test_answers_by_step_are_judged_by_step_and_rows_stay_together():
    x = DRAW.integers(1, 9, (200, 6))
    y = x % 2
    found = held_against(
        x,
        y,
        np.eye(2)[y],
        head=Head(activation="softmax", units=2, shape=(6, 2)),
        loss=Loss(name="sparse_categorical_crossentropy"),
    )
    assert (found.network, found.judged) == (1.0, 200)
    assert found.positions == 1200
    assert found.best_simple[1] > 0.95


def test_a_series_is_held_against_its_last_value():
    walk = np.cumsum(DRAW.normal(size=500))
    windows = np.lib.stride_tricks.sliding_window_view(walk[:-1], 10)
    ahead = walk[10:]
    worse = ahead[:, None] + 5.0
    found = held_against(windows, ahead, worse, loss=Loss())
    assert found.series
    assert found.best_trivial[0] == "the last value of the input"
    assert found.versus_trivial.high < 0


def test_an_own_loss_leaves_the_scale_open_and_the_best_reading_counts():
    x = DRAW.normal(size=(300, 3))
    y = x[:, 0]
    logarithm = held_against(x, y, 0.1 * y[:, None] - 7.0, loss=Loss(name="own", custom=True))
    assert logarithm.benefit
    assert logarithm.network == pytest.approx(1.0)
    assert held_against(x, y, 0.1 * y[:, None] - 7.0, loss=Loss()).network < -10
    distance = held_against(X, Y, 9.0 - Y[:, None], loss=Loss(name="own", custom=True))
    assert distance.network == 1.0  # near means alike


def test_answers_that_are_no_decisions_are_not_compared():
    found = held_against(
        X,
        Y,
        DRAW.normal(size=(800, 16)),
        head=Head(units=16, shape=(16,)),
        loss=Loss(name="own", custom=True),
    )
    assert found.network is None
    assert "no decision" in found.why


def test_pairs_are_compared_by_their_distance():
    first, second = DRAW.normal(size=(2, 600, 5))
    same = np.arange(600) % 2
    second = np.where(same[:, None] == 1, first + 0.1 * second, second)
    found = held_against([first, second], same, same[:, None] * 1.0, loss=Loss(name="binary_crossentropy"))
    assert found.best_simple[1] > 0.95


def fitted(model, x, y, loss, epochs=15, **rest):
    keras.utils.set_random_seed(0)
    watch = unstuck.Watch(report=False)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss=loss, metrics=rest.pop("metrics", None))
    model.fit(x, y, epochs=epochs, batch_size=32, verbose=0, callbacks=[watch], **rest)
    return watch.diagnosis


def test_a_training_that_holds_its_own_is_healthy_and_says_beside_what():
    model = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(1, activation="sigmoid")])
    told = fitted(model, X, Y, "binary_crossentropy", validation_split=0.25, metrics=["accuracy"])
    assert told.run.status == "healthy"
    assert told.run.headline.startswith(
        "Learns: accuracy 1.000 on 200 rows it has not seen; nearest neighbours 1.000, "
    )


def test_a_straight_line_on_rings_is_beaten_and_the_cause_suspected():
    model = keras.Sequential([layers.Dense(1, activation="sigmoid")])
    told = fitted(model, X, Y, "binary_crossentropy", validation_split=0.25, metrics=["accuracy"])
    assert "beaten-by-simple-model" in {symptom.rule for symptom in told.run.symptoms}
    assert ("missing-nonlinearity", "suspected") in {(cause.rule, cause.certainty) for cause in told.causes}


def test_an_own_loss_that_broadcasts_is_beaten_and_the_figures_are_told():
    def squared(y_true, y_pred):
        return keras.ops.mean((keras.ops.reshape(y_true, (-1,)) - y_pred) ** 2)

    x = DRAW.normal(size=(400, 4)).astype("float32")
    y = (x @ np.array([1.0, -2.0, 0.5, 1.0])).astype("float32")
    model = keras.Sequential([layers.Dense(16, activation="relu"), layers.Dense(1)])
    told = fitted(model, x, y, squared)
    assert "beaten-by-simple-model" in {symptom.rule for symptom in told.run.symptoms}
    assert "linear regression 1.000" in " ".join(told.text(verbose=True).split())


def test_a_quantile_is_not_beaten_for_what_its_loss_does_not_ask():
    def pinball(y_true, y_pred):
        error = y_true - y_pred
        return keras.ops.mean(keras.ops.maximum(0.9 * error, -0.1 * error), axis=-1)

    draw = np.random.default_rng(3)
    mean = draw.normal(size=(600, 1)) * 2.0
    values = mean + draw.exponential(2.0, (600, 1))
    noisy = mean + 2.0 * np.log(10.0) + draw.normal(size=(600, 1))  # about the .9 quantile
    asked = target(values, kind="numbers")
    simple = {"linear regression": mean + 2.0}
    assert asked.scores(noisy).mean() < asked.scores(simple["linear regression"]).mean()
    assert is_ahead(pinball, asked, noisy, simple)
    assert not is_ahead(pinball, asked, simple["linear regression"], {"nearest neighbours": noisy})
    assert not is_ahead(pinball, asked, np.full((600, 1), 4.0), simple)
    assert not is_ahead(lambda y_true, y_pred: -pinball(y_true, y_pred), asked, -9.0 * values, simple)


def test_a_lookup_that_maps_every_id_to_one_is_beaten():
    ids = DRAW.integers(1, 40, (600, 8))
    y = (ids == 7).any(axis=1).astype(int)
    model = keras.Sequential(
        [
            layers.Lambda(lambda words: keras.ops.where(words > 99, words, 1)),
            layers.Embedding(50, 4),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    told = fitted(model, ids, y, "binary_crossentropy", epochs=4, validation_split=0.3, metrics=["accuracy"])
    assert "beaten-by-simple-model" in {symptom.rule for symptom in told.run.symptoms}


def test_labels_shuffled_alone_are_never_called_healthy():
    model = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")])
    told = fitted(model, X, DRAW.permutation(Y), "binary_crossentropy", epochs=4, validation_split=0.25)
    assert told.run.status != "healthy"
    assert told.run.reference[""].network == pytest.approx(0.5, abs=0.12)


def test_without_a_reference_the_word_is_nothing_found():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy")
    watch = unstuck.Watch(report=False, reference=False)
    model.fit(X, Y, epochs=15, verbose=0, callbacks=[watch])
    run = watch.diagnosis.run
    assert run.status == "nothing-found"
    assert run.headline.startswith("Nothing found, and nothing to hold this training against: simple models")
    assert not run.reference


def test_nothing_of_the_users_random_streams_is_drawn():
    weights = []
    for reference in (True, False):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([layers.Dense(8), layers.Dropout(0.5), layers.Dense(1)])
        model.compile(optimizer="adam", loss="mse")
        for _ in range(2):
            watch = unstuck.Watch(report=False, reference=reference)
            model.fit(X[:200], Y[:200], epochs=2, verbose=0, callbacks=[watch])
        weights.append([*model.get_weights(), np.random.random(3)])
    assert all(np.array_equal(first, second) for first, second in zip(*weights, strict=True))


def test_what_learns_less_than_a_simple_model_is_behind_it_and_not_stuck():
    def judged(*symptoms, low=0.1, score=0.98):
        reference = Reference(
            measure="R2",
            network=score,
            trivial=(("always the mean", 0.0),),
            simple=(("linear regression", 0.998),),
            versus_simple=Versus(difference=score - 0.998, low=-0.9, high=-0.01),
            versus_trivial=Versus(difference=0.5, low=low, high=0.9),
            p_value=0.005,
            judged=300,
        )
        evidence = Evidence(fit=Fit(), outputs=(Output(reference=reference),))
        judgement = Judgement(symptoms=tuple(Finding(says="", rule=rule) for rule in symptoms))
        status = status_of(judgement, evidence)
        seen = [SymptomRecord(rule=rule, says="") for rule in symptoms]
        run = RunRecord(status=status, symptoms=seen, reference={"": referred(reference)})
        return status, headline_of(run)

    beaten = "beaten-by-simple-model"
    status, said = judged(beaten, score=0.85)
    assert status == "behind"
    assert said.startswith(
        "Learns, but less than a simple model: R2 0.850 on 300 rows it has not seen; linear"
    )
    assert judged(beaten, score=0.2)[0] == "stuck"  # most of what the rows tell has passed it by
    assert judged(beaten, score=0.85, low=-0.1)[0] == "stuck"
    assert judged(beaten, "loss-does-not-fall", score=0.85)[0] == "stuck"


def test_columns_of_ids_are_read_as_categories_and_as_pairs():
    readers, books = DRAW.normal(size=(40, 3)), DRAW.normal(size=(30, 3))
    pairs = np.stack([DRAW.integers(0, 40, 1600), DRAW.integers(0, 30, 1600)], axis=1)
    liked = ((readers[pairs[:, 0]] * books[pairs[:, 1]]).sum(axis=1) > 0).astype(int)
    simple = dict(held_against(pairs, liked).simple)
    assert simple["matrix factorisation"] > 0.8 > 0.6 > simple["logistic regression"]
    shop = DRAW.integers(0, 50, (800, 1))
    sales = DRAW.normal(size=50)[shop]
    assert dict(held_against(shop, sales).simple)["the means of categories"] > 0.9
    measured = DRAW.normal(size=(400, 2))
    assert not {"matrix factorisation", "the means of categories"} & set(
        dict(held_against(measured, (measured[:, 0] > 0).astype(int)).simple)
    )


def pinball(q, sign):
    def loss(y_true, y_pred):
        error = sign * (keras.ops.reshape(y_true, keras.ops.shape(y_pred)) - y_pred)
        return keras.ops.mean(keras.ops.maximum(q * error, (q - 1) * error), axis=-1)

    return loss


@pytest.mark.parametrize(("sign", "aims"), [(1.0, 0.8), (-1.0, 0.2)])
def test_which_quantile_a_loss_asks_for(sign, aims):
    targets = DRAW.normal(size=(50, 1))
    found = quantile_of(pinball(0.8, sign), targets, targets - 1.0)
    assert (found.asked, found.covered, found.rows) == (0.8, 0.0, 50)
    assert found.aims == pytest.approx(aims, abs=1e-3)
    assert quantile_of(keras.losses.MeanSquaredError(), targets, targets) is None


def test_training_rows_told_worse_than_held_out_ones_are_no_stuck_training_where_these_are_told_well():
    def judged(low):
        reference = Reference(
            network=0.92,
            trivial=(("always 3", 0.1),),
            simple=(("logistic regression", 0.9),),
            versus_simple=Versus(difference=0.02, low=-0.01, high=0.05),
            versus_trivial=Versus(difference=0.82, low=low, high=0.9),
            p_value=0.005,
            judged=397,
        )
        output = Output(reference=reference, labels=Labels.of([0, 1, 2] * 100))
        judgement = Judgement(symptoms=(Finding(says="", rule="training-below-validation"),))
        return status_of(judgement, Evidence(fit=Fit(), outputs=(output,)))

    assert judged(low=0.78) == "misleading"
    assert judged(low=-0.1) == "stuck"
