"""Trainings of arrangements: the user's recipe with standard parts, or a reference with the user's."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from unstuck.evidence.facts.program import CLASS_LOSSES, REGRESSION_LOSSES
from unstuck.evidence.probe import Clock
from unstuck.evidence.sample import leaves, spaced
from unstuck.lab.build import build, compile_arguments, fit_arrays
from unstuck.lab.configured import make_callbacks
from unstuck.lab.exchange.layer_lines import LayerLine, layer_line
from unstuck.lab.exchange.lines import LossLine, line_of, points
from unstuck.lab.exchange.looking import is_own_layer
from unstuck.lab.exchange.network import call_part, layer_name, network_parts, starting_parts
from unstuck.lab.exchange.parts import Part, is_own
from unstuck.lab.exchange.score import Judge, judge_of, range_of
from unstuck.lab.exchange.search import Arrangement
from unstuck.lab.exchange.stage import Stage
from unstuck.lab.exchange.standard import loss_for, network_for
from unstuck.lab.exchange.training import standard_optimizer, training_parts
from unstuck.lab.experiment import UnaskableError
from unstuck.lab.experiments._rows import loss_name
from unstuck.lab.quiet import quiet
from unstuck.lab.recipe import Recipe, taken
from unstuck.lab.resize import Size, resized

#: Rows that score: a share of 512 right answers has a standard error of .022.
JUDGED = 512

#: The share of the training rows that is kept from training where none were held out.
HELD_OUT = 0.25

#: Rows on which the user's layers are looked at.
_LOOKED_AT = 64


@dataclass
class Arms:
    """Trains arrangements of a recipe and scores them on its held-out rows; each once.

    Raises UnaskableError where the rows or the model are of a kind that has no standard training.
    """

    recipe: Recipe
    clock: Clock
    done: dict[tuple[Arrangement, int], float | None] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert self.recipe.held_out is not None
        self._x, self._y = fit_arrays(self.recipe.x), fit_arrays(self.recipe.y)
        self._judged = fit_arrays(self.recipe.held_out[0]), fit_arrays(self.recipe.held_out[1])
        targets = leaves(self._y)
        if len(targets) != 1:
            raise UnaskableError(f"the rows have {len(targets)} targets, and only one can be scored")
        self._targets = targets[0]
        stage = self.stage(0)
        few = spaced(len(self._targets), min(_LOOKED_AT, len(self._targets)))
        some = taken(self._x, few)
        answers = _asked(stage.model, some)
        self.shape, self.spread = answers.shape[1:], range_of(answers)
        self.judge = self._judge(stage, answers)
        self._loss = loss_for(self.judge.form, self._targets, self.shape, self.spread)
        with quiet():
            places = {layer.name: layer.place for layer in self.recipe.layers}
            self.parts = [
                *training_parts(stage, self._loss),
                *network_parts(stage, some),
                *starting_parts(stage, places),
                *call_part(stage, self._network),
            ]
        self._points = points(answers, self._targets[few], self.spread)
        self._few, self._given = few, stage.compiled.get("loss")
        self._by_key = {part.key: part for part in self.parts}

    def train_for(self, epochs: int, clock: Clock) -> None:
        """Train so many epochs from now on, in the time of this clock; forget what was scored before."""
        self.recipe, self.clock = replace(self.recipe, epochs=epochs), clock
        self.done.clear()
        self.failed.clear()

    def decide_at_half(self) -> bool:
        """Judge probabilities by the decisions at one half from now on; False where no threshold decides.

        Answers may rank the rows well and all lie on one side: then nothing is ever decided otherwise.
        """
        if self.judge.cut is not None or not self.judge.cuts or self.spread != "sigmoid":
            return False
        self.judge = replace(self.judge, cut=0.5)
        self.done.clear()
        return True

    def line(self, part: Part) -> LossLine | None:
        """The line at which a loss goes astray, None where none can be told or the part is no loss."""
        if part.kind != "loss":
            return None
        with quiet():
            return line_of(part, self._given, self._loss[0], self._targets[self._few], self._points)

    def layer_line(self, part: Part) -> LayerLine | None:
        """The line at which a layer goes astray, None where none can be told or the part is no layer."""
        targets = self.judge.targets
        if targets.ndim == 2 and targets.shape[1] == 1:
            targets = targets[:, 0]
        rows = self._judged[0]
        if part.kind != "layer" or targets.ndim != 1 or len(targets) != len(leaves(rows)[0]):
            return None
        with quiet():
            model = self.stage(0).model
            layer = next((each for each in _own_layers(model) if layer_name(each) == part.name), None)
            classes = self.judge.form != "numbers"
            return (
                layer_line(part, model, layer, rows, targets, classes=classes) if layer is not None else None
            )

    def _judge(self, stage: Stage, answers: np.ndarray) -> Judge:
        right = leaves(self._judged[1])[0]
        name = loss_name(self.recipe)
        open_ = stage.compiled.get("loss") is None or name not in CLASS_LOSSES | REGRESSION_LOSSES
        shape = (len(right), *answers.shape[1:])
        judge = judge_of(right, np.broadcast_to(answers[:1], shape), is_open=open_)
        if judge is None:
            raise UnaskableError("the model's answers cannot be compared with these targets")
        return judge

    def stage(self, seed: int) -> Stage:
        """The user's training, set up anew."""
        recipe = self.recipe
        with quiet():
            model = build(recipe, seed, "initial" if seed == 0 else "fresh")
        own = make_callbacks(recipe)
        fitted = {
            "batch_size": recipe.batch_size,
            "epochs": recipe.epochs,
            "shuffle": recipe.shuffle,
            "callbacks": own,
            "sample_weight": recipe.sample_weight,
            "class_weight": dict(recipe.class_weight) if recipe.class_weight else None,
        }
        watches = any(str(getattr(each, "monitor", "")).startswith("val_") or is_own(each) for each in own)
        compiled = compile_arguments(recipe) | {"metrics": None, "weighted_metrics": None}
        return Stage(model, compiled, fitted, self._x, self._y, self._judged, watches)

    def __call__(self, arrangement: Arrangement, seed: int) -> float | None:
        """The score of an arrangement, None where it was not trained to its end."""
        key = (arrangement, seed)
        if key not in self.done and self.clock.left:
            self.done[key] = self._scored(arrangement, seed)
        return self.done.get(key)

    def _scored(self, arrangement: Arrangement, seed: int) -> float | None:
        stage = self.stage(seed)
        try:
            self._arrange(stage, arrangement)
        except Exception as error:  # a standard part that does not fit into the user's model
            self.failed[str(arrangement)] = f"{type(error).__name__}: {error}"
            return None
        if not stage.train(seed, self.clock.left):
            self.failed[str(arrangement)] = stage.raised
            return None
        return self.judge(stage.answers())

    def _arrange(self, stage: Stage, arrangement: Arrangement) -> None:
        """Put the standard parts in."""
        reference, kept = arrangement.reference, arrangement.kept
        if reference in ("training", "both", "layers"):
            self._standard_training(stage, kept)
        with quiet():
            if reference == "both" and not any(each.startswith("call ") for each in kept):
                stage.substitute(stage.model, self._network(), alone=True)
            for part in self.parts:
                own = part.side == "network" and part.kind != "call" and part.key not in kept
                swaps = reference == "layers" and own
                if part.key in arrangement.swapped or (swaps and not self._holds_kept(part, kept)):
                    part.swap(stage)

    def _network(self) -> Any:
        embeds = any(layer.kind == "Embedding" for layer in self.recipe.layers)
        return network_for(self._x, self.shape, self.spread, embeds=embeds)

    def _holds_kept(self, part: Part, kept: frozenset[str]) -> bool:
        """Whether a part is held by another one that is exchanged as well, or holds one that is kept."""
        if part.inside in self._by_key and part.inside not in kept:
            return not self._holds_kept(self._by_key[part.inside], kept)
        return any(self._by_key[each].inside == part.key for each in kept if each in self._by_key)

    def _standard_training(self, stage: Stage, kept: frozenset[str]) -> None:
        own = {part.kind: part for part in self.parts if part.key in kept and part.side == "training"}
        for part in self.parts:
            if part.side == "training" and part.key not in kept:
                part.swap(stage)
        if not {"loss", "train_step", "compute_loss"} & own.keys():
            stage.compiled["loss"] = self._loss[0]
        if not {"optimizer", "schedule"} & own.keys():
            stage.compiled["optimizer"] = standard_optimizer()
        if "callback" not in own:
            stage.fitted["callbacks"] = []


def _own_layers(model: Any) -> list[Any]:
    return [each for each in model._flatten_layers(include_self=False) if is_own_layer(each)]


def _asked(model: Any, some: Any) -> np.ndarray:
    try:
        with quiet():
            return np.asarray(leaves(model.predict(some, verbose=0))[0])
    except Exception as error:  # a model that answers in a way of its own
        text = " ".join(f"{type(error).__name__}: {error}".split())[:160]
        raise UnaskableError(f"the model cannot be asked ({text})") from None


def held_apart(recipe: Recipe, size: Callable[[Recipe], Size]) -> Recipe:
    """The recipe at a size that fits, with the rows that judge held out; those stay as many as they are.

    Raises:
        UnaskableError: the rows have no targets.
    """
    taught, judged = recipe.split()
    if not leaves(taught[1]):
        raise UnaskableError("the rows have no targets")
    count = min(len(leaf) for leaf in leaves(taught))
    if judged is not None and leaves(judged[1]):
        many, rest = min(len(leaf) for leaf in leaves(judged)), np.arange(count)
        some = spaced(many, min(many, JUDGED))
    else:
        order, judged = np.random.default_rng(0).permutation(count), taught
        cut = min(JUDGED, math.ceil(HELD_OUT * count))
        some, rest = np.sort(order[:cut]), np.sort(order[cut:])
    held_out = (taken(judged[0], some), taken(judged[1], some))
    apart = replace(recipe.with_rows(rest), held_out=held_out, validation_split=0.0)
    return replace(resized(apart, size(apart)), held_out=held_out)
