"""Worker processes: a file that crashes, hangs or fills the memory costs itself alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from made_documents import lines, pdf
from qmscheck_documents.asking import Asked, Examined
from qmscheck_documents.blocks import Refused
from qmscheck_documents.worker import answer_of, questions, text_of
from qmscheck_documents.workshop import Workshop

POLICY = Asked("qms/policy.md", "policy.md", ".md", b"# Quality policy\n\nWe listen to our customers.\n")
MANUAL = Asked("qms/manual.pdf", "manual.pdf", ".pdf", pdf([lines("Everybody works for the customer.")]))


def test_answers_come_in_the_order_of_the_files() -> None:
    files = [POLICY._replace(name=f"{number}.md") for number in range(20)]
    with Workshop() as workshop:
        found = list(workshop.examine(files))
    assert [one.document[0] for one in found if isinstance(one, Examined)] == [one.name for one in files]


@pytest.mark.parametrize(("files", "workers"), [(0, 0), (1, 1), (15, 1), (16, 2), (40, 2)])
def test_what_is_taken_grows_with_the_workers_that_are_asked(files: int, workers: int) -> None:
    with Workshop() as workshop:
        found = workshop.examine([POLICY] * files)
        assert workshop.memory == workers * (48 << 20)
        assert len(list(found)) == files
        assert len(workshop._children) <= workers


def test_a_file_that_takes_too_long_is_stopped_and_its_neighbours_are_read() -> None:
    endless = Asked("endless.md", "endless.md", ".md", b"word\n\n" * 10_000_000)
    with Workshop(workers=1, seconds=5) as workshop:
        first, second, third = workshop.examine([POLICY, endless, MANUAL])
    assert isinstance(first, Examined)
    assert isinstance(second, Refused)
    assert second.reason in {"timeout", "too-large"}
    assert isinstance(third, Examined)


def test_time_is_up_after_the_seconds_that_were_given() -> None:
    with Workshop(workers=1, seconds=0.001) as workshop:
        (found,) = workshop.examine([MANUAL])
    assert found == Refused("timeout", "Its parser was stopped after 0.001 seconds.")


def test_a_file_that_needs_more_memory_than_a_worker_may_have_is_refused_and_its_neighbours_are_read() -> None:
    heavy = Asked("heavy.txt", "heavy.txt", ".txt", b"word\n\n" * 2_000_000)
    with Workshop(workers=1, memory=160 << 20) as workshop:
        first, second, third = workshop.examine([POLICY, heavy, MANUAL])
    assert isinstance(first, Examined)
    assert isinstance(second, Refused)
    assert second.reason in {"crashed", "too-large"}
    assert isinstance(third, Examined)


def test_a_worker_that_is_killed_between_two_files_is_replaced() -> None:
    with Workshop(workers=1) as workshop:
        assert isinstance(next(workshop.examine([POLICY])), Examined)
        (child,) = workshop._children
        os.kill(child.pid, signal.SIGSEGV)
        child.wait()
        assert isinstance(next(workshop.examine([MANUAL])), Examined)


def test_a_worker_that_breaks_down_over_a_file_is_named_with_its_signal(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import os, signal, sys; sys.stdin.buffer.readline(); os.kill(os.getpid(), signal.SIGSEGV)"
    broken = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with Workshop(workers=1) as workshop:
        monkeypatch.setattr(workshop, "_worker", lambda: broken)
        (found,) = workshop.examine([MANUAL])
    assert found == Refused("crashed", "Its parser broke down (signal 11); other files are not affected.")


def test_no_worker_is_left_when_the_reader_is_left_half_way() -> None:
    with Workshop() as workshop:
        next(workshop.examine([POLICY._replace(name=f"{number}.md") for number in range(50)]))
        children = list(workshop._children)
    assert [child.poll() is None for child in children] == [False] * len(children)


ORPHANED = """
import os, sys
from qmscheck_documents.workshop import Workshop

with Workshop(workers=1) as workshop:
    child = workshop._worker()
    child.stdin.write(b'{"size": 9}\\n')  # a question of which the rest never comes, and whose pipe stays open
    child.stdin.flush()
    os.set_inheritable(child.stdin.fileno(), True)
    os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, "-c", "import time; time.sleep(8)"])
    print(child.pid, flush=True)
    os.kill(os.getpid(), 9)
"""


def test_a_worker_ends_with_the_process_that_asks_however_that_ended() -> None:
    done = subprocess.Popen([sys.executable, "-c", ORPHANED], stdout=subprocess.PIPE, text=True)
    assert done.stdout is not None
    number = int(done.stdout.readline())
    done.wait()
    done.stdout.close()
    end = time.monotonic() + 6
    while _is_running(number) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _is_running(number)


def _is_running(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_an_answer_is_the_same_after_its_way_through_text() -> None:
    with Workshop() as workshop:
        (found,) = workshop.examine([POLICY])
    assert isinstance(found, Examined)
    assert answer_of(text_of(found)) == found
    odd = replace(found, texts=["a\x7fb\nc", *found.texts[1:]], headings=["ü \ud800 \u2028", *found.headings[1:]])
    heard = answer_of(text_of(odd).encode("utf-8", "surrogatepass"))
    assert isinstance(heard, Examined)
    assert (heard.texts[0], heard.headings[0]) == ("a b c", "ü \ud800 \u2028")
    assert questions([POLICY, MANUAL]).endswith(POLICY.content + MANUAL.content)


def test_a_module_in_the_audited_folder_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("open('imported', 'w').close()", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with Workshop() as workshop:
        (found,) = workshop.examine([POLICY])
    assert isinstance(found, Examined)
    assert not (tmp_path / "imported").exists()


def test_of_files_that_are_sent_together_only_the_one_that_breaks_the_worker_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Workshop() as workshop:
        (whole,) = workshop.examine([POLICY])
        answer = text_of(whole).encode()
        program = (
            "import os, sys; sys.stdin.buffer.readline();"
            f" os.write(1, b'%d\\n' % {len(answer)} + {answer!r}); os.write(1, b'99\\nhalf an answer')"
        )
        broken = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        workers = [broken, workshop._worker()]
        monkeypatch.setattr(workshop, "_worker", lambda: workers.pop(0))
        first, second, third = workshop.examine([POLICY, POLICY, MANUAL])
    assert (first, workers) == (whole, [])
    assert isinstance(second, Refused)
    assert second.reason == "crashed"
    assert isinstance(third, Examined)


def test_a_mistake_of_our_own_is_told_to_whoever_waits_for_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_worker() -> subprocess.Popen[bytes]:
        raise RuntimeError("no worker can be started")

    with Workshop() as workshop:
        monkeypatch.setattr(workshop, "_worker", no_worker)
        with pytest.raises(RuntimeError, match="no worker"):
            list(workshop.examine([POLICY]))


def test_workers_keep_memory_that_they_freed_unless_the_user_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[dict[str, str]] = []
    real = subprocess.Popen

    def seen(*command: list[str], **how: object) -> object:
        started.append(how["env"])  # type: ignore[arg-type]
        return real(*command, **how)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", seen)
    monkeypatch.setenv("MALLOC_MMAP_THRESHOLD_", "65536")
    with Workshop() as workshop:
        assert [type(one) for one in workshop.examine([POLICY])] == [Examined]
    assert started[0]["MALLOC_TRIM_THRESHOLD_"] == str(64 << 20)
    assert started[0]["MALLOC_MMAP_THRESHOLD_"] == "65536"
    assert started[0].items() >= os.environ.items()
