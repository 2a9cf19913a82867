"""From a diagnosed run to a proven one, with real trainings in this process."""

import keras
import msgspec
import numpy as np
import pytest
from keras import layers
from recipes import recipe_of

from unstuck import diagnose
from unstuck.case.schema import Case, CauseRecord, RunRecord, SymptomRecord
from unstuck.lab.arms import Arm, ArmTask
from unstuck.lab.bench import QuestionTask
from unstuck.lab.executors import Done, Here
from unstuck.lab.experiment import Answer
from unstuck.lab.keeping import Recipes
from unstuck.lab.prove import prove
from unstuck.verbs.prove import ProvingError, postponed, prove_case, prove_file
from unstuck.verbs.script import ProgramResult

pytestmark = pytest.mark.filterwarnings("ignore:.*You are using a softmax over axis -1")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 5)).astype("float32")
Y = (X[:, 0] > 0).astype("int64")


def diagnosed():
    keras.utils.set_random_seed(1)
    model = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(1, activation="softmax")])
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(X, Y, epochs=12, batch_size=16, verbose=0)
    return diagnose(model, X, Y, history=history, batch_size=16)


@pytest.fixture(scope="module")
def found():
    return diagnosed()


def test_the_cure_is_confirmed_and_the_headline_says_so(found):
    proved = prove_case(found.case, found._recipes, 60.0, workers=0).runs[0]
    assert proved.causes[0].rule == "softmax-over-one-unit"
    assert proved.causes[0].certainty == "confirmed"
    trial = proved.causes[0].trials[0]
    assert trial.verdict == "confirmed"
    assert trial.seeds == [0, 1, 2]
    assert np.mean(np.subtract(trial.treated, trial.control)) == pytest.approx(trial.difference)
    assert proved.proof.healed_by == ["set-output-activation"]
    assert proved.headline.endswith("Confirmed by training: softmax-over-one-unit.")


class Interrupted(Here):
    """Ctrl-C while the first training runs."""

    def run(self, function, shared, tasks, seconds=float("inf")):
        raise KeyboardInterrupt
        yield


def test_ctrl_c_keeps_the_diagnosis(found):
    recipe = found._recipes.kept[0]
    run = prove(found.run, recipe, Interrupted(), budget=10.0)
    assert [cause.rule for cause in run.causes] == [cause.rule for cause in found.causes]
    assert "You ended it early" in run.proof.says


def test_no_time_means_not_proven(found):
    run = prove(found.run, found._recipes.kept[0], Here(), budget=0.001)
    assert run.causes[0].certainty == "proved"
    assert run.proof.says.startswith("Not proven")


class Scripted(Here):
    """Trainings in which any remedy leaves learning-slow; questions that speak for a fading gradient."""

    def run(self, function, shared, tasks, seconds=float("inf")):
        for index, task in enumerate(tasks):
            if isinstance(task, QuestionTask):
                value = Answer(says=f"{task.name} asked.", supports=("vanishing-gradient",))
            else:
                rules = ["learning-slow"] if task.changes else ["learning-slow", "accuracy-flat"]
                value = Arm(
                    seed=task.seed,
                    symptoms=tuple((rule, "") for rule in rules),
                    scores={"": {"right": (0.9 if task.changes else 0.5) + 0.001 * task.seed}},
                )
            yield index, Done(value)


def test_what_the_confirmed_remedies_leave_is_asked_about(found):
    cause = msgspec.structs.replace(found.run.causes[0], output="", explains=["accuracy-flat"])
    symptoms = [SymptomRecord(rule=rule, says="") for rule in ("accuracy-flat", "learning-slow")]
    run = msgspec.structs.replace(found.run, causes=[cause], notes=[], symptoms=symptoms)
    proved = prove(run, found._recipes.kept[0], Scripted(), budget=60.0)
    assert [each.certainty for each in proved.causes] == ["confirmed", "measured"]
    assert proved.causes[1].rule == "vanishing-gradient"
    assert {"learning-rate-range", "overfit-one-batch"} <= {each.name for each in proved.experiments}
    assert "left: learning-slow. Asked about what is left: " in proved.proof.says


class Asked(Here):
    """What is asked, with no answer that says anything."""

    def run(self, function, shared, tasks, seconds=float("inf")):
        self.names = [*getattr(self, "names", []), *(task.name for task in tasks)]
        for index, task in enumerate(tasks):
            yield index, Done(Answer(says=f"{task.name} asked."))


def own_loss(y_true, y_pred):
    return keras.ops.mean(keras.ops.square(y_true - keras.ops.stop_gradient(y_pred)) + 0.0 * y_pred)


@pytest.mark.parametrize(("loss", "asked"), [(own_loss, True), ("mse", False)])
def test_the_gradient_of_a_programs_own_code_is_asked_where_nothing_is_suspected(loss, asked):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((5,)), layers.Dense(1)])
    model.compile("sgd", loss)
    recipe = recipe_of(model, X, Y, epochs=1, batch_size=50)
    executor, symptom = Asked(), SymptomRecord(rule="loss-does-not-fall", says="")
    prove(RunRecord(fit="train.py:1", headline="", symptoms=[symptom]), recipe, executor, budget=30.0)
    assert ("gradient-check" in executor.names) is asked
    assert "overfit-one-batch" in executor.names


class Untrained(Here):
    """Any training is an error."""

    def run(self, function, shared, tasks, seconds=float("inf")):
        assert not any(isinstance(task, ArmTask) for task in tasks)
        return super().run(function, shared, tasks, seconds)


def tagged(metric, y, units=3):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(units, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.02), "binary_crossentropy", metrics=[metric])
    history = model.fit(X, y, epochs=25, batch_size=16, verbose=0)
    return diagnose(model, X, y, history=history, batch_size=16)


def test_a_metric_is_confirmed_on_the_same_weights_and_nothing_is_trained():
    found = tagged("accuracy", (X[:, :3] > 0).astype("float32"))
    proved = prove_case(found.case, found._recipes, 60.0, workers=0).runs[0]
    again = prove(found.run, found._recipes.kept[0], Untrained(), budget=60.0)
    for run in (proved, again):
        cause = run.causes[0]
        assert (cause.rule, cause.certainty) == ("metric-does-not-match-task", "confirmed")
        (trial,) = cause.trials
        figures = trial.recount
        assert trial.seeds == []
        assert (trial.control, trial.treated) == ([figures.figure], [figures.right])
        assert figures.right == pytest.approx(figures.then)
        assert 0 < trial.low < trial.difference < trial.high
        assert run.proof.healed_by == ["set-metrics"]
    assert proved.headline.endswith("Confirmed on the same weights: metric-does-not-match-task.")
    assert "without a training" in proved.causes[0].trials[0].says
    assert proved.proof.says.startswith("Confirmed on the same weights")
    assert proved.proof.seconds < 20


class NoPairs(Here):
    """A machine on which no training comes to its end."""

    def run(self, function, shared, tasks, seconds=float("inf")):
        if not any(isinstance(task, ArmTask) for task in tasks):
            yield from super().run(function, shared, tasks, seconds)


def test_a_threshold_stands_in_where_no_training_comes_to_its_end():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(2400, 3)).astype("float32")
    y = (x[:, 0] + 0.7 * rng.normal(size=len(x)) > 2.0).astype("float32")
    keras.utils.set_random_seed(1)
    model = keras.Sequential([layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(x[:1200], y[:1200], epochs=12, validation_data=(x[1200:], y[1200:]), verbose=0)
    found = diagnose(
        model, x[:1200], y[:1200], history=history, batch_size=32, validation_data=(x[1200:], y[1200:])
    )
    assert found.causes[0].rule == "class-imbalance"
    run = prove(found.run, found._recipes.kept[0], NoPairs(), budget=60.0)
    cause = run.causes[0]
    assert (cause.rule, cause.certainty) == ("class-imbalance", "confirmed")
    (trial,) = cause.trials
    assert trial.remedy == cause.remedies[0].name == "move-threshold"
    assert trial.recount.counts.startswith("share of rows found")
    assert trial.control[0] < 0.55 < 0.65 < trial.treated[0]


def test_a_saved_case_is_proven_later(found, tmp_path):
    report = tmp_path / "case.json"
    outcome = postponed(ProgramResult(0, found.case, recipes=found._recipes), report)
    outcome.case.save(report)
    assert "unstuck prove case.json" in outcome.case.runs[0].proof.says
    assert (tmp_path / "case.recipes.npz").exists()
    loaded = Case.load(report)
    assert loaded.runs[0].proof.recipe == "case.recipes.npz"


def test_a_case_without_recipes_says_what_to_do(tmp_path):
    cause = CauseRecord(rule="frozen-layers", certainty="proved", impact="blocks")
    Case(runs=[RunRecord(status="stuck", causes=[cause])]).save(tmp_path / "case.json")
    with pytest.raises(ProvingError, match="--no-prove --json"):
        prove_file(tmp_path / "case.json", 10.0, "local")


def test_a_run_without_a_recipe_says_why(found):
    recipes = Recipes()
    recipes.lacking[0] = "its rows could not be looked at"
    run = prove_case(found.case, recipes, 10.0, workers=0).runs[0]
    assert run.proof.says == "Not tried: its rows could not be looked at."
