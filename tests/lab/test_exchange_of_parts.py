"""The exchange of parts on whole trainings: what fails where a standard part learns."""

import pathlib

import keras
import numpy as np
import pytest
from recipes import recipe_of

from unstuck.evidence.probe import Clock
from unstuck.lab.exchange.arms import Arms, held_apart
from unstuck.lab.exchange.search import REFERENCE, USER, Arrangement
from unstuck.lab.experiment import UnaskableError, experiments
from unstuck.lab.resize import Size
from unstuck.lab.steering import steers
from unstuck.rules.rule import catalogue
from unstuck.watch import hook

ASK = experiments()["exchange-of-parts"]
LOSS = frozenset({"loss towards_the_middle"})


def towards_the_middle(y_true, y_pred):
    return keras.ops.mean(keras.ops.square(y_pred - 0.5)) + 0.0 * keras.ops.mean(y_true)


def _rows(count=400):
    x = np.random.default_rng(0).normal(size=(count, 4)).astype("float32")
    return x, (x[:, 0] + x[:, 1] > 0).astype("float32")


def _recipe(loss, layers=(), **fitted):
    keras.utils.set_random_seed(0)
    last = keras.layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(16, activation="relu"), *layers, last])
    model.compile(keras.optimizers.Adam(0.02), loss=loss)
    return recipe_of(model, *_rows(), epochs=6, batch_size=32, **fitted)


def test_a_loss_that_teaches_nothing_is_confirmed_at_its_line():
    answer = ASK(_recipe(towards_the_middle), Clock(600))
    assert answer.supports == ("part-at-fault",)
    finding = catalogue()["part-at-fault"](answer.record)
    assert finding.where.line == towards_the_middle.__code__.co_firstlineno + 1  # the statement, not the def
    assert finding.where.file == __file__
    assert "keras.losses.BinaryCrossentropy" in finding.says
    assert "standard training falls" in finding.says
    assert min(answer.shows["healed"]) > 0.85 > 0.7 > max(answer.shows["own"])
    assert max(answer.shows["broken"]) < 0.8 < min(answer.record.reference)


class Rounded(keras.layers.Layer):
    def call(self, x):
        return keras.ops.zeros_like(x) + keras.ops.mean(x, axis=0, keepdims=True)  # the same for each row


def test_a_layer_is_exchanged_in_place_and_the_user_model_is_built_anew_each_time():
    recipe = held_apart(_recipe("binary_crossentropy", [Rounded()]), lambda _: Size())
    arms = Arms(recipe, Clock(600))
    assert [part.key for part in arms.parts] == ["layer Rounded"]
    assert arms.parts[0].place.line == Rounded.call.__code__.co_firstlineno
    own = arms(USER, 0)
    assert arms(Arrangement(swapped=frozenset({"layer Rounded"})), 0) > 0.85 > 0.7 > own
    assert arms(Arrangement("layers", kept=frozenset({"layer Rounded"})), 0) < 0.7
    assert arms(REFERENCE, 0) > 0.85
    arms.done.clear()
    assert arms(USER, 0) == own


def test_what_has_no_part_of_its_own_has_nothing_to_exchange():
    with pytest.raises(UnaskableError, match="no loss, step, layer or callback of its own"):
        ASK(_recipe("binary_crossentropy"), Clock(600))


class Alike(keras.initializers.Initializer):
    def __call__(self, shape, dtype=None, **_):
        return keras.ops.full(shape, 0.02, dtype=dtype)

    def get_config(self):
        return {}


def test_the_layers_that_one_own_initialiser_fills_are_one_part():
    middle = keras.layers.Dense(8, activation="relu", kernel_initializer=Alike())
    other = keras.layers.Dense(8, activation="relu", kernel_initializer=Alike())
    recipe = held_apart(_recipe("binary_crossentropy", [middle, other]), lambda _: Size())
    arms = Arms(recipe, Clock(600))
    assert [part.key for part in arms.parts] == ["initial weights Alike"]
    assert arms.parts[0].place.line == Alike.__call__.__code__.co_firstlineno
    stage = arms.stage(0)
    arms.parts[0].swap(stage)
    redrawn = [each for each in stage.model.layers if each.name in (middle.name, other.name)]
    assert all(float(np.std(keras.ops.convert_to_numpy(each.kernel))) > 0.1 for each in redrawn)


class PutsBack(keras.callbacks.Callback):
    """After each batch half of the way back to where it began."""

    def __init__(self, share):
        super().__init__()
        self.share = share
        self.start = None

    def on_train_begin(self, logs=None):
        self.start = self.model.get_weights()

    def on_train_batch_end(self, batch, logs=None):
        held = zip(self.start, self.model.get_weights(), strict=True)
        self.model.set_weights([old + self.share * (new - old) for old, new in held])


def test_a_callback_that_puts_weights_back_is_confirmed_at_the_line_that_sets_them():
    hook.install()
    answer = ASK(_recipe("binary_crossentropy", callbacks=[PutsBack(0.2)]), Clock(600))
    assert answer.supports == ("part-at-fault",)
    finding = catalogue()["part-at-fault"](answer.record)
    assert "your callback PutsBack" in finding.says
    code = PutsBack.on_train_batch_end.__code__
    assert finding.where.line == code.co_firstlineno + 2


@keras.saving.register_keras_serializable()
class Rewards(keras.regularizers.Regularizer):
    def __call__(self, weights):
        return -keras.ops.sum(keras.ops.square(weights))

    def get_config(self):
        return {}


def test_what_an_own_regulariser_costs_is_a_part_of_its_own():
    wide = keras.layers.Dense(8, activation="relu", kernel_regularizer=Rewards(), activity_regularizer="l2")
    arms = Arms(held_apart(_recipe("binary_crossentropy", [wide]), lambda _: Size()), Clock(600))
    assert [part.key for part in arms.parts] == ["regulariser Rewards"]
    # In another process nothing is registered: the recipe knows it by that name.
    assert arms.recipe.custom["Custom>Rewards"] is arms.recipe.custom["Rewards"] is Rewards
    assert arms.parts[0].place.file == __file__
    stage = arms.stage(0)
    own = next(each for each in stage.model.layers if each.name == wide.name)
    arms.parts[0].swap(stage)
    assert own.kernel.regularizer is None
    assert own.activity_regularizer is not None  # it is Keras's


def test_a_callback_that_leaves_traces_elsewhere_is_not_made_again():
    class Logs(PutsBack):
        def on_epoch_end(self, epoch, logs=None):
            with pathlib.Path("log.txt").open("a") as file:
                file.write(str(epoch))

    class Prints(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            print(epoch, logs)

    assert steers(PutsBack(0.5))
    assert not steers(Logs(0.5))
    assert not steers(Prints())
    assert not steers(keras.callbacks.EarlyStopping())
