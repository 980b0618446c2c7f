"""Threads of a server that has just started, and what they may do at once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product

from app.config import ROOT
from experiments import search

# Threads that change hands all the time meet every struct for the first time together.
MEETING = """
import sys, threading
from app import create_app
from app.config import load_config
from experiments import content, parts

create_app(load_config({"INSTANCE_DIR": sys.argv[1]}))
sys.setswitchinterval(1e-6)
together = threading.Barrier(8)

def read():
    together.wait()
    for kind in parts.BY_CONTENT:
        content.decode(kind, content.encode(kind()))

threads = [threading.Thread(target=read) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_threads_may_read_a_file_for_the_first_time_at_once(tmp_path) -> None:
    done = subprocess.run([sys.executable, "-c", MEETING, tmp_path], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_threads_that_search_at_once_do_not_spoil_the_words_of_one_another() -> None:
    # The stemmer holds the word that it cuts: two at once made an error, or a wrong stem that was kept for good.
    bits = ("expéri", "reti", "vélo"), ("ment", "ssage", "cycl"), ("ation", "euse", "ivement"), ("", "s")
    words = ["".join(letters) for letters in product(*bits)]

    def stem(_thread: int) -> list[frozenset[str]]:
        return [search.stems.__wrapped__(word) for word in words]

    alone, before = stem(0), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(stem, range(4))) == [alone] * 4
    finally:
        sys.setswitchinterval(before)
