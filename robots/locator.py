"""Where is the orchestrator? Asks GET {server}/api/v1/link, in a thread: the body is never left alone."""

import http.client
import logging
import queue
import threading
import time
import urllib.error
import urllib.request

import msgspec

ASK_AGAIN_S = 2.0
TIMEOUT_S = 3.0
ANSWER_BYTES_MAX = 64 * 1024

log = logging.getLogger(__name__)


class Endpoints(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of /api/v1/link."""

    control: str
    frames: str
    protocol_version: int
    site: str


class Locator:
    """One question at a time. Call from one thread only."""

    def __init__(self, server_url: str) -> None:
        self._url = f"{server_url.rstrip('/')}/api/v1/link"
        self._server_url = server_url
        self._answers: queue.SimpleQueue[Endpoints | str] = queue.SimpleQueue()
        self._asking = False
        self._ask_at_s = float("-inf")
        self._told = ""

    def ask(self) -> None:
        """Ask unless a question is under way or the last one was just now."""
        if self._asking or time.monotonic() < self._ask_at_s:
            return
        self._asking = True
        threading.Thread(target=self._work, name="locator", daemon=True).start()

    def answer(self) -> Endpoints | None:
        """The endpoints, once, when they have come. A failure is told in one sentence, once."""
        try:
            found = self._answers.get_nowait()
        except queue.Empty:
            return None
        self._asking, self._ask_at_s = False, time.monotonic() + ASK_AGAIN_S
        if isinstance(found, Endpoints):
            self._told = ""
            return found
        if found != self._told:
            log.warning("%s Trying again every %.0f s.", found, ASK_AGAIN_S)
            self._told = found
        return None

    def _work(self) -> None:
        self._answers.put(fetch(self._url, self._server_url))


def fetch(url: str, server_url: str) -> Endpoints | str:
    """The endpoints, or a sentence that names the server and the fix."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
            body = answer.read(ANSWER_BYTES_MAX)
    except urllib.error.HTTPError as error:
        error.close()
        return f"{url} answered {error.code}: is {server_url} really the orchestrator?"
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        return f"The orchestrator at {server_url} does not answer ({reason}): start it, or correct --server."
    try:
        return msgspec.json.decode(body, type=Endpoints)
    except msgspec.DecodeError as error:
        return f"{url} answered something else than endpoints ({error}): is it the orchestrator?"
