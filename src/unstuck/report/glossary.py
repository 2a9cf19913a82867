"""What a report names beside its rules, each with its page: remedies, questions, and words with a meaning."""

from __future__ import annotations

from dataclasses import dataclass

from unstuck.rules import families

#: Words that say how sure a cause is, what it does, what a trial came to, and what became of a training.
_WORDS = {
    "word of certainty": {
        "proved": "It follows from your code, your data and arithmetic: no training is needed to know it.",
        "measured": "A figure crossed a bound; both are told. No training has tried its remedy yet, or none "
        "that was tried came to an answer.",
        "suspected": "It fits what was seen. Other causes would fit, too: a trial would tell.",
        "confirmed": "In paired trainings the symptom goes away with the remedy and comes back without it.",
        "refuted": "It was suspected, and its trial or the answer to a question spoke against it.",
        "note": "A risk that explains nothing that is seen here, or that another cause explains.",
    },
    "word of impact": {
        "blocks": "Nothing can be learned while it stands.",
        "harms": "The model learns less, or slower, than it could.",
        "misleads": "It spoils what is read of the model, a figure or a split, not the steps of training. "
        "Whether the model is right, such a figure cannot say.",
    },
    "verdict of a trial": {
        "helped": "The score is better with the remedy, by more than chance, and a symptom is still there.",
        "no effect": "The pairs of trainings differ by less than would matter.",
        "worse": "The score is worse with the remedy, by more than chance.",
        "not proven": "The pairs of trainings leave it open: too few came to their end, they scatter too "
        "much, or the difference may be chance. More seconds (--budget) may tell.",
        "not reproduced": "Trained again from what was recorded, most trainings did not show the symptoms, "
        "so nothing is claimed of any remedy.",
    },
    "verdict on a training": {
        "healthy": "Beside simple models on the same rows the network holds its own, and no cause was found.",
        "stuck": "The accuracy, or the loss, does not move as it would if something were learned.",
        "behind": "It learns, and a simple model does better on the same rows.",
        "misleading": "The figures that are shown are not what the model has learned.",
        "diverged": "The loss grew until it was no number any more, or far beyond any trivial answer's.",
        "failed": "fit ended with an error.",
        "interrupted": "fit was ended from outside; up to there nothing is wrong.",
        "nothing-found": "No cause was found, and it is not shown that the model has learned.",
        "not-judged": "Most rules could not be checked.",
    },
}


@dataclass(frozen=True)
class GlossaryEntry:
    """What a name means: its kind in words, and its page."""

    name: str
    kind: str
    page: str


def entries() -> dict[str, GlossaryEntry]:
    """Everything that a report names and that is no rule, by name."""
    from unstuck.lab.experiment import experiments
    from unstuck.remedies.remedy import catalogue

    found = [
        GlossaryEntry(name, kind, page) for kind, words in _WORDS.items() for name, page in words.items()
    ]
    found += [GlossaryEntry(each.name, "family of symptoms", each.says) for each in families.ALL]
    found += [
        GlossaryEntry(name, "question that a proof may put", each.page)
        for name, each in experiments().items()
    ]
    found += [GlossaryEntry(name, "remedy", each.page) for name, each in catalogue().items()]
    return {each.name: each for each in found}
