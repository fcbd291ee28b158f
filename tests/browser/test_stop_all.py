"""Stop all: asks for a reason, says who has not obeyed, and resumes."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.live_town import Served


def test_stop_all_needs_a_reason_names_who_did_not_obey_and_resumes(
    open_page: OpenPage, served: Served
) -> None:
    served.town.toys["sentry-1"].mute = True
    page = open_page("/operations")
    page.get_by_role("button", name="Stop all", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Stop all robots").click()
    expect(dialog).to_contain_text("Say why")
    assert not served.town.core.state.stopped
    dialog.get_by_label("Reason").fill("person on the floor")
    page.keyboard.press("Enter")

    banner = page.get_by_role("alert").filter(has_text="All robots are stopped.")
    expect(banner).to_contain_text("Not stopped yet: sentry-1.")
    assert served.town.core.state.stopped
    assert served.town.toys["carrier-1"].mode == "stopped"

    banner.get_by_role("button", name="Resume all").click()
    page.get_by_role("dialog").get_by_role("button", name="Resume all").click()
    expect(banner).to_have_count(0)
    assert not served.town.core.state.stopped
