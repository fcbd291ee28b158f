"""Source: a map file before its format is known. Each reading of it is done once."""

import json
import math
from functools import cached_property
from pathlib import Path
from typing import Any

from maps.cursor import Cursor, open_yaml
from maps.errors import SiteError

YAML_ENDINGS = (".yaml", ".yml")
JSON_ENDINGS = (".json", ".geojson", ".lif")
SIZE_MAX = 256 * 2**20
"""Bytes. No map that we know of is near it; a file that is, is no map."""


class Source:
    """One file. The properties raise SiteError in one sentence when it is not what they read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def ending(self) -> str:
        """'.yaml', in small letters."""
        return self.path.suffix.lower()

    @property
    def folder(self) -> Path:
        """Where the files lie that this one names."""
        return self.path.parent

    @cached_property
    def yaml(self) -> Cursor:
        """The root of the YAML text, a mapping or a list."""
        return open_yaml(self.path)

    @cached_property
    def json(self) -> Any:
        """The JSON value."""
        try:
            text = self.data.decode("utf-8-sig")
            value = json.loads(
                text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=self._once
            )
            if "\\ud" in text.lower():
                # Half a character, which JSON can spell and no file can hold.
                json.dumps(value, ensure_ascii=False).encode()
            return value
        except json.JSONDecodeError as error:
            raise SiteError(
                f"not valid JSON: {error.msg}",
                file=str(self.path),
                line=error.lineno,
                hint="correct the syntax in or above this line",
            ) from None
        except UnicodeError as error:
            raise SiteError(
                f"cannot be read ({error})", file=str(self.path), hint="give a UTF-8 text file"
            ) from None
        except ValueError as error:
            raise SiteError(
                f"cannot be read ({error})", file=str(self.path), hint="write finite numbers"
            ) from None
        except RecursionError:
            raise SiteError(
                "is nested too deeply to be a map", file=str(self.path), hint="export it again"
            ) from None

    def _once(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """The object, whose keys are each written once: of two, one would be lost without a word."""
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise SiteError(
                f"'{twice}' is written twice in one object",
                file=str(self.path),
                hint="remove or rename one",
            )
        return found

    @cached_property
    def data(self) -> bytes:
        """The file's bytes."""
        try:
            if self.path.stat().st_size > SIZE_MAX:
                raise SiteError(
                    f"is larger than {SIZE_MAX // 2**20} MB", file=str(self.path), hint="give a map file"
                )
            return self.path.read_bytes()
        except FileNotFoundError:
            raise SiteError("there is no such file", file=str(self.path), hint="check the path") from None
        except OSError as error:
            raise SiteError(f"cannot be read ({error})", file=str(self.path), hint="give a file") from None


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a finite number")


def _finite(word: str) -> float:
    """The number; 1e999 is one that no float holds."""
    value = float(word)
    return value if math.isfinite(value) else _no_constant(word)
