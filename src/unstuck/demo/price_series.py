"""Tomorrow's price from the last 20 days."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)

# a random walk of 1,000 daily prices
rng = np.random.default_rng(1)
prices = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, 1000)))

# scale to 0..1
prices = (prices - prices.min()) / (prices.max() - prices.min())

windows, targets = [], []
for i in range(20, len(prices)):
    windows.append(prices[i - 20 : i])
    targets.append(prices[i])
x = np.array(windows).reshape(-1, 20, 1)
y = np.array(targets)

model = keras.Sequential()
model.add(layers.Input(shape=(20, 1)))
model.add(layers.LSTM(32))
model.add(layers.Dense(1))

model.compile(optimizer="adam", loss="mse", metrics=["accuracy"])
model.fit(x, y, epochs=5, batch_size=32, verbose=2)
