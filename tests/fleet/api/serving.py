"""A town behind a real HTTP server on a free port, in a thread."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fleet.api.server import bind, server
from tests.fleet.api.town import Town


@contextmanager
def serving(town: Town) -> Iterator[int]:
    """The port."""
    listener = bind("127.0.0.1", 0)
    running = server(town.app)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    while not running.started:
        time.sleep(0.01)
    try:
        yield int(listener.getsockname()[1])
    finally:
        running.should_exit = True
        thread.join(10)
        listener.close()
    assert not thread.is_alive()
