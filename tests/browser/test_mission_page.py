"""A mission's page: steps, reasons, people's confirmations, controls."""

from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.live_town import Served


def test_a_delivery_is_loaded_driven_and_opened_with_its_pin_on_the_page(
    open_page: OpenPage, served: Served
) -> None:
    mission = served.town.ask("deliver", **{"from": "outpatient_hall", "to": "triage_desk", "pin": "4711"})
    page = open_page(f"/missions/{mission}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Delivery")
    expect(page.get_by_text("****")).to_be_visible()
    page.get_by_role("button", name="Goods are in").click(timeout=60_000)
    pin = page.get_by_role("textbox", name="PIN")
    pin.fill("99", timeout=60_000)
    expect(page.get_by_role("button", name="Open the tray")).to_be_disabled()
    pin.fill("0000")
    under_way: list[Route] = []
    page.route("**/confirm", lambda route: under_way.append(route), times=1)
    page.get_by_role("button", name="Open the tray").click()
    pin.fill("4711")
    under_way[0].continue_()
    expect(page.get_by_role("alert").filter(has_text="PIN").first).to_be_visible()
    expect(page.get_by_role("button", name="Goods are out")).to_have_count(0)
    expect(pin).to_have_value("4711")  # typed while the first answer was under way: kept
    page.get_by_role("button", name="Open the tray").click()
    page.get_by_role("button", name="Goods are out").click()
    expect(page.get_by_text("Completed").first).to_be_visible(timeout=30_000)
    expect(page.get_by_role("button", name="Cancel mission")).to_have_count(0)
    steps = page.get_by_role("listitem").filter(has_text="took")
    expect(steps).to_have_count(2)


def test_pause_resume_and_cancel_ask_once_and_tell_the_reason(open_page: OpenPage, served: Served) -> None:
    mission = served.town.ask("go_to", to="ward_301")
    page = open_page(f"/missions/{mission}")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused").first).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Running").first).to_be_visible()
    page.get_by_role("button", name="Cancel mission").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("cannot be taken back")
    dialog.get_by_label("Reason").fill("wrong ward")
    dialog.get_by_role("button", name="Cancel the mission").click()
    expect(page.get_by_text("Cancelled").first).to_be_visible()
    expect(page.get_by_text("wrong ward").first).to_be_visible()


def test_evidence_pictures_are_shown(open_page: OpenPage, served: Served) -> None:
    mission = served.town.ask("patrol_tour", checkpoints=["pharmacy"])
    served.town.evidence(mission, "action-1.jpg")
    page = open_page(f"/missions/{mission}")
    picture = page.get_by_role("img", name="Pictures taken 1")
    expect(picture).to_be_visible()
    page.wait_for_function("(image) => image.naturalWidth > 0", arg=picture.element_handle())


def test_an_unknown_mission_says_so(open_page: OpenPage) -> None:
    page = open_page("/missions/mission-999999")
    expect(page.get_by_text("There is no mission mission-999999.")).to_be_visible()


def test_the_list_filters_by_state_and_kind_and_keeps_it_in_the_address(
    open_page: OpenPage, served: Served
) -> None:
    served.town.ask("go_to", to="ward_301")
    served.town.ask("patrol_tour", checkpoints=["ward_201"])
    page = open_page("/missions")
    expect(page.get_by_text("2 missions")).to_be_visible()
    page.get_by_role("combobox", name="Kind").click()
    page.get_by_role("option", name="Patrol").click()
    expect(page.get_by_text("1 mission", exact=True)).to_be_visible()
    page.get_by_text("Completed", exact=True).click()
    expect(page.get_by_text("No mission fits.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("No mission fits.")).to_be_visible()
