"""Dead and saturated units by layer."""

from __future__ import annotations

from unstuck.case.schema import RunRecord
from unstuck.evidence.pictures import LayerUnits
from unstuck.report.html.drawing import ACCENT, LINE, MUTED, drawable, panel, short
from unstuck.report.html.picture import Key, Picture, picture
from unstuck.report.text import count

#: Layers that can carry a name each at this height.
_LAYERS = 24


@picture(rank=11, fits=("dead-relu", "saturated-activations", "vanishing-gradient", "relu-output"))
def layer_units(run: RunRecord, output: str) -> Picture | None:  # noqa: ARG001
    """The share of units that say the same whatever the row."""
    shown = run.pictures.units if run.pictures else None
    if shown is None or not shown.layers or not len(shown.layers) == len(shown.dead) == len(shown.saturated):
        return None
    if not any(shown.dead) and not any(shown.saturated):  # bars without length show nothing
        return None
    last = len(shown.layers) - 1
    chosen = (
        sorted({round(at * last / (_LAYERS - 1)) for at in range(_LAYERS)})
        if last >= _LAYERS
        else range(last + 1)
    )
    figure, axes = panel(height=1.1 + 0.22 * max(3, len(chosen)))
    for at, place in enumerate(chosen):
        dead, saturated = drawable(shown.dead[place]), drawable(shown.saturated[place])
        axes.barh(at, 1.0, 0.66, color=LINE, alpha=0.45)
        axes.barh(at, dead, 0.66, color=ACCENT)
        axes.barh(at, saturated, 0.66, color=MUTED)
    axes.set(xlim=(0, 1), ylim=(len(chosen) - 0.4, -0.6))
    axes.set_yticks(range(len(chosen)), [short(shown.layers[at]) for at in chosen])
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    axes.grid(visible=False)
    axes.set_title("layer, from the input down")
    axes.set_xlabel("share of the layer")
    table = tuple(
        (shown.layers[at], shown.activations[at], f"{shown.dead[at]:.1%}", f"{shown.saturated[at]:.1%}")
        for at in chosen
    )
    return Picture(
        title="Dead and saturated units by layer",
        says=_says(shown),
        figure=figure,
        keys=_keys(shown),
        head=("layer", "activation", "dead units", "saturated entries"),
        rows=table,
    )


def _keys(shown: LayerUnits) -> tuple[Key, ...]:
    keys = []
    if any(name.startswith("relu") for name in shown.activations) or any(shown.dead):
        keys.append(Key(label="dead: zero on every row", mark="area", colour="accent"))
    if any(not name.startswith("relu") for name in shown.activations) or any(shown.saturated):
        keys.append(Key(label="saturated: beyond .99 of the bound", mark="area", colour="muted"))
    return tuple(keys)


def _says(shown: LayerUnits) -> str:
    told = [
        f"{short(name, 40)} ({activation}) {f'{dead:.0%} dead' if dead else f'{saturated:.0%} saturated'}"
        for name, activation, dead, saturated in zip(
            shown.layers, shown.activations, shown.dead, shown.saturated, strict=True
        )
        if dead or saturated
    ][:6]
    opening = f"On {count(shown.rows, 'sample row')}, in the layers whose activation can fall silent"
    return f"{opening}: {', '.join(told)}." if told else f"{opening}: none is dead or saturated."
