"""JUnit XML of a played scenario: one testcase for each expectation, as CI servers show it."""

from xml.etree import ElementTree

from simulators.scenario_checks import Result, Verdict
from simulators.scenario_run import Played


def junit_xml(played: Played) -> bytes:
    """A failure bears the story; its line leads to the scenario's file."""
    name, wall_s = played.scenario.name, f"{played.outcome.wall_s:.3f}"
    counts = {
        "tests": str(len(played.verdicts)),
        "failures": str(len(played.failed)),
        "errors": "0",
        "skipped": str(sum(verdict.result is Result.SKIPPED for verdict in played.verdicts)),
        "time": wall_s,
    }
    root = ElementTree.Element("testsuites", {"name": "fleet sim run", **counts})
    suite = ElementTree.SubElement(root, "testsuite", {"name": name, **counts})
    properties = ElementTree.SubElement(suite, "properties")
    for key, value in (("seed", played.outcome.seed), ("simulated_s", f"{played.outcome.simulated_s:.1f}")):
        ElementTree.SubElement(properties, "property", {"name": key, "value": str(value)})
    for index, verdict in enumerate(played.verdicts):
        _case(suite, played, verdict, wall_s if index == 0 else "0.000")
    out = ElementTree.SubElement(suite, "system-out")
    out.text = _printable("\n".join((*played.alerts, *played.notes)))
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _case(suite: ElementTree.Element, played: Played, verdict: Verdict, time_s: str) -> None:
    attributes = {
        "classname": f"scenario.{played.scenario.name}",
        "name": verdict.expectation,
        "file": played.scenario.file,
        "line": str(verdict.line),
        "time": time_s,
    }
    case = ElementTree.SubElement(suite, "testcase", attributes)
    story = _printable(verdict.story)
    if verdict.result is Result.FAILED:
        failure = ElementTree.SubElement(case, "failure", {"message": story})
        failure.text = f"{played.scenario.file}, line {verdict.line}, seed {played.outcome.seed}: {story}"
    elif verdict.result is Result.SKIPPED:
        ElementTree.SubElement(case, "skipped", {"message": story})


def _printable(text: str) -> str:
    """XML has no place for control characters."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)
