"""One small file a sign. Being there registers it."""
