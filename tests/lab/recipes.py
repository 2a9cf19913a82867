"""Recipes for tests: a compiled model is fitted under observation, as a user's would be, and recorded."""

from unstuck.evidence.gather import gather
from unstuck.lab.record import NoRecipeError, record
from unstuck.watch import hook


def recipe_of(model, x, y=None, **fit_arguments):
    """Fit and record. `fit_arguments` are those of fit."""
    held, refused = [], []

    def listener(seen):
        try:
            held.append(record(seen, gather(seen)))
        except NoRecipeError as error:
            refused.append(error)

    hook.install()
    hook.listen(listener)
    try:
        model.fit(x, y, verbose=0, **fit_arguments)
    finally:
        hook.stop_listening(listener)
    if refused:
        raise refused[0]
    return held[0]
