"""Virtual time: a heap of (time, number, callback). Nothing waits; a day passes as fast as it is computed."""

import heapq
import itertools
from collections.abc import Callable


class Schedule:
    """Callbacks of the same time run in the order in which they were entered."""

    def __init__(self, now_s: float) -> None:
        self.now_s = now_s
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def at(self, time_s: float, callback: Callable[[], None]) -> None:
        """Run it then; at once when that has passed."""
        heapq.heappush(self._heap, (max(time_s, self.now_s), next(self._numbers), callback))

    def after(self, delay_s: float, callback: Callable[[], None]) -> None:
        self.at(self.now_s + delay_s, callback)

    def every(self, period_s: float, callback: Callable[[], None]) -> None:
        """Run it now and then, for ever."""

        def again() -> None:
            callback()
            self.after(period_s, again)

        self.after(period_s, again)

    def run_until(self, end_s: float) -> None:
        """Let time pass. What is entered meanwhile runs too."""
        while self._heap and self._heap[0][0] <= end_s:
            due_s, _, callback = heapq.heappop(self._heap)
            self.now_s = max(self.now_s, due_s)
            callback()
        self.now_s = max(self.now_s, end_s)
