"""What somebody waits for ('door d_201'), in English words. Imports nothing: the CLI uses it too."""

WAITS = {
    "robot": "{who} to clear the way",
    "robot_any": "a free robot that can do it",
    "mission": "{who} to end, which the same robot does first",
    "door": "door {who} to open",
    "lift": "lift {who}",
    "closure": "{who} to be opened",
    "way": "what stands on the way there to be moved",
    "room": "room {who} to be empty",
    "planner": "the planner's route",
    "resume": "somebody to resume it",
    "hello": "its robot to say hello",
    "fire": "the fire contact to be reset",
    "person": "a person ({who})",
}
PERSONS = {
    "awaiting_goods": "somebody to load the tray",
    "awaiting_pin": "the PIN to be entered",
    "awaiting_collection": "somebody to take the goods out",
    "awaiting_visitor": "the visitor to come",
    "awaiting_door": "somebody to close the door",
}
"""By the skill's phase."""


def waits_for(waiting: str) -> str:
    """A kind that is in no table comes out as it is."""
    kind, _, who = waiting.partition(" ")
    if kind == "person" and who in PERSONS:
        return PERSONS[who]
    return WAITS.get(kind, waiting).format(who=who or "?")
