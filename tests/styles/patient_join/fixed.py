# features come in one csv and labels in another; both keyed by patient id
import numpy as np
import pandas as pd
import keras
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler

keras.utils.set_random_seed(1)
raw = load_breast_cancer(as_frame=True)
ids = np.random.default_rng(3).permutation(len(raw.data)) + 1000
features = raw.data.assign(patient=ids)
labels = pd.DataFrame({"patient": ids, "malignant": 1 - raw.target}).sort_values("patient")

y = features[["patient"]].merge(labels, on="patient")["malignant"].to_numpy()
X = features.drop(columns="patient").to_numpy()
X = StandardScaler().fit_transform(X)

model = keras.Sequential([
    keras.layers.Input((X.shape[1],)),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(X, y, epochs=25, batch_size=16, validation_split=0.25, verbose=2)
