"""What a command does to the network and to folders other than its own."""

import json
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

from support.processes import running

WATCHED = Path(__file__).parent / "watched.py"


class Machine:
    """A data folder, a temporary folder, an empty home, and what commands did there."""

    def __init__(self, folder: Path) -> None:
        self.data, self.temporary, self.home = (folder / name for name in ("data", "tmp", "home"))
        for one in (self.data, self.temporary, self.home):
            one.mkdir()
        self._log = folder / "log"

    def start(
        self, *arguments: str, stdin: int | None = None, **settings: str
    ) -> AbstractContextManager[subprocess.Popen[str]]:
        self._log.write_text("")
        env = {
            "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1",  # threads of PyTorch wait for each other by running
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "CONFERENCE_HELPER_DATA_DIR": str(self.data),
            **{f"CONFERENCE_HELPER_{name}": value for name, value in settings.items()},
        }
        return running(WATCHED, self._log, *arguments, env=env, cwd=self.temporary, stdin=stdin)

    def run(self, *arguments: str, said: str = "", **settings: str) -> str:
        with self.start(*arguments, stdin=subprocess.PIPE, **settings) as process:
            output, _ = process.communicate(said)
        assert process.returncode == 0, output
        return output

    def sockets(self) -> list[list[str]]:
        return [line for line in self._lines() if line[0].startswith("socket.")]

    def written_elsewhere(self) -> list[str]:
        own = (f"{self.data}/", f"{self.temporary}/", "/dev/null", "/dev/shm/")  # noqa: S108  # semaphores
        changed = [line for line in self._lines() if not line[0].startswith("socket.")]
        return [path for _, *paths in changed for path in paths if not f"{path}/".startswith(own)]

    def check_alone(self) -> None:
        """Check that the last command used no socket, and wrote nothing but into its own folders."""
        assert self.sockets() == []
        self.check_own()

    def check_own(self) -> None:
        """Check that the last command wrote nothing but into its own folders."""
        assert self.written_elsewhere() == []
        assert list(self.home.iterdir()) == []

    def _lines(self) -> list[list[str]]:
        return [json.loads(line) for line in self._log.read_text().splitlines()]
