"""From a route to the core and back: submit an event, wait for its row, find the answer in the commands."""

import asyncio

from fleet.api.errors import ApiError, unavailable
from fleet.api.schemas import ControlAnswer, ErrorOut
from fleet.api.services import Services
from fleet.core.commands import AcceptMission, AnswerControl, AnyCommand, RejectMission, VetoCode
from fleet.core.events import AnyEvent
from fleet.errors import JournalError, LocalError
from fleet.runtime import QueueFull

ANSWER_S = 10.0
"""A commit takes a millisecond; if there is none after this long something is very wrong."""
NOT_FOUND = (
    VetoCode.MISSION_UNKNOWN,
    VetoCode.ROBOT_UNKNOWN,
    VetoCode.ALERT_UNKNOWN,
    VetoCode.ELEMENT_UNKNOWN,
)


async def ask(services: Services, event: AnyEvent) -> tuple[AnyCommand, ...]:
    """The commands that followed from event, once durable. Raises ApiError 503 when that fails."""
    try:
        future = services.request(event)
        return await asyncio.wait_for(asyncio.wrap_future(future), ANSWER_S)
    except QueueFull as error:
        raise unavailable("QUEUE_FULL", str(error), "Send the same again in a second.") from error
    except JournalError as error:
        hint = "Nothing was accepted. Mend it, then send the same again."
        raise unavailable("JOURNAL", str(error), hint, retry_s=10) from error
    except LocalError as error:
        raise unavailable("STOPPING", str(error), "Send the same again when it has started.") from error
    except TimeoutError as error:
        message = f"The journal did not confirm within {ANSWER_S:.0f} s."
        hint = "It may still be accepted: send it again with the same Idempotency-Key to find out."
        raise unavailable("NO_ANSWER", message, hint, retry_s=5) from error


async def send_mission(services: Services, event: AnyEvent) -> AcceptMission:
    """Raises ApiError 409 with the veto when the core rejects it."""
    for command in await ask(services, event):
        if isinstance(command, AcceptMission):
            return command
        if isinstance(command, RejectMission):
            raise ApiError(409, rejection(command))
    raise no_answer(event)


async def control(services: Services, event: AnyEvent, subject: str) -> ControlAnswer:
    """Raises ApiError 404 or 409 with the veto when the core says no."""
    command = await find_answer(services, event, subject)
    return ControlAnswer(ok=True, because=command.because, pending=list(command.pending))


async def find_answer(services: Services, event: AnyEvent, subject: str) -> AnswerControl:
    """What the core said. Raises ApiError 404 or 409 with the veto when it said no."""
    for command in await ask(services, event):
        if isinstance(command, AnswerControl):
            return accepted(command, subject)
    raise no_answer(event)


def accepted(command: AnswerControl, subject: str) -> AnswerControl:
    if command.ok:
        return command
    status = 404 if command.veto in NOT_FOUND else 409
    code = str(command.veto or "REFUSED")
    body = ErrorOut(code=code, message=sentence(command.because), field=subject, hint=command.hint)
    raise ApiError(status, body)


def rejection(command: RejectMission) -> ErrorOut:
    return ErrorOut(
        code=str(command.veto),
        message=sentence(command.because),
        hint=command.hint,
        vetoes={robot: str(veto) for robot, veto in command.vetoes.items()},
    )


def sentence(text: str) -> str:
    """Reasons are clauses; a message starts with a capital (but for an id) and ends with a stop."""
    text = text.strip()
    if text.partition(" ")[0].isalpha():
        text = text[:1].upper() + text[1:]
    return text + ("" if text.endswith((".", "!", "?")) else ".")


def no_answer(event: AnyEvent) -> ApiError:
    message = f"The core did not answer {type(event).__name__}."
    hint = "This is our mistake; please report it with the orchestrator's log."
    return ApiError(500, ErrorOut(code="INTERNAL", message=message, hint=hint))
