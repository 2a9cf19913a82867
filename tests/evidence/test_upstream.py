"""What the program still holds of its rows before they went to fit."""

import keras
import numpy as np
import pandas as pd
from keras import layers

import unstuck
from unstuck.evidence.handed import one_for_all
from unstuck.evidence.held_rows import seen_in
from unstuck.evidence.joined import misjoined
from unstuck.evidence.upstream import _pairs, tried_on
from unstuck.verbs.diagnose import Session
from unstuck.watch import hook

DRAW = np.random.default_rng(0)
WORDS = [f"word{number}" for number in range(12)]


def small(x, classes=2):
    first = layers.Embedding(40, 4) if x.dtype.kind == "i" else layers.Dense(8, activation="relu")
    model = keras.Sequential([layers.Input(x.shape[1:], dtype=x.dtype.name), first, layers.Flatten()])
    model.add(layers.Dense(classes, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def watched(*args, **rest):
    watch = unstuck.Watch()
    args[0].fit(*args[1:], callbacks=[watch], verbose=0, **rest)
    return watch.diagnosis.run


def test_words_that_all_get_one_number():
    labels = DRAW.integers(0, 2, 400)
    texts = [" ".join(DRAW.choice(WORDS[:6] if label else WORDS[6:], 5)) for label in labels]
    numbers = dict.fromkeys(WORDS, 1)
    ids = np.array([[numbers[word] for word in text.split()] for text in texts], "int32")
    ids[::3, -1] = 0
    run = watched(small(ids), ids, labels, epochs=2)
    first = run.causes[0]
    assert (first.rule, first.certainty) == ("signal-lost-before-fit", "measured")
    assert "From texts with labels, 400 rows" in first.says
    assert "numbers gives all its keys one and the same number" in first.says


def test_rows_that_were_put_together_anew_are_counted():
    rows = DRAW.normal(size=(600, 5)).astype("float32")
    kinds = (rows[:, 0] + rows[:, 1] > 0).astype("int64")
    x, y = rows[DRAW.permutation(600)][:500], kinds[DRAW.permutation(600)][:500]
    first = watched(small(x), x, y, epochs=2).causes[0]
    assert first.rule == "signal-lost-before-fit"
    assert first.shows["found"] == 500
    assert 200 < first.shows["agree"] < 300


def test_the_classes_by_name_are_no_rows_that_tell_them():
    numbers = DRAW.integers(0, 3, 300)
    names = np.array(["barley", "oat", "rye"])[numbers]
    held = {"names": names, "numbers": numbers}
    assert list(_pairs(held, numbers, classes=True, drawn=False)) == []
    texts = np.array([f"{name} {DRAW.integers(9)}" for name in names])
    (pair,) = _pairs(held | {"texts": texts}, numbers, classes=True, drawn=False)
    assert pair.inputs == "texts"


def test_where_the_rows_hold_what_tells_the_targets_nothing_is_said():
    rows = DRAW.normal(size=(600, 5)).astype("float32")
    kinds = (rows[:, 0] + rows[:, 1] > 0).astype("int64")
    noise = DRAW.integers(0, 2, 600)
    for targets in (kinds, noise):
        run = watched(small(rows), rows, targets, epochs=2)
        assert "signal-lost-before-fit" not in {each.rule for each in (*run.causes, *run.notes)}


def test_rows_that_fit_got_as_they_are_held_lost_nothing():
    """A walk: the next value is told well by the last one, the step between them hardly by anything."""
    walk = np.cumsum(DRAW.normal(size=700)).astype("float32")
    windows = np.lib.stride_tricks.sliding_window_view(walk, 9)
    x, y = windows[:, :8], windows[:, 8]
    model = keras.Sequential([layers.Input((8, 1)), layers.Flatten(), layers.Dense(1)])
    model.compile("adam", "mse")
    run = watched(model, x[:600, :, None], y[:600], epochs=2)
    assert "signal-lost-before-fit" not in {each.rule for each in (*run.causes, *run.notes)}


def test_of_several_labels_for_the_same_rows_none_is_taken_for_the_targets():
    rows, passed = DRAW.normal(size=(300, 2)), DRAW.integers(0, 2, 200)
    held = {"rows": rows, "first": (rows[:, 0] > 0).astype(int), "second": (rows[:, 1] > 0).astype(int)}
    assert list(_pairs(held, passed, classes=True, drawn=True)) == []
    held["passed"] = DRAW.permutation(300) % 2
    (pair,) = _pairs(held, held["passed"], classes=True, drawn=False)
    assert pair.targets == "passed"


def test_a_copy_of_the_targets_is_no_input():
    targets = DRAW.integers(0, 3, 300)
    held = {"codes": np.stack([targets + 7, DRAW.integers(0, 3, 300)], axis=1), "targets": targets}
    (pair,) = _pairs(held, targets, classes=True, drawn=False)
    assert np.array_equal(pair.x, held["codes"][:, 1:])
    assert tried_on(pair, classes=True).skill < 0.2


def test_a_copy_of_numbers_on_another_scale_is_no_input():
    targets = DRAW.normal(size=300)
    held = {"rows": (5.0 * targets + 3.0, DRAW.normal(size=300)), "targets": targets}
    (pair,) = _pairs(held, targets[:200].astype("float32"), classes=False, drawn=False)
    assert np.array_equal(pair.x[:, 0], held["rows"][1])


def test_columns_kept_one_by_one_are_rows():
    """Directions in degrees of which fit got the sine as of radians; the power is that of another scale."""
    speed, bearing = DRAW.normal(9, 2, 1500), DRAW.uniform(0, 360, 1500)
    mast = speed, bearing, DRAW.normal(size=1500)
    power = speed * np.cos(np.radians(bearing)) + mast[2] * 0.1
    x = np.stack([speed, np.sin(bearing), np.cos(bearing)], axis=1).astype("float32")
    model = keras.Sequential([layers.Input((3,)), layers.Dense(8, activation="relu"), layers.Dense(1)])
    model.compile("adam", "mse")
    run = watched(model, x, (power / power.std()).astype("float32"), epochs=2)
    first = run.causes[0]
    assert first.rule == "signal-lost-before-fit"
    assert "From mast with power, 1,500 rows" in first.says
    assert "held-rows-tell-more" in {each.rule for each in run.symptoms}
    assert len(mast) == 3


def test_a_column_that_fit_got_nothing_of_is_left_out():
    """What comes after the answer tells it, and is not given to fit on purpose."""
    rows = DRAW.normal(size=(600, 3))
    targets = DRAW.integers(0, 2, 600)
    after = np.column_stack([rows, targets + 0.1 * DRAW.normal(size=600)])
    assert np.array_equal(seen_in(after, rows.astype("float32")), rows)
    run = watched(small(rows.astype("float32")), rows.astype("float32"), targets, epochs=2)
    assert "signal-lost-before-fit" not in {each.rule for each in (*run.causes, *run.notes)}
    assert len(after) == 600


def test_a_column_joined_by_the_number_of_the_row():
    day, shop = (each.ravel() for each in np.meshgrid(np.arange(60), np.arange(20), indexing="ij"))
    counts = pd.DataFrame({"shop": shop, "day": day, "visitors": DRAW.gamma(4.0, 60.0, 1200)})
    counts = counts.sort_values(["shop", "day"]).reset_index(drop=True)
    sales = pd.DataFrame({"shop": shop, "day": day})
    visitors = sales.merge(counts, on=["shop", "day"])["visitors"].to_numpy()
    turnover = visitors / 100 + DRAW.normal(0.0, 0.2, 1200)
    wrong = sales.copy()
    wrong["visitors"] = counts["visitors"]
    both = {each.into: each for each in misjoined({"sales": sales, "counts": counts, "wrong": wrong})}
    found = both["wrong"]
    assert (found.column, found.keys, found.rows) == ("visitors", ("shop", "day"), 1200)
    assert found.agree == (wrong["visitors"] == visitors).sum()
    x = (wrong[["visitors"]] / 300).to_numpy("float32")
    model = keras.Sequential([layers.Input((1,)), layers.Dense(8, activation="relu"), layers.Dense(1)])
    model.compile("adam", "mse")
    first = watched(model, x, turnover.astype("float32"), epochs=2).causes[0]
    assert first.rule == "signal-lost-before-fit"
    assert "is that of counts in the rows of the same number" in first.says
    right = sales.merge(counts, on=["shop", "day"])
    assert list(misjoined({"sales": sales, "counts": counts, "right": right})) == []


def test_a_dict_of_one_number_for_many_keys():
    assert one_for_all({"a": dict.fromkeys(WORDS, 1), "b": {}}) == "a"
    assert one_for_all({"a": {word: k for k, word in enumerate(WORDS)}, "b": {"one": 1}}) == ""


class Feed(keras.utils.PyDataset):
    """Rows in a shuffled order; their targets in the same one, or as they are stored."""

    def __init__(self, rows, kinds, mixed_up):
        super().__init__()
        self.rows, self.kinds, self.mixed_up = rows, kinds, mixed_up
        self.order = np.random.default_rng(1).permutation(len(rows))

    def __len__(self):
        return len(self.rows) // 20

    def __getitem__(self, index):
        part = slice(index * 20, (index + 1) * 20)
        chosen = self.order[part]
        return self.rows[chosen], self.kinds[part if self.mixed_up else chosen]


def hooked(model, data):
    session = Session()
    hook.install()
    hook.listen(session.observe)
    try:
        model.fit(data, epochs=3, verbose=0)
    finally:
        hook.stop_listening(session.observe)
    return session.runs[0]


def feed(mixed_up):
    rows = DRAW.normal(size=(600, 5)).astype("float32")
    return Feed(rows, (rows[:, 0] + rows[:, 1] > 0).astype("int64"), mixed_up)


def test_what_a_data_set_of_the_programs_own_keeps_is_looked_at():
    data = feed(mixed_up=True)
    first = hooked(small(data.rows), data).causes[0]
    assert first.rule == "signal-lost-before-fit"
    assert "From data.rows with data.kinds, 600 rows" in first.says


def test_a_data_set_that_hands_on_what_it_keeps_lost_nothing():
    data = feed(mixed_up=False)
    run = hooked(small(data.rows), data)
    assert "signal-lost-before-fit" not in {each.rule for each in (*run.causes, *run.notes)}
