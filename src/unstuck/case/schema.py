"""Case: everything of one diagnosis as one saved JSON file with a schema and a version.

Every report is a view of a Case, and a Case can be rendered again later. Unknown keys of newer
versions are ignored when reading; NaN and infinities are written as null.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from unstuck.case.growing import Growing
from unstuck.case.proofs import CureRecord, ExperimentRecord, Proof, RemedyRecord, TrialRecord
from unstuck.case.writing import write_whole
from unstuck.evidence.pictures import Pictures
from unstuck.judgement.words import Status

SCHEMA: Final = "unstuck.case/1"


class CaseError(Exception):
    """A file that is no readable Case. The text says what was given and what to do."""


class Came(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line that a value came through on its way, and what it is called there."""

    name: str
    file: str
    line: int
    cell: int | None = None


class Where(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of the user's code, counted from 1.

    In a notebook it is the line in its cell `cell`, which counts from 1 over all cells. `because` are the
    lines between it and the call that got the value at fault, that call first; empty where it is the call.
    """

    file: str
    line: int
    cell: int | None = None
    because: tuple[Came, ...] = ()


class SymptomRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the user sees, with its figures. `family` names what brings such symptoms about, "" for none."""

    rule: str
    says: str
    shows: dict[str, Any] = {}
    output: str = ""
    family: str = ""


class CauseRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Why, with the arithmetic. `explains` names the symptoms and causes that follow from it.

    Of a cause that was read off a log, `because` says what in the figures speaks for it, and `decides` is the
    one observation that tells it from the others.
    """

    rule: str
    certainty: Literal["suspected", "measured", "proved", "confirmed"]
    impact: Literal["misleads", "harms", "blocks"]
    where: Where | None = None
    says: str = ""
    shows: dict[str, Any] = {}
    explains: list[str] = []
    remedies: list[RemedyRecord] = []
    trials: list[TrialRecord] = []
    output: str = ""
    because: str = ""
    decides: str = ""

    @property
    def counted(self) -> bool:
        """Whether it was confirmed without a training, by counting the same answers."""
        counted = [each.verdict for each in self.trials if each.recount is not None]
        return self.certainty == "confirmed" and "confirmed" in counted

    def against(self, remedy: RemedyRecord) -> str:
        """What the last trial of a remedy says against it: "no effect" or "worse", "" if nothing does."""
        verdicts = [trial.verdict for trial in self.trials if trial.remedy == remedy.name]
        return verdicts[-1] if verdicts and verdicts[-1] in ("no effect", "worse") else ""


class NoteRecord(CauseRecord, frozen=True, kw_only=True):
    """A risk that explains no symptom here, or a cause that another one explains; `because` says.

    `explained_by` names that other cause, "" where there is none.
    """

    explained_by: str = ""


class RefutedRecord(CauseRecord, frozen=True, kw_only=True):
    """A cause that was suspected and withdrawn; `because` says what spoke against it, with figures.

    `explained_by` names the cause that was found in its place, "" where none was.
    """

    explained_by: str = ""


class NotCheckedRecord(msgspec.Struct, frozen=True):
    """A rule whose evidence could not be had."""

    rule: str
    reason: str


class ErrorRecord(msgspec.Struct, frozen=True):
    """Something inside unstuck that failed; the training and the rest went on."""

    where: str
    error: str


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds: the fit itself, what watching it took of that, and what came after it: the examination, the
    reference that the fit is held against, and the user's source: reading it, and writing the remedies.
    """

    fit_seconds: float = 0.0
    watch_seconds: float = 0.0
    examination_seconds: float = 0.0
    reference_seconds: float = 0.0
    source_seconds: float = 0.0

    def with_source(self, seconds: float) -> Cost:
        """The cost with further `seconds` spent on the source."""
        return msgspec.structs.replace(self, source_seconds=self.source_seconds + seconds)


class ReferenceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the network was held against, on the same rows, all scored with `measure` (1.0 is perfect).

    `trivial` are answers that need no training, `simple` models of scikit-learn, best first. `network` is
    null where its answers could not be had or compared; `why` says so. `on` is "validation", or
    "training" where there were no validation rows: simple models were then kept from the rows that
    they are judged on, and the network was not. `judged` and `taught` count rows, or places. `low` and
    `high` bound the network's lead over the best simple model (three standard errors of paired
    differences, null without one); `p_value` is the share of dealt-out targets that the best
    simple model's answers do as well on. `rival` names the answer that is clearly better than the
    network, "" where none is.
    """

    measure: str = "accuracy"
    network: float | None = None
    why: str = ""
    trivial: dict[str, float] = {}
    simple: dict[str, float] = {}
    on: Literal["validation", "training"] = "validation"
    judged: int = 0
    taught: int = 0
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    rival: str = ""


class ToldRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What was told while the training went on, as it was known then.

    `step` counts the optimizer's steps that were done by then, 0 before the first one, `epoch` the epochs
    that had begun, and `seconds` are those since fit was called. `stopped` is true where the fit was ended
    for it, as was asked for.
    """

    rule: str
    certainty: Literal["suspected", "measured", "proved", "confirmed"]
    impact: Literal["misleads", "harms", "blocks"]
    where: Where | None = None
    says: str = ""
    output: str = ""
    step: int = 0
    epoch: int = 0
    seconds: float = 0.0
    stopped: bool = False


class LoggedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How a training was read off a log, and what the figures alone tell.

    `name` is what the log is called, `compared_with` the script that was read beside it. `lines` are its
    first and last line, counted from 1. `epochs` counts those with figures, `asked` those that were to come;
    `total` is what the bar of an epoch counts to, in `unit` ("steps", "rows", or "" where the log does not
    say). `style` names the version of Keras that prints like this. `printed` holds the first and last figure
    by name, each with its digits. `facts` are what the figures tell of the data and the software. `cut` says
    what the log lacks. `folded` are signs that a surer one explains, `excluded` causes that would fit and
    that the source rules out, with the reason.
    """

    name: str
    compared_with: str | None = None
    reader: str = ""
    style: str = ""
    lines: list[int] | None = None
    epochs: int = 0
    asked: int | None = None
    total: int | None = None
    unit: str = ""
    printed: dict[str, list[str]] = {}
    facts: dict[str, Any] = {}
    cut: list[str] = []
    folded: list[SymptomRecord] = []
    excluded: dict[str, str] = {}


class RunRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One fit: what was seen and why. `fit` is null for a model diagnosed without its fit; `compiled` is the
    compile call, null where it was not seen.

    `logged` says how it was read off a log, null for a training that was watched. Its symptoms are then the
    signs in its figures.

    `reference` is what each output was held against, by its name, empty where nothing could be had;
    `no_reference` then says why.
    `sources` are the SHA-256 digests of the user's files that the diffs are made for, as they were.
    `pictures` is what pictures are drawn from beside the curves, null where the run was not examined.
    `told` is what was told before the fit had ended, in that order. `asked` counts the rules that judged it.
    `cure` is what to change, null where that is not known.
    """

    fit: Where | None = None
    compiled: Where | None = None
    status: Status = "unknown"
    headline: str = ""
    symptoms: list[SymptomRecord] = []
    causes: list[CauseRecord] = []
    told: list[ToldRecord] = []
    notes: list[NoteRecord] = []
    refuted: list[RefutedRecord] = []
    cure: CureRecord | None = None
    experiments: list[ExperimentRecord] = []
    proof: Proof | None = None
    asked: int = 0
    not_checked: list[NotCheckedRecord] = []
    errors: list[ErrorRecord] = []
    environment: dict[str, str] = {}
    figures: dict[str, Any] = {}
    baselines: dict[str, dict[str, float | None]] = {}
    reference: dict[str, ReferenceRecord] = {}
    no_reference: str = ""
    curves: dict[str, dict[str, list[float | None]]] = {}
    cost: Cost = Cost()
    sources: dict[str, str] = {}
    pictures: Pictures | None = None
    logged: LoggedRecord | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """All runs of one script, in the order of their fits. `message` says why there is none.

    `arguments` are those that the script was run with. `growing` is null, but in a Case that was written
    while its program still ran.
    """

    schema: Literal["unstuck.case/1"] = SCHEMA
    version: str = ""
    script: str | None = None
    arguments: list[str] = []
    message: str = ""
    runs: list[RunRecord] = []
    growing: Growing | None = None

    def save(self, path: str | Path) -> None:
        """Write the Case as indented JSON, whole or not at all.

        Raises:
            OSError: it cannot be written; what stood there is as before.
        """
        write_whole(Path(path), self.to_json())

    def to_json(self) -> bytes:
        """The Case as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"

    @classmethod
    def load(cls, path: str | Path) -> Case:
        """Read a saved Case.

        Raises:
            CaseError: the file cannot be read, is no JSON, or is no Case of this schema.
        """
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise CaseError(
                f"{path} cannot be read ({error.strerror}). Give a file written by --json."
            ) from None
        try:
            plain = msgspec.json.decode(data)
            if not isinstance(plain, dict) or "schema" not in plain:
                raise CaseError(f"{path} is JSON, but names no schema. Give a file written by --json.")
            return msgspec.convert(plain, type=cls)
        except msgspec.ValidationError as error:
            raise CaseError(f"{path} is JSON, but no {SCHEMA} case: {error}.") from None
        except (msgspec.DecodeError, RecursionError) as error:
            raise CaseError(f"{path} is not readable JSON: {error}.") from None
