"""What every class of the program that holds fields is: a value, or something that changes and stays itself.

`msgspec` makes these classes in C: a command that opens the vault needs more than sixty of them before it can begin.
"""

from functools import cache
from inspect import get_annotations
from typing import Annotated, TypeVar, dataclass_transform, get_origin

from msgspec import Struct, field

T = TypeVar("T")

Private = Annotated[T, "private"]
"""The type of a field that ``repr`` leaves out, so that no log and no error can tell what it holds."""


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Value(Struct, frozen=True):
    """Its fields cannot be set, and two of one class with equal fields are equal."""

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in _shown(type(self)))
        return f"{type(self).__name__}({shown})"


class Entity(Struct, eq=False):
    """Its fields change, it is equal to itself alone, and ``repr`` tells none of what it holds."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


@cache
def _shown(of: type[Value]) -> tuple[str, ...]:
    """The fields of a class that are not private."""
    kinds = {name: kind for base in reversed(of.__mro__) for name, kind in get_annotations(base).items()}
    return tuple(name for name in of.__struct_fields__ if get_origin(kinds[name]) is not Annotated)
