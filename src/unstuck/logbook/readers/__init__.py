"""One small file a format: how to recognise it and how to read it. Being there registers a reader."""
