"""The errors of the fleet package, drawn as a tree; one table in fleet.api maps them to HTTP.

FleetError
├── UserError        somebody asked for the impossible: code, message, field, hint; exit code 2, HTTP 4xx
├── RemoteError      a robot, building or client misbehaved: quarantine it, go on
└── LocalError       our bug or our machine's trouble: crash, restart, replay
    └── JournalError the journal cannot be written or read; the message says what to do
"""


class FleetError(Exception):
    """Root."""


class UserError(FleetError):
    """message names the thing and the value; hint says how to mend it."""

    def __init__(self, code: str, message: str, *, field: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class RemoteError(FleetError):
    pass


class LocalError(FleetError):
    pass


class JournalError(LocalError):
    pass
