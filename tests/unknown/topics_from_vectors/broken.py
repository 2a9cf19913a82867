"""Topic of short notes with ready-made word vectors; the test notes use other words."""
import numpy as np
import keras
from keras import layers

SEED = 13
keras.utils.set_random_seed(SEED)
rng = np.random.default_rng(SEED)

TOPICS, WORDS_PER_TOPIC, DIM, LENGTH = 5, 160, 24, 18

centres = rng.normal(size=(TOPICS, DIM))
topic_words = {
    t: [f"w{t}_{i}" for i in range(WORDS_PER_TOPIC)] for t in range(TOPICS)
}
vectors = {
    word: centres[t] + 1.2 * rng.normal(size=DIM)
    for t, words in topic_words.items()
    for word in words
}
vocabulary = list(vectors)
rng.shuffle(vocabulary)
word_id = {word: i + 1 for i, word in enumerate(vocabulary)}  # 0 is the padding


def write_notes(n, first, last):
    """Notes of 8 to 18 words, two thirds of them from the topic's words[first:last]."""
    ids = np.zeros((n, LENGTH), dtype="int32")
    labels = rng.integers(0, TOPICS, size=n)
    for row, topic in enumerate(labels):
        size = rng.integers(8, LENGTH + 1)
        for col in range(size):
            source = topic if rng.random() < 0.67 else rng.integers(0, TOPICS)
            word = topic_words[source][rng.integers(first, last)]
            ids[row, col] = word_id[word]
    return ids, labels


def embedding_matrix():
    matrix = np.zeros((len(vocabulary) + 1, DIM), dtype="float32")
    for i, word in enumerate(vocabulary):
        matrix[i] = vectors[word]
    return matrix


x_train, y_train = write_notes(1500, 0, 100)
x_val, y_val = write_notes(300, 100, 130)
x_test, y_test = write_notes(600, 100, WORDS_PER_TOPIC)

matrix = embedding_matrix()
inputs = keras.Input((LENGTH,), dtype="int32")
h = layers.Embedding(
    matrix.shape[0],
    DIM,
    embeddings_initializer=keras.initializers.Constant(matrix),
    mask_zero=True,
    trainable=False,
)(inputs)
h = layers.GlobalAveragePooling1D()(h)
h = layers.Dense(32, activation="relu")(h)
h = layers.Dropout(0.2)(h)
outputs = layers.Dense(TOPICS, activation="softmax")(h)
model = keras.Model(inputs, outputs)
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(
    x_train, y_train, validation_data=(x_val, y_val), batch_size=32, epochs=12, verbose=0
)
print("accuracy", [round(v, 3) for v in history.history["accuracy"][::3]])
print("val_accuracy", [round(v, 3) for v in history.history["val_accuracy"][::3]])

loss, accuracy = model.evaluate(x_test, y_test, batch_size=256, verbose=0)
print("test accuracy", round(accuracy, 4))
