"""The experiment exchange-of-parts."""

from __future__ import annotations

from dataclasses import asdict

from unstuck.evidence.facts import PartExchange
from unstuck.evidence.probe import Clock
from unstuck.lab.exchange.arms import Arms, held_apart
from unstuck.lab.exchange.lines import narrowed
from unstuck.lab.exchange.search import USER, SearchResult, search
from unstuck.lab.exchange.standard import NoStandardError
from unstuck.lab.experiment import Answer, UnaskableError, experiment
from unstuck.lab.recipe import Recipe
from unstuck.lab.record import NoRecipeError
from unstuck.lab.sizing import affordable

#: Trainings of one exchange: the four of the halving, some parts alone, and three pairs both ways.
TRAININGS = 16

#: Those of a single part: user and reference, healed and broken, each three times.
FEWEST_TRAININGS = 12

#: A search that came to nothing is made again where its trainings can be at least so many times as long.
LONGER = 2.0

#: The part of the time that is planned for: judging and building take the rest.
_PLANNED = 0.8

#: The part of the time after which no training begins or goes on, so that the answer comes in time.
_USED = 0.9

_CAUSE = "part-at-fault"


@experiment("exchange-of-parts", decides=(_CAUSE,))
def exchange_of_parts(recipe: Recipe, clock: Clock) -> Answer:
    """Which of the program's own parts fails where a standard one learns.

    Asks: is it the program's own loss, training step, layer, activation, regulariser, schedule or callback?
    How: a standard training of the same rows (Keras's own loss for these targets, Adam, a network of
    standard layers) is held beside the user's. Where it learns what the user's does not, one of the user's
    own parts after the other is exchanged for its standard counterpart, with nothing else changed; the one
    that heals is then also put into the standard training. Each direction is trained three times in
    pairs of one seed, and scored on rows that were held out.
    Means: a part that heals when it is exchanged, and spoils the standard training when it is put in, is at
    fault. Where the standard training does not learn either, the rows are to be looked at.
    """
    try:
        small = held_apart(recipe, lambda taught: affordable(taught, _PLANNED * clock.left, 1, TRAININGS))
        arms, found = _searched(small, recipe.updates, clock)
    except (NoStandardError, NoRecipeError) as reason:
        raise UnaskableError(f"there is no standard training to hold it against: {reason}") from None
    if not arms.parts:
        raise UnaskableError("the program has no loss, step, layer or callback of its own to exchange")
    record = _record(found, arms)
    return Answer(
        says=_says(found, arms),
        shows={
            "user": found.user,
            "reference": found.reference,
            "measure": arms.judge.measure,
            "parts": [part.key for part in arms.parts],
            "exchanged": found.tried,
            **({} if record is None else {k: v for k, v in asdict(record).items() if k != "place"}),
        },
        supports=(_CAUSE,) if record is not None and record.confirmed else (),
        record=record,
    )


def _searched(recipe: Recipe, updates: int, clock: Clock) -> tuple[Arms, SearchResult]:
    """The search; made again with longer trainings where these were too short to tell and the time allows.

    What a training costs is not known before the first one, and a standard part in the user's network learns
    more slowly than the standard network. `updates` are the user's own: no training is longer than that.
    """
    arms = _fitting(recipe, Clock(_USED * clock.left))
    found = search(arms.parts, arms) if arms.parts else SearchResult()
    if found.too_close and arms.decide_at_half():
        found = search(arms.parts, arms)
    while found.reference is not None and not found.confirmed:
        times = _affordable_times(arms, updates, clock)
        if times < LONGER:
            break
        arms.train_for(int(times * arms.recipe.epochs), Clock(_USED * clock.left))
        found = search(arms.parts, arms)
    return arms, found


def _affordable_times(arms: Arms, updates: int, clock: Clock) -> float:
    """How many times as long the trainings of a whole search can be, by what those that were made took."""
    each = arms.clock.spent / max(1, len(arms.done))
    planned = FEWEST_TRAININGS + len(arms.parts)
    return min(_USED * clock.left / (planned * max(each, 1e-3)), updates / max(1, arms.recipe.updates))


def _fitting(recipe: Recipe, clock: Clock) -> Arms:
    """Arms whose trainings fit into the time, by what the first of them took."""
    arms = Arms(recipe, clock)
    begun = clock.spent
    if not arms.parts or arms(USER, 0) is None:
        return arms
    share = clock.left / (FEWEST_TRAININGS * max(clock.spent - begun, 1e-3))
    if share < 1.0:
        arms.train_for(max(1, int(share * recipe.epochs)), clock)
    return arms


def _record(found: SearchResult, arms: Arms) -> PartExchange | None:
    """The exchange as evidence, None where no part heals."""
    part, heals, breaks = found.part, found.heals, found.breaks
    if part is None or heals is None:
        return None
    line = arms.line(part) if found.confirmed else None
    inner = arms.layer_line(part) if found.confirmed else None
    told = line or inner
    return PartExchange(
        kind=part.kind,
        name=part.name,
        instead=part.instead,
        measure=arms.judge.measure,
        own=heals.before,
        healed=heals.after,
        heals=(heals.difference.low, heals.difference.high),
        reference=breaks.before if breaks else (),
        broken=breaks.after if breaks else (),
        breaks=(breaks.difference.low, breaks.difference.high) if breaks else None,
        confirmed=found.confirmed,
        rows=len(arms.judge.targets),
        updates=arms.recipe.updates,
        place=told.place if told is not None else narrowed(part),
        reads=told.reads if told is not None else "",
        pulls=(line.before, line.after) if line is not None else (),
        tells=(inner.before, inner.after) if inner is not None else (),
        tells_measure=inner.measure if inner is not None else "",
    )


def _says(found: SearchResult, arms: Arms) -> str:
    """What was done and what came out."""
    measure, number = arms.judge.measure, len(arms.parts)
    if found.user is None or found.reference is None:
        why = next((each for each in arms.failed.values() if each), "the time was up")
        return f"The exchange of parts came to no end: {why}."
    beside = (
        f"{measure} {found.user:.3f} as it is, {found.reference:.3f} of a standard training of the same rows"
    )
    if found.part is None:
        end = "No single part heals when it is exchanged."
        if found.too_close:
            end = "They are too close for an exchange to tell anything."
        return f"{number} of the program's own parts; {beside}. {end}"
    sure = "" if found.confirmed else " That is not beyond chance in both directions, so nothing is claimed."
    with_it = f"With {found.part.instead} in place of {found.part.says} it heals."
    return f"{number} of the program's own parts; {beside}. {with_it}{sure}"
