"""A wine's grower and its price, three and one with their own scales: weights bring both losses together."""

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)

wine = load_wine()
proline = wine.data[:, 12]
price = 4 + 0.02 * proline + 3 * wine.data[:, 0] * (wine.target == 0) + rng.normal(0, 2, len(proline))
x_train, x_test, kind_train, kind_test, price_train, price_test = train_test_split(
    wine.data, wine.target, price, test_size=0.3, stratify=wine.target, random_state=9
)
scaler = StandardScaler().fit(x_train)


class Sommelier(keras.Model):
    def __init__(self):
        super().__init__()
        self.trunk = keras.Sequential(
            [layers.Dense(32, activation="relu"), layers.Dense(16, activation="relu")]
        )
        self.kind = layers.Dense(3, activation="softmax")
        self.price = layers.Dense(1)

    def call(self, inputs):
        shared = self.trunk(inputs)
        return {"kind": self.kind(shared), "price": self.price(shared)}


model = Sommelier()
model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss={"kind": "sparse_categorical_crossentropy", "price": "mse"},
    loss_weights={"kind": 1.0, "price": 0.002},
    metrics={"kind": ["accuracy"], "price": ["mae"]},
)
model.fit(
    scaler.transform(x_train),
    {"kind": kind_train, "price": price_train},
    validation_data=(scaler.transform(x_test), {"kind": kind_test, "price": price_test}),
    epochs=60,
    batch_size=16,
    verbose=0,
)
answer = model.predict(scaler.transform(x_test), verbose=0)
print("grower right:", round(float((answer["kind"].argmax(axis=1) == kind_test).mean()), 3))
print(
    "mean error of the price:",
    round(float(np.abs(answer["price"][:, 0] - price_test).mean()), 2),
    "of",
    round(price.std(), 2),
)
