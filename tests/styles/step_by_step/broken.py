"""Two circles with a warm-up, fitted epoch by epoch so that the best can be kept."""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import make_circles
from sklearn.model_selection import train_test_split

SEED = 21
EPOCHS = 45
BATCH = 64
PEAK = 0.1


@keras.saving.register_keras_serializable("circles")
class WarmUp(keras.optimizers.schedules.LearningRateSchedule):
    """Linear from zero to the peak, then constant."""

    def __init__(self, peak, steps):
        super().__init__()
        self.peak = peak
        self.steps = steps

    def __call__(self, step):
        done = keras.ops.cast(step, "float32") / float(self.steps)
        return self.peak * keras.ops.minimum(done, 1.0)

    def get_config(self):
        return {"peak": self.peak, "steps": self.steps}


class Trainer:
    def __init__(self, model, data):
        self.model = model
        self.x_train, self.x_val, self.y_train, self.y_val = data
        self.best = (0.0, None)
        per_epoch = int(np.ceil(len(self.x_train) / BATCH))
        self.warmup_steps = 20 * per_epoch
        self.prepare()

    def prepare(self):
        schedule = WarmUp(PEAK, self.warmup_steps)
        self.model.compile(
            optimizer=keras.optimizers.SGD(schedule),
            loss="binary_crossentropy",
            metrics=["accuracy"],
        )

    def one_epoch(self, number):
        self.prepare()
        history = self.model.fit(
            self.x_train, self.y_train, batch_size=BATCH, epochs=1, verbose=0
        ).history
        loss, score = self.model.evaluate(self.x_val, self.y_val, verbose=0)
        if score > self.best[0]:
            self.best = (score, [w.copy() for w in self.model.get_weights()])
        print(
            f"epoch {number:2d} loss {history['loss'][0]:.4f} "
            f"accuracy {history['accuracy'][0]:.4f} val {loss:.4f} {score:.4f}"
        )

    def run(self):
        for number in range(1, EPOCHS + 1):
            self.one_epoch(number)
        self.model.set_weights(self.best[1])
        return self.best[0]


def network():
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


if __name__ == "__main__":
    keras.utils.set_random_seed(SEED)
    points, side = make_circles(1600, noise=0.1, factor=0.45, random_state=SEED)
    data = train_test_split(
        points.astype("float32"), side.astype("float32"), test_size=0.25, random_state=SEED
    )
    print("best", Trainer(network(), data).run())
