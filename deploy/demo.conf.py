"""gunicorn for `make demo`: one process of threads, whose memory is the cache they share."""

import os
import signal
from typing import Any

bind = f"{os.environ['HOST']}:{os.environ['PORT']}"
workers = 1
threads = 8
graceful_timeout = 3
control_socket_disable = True
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    """Ctrl+C reaches every process of the terminal; the worker is stopped by its parent, once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
