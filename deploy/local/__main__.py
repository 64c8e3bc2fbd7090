"""`make prod-local`: the production form, until Ctrl+C. Data stays in var/prod-local."""

from __future__ import annotations

import signal
import sys
import time

from deploy.local.stack import ROOT, Stack


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(0))
    with Stack(ROOT / "var" / "prod-local") as stack:
        print(f"PARC: {stack.origin}  (Ctrl+C để dừng; dữ liệu và nhật ký ở {stack.folder})")
        try:
            while all(process.poll() is None for process in stack.processes.values()):
                time.sleep(1)
        except KeyboardInterrupt:
            return 0
        gone = [name for name, process in stack.processes.items() if process.poll() is not None]
        print(f"Đã dừng vì: {', '.join(gone)}. Xem {stack.folder}/logs.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
