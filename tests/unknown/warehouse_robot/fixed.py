"""A robot learns its way through a warehouse: fitted Q iteration on recorded moves."""
import keras
import numpy as np
from keras import layers

SIDE, GOAL, SHARE = 6, 35, 0.9
MOVES = np.array([(-1, 0), (1, 0), (0, -1), (0, 1)])
SHELVES = {8, 9, 10, 20, 26, 27}


def step(place, move):
    r, c = divmod(place, SIDE) + MOVES[move]
    target = r * SIDE + c
    if not (0 <= r < SIDE and 0 <= c < SIDE) or target in SHELVES:
        return place
    return int(target)


def recorded():
    rows = []
    for place in range(SIDE * SIDE):
        if place in SHELVES or place == GOAL:
            continue
        for move in range(4):
            after = step(place, move)
            rows.append((place, move, 1.0 if after == GOAL else 0.0, after))
    return map(np.array, zip(*rows))


keras.utils.set_random_seed(41)
place, move, reward, after = recorded()
spot = np.eye(SIDE * SIDE, dtype="float32")
net = keras.Sequential([keras.Input((SIDE * SIDE,)), layers.Dense(64, activation="relu"), layers.Dense(4)])
net.compile(keras.optimizers.Adam(5e-3), "mse")
for sweep in range(40):
    value = net.predict(spot, verbose=0)
    wish = value[place].copy()
    best = value[after].max(axis=1)
    wish[np.arange(len(move)), move] = reward + SHARE * best * (after != GOAL)
    log = net.fit(spot[place], wish, batch_size=16, epochs=4, verbose=0)
    if sweep % 10 == 9:
        print("sweep", sweep + 1, "loss", round(log.history["loss"][-1], 5))

choice = net.predict(spot, verbose=0).argmax(axis=1)
reached = []
for start in sorted(set(place.tolist())):
    at = start
    for _ in range(20):
        at = step(at, choice[at])
        if at == GOAL:
            break
    reached.append(at == GOAL)
print("share that reaches the goal", round(float(np.mean(reached)), 4))
