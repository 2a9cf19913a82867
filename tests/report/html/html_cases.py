"""Cases for the page: one with every picture, one that is told to do harm, one of every large size."""

import math

from report_cases import CASES, STUCK, diff, where

from unstuck.case.proofs import ExperimentRecord, Proof, RemedyRecord, TrialRecord
from unstuck.case.schema import (
    Case,
    CauseRecord,
    Cost,
    ErrorRecord,
    NotCheckedRecord,
    NoteRecord,
    RefutedRecord,
    RunRecord,
    SymptomRecord,
    Where,
)
from unstuck.evidence.pictures import (
    AnswerSpread,
    BatchLabels,
    Confusion,
    LabelOrder,
    LayerSteps,
    LayerUnits,
    Pictures,
    Scales,
    TimeAxis,
)

TRIAL = TrialRecord(
    remedy="set-output-activation",
    verdict="confirmed",
    says="confirmed; score: 0.5 without set-output-activation, 0.9 to 0.98 with it.",
    measure="score on the trained rows (share of right decisions)",
    seeds=[0, 1, 2],
    control=[0.5, 0.5, 0.52],
    treated=[0.9, 0.98, 0.95],
    difference=0.44,
    low=0.36,
    high=0.52,
    rows=1024,
    epochs=4,
    updates=128,
    curves={
        "control": [[7.9, 7.9, 7.9, 7.9], [8.0, 7.9, 7.8, 7.9], [7.8, 7.9, 7.9, 7.9]],
        "treated": [[0.7, 0.5, 0.3, 0.2], [0.7, 0.45, 0.3, 0.15], [0.7, 0.6, 0.4]],
    },
    accuracy_curves={
        "control": [[0.5, 0.5, 0.5, 0.5]] * 3,
        "treated": [[0.5, 0.7, 0.85, 0.9], [0.6, 0.8, 0.95, 0.98], [0.5, 0.7, 0.9, 0.95]],
    },
)

PICTURES = Pictures(
    answers=[
        AnswerSpread(
            rows=100,
            edges=[0.0, 0.25, 0.5, 0.75, 1.0],
            groups=["label 0", "label 1"],
            counts=[[10, 20, 15, 5], [2, 8, 20, 20]],
            threshold=0.5,
            decided=[("1", 60, 50), ("0", 40, 50)],
            margin_start=-0.02,
            margin_end=0.31,
            changed=0.4,
        )
    ],
    confusions=[Confusion(rows=100, classes=["0", "1"], counts=[[30, 20], [10, 40]])],
    labels=[
        LabelOrder(rows=80, classes=["0", "1"], shares=[[1.0, 1.0, 0.4, 0.0], [0.0, 0.0, 0.6, 1.0]]),
        LabelOrder(part="validation", rows=20, classes=["0", "1"], shares=[[0.0, 0.0], [1.0, 1.0]]),
    ],
    layers=LayerSteps(
        layers=["embedding", "lstm", "dense"],
        steps=[1, 2, 4, 8],
        gradients=[[1e-9, 1e-8, 0.0, None], [1e-5, 1e-5, 1e-4, 1e-4], [0.1, 0.2, 0.1, 0.3]],
        ratios=[[1e-6, 1e-6, 1e-6, 1e-6], [1e-3, 1e-3, 1e-3, 1e-3], [0.01, 0.01, 0.02, 0.01]],
    ),
    units=LayerUnits(
        rows=100,
        layers=["hidden", "gate"],
        activations=["relu", "tanh"],
        dead=[0.75, 0.0],
        saturated=[0.0, 0.2],
    ),
    time=TimeAxis(steps=200, value=0.0, padded=[0.0, 0.1, 0.6, 1.0], gradient=[1e-9, 1e-7, 1e-5, 1e-3]),
    scales=[Scales(total=3, columns=[0, 1, 2], means=[0.1, 500.0, -3.0], deviations=[1.0, 2000.0, 0.0])],
    batches=BatchLabels(seen=10, size=32.0, within=0.0, random=0.67, all_rows=0.69),
)

RANGE = ExperimentRecord(
    name="learning-rate-range",
    says="From the same weights, 4 learning rates were tried for 25 updates each.",
    shows={
        "rates": [1e-4, 1e-2, 1.0, 10.0],
        "losses": [2.3, 1.2, 0.4, None],
        "start": 2.35,
        "users_rate": 1e-4,
        "best_rate": 1.0,
    },
)

SWEEP = ExperimentRecord(
    name="batch-size-sweep",
    says="In 10 epochs, batches of 512 rows bring the loss to 1.87, those of 5000 to 2.32.",
    shows={
        "users_size": 5000,
        "equal_epochs": {"sizes": [512, 5000], "losses": [1.87, 2.32]},
        "equal_updates": {"sizes": [64, 512, 5000], "losses": [2.21, 2.22, 2.23]},
    },
)

LEARNABLE = ExperimentRecord(
    name="learnability",
    says="A logistic regression reaches an accuracy of 0.82 on 1,000 rows held out from the fit.",
    shows={
        "measure": "accuracy",
        "scores": {"logistic regression": 0.82, "boosted trees": 0.73},
        "baseline": 0.5,
    },
)


def cause(rule, **more):
    return CauseRecord(rule=rule, certainty="measured", impact="harms", says=f"{rule} is seen.", **more)


#: Every picture that a cause can have, on one page.
PICTURED = Case(
    version="0.1.0",
    script="sentiment.py",
    runs=[
        RunRecord(
            fit=where(24),
            status="stuck",
            headline="This training is stuck. Found: softmax-over-one-unit, and 7 more causes.",
            symptoms=[
                SymptomRecord(rule="accuracy-flat", says="Accuracy is .5 in every epoch."),
                SymptomRecord(rule="loss-at-chance", says="The loss is that of a constant answer."),
            ],
            causes=[
                cause(
                    "softmax-over-one-unit",
                    where=where(19),
                    explains=["accuracy-flat", "loss-at-chance"],
                    remedies=[
                        RemedyRecord(
                            name="set-output-activation",
                            says="Use a sigmoid on the one unit.",
                            diff=diff(
                                "sentiment.py", 19, '    Dense(1, "softmax"),', '    Dense(1, "sigmoid"),'
                            ),
                        ),
                        RemedyRecord(name="set-output-units", says="Keep the softmax over two units."),
                    ],
                    trials=[TRIAL],
                ),
                cause("unmasked-padding"),
                cause("one-sided-validation-split"),
                cause("dead-relu"),
                cause("inputs-not-scaled"),
                cause("learning-rate-too-low"),
                cause("one-class-batches"),
                cause("decisions-do-not-change"),
            ],
            notes=[
                NoteRecord(
                    rule="too-few-updates",
                    certainty="suspected",
                    impact="harms",
                    says="186 updates were made.",
                )
            ],
            refuted=[
                RefutedRecord(
                    rule="model-too-small", certainty="suspected", impact="harms", because="it learns 32 rows"
                )
            ],
            experiments=[RANGE, SWEEP, LEARNABLE],
            proof=Proof(
                says="With set-output-activation none of the symptoms is left.",
                budget=60.0,
                seconds=30.0,
                healed_by=["set-output-activation"],
            ),
            not_checked=[NotCheckedRecord("batchnorm-inference-gap", "the model has no batch normalisation")],
            environment={"backend": "torch", "keras": "3.15"},
            figures={"rows": 1980, "batch_size": 128},
            curves={
                "": {
                    "loss": [7.97, 7.9, 7.95],
                    "accuracy": [0.5, 0.51, 0.5],
                    "val_loss": [8.0, 8.0, 8.0],
                    "val_accuracy": [0.0, 0.0, 0.0],
                }
            },
            baselines={"": {"majority": 0.505, "classes": 2, "prior_loss": 0.6931}},
            cost=Cost(fit_seconds=38.2, watch_seconds=0.31, examination_seconds=1.84),
            pictures=PICTURES,
        )
    ],
)

NASTY = (
    "</style></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'`{{7*7}}{% raw %}"
    "\u202egnp.exe\u2066\x1b[31m\x00\x08\ud800$\\frac{$"
)
LONG = NASTY + "n" * 10_000


def hostile(layers=500, classes=1000, epochs=10_000):
    """Everything that a Case can hold, each of it hostile, long, not finite and of a large size."""
    values = [
        math.nan,
        math.inf,
        -math.inf,
        None,
        1e308,
        -1e308,
        *(float(step % 7) for step in range(epochs)),
    ]
    remedy = RemedyRecord(
        name=LONG, says=LONG, diff=f"--- {LONG}\n+++ b\n@@ -1 +1 @@\n-a\n+{LONG}\n" + "+x\n" * 5000
    )
    common = {
        "rule": LONG,
        "certainty": "proved",
        "impact": "blocks",
        "where": Where(LONG, 1),
        "says": LONG,
        "shows": {LONG: LONG, "a": math.inf, "b": math.nan},
        "explains": [LONG] * 50,
        "remedies": [remedy] * 5,
        "output": LONG,
    }
    trial = TrialRecord(
        remedy=LONG,
        verdict="not proven",
        says=LONG,
        measure=LONG,
        seeds=[0, 1],
        control=[math.nan, math.inf],
        treated=[1.0, None],
        difference=math.nan,
        low=-math.inf,
        high=math.inf,
        curves={"control": [values, values], "treated": [values[::-1]]},
        accuracy_curves={"control": [values], "treated": [values]},
    )
    fitting = ["softmax-over-one-unit", "vanishing-gradient", "learning-rate-too-high", "class-imbalance"]
    causes = [CauseRecord(**common, trials=[trial] * 3), *[CauseRecord(**common)] * 20]
    causes += [CauseRecord(**{**common, "rule": rule, "output": ""}) for rule in fitting]
    run = RunRecord(
        fit=Where(LONG, 1),
        status="stuck",
        headline=LONG,
        symptoms=[SymptomRecord(rule=LONG, says=LONG, output=LONG)] * 100,
        causes=causes[::-1],
        notes=[NoteRecord(**common, because=LONG)] * 100,
        refuted=[RefutedRecord(**common, because=LONG)] * 100,
        experiments=[ExperimentRecord(name=LONG, says=LONG), RANGE, SWEEP, LEARNABLE] * 30,
        proof=Proof(says=LONG, together=trial, healed_by=[LONG]),
        not_checked=[NotCheckedRecord(LONG, f"{LONG}{at}") for at in range(100)],
        errors=[ErrorRecord(LONG, LONG)] * 100,
        environment={f"{LONG}{at}": LONG for at in range(100)},
        figures={LONG: LONG},
        baselines={"": {"majority": math.nan, "classes": math.inf, "prior_loss": -1.0, LONG: 1.0}},
        curves={"": {"loss": values, "accuracy": values, f"{LONG}acc": values}, LONG: {LONG: values}},
        cost=Cost(fit_seconds=math.inf, watch_seconds=math.nan),
        pictures=_hostile_pictures(layers, classes),
    )
    return Case(version=LONG, script=LONG, arguments=[LONG], message=LONG, runs=[run] * 3)


def _hostile_pictures(layers, classes):
    names = [f"{at}{LONG}" for at in range(layers)]
    numbers = [1e300, math.nan, math.inf, 0.0, -1.0, None]
    return Pictures(
        answers=[
            AnswerSpread(
                axis=LONG,
                rows=5,
                edges=[-1e300, 0.0, 1e300],
                groups=[f"{at}{LONG}" for at in range(classes)],
                counts=[[at, 1] for at in range(classes)],
                threshold=math.inf,
                decided=[(LONG, 1, 1)] * classes,
                margin_start=math.inf,
                margin_end=-1e300,
            )
        ],
        confusions=[Confusion(rows=5, classes=[LONG] * 30, counts=[[1] * 30] * 30)],
        labels=[LabelOrder(classes=[LONG] * 30, shares=[[0.1, 0.2]] * 30)],
        layers=LayerSteps(
            layers=names,
            steps=list(range(1, 1000)),
            gradients=[[numbers[(at + step) % 6] for step in range(999)] for at in range(layers)],
            ratios=[[None] * 999] * layers,
        ),
        units=LayerUnits(layers=names, activations=names, dead=[math.nan] * layers, saturated=[2.0] * layers),
        time=TimeAxis(input=LONG, steps=10**9, value=math.nan, padded=[0.5] * 1000, gradient=numbers * 200),
        scales=[
            Scales(
                input=LONG,
                total=10**6,
                columns=[1, 2, 3],
                means=[1e300, None, 0.0],
                deviations=[1e-300, 1e300, 1.0],
            )
        ],
        batches=BatchLabels(within=1.0, random=math.nan, all_rows=1.0),
    )


#: Everything there is to look at in a browser, by name.
ALL = {**CASES, "every picture": PICTURED}

__all__ = ["ALL", "LONG", "NASTY", "PICTURED", "PICTURES", "STUCK", "TRIAL", "hostile"]
