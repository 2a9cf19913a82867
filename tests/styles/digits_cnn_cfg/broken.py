import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

CONFIG = {
    "seed": 1,
    "filters": [16, 32],
    "dense": 64,
    "optimizer": {"name": "adam", "lr": 0.25},
    "batch_size": 64,
    "epochs": 8,
}


def get_data(seed):
    digits = load_digits()
    images = (digits.images / 16.0)[..., None].astype("float32")
    return train_test_split(images, digits.target, test_size=0.2, random_state=seed, stratify=digits.target)


def get_model(cfg):
    model = keras.Sequential([keras.Input((8, 8, 1))])
    for f in cfg["filters"]:
        model.add(layers.Conv2D(f, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dense(cfg["dense"], activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    return model


def get_optimizer(cfg):
    if cfg["name"] == "adam":
        return keras.optimizers.Adam(cfg["lr"])
    if cfg["name"] == "sgd":
        return keras.optimizers.SGD(cfg["lr"], momentum=0.9)
    raise ValueError(cfg["name"])


def main(cfg):
    keras.utils.set_random_seed(cfg["seed"])
    x_train, x_val, y_train, y_val = get_data(cfg["seed"])
    model = get_model(cfg)
    model.compile(get_optimizer(cfg["optimizer"]), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=cfg["batch_size"], epochs=cfg["epochs"],
              validation_data=(x_val, y_val))
    loss, acc = model.evaluate(x_val, y_val, verbose=0)
    print(f"val loss {loss:.4f}  val acc {acc:.4f}")


if __name__ == "__main__":
    main(CONFIG)
