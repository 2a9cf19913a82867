"""Cases of which there is more to tell than one fit, or nothing, or that are told to do harm."""

from unstuck.case.proofs import RemedyRecord
from unstuck.case.schema import Case, CauseRecord, Cost, RunRecord, SymptomRecord, Where


def where(line, file="sentiment.py"):
    return Where(file=file, line=line)


def _fold(number, healthy):
    if healthy:
        return RunRecord(
            fit=where(22, "folds.py"),
            status="healthy",
            headline="Training looks healthy: nothing that was checked is wrong.",
            cost=Cost(fit_seconds=2.0, watch_seconds=0.02),
        )
    return RunRecord(
        fit=where(22, "folds.py"),
        status="stuck",
        headline="This training is stuck. Suspected: learning-rate-too-high.",
        symptoms=[
            SymptomRecord(
                rule="accuracy-flat", says=f"Accuracy stays between .3{number} and .36 for 5 epochs."
            )
        ],
        causes=[
            CauseRecord(
                rule="learning-rate-too-high",
                certainty="suspected",
                impact="harms",
                where=where(20, "folds.py"),
                says="Each update moves the weights by 4.1 times their own size, at a learning rate of 10.",
                shows={"learning rate": 10.0, "update ratio": 4.1},
                explains=["accuracy-flat"],
                remedies=[
                    RemedyRecord(name="set-learning-rate", says="Begin with a learning rate of 0.001.")
                ],
            )
        ],
        cost=Cost(fit_seconds=2.0, watch_seconds=0.02, examination_seconds=0.3),
    )


MANY_FITS = Case(version="0.1.0", script="folds.py", runs=[_fold(n, n in (3, 7)) for n in range(1, 11)])

TWO_OUTPUTS = Case(
    version="0.1.0",
    script="houses.py",
    runs=[
        RunRecord(
            fit=where(50, "houses.py"),
            status="stuck",
            headline="This training is stuck. Found: class-imbalance.",
            symptoms=[
                SymptomRecord(
                    rule="accuracy-flat", says="Accuracy stays at .6100 for 4 epochs.", output="sold"
                ),
                SymptomRecord(
                    rule="learning-slow", says="The loss still falls by 1% an epoch.", output="price"
                ),
            ],
            causes=[
                CauseRecord(
                    rule="class-imbalance",
                    certainty="measured",
                    impact="harms",
                    says='61% of the rows are "not sold".',
                    explains=["accuracy-flat"],
                    output="sold",
                )
            ],
            curves={
                "sold": {"loss": [0.67, 0.66], "accuracy": [0.61, 0.61]},
                "price": {"loss": [201133.5, 199120.25]},
            },
            baselines={"sold": {"majority": 0.61, "prior_loss": 0.6687}, "price": {"mean_mse": 201002.0}},
        )
    ],
)

HOSTILE = Case(
    version="0.1.0",
    script="[red]x.py",
    runs=[
        RunRecord(
            fit=where(3, "my [bold]project[/bold]/\x1b[31mtrain\u202e.py"),
            status="stuck",
            symptoms=[
                SymptomRecord(rule="accuracy-flat", says="layer '[/]' [blink]moves[/blink]\x08\x08 :smile:")
            ],
            causes=[
                CauseRecord(
                    rule="frozen-layers",
                    certainty="proved",
                    impact="blocks",
                    says="Layer [dim]a[/dim]\x00 is frozen: [link=http://example.org]press[/link] "
                    "\x1b]0;title\x07here.",
                    explains=["accuracy-flat", "made-up-by-a-plugin"],
                    remedies=[
                        RemedyRecord(
                            name="unfreeze-layers", says="x", diff="--- a\n+++ a\n-[b]\x1b[2J\n+\ty\n"
                        )
                    ],
                )
            ],
        )
    ],
)

NO_FIT = Case(
    version="0.1.0",
    script="load.py",
    message="load.py ended without a call of fit, so there is nothing to diagnose.",
)
