"""Which class --driver names, and what it is built with."""

import importlib.util
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fleet.errors import UserError

if TYPE_CHECKING:
    from robots.drivers.base import Driver
    from robots.protocol import Factsheet

GROUP = "cityfleet.drivers"
FROM_FILE = "python:"
METHODS = ("open", "tell", "poll", "fileno", "close")


def build_driver(name: str, options: Sequence[str], robot_id: str, facts: "Factsheet") -> "Driver":
    """An installed driver, or a class of a file, with KEY=VALUE options as keyword arguments.

    Raises UserError naming the option and the fix; what the driver itself raises comes through.
    """
    kind, given = driver_class(name), dict(map(option_of, options))
    try:
        driver: Driver = kind(robot_id, facts, **given)
    except TypeError as error:
        words = ", ".join(f"{key}={value}" for key, value in given.items()) or "no options"
        hint = "It is called with (robot_id, factsheet, **options); correct --driver-option."
        text = f"The driver '{name}' cannot be built with {words}: {error}."
        raise UserError("BAD_DRIVER", text, field="driver", hint=hint) from error
    missing = [method for method in METHODS if not callable(getattr(driver, method, None))]
    if missing:
        hint = "robots/drivers/base.py has the whole list."
        text = f"The driver '{name}' lacks {', '.join(missing)}()."
        raise UserError("BAD_DRIVER", text, field="driver", hint=hint)
    return driver


def driver_class(name: str) -> Any:
    """Raises UserError that lists the drivers there are."""
    if name.startswith(FROM_FILE):
        return class_of_file(name)
    known = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in known:
        names = ", ".join(sorted(known)) or "none: CityFleet is not installed; run `pip install -e .`"
        hint = f"There are: {names}. One of a file: python:my_driver.py:MyDriver."
        raise UserError("NO_DRIVER", f"There is no driver '{name}'.", field="driver", hint=hint)
    return known[name].load()


def class_of_file(name: str) -> Any:
    """python:FILE.py:CLASS. The file is run; only name files that you trust."""
    path, _, class_name = name.removeprefix(FROM_FILE).rpartition(":")
    if not path or not class_name.isidentifier():
        hint = "Write python:FILE.py:CLASS, for example python:my_driver.py:MyDriver."
        raise UserError("NO_DRIVER", f"--driver is '{name}'.", field="driver", hint=hint)
    if not Path(path).is_file():
        hint = "Check the path; it is relative to the present folder."
        raise UserError("NO_DRIVER", f"--driver: there is no file {path}.", field="driver", hint=hint)
    found = getattr(loaded(Path(path)), class_name, None)
    if not isinstance(found, type):
        hint = "Check the name behind the last colon."
        raise UserError("NO_DRIVER", f"{path} has no class {class_name}.", field="driver", hint=hint)
    return found


def loaded(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        hint = "Give it the ending .py."
        raise UserError("NO_DRIVER", f"{path} is no Python file.", field="driver", hint=hint)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # the user's file may raise anything
        line = next((frame for frame in reversed(_lines(error)) if frame[0] == str(path)), None)
        where = f"{path}, line {line[1]}" if line else str(path)
        text = f"The driver's file cannot be loaded: {where}: {type(error).__name__}: {error}."
        raise UserError("BAD_DRIVER", text, field="driver", hint="Mend it and start again.") from error
    return module


def _lines(error: BaseException) -> list[tuple[str, int]]:
    found, step = [], error.__traceback__
    while step is not None:
        found.append((step.tb_frame.f_code.co_filename, step.tb_lineno))
        step = step.tb_next
    return found


def option_of(text: str) -> tuple[str, str]:
    key, found, value = text.partition("=")
    if not found or not key.isidentifier():
        hint = "Write KEY=VALUE, for example address=127.0.0.1:7000."
        raise UserError("BAD_OPTION", f"--driver-option is '{text}'.", field="driver-option", hint=hint)
    return key, value
