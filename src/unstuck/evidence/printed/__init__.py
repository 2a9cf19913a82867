"""A training as a log tells it: figures with the digits that they were printed with."""
