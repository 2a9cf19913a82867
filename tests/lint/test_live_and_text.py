"""The reader of source and the reader of live models on the same programs: text may know less, never other.

`python tests/lint/test_live_and_text.py 5000` compares as many models as one likes.
"""

import sys
from collections import Counter

import pytest
from models import Programs

from unstuck.evidence.model import read_heads
from unstuck.reading import read_text

#: Models that are compared in the tests.
MODELS = 600

#: Fields of a Head that are compared.
FIELDS = ("activation", "units", "shape", "softmax_axis", "softmax_size", "after", "hidden")

#: What a field says where the text does not tell; a reader of source that knew nothing would say only this.
UNTOLD = {"activation": "unknown", "units": 0, "after": ()}

#: The share of each field that the text tells, measured on 4,000 models less a tenth for the choice of
#: seeds: a reader that tells less has forgotten something.
LEAST = {"activation": 0.75, "units": 0.55, "shape": 0.3, "after": 0.2, "hidden": 0.2}

#: Seeds beyond those that showed a difference once, and what it was.
KEPT = {
    787: "a Bidirectional was as wide as the layer inside it",
    2255: "an axis was told of a softmax whose rank was not known",
    1814: "a softmax behind a Reshape was as wide as the layer before that",
    3459: "the same, behind other layers",
}


def compared(text):
    """The program, and (field, what the text says, what is) for each output."""
    scope = {}
    exec(compile(text, "train.py", "exec"), scope)
    live = read_heads(scope["model"], lambda _: None)
    readings = [each for each in read_text(text, "train.py") if each.evidence.outputs]
    written = [output.head for output in readings[-1].evidence.outputs] if readings else []
    pairs = []
    for index, head in enumerate(live.values()):
        told = written[index] if len(written) == len(live) else None
        # Behind a Lambda the text may know more than the live model shows.
        fields = FIELDS if head.activation != "unknown" else ("shape",)
        pairs += [(field, getattr(told, field, None), getattr(head, field)) for field in fields]
    return text, pairs


def tells(field, told):
    """Whether the text says something of a field."""
    if field == "shape":
        return told is not None and any(size is not None for size in told)
    return told is not None and told != UNTOLD.get(field)


def differs(field, told, true):
    """Whether the text says something else than what is."""
    if not tells(field, told) or true is None:
        return False
    if field == "shape":
        return len(told) != len(true) or any(
            None not in pair and pair[0] != pair[1] for pair in zip(told, true, strict=True)
        )
    if field == "hidden":
        units = told.units is not None and told.units != true.units
        return told.kind != true.kind or units or told.activation not in ("unknown", true.activation)
    return told != true


def run(seeds):
    """The differences of the models of these seeds, how often the text told each field, and of how many."""
    wrong, told_of, total = [], Counter(), Counter()
    for seed in seeds:
        text, pairs = compared(Programs(seed).text())
        for field, told, true in pairs:
            total[field] += 1
            told_of[field] += tells(field, told)
            if differs(field, told, true):
                wrong.append(f"seed {seed}: {field} is {true!r}, the text says {told!r}\n{text}")
    return wrong, told_of, total


def summary(told_of, total, models):
    shares = ", ".join(f"{field} {told_of[field] / total[field]:.0%}" for field in FIELDS)
    return f"{models} models, {sum(total.values()):,} fields; the text tells: {shares}"


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis:UserWarning")  # Keras, on axes of one
def test_the_text_never_says_what_the_live_model_is_not(capsys):
    seeds = sorted({*range(MODELS), *KEPT})
    wrong, told_of, total = run(seeds)
    with capsys.disabled():
        print(f"\n{summary(told_of, total, len(seeds))}; {len(wrong)} differ")
    assert wrong == [], "\n".join(wrong[:5])
    assert [field for field, least in LEAST.items() if told_of[field] / total[field] < least] == []


#: Layers behind a Dense of 4 on rows of 4 steps that were read as something else from source once.
ONCE_WRONG = (
    "layers.ReLU(negative_slope=0.0)",
    "layers.ReLU(6, negative_slope=0.1)",
    "layers.ReLU(negative_slope=0.1, threshold=1.0)",
    "layers.ReLU(threshold=0)",
    "layers.Activation(layers.Softmax(axis=1))",
    "layers.Dense(4, activation=layers.Softmax(axis=1))",
    "layers.TimeDistributed(layers.Dense(3, activation=layers.Softmax(axis=1)))",
    "layers.GlobalMaxPooling1D(keepdims=True)",
    'layers.Conv1D(5, 2, padding="same", data_format="channels_first", activation="softmax")',
)


@pytest.mark.parametrize("layer", ONCE_WRONG)
def test_a_layer_that_was_read_wrongly_once_is_not_again(layer):
    start = "import keras\nfrom keras import layers\n"
    text = f"{start}model = keras.Sequential([keras.Input((4, 3)), layers.Dense(4), {layer}])\n"
    assert [each for each in compared(text)[1] if differs(*each)] == []


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else MODELS
    found, told_there, total_there = run(range(count))
    print("\n".join([*found[:20], summary(told_there, total_there, count), f"{len(found)} differ"]))
