"""REINFORCE on a contextual bandit: the sampled action is the label, its advantage the weight of the row."""

import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(17)
rng = np.random.default_rng(17)
TASTE = rng.normal(size=(4, 6))


def reward_of(people, offers):
    return (people @ TASTE.T)[np.arange(len(people)), offers] + rng.normal(0, 0.3, len(people))


policy = keras.Sequential(
    [keras.Input((6,)), layers.Dense(24, activation="tanh"), layers.Dense(4, "softmax")]
)
policy.compile(keras.optimizers.Adam(0.02), loss="sparse_categorical_crossentropy")

history = []
for update in range(30):
    people = rng.normal(size=(256, 6)).astype("float32")
    chances = np.asarray(policy.predict_on_batch(people), "float64")
    offers = (chances.cumsum(axis=1) < rng.random((256, 1))).sum(axis=1).clip(0, 3)
    rewards = reward_of(people, offers)
    history.append(rewards.mean())
    advantage = (rewards - rewards.mean()) / rewards.std()
    policy.fit(people, offers, sample_weight=advantage.astype("float32"), batch_size=64, epochs=1, verbose=0)

people = rng.normal(size=(1000, 6))
best = (people @ TASTE.T).max(axis=1).mean()
print(
    "mean reward", round(history[0], 2), "to", round(np.mean(history[-3:]), 2), "of at most", round(best, 2)
)
