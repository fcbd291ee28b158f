"""The map's still part is the drawing that the API serves, in the page's colours."""

from playwright.sync_api import Page

from tests.browser.conftest import OpenPage

MAP = "document.querySelector('[data-testid=map]')"
COLOURS = f"""() => {{
  const canvas = {MAP}.fleetMap.base;
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Map();
  for (let i = 0; i < data.length; i += 4 * 7) {{
    const key = data[i] + ',' + data[i + 1] + ',' + data[i + 2];
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }}
  return [...seen.entries()].sort((a, b) => b[1] - a[1]).slice(0, 4).map(([key]) => key);
}}"""


def _painted(page: Page) -> list[str]:
    """The most frequent colours, once the drawing has come."""
    page.get_by_test_id("map").wait_for()
    page.wait_for_function(f"() => {MAP}.fleetMap && ({COLOURS})().length > 3")
    colours: list[str] = page.evaluate(COLOURS)
    return colours


def test_drawing_is_painted_in_the_pages_colours(open_page: OpenPage) -> None:
    bright = _painted(open_page("/operations"))
    dark = _painted(open_page("/operations", scheme="dark"))
    assert sum(map(int, bright[0].split(","))) > 500 > 200 > sum(map(int, dark[0].split(",")))


def test_map_moves_under_the_pointer_as_far_as_the_pointer_moves(open_page: OpenPage) -> None:
    page = open_page("/operations")
    _painted(page)
    page.get_by_label("Zoom in").click()
    box = page.get_by_test_id("map").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    shift = (
        f"() => {{ const {{ view }} = {MAP}.fleetMap; return [view.x * view.pxPerM, view.y * view.pxPerM] }}"
    )
    before = page.evaluate(shift)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 25, steps=5)
    page.mouse.up()
    after = page.evaluate(shift)
    assert abs(before[0] - after[0] - 40) < 1
    assert abs(after[1] - before[1] - 25) < 1


def test_what_is_tapped_beside_the_robots_is_told_by_its_refs(open_page: OpenPage) -> None:
    page = open_page("/operations")
    _painted(page)
    refs = page.evaluate(
        """() => {
          const map = document.querySelector('[data-testid=map]').fleetMap;
          const told = [];
          map.callbacks.onElements = (refs) => told.push(...refs);
          const room = map.input.drawing.figures.find((figure) => figure.layer === 'rooms');
          const xs = room.points.map(([x]) => x), ys = room.points.map(([, y]) => y);
          const x = Math.min(...xs) + 0.3, y = Math.min(...ys) + 0.3;
          const { view, size } = map;
          const [right, up] = [(x - view.x) * view.pxPerM, (y - view.y) * view.pxPerM];
          map.tap([size.width / 2 + right, size.height / 2 - up]);
          return [room.refs[0], told];
        }"""
    )
    assert refs[0] in refs[1]
