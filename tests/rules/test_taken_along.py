"""A changed loss takes the metrics along that would not fit it, in the same change."""

import pytest

from unstuck.evidence.facts import Curve, Head, Labels, Loss, Metric, Metrics, Predictions
from unstuck.rules.rule import catalogue

IDS = Labels.of([0, 1, 2] * 20)
SOFTMAX = Head(activation="softmax", units=3, shape=(3,), softmax_size=3)


def metrics_of(name, *records, finding=None):
    rule = catalogue()[name]
    found = rule.on({type(each): each for each in records})
    assert found is not None
    steps = [step for remedy in found.remedies[:1] for step in (remedy, *remedy.also)]
    return [
        (step.values.get("replace"), *step.values["metrics"]) for step in steps if "metrics" in step.values
    ]


def asked(name, how="string", resolved="", **more):
    return Metric(name=name, resolved=resolved or name, asked=how, **more)


@pytest.mark.parametrize(
    ("metrics", "changed"),
    [
        ([asked("categorical_accuracy")], [("categorical_accuracy", "sparse_categorical_accuracy")]),
        (
            [asked("right", "object", "categorical_accuracy")],
            [("right", "sparse_categorical_accuracy")],
        ),
        ([asked("binary_crossentropy")], [("binary_crossentropy", "sparse_categorical_crossentropy")]),
        ([asked("sparse_categorical_accuracy")], []),
        ([asked("accuracy", resolved="categorical_accuracy")], []),
        ([asked("auc", "object")], []),
        (
            [asked("binary_accuracy"), asked("mae", resolved="mean_absolute_error")],
            [("binary_accuracy", "sparse_categorical_accuracy")],
        ),
    ],
)
def test_the_metric_goes_with_the_loss(metrics, changed):
    loss = Loss(name="categorical_crossentropy")
    found = metrics_of("label-form-does-not-match-loss", IDS, SOFTMAX, loss, Metrics(uses=tuple(metrics)))
    assert found == changed


def test_an_accuracy_of_raw_scores_is_cut_at_0():
    found = catalogue()["logits-taken-as-probabilities"].on(
        {
            Head: Head(activation="linear", units=1),
            Loss: Loss(name="binary_crossentropy"),
            Metrics: Metrics(uses=(Metric(),)),
        }
    )
    assert found is not None
    ends, reads = found.remedies
    assert not ends.also
    wanted = 'keras.metrics.BinaryAccuracy(name="accuracy", threshold=0.0)'
    assert [step.values["metrics"] for step in reads.also] == [(wanted,)]


def test_a_loss_for_numbers_takes_no_accuracy():
    labels = Labels.of([0.2, 3.7, -1.4, 2.5, 9.1, 4.4, 0.7] * 10)
    loss, head = Loss(name="binary_crossentropy"), Head(activation="sigmoid", units=1)
    found = metrics_of("labels-outside-unit-interval", labels, loss, head, Metrics(uses=(Metric(),)))
    assert found == [("accuracy", "mae")]


RARE = [0] * 270 + [1] * 30
SCORED = Predictions(rows=300, accuracy=0.9, decided=((0, 300),), std=0.12, auc=0.74, balanced_accuracy=0.5)


@pytest.mark.parametrize(
    ("labels", "metric", "head", "wanted"),
    [
        (RARE, Metric(), None, "keras.metrics.Recall()"),
        (RARE, Metric(threshold=0.2), None, "keras.metrics.Recall(thresholds=0.2)"),
        ([1 - each for each in RARE], Metric(), None, "keras.metrics.BinaryIoU(target_class_ids=[0])"),
        (
            RARE,
            Metric(resolved="sparse_categorical_accuracy"),
            Head(activation="softmax", units=4, shape=(4,)),
            "keras.metrics.IoU(num_classes=4, target_class_ids=[1], sparse_y_pred=False)",
        ),
        (
            [[1 - each, each, 0] for each in RARE],
            Metric(resolved="categorical_accuracy"),
            None,
            "keras.metrics.Recall(class_id=1, top_k=1)",
        ),
        (RARE, Metric(resolved="categorical_accuracy"), None, None),
    ],
)
def test_class_weights_come_with_a_metric_that_shows_the_gain(labels, metric, head, wanted):
    records = (Labels.of(labels), SCORED, Metrics(uses=(metric,)), *([head] if head else []), Curve())
    found = metrics_of("class-imbalance", *records)
    assert found == ([(None, wanted)] if wanted else [])


def test_what_shows_the_rare_class_already_is_not_added():
    metrics = Metrics(uses=(Metric(), Metric(name="recall_1", resolved="recall", asked="object")))
    assert metrics_of("class-imbalance", Labels.of(RARE), SCORED, metrics) == []
