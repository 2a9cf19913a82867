"""What a script says against causes that the figures of its log fit, and the reasons that several share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unstuck.evidence.facts import Evidence, Head, Loss, Model
from unstuck.rules.rule import Rule, catalogue, needs_of

_BINARY = ("binary_crossentropy", "binary_focal_crossentropy")


def ruled_out(evidence: Evidence) -> dict[str, str]:
    """The causes that a training as its source tells it cannot have, each with the reason."""
    outputs = [output.records for output in evidence.outputs]
    records = {**evidence.records, **(outputs[0] if len(outputs) == 1 else {})}
    head, loss = records.get(Head), records.get(Loss)
    # What is not known rules nothing out.
    if isinstance(head, Head) and head.activation in ("unknown", "custom"):
        del records[Head]
    if isinstance(loss, Loss) and loss.custom:
        del records[Loss]
    reasons = ((rule.name, _reason(rule, records)) for rule in catalogue().values())
    return {name: reason for name, reason in reasons if reason}


def _reason(rule: Rule, records: Mapping[type, Any]) -> str:
    for check in rule.exclusions:
        asked = {name: kind for name, (kind, _) in needs_of(check).items()}
        if records.keys() >= set(asked.values()):
            reason = check(**{name: records[kind] for name, kind in asked.items()})
            if reason:
                return reason
    return ""


def other_activation(head: Head, wanted: str) -> str:
    """Why a cause of outputs with one activation cannot be."""
    return f"the output is {head.activation}" if head.activation != wanted else ""


def many_units(head: Head) -> str:
    """Why a cause of a single unit cannot be."""
    return f"the output has {head.units} units" if head.units > 1 else ""


def no_binary_loss(loss: Loss) -> str:
    """Why a cause of binary cross-entropy cannot be."""
    return f"the loss is {loss.name}" if loss.name not in _BINARY else ""


def no_layer(model: Model, *kinds: str) -> str:
    """Why a cause of some kinds of layers cannot be: the model is read whole and has none."""
    whole = model.layers and model.kind != "subclassed" and not any(layer.custom for layer in model.layers)
    held = any(layer.kind in (*kinds, "Functional", "Model") for layer in model.layers)
    return f"the model has no {kinds[0]}" if whole and not held else ""
