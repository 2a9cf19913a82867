"""Logs with known causes: figures from arithmetic, printed by every program that prints logs.

Each case is (text, expected): the names that may lead, the first of which must, or [] for a healthy log.
"""

import math

from printed import csv_log, history_dict, history_json, json_lines, keras1, keras2, keras3, verbose2

LN2 = math.log(2)
NAN = math.nan
ONE = -math.log(2.0**-23)
ZERO = -math.log(1e-7)
TF2_ONE, TF2_ZERO, TF212_ONE = -math.log(2.0**-23 + 1e-7), -math.log(2e-7), -math.log(2.0**-22)


def entropy(p):
    return -p * math.log(p) - (1 - p) * math.log(1 - p)


def smoothed(classes, smoothing=0.1):
    top = 1 - smoothing + smoothing / classes
    return -top * math.log(top) - (classes - 1) * smoothing / classes * math.log(smoothing / classes)


def twice(classes):
    return math.log(math.e + classes - 1) - 1


def falling(first, last, epochs):
    return [last + (first - last) * 0.6**k for k in range(epochs)]


def rising(first, last, epochs):
    return [last - (last - first) * 0.6**k for k in range(epochs)]


STUCK = {
    # Loss over (1 - accuracy) is a clip constant.
    "clip, side one, today": (verbose2(accuracy=[0.5] * 4, loss=[ONE / 2] * 4), ["softmax-over-one-unit"]),
    "clip, side one, other shares": (
        keras2(loss=[ONE * 0.381] * 3, acc=[0.619] * 3),
        ["softmax-over-one-unit", "saturated-divergence"],
    ),
    "clip, early TensorFlow 2": (
        keras3(accuracy=[0.5] * 3, loss=[TF2_ONE / 2] * 3),
        ["softmax-over-one-unit"],
    ),
    "clip, TensorFlow 2.12": (
        csv_log(accuracy=[0.5] * 3, loss=[TF212_ONE / 2] * 3),
        ["softmax-over-one-unit"],
    ),
    "clip, side zero": (
        keras2(loss=[ZERO * 0.4] * 3, acc=[0.6] * 3),
        ["relu-output", "saturated-divergence"],
    ),
    "clip, side zero, TensorFlow 2": (
        history_json(loss=[TF2_ZERO / 2] * 3, accuracy=[0.5] * 3),
        ["relu-output"],
    ),
    "clip of 2015": (keras1(loss=[-math.log(1e-15) * 0.3] * 3, acc=[0.7] * 3), ["relu-output"]),
    "clip, ten classes, after a while": (
        verbose2(accuracy=[0.31, 0.1, 0.1, 0.1], loss=[2.1, ZERO * 0.89, ZERO * 0.9, ZERO * 0.9]),
        ["saturated-divergence", "learning-rate-too-high"],
    ),
    # Loss far below ln 2, accuracy fixed.
    "falls under a fixed accuracy": (
        keras3(accuracy=[0.5] * 5, loss=[0.36, 0.16, 0.08, 0.04, 0.02]),
        ["softmax-over-one-unit", "metric-does-not-match-task", "accuracy-on-continuous-target"],
    ),
    "labels divided by 255": (
        verbose2(accuracy=[0.0987] * 4, loss=[0.02, 0.001, 0.0004, 0.0002]),
        ["class-labels-scaled", "metric-does-not-match-task"],
    ),
    "multi-label judged by argmax": (
        verbose2(accuracy=[0.41, 0.418, 0.415, 0.416], loss=[0.22, 0.09, 0.05, 0.04]),
        ["metric-does-not-match-task"],
    ),
    # Loss = ln K, accuracy near 1/K.
    "ln 2, drifting": (
        verbose2(accuracy=[0.498, 0.503, 0.501, 0.497], loss=[0.6941, 0.6934, 0.6932, 0.6931]),
        ["learning-rate-too-low", "unmasked-padding"],
    ),
    "ln 4, exact": (keras2(loss=[math.log(4)] * 4, acc=[0.25] * 4), ["frozen-layers", "dead-relu"]),
    "ln 5": (
        json_lines(loss=[1.6252, 1.6131, 1.6102], accuracy=[0.19, 0.205, 0.2]),
        ["learning-rate-too-low"],
    ),
    "ln 10, from far above": (
        verbose2(accuracy=[0.102, 0.0991, 0.1003], loss=[8.71, 2.3031, 2.3027]),
        ["inputs-not-scaled"],
    ),
    "ln 10, few updates": (
        keras3(steps=4, accuracy=[0.09, 0.11, 0.105], loss=[2.3101, 2.3042, 2.2991]),
        ["too-few-updates"],
    ),
    "ln 10, pinned": (
        verbose2(accuracy=[0.0935, 0.1013, 0.1018], loss=[2.3029, 2.3028, 2.3027]),
        ["dead-relu", "vanishing-gradient"],
    ),
    "ln 100": (verbose2(accuracy=[0.0102, 0.0098, 0.01], loss=[4.6052] * 3), ["frozen-layers", "dead-relu"]),
    # Loss = ln K, accuracy = share of class 0.
    "argmax tie of three": (
        history_dict(loss=[math.log(3)] * 3, acc=[0.4125] * 3),
        ["sigmoid-with-categorical-crossentropy", "inputs-not-scaled"],
    ),
    # Loss = H(prior), accuracy = largest share.
    "prior of .8": (
        verbose2(accuracy=[0.8] * 4, loss=[0.5121, 0.5012, 0.5005, 0.5004]),
        ["class-imbalance", "nothing-to-learn"],
    ),
    "prior of .7247": (keras3(accuracy=[0.7247] * 3, loss=[entropy(0.7247)] * 3), ["class-imbalance"]),
    "one answer of four classes": (
        verbose2(accuracy=[0.4, 0.45, 0.45, 0.45], loss=[1.61, 1.2931, 1.2925, 1.2924]),
        ["class-imbalance", "learning-rate-too-low"],
    ),
    # Loss < 0.
    "negative": (
        keras2(loss=[0.12, -3.4, -5.917], acc=[0.333] * 3),
        ["labels-outside-unit-interval", "labels-not-zero-based"],
    ),
    # Loss exactly 0 or 1.19e-07.
    "zero": (verbose2(accuracy=[0.612] * 3, loss=[0.0] * 3), ["categorical-crossentropy-on-one-unit"]),
    "one step of float32": (
        keras2(loss=[1.1920929e-07] * 3, acc=[0.5] * 3),
        ["categorical-crossentropy-on-one-unit", "zero-sample-weights"],
    ),
    "zero and all right": (verbose2(accuracy=[1.0] * 3, loss=[0.0] * 3), ["constant-labels"]),
    # Binary cross-entropy near H(1/K).
    "one-hot of three": (
        keras2(loss=[0.6391, 0.6368, 0.6365], acc=[2 / 3] * 3),
        ["binary-crossentropy-on-one-hot"],
    ),
    "one-hot of ten": (
        verbose2(binary_accuracy=[0.9] * 3, loss=[0.331, 0.3254, 0.3251]),
        ["binary-crossentropy-on-one-hot", "class-imbalance"],
    ),
    "one-hot of twenty": (
        keras1(loss=[0.201, 0.1987, 0.1985], acc=[0.95] * 3),
        ["binary-crossentropy-on-one-hot"],
    ),
    # Accuracy k/n.
    "one hit in 178": (
        keras2(rows=178, loss=[9321.4, 4120.9, 2210.3], acc=[1 / 178] * 3),
        ["accuracy-on-continuous-target"],
    ),
    "scaled prices": (
        verbose2(
            accuracy=[0.0105, 0.0116, 0.0116],
            loss=[0.1072, 0.0019, 0.0007],
            val_accuracy=[0.0] * 3,
            val_loss=[0.002, 0.001, 0.0005],
        ),
        ["accuracy-on-continuous-target", "exact-equality-accuracy"],
    ),
    # Accuracy 1.0 at once.
    "perfect at once": (
        verbose2(accuracy=[1.0] * 3, loss=[0.7012, 0.6911, 0.6902]),
        ["argmax-over-one-column", "constant-labels"],
    ),
    # mse .25 and .5.
    "squared error of one half": (
        keras2(loss=[0.2511, 0.2502, 0.25], acc=[0.496, 0.5, 0.5]),
        ["units-do-not-match-labels", "regression-loss-for-classes"],
    ),
    "squared error of ten columns": (
        verbose2(accuracy=[0.101, 0.0995, 0.1], loss=[0.0903, 0.0901, 0.09]),
        ["regression-loss-for-classes"],
    ),
    # mse or mae = 1 - share(1).
    "error is the share of wrong": (
        keras2(loss=[0.3725] * 3, acc=[0.6275] * 3),
        ["softmax-over-one-unit", "saturated-divergence"],
    ),
    "absolute error beside the loss": (
        verbose2(accuracy=[0.4444] * 3, loss=[8.5, 8.5, 8.5], mae=[5 / 9] * 3),
        ["softmax-over-one-unit"],
    ),
    # mse = Var(y).
    "variance of the labels": (
        verbose2(accuracy=[0.8] * 3, loss=[0.1607, 0.1601, 0.16]),
        ["class-imbalance", "regression-loss-for-classes"],
    ),
    "variance of a standardised target": (
        csv_log(loss=[1.0042, 1.0011, 1.0003, 0.9998], mae=[0.81, 0.8, 0.8, 0.8]),
        ["learning-rate-too-low", "nothing-to-learn"],
    ),
    "a regression that rests": (
        verbose2(loss=[402.31, 84.4123, 84.4123, 84.4123], mae=[15.2, 7.11, 7.11, 7.11]),
        ["output-range-excludes-targets", "target-not-scaled"],
    ),
    # val_acc 0 or 1.
    "validation all wrong": (
        verbose2(
            accuracy=[0.71, 0.78, 0.81],
            loss=[0.55, 0.48, 0.44],
            val_accuracy=[0.0] * 3,
            val_loss=[1.9, 3.1, 4.2],
        ),
        ["one-sided-validation-split"],
    ),
    "validation all right at the prior": (
        keras2(
            rows=800,
            validation=200,
            loss=[entropy(0.65)] * 3,
            acc=[0.65] * 3,
            val_loss=[-math.log(0.65)] * 3,
            val_acc=[1.0] * 3,
        ),
        ["class-imbalance", "one-sided-validation-split"],
    ),
    # val_loss = c (1 - val_acc), training fine.
    "saturated at inference": (
        verbose2(
            accuracy=[0.71, 0.84, 0.9],
            loss=[0.6, 0.4, 0.26],
            val_accuracy=[0.5] * 3,
            val_loss=[7.1, TF2_ONE / 2, TF2_ONE / 2],
        ),
        ["batchnorm-inference-gap", "validation-preprocessed-differently"],
    ),
    "validation left behind": (
        verbose2(
            accuracy=[0.41, 0.82, 0.96],
            loss=[1.7, 0.5, 0.12],
            val_accuracy=[0.1] * 3,
            val_loss=[4.1, 9.2, 12.7],
        ),
        ["batchnorm-inference-gap", "validation-preprocessed-differently"],
    ),
    # Training far below validation.
    "dropout behind the output": (
        verbose2(
            accuracy=[0.3, 0.55, 0.62, 0.63],
            loss=[2.0, 1.5, 1.3, 1.2],
            val_accuracy=[0.6, 0.82, 0.88, 0.9],
            val_loss=[1.1, 0.6, 0.4, 0.3],
        ),
        ["over-regularised", "noise-after-output"],
    ),
    # Twice activated.
    "softmax twice, three classes": (
        verbose2(accuracy=[0.97, 0.99, 0.998, 0.999], loss=[0.59, 0.562, twice(3) + 0.002, twice(3) + 0.001]),
        ["probabilities-taken-as-logits"],
    ),
    "sigmoid twice": (
        keras2(loss=[0.51, 0.5041, 0.5035, 0.5033], acc=[0.97, 0.99, 0.995, 1.0]),
        ["probabilities-taken-as-logits"],
    ),
    # Margins.
    "all embeddings one point": (
        verbose2(loss=[0.41, 0.2, 0.2, 0.2]),
        ["embedding-collapse", "learning-rate-too-high", "part-at-fault"],
    ),
    "soft margin": (
        keras1(loss=[0.71, LN2, LN2, LN2]),
        ["embedding-collapse", "learning-rate-too-high", "part-at-fault"],
    ),
    # NaN.
    "NaN at once": (keras2(loss=[NAN] * 3, acc=[0.0987] * 3), ["nan-loss", "non-finite-inputs"]),
    "NaN later": (
        csv_log(loss=[0.69, 0.61, NAN, NAN], accuracy=[0.55, 0.64, 0.373, 0.373]),
        ["nan-loss", "exploding-gradient"],
    ),
    # A sudden step.
    "a step up": (
        verbose2(accuracy=[0.61, 0.82, 0.14, 0.12], loss=[0.9, 0.4, 12.41, 13.87]),
        ["learning-rate-too-high", "exploding-gradient"],
    ),
    # Nothing moves.
    "nothing moves": (
        verbose2(accuracy=[0.4713] * 4, loss=[0.8241] * 4, val_accuracy=[0.46] * 4, val_loss=[0.83] * 4),
        ["frozen-layers", "learning-rate-too-low"],
    ),
    # A saw-tooth inside epochs.
    "saw-tooth": (
        keras3(
            steps=60,
            inside=[[1.5, 0.95, 0.7, 0.925, 0.84, 0.7333]] * 4,
            accuracy=[0.55, 0.56, 0.57, 0.55],
            loss=[0.7402, 0.7333, 0.7291, 0.7312],
        ),
        ["one-class-batches", "shuffle-buffer-too-small"],
    ),
    # Overfitting and schedules.
    "overfitting": (
        verbose2(
            accuracy=rising(0.6, 0.99, 10),
            loss=falling(0.6, 0.01, 10),
            val_accuracy=[0.7, 0.75, 0.76, 0.75, 0.75, 0.74, 0.75, 0.74, 0.74, 0.74],
            val_loss=[0.6, 0.52, 0.5, 0.53, 0.58, 0.64, 0.7, 0.77, 0.83, 0.9],
        ),
        ["overfitting"],
    ),
    "rate cut too early": (
        csv_log(
            accuracy=[0.21, 0.28, 0.3, 0.301],
            learning_rate=[1e-2, 1e-3, 1e-5, 1e-7],
            loss=[2.1, 1.9, 1.85, 1.849],
        ),
        ["schedule-kills-training"],
    ),
    "opposite answers": (
        verbose2(accuracy=[0.47, 0.2, 0.06], loss=[0.41, 0.16, 0.06]),
        ["part-at-fault"],
    ),
    "generator at its end": (
        keras1(loss=[0.61], acc=[0.71]).replace(" 3s", " 61s")
        + "Epoch 2/3\n - 2s - loss: 0.0000e+00 - acc: 1.0000\nEpoch 3/3\n - 2s - loss: 0.0000e+00 - acc: "
        "1.0000\n",
        ["repeated-or-empty-batches"],
    ),
    "Keras warns": (
        "UserWarning: You are using a softmax over axis -1 of a tensor of shape (None, 1). This axis has "
        "size 1.\n" + verbose2(accuracy=[0.5, 0.5], loss=[0.36, 0.2]),
        ["softmax-over-one-unit"],
    ),
    "evaluated with other statistics": (
        verbose2(steps=40, accuracy=[0.7, 0.82, 0.86], loss=[0.6, 0.45, 0.38])
        + "40/40 - 0s - 2ms/step - accuracy: 0.5000 - loss: 1.9000\n",
        ["batchnorm-inference-gap"],
    ),
}

HEALTHY = {
    "falls and rises": verbose2(accuracy=rising(0.55, 0.95, 8), loss=falling(0.69, 0.12, 8)),
    "ten classes": keras3(accuracy=rising(0.35, 0.97, 6), loss=falling(1.9, 0.1, 6)),
    "with validation": keras2(
        validation=200,
        loss=falling(0.69, 0.2, 6),
        acc=rising(0.55, 0.93, 6),
        val_loss=falling(0.6, 0.26, 6),
        val_acc=rising(0.6, 0.9, 6),
    ),
    "mild overfitting": verbose2(
        accuracy=rising(0.6, 0.97, 8),
        loss=falling(0.6, 0.1, 8),
        val_accuracy=rising(0.65, 0.92, 8),
        val_loss=[0.5, 0.36, 0.29, 0.26, 0.25, 0.25, 0.26, 0.26],
    ),
    "label smoothing of two": verbose2(
        accuracy=[0.9, 0.97, 0.99, 0.999, 1.0, 1.0], loss=[0.4, 0.27, 0.215, 0.2001, 0.199, 0.1986]
    ),
    "label smoothing of ten": csv_log(
        accuracy=[0.8, 0.95, 0.99, 0.998, 1.0], loss=[1.1, 0.62, 0.507, 0.5021, smoothed(10) + 1e-4]
    ),
    "regression": verbose2(
        loss=[0.812, 0.31, 0.122, 0.0611, 0.0584, 0.0579], mae=[0.7, 0.4, 0.27, 0.19, 0.18, 0.18]
    ),
    "regression at rest": verbose2(loss=[0.31, 0.0121, 0.0024, 0.0023, 0.0023, 0.0023]),
    "imbalance that is learned": verbose2(
        accuracy=[0.9, 0.912, 0.931, 0.944, 0.95], loss=[0.31, 0.25, 0.2, 0.17, 0.15]
    ),
    "a slow start": verbose2(accuracy=[0.5, 0.51, 0.6, 0.78, 0.86], loss=[0.6932, 0.6921, 0.65, 0.48, 0.35]),
    "accuracy .9 at the entropy": verbose2(accuracy=[0.84, 0.88, 0.9], loss=[0.42, 0.352, 0.3251]),
    "noisy validation": verbose2(
        accuracy=rising(0.6, 0.9, 7),
        loss=falling(0.65, 0.28, 7),
        val_accuracy=[0.7, 0.78, 0.74, 0.82, 0.8, 0.84, 0.83],
        val_loss=[0.6, 0.5, 0.55, 0.42, 0.46, 0.4, 0.43],
    ),
    "fine-tuning": verbose2(accuracy=[0.962, 0.965, 0.967], loss=[0.112, 0.105, 0.101]),
    "strong dropout early": verbose2(
        accuracy=[0.4, 0.7, 0.8, 0.84],
        loss=[1.7, 0.9, 0.6, 0.5],
        val_accuracy=[0.7, 0.82, 0.88, 0.9],
        val_loss=[0.9, 0.5, 0.4, 0.33],
    ),
    "likelihood of a density": history_json(loss=[0.4, -0.2, -0.51, -0.7], val_loss=[0.2, -0.3, -0.5, -0.6]),
    "rate lowered at the end": csv_log(
        accuracy=[0.6, 0.85, 0.94, 0.95], learning_rate=[1e-2, 1e-3, 1e-4, 1e-5], loss=[0.8, 0.4, 0.2, 0.18]
    ),
}
