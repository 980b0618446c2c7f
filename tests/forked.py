"""Processes that begin as copies of one that has imported the program: milliseconds, where importing takes a second."""

import multiprocessing

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["app.serve", "tests.domain.worker"])
