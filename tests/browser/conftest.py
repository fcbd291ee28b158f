"""A real browser against the real API and core with toy robots. Skips where Debian's Chromium is absent."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.live_town import CONSOLE, Served, serving

CHROMIUM = Path("/usr/bin/chromium")
HERE = Path(__file__).parent
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WAIT_MS = 15_000
SHOWS_WITHOUT_A_SERVER = "ERR_CONNECTION_REFUSED", "WebSocket connection", "Failed to load resource"

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder runs in one worker: one browser, one server at a time."""
    for item in items:
        if HERE in item.path.parents and "served" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for the folder, not for the session: while it lives, asyncio.run() is refused in this thread."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is absent: apt-get install chromium")
    if not (CONSOLE / "index.html").is_file():
        pytest.skip(f"the console is not built in {CONSOLE}: pip install -e .")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as town:
        yield town


@pytest.fixture
def open_page(browser: Browser, served: Served) -> Iterator[OpenPage]:
    """open_page(path, width=, height=, language=, scheme=): a page whose scripts must not complain."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(
        path: str = "/",
        *,
        width: int = 1280,
        height: int = 800,
        language: str = "en-GB",
        scheme: str = "light",
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale=language,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.goto(served.url + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    serious = [text for text in complaints if not any(known in text for known in SHOWS_WITHOUT_A_SERVER)]
    assert serious == []
