"""Results for programs: JSON and JUnit XML."""

from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree

from robots.conformance.judge import Result, Verdict

GOOD = (Verdict.PASSED, Verdict.NOT_APPLICABLE)


def conforms(results: Sequence[Result]) -> bool:
    """Nothing is broken, and nothing was left out because of it."""
    return all(result.verdict in GOOD for result in results)


def as_json(results: Sequence[Result]) -> dict[str, Any]:
    counts = {str(kind): sum(1 for r in results if r.verdict is kind) for kind in Verdict}
    return {"conforms": conforms(results), **counts, "cases": [_row(result) for result in results]}


def _row(result: Result) -> dict[str, Any]:
    case = result.case
    return {
        "case": case.case_id,
        "section": case.section,
        "says": case.says,
        "verdict": str(result.verdict),
        "seen": result.seen,
        "hint": case.hint if result.verdict is Verdict.BROKEN else "",
        "took_s": result.took_s,
    }


def as_junit(results: Sequence[Result]) -> str:
    """One test case for each case; not applicable is skipped, not run an error."""
    suite = ElementTree.Element(
        "testsuite",
        name="robot protocol conformance",
        tests=str(len(results)),
        failures=str(sum(1 for r in results if r.verdict is Verdict.BROKEN)),
        errors=str(sum(1 for r in results if r.verdict is Verdict.NOT_RUN)),
        skipped=str(sum(1 for r in results if r.verdict is Verdict.NOT_APPLICABLE)),
        time=f"{sum(r.took_s for r in results):.2f}",
    )
    for result in results:
        _add(suite, result)
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _add(suite: ElementTree.Element, result: Result) -> None:
    case = result.case
    made = ElementTree.SubElement(
        suite, "testcase", classname="conformance", name=case.case_id, time=f"{result.took_s:.2f}"
    )
    kinds = {Verdict.BROKEN: "failure", Verdict.NOT_RUN: "error", Verdict.NOT_APPLICABLE: "skipped"}
    kind = kinds.get(result.verdict)
    if kind is not None:
        note = ElementTree.SubElement(made, kind, message=result.seen)
        note.text = f"{case.says} (docs/protocol.md, {case.section}) {case.hint}"
