"""How processes log: to stderr, with time and module."""

import logging


def configure_logging(level: str = "INFO") -> None:
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("transitions").setLevel(logging.ERROR)  # it tells every step, and warns of what we want
