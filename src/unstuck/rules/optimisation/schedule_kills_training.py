"""The rule schedule-kills-training."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from unstuck.evidence.facts import Code, Fit, Monitor, Optimizer, Place, Sighting
from unstuck.evidence.facts.program import ACCURACIES, REGRESSION_LOSSES
from unstuck.judgement.findings import Certainty, Finding, Impact, Proposal, propose
from unstuck.rules.bounds import FEW_UPDATES
from unstuck.rules.families import LEARNING_ENDS, LEARNS_LITTLE, NOTHING_LEARNED
from unstuck.rules.rule import cause

#: Both callbacks compare the epochs without a better value with `patience` after counting the present one,
#: so that 0 and 1 are the same: the first such epoch is enough.
AT_ONCE = 1

#: At a hundredth of the rate, a hundred updates go as far as one did.
LITTLE = 0.01

#: Schedules that anneal to nothing are below a hundredth only at their end (a cosine for 6% of its time).
MOST_OF_THE_TIME = 0.5

#: Callbacks of Keras that set the learning rate.
RATE_SETTING = frozenset({"LearningRateScheduler", "ReduceLROnPlateau"})

#: Names of what is to rise and of what is to fall, as Keras and its users write them.
RISING = ACCURACIES | {"acc", "auc", "precision", "recall", "f1_score", "r2_score"}
FALLING = REGRESSION_LOSSES | {"loss", "mae", "mse", "mape", "msle"}

#: What is read of the callbacks that watch a value, with Keras's defaults.
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "EarlyStopping": {"monitor": "val_loss", "patience": 0, "mode": "auto"},
    "ReduceLROnPlateau": {
        "monitor": "val_loss",
        "factor": 0.1,
        "patience": 10,
        "mode": "auto",
        "min_lr": 0.0,
    },
}

#: Callbacks that leave the learning rate alone.
_HARMLESS = frozenset(
    {
        "BackupAndRestore",
        "CSVLogger",
        "EarlyStopping",
        "History",
        "ModelCheckpoint",
        "ProgbarLogger",
        "ReduceLROnPlateau",
        "TensorBoard",
        "TerminateOnNaN",
    }
)


@cause(
    "schedule-kills-training",
    certainty="suspected",
    impact="harms",
    explains=(NOTHING_LEARNED, LEARNS_LITTLE, LEARNING_ENDS, "learning-rate-too-low", "too-few-updates"),
    blames=("learning_rate.decay_steps", "optimizer.learning_rate.decay_steps"),
)
def schedule_kills_training(
    code: Code | None, optimizer: Optimizer | None, fit: Fit | None
) -> Finding | None:
    """A callback or a schedule ends the training, or its steps, before it could learn.

    Why it looks stuck: EarlyStopping ends fit, and ReduceLROnPlateau divides the learning rate (by 10 unless
    told otherwise), after `patience` epochs without a better value. Scores go up and down between epochs by
    chance. With a patience of 0 or 1 the first such epoch is enough; with mode="min" for an accuracy every
    improvement counts as none. A LearningRateScheduler or a schedule that multiplies the rate again and again
    leaves nothing of it after a few epochs.

    How it is proved: the rates over the training say for how much of it they stood under a hundredth of the
    highest one, and how many updates at the full rate all of them together are worth: with 300 or more the
    training may have been done before, and it is only suspected. What is watched, in which direction and
    with which patience stands in the source. How often a score falls back by chance depends on the data:
    train once without the callback.

    What to do: a patience of 5 to 10, `restore_best_weights=True`, the right mode (or none), and a patience
    of ReduceLROnPlateau well below that of EarlyStopping.

    What decides: Train once more with a constant learning rate.
    """
    seen = code.of("callback") if code is not None else ()
    watchers = _watchers(fit, seen)
    stopping = [each for each in watchers if each.kind == "EarlyStopping"]
    lowering = [each for each in watchers if each.kind == "ReduceLROnPlateau"]
    found = (
        *map(_wrong_way, watchers),  # the rate may have fallen because of it
        _fallen(optimizer, fit) if optimizer is not None else None,
        *map(_at_once, stopping),
        *map(_at_once, lowering),
        *(_stops_first(stop, lower) for stop in stopping for lower in lowering),
        *(_cannot_fall(lower, optimizer, seen) for lower in lowering),
    )
    return next((each for each in found if each is not None), None)


def _fallen(optimizer: Optimizer, fit: Fit | None) -> Finding | None:
    """A rate that was next to nothing for most of the training."""
    rates = optimizer.learning_rates
    top = max(rates, default=0.0)
    after = rates[rates.index(top) :] if rates else ()  # what stands before is a warm-up
    low = sum(rate < LITTLE * top for rate in after)
    if low <= MOST_OF_THE_TIME * len(rates):
        return None
    worth = sum(rates) / top / len(rates)
    # That callback lowers the rate because nothing improves any more: the reason may be another one.
    reacts = fit is not None and "ReduceLROnPlateau" in fit.callbacks
    # Where the whole is worth many updates, the training may have been done before its rate was gone.
    full = worth * fit.updates if fit is not None else 0.0
    enough = full >= FEW_UPDATES
    doubt = ", which may be all that a small network needs" * enough
    share = low / len(rates)
    return Finding(
        says=f"The learning rate falls from {top:g} to {rates[-1]:g}: for {share:.0%} of the training it is "
        f"under a hundredth of the highest. All updates together go as far as {worth:.1%} of them would at "
        "the highest rate."
        + (f" These are {full:.0f} updates{doubt}." * (full > 0))
        + (" ReduceLROnPlateau lowers it when nothing improves, which may have another reason." * reacts),
        shows={
            "highest": top,
            "last": rates[-1],
            "share_below": share,
            "worth": worth,
            **({"worth_updates": full} if full else {}),
        },
        where=(_setting(fit) or fit.place) if fit and optimizer.schedule is None else optimizer.place,
        certainty=Certainty.SUSPECTED if reacts or enough else Certainty.MEASURED,
        remedies=(
            *_without(fit),
            propose(
                "advise",
                text=f"Let the rate fall to {LITTLE * top:g} over the whole training and not below, for "
                "instance with keras.optimizers.schedules.CosineDecay(alpha=0.01) over all steps.",
            ),
        ),
    )


def _setting(fit: Fit) -> Place | None:
    """Where a callback of the user's own sets the rate, if none of Keras's does."""
    return None if RATE_SETTING.intersection(fit.callbacks) else fit.sets_rate_at


def _without(fit: Fit | None) -> Iterable[Proposal]:
    """To train without the callback that sets the rate, where it is known which one does."""
    setting = [each for each in fit.callbacks if each in RATE_SETTING] if fit is not None else []
    if fit is not None and len(setting) == 1:
        yield propose("leave-out-callback", fit.place, kind=setting[0])
    else:
        yield propose("advise", text="Leave the callback or the schedule out, and train at a constant rate.")


@dataclass(frozen=True)
class _Watcher:
    """A callback that watches one value: its class, arguments (None: not known) and place."""

    kind: str
    arguments: Mapping[str, Any]
    seen: Sighting

    def number(self, name: str) -> float | None:
        """A numeric argument, None where it is not known."""
        value = self.arguments.get(name)
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _watchers(fit: Fit | None, seen: Iterable[Sighting]) -> list[_Watcher]:
    """The callbacks that wait for a value: the live ones where they are known, else those in source."""
    written = [each for each in map(_watcher, seen) if each is not None]
    if fit is None or not fit.monitors:
        return written
    return [_live(each, fit, written) for each in fit.monitors]


def _live(monitor: Monitor, fit: Fit, written: Iterable[_Watcher]) -> _Watcher:
    """A live callback, at the place where the source makes one of its kind."""
    same = [each.seen for each in written if each.kind == monitor.kind]
    arguments = {name: value for name, value in vars(monitor).items() if value is not None}
    place = same[0].place if len(same) == 1 else fit.place
    given = tuple(arguments.items())
    return _Watcher(
        monitor.kind, arguments, Sighting(kind="callback", place=place, shows={"arguments": given})
    )


def _watcher(seen: Sighting) -> _Watcher | None:
    """What a callback watches; where some of its arguments are hidden, what is not seen is not known."""
    kind = seen.shows.get("name")
    if not isinstance(kind, str) or kind not in _DEFAULTS:
        return None
    defaults = dict.fromkeys(_DEFAULTS[kind]) if seen.shows.get("hidden") else _DEFAULTS[kind]
    given: Iterable[tuple[str, Any]] = seen.shows.get("arguments") or ()
    return _Watcher(kind, {**defaults, **dict(given)}, seen)


def _wrong_way(watcher: _Watcher) -> Finding | None:
    """A mode that takes better for worse."""
    monitor, mode = watcher.arguments["monitor"], watcher.arguments["mode"]
    if not isinstance(monitor, str) or mode not in ("min", "max"):
        return None
    name = monitor.removeprefix("val_")
    if not (name in RISING and mode == "min") and not (name in FALLING and mode == "max"):
        return None
    right, best = ("max", "lowest") if mode == "min" else ("min", "highest")
    then = "ends the training" if watcher.kind == "EarlyStopping" else "lowers the learning rate"
    return Finding(
        says=f'{watcher.kind} watches {monitor} with mode="{mode}": it takes the {best} value for the best, '
        f"and {then} while {monitor} improves.",
        shows={"monitor": monitor, "mode": mode, "right_mode": right},
        where=watcher.seen.place,
        certainty=Certainty.PROVED,
        remedies=(
            propose(
                "set-callback-mode", at=watcher.seen.place, kind=watcher.kind, monitor=monitor, mode=right
            ),
        ),
    )


def _at_once(watcher: _Watcher) -> Finding | None:
    """A patience that one unlucky epoch uses up."""
    patience, monitor = watcher.number("patience"), watcher.arguments["monitor"]
    if patience is None or patience > AT_ONCE:
        return None
    given = any(name == "patience" for name, _ in watcher.seen.shows.get("arguments") or ())
    says = f"{watcher.kind} has a patience of {patience:g}{'' if given else ', its default'}: "
    once = f"the first epoch in which {monitor or 'the value'} is no better than the best so far"
    shows: dict[str, Any] = {"patience": patience, "bound": AT_ONCE, "monitor": monitor}
    if watcher.kind == "EarlyStopping":
        says += f"{once} ends the training. Scores fall back by chance, mostly in the first epochs."
        advice = "Give EarlyStopping a patience of 5 or more, and restore_best_weights=True."
    else:
        factor = watcher.number("factor")
        times = "" if factor is None else f" by {factor:g}; three of them leave {factor**3:.2g} of it"
        says += f"{once} multiplies the learning rate{times or ' by its factor'}."
        shows["factor"] = factor
        advice = "Give ReduceLROnPlateau a patience of 5 or more."
    return Finding(
        says=says, shows=shows, where=watcher.seen.place, remedies=(propose("advise", text=advice),)
    )


def _stops_first(stop: _Watcher, lower: _Watcher) -> Finding | None:
    """EarlyStopping that never lets ReduceLROnPlateau have its turn."""
    patience, later, monitor = stop.number("patience"), lower.number("patience"), stop.arguments["monitor"]
    if patience is None or later is None or patience > later:
        return None
    if monitor is None or monitor != lower.arguments["monitor"]:
        return None
    return Finding(
        says=f"EarlyStopping ends the training after {patience:g} epochs in which {monitor} is no better, "
        f"and ReduceLROnPlateau waits for {later:g}: the learning rate is never lowered to any use.",
        shows={"patience_of_stopping": patience, "patience_of_lowering": later, "monitor": monitor},
        where=stop.seen.place,
        impact=Impact.MISLEADS,
        remedies=(
            propose(
                "advise",
                text="Give EarlyStopping at least twice the patience of ReduceLROnPlateau, so that a lower "
                "rate has time to show.",
            ),
        ),
    )


def _cannot_fall(
    lower: _Watcher, optimizer: Optimizer | None, callbacks: Iterable[Sighting]
) -> Finding | None:
    """A lowest rate that the optimizer starts at or below."""
    floor = lower.number("min_lr")
    if optimizer is None or optimizer.schedule is not None or floor is None or floor <= 0:
        return None
    if not math.isfinite(optimizer.learning_rate) or floor < optimizer.learning_rate:
        return None
    if any(each.shows.get("name") not in _HARMLESS for each in callbacks):
        return None  # another callback may raise the rate first
    return Finding(
        says=f"ReduceLROnPlateau lowers the learning rate no further than min_lr, {floor:g}, and it begins "
        f"at {optimizer.learning_rate:g}: it is never lowered.",
        shows={"min_lr": floor, "learning_rate": optimizer.learning_rate},
        where=lower.seen.place,
        certainty=Certainty.PROVED,
        impact=Impact.MISLEADS,
        remedies=(
            propose(
                "advise",
                text=f"Set min_lr well below the rate, for instance to {optimizer.learning_rate / 1000:g}.",
            ),
        ),
    )


def _callbacks(*each: tuple[str, dict[str, Any]]) -> Code:
    return Code(
        sightings=tuple(
            Sighting(kind="callback", shows={"name": name, "arguments": tuple(arguments.items())})
            for name, arguments in each
        )
    )


schedule_kills_training.fires(_callbacks(("EarlyStopping", {})))
schedule_kills_training.fires(
    _callbacks(("EarlyStopping", {"monitor": "val_accuracy", "mode": "min", "patience": 10}))
)
schedule_kills_training.fires(
    Fit(monitors=(Monitor(monitor="val_accuracy", mode="min", patience=2),), stopped_early=True)
)
schedule_kills_training.quiet(Fit(monitors=(Monitor(monitor="val_accuracy", mode="max", patience=5),)))
schedule_kills_training.fires(_callbacks(("ReduceLROnPlateau", {"patience": 1})))
schedule_kills_training.fires(_callbacks(("EarlyStopping", {"patience": 5}), ("ReduceLROnPlateau", {})))
schedule_kills_training.fires(
    _callbacks(("ReduceLROnPlateau", {"min_lr": 0.001})), Optimizer(learning_rate=0.001)
)
schedule_kills_training.quiet(
    _callbacks(("EarlyStopping", {"patience": 4}), ("ReduceLROnPlateau", {"patience": 2}))
)
schedule_kills_training.quiet(
    _callbacks(("EarlyStopping", {"monitor": "val_accuracy", "mode": "max", "patience": 5}))
)
schedule_kills_training.quiet(  # a patience that the source does not tell
    Code(
        sightings=(
            Sighting(kind="callback", shows={"name": "EarlyStopping", "arguments": (), "hidden": True}),
        )
    )
)
schedule_kills_training.quiet(
    _callbacks(("ReduceLROnPlateau", {"min_lr": 1e-5})), Optimizer(learning_rate=math.nan)
)
schedule_kills_training.quiet(Code())
_TENFOLD = Optimizer(learning_rates=tuple(0.001 * 0.1**epoch for epoch in range(10)))
schedule_kills_training.fires(_TENFOLD)
schedule_kills_training.fires(_TENFOLD, Fit(callbacks=("ReduceLROnPlateau",)))
schedule_kills_training.fires(_TENFOLD, Fit(updates=40_000))
schedule_kills_training.fires(_TENFOLD, Fit(sets_rate_at=Place(file="train.py", line=16)))
schedule_kills_training.quiet(  # a cosine down to nothing
    Optimizer(learning_rates=tuple(0.0005 * (1 + math.cos(math.pi * epoch / 20)) for epoch in range(21)))
)
schedule_kills_training.quiet(Optimizer(learning_rates=(0.0, *(0.0001 * epoch for epoch in range(1, 20)))))
schedule_kills_training.quiet(Optimizer())
