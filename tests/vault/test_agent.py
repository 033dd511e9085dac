"""The agent: who gets an answer, for how long, and what is left in memory afterwards."""

import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from subprocess import PIPE
from unittest.mock import Mock

import msgspec
import pytest

from lcs_cli.errors import FailedError
from lcs_cli.vault import agent, agent_process
from lcs_cli.vault.agent_process import FETCH, READY, STATUS, STOP
from tests.vault.agents import connected, ending, heard, serving, watched

ROOT = Path(agent.__file__).parents[2]
KEYS = b"\0the keys\n of a slot \xff"


@pytest.fixture
def place() -> Iterator[Path]:
    """Where a socket can be, in a folder that is not there yet; what listens there afterwards is ended."""
    top = Path(tempfile.mkdtemp(prefix="lcs-"))  # a path under tmp_path can be too long for a socket
    yield top / "agent" / "socket"
    for path in top.glob("agent/*"):
        agent.stop(path)
    shutil.rmtree(top)


def start(place: Path, content: bytes = KEYS, idle: float = 600, longest: float = 28800) -> int:
    """Start an agent, as long as an agent usually is there; its process id."""
    agent.start(place, content, idle=idle, longest=longest)
    return pid_of(place)


def pid_of(place: Path) -> int:
    """The process that answers there."""
    found = agent.status(place)
    assert found
    return found.pid


@pytest.mark.parametrize("content", [b"\0", KEYS, os.urandom(500), os.urandom(agent.LARGEST)], ids=len)
def test_what_was_given_comes_back_as_often_as_it_is_asked_for(place: Path, content: bytes) -> None:
    """Byte for byte, from one byte to the most that an agent holds."""
    start(place, content)
    assert [agent.fetch(place) for _ in range(3)] == [content] * 3


@pytest.mark.parametrize("content", [b"", bytes(agent.LARGEST + 1)], ids=len)
def test_nothing_and_too_much_are_not_held(place: Path, content: bytes) -> None:
    """They are a mistake of the caller's; no agent is started."""
    with pytest.raises(ValueError, match="an agent holds 1 to 65532 bytes"):
        agent.start(place, content, idle=600, longest=28800)
    assert not place.parent.exists()


def test_without_an_agent_there_is_no_answer(place: Path) -> None:
    """Neither where there is no folder, nor in an empty one, nor from a file, nor from what an ended agent left."""
    stale, file = place.with_name("stale"), place.with_name("file")

    def answers() -> list[object]:
        return [ask(path) for ask in (agent.fetch, agent.status, agent.stop) for path in (place, stale, file)]

    nothing = [None] * 6 + [False] * 3
    assert answers() == nothing
    place.parent.mkdir(mode=0o700)
    assert answers() == nothing
    file.write_bytes(KEYS)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(stale))
        listener.listen()
    assert answers() == nothing
    assert start(stale)
    assert agent.fetch(stale) == KEYS


def test_the_socket_is_its_users_alone_and_so_is_its_folder(place: Path) -> None:
    """Whatever the umask is; nothing else is left in the folder."""
    before = os.umask(0)
    try:
        start(place)
    finally:
        os.umask(before)
    assert [(path.name, path.stat().st_mode & 0o777) for path in place.parent.iterdir()] == [("socket", 0o700)]
    assert place.parent.stat().st_mode & 0o777 == 0o700


def test_the_state_of_an_agent_is_told(place: Path) -> None:
    """How long it will be there, its process, and whether the system did lock its memory."""
    start(place, idle=600, longest=28800)
    found = agent.status(place)
    assert found
    assert 0 < found.idle_left <= 600
    assert 600 < found.longest_left <= 28800
    about = Path(f"/proc/{found.pid}/status").read_text(encoding="ascii")
    locked = next(line.split()[1] for line in about.splitlines() if line.startswith("VmLck:"))
    assert found.memory_locked is (locked != "0")


def test_a_stopped_agent_is_gone(place: Path) -> None:
    """With its process and its socket; stopping it again finds none."""
    with ending(start(place)):
        assert agent.stop(place)
        assert list(place.parent.iterdir()) == []
    assert agent.fetch(place) is None
    assert not agent.stop(place)


def test_a_second_agent_takes_the_place_of_the_first(place: Path) -> None:
    """The first one has ended before the second begins, and what it held is not given out any more."""
    with ending(start(place, b"the first keys")), connected(place) as first:
        start(place, b"the second keys")
        first.setblocking(False)
        assert heard(first) == b""
    assert agent.fetch(place) == b"the second keys"


def test_an_agent_outlives_the_terminal_that_it_was_started_at(place: Path) -> None:
    """It is in a session of its own, which it does not lead: no terminal is its own, or can become it."""
    pid = start(place)
    assert os.getsid(pid) not in {os.getsid(0), pid}


def test_two_agents_do_not_disturb_each_other(place: Path) -> None:
    """Each has its own content, and its own end."""
    other = place.with_name("other")
    start(place, b"one vault's keys")
    start(other, b"another vault's keys")
    assert (agent.fetch(place), agent.fetch(other)) == (b"one vault's keys", b"another vault's keys")
    assert agent.stop(place)
    assert (agent.fetch(place), agent.fetch(other)) == (None, b"another vault's keys")


def test_twenty_commands_at_once_get_their_answer(place: Path) -> None:
    """Each of them the whole, however large."""
    content = os.urandom(agent.LARGEST)
    start(place, content)
    together = threading.Barrier(20)

    def ask(_: int) -> bytes | None:
        together.wait()
        return agent.fetch(place)

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(ask, range(20))) == [content] * 20


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_to_end_ends_it_in_order(place: Path, name: str) -> None:
    """Its socket is removed, so nobody takes it for one that is stuck."""
    pid = start(place)
    with ending(pid):
        os.kill(pid, signal.Signals[name])
    assert list(place.parent.iterdir()) == []


@pytest.mark.parametrize(("idle", "longest"), [(0.2, 28800), (600, 0.2)])
def test_an_agent_ends_by_itself(place: Path, idle: float, longest: float) -> None:
    """Nobody has to ask for anything to make it notice that its time is over."""
    agent.start(place, KEYS, idle=idle, longest=longest)
    with suppress(FileNotFoundError, ConnectionRefusedError), connected(place) as connection:
        assert heard(connection) == b""
    assert list(place.parent.iterdir()) == []
    assert agent.fetch(place) is None


def test_use_puts_off_the_idle_end_and_a_look_does_not(place: Path) -> None:
    """Idle is measured from the last time that the content was fetched."""
    with serving(place, KEYS, idle=600) as served:
        served.now[0] = 500
        assert agent.fetch(place) == KEYS
        served.now[0] = 1000
        found = agent.status(place)
        assert found
        assert (found.idle_left, found.longest_left, found.pid) == (100, 27800, os.getpid())
        served.now[0] = 1099
        assert agent.fetch(place) == KEYS
        served.now[0] = 1699
        assert agent.fetch(place) is None
        assert served.wiped()


def test_use_does_not_put_off_the_latest_end(place: Path) -> None:
    """After eight hours of work the passphrase is asked again."""
    with serving(place, KEYS, idle=600, longest=28800) as served:
        for now in range(0, 28800, 599):
            served.now[0] = now
            assert agent.fetch(place) == KEYS
        served.now[0] = 28800
        assert agent.fetch(place) is None
        assert served.wiped()


@pytest.mark.parametrize("words", [FETCH, STATUS], ids=["fetch", "status"])
def test_a_machine_that_slept_for_a_day_answers_nothing(place: Path, words: bytes) -> None:
    """The clock is looked at before each answer, also to who had connected before the machine slept."""
    with serving(place, KEYS) as served:
        with connected(place) as before:
            served.now[0] = 86400
            before.sendall(words)
            assert heard(before) == b""
        assert served.wiped()
        assert not place.exists()


def test_the_time_can_end_while_others_are_answered() -> None:
    """Whoever comes after them gets nothing."""
    now = [0.0]
    box = agent_process.Box(memoryview(b"content"), 600, 28800, memory_locked=False, clock=lambda: now[0])
    assert bytes(box.answer(FETCH)) == b"content"
    now[0] = 600
    assert [box.answer(words) for words in (FETCH, STATUS)] == [b"", b""]


@pytest.mark.parametrize(("system", "clock"), [("linux", "CLOCK_BOOTTIME"), ("darwin", "CLOCK_MONOTONIC_RAW")])
def test_the_clock_runs_while_the_machine_sleeps(monkeypatch: pytest.MonkeyPatch, system: str, clock: str) -> None:
    """Of each system's clocks it is the one that does; on Linux CLOCK_MONOTONIC_RAW is none of them."""
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(time, "clock_gettime", {getattr(time, clock): 86400.5}.__getitem__)
    assert agent_process.boot_clock() == 86400.5


@pytest.mark.parametrize("instead", ["nothing", "another file"])
def test_an_agent_whose_socket_was_taken_away_ends(place: Path, instead: str) -> None:
    """Nobody could reach it any more to lock it. What is there instead is left alone."""
    with serving(place, KEYS) as served:
        with connected(place) as before:
            place.unlink()
            if instead == "another file":
                place.touch()
            with suppress(BrokenPipeError):  # it can have noticed when this connection came
                before.sendall(FETCH)
            assert heard(before) == b""
        assert served.wiped()
        assert place.exists() is (instead == "another file")


def test_another_user_of_the_machine_gets_no_answer(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even how the agent is; nor can anybody else end it."""
    with serving(place, KEYS) as served:
        with monkeypatch.context() as patch:
            patch.setattr(agent_process, "peer_uid", lambda _: os.geteuid() + 1)
            for words in (FETCH, STATUS, STOP):
                with connected(place) as connection:
                    assert heard(connection) == b""  # before a word was said
                    with suppress(OSError):
                        connection.sendall(words)
        assert agent.fetch(place) == KEYS
        assert served.thread.is_alive()


def test_another_users_agent_is_not_asked(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It hears not a byte, and nothing is taken from it."""
    place.parent.mkdir(mode=0o700)
    monkeypatch.setattr(agent, "peer_uid", lambda _: os.geteuid() + 1)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen()
        for ask in (agent.fetch, agent.status, agent.stop):
            assert not ask(place)
            connection, _ = listener.accept()
            with connection:
                assert heard(connection) == b""


def test_each_end_knows_the_user_at_the_other() -> None:
    """From the system, not from what the other end says."""
    for end in socket.socketpair():
        with end:
            assert agent_process.peer_uid(end) == os.geteuid()


def test_the_user_at_the_other_end_is_read_as_macos_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """LOCAL_PEERCRED of SOL_LOCAL, a struct xucred: version, user, how many groups, sixteen groups."""
    told = struct.pack("=IIh2x16I", 0, 501, 1, 20, *[0] * 15)
    end = Mock(getsockopt=lambda *option: told if option == (0, 1, len(told)) else b"")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert agent_process.peer_uid(end) == 501


def linked(folder: Path, _: pytest.MonkeyPatch) -> None:
    """A link in place of the folder, to one that would do."""
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to("elsewhere")


def no_folder(folder: Path, _: pytest.MonkeyPatch) -> None:
    """A file in its place."""
    folder.rmdir()
    folder.touch()


def open_to_group(folder: Path, _: pytest.MonkeyPatch) -> None:
    """A folder that the user's group can enter."""
    folder.chmod(0o710)


def of_somebody_else(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks is not who made it."""
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (linked, "it is a link, or no folder"),
        (no_folder, "it is a link, or no folder"),
        (open_to_group, "others on this machine can enter it"),
        (of_somebody_else, "it belongs to another user of this machine"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_folder_that_others_could_put_a_socket_into_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path, pytest.MonkeyPatch], None], said: str
) -> None:
    """By everything that is done with an agent, in one line with its remedy; none is started."""
    place.parent.mkdir(mode=0o700)
    with monkeypatch.context() as patch:
        spoil(place.parent, patch)
        for ask in (agent.fetch, agent.status, agent.stop, start):
            with pytest.raises(FailedError) as refused:
                ask(place)
            assert refused.value.message == f"the agent's folder: {said}"
            assert refused.value.hint
    assert not place.exists()
    for spoilt in (place.parent, place.parent.with_name("elsewhere")):
        if spoilt.is_dir() and not spoilt.is_symlink():
            spoilt.chmod(0o700)
        else:
            spoilt.unlink(missing_ok=True)


@pytest.mark.parametrize("words", [b"x", FETCH + FETCH, STOP + b"\n", b"GET / HTTP/1.0\r\n\r\n", bytes(5_000_000)])
def test_what_is_no_request_gets_no_answer_and_ends_nothing(place: Path, words: bytes) -> None:
    """However long it is."""
    with serving(place, KEYS):
        with connected(place) as connection, suppress(OSError):  # it hangs up where it is told too much
            connection.sendall(words)
            assert heard(connection) == b""
        assert agent.fetch(place) == KEYS


def test_whoever_says_nothing_keeps_nobody_waiting(place: Path) -> None:
    """Nor do many of them, nor who hangs up without a word or without hearing the answer."""
    start(place, os.urandom(agent.LARGEST))
    with ExitStack() as closing:
        silent = []
        for _ in range(100):
            silent.append(closing.enter_context(connected(place)))
            with connected(place) as gone:
                gone.sendall(FETCH)
            connected(place).close()
        assert len(agent.fetch(place) or b"") == agent.LARGEST
        assert heard(silent[0]) == b""  # of so many the first is hung up on
        silent[-1].sendall(STATUS)
        assert heard(silent[-1])
    assert len(agent.fetch(place) or b"") == agent.LARGEST


def test_of_too_many_who_say_nothing_the_first_is_hung_up_on(place: Path) -> None:
    """The others go on waiting for their turn."""
    with serving(place, KEYS), ExitStack() as closing:
        silent = [closing.enter_context(connected(place)) for _ in range(agent_process._MOST_CONNECTIONS + 1)]
        assert heard(silent[0]) == b""
        for connection in silent[1:]:
            connection.sendall(STATUS)
        assert all(map(heard, silent[1:]))


def test_whoever_does_not_read_the_answer_keeps_nobody_waiting_for_long(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should an answer be more than the system takes in at once."""
    monkeypatch.setattr(agent_process, "LONGEST_ANSWER", 0.1)
    with serving(place, bytes(5_000_000)), connected(place) as connection:
        connection.sendall(FETCH)
        assert agent.status(place)


def test_an_agent_that_stands_still_is_waited_for_no_longer_than_that(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands go on without it; but nobody is told that it was locked."""
    monkeypatch.setattr(agent, "LONGEST_ANSWER", 0.1)
    pid = start(place)
    os.kill(pid, signal.SIGSTOP)
    try:
        assert agent.fetch(place) is None
        assert agent.status(place) is None
        with pytest.raises(FailedError, match="does not answer, and may still hold its keys"):
            agent.stop(place)
    finally:
        with ending(pid):  # it hears then what it was told
            os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("answer", [b"", b"\0\0", b"\0\0\0\x05four", b"\0\0\0\x02more"], ids=repr)
def test_an_answer_that_is_not_whole_is_none(place: Path, answer: bytes) -> None:
    """An agent that ends meanwhile hands out no part of a key."""
    place.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen()

        def cut_short() -> None:
            for _ in range(2):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(1)
                    connection.sendall(answer)

        thread = threading.Thread(target=cut_short)
        thread.start()
        assert agent.fetch(place) is None
        assert agent.status(place) is None
        thread.join()


def test_a_path_that_is_too_long_for_a_socket_is_named(place: Path) -> None:
    """One byte less is not too long."""
    room = 107 - len(os.fsencode(place.parent)) - 1
    with pytest.raises(FailedError, match="its path has more than 107 bytes"):
        start(place.with_name("s" * (room + 1)))
    assert start(place.with_name("s" * room))


@pytest.mark.parametrize("name", ["sôcket", "socket\udcff", "a socket 'named' \"so\""])
def test_any_name_will_do(place: Path, name: str) -> None:
    """Also one that is no UTF-8."""
    start(place.with_name(name))
    assert agent.fetch(place.with_name(name)) == KEYS


def test_a_path_may_be_relative(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is meant from where the caller is, not from where the agent is."""
    monkeypatch.chdir(place.parent.parent)
    start(Path("agent/socket"))
    assert agent.fetch(place) == KEYS


def test_what_keeps_an_agent_from_starting_is_said_in_one_line(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what can be done instead; nothing listens."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/nowhere/python")
        with pytest.raises(FailedError, match=r"could not be started \(No such file") as failed:
            start(place)
    assert failed.value.hint == "go on without it: every command can ask for the passphrase"
    with monkeypatch.context() as patch:
        patch.setattr(agent, "_PROGRAM", "raise SystemExit('broken')")
        with pytest.raises(FailedError, match=r"could not be started \(it ended at once\)"):
            start(place)
    with monkeypatch.context() as patch:
        patch.setattr(agent, "_PROGRAM", "import signal; signal.pause()")
        patch.setattr(agent, "_LONGEST_START", 0.1)
        with pytest.raises(FailedError, match="did not start in 0 seconds"):
            start(place)
    place.mkdir()
    with pytest.raises(FailedError, match=r"could not be started \(Is a directory\)"):
        start(place)
    place.rmdir()
    assert agent.fetch(place) is None


REFUSING = """
import ctypes
class Refusing(ctypes.CDLL):
    REFUSED = lambda *_: -1
ctypes.CDLL = Refusing
"""
HERE = "import sys; from lcs_cli.vault import agent_process; agent_process.main(*sys.argv[1:])"
"""An agent as it is started, except that nothing keeps its errors from who started it."""


@pytest.mark.parametrize(
    ("before", "name", "size", "said"),
    [
        ("", "socket", 100, b""),
        ("", "nowhere/socket", 4, b"No such file or directory"),
        (REFUSING.replace("REFUSED", "prctl"), "socket", 4, b"its memory cannot be closed to others"),
    ],
    ids=["its caller has gone", "no socket", "no memory of its own"],
)
def test_an_agent_that_cannot_hold_its_keys_does_not_stay(
    place: Path, before: str, name: str, size: int, said: bytes
) -> None:
    """Half of the keys are none. It ends without a socket, and says why in a few words where anybody listens."""
    place.parent.mkdir(mode=0o700)
    argv = [sys.executable, "-c", before + HERE, str(place.parent / name), str(size), "600", "28800"]
    ran = subprocess.run(argv, input=b"half", capture_output=True, check=False)
    assert (ran.stdout, ran.stderr) == (said, b"")
    assert list(place.parent.iterdir()) == []


def test_an_agent_says_when_it_answers_and_ends_without_a_word(place: Path) -> None:
    """Where it usually runs nobody would read what it says: here its errors are read until its very end."""
    place.parent.mkdir(mode=0o700)
    argv = [sys.executable, "-c", HERE, str(place), str(len(KEYS) + 4), "600", "28800"]
    with subprocess.Popen(argv, stdin=PIPE, stdout=PIPE, stderr=PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(agent_process.framed(KEYS))
        process.stdin.close()
        assert process.stdout.read() == READY
        assert agent.fetch(place) == KEYS
        assert agent.stop(place)
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_system_without_agents_is_one_where_none_is_there(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has no such sockets: starting says so, everything else goes on."""
    assert agent.available()
    start(place)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "win32")
        patch.delattr(os, "geteuid")
        patch.delattr(socket, "AF_UNIX")
        assert not agent.available()
        assert (agent.fetch(place), agent.status(place), agent.stop(place)) == (None, None, False)
        with pytest.raises(FailedError, match="there is no agent on this system"):
            start(place)
    assert agent.fetch(place) == KEYS


HOW_IT_ENDS: dict[str, Callable[[Path, int], object]] = {
    "it is stopped": lambda place, _: agent.stop(place),
    "a signal": lambda _, pid: os.kill(pid, signal.SIGTERM),
}


@pytest.mark.parametrize("how", HOW_IT_ENDS)
def test_the_content_is_in_memory_once_while_it_is_held_and_not_at_all_afterwards(
    place: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """No copy of any part of it, however often it was handed out; and nothing of what else its caller knew."""
    content, passphrase = os.urandom(64), os.urandom(16).hex()
    pieces = [*(content[i : i + 16] for i in range(0, 64, 16)), passphrase.encode()]
    monkeypatch.setenv("PASSPHRASE", passphrase)
    with watched(place, content) as watch:
        assert [agent.fetch(place) for _ in range(3)] == [content] * 3
        pid = pid_of(place)
        assert watch.counts(*pieces) == [1, 1, 1, 1, 0]
        HOW_IT_ENDS[how](place, pid)
        watch.after()
        assert watch.counts(*pieces) == [0, 0, 0, 0, 0]


def test_nothing_secret_is_in_the_list_of_processes_or_in_the_environment(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its environment is what it was given, and nothing of the caller's own."""
    monkeypatch.setenv("PASSPHRASE", "nineteen odd teaspoons")
    with watched(place, KEYS, env={"LD_LIBRARY_PATH": "/lib"}) as watch:
        assert watch.environment == b"LD_LIBRARY_PATH=/lib\0"
        assert watch.command.split(b"\0")[-5:-1] == [os.fsencode(place), b"%d" % (len(KEYS) + 4), b"600", b"28800"]
        assert b"keys" not in watch.command


def test_its_memory_is_closed_to_core_files_and_debuggers_and_nothing_else_runs_in_it(place: Path) -> None:
    """No start-up code of installed packages, and of this package itself alone; and it stands in nobody's way."""
    with watched(place, KEYS) as watch:
        agent.stop(place)
        limits, dumpable, folder, modules = watch.after()
    assert limits == (0, 0)
    assert dumpable == 0
    assert folder == "/"
    assert "site" not in modules
    ours = [name for name in modules if name.startswith("lcs_cli")]
    assert ours == ["lcs_cli", "lcs_cli.vault", "lcs_cli.vault.agent_process"]
    assert {name.partition(".")[0] for name in modules} <= sys.stdlib_module_names | {"lcs_cli", "__main__"}


def test_memory_that_cannot_be_locked_is_told_and_held(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system may let its users lock none: then it could be swapped out, and the user can be told."""
    monkeypatch.setattr(agent, "_PROGRAM", REFUSING.replace("REFUSED", "mlock") + agent._PROGRAM)
    start(place)
    found = agent.status(place)
    assert found
    assert not found.memory_locked
    assert agent.fetch(place) == KEYS


def test_memory_that_cannot_be_closed_to_others_holds_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather no agent than one that another program of the user's can look into."""
    monkeypatch.setattr(agent, "_PROGRAM", REFUSING.replace("REFUSED", "prctl") + agent._PROGRAM)
    with pytest.raises(FailedError, match=r"could not be started \(its memory cannot be closed to others\)"):
        start(place)
    assert list(place.parent.iterdir()) == []


def test_asking_loads_little() -> None:
    """Each command asks: without an agent not even the socket library is loaded, and never what starts one."""
    program = (
        f"import sys; sys.path += {[str(ROOT), str(Path(msgspec.__file__).parents[1])]!r}\n"
        "from pathlib import Path\n"
        "from lcs_cli.vault import agent\n"
        "agent.fetch(Path('/nowhere/socket'))\n"
        "print(*{'socket', 'subprocess', 'ctypes', 'mmap', 'select', 'signal'} & set(sys.modules))"
    )
    argv = [sys.executable, "-I", "-S", "-c", program]
    assert subprocess.run(argv, capture_output=True, check=True, encoding="ascii").stdout == "\n"
