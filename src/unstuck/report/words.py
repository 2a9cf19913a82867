"""What the closed terms of a Case mean, in words."""

from __future__ import annotations

#: How sure a cause is, before its name.
SURE = {
    "confirmed": "Confirmed by training",
    "counted": "Confirmed on the same weights",
    "proved": "Proved",
    "measured": "Measured",
    "suspected": "Suspected",
}

CERTAINTY = {
    "confirmed": "confirmed (a trial removed the symptom)",
    "proved": "proved (follows from code and data)",
    "measured": "measured (a figure crossed its bound)",
    "suspected": "suspected (fits what was seen, not proved yet)",
}

IMPACT = {
    "blocks": "blocks all learning",
    "harms": "costs part of what could be learned",
    "misleads": "misleads: it spoils what is read of the model",
}

STATUS = {
    "healthy": ("healthy", "green"),
    "stuck": ("stuck", "bold red"),
    "behind": ("behind a simple model", "bold yellow"),
    "misleading": ("the figures mislead", "bold yellow"),
    "diverged": ("diverged", "bold red"),
    "overfitting": ("overfits", "bold yellow"),
    "failed": ("failed", "bold red"),
    "interrupted": ("interrupted", "yellow"),
    "nothing-found": ("nothing found", "yellow"),
    "not-judged": ("could not be judged", "yellow"),
    "unknown": ("not judged", "yellow"),
}

#: What an answer that needs no training reaches, by the names of a Case's baselines. Of the losses
#: in `BEST_LOSS` the first that is known is told: each is at least as hard to beat as the next.
BASELINE = {
    "majority": "accuracy {} (always the most frequent class)",
    "constant_loss": "loss {} (the best constant answer)",
    "prior_loss": "loss {} (always the class shares)",
    "uniform_loss": "loss {} (every class alike, ln K)",
    "persistence_mse": 'mean squared error {} ("the next value is this one")',
    "mean_mse": "mean squared error {} (always the mean)",
}

BEST_LOSS = ("constant_loss", "prior_loss", "uniform_loss")

#: Baselines that are errors of numbers: without meaning where the target holds classes.
OF_NUMBERS = frozenset({"persistence_mse", "mean_mse"})
