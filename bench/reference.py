"""Print what it costs to hold a fit against simple models, and its share of the fit, on whole programs.

    python bench/reference.py [SCRIPT ...]

Each script (those of examples/ and tests/healthy/ if none is given) runs in a process of its own under
`unstuck run --no-prove`, on KERAS_BACKEND or torch. The bound is 2 seconds or 2% of the fit, whichever is
more; of several fits of a script the dearest is shown.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
SECONDS, SHARE = 2.0, 0.02


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("scripts", nargs="*", type=Path)
    scripts = parser.parse_args().scripts or [
        *sorted((ROOT / "examples").glob("*.py")),
        *sorted((ROOT / "tests" / "healthy").glob("*.py")),
    ]
    print(f"loading scikit-learn in a process of its own: {loading():.2f} s; load {os.getloadavg()[0]:.1f}")
    print(f"{'program':<28} {'fit s':>7} {'reference s':>12} {'share':>7} {'bound s':>8}  held")
    kept = 0
    for script in scripts:
        cost = dearest(script)
        if cost is None:
            print(f"{script.stem:<28} no fit was diagnosed")
            continue
        fit, spent = cost["fit_seconds"], cost["reference_seconds"]
        bound = max(SECONDS, SHARE * fit)
        kept += spent <= bound
        share = 100 * spent / max(fit, 1e-9)
        print(f"{script.stem:<28} {fit:7.2f} {spent:12.2f} {share:6.1f}% {bound:8.2f}  {spent <= bound}")
    print(f"bound held: {kept} of {len(scripts)}")


def loading():
    """Seconds that importing what the reference uses takes, Keras being there already."""
    code = (
        "import keras, time; t = time.perf_counter(); import sklearn.ensemble, sklearn.linear_model, "
        "sklearn.neighbors, threadpoolctl; print(time.perf_counter() - t)"
    )
    told = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True)
    return float(told.stdout.split()[-1])


def dearest(script):
    """The cost of the fit with the dearest reference, None without a fit."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "case.json"
        command = [sys.executable, "-m", "unstuck", "run", "--no-prove", "--no-html", "--quiet", "--json"]
        subprocess.run(
            [*command, report, script.resolve()],
            env=environment(),
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        costs = [run["cost"] for run in json.loads(report.read_text())["runs"]] if report.exists() else []
    return max(costs, key=lambda cost: cost["reference_seconds"], default=None)


def environment():
    return {"KERAS_BACKEND": "torch", **os.environ}


if __name__ == "__main__":
    main()
