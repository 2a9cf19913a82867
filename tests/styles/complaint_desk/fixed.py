"""Route complaints to one of four desks by their words (bag of embeddings)."""
import keras
import numpy as np

CONFIG = {
    "seed": 8,
    "vocabulary": 400,
    "length": 24,
    "desks": 4,
    "rows": 1600,
    "embedding": 16,
    "epochs": 8,
    "batch": 32,
    "unit_range": False,
}

keras.utils.set_random_seed(CONFIG["seed"])


def write_complaints(config):
    """Each desk has its own forty words; the rest is common talk."""
    rng = np.random.default_rng(config["seed"])
    rows, length = config["rows"], config["length"]
    desk = rng.integers(0, config["desks"], rows)
    words = rng.integers(170, config["vocabulary"], (rows, length))
    own = 1 + desk[:, None] * 40 + rng.integers(0, 40, (rows, length))
    spoken = rng.random((rows, length)) < 0.25
    return np.where(spoken, own, words), desk


def prepare(tokens, config):
    features = tokens.astype("float32")
    if config["unit_range"]:
        features = features / config["vocabulary"]
    return features


def build(config):
    inputs = keras.Input((config["length"],), name="words")
    x = keras.layers.Embedding(config["vocabulary"], config["embedding"])(inputs)
    x = keras.layers.GlobalAveragePooling1D()(x)
    x = keras.layers.Dense(32, activation="relu")(x)
    outputs = keras.layers.Dense(config["desks"], activation="softmax", name="desk")(x)
    model = keras.Model(inputs, outputs)
    model.compile(
        optimizer=keras.optimizers.Adam(0.005),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


tokens, desk = write_complaints(CONFIG)
features = prepare(tokens, CONFIG)
border = int(0.8 * len(features))
model = build(CONFIG)
model.summary()
model.fit(
    features[:border],
    desk[:border],
    validation_data=(features[border:], desk[border:]),
    epochs=CONFIG["epochs"],
    batch_size=CONFIG["batch"],
    verbose=2,
)
guess = model.predict(features[border:], verbose=0).argmax(axis=1)
for number in range(CONFIG["desks"]):
    mine = desk[border:] == number
    print(f"desk {number}: recall {np.mean(guess[mine] == number):.3f} of {mine.sum()}")
