"""Example Cases, one for each way a training can end. The golden file shows how each is told."""

from odd_cases import HOSTILE, MANY_FITS, NO_FIT, TWO_OUTPUTS

from unstuck.case.proofs import CureRecord, RemedyRecord
from unstuck.case.schema import (
    Case,
    CauseRecord,
    Cost,
    ErrorRecord,
    NotCheckedRecord,
    NoteRecord,
    RunRecord,
    SymptomRecord,
    Where,
)


def where(line, file="sentiment.py"):
    return Where(file=file, line=line)


def diff(file, line, old, new):
    return f"--- {file}\n+++ {file}\n@@ -{line} +{line} @@\n-{old}\n+{new}\n"


STUCK = Case(
    version="0.1.0",
    script="sentiment.py",
    runs=[
        RunRecord(
            fit=where(24),
            status="stuck",
            headline="This training is stuck. Found: softmax-over-one-unit, and 2 more causes.",
            symptoms=[
                SymptomRecord(
                    rule="accuracy-at-constant-baseline",
                    says="Accuracy is .5000 in every epoch, exactly the share of label 1 among 1,980 rows.",
                    shows={"accuracy": 0.5, "majority": 0.5, "rows": 1980},
                    family="score-stays",
                ),
                SymptomRecord(
                    rule="predictions-constant",
                    says="All 512 sampled rows get the same answer, 1.0.",
                    shows={"std": 0.0, "minimum": 1.0, "maximum": 1.0},
                ),
                SymptomRecord(
                    rule="validation-accuracy-pinned",
                    says="Validation accuracy is 0.0 in all 3 epochs, on 20 rows.",
                    shows={"val_accuracy": 0.0, "validation_rows": 20},
                ),
            ],
            causes=[
                CauseRecord(
                    rule="softmax-over-one-unit",
                    certainty="proved",
                    impact="blocks",
                    where=where(19),
                    says="A softmax over one number is exp(z)/exp(z) = 1 for every input, so "
                    "the answer is 1.0 and "
                    "its gradient is 0. The constant 1.0 costs 15.94 on each row "
                    "labelled 0 and nothing on the "
                    "others: 15.94 x .5 = 7.97, the loss that was seen.",
                    shows={"loss": 7.971, "predicted loss": 7.9712, "softmax size": 1},
                    explains=["accuracy-at-constant-baseline", "predictions-constant"],
                    remedies=[
                        RemedyRecord(
                            name="set-output-activation",
                            says="Use a sigmoid on the one unit, which is the two-class softmax.",
                            diff=diff(
                                "sentiment.py",
                                19,
                                '    layers.Dense(1, activation="softmax"),',
                                '    layers.Dense(1, activation="sigmoid"),',
                            ),
                        ),
                        RemedyRecord(
                            name="set-output-units",
                            says="Keep the softmax over two units, with sparse_categorical_crossentropy.",
                            diff=diff("sentiment.py", 19, "    old", "    new"),
                        ),
                    ],
                ),
                CauseRecord(
                    rule="unmasked-padding",
                    certainty="measured",
                    impact="blocks",
                    where=where(17),
                    says="83% of all positions are padding at the end of the rows, and the "
                    "LSTM reads them as "
                    "words. Its gradient at real words is 3.1e-09, at padding 2.4e-04.",
                    shows={"padding share": 0.83, "steps": 1422, "gradient at words": 3.1e-09},
                    explains=["accuracy-at-constant-baseline"],
                    remedies=[
                        RemedyRecord(
                            name="mask-padding",
                            says="Let the Embedding mask id 0, so that the LSTM stops at the last word.",
                            diff=diff(
                                "sentiment.py",
                                17,
                                "    layers.Embedding(VOCABULARY, 16),",
                                "    layers.Embedding(VOCABULARY, 16, mask_zero=True),",
                            ),
                        )
                    ],
                ),
                CauseRecord(
                    rule="one-sided-validation-split",
                    certainty="proved",
                    impact="misleads",
                    where=where(24),
                    says="All 20 validation rows have label 0; the training rows are half 0, half 1. "
                    "validation_split takes the last rows before any shuffling, and the "
                    "rows are sorted by label.",
                    shows={"validation": {"0": 1.0}, "training": {"0": 0.495, "1": 0.505}},
                    explains=["validation-accuracy-pinned"],
                    remedies=[
                        RemedyRecord(
                            name="shuffle-before-split",
                            says="Shuffle rows and labels together once, before fit.",
                            diff="--- sentiment.py\n+++ sentiment.py\n@@ -23,0 +24,2 @@\n"
                            "+order = np.random.default_rng(0).permutation(len(x))\n"
                            "+x, y = x[order], y[order]\n",
                        )
                    ],
                ),
            ],
            cure=CureRecord(
                remedies=["set-output-activation", "mask-padding", "shuffle-before-split"],
                diff="--- a/sentiment.py\n+++ b/sentiment.py\n@@ -17,3 +17,3 @@\n"
                "-    layers.Embedding(VOCABULARY, 16),\n"
                "+    layers.Embedding(VOCABULARY, 16, mask_zero=True),\n     layers.LSTM(16),\n"
                '-    layers.Dense(1, activation="softmax"),\n+    layers.Dense(1, activation="sigmoid"),\n'
                "@@ -23,0 +24,2 @@\n+order = np.random.default_rng(0).permutation(len(x))\n"
                "+x, y = x[order], y[order]\n",
            ),
            notes=[
                NoteRecord(
                    rule="too-few-updates",
                    certainty="suspected",
                    impact="harms",
                    where=where(24),
                    says="186 updates were made. Embeddings of 5,000 words often need more than 1,000.",
                    because="already explained by a surer cause",
                )
            ],
            not_checked=[
                NotCheckedRecord("batchnorm-inference-gap", "the model has no batch normalisation"),
                NotCheckedRecord("vanishing-gradient", "the optimizer's slots were not read"),
                NotCheckedRecord("exploding-gradient", "the optimizer's slots were not read"),
            ],
            baselines={"": {"majority": 0.505, "classes": 2, "uniform_loss": 0.69315, "prior_loss": 0.6931}},
            curves={
                "": {
                    "loss": [7.9712, 7.9712, 7.9712],
                    "accuracy": [0.5, 0.5, 0.5],
                    "val_accuracy": [0.0, 0.0, 0.0],
                }
            },
            cost=Cost(fit_seconds=38.2, watch_seconds=0.31, examination_seconds=1.84, source_seconds=0.12),
        )
    ],
)

MISLEADING = Case(
    version="0.1.0",
    script="price_series.py",
    runs=[
        RunRecord(
            fit=where(31, "price_series.py"),
            status="misleading",
            headline="The figures mislead: what they show is not what the model has learned. Found: "
            "accuracy-on-continuous-target.",
            symptoms=[
                SymptomRecord(
                    rule="accuracy-pinned-to-few-hits",
                    says="Accuracy is 24/1,000 in every epoch: the same 24 rows count as right.",
                    shows={"hits": 24, "rows": 1000},
                )
            ],
            causes=[
                CauseRecord(
                    rule="accuracy-on-continuous-target",
                    certainty="proved",
                    impact="misleads",
                    where=where(28, "price_series.py"),
                    says='Here "accuracy" is binary_accuracy: it counts the rows whose target equals the '
                    "prediction rounded to 0 or 1. Only 24 of 1,000 targets are 0 or 1, "
                    "so it can never pass .024.",
                    shows={"possible": 0.024, "reported": 0.024, "mse": 0.0098, "persistence_mse": 0.0011},
                    explains=["accuracy-pinned-to-few-hits"],
                    remedies=[
                        RemedyRecord(
                            name="set-metrics",
                            says="Read errors in the target's own unit: MAE, RMSE and R2.",
                            diff=diff(
                                "price_series.py",
                                28,
                                'model.compile(optimizer="adam", loss="mse", metrics=["accuracy"])',
                                'model.compile(optimizer="adam", loss="mse", metrics=["mae", '
                                "keras.metrics.RootMeanSquaredError(), keras.metrics.R2Score()])",
                            ),
                        ),
                        RemedyRecord(
                            name="binarise-targets",
                            says="If up or down is meant, make the target 0 or 1 and use a sigmoid with "
                            "binary cross-entropy.",
                        ),
                    ],
                )
            ],
            baselines={
                "": {"majority": None, "mean_mse": 1.204, "median_mae": 0.88, "persistence_mse": 0.0011}
            },
            curves={
                "": {
                    "loss": [12.1, 0.31, 0.0098],
                    "accuracy": [0.024, 0.024, 0.024],
                    "val_accuracy": [0.0, 0.0, 0.0],
                }
            },
            cost=Cost(fit_seconds=9.4, watch_seconds=0.07, examination_seconds=0.42),
        )
    ],
)

HEALTHY = Case(
    version="0.1.0",
    script="digits.py",
    runs=[
        RunRecord(
            fit=where(14, "digits.py"),
            status="healthy",
            headline="Training looks healthy: nothing that was checked is wrong.",
            notes=[
                NoteRecord(
                    rule="inputs-not-scaled",
                    certainty="measured",
                    impact="harms",
                    where=where(8, "digits.py"),
                    says="Inputs run from 0 to 16.",
                    because="explains nothing that was seen here",
                )
            ],
            not_checked=[NotCheckedRecord("overfitting", "no validation data was given")],
            cost=Cost(fit_seconds=3.1, watch_seconds=0.03),
        )
    ],
)

NAN = Case(
    version="0.1.0",
    script="table.py",
    runs=[
        RunRecord(
            fit=where(20, "table.py"),
            status="diverged",
            headline="This training diverged. Found: non-finite-inputs.",
            symptoms=[
                SymptomRecord(
                    rule="loss-nan", says="The loss is NaN from epoch 1 of 2 on.", shows={"epoch": 1}
                )
            ],
            causes=[
                CauseRecord(
                    rule="non-finite-inputs",
                    certainty="proved",
                    impact="blocks",
                    where=where(9, "table.py"),
                    says="3 of 12,000 input values are NaN. One of them makes every weight "
                    "NaN after one update.",
                    shows={"nonfinite": 3, "entries": 12000, "column": "age"},
                    explains=["loss-nan"],
                    remedies=[
                        RemedyRecord(
                            name="drop-non-finite-rows", says="Drop the 3 rows, or fill the values in."
                        )
                    ],
                )
            ],
            errors=[ErrorRecord("gradient probe", "ValueError: no gradient for variable 'age/kernel'")],
            curves={"": {"loss": [None, None], "accuracy": [0.48, 0.48]}},
            baselines={"": {"majority": 0.52, "constant_loss": 0.6923, "prior_loss": 0.6923}},
            cost=Cost(fit_seconds=1.2, watch_seconds=0.02, examination_seconds=0.2),
        )
    ],
)

RAISED = Case(
    version="0.1.0",
    script="images.py",
    runs=[
        RunRecord(
            fit=where(40, "images.py"),
            status="failed",
            headline="fit ended with ValueError. Found: label-form-does-not-match-loss.",
            figures={"epochs_done": 0, "raised": "ValueError: Arguments must have the same shape."},
            symptoms=[
                SymptomRecord(
                    rule="fit-raised",
                    says="fit raised ValueError: Arguments `target` and `output` must have the same shape. "
                    "Received: target.shape=(32, 1), output.shape=(32, 10).",
                )
            ],
            causes=[
                CauseRecord(
                    rule="label-form-does-not-match-loss",
                    certainty="proved",
                    impact="blocks",
                    where=where(36, "images.py"),
                    says="categorical_crossentropy wants one-hot rows of 10; labels are 0 to 9.",
                    explains=["fit-raised"],
                    remedies=[
                        RemedyRecord(
                            name="set-loss",
                            says="Use sparse_categorical_crossentropy, which takes whole numbers.",
                            diff=diff(
                                "images.py",
                                36,
                                'model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])',
                                'model.compile("adam", '
                                '"sparse_categorical_crossentropy", metrics=["accuracy"])',
                            ),
                        )
                    ],
                )
            ],
            not_checked=[
                NotCheckedRecord(rule, "fit ended before the first epoch did")
                for rule in (
                    "accuracy-flat",
                    "learning-slow",
                    "loss-at-chance",
                    "loss-negative",
                    "overfitting",
                )
            ],
            cost=Cost(fit_seconds=0.9, watch_seconds=0.01, examination_seconds=0.1),
        )
    ],
)

CASES = {
    "three stacked causes": STUCK,
    "the metric misleads": MISLEADING,
    "healthy": HEALTHY,
    "the loss is NaN": NAN,
    "fit raised": RAISED,
    "ten fits in a loop": MANY_FITS,
    "two outputs": TWO_OUTPUTS,
    "strings that would take over the terminal": HOSTILE,
    "no fit": NO_FIT,
}
