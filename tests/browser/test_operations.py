"""The live map and what is beside it."""

import time

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.live_town import Served


def pixel(page: Page, robot: str) -> list[float] | None:
    """Where the map draws the robot, in the page's pixels."""
    return page.evaluate(
        """(robot) => {
            const canvas = document.querySelector("[data-testid=map]");
            const found = canvas?.fleetMap?.pixelOf(robot);
            const box = canvas?.getBoundingClientRect();
            return found && [found[0] + box.left, found[1] + box.top];
        }""",
        robot,
    )


def shown_at(page: Page, robot: str) -> list[float]:
    deadline_s = time.monotonic() + 10
    while time.monotonic() < deadline_s:
        found = pixel(page, robot)
        if found is not None:
            return found
        page.wait_for_timeout(50)
    raise AssertionError(f"the map never showed {robot}")


def test_root_leads_to_the_live_map_with_levels_and_robots(open_page: OpenPage) -> None:
    page = open_page("/")
    expect(page.get_by_text("County Hospital")).to_be_visible()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()
    assert page.url.endswith("/operations")
    tabs = page.get_by_role("tablist", name="Levels").get_by_role("tab")
    expect(tabs).to_have_text(["Level 1 4", "Level 2 2", "Level 3 0"])
    shown_at(page, "carrier-1")
    assert pixel(page, "lumen-1") is None, "it is on level 2"


def test_a_robot_under_way_moves_on_the_map(open_page: OpenPage, served: Served) -> None:
    page = open_page("/operations")
    before = shown_at(page, "carrier-1")
    served.town.ask("go_to", to="emergency", robot="carrier-1")
    page.wait_for_function(
        """([robot, x, y]) => {
            const found = document.querySelector("[data-testid=map]").fleetMap.pixelOf(robot);
            const box = document.querySelector("[data-testid=map]").getBoundingClientRect();
            return found && Math.hypot(found[0] + box.left - x, found[1] + box.top - y) > 20;
        }""",
        arg=["carrier-1", *before],
    )


def test_a_click_on_a_robot_opens_its_panel_and_back_closes_it(open_page: OpenPage) -> None:
    page = open_page("/operations")
    page.mouse.click(*shown_at(page, "guide-1"))
    expect(page.get_by_role("heading", name="guide-1")).to_be_visible()
    expect(page.get_by_role("button", name="Send to dock")).to_be_visible()
    assert "robot=guide-1" in page.url
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("tab", name="Missions")).to_be_visible()


def test_a_robot_in_the_address_is_shown_on_its_level(open_page: OpenPage) -> None:
    page = open_page("/operations?robot=lumen-1")
    expect(page.get_by_role("tab", name="Level 2")).to_have_attribute("aria-selected", "true")
    shown_at(page, "lumen-1")


def test_the_map_zooms_pans_and_fits_by_keys_alone(open_page: OpenPage) -> None:
    page = open_page("/operations")
    start = shown_at(page, "guide-1")
    page.get_by_role("group", name="Map of Level 1").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(100)
    moved = shown_at(page, "guide-1")
    assert moved[0] < start[0] - 30
    page.keyboard.press("+")
    page.wait_for_timeout(100)
    assert shown_at(page, "guide-1") != moved
    page.keyboard.press("0")
    page.wait_for_timeout(100)
    assert shown_at(page, "guide-1") == start


def test_missions_beside_the_map_say_what_they_wait_for(open_page: OpenPage, served: Served) -> None:
    served.town.ask("deliver", **{"from": "outpatient_hall", "to": "pharmacy", "pin": "4711"})
    page = open_page("/operations")
    row = page.get_by_role("tabpanel").get_by_role("link", name="Delivery")
    expect(row).to_contain_text("Running")
    expect(row).to_contain_text("Waits for a person to load it", timeout=60_000)


def test_a_lost_robot_is_named_and_its_alert_stays_until_handled(open_page: OpenPage, served: Served) -> None:
    page = open_page("/operations")
    expect(page.get_by_role("tab", name="Alerts 0")).to_be_visible()
    served.town.lose("sentry-2")
    page.get_by_role("tab", name="Alerts 1").click()
    alert = page.get_by_role("article")
    expect(alert).to_contain_text("Robot lost")
    page.get_by_role("tab", name="Robots").click()
    expect(page.get_by_role("button", name="sentry-2").first).to_contain_text("Lost")

    page.get_by_role("navigation").get_by_role("link", name="Alerts").click()
    page.get_by_role("button", name="Handled", exact=True).click()
    page.get_by_label("Note").fill("battery swapped")
    page.get_by_label("Your name").fill("Chen")
    page.get_by_role("dialog").get_by_role("button", name="Handled").click()
    expect(page.get_by_text("No open alerts.")).to_be_visible()
    page.get_by_text("Handled (1)").click()
    expect(page.get_by_role("article")).to_contain_text("Handled by Chen")
    expect(page.get_by_role("article")).to_contain_text("battery swapped")
