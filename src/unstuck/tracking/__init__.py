"""What was found of a fit, written where the user already looks: TensorBoard, MLflow, Weights & Biases.

Nothing is started and nobody is signed in: only what is active when the fit ends is written to.
"""
