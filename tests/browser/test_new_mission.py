"""The form for a new mission: what, with what, and the answer or the veto."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.live_town import Served


def choose(page: Page, label: str, option: str) -> None:
    field = page.get_by_role("combobox", name=label)
    field.click()
    field.fill(option)
    page.get_by_role("option", name=option, exact=True).click()


def test_a_delivery_asked_for_on_the_page_answers_robot_time_and_reason(
    open_page: OpenPage, served: Served
) -> None:
    page = open_page("/operations")
    page.get_by_role("button", name="New mission").click()
    page.get_by_role("button", name="Delivery").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("This is needed.").first).to_be_visible()
    choose(page, "From", "Pharmacy")
    choose(page, "To", "Ward 201")
    page.get_by_role("button", name="Make one up").click()
    page.get_by_role("button", name="Send", exact=True).click()
    answer = page.get_by_role("dialog").get_by_role("status")
    expect(answer).to_contain_text("Accepted: mission-000001")
    expect(answer).to_contain_text("carrier-1")
    expect(answer).to_contain_text("Takes about")
    expect(answer).to_contain_text("s away")
    mission = served.town.core.state.missions["mission-000001"].mission
    assert (mission.params["from"], mission.params["to"]) == ("pharmacy", "ward_201")
    page.get_by_role("link", name="Open the mission").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Delivery")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_checkpoints_are_sent_in_the_order_that_was_chosen(open_page: OpenPage, served: Served) -> None:
    page = open_page("/missions?new=patrol_tour")
    for place in ("Ward 201", "Pharmacy", "Ward 301"):
        choose(page, "Checkpoints", place)
    page.get_by_role("button", name="Move Ward 301 up").click()
    page.get_by_role("button", name="Remove Ward 201").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Accepted")
    mission = served.town.core.state.missions["mission-000001"].mission
    assert mission.params["checkpoints"] == ("ward_301", "pharmacy")


def test_a_wrong_dose_is_shown_at_its_field(open_page: OpenPage, served: Served) -> None:
    page = open_page("/missions?new=disinfect_room_uv")
    choose(page, "Room", "Ward 202")
    dose = page.get_by_role("textbox", name="Dose")
    dose.fill("-5")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(dose).to_have_attribute("aria-invalid", "true")
    assert not served.town.core.state.missions


def test_the_orchestrators_own_complaint_is_shown_at_the_field_it_names(open_page: OpenPage) -> None:
    page = open_page("/missions?new=go_to")
    body = (
        '{"code": "PLACE_UNKNOWN", "message": "There is no place \'icu\'.", "field": "params.to",'
        ' "hint": "Did you mean ward_301?", "vetoes": {}}'
    )
    page.route(
        "**/api/v1/missions",
        lambda route: route.fulfill(status=422, body=body, content_type="application/json"),
    )
    choose(page, "To", "Intensive care unit")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("combobox", name="To")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Did you mean ward_301?")).to_be_visible()


def test_a_refusal_names_the_veto_of_each_robot_and_what_to_do(open_page: OpenPage) -> None:
    page = open_page("/missions?new=go_to")
    body = (
        '{"code": "NO_CAPABLE_ROBOT", "message": "No robot can.", "field": "", "hint": "Connect one.",'
        ' "vetoes": {"carrier-1": "BATTERY_TOO_LOW"}}'
    )
    page.route(
        "**/api/v1/missions",
        lambda route: route.fulfill(status=409, body=body, content_type="application/json"),
    )
    choose(page, "To", "Intensive care unit")
    page.get_by_role("button", name="Send", exact=True).click()
    refused = page.get_by_role("dialog").get_by_role("alert")
    expect(refused).to_contain_text("No robot can.")
    expect(refused).to_contain_text("Connect one.")
    expect(refused).to_contain_text("has too little battery")


def test_the_form_can_be_filled_by_keys_alone(open_page: OpenPage, served: Served) -> None:
    page = open_page("/operations")
    button = page.get_by_role("button", name="New mission")
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Go to a place").focus()
    page.keyboard.press("Enter")
    page.get_by_role("combobox", name="To").focus()
    page.keyboard.type("Ward 203")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Accepted")
    assert served.town.core.state.missions["mission-000001"].mission.params["to"] == "ward_203"
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
