"""one_line: a value as YAML on one line, as PyYAML writes it, and some times as fast.

A site may have a hundred thousand elements, and PyYAML sets up a dumper for each.
"""

import re
from typing import Any

import yaml

LINE_BREAKS = ("\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
WIDTH = 2**31 - 1
"""Columns before PyYAML breaks a line."""

_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./+-]{0,99}")
"""Text of these characters needs no quotes, unless it reads as a number, a date or a truth."""


class _OneLineDumper(yaml.CSafeDumper):
    """Text with line breaks of any kind is escaped, so that an element stays one line."""

    def represent_data(self, data: Any) -> yaml.Node:
        if isinstance(data, str) and any(mark in data for mark in LINE_BREAKS):
            return self.represent_scalar("tag:yaml.org,2002:str", data, style='"')
        return super().represent_data(data)


def one_line(value: Any) -> str:
    """The value as YAML on one line: text, numbers, truths, None, and lists and mappings of them."""
    if isinstance(value, list | tuple | dict):
        return _inside(value)
    return _scalar(value) or _by_yaml(value)


def _inside(value: Any) -> str:
    """As one_line, within brackets: there a comma needs quotes."""
    if isinstance(value, list | tuple):
        return f"[{', '.join([_inside(item) for item in value])}]"
    if isinstance(value, dict):
        return f"{{{', '.join([f'{_key(key)}: {_inside(item)}' for key, item in value.items()])}}}"
    return _scalar(value) or _by_yaml([value])[1:-1]


def _key(key: Any) -> str:
    return _scalar(key) or _by_yaml({key: 0})[1 : -len(": 0}")]


def _scalar(value: Any) -> str:
    """The text of words and usual numbers, which is the same everywhere; '' for all else."""
    kind = type(value)
    if kind is str:
        return value if _WORD.fullmatch(value) and not _means_more(value) else ""
    if kind is float:
        text = repr(value)
        # 1e-05, inf and nan are spelt otherwise in YAML.
        return "" if "e" in text or "n" in text else text
    return repr(value) if kind is int else ""


def _means_more(text: str) -> bool:
    """Whether YAML reads the bare text as something else: 12, 2024-01-01, yes."""
    return any(form.match(text) for _, form in _OneLineDumper.yaml_implicit_resolvers.get(text[0], ()))


def _by_yaml(value: Any) -> str:
    text: str = yaml.dump(
        value,
        Dumper=_OneLineDumper,
        default_flow_style=True,
        width=WIDTH,
        allow_unicode=True,
        sort_keys=False,
    )
    return text.removesuffix("\n").removesuffix("\n...")
