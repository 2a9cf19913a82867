"""What ids find in the embeddings that read them."""

import keras
import numpy as np
import pytest
from keras import layers

from unstuck.evidence.model import first_layers
from unstuck.evidence.tables import read_tables
from unstuck.watch.rows import Rows

pytestmark = pytest.mark.backend


def network(table, **given):
    start = keras.initializers.Constant(table)
    embedding = layers.Embedding(*table.shape, embeddings_initializer=start, **given)
    return keras.Sequential([layers.Input((8,)), embedding, layers.Flatten(), layers.Dense(1)])


def read(model, ids):
    return read_tables(model, Rows(x=ids, y=None), first_layers(model))


def test_occurrences_of_ids_whose_row_is_zero_are_counted_without_padding():
    draw = np.random.default_rng(0)
    table = draw.normal(size=(20, 4))
    table[[0, 3, 4, 5]] = 0.0
    ids = draw.integers(0, 20, (50, 8))
    (found,) = read(network(table, trainable=False), ids)
    told = ids[ids > 0]
    assert (found.read, found.kinds) == (told.size, len(set(told.tolist())))
    assert found.empty == pytest.approx(np.isin(told, [3, 4, 5]).mean())
    assert read(network(table), ids) == ()  # it trains


def test_numbers_that_are_no_ids_of_the_table_tell_nothing():
    model = network(np.zeros((20, 4)), trainable=False)
    assert read(model, np.full((9, 8), 0.5)) == ()
    assert read(model, np.full((9, 8), 20)) == ()
    assert read(model, np.zeros((9, 8))) == ()


def test_two_tables_of_one_size_are_not_told_apart():
    inputs = [keras.Input((8,)), keras.Input((8,))]
    read_by = [
        layers.GlobalAveragePooling1D()(layers.Embedding(20, 4, trainable=False)(each)) for each in inputs
    ]
    model = keras.Model(inputs, layers.Dense(1)(layers.concatenate(read_by)))
    ids = np.ones((9, 8))
    assert read(model, [ids, ids]) == ()
