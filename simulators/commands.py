"""`fleet sim`: the simulated world as a process, and the closed loop in virtual time."""

from fleet.cli.output import application
from simulators import world_commands
from simulators.replay_command import replay
from simulators.run_command import run, scenarios
from simulators.serve_command import serve
from simulators.soak_command import soak

app = application("The simulated world: bodies, doors, lifts, people, cameras; and the closed loop.")
app.command()(serve)
world_commands.register(app)
app.command()(replay)
app.command()(run)
app.command()(scenarios)
app.command()(soak)
