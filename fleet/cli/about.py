"""The version of this installation."""

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed


def version() -> str:
    try:
        return installed("cityfleet")
    except PackageNotFoundError:
        return "0.0.0 (not installed)"
