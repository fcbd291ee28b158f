"""`fleet`, and `python -m fleet`."""

import sys

from fleet.cli.entry import run


def main() -> None:
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
