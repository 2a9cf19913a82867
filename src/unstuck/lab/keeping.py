"""Keep the recipes of stuck runs until the script has ended, within a bound."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from unstuck.case.schema import RunRecord
from unstuck.evidence.facts import Evidence
from unstuck.evidence.sample import leaves
from unstuck.lab.clocks import waited
from unstuck.lab.recipe import Recipe
from unstuck.lab.record import NoRecipeError, record
from unstuck.lab.rerun import Rerun
from unstuck.watch.observation import Observation
from unstuck.watch.unseen import unseen

#: Of which runs of a script recipes are kept.
Keeps = Literal["none", "stuck", "all"]

#: Bytes that the recipes of one script may hold together: two of the largest.
MEMORY = 256 * 2**20

#: What a run must not be to be worth a proof.
_NOTHING_TO_PROVE = ("healthy", "interrupted")


class Recipes:
    """The recipes of a script's stuck runs by the number of the run, or why there is none.

    With `healthy` those of all its runs; `stands_for` has the number of the run that is tried in place of
    another one. `script` and `arguments` let a run without a recipe be tried by running the script again;
    they are noted when this is made, before the script runs.
    """

    def __init__(
        self, *, healthy: bool = False, script: str | None = None, arguments: Sequence[str] = ()
    ) -> None:
        self._healthy = healthy
        self._begun, self._waited = time.monotonic(), waited()
        self._rerun = None
        if script is not None:
            stage = (Path.cwd(), dict(os.environ))
            self._rerun = Rerun(
                script=script, arguments=tuple(arguments), folder=str(stage[0]), environment=stage[1]
            )
        self.kept: dict[int, Recipe | Rerun] = {}
        self.lacking: dict[int, str] = {}
        self.stands_for: dict[int, int] = {}
        self._bytes = 0
        self._seen: dict[Any, int] = {}

    def keep(self, number: int, seen: Observation, evidence: Evidence, run: RunRecord) -> None:
        """Keep what is needed to train this run again, if it is stuck and new. Never raises."""
        stuck = run.status not in _NOTHING_TO_PROVE and (run.causes or run.symptoms)
        if not stuck and not self._healthy:
            return
        kind = (run.fit, run.status, tuple((cause.rule, cause.output) for cause in run.causes))
        if kind in self._seen and not self._healthy:
            self.lacking[number] = "an earlier fit at the same place with the same causes stands for it"
            self.stands_for[number] = self._seen[kind]
            return
        try:
            with unseen(seen.model):
                recipe = record(seen, evidence)
        except NoRecipeError as reason:
            self._keep_script(number, seen, kind, str(reason))
            return
        except Exception as error:  # a defect of ours costs the proof, never the diagnosis
            self.lacking[number] = f"recording it failed ({type(error).__name__}: {error})"
            return
        held = (recipe.x, recipe.y, recipe.held_out, recipe.initial, recipe.trained)
        size = sum(leaf.nbytes for leaf in leaves(held))
        if self._bytes + size > MEMORY:
            self.lacking[number] = "the recipes of earlier fits fill the memory set aside for them"
            return
        self._seen[kind] = number
        self._bytes += size
        self.kept[number] = recipe

    def _keep_script(self, number: int, seen: Observation, kind: Any, reason: str) -> None:
        """Keep how to run the script again, for a model that only the script can build."""
        import keras

        if self._rerun is None or seen.vitals is None:
            self.lacking[number] = f"the model cannot be trained again apart from your script: {reason}"
            return
        self._seen[kind] = number
        self.kept[number] = replace(
            self._rerun,
            backend=keras.backend.backend(),
            fit=number,
            why=reason,
            epochs=max(1, seen.vitals.epochs_done),
            seconds=time.monotonic() - self._begun - max(0.0, waited() - self._waited),
        )
