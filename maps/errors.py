"""The errors of the maps package.

MapError
├── SiteError        a site file, or what it describes, cannot be used: file, line, element, fix
└── UnknownPlace     nobody knows the place that was asked for
    └── AmbiguousPlace   several places bear that name
"""

from collections.abc import Sequence


class MapError(Exception):
    """Root of the package's errors; str() is one sentence for the user."""


class SiteError(MapError):
    """A site file that cannot be used.

    `element` names the thing ("node 'a'"), `line` is 1-based, None when unknown, `hint` is the fix.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str = "",
        element: str = "",
        line: int | None = None,
        hint: str = "",
    ) -> None:
        self.message = message
        self.file = file
        self.element = element
        self.line = line
        self.hint = hint
        super().__init__(_sentence(message, file, element, line, hint))


class UnknownPlace(MapError):  # noqa: N818 - reads as what the operator sees
    """No place has this id or name. Ask again with one of `suggestions` (ids, nearest first)."""

    def __init__(self, value: str, suggestions: Sequence[str] = ()) -> None:
        self.value = value
        self.suggestions = tuple(suggestions)
        super().__init__(self._text())

    def _text(self) -> str:
        if not self.suggestions:
            return f"there is no place '{self.value}' on this site; give the id or the name of a place"
        return f"there is no place '{self.value}' on this site; did you mean {_either(self.suggestions)}?"


class AmbiguousPlace(UnknownPlace):
    """Several places bear the name. Ask again with the id of one: `suggestions` holds them all."""

    def _text(self) -> str:
        return f"'{self.value}' names several places; give the id of one: {_either(self.suggestions)}"


def _either(words: Sequence[str]) -> str:
    quoted = [f"'{word}'" for word in words]
    if len(quoted) == 1:
        return quoted[0]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _sentence(message: str, file: str, element: str, line: int | None, hint: str) -> str:
    place = f"{file}, line {line}" if file and line else file or (f"line {line}" if line else "")
    head = ": ".join(part for part in (place, element, message) if part)
    return _printable(f"{head}; {hint}" if hint else head)


def _printable(text: str) -> str:
    """On one line, and harmless on a terminal, whatever a file has between its quotes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
