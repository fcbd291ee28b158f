"""The shape of the code is a test: sizes, empty packages, no work at import, one language of names."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("maps", "missions", "robots", "fleet", "simulators")
MODULES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "node_modules" not in path.parts
)


def functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines without the docstring, as performance is read."""
    first = node.body[0]
    lines = (first.end_lineno or 0) - first.lineno + 1
    docstring = lines if ast.get_docstring(node) is not None else 0
    return (node.end_lineno or 0) - node.lineno + 1 - docstring


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_module_is_short_and_its_functions_fit_a_screen(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= 400
    too_long = [(node.name, length(node)) for node in functions(ast.parse(text)) if length(node) > 60]
    assert too_long == []


def test_most_functions_are_small() -> None:
    lengths = sorted(length(node) for path in MODULES for node in functions(ast.parse(path.read_text())))
    assert len(lengths) > 100
    assert lengths[len(lengths) // 2] < 10
    assert lengths[int(len(lengths) * 0.9)] <= 30


def test_package_files_stay_empty() -> None:
    full = [path for path in MODULES if path.name == "__init__.py" and path.read_text().strip()]
    assert full == []


def test_launch_is_no_python_package() -> None:
    assert not (ROOT / "launch" / "__init__.py").exists()


def test_nothing_names_a_unit_that_is_not_si() -> None:
    """Milliseconds, degrees and percent exist only where people read them (console, CLI, YAML files)."""
    wrong = ("_ms", "_deg", "_degrees", "_percent", "_minutes", "_kmh", "_cm")
    at_the_edge = {"cli", "api"}
    found = [
        f"{path.relative_to(ROOT)}: {node.arg if isinstance(node, ast.arg) else node.id}"
        for path in MODULES
        if not at_the_edge & set(path.parts)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.arg | ast.Name)
        and (node.arg if isinstance(node, ast.arg) else node.id).endswith(wrong)
    ]
    assert found == []
