"""Recipes of real models after a remedy, and what compile is given: read by Keras, or written out."""

import copy
from dataclasses import replace

import numpy as np
import pytest
from by_hand import at, compiled, treat

from unstuck.evidence.sample import leaves
from unstuck.lab.recipe import LayerPlan, Recipe
from unstuck.rules.objective.accuracy_on_signed_labels import BY_SIGN


def live(model, **places):
    """A recipe of a live model; the layers of these names were made on these lines."""
    import keras

    plans = tuple(
        LayerPlan(
            name=each.name,
            kind=type(each).__name__,
            place=at(places[each.name]) if each.name in places else None,
            trainable=each.trainable,
        )
        for each in model._flatten_layers(include_self=False)
    )
    return Recipe(kind=type(model).__name__, model=keras.saving.serialize_keras_object(model), layers=plans)


def built(held):
    import keras

    return keras.saving.deserialize_keras_object(copy.deepcopy(held.model))  # Keras empties what it reads


@pytest.fixture(scope="module")
def words():
    """Ids through an embedding, a recurrent layer both ways, a nested model, noise and a Softmax."""
    import keras
    from keras import layers

    ids = keras.Input((6,), dtype="int32")
    inner = [layers.Dense(4, activation="relu", name="hidden"), layers.Dropout(0.6, name="drop")]
    value = layers.Embedding(10, 4, name="table")(ids)
    value = layers.Bidirectional(layers.LSTM(3, name="read"), name="both")(value)
    value = keras.Sequential(inner, name="inner")(value)
    value = layers.GaussianNoise(0.5, name="noise")(value)
    value = layers.Softmax(name="end")(layers.Dense(2, name="wide")(value))
    held = live(keras.Model(ids, value), forward_read=1, backward_read=1, table=2, noise=3)
    return replace(held, outputs={"": ("end", "wide")})


IDS = np.array([[3, 4, 5, 0, 0, 0], [1, 2, 0, 0, 0, 0]])


def test_live_width_ripples_through_nested_models(words):
    model = built(treat("widen-layer", words, at(1), units=7))
    assert model.get_layer("both").output.shape == (None, 14)
    assert model.get_layer("inner").layers[0].kernel.shape == (14, 4)
    assert model(IDS).shape == (2, 2)


def test_live_output_units_and_activation(words):
    model = built(treat("set-output-units", words, None, units=1, activation="sigmoid"))
    assert model.output_shape == (None, 1)
    assert type(model.layers[-1]).__name__ == "Activation"
    assert model.layers[-1].activation.__name__ == "sigmoid"


def test_live_mask_hides_the_padding(words):
    model = built(treat("mask-padding", words, at(2)))
    shorter = np.pad(IDS[:, :3], ((0, 0), (0, 3)))
    longer = built(words)
    longer.set_weights(model.get_weights())
    assert model.get_layer("table").mask_zero
    assert np.allclose(model.predict_on_batch(IDS), model.predict_on_batch(shorter))
    assert not np.allclose(model.predict_on_batch(IDS), longer.predict_on_batch(IDS))


def test_live_dropout_embedding_and_noise(words):
    held = treat("lower-dropout", words, None, rate=0.2)
    held = treat("enlarge-embedding", held, at(2), input_dim=50)
    held = treat("remove-layer", held, at(3))
    model = built(held)
    assert model.get_layer("inner").get_layer("drop").rate == 0.2
    assert model.get_layer("table").embeddings.shape == (50, 4)
    assert type(model.get_layer("noise")).__name__ == "Identity"
    assert model(IDS, training=True).shape == (2, 2)


def test_live_sequential_without_a_layer_and_with_a_lower_penalty():
    import keras
    from keras import layers

    first = layers.Dense(8, kernel_regularizer="l2", name="a")
    held = live(keras.Sequential([keras.Input((3,)), first, layers.Dropout(0.5, name="b")]), a=1, b=2)
    model = built(treat("remove-layer", treat("lower-penalty", held, at(1)), at(2)))
    assert [layer.name for layer in model.layers] == ["a"]
    assert float(model.layers[0].kernel_regularizer.l2) == pytest.approx(1e-4)


def test_live_frozen_model_learns():
    import keras
    from keras import layers

    base = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.BatchNormalization()], name="base")
    model = keras.Sequential([base, layers.Dense(1)])
    model.trainable = False
    assert len(built(live(model)).trainable_weights) == 0
    assert len(built(treat("unfreeze-layers", live(model), None)).trainable_weights) == 6


def test_live_compile_arguments():
    import keras

    held = Recipe(
        compiled={
            "optimizer": keras.saving.serialize_keras_object(keras.optimizers.Adam(0.1)),
            "loss": keras.saving.serialize_keras_object(keras.losses.BinaryCrossentropy(label_smoothing=0.1)),
            "metrics": ["accuracy"],
        }
    )
    held = treat("clip-gradients", treat("set-learning-rate", held, value=0.01), clipnorm=1.0)
    held = treat("set-loss", held, loss="categorical_crossentropy", from_logits=True)
    expression = "keras.metrics.BinaryAccuracy(threshold=0.0)"
    held = treat("set-metrics", held, metrics=[expression], replace="accuracy")
    read = keras.saving.deserialize_keras_object
    adam, entropy = read(held.compiled["optimizer"]), read(held.compiled["loss"])
    assert (float(adam.learning_rate), adam.clipnorm) == (pytest.approx(0.01), 1.0)
    kept = entropy.get_config()
    assert (type(entropy).__name__, kept["from_logits"], kept["label_smoothing"]) == (
        *("CategoricalCrossentropy", True, 0.1),
    )
    assert read(held.compiled["metrics"][0]).threshold == 0.0
    assert leaves(held.x) == []


def test_live_metric_by_sign():
    import keras

    held = treat("set-metrics", compiled(metrics=["accuracy"]), metrics=[BY_SIGN], replace="accuracy")
    metric = keras.saving.deserialize_keras_object(
        copy.deepcopy(held.compiled["metrics"][0]), custom_objects=dict(held.custom)
    )
    metric.update_state(np.array([[-1.0], [1.0], [1.0]]), np.array([[-0.2], [0.3], [-4.0]]))
    assert metric.name == "accuracy"
    assert float(metric.result()) == pytest.approx(2 / 3)


def test_an_adapted_layer_holds_the_statistics_of_the_rows_that_train():
    import keras

    held = live(
        keras.Sequential([keras.Input((2,)), keras.layers.Normalization(name="scale"), keras.layers.Dense(1)])
    )
    x = np.array([[0.0, 1.0], [4.0, 3.0], [9.0, 9.0], [9.0, 9.0]])
    changed = treat("adapt-normalisation", replace(held, x=x, y=x, validation_split=0.5), None, layer="scale")
    scaled = keras.ops.convert_to_numpy(built(changed).layers[0](x[:2]))
    assert np.allclose(scaled, [[-1, -1], [1, 1]])
    assert changed.arguments_of("scale")["mean"] == [2.0, 2.0]
    assert changed.arguments_of("scale")["variance"] == [4.0, 1.0]
