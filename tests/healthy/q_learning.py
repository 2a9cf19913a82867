"""Deep Q-learning on a 5 x 5 floor with a hole: replay memory, a target network, one small fit per episode."""

import random
from collections import deque

import keras
import numpy as np

keras.utils.set_random_seed(2)
SIZE, GOAL, HOLE = 5, (4, 4), (2, 2)
MOVES = [(0, 1), (1, 0), (0, -1), (-1, 0)]


def step(place, move):
    row = min(max(place[0] + MOVES[move][0], 0), SIZE - 1)
    column = min(max(place[1] + MOVES[move][1], 0), SIZE - 1)
    if (row, column) == GOAL:
        return (row, column), 1.0, True
    if (row, column) == HOLE:
        return (row, column), -1.0, True
    return (row, column), -0.02, False


def encode(places):
    rows = np.zeros((len(places), SIZE * SIZE), "float32")
    rows[np.arange(len(places)), [r * SIZE + c for r, c in places]] = 1
    return rows


class Agent:
    def __init__(self, gamma=0.95):
        self.gamma, self.memory = gamma, deque(maxlen=2000)
        self.network, self.target = self._build(), self._build()
        self.network.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")

    def _build(self):
        return keras.Sequential(
            [
                keras.Input((SIZE * SIZE,)),
                keras.layers.Dense(64, activation="relu"),
                keras.layers.Dense(len(MOVES)),
            ]
        )

    def act(self, place, epsilon):
        if random.random() < epsilon:
            return random.randrange(len(MOVES))
        return int(np.argmax(self.network.predict_on_batch(encode([place]))[0]))

    def learn(self, rows=512):
        batch = random.sample(self.memory, min(rows, len(self.memory)))
        places, moves, rewards, followers, ends = zip(*batch)
        wanted = np.array(self.network.predict_on_batch(encode(places)))
        later = np.max(self.target.predict_on_batch(encode(followers)), axis=1)
        wanted[np.arange(len(batch)), moves] = np.array(rewards) + self.gamma * later * (1 - np.array(ends))
        self.network.fit(encode(places), wanted, batch_size=32, epochs=2, verbose=0)


agent = Agent()
for episode in range(60):
    place, done, steps = (0, 0), False, 0
    while not done and steps < 40:
        move = agent.act(place, epsilon=max(0.1, 1 - episode / 50))
        follower, reward, done = step(place, move)
        agent.memory.append((place, move, reward, follower, float(done)))
        place, steps = follower, steps + 1
    agent.learn()
    if episode % 3 == 0:
        agent.target.set_weights(agent.network.get_weights())

place, done, total = (0, 0), False, 0.0
for _ in range(20):
    place, reward, done = step(place, agent.act(place, epsilon=0.0))
    total += reward
    if done:
        break
print("return without chance:", round(total, 2), "(best is", round(1 - 7 * 0.02, 2), ")")
