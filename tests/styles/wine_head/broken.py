import keras
from keras import layers
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(43)


def dense(x, units, activation="relu", rate=0.3):
    x = layers.Dense(units, activation=activation)(x)
    return layers.Dropout(rate)(x)


def wine():
    x, y = load_wine(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, stratify=y, random_state=0)
    scaler = StandardScaler()
    return scaler.fit_transform(x_train), scaler.transform(x_test), y_train, y_test


def make_model(n_in, n_out):
    inputs = keras.Input(shape=(n_in,))
    x = dense(inputs, 32)
    x = dense(x, 16)
    outputs = dense(x, n_out, "softmax")
    return keras.Model(inputs, outputs)


x_train, x_test, y_train, y_test = wine()
model = make_model(13, 3)
model.compile(
    loss="sparse_categorical_crossentropy",
    optimizer=keras.optimizers.Adam(0.005),
    metrics=["accuracy"],
)
model.fit(x_train, y_train, batch_size=16, epochs=30, validation_data=(x_test, y_test), verbose=2)
model.evaluate(x_test, y_test)
