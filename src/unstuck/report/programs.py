"""Programs of the repository on the pages of the guide: one with the fault, what cures it, and its curves.

They stand beside the guide, in the clinic of the tests, where each is run; what is installed has none.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

#: Causes whose programs show a symptom, by the symptom; `tests/test_clinic.py` runs them.
SHOWN_BY: Mapping[str, str] = {
    "accuracy-at-constant-baseline": "class-imbalance",
    "accuracy-contradicts-loss": "metric-does-not-match-task",
    "accuracy-contradicts-predictions": "binary-crossentropy-on-one-hot",
    "accuracy-flat": "dead-relu",
    "accuracy-pinned-to-few-hits": "accuracy-on-continuous-target",
    "accuracy-stays-low": "model-too-small",
    "answers-copy-input": "decoder-not-shifted",
    "answers-read-ahead": "looks-ahead",
    "beaten-by-simple-model": "inputs-not-scaled",
    "coverage-misses-quantile": "quantile-turned-round",
    "fit-raised": "label-form-does-not-match-loss",
    "learning-slow": "too-few-updates",
    "earlier-rows-forgotten": "fit-in-chunks",
    "judged-by-rows-of-earlier-fits": "leakage",
    "loss-at-chance": "vanishing-gradient",
    "loss-does-not-fall": "frozen-layers",
    "loss-falls-accuracy-does-not": "exact-equality-accuracy",
    "loss-nan": "nan-loss",
    "predictions-constant": "constant-inputs",
    "predictions-one-class": "unmasked-padding",
    "train-validation-gap": "overfitting",
    "training-mode-gap": "batchnorm-inference-gap",
    "validation-accuracy-pinned": "one-sided-validation-split",
    "validation-loss-not-finite": "loss-undefined-on-rows",
    "validation-order-changes": "answers-out-of-order",
    "validation-rows-trained-on": "split-redrawn-each-epoch",
    "validation-scaled-by-itself": "validation-preprocessed-differently",
}

#: Causes whose programs show what people see, by the heading of the guide's page by symptom.
PICTURED: Mapping[str, str] = {
    "accuracy-is-exactly-05": "no-gradient-path",
    "accuracy-is-01-with-ten-classes": "dead-relu",
    "loss-is-797-or-806-or-1594": "softmax-over-one-unit",
    "loss-stays-at-0693": "unmasked-padding",
    "loss-is-nan": "nan-loss",
    "loss-is-negative": "labels-outside-unit-interval",
    "loss-is-0-from-the-first-epoch": "categorical-crossentropy-on-one-unit",
    "accuracy-is-09-at-once-with-ten-classes": "binary-crossentropy-on-one-hot",
    "accuracy-is-nearly-0-and-does-not-move": "accuracy-on-continuous-target",
    "val_accuracy-is-00": "one-sided-validation-split",
    "loss-falls-and-accuracy-does-not": "decisions-do-not-change",
    "predictions-are-all-the-same": "class-imbalance",
    "regression-predicts-the-mean": "target-broadcasts-against-output",
    "an-autoencoder-answers-the-same-for-every-row": "added-term-drowns-reconstruction",
    "training-is-good-and-validation-is-bad": "batchnorm-inference-gap",
    "validation-gets-worse-while-training-gets-better": "overfitting",
    "evaluate-and-predict-disagree-with-fit": "statistics-never-updated",
    "loss-explodes-or-rises": "logits-taken-as-probabilities",
    "loss-does-not-change-at-all": "frozen-layers",
    "it-learns-far-too-slowly": "learning-rate-too-low",
    "accuracy-stays-low-whatever-is-changed": "rows-in-another-order",
    "accuracy-stops-improving-after-some-epochs": "schedule-kills-training",
    "loss-goes-up-and-down-within-each-epoch": "fit-in-chunks",
    "a-simple-model-does-better": "inputs-not-scaled",
    "scores-are-too-good-to-be-true": "decoder-not-shifted",
    "answers-for-a-quantile-lie-on-the-wrong-side": "quantile-turned-round",
}

#: Where the pictures stand under docs/.
PICTURES = "images/curves"


@dataclass(frozen=True)
class Programs:
    """The programs beside a guide; none where it stands alone."""

    docs: Path
    folders: Mapping[str, str] = field(default_factory=dict)
    ways: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def beside(cls, docs: Path) -> Programs:
        """Those of the repository that the guide belongs to, for each cause one: that is run, of its name.

        `ways` say by folder what the tests do with a program, where they do not just run it.
        """
        held = [
            (file.parent.name, tomllib.loads(file.read_text(encoding="utf-8")))
            for file in sorted((docs.parent / "tests" / "clinic").glob("*/expect.toml"))
        ]
        ways = {name: _way(expect) for name, expect in held if "only" in expect or "budget" in expect}
        best = sorted(held, key=lambda each: (each[1].get("only") != "lint", each[0] == each[1]["cause"]))
        return cls(docs, {expect["cause"]: name for name, expect in best}, ways)

    def section(self, rule: str) -> list[str]:
        """Lines of Markdown for the page of a rule, none where no program shows it."""
        if shown := SHOWN_BY.get(rule):
            return [
                "",
                "## A program that shows it",
                "",
                f"That of [{shown}]({shown}.md).",
                *self._drawn(shown),
            ]
        name = self.folders.get(rule)
        if name is None:
            return []
        way = self.ways.get(name, "run it")
        broken, fixed = (self._text(name, kind) for kind in ("broken", "fixed"))
        lines = difflib.unified_diff(broken.splitlines(), fixed.splitlines(), n=0, lineterm="")
        changed = [line for line in list(lines)[2:] if not line.startswith("@@")]
        return [
            *("", "## A program that has it", ""),
            f"`tests/clinic/{name}/broken.py`. The tests {way}, and the same program with the cure below: "
            "the one is told this cause, the other none.",
            *("", "```python", broken.strip(), "```", "", "The cure:", "", "```diff", *changed, "```"),
            *self._drawn(rule),
        ]

    def pictured(self, anchor: str) -> list[str]:
        """Lines of Markdown with a training in which the thing under a heading is seen."""
        cause = PICTURED.get(anchor, "")
        drawn = self.picture(cause) if cause else ""
        return [drawn, "", f"Here it is [{cause}](rules/{cause}.md).", ""] if drawn else []

    def picture(self, rule: str, root: str = "") -> str:
        """The picture of a rule's program as Markdown, "" where it has none; `root` leads to docs/."""
        name = self.folders.get(rule, "")
        if name not in self._figures:
            return ""
        return f"![{told(self._figures[name])}]({root}{PICTURES}/{name}.svg)"

    def _drawn(self, rule: str) -> list[str]:
        drawn = self.picture(rule, "../")
        return ["", drawn] if drawn else []

    def _text(self, name: str, kind: str) -> str:
        file = self.docs.parent / "tests" / "clinic" / name / f"{kind}.py"
        return file.read_text(encoding="utf-8")

    @cached_property
    def _figures(self) -> dict[str, Any]:
        """The figures of the programs that have any, as `bench/curves.py` keeps them."""
        file = self.docs / "curves.json"
        held = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        return {name: each for name, each in held.items() if panels(each["broken"])}


def _way(expect: Mapping[str, Any]) -> str:
    """What the tests do with a program of the clinic that a diagnosis alone does not tell its cause."""
    if expect.get("only") == "lint":
        return "have `unstuck lint` read it"
    if "only" in expect:
        return f"put `unstuck experiment {expect['only']}` to it"
    return f"run it, with {expect['budget']} seconds for the proof"


def panels(curves: Mapping[str, Sequence[float | None]]) -> list[str]:
    """The figures of a training that are drawn: its loss, and the first metric beside it."""
    names = [name for name in curves if not name.startswith("val_") and name != "learning_rate"]
    others = sorted((name for name in names if name != "loss"), key=lambda name: ("acc" not in name, name))
    return [*(["loss"] if "loss" in names else []), *others[:1]]


def told(figures: Mapping[str, Any]) -> str:
    """What a picture shows, in words: the first and the last figure of each curve."""
    broken, fixed = figures["broken"], figures["fixed"]
    names = panels(broken)
    epochs = len(broken[names[0]])
    said = f"Over {epochs} epoch{'s' if epochs > 1 else ''}: {_ends(broken, names)}."
    cured = [name for name in names if name in fixed]
    return f"{said} With the cure: {_ends(fixed, cured)}." if cured else said


def _ends(curves: Mapping[str, Sequence[float | None]], names: Sequence[str]) -> str:
    words = []
    for name in names:
        twin = curves.get(f"val_{name}")
        words.append(f"{name} {_from_to(curves[name])}" + (f" (validation {_from_to(twin)})" if twin else ""))
    return ", ".join(words)


def _from_to(values: Sequence[float | None]) -> str:
    first, last = (_figure(value) for value in (values[0], values[-1]))
    return first if first == last else f"{first} to {last}"


def _figure(value: float | None) -> str:
    return "nan" if value is None else f"{value:.3g}"
