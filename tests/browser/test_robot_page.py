"""A robot's page: its machines drawn, its camera, its commands."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.live_town import Served


def test_the_state_machine_shows_the_state_it_is_in(open_page: OpenPage, served: Served) -> None:
    page = open_page("/robots/carrier-1")
    activity = page.get_by_role("img", name="State machine Activity")
    expect(activity.locator("g[data-current=true]")).to_have_attribute("data-state", "ready_idle")
    served.town.ask("deliver", **{"from": "outpatient_hall", "to": "pharmacy", "pin": "4711"})
    expect(activity.locator("g[data-current=true]")).to_have_attribute("data-state", "moving")
    expect(activity.locator("g[data-current=true]")).to_have_attribute("data-state", "acting", timeout=60_000)
    skill = page.get_by_role("img", name="State machine Load")
    expect(skill.locator("g[data-current=true]")).to_have_attribute("data-state", "awaiting_goods")


def test_the_camera_picture_is_renewed(open_page: OpenPage, served: Served) -> None:
    page = open_page("/robots/sentry-1")
    picture = page.get_by_role("img", name="Camera picture of sentry-1")
    expect(picture).to_be_visible()
    first = picture.get_attribute("src")
    served.town.picture("sentry-1", "another one")
    expect(picture).not_to_have_attribute("src", str(first))


def test_commands_are_obeyed_and_destructive_ones_ask_once(open_page: OpenPage, served: Served) -> None:
    page = open_page("/robots/carrier-2")
    toy = served.town.toys["carrier-2"]
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    assert toy.mode == "paused"
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.get_by_role("button", name="Stop", exact=True).click()
    assert toy.mode == "autonomous", "it asks first"
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped").first).to_be_visible()
    assert toy.mode == "stopped"
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("button", name="Take out of service").click()
    page.get_by_role("dialog").get_by_role("button", name="Take out of service").click()
    expect(page.get_by_text("Out of service").first).to_be_visible()
    page.get_by_role("button", name="Put in service").click()
    expect(page.get_by_role("button", name="Take out of service")).to_be_visible()


def test_a_lost_robot_shows_its_last_place_and_can_be_cleared(open_page: OpenPage, served: Served) -> None:
    page = open_page("/robots/sentry-2")
    served.town.lose("sentry-2")
    expect(page.get_by_text("Last known place")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("dialog").get_by_role("button", name="Clear").click()
    expect(page.get_by_role("button", name="Clear")).to_have_count(0)


def test_an_unknown_robot_says_so(open_page: OpenPage) -> None:
    page = open_page("/robots/nobody-9")
    expect(page.get_by_text("No robot nobody-9 has ever said hello.")).to_be_visible()


def test_all_robots_are_sent_to_their_docks_after_one_question(open_page: OpenPage, served: Served) -> None:
    mission = served.town.ask("go_to", to="ward_301", robot="carrier-1")
    page = open_page("/robots")
    page.get_by_role("button", name="Dock all").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("gives its missions back")
    dialog.get_by_role("button", name="Dock all").click()
    expect(dialog).to_have_count(0)
    assert served.town.core.state.missions[mission].robot == ""
