"""The rule embedding-rows-empty."""

from __future__ import annotations

from unstuck.evidence.facts import Model, Table
from unstuck.judgement.findings import Certainty, Finding, Impact, propose
from unstuck.rules.bounds import percent
from unstuck.rules.families import LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause

#: With more than half of the tokens gone, less than half of each text is left to read.
MOSTLY = 0.5

#: From here on next to nothing gets through.
NEARLY_ALL = 0.95

#: Ids that are read at least: of a handful some may well be meant to say nothing.
FEWEST = 64


@cause(
    "embedding-rows-empty",
    certainty="suspected",
    impact="harms",
    explains=(
        NOTHING_LEARNED,
        LEARNS_LITTLE,
        "dead-relu",
        "decisions-do-not-change",
        "model-too-small",
        "nothing-to-learn",
        "saturated-activations",
        "too-few-updates",
        "vanishing-gradient",
    ),
    blames=("weights", "embeddings_initializer"),
)
def embedding_rows_empty(model: Model) -> Finding | None:
    """A frozen embedding has rows of zeros for most of the ids that it reads.

    Why it looks stuck: a table of pretrained vectors starts as zeros and is filled word by word. A word that
    is not found (another spelling, capital letters, keys of another kind, a file of another language) keeps
    its zeros, and a frozen row stays as it is. All those words are the same to the network; where none is
    found, all texts are.

    How it is proved: the ids of the training rows are looked up in the table as it is after the fit, and
    those whose row is 0 in every number are counted. Id 0 is left out, as it pads.

    What to do: count the words that were found while the table is filled, and mend what keeps the others
    from being found; or let the embedding train.

    What decides: Print (table[ids] == 0).all(-1).mean() for the ids of some rows; above 0.5 says yes.
    """
    frozen = [each for each in model.tables if each.read >= FEWEST]
    worst = max(frozen, key=lambda each: each.empty, default=None)
    if worst is None or worst.empty <= MOSTLY:
        return None
    blocked = worst.empty >= NEARLY_ALL and len(model.tables) == 1
    layer = next((each for each in model.layers if each.name == worst.layer), None)
    return Finding(
        says=f"{worst.layer} is frozen, and for {percent(worst.empty)} of the {worst.read:,} ids that it "
        f"reads ({worst.kinds:,} different ones) its row holds nothing but zeros: "
        + ("every text is the same to the layers behind it." if blocked else "those are all the same to it."),
        shows={"layer": worst.layer, "empty": worst.empty, "ids": worst.read, "bound": MOSTLY},
        where=layer.place if layer is not None else None,
        certainty=Certainty.MEASURED if blocked else None,
        impact=Impact.BLOCKS if blocked else None,
        remedies=(
            propose(
                "advise",
                text="Count how many words get a vector while the table is filled: the keys of the vectors "
                "and those of the vocabulary have to be the same strings. Give the table to the layer after "
                "it is filled, or leave the embedding trainable.",
            ),
        ),
    )


def _model(empty: float) -> Model:
    return Model(tables=(Table(layer="words", read=30_000, kinds=4000, empty=empty),))


embedding_rows_empty.fires(_model(1.0))
embedding_rows_empty.fires(_model(0.6))
embedding_rows_empty.quiet(_model(0.2))  # rare words have no vector
embedding_rows_empty.quiet(Model(tables=(Table(read=8, kinds=2, empty=1.0),)))
