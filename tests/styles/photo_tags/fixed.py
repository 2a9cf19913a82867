"""Tags of a scene: several may hold at once."""
import keras
import numpy as np
from keras import layers
from sklearn.datasets import make_multilabel_classification

CONFIG = {
    "seed": 37,
    "rows": 3500,
    "features": 40,
    "tags": 8,
    "hidden": [96, 48],
    "head": {"activation": "sigmoid"},
    "loss": "binary_crossentropy",
    "score": "binary_accuracy",
    "epochs": 20,
    "batch": 64,
    "rate": 2e-3,
}


def scenes(config):
    x, tags = make_multilabel_classification(
        n_samples=config["rows"],
        n_features=config["features"],
        n_classes=config["tags"],
        n_labels=3,
        length=120,
        allow_unlabeled=False,
        random_state=config["seed"],
    )
    x = np.sqrt(x)
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return x.astype("float32"), tags.astype("float32")


def tagger(config):
    inputs = keras.Input((config["features"],))
    x = inputs
    for width in config["hidden"]:
        x = layers.Dense(width, activation="relu")(x)
        x = layers.Dropout(0.1)(x)
    outputs = layers.Dense(config["tags"], name="tags", **config["head"])(x)
    return keras.Model(inputs, outputs)


def f_score(truth, guess):
    hits = (truth * guess).sum()
    return 2 * hits / (truth.sum() + guess.sum())


keras.utils.set_random_seed(CONFIG["seed"])
x, tags = scenes(CONFIG)
cut = int(0.8 * len(x))
print("tags per scene", tags.sum(axis=1).mean())

model = tagger(CONFIG)
model.compile(
    optimizer=keras.optimizers.Adam(CONFIG["rate"]),
    loss=CONFIG["loss"],
    metrics=[CONFIG["score"]],
)
model.fit(
    x[:cut],
    tags[:cut],
    validation_data=(x[cut:], tags[cut:]),
    epochs=CONFIG["epochs"],
    batch_size=CONFIG["batch"],
    verbose=2,
)
loss, score = model.evaluate(x[cut:], tags[cut:], verbose=0)
guess = (model.predict(x[cut:], verbose=0) > 0.5).astype("float32")
print(f"reported score {score:.3f}")
print(f"tags given per scene {guess.sum(axis=1).mean():.2f}, f-score {f_score(tags[cut:], guess):.3f}")
