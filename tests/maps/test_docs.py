import re
from pathlib import Path

from maps.findings import Severity
from maps.site_file import loads
from maps.validate import check

DOCS = Path(__file__).parents[2] / "docs" / "maps.md"
CHECKS = DOCS.with_suffix("") / "checks.md"


def _example() -> str:
    found = re.search(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found.group(1)


def test_site_in_the_documentation_works() -> None:
    found = check(loads(_example()))
    assert [finding.code for finding in found if finding.severity is not Severity.INFO] == []


def test_documentation_lists_every_code_of_a_finding() -> None:
    sources = Path(__file__).parents[2] / "maps"
    text = "".join(
        path.read_text(encoding="utf-8") for path in (*sources.glob("checks/*.py"), sources / "validate.py")
    )
    codes = set(re.findall(r'(?:(?:error|warning|info|make)\(\s*|code=)"([a-z_]+)"', text))
    assert len(codes) >= 24
    listed = CHECKS.read_text(encoding="utf-8")
    missing = sorted(code for code in codes if f"`{code}`" not in listed)
    assert missing == []
