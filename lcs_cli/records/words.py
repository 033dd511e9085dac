"""Words as they are spoken of in a sentence."""

from collections.abc import Iterable


def either(words: Iterable[str]) -> str:
    """a, b or c; empty where there are none."""
    *most, last = [*words] or [""]
    return " or ".join(filter(None, [", ".join(most), last]))


def a_role(name: str) -> str:
    """A role or a kind of body with its article: a safeguarding lead, an administrator."""
    return f"{'an' if name[0] in 'aeiou' else 'a'} {spaced(name)}"


def another_role(name: str) -> str:
    """Somebody else of that role: another senior manager."""
    return f"another {spaced(name)}"


def spaced(name: str) -> str:
    """A role or a kind as it is said."""
    return name.replace("-", " ")
