"""nginx, gunicorn, PostgreSQL, Redis, worker and beat as children of one process, on loopback.

`make prod-local` runs it for a person, `make load` and `make faults` for a drill. Every process is
the one of production with the settings of production; only the places are its own: a folder below
`var/`, free ports of 127.0.0.1, a certificate that it makes for itself. What it starts it stops.
"""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = sys.executable
STARTS_WITHIN = 60.0
NOBODY_ELSE = 0o700


def free_port() -> int:
    """A port of loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgresql_bin(name: str) -> str:
    """A program of the newest PostgreSQL on this machine."""
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: float(p.parts[-3])
    )
    if found:
        return str(found[-1])
    if elsewhere := shutil.which(name):
        return elsewhere
    raise FileNotFoundError(name)


@dataclass
class Stack:
    """The processes and where they are; use it as a context manager."""

    folder: Path
    web_workers: int = 2
    web_threads: int = 4
    celery_concurrency: int = 1
    clock_offset: float = 0.0
    https_port: int = field(default_factory=free_port)
    postgresql_port: int = field(default_factory=free_port)
    redis_port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"https://127.0.0.1:{self.https_port}"

    @property
    def database_url(self) -> str:
        return f"postgresql://parc@127.0.0.1:{self.postgresql_port}/parc"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every process of ours: that of production, complete."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "parc.settings",
            "SECRET_KEY": self._secret(),
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "SITE_ORIGIN": self.origin,
            "CSRF_TRUSTED_ORIGINS": self.origin,
            "DATABASE_URL": self.database_url,
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "PARC_VAR": str(self.folder / "var"),
            "EVIDENCE_ROOT": str(self.folder / "evidence"),
            "EVIDENCE_ACCEL": "/_store/",
            "PARC_CLOCK_OFFSET": str(self.clock_offset),
            "WEB_BIND": f"unix:{self.folder / 'web.sock'}",
            "WEB_WORKERS": str(self.web_workers),
            "WEB_THREADS": str(self.web_threads),
            "PYTHONUNBUFFERED": "1",
        }

    def _secret(self) -> str:
        path = self.folder / "secret_key"
        if not path.exists():
            path.write_text(secrets.token_urlsafe(60))
            path.chmod(0o600)
        return path.read_text()

    # --- Life --------------------------------------------------------------------------------
    def __enter__(self) -> Stack:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("var/static", "evidence", "logs", "nginx", "redis"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        try:
            self.start_postgresql()
            self.start_redis()
            self.manage("migrate", "--no-input", "--verbosity", "0")
            self.manage("collectstatic", "--no-input", "--verbosity", "0")
            self.start_web()
            self.start_worker()
            self.start_beat()
            self.start_nginx()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_failure: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End every process, the ones that others lean on last."""
        for name in ("nginx", "beat", "worker", "web", "redis", "postgresql"):
            self.end(name)

    def end(self, name: str, how: signal.Signals | None = None) -> None:
        """End one process with the signal that its program understands as "finish and leave"."""
        process = self.processes.pop(name, None)
        if process is None:
            return
        # PostgreSQL waits for its clients at SIGTERM and sends them away at SIGINT.
        polite = {"postgresql": signal.SIGINT, "nginx": signal.SIGQUIT}.get(name, signal.SIGTERM)
        with suppress(ProcessLookupError):
            process.send_signal(how or polite)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def kill(self, name: str) -> None:
        """kill -9 to a process and all its children, as a power cut or the kernel would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def manage(self, *arguments: str) -> str:
        """A management command in the environment of the stack; its output."""
        done = subprocess.run(  # noqa: S603
            [PYTHON, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def _start(
        self,
        name: str,
        command: list[str],
        ready: Callable[[], bool],
        environment: dict[str, str] | None = None,
        user: str | None = None,
    ) -> None:
        with self.log(name).open("ab") as output:
            process = subprocess.Popen(  # noqa: S603
                command,
                cwd=ROOT,
                env=environment or self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
                group=pwd.getpwnam(user).pw_gid if user else None,
            )
        self.processes[name] = process
        until = time.monotonic() + STARTS_WITHIN
        while not ready():
            if process.poll() is not None or time.monotonic() > until:
                tail = self.log(name).read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{name} did not start:\n{tail}")
            time.sleep(0.1)

    # --- The parts ---------------------------------------------------------------------------
    def start_postgresql(self) -> None:
        """A cluster of its own; durable commits, as production has them."""
        data = self.folder / "postgresql"
        # PostgreSQL refuses to run as root; Debian brings a user for it.
        user = "postgres" if os.geteuid() == 0 else None
        if not (data / "PG_VERSION").exists():
            data.mkdir(mode=NOBODY_ELSE, exist_ok=True)
            if user:
                shutil.chown(data, user, pwd.getpwnam(user).pw_gid)
                self._open_the_way(data)
            self._as(user, [
                postgresql_bin("initdb"), "--pgdata", str(data), "--username=parc",
                "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums",
            ])  # fmt: skip
        self._start(
            "postgresql",
            [
                postgresql_bin("postgres"), "-D", str(data),
                "-c", "listen_addresses=127.0.0.1", "-c", f"port={self.postgresql_port}",
                "-c", "unix_socket_directories=", "-c", "max_connections=60",
            ],
            lambda: self._pg_ready("postgres"),
            environment={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            user=user,
        )  # fmt: skip
        if not self._pg_ready("parc"):
            subprocess.run(  # noqa: S603
                [postgresql_bin("createdb"), "-h", "127.0.0.1", "-p", str(self.postgresql_port),
                 "-U", "parc", "--maintenance-db=postgres", "parc"],
                check=True, capture_output=True,
            )  # fmt: skip

    def _open_the_way(self, data: Path) -> None:
        """Let the database's user walk to its folder; the folders on the way hold no secrets."""
        for folder in data.parents:
            if folder.stat().st_mode & 0o001 == 0 and folder.is_relative_to(self.folder.parent):
                folder.chmod(folder.stat().st_mode | 0o011)

    def _as(self, user: str | None, command: list[str]) -> None:
        subprocess.run(  # noqa: S603
            command, check=True, capture_output=True, cwd="/", user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        )  # fmt: skip

    def _pg_ready(self, database: str) -> bool:
        done = subprocess.run(  # noqa: S603
            [postgresql_bin("psql"), "-h", "127.0.0.1", "-p", str(self.postgresql_port),
             "-U", "parc", "-d", database, "-c", "SELECT 1"],
            check=False, capture_output=True,
        )  # fmt: skip
        return done.returncode == 0

    def start_redis(self) -> None:
        self._start(
            "redis",
            ["redis-server", "--bind", "127.0.0.1", "--port", str(self.redis_port),
             "--dir", str(self.folder / "redis"), "--appendonly", "yes", "--save", "",
             "--maxmemory-policy", "noeviction"],
            lambda: self._listens(self.redis_port),
        )  # fmt: skip

    def start_web(self) -> None:
        self._start(
            "web",
            [PYTHON, "-m", "gunicorn", "parc.wsgi", "--config", "deploy/gunicorn.conf.py"],
            self._web_answers,
        )

    def start_worker(self) -> None:
        self._start(
            "worker",
            [PYTHON, "-m", "celery", "-A", "parc", "worker", "--loglevel=INFO",
             f"--concurrency={self.celery_concurrency}"],
            lambda: b" ready." in self.log("worker").read_bytes(),
        )  # fmt: skip

    def start_beat(self) -> None:
        schedule = self.folder / "beat"
        self._start(
            "beat",
            [PYTHON, "-m", "celery", "-A", "parc", "beat", f"--schedule={schedule}",
             "--pidfile=", "--loglevel=INFO"],
            lambda: b"beat: Starting" in self.log("beat").read_bytes(),
        )  # fmt: skip

    def start_nginx(self) -> None:
        self._make_certificate()
        self._write_nginx()
        self._start(
            "nginx",
            ["nginx", "-p", str(self.folder / "nginx"), "-c", str(self.folder / "nginx.conf"),
             "-g", "daemon off;"],
            lambda: self._listens(self.https_port),
        )  # fmt: skip

    def _make_certificate(self) -> None:
        key, certificate = self.folder / "privkey.pem", self.folder / "fullchain.pem"
        if certificate.exists():
            return
        subprocess.run(  # noqa: S603
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",  # noqa: S607
             "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
             "-keyout", str(key), "-out", str(certificate)],
            check=True, capture_output=True,
        )  # fmt: skip
        key.chmod(0o600)

    def _write_nginx(self) -> None:
        """The very file of production, with its places put on this machine."""
        text = (ROOT / "deploy/nginx.conf").read_text()
        for pattern, put in (
            (r"listen 8080 default_server;\n    listen \[::\]:8080 default_server;",
             f"listen 127.0.0.1:{free_port()};"),
            (r"listen 8443 ssl default_server;\n    listen \[::\]:8443 ssl default_server;\n"
             r"    http2 on;", f"listen 127.0.0.1:{self.https_port} ssl http2;"),
            (r"/etc/nginx/tls/", f"{self.folder}/"),
            (r"resolver [^;]*;\n    set \$web http://web:8000;",
             f"set $web http://unix:{self.folder}/web.sock:;"),
            (r"/data/evidence/", f"{self.folder}/evidence/"),
        ):  # fmt: skip
            text, times = re.subn(pattern, lambda _m, put=put: put, text)  # type: ignore[misc]
            if not times:
                raise RuntimeError(f"deploy/nginx.conf has no {pattern}")
        temporary = "\n".join(
            f"  {kind}_temp_path {self.folder}/nginx/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;\n" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(
            f"{user}worker_processes 1;\npid {self.folder}/nginx/pid;\n"
            f"error_log {self.log('nginx')} warn;\nevents {{ worker_connections 1024; }}\n"
            f"http {{\n{temporary}\n  access_log {self.folder}/logs/access.log;\n{text}\n}}\n"
        )

    def _listens(self, port: int) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", port)) == 0

    def _web_answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            try:
                probe.connect(str(self.folder / "web.sock"))
                probe.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                return b" 200 " in probe.recv(64)
            except OSError:
                return False
