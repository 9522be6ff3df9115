"""Every writer, stopped before and after each call that changes the disk, in every situation that a place can be in.

    python crash_points.py [SHARE]

prints {"tried": {...}, "faults": [...]} of every SHARE-th point. It is a program of its own, which loads nothing but
`hudnal.store`: it forks for each point, which is only safe before anything has started threads.
"""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from hudnal.store.files import OutputFault, write_folder, write_whole

CHANGING = ("mkdir", "rename", "replace", "unlink", "remove", "rmdir", "truncate", "ftruncate", "fsync")
# Calls that need room on the disk.
FILLING = {"mkdir", "rename", "replace", "fsync", "open", "write"}
WAYS = ("killed", "full", "interrupted", "forbidden")
DONE, TOLD, STOPPED, BROKEN = 0, 10, 11, 12  # how a child ends
FILES = ("report.html", "course.nc", "summary.json")  # of a run, and a folder of files between them


class Tripwire:
    """Counts the calls that change the disk, before and after, and stops the process at one of them."""

    def __init__(self, way: str, moment: int) -> None:
        self.way, self.moment, self.seen = way, moment, 0

    def touch(self, call: str) -> None:
        self.seen += 1
        if self.seen != self.moment:
            return
        if self.way == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.way == "interrupted":
            raise KeyboardInterrupt
        elif self.way == "full" and call in FILLING:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        elif self.way == "forbidden" and not call.startswith("after"):
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    def around(self, name: str, function: Callable) -> Callable:
        def call(*words, **named):
            self.touch(name)
            result = function(*words, **named)
            self.touch(f"after {name}")
            return result

        return call

    def lay(self) -> None:
        """From here on, all changes in this process are counted."""
        for name in CHANGING:
            setattr(os, name, self.around(name, getattr(os, name)))
        low, high = os.open, io.open

        def open_low(path, flags, *words, **named):
            writing = flags & (os.O_WRONLY | os.O_RDWR)
            return (self.around("open", low) if writing else low)(path, flags, *words, **named)

        def open_high(file, mode="r", *words, **named):
            writing = set(mode) & set("wax+")
            return (self.around("open", high) if writing else high)(file, mode, *words, **named)

        os.open, io.open, builtins.open = open_low, open_high, open_high


WIRE = Tripwire("", 0)  # of the child that is at work


def contents_of(version: str) -> dict[str, Callable[[Path], object]]:
    """What writes a run's files, with a word of their own in each."""

    def write(path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            file.write(version)
            WIRE.touch("write")
            file.write(path.name)

    def write_tree(path: Path) -> None:
        path.mkdir()
        for name in ("a", "b"):
            write(path / name)

    return {"report.html": write, "patch.zarr": write_tree, "course.nc": write, "summary.json": write}


def version_of(folder: Path) -> str:
    """Which whole set lies in a folder: its word, "" for none of its files, "mixed" without the mark, or "broken"."""
    paths = [folder / name for name in FILES] + [folder / "patch.zarr" / name for name in ("a", "b")]
    texts = {p: p.read_text(encoding="utf-8") for p in paths if p.is_file()}
    words = {text.removesuffix(path.name) for path, text in texts.items()}
    if not texts:
        return ""
    if len(texts) == len(paths) and len(words) == 1:
        return words.pop()
    return "broken" if (folder / "summary.json").exists() else "mixed"


# A situation prepares a folder to work in and gives the folder to write to, as the user names it.
def nothing_there(room: Path) -> Path:
    return room / "deep" / "run"


def an_older_run(room: Path) -> Path:
    write_folder(room / "run", contents_of("old"))
    return room / "run"


def an_empty_folder(room: Path) -> Path:
    (room / "run").mkdir()
    return room / "run"


def foreign_files(room: Path) -> Path:
    (room / "run").mkdir()
    (room / "run" / "mine.txt").write_text("mine", encoding="utf-8")
    return room / "run"


def foreign_files_and_an_older_run(room: Path) -> Path:
    foreign_files(room)
    return an_older_run(room)


def a_link(room: Path) -> Path:
    an_older_run(room)
    (room / "link").symlink_to("run")
    return room / "link"


def a_dangling_link(room: Path) -> Path:
    (room / "link").symlink_to("run")
    return room / "link"


def here(room: Path) -> Path:
    os.chdir(an_older_run(room))
    return Path()


def here_in_nothing(room: Path) -> Path:
    os.chdir(an_empty_folder(room))
    return Path()


def leftovers_of_the_same_process(room: Path) -> Path:
    for name in (f".run.{os.getpid()}.part", ".run.0123abcd.part", ".run.lock"):
        (room / name).touch() if name.endswith("lock") else (room / name).mkdir()
    return room / "run"


def leftovers_inside(room: Path) -> Path:
    an_older_run(room)
    (room / "run" / ".hudnal.0123abcd.part").mkdir()
    (room / "run" / ".hudnal.lock").touch()
    return room / "run"


SITUATIONS = (
    nothing_there, an_older_run, an_empty_folder, foreign_files, foreign_files_and_an_older_run, a_link,
    a_dangling_link, here, here_in_nothing, leftovers_of_the_same_process, leftovers_inside,
)  # fmt: skip


def in_child(work: Callable[[], object]) -> int:
    """How a child ends that does the work: one of the codes above, or minus the signal that killed it."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    end = DONE
    try:
        work()
    except OutputFault:
        end = TOLD
    except KeyboardInterrupt:
        end = STOPPED
    except BaseException as fault:
        print(f"{type(fault).__name__}: {fault}", file=sys.stderr)
        end = BROKEN
    finally:
        os._exit(end)


def foreign_of(folder: Path) -> list[str]:
    """Everything in a folder that is no file of a run, dead locks let be."""
    return sorted(p.name for p in folder.iterdir() if p.name not in (*FILES, "patch.zarr"))


def try_point(situation: Callable[[Path], Path], way: str, moment: int) -> tuple[bool, list[str]]:
    """Whether the wire was met, and what was wrong."""
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        os.chdir(room)
        folder = situation(room)
        place = Path(os.path.realpath(folder))
        there = place.exists()
        before = version_of(place) if there else ""
        foreign = [n for n in (foreign_of(place) if there else []) if not n.startswith(".")]

        def work() -> None:
            global WIRE
            WIRE = Tripwire(way, moment)
            WIRE.lay()
            write_folder(folder, contents_of("new"))
            if WIRE.seen < moment:
                os._exit(DONE + 1)  # there is no such moment

        end = in_child(work)
        wrong = judge(way, end, there, before, version_of(place) if place.exists() else "")
        if situation is a_link and not folder.is_symlink():
            wrong.append("the link is gone")
        if there and not place.exists():
            wrong.append("the folder is gone")
        # The next one fails, and leaves what is whole; the one after it leaves all, and nothing else.
        broken = {"report.html": lambda path: (_ for _ in ()).throw(OSError(errno.EIO, "broken"))}
        if in_child(lambda: write_folder(folder, broken)) != TOLD:
            wrong.append("the next, which fails, is not told")
        after = version_of(place) if place.exists() else ""
        if after not in {before, "new"}:
            wrong.append(f"after the next one: {after}")
        if in_child(lambda: write_folder(folder, contents_of("next"))) != DONE:
            wrong.append("the next one does not end well")
        elif version_of(place) != "next" or foreign_of(place) != foreign:
            wrong.append(f"the next one leaves {version_of(place)}, {foreign_of(place)}")
        beside = {p.name for p in place.parent.iterdir()} - {place.name, "link"}
        if beside:
            wrong.append(f"beside lies {beside}")
        os.chdir("/")
    return end != DONE + 1, wrong


def judge(way: str, end: int, there: bool, before: str, after: str) -> list[str]:
    """What is wrong with the end of a child and with what it left."""
    ends = {
        "killed": (-signal.SIGKILL,),
        "full": (TOLD, DONE),  # done where it could do without
        "interrupted": (STOPPED,),
        "forbidden": (TOLD, DONE),
    }[way]
    if end == DONE + 1:
        ends, allowed = (end,), {"new"}
    elif way == "killed":
        allowed = {before, "new", *(("mixed", "") if there else ())}  # in between, the mark is not there
    else:
        allowed = {before, "new"} if end in (STOPPED, DONE) else {before}
    return [
        *([] if end in ends else [f"ends with {end}"]),
        *([] if after in allowed else [f"leaves {after or 'nothing'}"]),
    ]


def try_file(linked: bool, older: bool, way: str, moment: int) -> tuple[bool, list[str]]:
    """The same of a single file."""
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        file = path = room / "x.json"
        if older:
            file.write_text("old", encoding="utf-8")
        if linked:
            path = room / "link"
            path.symlink_to("x.json")
        before = "old" if older else ""

        def write(target: Path) -> None:
            with target.open("w", encoding="utf-8") as opened:
                opened.write("n")
                WIRE.touch("write")
                opened.write("ew")

        def work() -> None:
            global WIRE
            WIRE = Tripwire(way, moment)
            WIRE.lay()
            write_whole(path, write)
            if WIRE.seen < moment:
                os._exit(DONE + 1)

        def read() -> str:
            return file.read_text(encoding="utf-8") if file.exists() else ""

        end = in_child(work)
        wrong = judge(way, end, False, before, read())
        if in_child(lambda: write_whole(path, write)) != DONE or read() != "new":
            wrong.append("the next one does not end well")
        if linked and not path.is_symlink():
            wrong.append("the link is gone")
        if beside := {p.name for p in room.iterdir()} - {"x.json", "link"}:
            wrong.append(f"beside lies {beside}")
    return end != DONE + 1, wrong


def list_tries() -> Iterator[tuple[str, Callable[[int], tuple[bool, list[str]]]]]:
    """Each series of points by its name: a function of the moment."""
    for way in WAYS:
        for situation in SITUATIONS:
            yield f"folder, {situation.__name__}, {way}", lambda n, s=situation, w=way: try_point(s, w, n)
        for older, linked in ((False, False), (True, False), (True, True), (False, True)):
            kind = f"file{', older' * older}{', linked' * linked}, {way}"
            yield kind, lambda n, o=older, k=linked, w=way: try_file(k, o, w, n)


def main(share: int) -> None:
    tried: Counter[str] = Counter()
    faults = []
    for series, (name, attempt) in enumerate(list_tries()):
        for moment in count(1 + series % share, share):
            met, wrong = attempt(moment)
            tried[f"crash points: {name.rsplit(', ', 1)[1]}"] += met
            faults += [f"crash_points.py: {name}, moment {moment}: {w}" for w in wrong]
            if not met:
                break
    print(json.dumps({"tried": tried, "faults": faults}))


if __name__ == "__main__":
    shutil.rmtree
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
