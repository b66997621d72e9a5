"""The time of one process of the cluster, which can be halted while the rest of the world goes on."""

from podproof.simulator.kernel.agenda import Action, Agenda, Entry
from podproof.simulator.model.times import Nanos


class Process(Agenda):
    """An agenda whose entries, and whatever else it is given to `do`, wait while the process is halted."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._held: list[Entry] = []
        self.running = True

    @property
    def now(self) -> Nanos:
        """The present moment of the world."""
        return self._agenda.now

    @now.setter
    def now(self, moment: Nanos) -> None:
        self._agenda.now = moment

    def at(self, due: Nanos, action: Action) -> Entry:
        """Do `action` at `due`, or as soon after as the process runs."""
        entry = self._agenda.at(due, lambda: self._reached(entry, action))
        return entry

    def do(self, action: Action) -> None:
        """Do something now, or once the process runs again."""
        if self.running:
            action()
        else:
            self._held.append(Entry(self.now, action))

    def halt(self) -> None:
        """Stand still."""
        self.running = False

    def resume(self) -> None:
        """Go on: first with everything that fell due meanwhile."""
        self.running = True
        held, self._held = self._held, []
        for entry in held:
            action, entry.action = entry.action, None
            if action is not None:
                action()

    def peek(self) -> Nanos | None:
        """Return when the world's next entry is due."""
        return self._agenda.peek()

    def step(self) -> None:
        """Let the world do its next entry."""
        self._agenda.step()

    def _reached(self, entry: Entry, action: Action) -> None:
        if self.running:
            action()
        else:
            entry.action = action
            self._held.append(entry)
