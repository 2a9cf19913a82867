"""Linear autoencoder with tied weights: digits through eight numbers and back."""

import keras
import numpy as np
from keras import layers, ops
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

keras.utils.set_random_seed(29)
digits = load_digits().data.astype("float32") / 16
digits = digits[np.random.default_rng(29).permutation(len(digits))]
train, test = digits[:1400], digits[1400:]
CODE = 8


class TiedDense(layers.Layer):
    """Goes back through the kernel of another Dense layer."""

    def __init__(self, partner, units, **kwargs):
        super().__init__(**kwargs)
        self.partner = partner
        self.units = units

    def build(self, input_shape):
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        self.back = lambda: ops.transpose(self.partner.kernel)

    def call(self, code):
        return ops.matmul(code, self.back()) + self.bias


squeeze = layers.Dense(CODE, name="squeeze")
inputs = keras.Input((64,))
outputs = TiedDense(squeeze, 64, name="back")(squeeze(inputs))
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(0.003), loss="mse")
model.fit(train, train, epochs=25, batch_size=32, validation_data=(test, test), verbose=2)

pca = PCA(CODE).fit(train)
print("PCA:", np.mean((pca.inverse_transform(pca.transform(test)) - test) ** 2))
print("autoencoder:", np.mean((model.predict(test, verbose=0) - test) ** 2))
