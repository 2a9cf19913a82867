"""What makes what: the layers of a model as a graph of symbolic values, models inside it opened up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unstuck.reading.values import Made, Network, Tensor

#: Nodes of a graph that are walked back at most: a network of a thousand layers is beyond any by hand.
MOST_NODES = 2000


#: Models inside one another that are opened; a model inside itself would never end.
_MOST_NESTED = 50


def chain(network: Network, start: Tensor | None) -> Tensor:
    """The layers of a Sequential one after the other, upon what it reads."""
    tensor = start if start is not None else Tensor(None)
    for layer in network.layers:
        if isinstance(layer, Tensor) or (isinstance(layer, Made) and layer.kind in ("InputLayer", "Input")):
            tensor = layer if isinstance(layer, Tensor) and start is None else tensor
            continue
        if isinstance(layer, (Made, Network)):
            tensor = Tensor(layer, (tensor,), layer.place)
        else:
            tensor = Tensor("Unknown", (tensor,))
    return tensor


def opened(tensor: Tensor) -> Tensor:
    """A tensor with the model that makes it opened up, as far as the file shows its layers."""
    for _ in range(_MOST_NESTED):
        network = tensor.operation
        if not isinstance(network, Network):
            break
        if network.kind == "Sequential" and network.whole and network.layers:
            tensor = chain(network, tensor.inputs[0] if tensor.inputs else None)
        elif network.kind in ("Functional", "subclassed") and len(network.outputs) == 1:
            tensor = next(iter(network.outputs.values()))
        else:
            break
    return tensor


def kind_of(tensor: Tensor) -> str:
    """The class name of what makes a tensor."""
    operation = tensor.operation
    return operation if isinstance(operation, str) else getattr(operation, "kind", "InputLayer")


def all_parts(network: Network) -> Iterator[Any]:
    """The layers and models that a model holds, those inside others too, each once."""
    waiting, seen = _held(network), {id(network)}
    while waiting:
        layer = waiting.pop(0)
        if id(layer) not in seen:
            seen.add(id(layer))
            yield layer
            if isinstance(layer, Network):
                waiting[:0] = _held(layer)


def called_models(network: Network) -> list[Network]:
    """The models that a model's outputs pass through as wholes."""
    found: list[Network] = []
    waiting, seen = list(network.outputs.values()), set[int]()
    while waiting and len(seen) < MOST_NODES:
        at = waiting.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        if isinstance(at.operation, Network):
            found.append(at.operation)
        inside = opened(at)
        waiting.extend(at.inputs if inside is at else (inside, *at.inputs))
    return found


def _held(network: Network) -> list[Any]:
    """The layers and models that a model was made of, those that its outputs passed through too."""
    found, seen = list(network.layers), set[int]()
    waiting = [opened(each) for each in network.outputs.values()]
    while waiting and len(seen) < MOST_NODES:
        at = waiting.pop()
        if id(at) in seen:
            continue
        seen.add(id(at))
        if isinstance(at.operation, (Made, Network)):
            found.append(at.operation)
        waiting.extend(opened(each) for each in at.inputs)
    return found


def collect(tensor: Tensor, found: list[Tensor]) -> bool:
    """All tensors behind this one, inputs first; whether the file shows all of them."""
    stack: list[tuple[Tensor, bool]] = [(tensor, False)]
    seen = {id(each) for each in found}
    while stack:
        at, done = stack.pop()
        at = opened(at)
        if id(at) in seen:
            continue
        if done:
            seen.add(id(at))
            found.append(at)
            continue
        unknown = isinstance(at.operation, Network) or kind_of(at) == "Unknown"
        if unknown or len(found) + len(stack) > MOST_NODES:
            return False
        stack.append((at, True))
        stack.extend((each, False) for each in reversed(at.inputs))
    return True
