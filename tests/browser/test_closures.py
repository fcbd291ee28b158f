"""Closing what one taps on the map, seeing it closed, and opening it again."""

from playwright.sync_api import Page, expect

from fleet.core import events as ev
from missions.planning.closures import ElementKind
from tests.browser.conftest import OpenPage
from tests.browser.live_town import Served


def tap(page: Page, x_m: float, y_m: float) -> None:
    """Tap the map where this point is drawn."""
    x, y = page.wait_for_function(
        """([x, y]) => {
            const canvas = document.querySelector("[data-testid=map]");
            const { view, size, input } = canvas?.fleetMap ?? {};
            if (!view || !input?.drawing) return null;
            const box = canvas.getBoundingClientRect();
            const px = size.width / 2 + (x - view.x) * view.pxPerM;
            return [box.left + px, box.top + size.height / 2 - (y - view.y) * view.pxPerM];
        }""",
        arg=[x_m, y_m],
    ).json_value()
    page.mouse.click(x, y)


def middle_of_room(served: Served, room: str) -> tuple[float, float]:
    polygon = served.town.graph.rooms[room].polygon
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def test_a_room_is_closed_from_the_map_with_a_reason_and_opened_from_the_list(
    open_page: OpenPage, served: Served
) -> None:
    served.town.ask("go_to", to="pharmacy", robot="carrier-1")
    page = open_page("/operations")
    tap(page, *middle_of_room(served, "pharmacy"))
    element = page.locator("[data-element='room pharmacy']")
    expect(element).to_contain_text("Pharmacy room")
    element.get_by_role("button", name="Close…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("No robot enters it any more")
    expect(dialog.get_by_test_id("closure-effect")).to_contain_text("One mission will wait.")
    dialog.get_by_role("button", name="Close it").click()
    expect(dialog).to_contain_text("Say why")
    dialog.get_by_label("Reason").fill("wet floor")
    dialog.get_by_label("Your name").fill("Wang")
    dialog.get_by_label("How long").click()
    page.get_by_role("option", name="For 30 min").click()
    dialog.get_by_role("button", name="Close it").click()
    expect(dialog).to_have_count(0)
    expect(element).to_contain_text("wet floor")
    expect(element.get_by_role("button", name="Close…")).to_have_count(0)
    (record,) = served.town.core.state.closures.values()
    assert (record.kind, record.element_id, record.because) == (ElementKind.ROOM, "pharmacy", "wet floor")
    assert record.until_s is not None
    assert record.by == "Wang"
    page.get_by_role("button", name="Back").click()
    page.get_by_role("tab", name="Closed 1").click()
    page.get_by_role("tabpanel").get_by_role("button", name="Open").click()
    page.get_by_role("dialog").get_by_role("button", name="Open it").click()
    expect(page.get_by_role("tab", name="Closed 0")).to_be_visible()
    assert not served.town.core.state.closures


def test_what_others_close_is_shown_to_everybody_in_their_language(
    open_page: OpenPage, served: Served
) -> None:
    page = open_page("/operations", language="zh-CN")
    expect(page.get_by_role("tab", name="封闭 0")).to_be_visible()
    lane = next(iter(served.town.graph.edges))
    served.town.say(ev.ElementClosed(kind=ElementKind.LANE, element_id=lane, by="Wang", because="漏水"))
    page.get_by_role("tab", name="封闭 1").click()
    row = page.get_by_role("tabpanel").locator("[data-closure]")
    expect(row).to_contain_text("车道")
    expect(row).to_contain_text("漏水")
    expect(row).to_contain_text("Wang")
    expect(row).to_contain_text("直到有人开放")


def test_a_mission_says_that_it_waits_for_an_opening(open_page: OpenPage, served: Served) -> None:
    served.town.say(
        ev.ElementClosed(kind=ElementKind.ROOM, element_id="pharmacy", by="Wang", because="flooding")
    )
    served.town.ask("go_to", to="pharmacy")
    page = open_page("/operations")
    panel = page.get_by_role("tabpanel")
    expect(panel).to_contain_text("Waits for room Pharmacy to be opened")
