"""The shape of a rule, the catalogue of all rules, and the engine that runs them.

A rule is a pure function from evidence to a Finding. Its parameters' types say which records it
needs; its docstring is its page; `fires` and `quiet` are its examples and its tests.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from unstuck.evidence.facts import Curve, Evidence, Fit, Loss, Metrics, Model
from unstuck.judgement import findings
from unstuck.judgement.findings import Blame, Certainty, Finding, Impact, Judgement
from unstuck.registry import Registry
from unstuck.rules.families import Family
from unstuck.rules.page import decides_of, title_of
from unstuck.rules.taken_along import taking_metrics_along

Check = Callable[..., Finding | None]

#: What a cause names as its consequences: families of symptoms, single symptoms, other causes.
Explained = tuple[Family | str, ...]

#: What is seen in printed figures (`rules/sign.py`), which only a log has.
_IN_FIGURES = "unstuck.rules.figures."


@dataclass(frozen=True)
class Rule:
    """A check with its name, its page and its examples.

    `needs` maps parameter names to (record type, required). `family` is that of a symptom, None for one
    that shows a single mechanism and is named by its causes, and for a cause. `named` are the families,
    symptoms and causes that a cause names, `but` what it takes away of them again; a sign in printed figures
    names other signs that it says better. `certainty` and `impact`
    are what its findings carry unless they say otherwise. `blames` are parameters of the call at the place
    of a finding whose value is at fault, those of fit as "fit.y". `rank` orders signs in printed figures, the
    surest first.
    """

    name: str
    check: Check
    kind: typing.Literal["symptom", "cause"]
    certainty: Certainty
    impact: Impact
    needs: dict[str, tuple[type, bool]]
    family: Family | None = None
    named: Explained = ()
    but: Explained = ()
    blames: tuple[str, ...] = ()
    rank: int = 0
    examples_fire: list[tuple[Any, ...]] = field(default_factory=list)
    examples_quiet: list[tuple[Any, ...]] = field(default_factory=list)
    source_checks: list[Rule] = field(default_factory=list)
    exclusions: list[Callable[..., str]] = field(default_factory=list)

    def __call__(self, *records: Any) -> Finding | None:
        """Judge the records, given in the order of the parameters (or in any, by their type)."""
        return self._filled(self.check(**self._bind(records)))

    def on(self, records: Mapping[type, Any]) -> Finding | None:
        """Judge the records, given by their type; those that the rule requires must be there."""
        found = self._filled(
            self.check(**{name: records.get(kind) for name, (kind, _) in self.needs.items()})
        )
        if found is None or self.kind == "symptom":
            return found
        found = taking_metrics_along(found, records.get(Metrics))
        found = replace(found, blamed=self._blamed(found, records))
        if not self._may_be_of_no_effect(records):
            return found
        return found if self._is_about_weight(records) else replace(found, certainty=Certainty.SUSPECTED)

    def _blamed(self, found: Finding, records: Mapping[type, Any]) -> tuple[Blame, ...]:
        """What is to be followed back to the line where it was made."""
        fit, blamed = records.get(Fit), list(found.blamed)
        for name in self.blames:
            part = name.removeprefix("fit.")
            if part == name and found.where is not None:
                blamed.append(Blame(at=found.where, names=(name,), held=found.held))
            elif part != name and isinstance(fit, Fit) and fit.place is not None:
                blamed.append(Blame(at=fit.place, names=(part,), held=getattr(fit, part, None)))
        return tuple(blamed)

    def _may_be_of_no_effect(self, records: Mapping[type, Any]) -> bool:
        """Whether it rests on what compile was given, and that may not be what is minimised.

        A model with a step or a loss of its own does as it likes with it, unless it was asked for that loss
        itself; a loss of weight 0 moves nothing.
        """
        loss = records.get(Loss)
        own = _is_own(records) and not (isinstance(loss, Loss) and loss.of_model)
        weightless = isinstance(loss, Loss) and loss.weight == 0.0
        read = {kind for kind, _ in self.needs.values()}
        return (own and not read.isdisjoint((Loss, Metrics))) or (weightless and Loss in read)

    def _is_about_weight(self, records: Mapping[type, Any]) -> bool:
        """Whether the weight of 0 is itself what it finds: with a weight of 1 there is nothing to find."""
        loss = records.get(Loss)
        if not isinstance(loss, Loss) or loss.weight != 0.0 or _is_own(records):
            return False
        weighed = {**records, Loss: replace(loss, weight=1.0)}
        return self.check(**{name: weighed.get(kind) for name, (kind, _) in self.needs.items()}) is None

    def _filled(self, finding: Finding | None) -> Finding | None:
        """A finding with what the rule itself says."""
        if finding is None:
            return None
        return replace(
            finding,
            rule=self.name,
            family=self.family.name if self.family is not None else "",
            explains=(*self.explains, *finding.explains),
            likelihood=-self.rank,
            certainty=finding.certainty or self.certainty,
            impact=finding.impact or self.impact,
        )

    @property
    def explains(self) -> tuple[str, ...]:
        """What it explains, by rule name, each family in the order of names; empty for most symptoms."""
        away = symptoms_of(*self.but)
        return tuple(name for each in self.named for name in symptoms_of(each) if name not in away)

    @property
    def is_of_run(self) -> bool:
        """Whether it looks at the run as a whole, not at each output."""
        return {kind for kind, _ in self.needs.values()} <= _RUN_RECORDS

    def _bind(self, records: Iterable[Any]) -> dict[str, Any]:
        held = {type(record): record for record in records}
        unknown = set(held) - {wanted for wanted, _ in self.needs.values()}
        if unknown:
            raise TypeError(f"{self.name} does not read {', '.join(kind.__name__ for kind in unknown)}")
        missing = [kind.__name__ for kind, required in self.needs.values() if required and kind not in held]
        if missing:
            raise TypeError(f"{self.name} needs {', '.join(missing)}")
        return {name: held.get(kind) for name, (kind, _) in self.needs.items()}

    def in_source(self, certainty: str) -> Callable[[Check], Rule]:
        """Add a check on what the source alone tells, for when there is no training to look at.

        It is a rule of the same name with its own examples, which are texts of source: in at least one
        training that is read in such a text it must find something, or in none. `certainty` is what its
        findings carry; what depends on data that the source does not show is "suspected".
        """

        def decorate(check: Check) -> Rule:
            twin = replace(
                self,
                check=check,
                certainty=Certainty(certainty),
                needs=needs_of(check),
                examples_fire=[],
                examples_quiet=[],
                source_checks=[],
                exclusions=[],
            )
            self.source_checks.append(twin)
            return twin

        return decorate

    def ruled_out(self, check: Callable[..., str]) -> Callable[..., str]:
        """Add what in a script speaks against the cause where figures of its log fit it: a reason, or ""."""
        self.exclusions.append(check)
        return check

    def fires(self, *records: Any) -> None:
        """An example on which the rule must find something: records, or for a check in source its text."""
        self.examples_fire.append(records)

    def quiet(self, *records: Any) -> None:
        """An example on which the rule must find nothing: records, or for a check in source its text."""
        self.examples_quiet.append(records)

    @property
    def group(self) -> str:
        """The folder the rule stands in: "objective", "labels"..."""
        return self.check.__module__.split(".")[-2]

    @property
    def page(self) -> str:
        """The rule's documentation, dedented."""
        return inspect.cleandoc(self.check.__doc__ or "")

    @property
    def title(self) -> str:
        """The first line of the page."""
        return title_of(self.page) or self.name

    @property
    def decides(self) -> str:
        """The one observation that tells this cause from others, where the page names it."""
        return decides_of(self.page)


def _is_own(records: Mapping[type, Any]) -> bool:
    """Whether the model trains by a step of its own."""
    model = records.get(Model)
    return isinstance(model, Model) and model.custom_train_step


def needs_of(check: Callable[..., Any]) -> dict[str, tuple[type, bool]]:
    """Which record types the check's parameters ask for, and whether each is required."""
    hints = typing.get_type_hints(check)
    needs = {}
    for name in inspect.signature(check).parameters:
        hint, required = hints[name], True
        if typing.get_origin(hint) in (typing.Union, types.UnionType):
            parts = [part for part in typing.get_args(hint) if part is not type(None)]
            hint, required = parts[0], False
        needs[name] = (hint, required)
    return needs


#: All rules: ours, found by being there, and those of the entry point group.
CATALOGUE: Registry[Rule] = Registry(
    "rules", "unstuck.rules", deep=True, without=_IN_FIGURES, plugins="unstuck.rules"
)


def symptom(name: str, *, of: Family | None = None) -> Callable[[Check], Rule]:
    """Make a check a symptom: it describes what the user sees.

    Args:
        name: what it is called, in kebab case.
        of: the family of the mechanism that brings it about: every cause that names the family explains it.
            None for one that shows a single mechanism: the causes that bring it about name it themselves.
    """

    def decorate(check: Check) -> Rule:
        made = Rule(name, check, "symptom", Certainty.MEASURED, Impact.HARMS, needs_of(check), of)
        return CATALOGUE.put(name, made, check.__module__)

    return decorate


def cause(
    name: str,
    *,
    certainty: str,
    impact: str,
    explains: Explained,
    but: Explained = (),
    blames: tuple[str, ...] = (),
) -> Callable[[Check], Rule]:
    """Make a check a cause: it says why, and names what its mechanism brings about.

    Args:
        name: what it is called, in kebab case.
        certainty: how sure its findings are unless they say otherwise.
        impact: what it does to the training unless its findings say otherwise.
        explains: the families of symptoms that it brings about, single symptoms, and the causes that follow.
        but: symptoms (or families) of these that it does not bring about.
        blames: parameters whose value is at fault, of the call at the place that a finding names ("units"),
            or of fit ("fit.y"); the first that can be followed back gives the line that is told.
    """

    def decorate(check: Check) -> Rule:
        sure, weight = Certainty(certainty), Impact(impact)
        made = Rule(
            name, check, "cause", sure, weight, needs_of(check), named=explains, but=but, blames=blames
        )
        return CATALOGUE.put(name, made, check.__module__)

    return decorate


def catalogue() -> dict[str, Rule]:
    """All rules by name."""
    return CATALOGUE.all()


def symptoms_of(*named: Family | str) -> tuple[str, ...]:
    """The rules that are meant: a name is itself, a family the symptoms that state it."""
    rules = catalogue().values() if any(isinstance(each, Family) for each in named) else ()
    return tuple(
        name
        for each in named
        for name in (
            [rule.name for rule in rules if each.holds(rule.family)] if isinstance(each, Family) else [each]
        )
    )


def judge(evidence: Evidence, rules: Iterable[Rule] | None = None, *, gated: bool = True) -> Judgement:
    """Run the rules over the evidence, symptoms first, and rank what they find.

    With `gated` false, what is proved is a cause even before any symptom was seen.

    A rule whose evidence is missing is listed as not checked, with the reason; a rule that raises
    is listed as errored and the others go on.
    """
    found: dict[str, list[Finding]] = {"symptom": [], "cause": []}
    not_checked: list[tuple[str, str]] = []
    errored: list[tuple[str, str]] = []
    asked = list(rules if rules is not None else catalogue().values())
    of_run, of_outputs = _subjects(evidence)
    for rule in asked:
        missing: set[str] = set()
        ran = False
        for name, records in of_run if rule.is_of_run else of_outputs:
            lacking = {
                kind.__name__ for kind, required in rule.needs.values() if required and kind not in records
            }
            if lacking:
                missing |= lacking
                continue
            ran = True
            try:
                finding = rule.on(records)
            except Exception as error:  # a rule may never end the diagnosis
                errored.append((rule.name, f"{type(error).__name__}: {error}"))
                continue
            if finding is None:
                continue
            against = _contradiction(finding, records)
            if against:
                not_checked.append((rule.name, against))
            else:
                found[rule.kind].append(replace(finding, output=name))
        if not ran:
            reasons = sorted({evidence.absent.get(kind, f"{kind.lower()} not known") for kind in missing})
            not_checked.append((rule.name, "; ".join(reasons) or "nothing to look at"))
    order = ["", *(output.name for output in evidence.outputs)]
    found["symptom"].sort(key=lambda each: order.index(each.output))
    judgement = findings.rank(found["symptom"], found["cause"], gated=gated, script=evidence.script)
    return replace(judgement, asked=len(asked), not_checked=tuple(not_checked), errored=tuple(errored))


def _contradiction(finding: Finding, records: Mapping[type, Any]) -> str:
    """The reported figure that contradicts what a claim predicts, "" where none does."""
    curve, model, fit = records.get(Curve), records.get(Model), records.get(Fit)
    penalised = isinstance(model, Model) and any(layer.penalty for layer in model.layers)
    if not isinstance(curve, Curve) or (isinstance(fit, Fit) and fit.cut_short):
        return ""  # the figures of a few steps are not those of an epoch
    for each in finding.predicts:
        values = curve.get(each.key)
        if each.key.endswith("loss") and penalised:
            continue  # the reported loss holds the penalties on weights, too
        if values and each.contradicted_by(values[-1]):
            bound = each.at_most if values[-1] > each.at_most else each.at_least
            return f"withdrawn: it would make the {each.key} {bound:g}, and {values[-1]:.4g} was reported"
    return ""


#: Records on which rules are run, each with the name of its output.
_Subjects = list[tuple[str, dict[type, Any]]]


def _subjects(evidence: Evidence) -> tuple[_Subjects, _Subjects]:
    """What rules of the run are run on, and what the others are: once for each output but an adversary.

    An adversary is not to learn: what lies before it is taught to make it fail.
    """
    run = [("", evidence.records)]
    judged = [each for each in evidence.outputs if each.head is None or not each.head.opposed]
    return run, [(output.name, run[0][1] | output.records) for output in judged or evidence.outputs] or run


def _run_records() -> frozenset[type]:
    hints = typing.get_type_hints(Evidence)
    parts = (part for hint in hints.values() for part in typing.get_args(hint))
    return frozenset(part for part in parts if hasattr(part, "__dataclass_fields__"))


_RUN_RECORDS = _run_records()
