"""One small file an experiment; each answers one question and can be asked alone."""
