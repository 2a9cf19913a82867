"""A Case for each thing that can become of a training, and what its trials made of it."""

from unstuck.case.proofs import CureRecord, ExperimentRecord, Proof, Recounted, RemedyRecord, TrialRecord
from unstuck.case.schema import (
    Case,
    CauseRecord,
    Cost,
    NotCheckedRecord,
    NoteRecord,
    ReferenceRecord,
    RefutedRecord,
    RunRecord,
    SymptomRecord,
    Where,
)
from unstuck.report.wording import worded

SEEN = {"rows": 1438, "epochs_done": 5}


def symptom(rule, says, family="nothing-learned"):
    return SymptomRecord(rule=rule, says=says, family=family)


def remedy(name, says, file, line, old, new):
    text = f"--- a/{file}\n+++ b/{file}\n@@ -{line} +{line} @@\n-{old}\n+{new}\n"
    return RemedyRecord(name=name, says=says, diff=text)


def case(status, **run):
    known = {"fit": Where("train.py", 40), "figures": SEEN}
    run = {**known, "cost": Cost(fit_seconds=4.0, watch_seconds=0.1), **run}
    return Case(script="train.py", runs=[worded(RunRecord(status=status, **run))])


def held(network, simple, **rest):
    return {"": ReferenceRecord(network=network, simple={"nearest neighbours": simple}, judged=359, **rest)}


def trial(name, before, after, gone, left=(), verdict="confirmed", **rest):
    return TrialRecord(
        remedy=name,
        verdict=verdict,
        measure="share of right decisions (trained rows)",
        seeds=[0, 1, 2],
        control=[before] * 3,
        treated=[after, after + 0.01, after + 0.02],
        difference=after + 0.01 - before,
        low=after - before,
        high=after + 0.02 - before,
        symptoms_before=[*gone, *left],
        symptoms_after=[*left],
        rows=1024,
        updates=128,
        **rest,
    )


RATE = CauseRecord(
    rule="learning-rate-too-high",
    certainty="measured",
    impact="blocks",
    where=Where("train.py", 31),
    says="The learning rate is 3 (Keras's default: 0.001): each step moves the weights by 210%.",
    shows={"learning_rate": 3.0, "update_ratio": 2.1, "bound": 0.1},
    explains=["accuracy-flat", "loss-at-chance"],
    remedies=[
        remedy("set-learning-rate", "Set the rate to 0.001.", "train.py", 31, "Adam(3.0)", "Adam(0.001)")
    ],
)
FLAT = symptom("accuracy-flat", "The accuracy stays between 0.1010 and 0.1050 over 5 epochs.", "score-stays")
CHANCE = symptom("loss-at-chance", "The loss ends at 2.41, where the best constant answer costs 2.30.")
CURVES = {"": {"loss": [9.1, 2.5, 2.41], "accuracy": [0.101, 0.105, 0.104]}}
STUCK_RATE = {"symptoms": [FLAT, CHANCE], "curves": CURVES}

CURE = CureRecord(remedies=["set-learning-rate"], diff=RATE.remedies[0].diff)
CONFIRMED = case(
    "stuck",
    **STUCK_RATE,
    causes=[
        CauseRecord(
            **{
                **{name: getattr(RATE, name) for name in RATE.__struct_fields__},
                "certainty": "confirmed",
                "trials": [trial("set-learning-rate", 0.104, 0.95, ["accuracy-flat", "loss-at-chance"])],
            }
        )
    ],
    refuted=[
        RefutedRecord(
            rule="model-too-small",
            certainty="suspected",
            impact="harms",
            trials=[trial("widen-layer", 0.104, 0.1, [], ["accuracy-flat"], verdict="no effect")],
        )
    ],
    experiments=[ExperimentRecord(name="learnability", says="Boosted trees reach an accuracy of 0.97.")],
    proof=Proof(
        says="With set-learning-rate none of the symptoms is left.",
        budget=60.0,
        seconds=21.0,
        elapsed=80.0,
        healed_by=["set-learning-rate"],
    ),
    cure=CURE,
)
DIAGNOSED = case("stuck", **STUCK_RATE, causes=[RATE], cure=CURE)
COUNTED = case(
    "misleading",
    symptoms=[FLAT],
    curves={"": {"loss": [0.45, 0.06], "accuracy": [0.45, 0.48]}},
    causes=[
        CauseRecord(
            rule="metric-does-not-match-task",
            certainty="confirmed",
            impact="misleads",
            where=Where("train.py", 33),
            says="accuracy here is categorical_accuracy, but the 5 columns are labels of their own.",
            explains=["accuracy-flat"],
            remedies=[
                remedy("set-metrics", "Count single labels.", "train.py", 33, 'm=["accuracy"]', 'm=["ba"]')
            ],
            trials=[
                TrialRecord(
                    remedy="set-metrics",
                    verdict="confirmed",
                    measure="share of right single labels",
                    control=[0.4395],
                    treated=[0.9871],
                    difference=0.5476,
                    low=0.52,
                    high=0.58,
                    symptoms_before=["accuracy-flat"],
                    rows=1024,
                    seconds=0.4,
                    recount=Recounted(
                        metric="accuracy (categorical_accuracy)",
                        figure=0.4395,
                        instead="binary_accuracy",
                        then=0.9871,
                        counts="share of right single labels",
                        right=0.9871,
                        constant=0.5729,
                    ),
                )
            ],
        )
    ],
    proof=Proof(
        says="Confirmed on the same weights, without a training: with set-metrics the figure counts the "
        "right answers, and nothing that is seen is left to explain.",
        budget=60.0,
        seconds=1.0,
        healed_by=["set-metrics"],
    ),
)
REFUTED = case(
    "stuck",
    **STUCK_RATE,
    refuted=[
        RefutedRecord(
            rule="learning-rate-too-high",
            certainty="suspected",
            impact="blocks",
            trials=[trial("set-learning-rate", 0.1, 0.1, [], ["accuracy-flat"], verdict="no effect")],
        )
    ],
    experiments=[ExperimentRecord(name="overfit-one-batch", says="32 rows are not learned by heart. More.")],
    proof=Proof(
        says="No remedy that was tried takes all symptoms away; left: accuracy-flat.",
        budget=60.0,
        seconds=40.0,
    ),
)

TOGETHER = case(
    "stuck",
    **STUCK_RATE,
    causes=[
        RATE,
        CauseRecord(
            rule="one-class-batches",
            certainty="proved",
            impact="blocks",
            where=Where("train.py", 40),
            says="Within a batch the labels have an entropy of 0.020 nats; shuffled rows would have 2.2.",
            explains=["accuracy-flat"],
            remedies=[remedy("shuffle-batches", "Let fit shuffle.", "train.py", 40, "shuffle=False)", ")")],
        ),
        CauseRecord(
            rule="inputs-not-scaled",
            certainty="suspected",
            impact="harms",
            where=Where("train.py", 12),
            says="The input goes from 0 to 255.",
            explains=["accuracy-flat"],
        ),
    ],
    cure=CureRecord(
        remedies=["set-learning-rate", "shuffle-batches"],
        diff="--- a/train.py\n+++ b/train.py\n@@ -31 +31 @@\n-    Adam(3.0)\n+    Adam(0.001)\n"
        "@@ -40 +40 @@\n-    shuffle=False)\n+    )\n--- a/data.py\n+++ b/data.py\n@@ -7,0 +8,2 @@\n"
        "+import numpy\n+\n",
        by_hand=["When that is written, weigh-classes: Weigh the classes."],
    ),
)

STATUSES = {
    "confirmed by its trial": CONFIRMED,
    "confirmed on the same weights": COUNTED,
    "two remedies in one diff, in two files": TOGETHER,
    "no cause is left after the trials": REFUTED,
    "healthy beside a simple model": case(
        "healthy",
        reference=held(0.967, 0.978, trivial={"always the most frequent class": 0.105}),
        curves={"": {"loss": [1.2, 0.1], "accuracy": [0.7, 0.97], "val_accuracy": [0.8, 0.967]}},
        notes=[NoteRecord(rule="inputs-not-scaled", certainty="measured", impact="harms", says="0 to 16.")],
    ),
    "behind a simple model": case(
        "behind",
        symptoms=[symptom("beaten-by-simple-model", "The accuracy is 0.85; nearest neighbours reach 0.98.")],
        reference=held(0.85, 0.98, rival="nearest neighbours"),
    ),
    "falls short": case(
        "stuck",
        symptoms=[symptom("learning-slow", "The loss still falls at the end.", "learns-little")],
        causes=[
            CauseRecord(
                rule="too-few-updates",
                certainty="measured",
                impact="harms",
                says="The weights were updated 24 times in all.",
                explains=["learning-slow"],
                remedies=[RemedyRecord(name="advise", says="Train longer.")],
            )
        ],
    ),
    "overfits": case(
        "overfitting",
        symptoms=[symptom("train-validation-gap", "0.99 and 0.70.", "validation-apart")],
        causes=[
            CauseRecord(
                rule="overfitting",
                certainty="confirmed",
                impact="harms",
                where=Where("train.py", 40),
                says="The validation loss was lowest in epoch 3 (0.45) and is 0.75 now.",
                explains=["train-validation-gap"],
                remedies=[remedy("stop-early", "Stop early.", "train.py", 40, "fit(x)", "fit(x, c)")],
                trials=[
                    TrialRecord(
                        remedy="stop-early",
                        verdict="confirmed",
                        measure="loss on the held-out rows",
                        better="less",
                        seeds=[0, 1, 2],
                        control=[0.75, 0.8, 0.77],
                        treated=[0.45, 0.46, 0.45],
                        symptoms_before=["train-validation-gap"],
                    )
                ],
            )
        ],
    ),
    "nothing to learn": case(
        "nothing-to-learn",
        symptoms=[FLAT],
        causes=[
            CauseRecord(
                rule="nothing-to-learn",
                certainty="measured",
                impact="blocks",
                says="Simple models find nothing here.",
                explains=["accuracy-flat"],
            )
        ],
    ),
    "nothing found, nothing to hold it against": case(
        "nothing-found", no_reference="simple models were left out, as was asked for"
    ),
    "nothing found before training": case(
        "nothing-found", figures={"parameters": 33}, fit=None, no_reference="nothing was trained yet"
    ),
    "could not be judged": case(
        "not-judged", asked=100, not_checked=[NotCheckedRecord(f"rule-{at}", "no labels") for at in range(60)]
    ),
    "interrupted": case("interrupted"),
    "fit raised, and no cause is known": case(
        "failed",
        figures=SEEN | {"raised": "ValueError: Arguments must have the same shape.\nReceived: (32, 1)"},
        symptoms=[symptom("fit-raised", "fit raised after 0 updates: ValueError.", "does-not-fit")],
    ),
    "not set up as it should be": case(
        "stuck",
        figures={"parameters": 33},
        fit=None,
        causes=[CauseRecord(rule="frozen-layers", certainty="proved", impact="blocks", says="All frozen.")],
    ),
    "unknown": case("unknown", figures={"parameters": 33}, fit=None),
}
