"""A loader on a server that is killed while it holds the lock: `python dying_server_loader.py CATALOGUE`."""

import os
import signal
import sys

from service.settings import load_settings
from support.stores import server_store

if __name__ == "__main__":
    with server_store(load_settings(catalogue=sys.argv[1])).lock():
        os.kill(os.getpid(), signal.SIGKILL)
