"""3 judge: what a finding is, what explains what, and what became of the training."""
