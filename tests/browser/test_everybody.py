"""Both languages, dark and light, narrow screens, screen readers."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.live_town import CONSOLE, Served

AXE = CONSOLE.parent / "node_modules" / "axe-core" / "axe.min.js"
PAGES = (
    "/operations",
    "/operations?robot=carrier-1",
    "/missions",
    "/missions/mission-000001",
    "/robots",
    "/robots/carrier-1",
    "/alerts",
    "/operations?new=",
    "/operations?new=deliver",
    "/operations?new=patrol_tour",
)


TOO_WIDE = """() => {
    const scrolls = (e) => e && (["auto", "scroll", "hidden"].includes(getComputedStyle(e).overflowX)
        || scrolls(e.parentElement));
    const sticksOut = (e) => e.getBoundingClientRect().right > innerWidth + 1;
    return [...document.querySelectorAll("body *")]
        .filter((e) => sticksOut(e) && !e.closest("svg, [role=tablist]") && !scrolls(e.parentElement))
        .map((e) => e.outerHTML.slice(0, 120));
}"""


def busy(served: Served) -> None:
    served.town.ask("deliver", **{"from": "pharmacy", "to": "ward_201", "pin": "4711"})
    served.town.ask("patrol_tour", checkpoints=["ward_202", "pharmacy"])
    served.town.lose("sentry-1")


def settled(page: Page) -> None:
    expect(page.get_by_role("status").first).to_contain_text(re.compile("Live|实时"))
    page.wait_for_timeout(400)  # pages and dialogs are loaded when first shown


def findings(page: Page) -> list[str]:
    """What axe calls serious or critical."""
    page.evaluate(AXE.read_text())
    result = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{found['id']}: {node['html'][:160]} {json.dumps(node['failureSummary'])[:200]}"
        for found in result["violations"]
        if found["impact"] in ("serious", "critical")
        for node in found["nodes"]
    ]


@pytest.mark.parametrize(
    ("scheme", "width", "paths"),
    [("light", 360, PAGES), ("dark", 1280, PAGES), ("light", 1280, PAGES[:4])],
    ids=["light narrow", "dark wide", "light wide"],
)
def test_axe_finds_nothing_serious(
    open_page: OpenPage, served: Served, scheme: str, width: int, paths: tuple[str, ...]
) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in fleet/console")
    busy(served)
    page = open_page("/operations", scheme=scheme, width=width)
    found = {}
    for path in paths:
        page.goto(served.url + path)
        settled(page)
        found[path] = findings(page)
    assert {path: complaints for path, complaints in found.items() if complaints} == {}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_no_page_is_wider_than_a_small_phone(open_page: OpenPage, served: Served, language: str) -> None:
    busy(served)
    page = open_page("/operations", width=360, height=740, language=language)
    for path in PAGES:
        page.goto(served.url + path)
        settled(page)
        assert page.evaluate(TOO_WIDE) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_a_chinese_browser_gets_chinese_and_the_choice_is_remembered(open_page: OpenPage) -> None:
    page = open_page("/operations", language="zh-CN")
    expect(page.get_by_text("县人民医院")).to_be_visible()
    expect(page.get_by_role("button", name="新任务")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.get_by_role("button", name="语言").click()
    page.get_by_role("menuitem", name="English").click()
    expect(page.get_by_text("County Hospital")).to_be_visible()
    page.reload()
    expect(page.get_by_text("County Hospital")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"


def test_no_english_is_left_on_a_chinese_page(open_page: OpenPage, served: Served) -> None:
    """But for ids, units, the language's own name, and what the orchestrator says in its own words."""
    page = open_page("/robots", language="zh-CN")
    settled(page)
    for path in ("/operations", "/missions", "/alerts", "/operations?new="):
        page.goto(served.url + path)
        settled(page)
        text = page.locator("body").inner_text()
        text = re.sub(r"[a-z]+-\d+|CityFleet|\bm\b|UV-C|PIN|PCR", "", text)
        assert re.findall(r"[A-Za-z]{3,}", text) == [], path


def test_dark_and_light_are_remembered(open_page: OpenPage) -> None:
    page = open_page("/operations", scheme="light")
    page.get_by_role("button", name="Switch to dark").click()
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.reload()
    expect(page.get_by_role("button", name="Switch to light")).to_be_visible()
    assert page.evaluate(background) == dark == "rgb(11, 16, 19)"


def test_everything_in_the_shell_is_reached_by_tab(open_page: OpenPage) -> None:
    page = open_page("/operations")
    settled(page)
    seen = []
    for _ in range(14):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("(document.activeElement.ariaLabel || document.activeElement.innerText).trim()")
        )
    wanted = ["Skip to content", "New mission", "Language", "Switch to dark", "Stop all", "Operations"]
    assert seen[: len(wanted)] == wanted
    assert {"Missions", "Robots", "Alerts"} <= set(seen)


def test_unknown_addresses_say_so(open_page: OpenPage) -> None:
    page = open_page("/no/such/page")
    expect(page.get_by_text("There is no such page.")).to_be_visible()


def test_the_first_load_is_small(open_page: OpenPage, served: Served) -> None:
    page = open_page("/operations")
    settled(page)
    sizes = page.evaluate(
        "() => performance.getEntriesByType('resource').filter((e) => e.name.includes('/assets/'))"
        ".map((e) => [e.name, e.encodedBodySize])"
    )
    assert sum(size for _, size in sizes) <= 400_000, sizes
    assert len(sizes) > 3, "the page is split"
    assert all(Path(name).suffix in (".js", ".css") for name, _ in sizes)
