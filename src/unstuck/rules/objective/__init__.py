"""Output, loss and metric do not fit each other or the labels."""
