"""A lost connection shows at once, and what is old is never shown as fresh."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.live_town import Served


def test_a_dead_orchestrator_shows_at_once_and_a_new_one_is_found(
    open_page: OpenPage, served: Served
) -> None:
    page = open_page("/operations")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    served.stop()
    expect(page.get_by_role("alert")).to_contain_text("Connection lost", timeout=3000)
    expect(page.get_by_text("Reconnecting")).to_be_visible()
    expect(page.get_by_text("Not fresh")).to_be_visible()
    served.start()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    expect(page.get_by_text("Not fresh")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_silent_orchestrator_is_called_silent(open_page: OpenPage) -> None:
    page = open_page("/")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    # The socket stays open and says nothing: its messages no longer arrive.
    page.evaluate("() => { WebSocket.prototype.close = () => undefined; }")
    page.context.set_offline(True)
    expect(page.get_by_text("Live", exact=True)).to_have_count(0, timeout=6000)
    expect(page.get_by_text("Not fresh")).to_be_visible()


def test_a_page_opened_without_an_orchestrator_says_so(open_page: OpenPage, served: Served) -> None:
    page = open_page("/operations")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    page.context.route("**/api/v1/**", lambda route: route.abort())
    page.context.route_web_socket("**/stream", lambda socket: socket.close())
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("does not answer yet")
