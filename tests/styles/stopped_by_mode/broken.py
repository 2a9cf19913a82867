import keras
from keras import layers, callbacks
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(42)
X, y = load_digits(return_X_y=True)
X = X / 16.
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=.2, random_state=0, stratify=y)


def build():
    inp = keras.Input((64,))
    h = layers.Dense(64, activation="relu")(inp)
    h = layers.Dropout(.2)(h)
    out = layers.Dense(10, activation="softmax")(h)
    return keras.Model(inp, out)


model = build()
model.compile(optimizer=keras.optimizers.Adam(3e-4), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
cbs = [
    callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.2, patience=3, mode="min"),
    callbacks.EarlyStopping(monitor="val_accuracy", patience=2, mode="min", restore_best_weights=True),
]
model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=30, batch_size=64, callbacks=cbs, verbose=2)
print("test acc", model.evaluate(X_val, y_val, verbose=0)[1])
