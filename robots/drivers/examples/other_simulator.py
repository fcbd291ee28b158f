"""Somebody else's simulator: a differential-drive base in a process of its own. It knows nothing of fleets.

JSON lines over TCP, one client. In: {"cmd": "velocity", "v": m/s, "w": rad/s}. Out, 20 times a second:
{"x": m, "y": m, "theta": rad, "v": m/s, "battery": fraction, "bumper": bool}. It stops by itself when
nothing has been said for half a second, as a base with a watchdog does.

    python other_simulator.py --port 7000 --x 2 --y 3.5
"""

import argparse
import json
import math
import select
import socket
import sys
import time

STEP_S = 0.05
WATCHDOG_S = 0.5
ACCELERATION_MPS2 = 0.5


class Base:
    def __init__(self, x: float, y: float, theta: float) -> None:
        self.x, self.y, self.theta, self.v, self.w = x, y, theta, 0.0, 0.0
        self.asked_v = self.asked_w = self.heard_s = 0.0
        self.battery = 0.9

    def obey(self, line: dict[str, object], now_s: float) -> None:
        if line.get("cmd") == "velocity":
            self.asked_v, self.asked_w = float(str(line["v"])), float(str(line["w"]))
            self.heard_s = now_s

    def step(self, now_s: float, step_s: float) -> None:
        if now_s - self.heard_s > WATCHDOG_S:
            self.asked_v = self.asked_w = 0.0
        change = ACCELERATION_MPS2 * step_s
        self.v += max(-change, min(change, self.asked_v - self.v))
        self.w = self.asked_w
        self.theta = math.remainder(self.theta + self.w * step_s, math.tau)
        self.x += self.v * math.cos(self.theta) * step_s
        self.y += self.v * math.sin(self.theta) * step_s
        self.battery = max(0.0, self.battery - 1e-6)

    def report(self) -> bytes:
        told = {"x": self.x, "y": self.y, "theta": self.theta, "v": self.v}
        return json.dumps({**told, "battery": self.battery, "bumper": False}).encode() + b"\n"


def serve(client: socket.socket, base: Base, speed: float) -> None:
    """Until the client is gone."""
    unread, last_s = b"", time.monotonic()
    while True:
        if select.select([client], [], [], STEP_S / speed)[0]:
            data = client.recv(65536)
            if not data:
                return
            *lines, unread = (unread + data).split(b"\n")
            for line in lines:
                base.obey(json.loads(line), time.monotonic() * speed)
        now_s = time.monotonic()
        if now_s - last_s >= STEP_S / speed:
            base.step(now_s * speed, (now_s - last_s) * speed)
            last_s = now_s
            client.sendall(base.report())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=7000)
    for name in ("x", "y", "theta"):
        parser.add_argument(f"--{name}", type=float, default=0.0)
    parser.add_argument("--speed", type=float, default=1.0)
    given = parser.parse_args()
    base = Base(given.x, given.y, given.theta)
    with socket.create_server(("127.0.0.1", given.port)) as server:
        sys.stdout.write(f"listening on {server.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            client, _ = server.accept()
            with client:
                try:
                    serve(client, base, given.speed)
                except ConnectionError:
                    continue
                finally:
                    base.v = base.asked_v = base.asked_w = 0.0


if __name__ == "__main__":
    main()
