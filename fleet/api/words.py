"""What people write to be kept: reasons and names. One line, of a length that lists and screens can show."""

from typing import Annotated

from pydantic import AfterValidator, Field

REASON_CHARS_MAX = 500
NAME_CHARS_MAX = 100


def one_line(text: str) -> str:
    """Line ends, tabs and other control characters are one space: they would act on a terminal."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


Reason = Annotated[str, Field(max_length=REASON_CHARS_MAX), AfterValidator(one_line)]
Name = Annotated[str, Field(max_length=NAME_CHARS_MAX), AfterValidator(one_line)]
