"""What frozen-layers sees in source."""

from __future__ import annotations

from unstuck.evidence.facts import Code, Sighting
from unstuck.judgement.findings import Finding, propose
from unstuck.rules.architecture.frozen_layers import frozen_layers


@frozen_layers.in_source("proved")
def in_source(code: Code) -> Finding | None:
    """Everything frozen, or layers unfrozen after a fit without compiling again."""
    late = next(iter(code.of("unfrozen-after-fit")), None)
    if late is not None:
        return Finding(
            says="trainable = True is set after a fit, and fit is called again without compile: Keras "
            "decided at "
            "the first fit which weights the optimizer holds, and these do not move.",
            where=late.place,
            remedies=(propose("advise", text="Call model.compile(...) again before the second fit."),),
        )
    frozen = next(iter(code.of("frozen-model")), None)
    if frozen is None:
        return None
    return Finding(
        says="Every layer of the model that has weights is frozen: training changes nothing.",
        where=frozen.place,
        remedies=(propose("unfreeze-layers", at=frozen.place),),
    )


in_source.fires(Code(sightings=(Sighting(kind="frozen-model"),)))
in_source.fires(Code(sightings=(Sighting(kind="unfrozen-after-fit"),)))
in_source.quiet(Code())
