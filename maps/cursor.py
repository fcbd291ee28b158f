"""Cursor: a place in a YAML file that knows its line, so that every complaint can name it.

Reads text into values and checks their types. What the values mean is the caller's business.
"""

import difflib
import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

from maps.elements import Point
from maps.errors import SiteError
from maps.yaml_limits import refuse_excess

Choice = TypeVar("Choice", bound=StrEnum)
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_NULL_TAG = "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """One YAML value. `element` says in words what it belongs to ("node 'a', at")."""

    file: str
    element: str
    node: yaml.Node

    @property
    def line(self) -> int:
        """1-based line in the file."""
        return int(self.node.start_mark.line) + 1

    def error(self, message: str, hint: str = "") -> SiteError:
        """The complaint about this value, for the caller to raise."""
        return SiteError(message, file=self.file, element=self.element, line=self.line, hint=hint)

    def at(self, node: yaml.Node, element: str) -> "Cursor":
        """Another value of the same file."""
        return Cursor(file=self.file, element=element, node=node)

    def entries(self, what: str = "") -> dict[str, "Cursor"]:
        """The mapping's values by key. With `what` each value's element becomes "what 'key'"."""
        if self.empty():
            return {}
        if not self.is_mapping():
            raise self.error(f"{self._shown()} is not a mapping", "write 'key: value' lines here")
        found: dict[str, Cursor] = {}
        for key_node, value in self.node.value:
            key = self.at(key_node, self.element).text()
            if key in found:
                raise self.at(key_node, self.element).error(
                    f"'{key}' is written twice (first in line {found[key].line})", "remove or rename one"
                )
            found[key] = self.at(value, self._named(what, key))
        return found

    def fields(self, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, "Cursor"]:
        """The mapping's values by key, with no unknown key and none missing."""
        needed = list(required)
        known = [*needed, *optional]
        found = self.entries()
        for key, value in found.items():
            if key not in known:
                raise value.error(f"'{key}' is not a key that is known here", _did_you_mean(key, known))
        missing = [key for key in needed if key not in found]
        if missing:
            raise self.error(f"'{missing[0]}' is missing", f"add '{missing[0]}: ...'")
        return found

    def items(self, what: str = "") -> list["Cursor"]:
        """The list's values. With `what` each value's element becomes "what 1", "what 2", ..."""
        if self.empty():
            return []
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error(f"{self._shown()} is not a list", "write '[a, b]' or '- a' lines here")
        return [
            self.at(value, f"{what} {number}" if what else self.element)
            for number, value in enumerate(self.node.value, 1)
        ]

    def empty(self) -> bool:
        """Whether nothing (null) is written here."""
        return bool(self.node.tag == _NULL_TAG)

    def is_mapping(self) -> bool:
        """Whether 'key: value' pairs are written here."""
        return isinstance(self.node, yaml.MappingNode)

    def is_list(self) -> bool:
        """Whether a list is written here."""
        return isinstance(self.node, yaml.SequenceNode)

    def text(self) -> str:
        """The words as written; numbers too ('201' and 201 are the same room)."""
        if not isinstance(self.node, yaml.ScalarNode) or self.empty():
            raise self.error(f"{self._shown()} is not text", "write a word here")
        return str(self.node.value)

    def number(self) -> float:
        """A finite number."""
        try:
            value = float(self._plain())
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise self.error(f"{self._shown()} is not a number", "write a number such as 1.5")
        return value

    def positive(self) -> float:
        """A number above zero."""
        value = self.number()
        if value <= 0.0:
            raise self.error(f"{self._shown()} is not above zero", "write a number above 0")
        return value

    def integer(self) -> int:
        """A whole number."""
        value = self.number()
        if value != int(value):
            raise self.error(f"{self._shown()} is not a whole number", "write a number such as 2")
        return int(value)

    def boolean(self) -> bool:
        """true or false."""
        value = _TRUTH.get(self._plain().lower())
        if value is None:
            raise self.error(f"{self._shown()} is neither true nor false", "write true or false")
        return value

    def point(self) -> Point:
        """[x_m, y_m]."""
        x_m, y_m = self.numbers(2)
        return (x_m, y_m)

    def numbers(self, count: int) -> list[float]:
        """A list of exactly `count` numbers."""
        values = [item.number() for item in self.items()]
        if len(values) != count:
            raise self.error(f"{len(values)} numbers where {count} are needed", f"write {count} numbers")
        return values

    def choice(self, kind: type[Choice]) -> Choice:
        """One word of an enum."""
        word = self.text()
        try:
            return kind(word)
        except ValueError:
            raise self.error(f"'{word}' is not known", _did_you_mean(word, list(kind))) from None

    def one_of(self, known: Collection[str], what: str) -> str:
        """The id of a thing that is there; `what` names its kind ("node")."""
        name = self.text()
        if name not in known:
            close = difflib.get_close_matches(name, list(known), n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"add the {what} or correct the id"
            raise self.error(f"there is no {what} '{name}'", hint)
        return name

    def _plain(self) -> str:
        """The word as written without quotes; '' for anything else."""
        if isinstance(self.node, yaml.ScalarNode) and not self.node.style:
            return str(self.node.value)
        return ""

    def _shown(self) -> str:
        if isinstance(self.node, yaml.ScalarNode):
            return f"'{self.node.value}'"
        return "a mapping" if self.is_mapping() else "a list"

    def _named(self, what: str, key: str) -> str:
        if what:
            return f"{what} '{key}'"
        return f"{self.element}, {key}" if self.element else key


def open_yaml(path: Path) -> Cursor:
    """The file's root. Raises SiteError in one sentence when there is no such file or it is not YAML."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SiteError("there is no such file", file=str(path), hint="check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SiteError(f"cannot be read ({error})", file=str(path), hint="give a UTF-8 text file") from None
    return parse_yaml(text, str(path))


def parse_yaml(text: str, file: str) -> Cursor:
    """The root of YAML text; `file` is the name used in complaints."""
    try:
        refuse_excess(yaml.parse(text, Loader=_Loader), file)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        second = error.problem == "but found another document"
        problem = "a second document begins" if second else error.problem
        message = f"not valid YAML: {problem}"
        raise SiteError(
            message, file=file, line=line, hint="correct the syntax in or above this line"
        ) from None
    except yaml.YAMLError as error:
        message = f"not valid YAML: {' '.join(str(error).split())}"
        raise SiteError(message, file=file, hint="remove the unreadable characters") from None
    if not isinstance(node, yaml.MappingNode | yaml.SequenceNode):
        raise SiteError("holds no mapping or list at the top", file=file, hint="give a map file")
    return Cursor(file=file, element="", node=node)


def _did_you_mean(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    if close:
        return f"did you mean '{close[0]}'?"
    return f"use one of {', '.join(known)}"
