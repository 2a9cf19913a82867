"""The causes that signs name: what each is, and the one observation that would decide."""

from __future__ import annotations

from typing import NamedTuple


class Cause(NamedTuple):
    """What a cause is, in one sentence, and the one observation that tells it from the others."""

    what: str
    decides: str


CAUSES: dict[str, Cause] = {
    "accuracy-on-continuous-target": Cause(
        "An accuracy is shown for a target that is a number.",
        "Count the distinct values of the target: np.unique(y).size. Many of them, and accuracy has no "
        "meaning.",
    ),
    "accuracy-on-signed-labels": Cause(
        "The labels are -1 and 1, the accuracy expects 0 and 1.",
        "Print np.unique(y). If it is [-1, 1], rows of label -1 can never count as right.",
    ),
    "argmax-over-one-column": Cause(
        "The accuracy takes the argmax of a single column.",
        "Print model.output_shape and the metric. One unit under a categorical accuracy is always right or "
        "never.",
    ),
    "bad-initial-weights": Cause(
        "The weights start at zero or far too large.",
        "Print the standard deviation of each fresh kernel; 0, or far from 1/sqrt(inputs), says yes.",
    ),
    "batch-size-too-large": Cause(
        "Batches are so large that few updates remain.",
        "Train once more with a quarter of the batch size, all else equal.",
    ),
    "batchnorm-inference-gap": Cause(
        "Batch normalisation uses moving statistics at inference that do not fit yet.",
        "model.evaluate on the training rows themselves: far worse than fit reported for them says yes.",
    ),
    "binary-crossentropy-on-one-hot": Cause(
        "One of several classes is trained and counted as separate yes-or-no questions.",
        "Compute (predict(x).argmax(1) == y.argmax(1)).mean(). Far below the logged accuracy says yes.",
    ),
    "categorical-crossentropy-on-one-unit": Cause(
        "Categorical cross-entropy on one output unit.",
        "Print model.output_shape. (None, 1) under categorical cross-entropy says yes.",
    ),
    "class-imbalance": Cause(
        "One class is so frequent that always answering it looks good.",
        "Count the labels, and compute the balanced accuracy of the predictions: 1/K means one answer for "
        "all rows.",
    ),
    "class-labels-scaled": Cause(
        "The class labels were scaled along with the inputs.",
        "Print np.unique(y). Values that are no whole numbers say yes.",
    ),
    "constant-inputs": Cause(
        "The inputs are the same in every row.",
        "Print x.std(axis=0).max(); 0 says yes.",
    ),
    "constant-labels": Cause(
        "All labels are the same.",
        "Print np.unique(y, return_counts=True). One value says yes.",
    ),
    "dead-relu": Cause(
        "Hidden ReLU units are zero for every row.",
        "Print the share of zeros behind each hidden layer on 100 rows; 1.0 in one of them says yes.",
    ),
    "decisions-do-not-change": Cause(
        "The probabilities move, but not across the threshold.",
        "Compare predict(x) > 0.5 of two epochs: next to no row that changed says yes.",
    ),
    "embedding-collapse": Cause(
        "All embeddings have become the same point.",
        "Print the standard deviation of the embeddings over rows; near 0 says yes.",
    ),
    "exact-equality-accuracy": Cause(
        "keras.metrics.Accuracy() compares numbers for equality.",
        'Look at compile: metrics=[Accuracy()] instead of ["accuracy"] says yes.',
    ),
    "exploding-gradient": Cause(
        "Gradients grow until a step throws the weights away.",
        "Train once more with clipnorm=1.0; a loss that stays finite says yes.",
    ),
    "fit-in-chunks": Cause(
        "The model is fitted on one part of the data after the other.",
        "Look for fit inside a loop over files; evaluate on the first file after fitting the last one.",
    ),
    "frozen-batchnorm": Cause(
        "A frozen batch normalisation still uses batch statistics in training.",
        "Call the base with training=False and compare fit with evaluate on the same rows.",
    ),
    "frozen-layers": Cause(
        "Layers are frozen, or `trainable` was changed without compiling again.",
        "Compare model.get_weights() before and after one epoch; equal arrays say yes.",
    ),
    "half-precision-underflow": Cause(
        "Half precision turns small steps into zero or skips them.",
        'Train one epoch with the dtype policy "float32"; figures that move say yes.',
    ),
    "inputs-and-labels-misaligned": Cause(
        "Inputs and labels are not in the same order.",
        "Look at ten rows with their labels, exactly as they enter fit.",
    ),
    "inputs-not-scaled": Cause(
        "Inputs are far from the range around 0 to 1.",
        "Print x.min(), x.max() and x.std(axis=0); hundreds, or columns of very different size, say yes.",
    ),
    "inverted-labels": Cause(
        "The labels mean the opposite of what the output says.",
        "Compute the accuracy against 1 - y; high there says yes.",
    ),
    "label-smoothing": Cause(
        "The labels are smoothed; nothing is wrong.",
        "Look at compile for label_smoothing.",
    ),
    "labels-not-zero-based": Cause(
        "Class numbers do not run from 0 to K - 1.",
        "Print np.unique(y) and the units of the output; a label of K or more says yes.",
    ),
    "labels-outside-unit-interval": Cause(
        "Labels lie outside 0 to 1 under binary cross-entropy.",
        "Print y.min() and y.max(); below 0 or above 1 says yes.",
    ),
    "leakage": Cause(
        "Validation rows were trained on, or weights are kept from fold to fold.",
        "Count rows that stand in both sets, and look whether the model is built anew for each fold.",
    ),
    "learning-rate-too-high": Cause(
        "Update steps are too long.",
        "Train once more with a tenth of the learning rate; a loss that falls says yes.",
    ),
    "learning-rate-too-low": Cause(
        "Update steps are too short (or zero).",
        "Print the optimizer's learning rate, and train one epoch with ten times it; a faster fall says yes.",
    ),
    "logits-taken-as-probabilities": Cause(
        "The output has no activation, but the loss takes it for probabilities.",
        "Print predict(x).min() and .max(); values outside 0 to 1 say yes.",
    ),
    "mask-labels-not-binary": Cause(
        "Masks hold 0 and 255, or a palette.",
        "Print np.unique(mask); more than 0 and 1 says yes.",
    ),
    "metric-does-not-match-task": Cause(
        "The accuracy is that of another kind of task.",
        "Compute the accuracy from predict(x) by hand, and compare it with the log.",
    ),
    "nan-loss": Cause(
        "The loss became NaN, and every weight with it.",
        "Find the first batch whose loss is NaN (TerminateOnNaN stops there), and look at its rows.",
    ),
    "no-gradient-path": Cause(
        "A step without a gradient stands between the weights and the loss.",
        "Compute the gradient of the loss for every weight; None or all zeros says yes.",
    ),
    "noise-after-output": Cause(
        "Dropout or noise follows the output activation.",
        "Print the model's last layers; anything random behind the activation says yes.",
    ),
    "non-finite-inputs": Cause(
        "The inputs hold NaN or infinities.",
        "Print np.isfinite(x).all(); False says yes.",
    ),
    "nothing-to-learn": Cause(
        "The inputs say nothing about the labels.",
        "Cross-validate a simple model (logistic regression, a tree) on the same rows; no better than "
        "chance says yes.",
    ),
    "one-class-batches": Cause(
        "Batches hold one class each, because rows are sorted and not shuffled.",
        "Print the labels of three batches as they enter fit.",
    ),
    "one-sided-validation-split": Cause(
        "The validation rows are of one class (or of other classes than the training rows).",
        "Count the labels of the last rows, which validation_split takes: np.unique(y[-n:], "
        "return_counts=True).",
    ),
    "output-range-excludes-targets": Cause(
        "The output activation cannot reach the targets.",
        "Compare y.min() and y.max() with the activation's range; targets outside it say yes.",
    ),
    "over-regularised": Cause(
        "Dropout, augmentation or penalties are too strong.",
        "Evaluate on the training rows: much better than fit reported for them says yes.",
    ),
    "overfitting": Cause(
        "The model learns its training rows by heart.",
        "Train with fewer weights or early stopping; a better validation loss says yes.",
    ),
    "probabilities-taken-as-logits": Cause(
        "Softmax or sigmoid is applied twice (from_logits=True on probabilities).",
        "Look at the loss for from_logits=True and at the last layer for an activation; both together say "
        "yes.",
    ),
    "regression-loss-for-classes": Cause(
        "A squared or absolute error is used for classes.",
        "Look at the loss in compile; mse or mae with class labels says yes.",
    ),
    "relu-output": Cause(
        "The output layer is a ReLU, and it is dead.",
        "Print predict(x).max(); exactly 0 says yes.",
    ),
    "repeated-or-empty-batches": Cause(
        "A generator gives the same batches again, or none.",
        "Count the rows that one epoch of the generator gives, twice in a row.",
    ),
    "saturated-activations": Cause(
        "Hidden sigmoid or tanh units are at their bounds.",
        "Print the share of hidden outputs beyond .99 of the bound on 100 rows.",
    ),
    "saturated-divergence": Cause(
        "The weights ran away, and every answer is a certain 0 or 1.",
        "Print predict(x[:20]): exactly 0 and 1, at weights that grew over training, say yes.",
    ),
    "schedule-kills-training": Cause(
        "A schedule or callback lowers the learning rate too early.",
        "Train once more with a constant learning rate.",
    ),
    "shuffle-buffer-too-small": Cause(
        "The shuffle buffer is smaller than the sorted stretches of the data.",
        "Compare the buffer with the number of rows; under a tenth of sorted data says yes.",
    ),
    "sigmoid-with-categorical-crossentropy": Cause(
        "Sigmoid units under categorical cross-entropy.",
        "Print predict(x).sum(axis=1); rows that do not sum to 1 say yes.",
    ),
    "softmax-over-one-unit": Cause(
        "A softmax over one unit answers 1.0 for every row.",
        "Print model.output_shape and the last activation; (None, 1) with softmax says yes.",
    ),
    "target-broadcasts-against-output": Cause(
        "Target and output have shapes that are spread over each other.",
        "Print y.shape and predict(x).shape; (n,) against (n, 1) in a loss of one's own says yes.",
    ),
    "target-not-scaled": Cause(
        "The target's numbers are too large for the steps.",
        "Print y.mean() and y.std(); hundreds say yes. Standardise y and train again.",
    ),
    "threshold-off-scale": Cause(
        "The threshold is not on the scale of the output.",
        "Print predict(x).min() and .max(); outside 0 to 1 with a threshold of .5 says yes.",
    ),
    "too-few-updates": Cause(
        "Too few update steps were made.",
        "Train ten times as many epochs; a loss that goes on falling says yes.",
    ),
    "units-do-not-match-labels": Cause(
        "The number of output units does not match the labels.",
        "Print y.shape and model.output_shape; other last sizes say yes.",
    ),
    "unmasked-padding": Cause(
        "A recurrent layer reads padding after the text and forgets it.",
        "Count the zeros at the end of a typical row; over 22 steps of them without a mask say yes.",
    ),
    "validation-preprocessed-differently": Cause(
        "Validation rows are prepared in another way than training rows.",
        "Print the mean and the range of one training and one validation batch as they enter the model.",
    ),
    "vanishing-gradient": Cause(
        "Gradients fade before they reach the first layers.",
        "Compare the gradient norms of the first and the last layer; under 1 to 1,000 says yes.",
    ),
    "zero-sample-weights": Cause(
        "Rows are weighted with zero.",
        "Print the sum of sample_weight and the keys of class_weight; 0, or keys that match no label, say "
        "yes.",
    ),
}
