"""Real databases for tests: SQLite files, and a PostgreSQL server started for the run."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import pytest

BACKENDS = ("sqlite", "postgres")


def _binaries() -> Path:
    """PostgreSQL's own folder, as Debian lays it out, or wherever pg_config says."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    if versions:
        return versions[0]
    config = shutil.which("pg_config")
    if config is None:
        raise RuntimeError("PostgreSQL is not installed: run `make setup-tests`, or install the package postgresql")
    return Path(subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True).stdout.strip())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_postgres(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else list(command)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of this test run alone, on loopback; gives the address up to the database's name."""
    binaries, port = _binaries(), _free_port()
    with tempfile.TemporaryDirectory(prefix="genjin-pg-") as folder:
        place = Path(folder) / "data"
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        subprocess.run(
            _as_postgres(
                str(binaries / "initdb"), "-D", str(place), "-A", "trust", "-U", "genjin", "-E", "UTF8", "--no-locale"
            ),
            check=True,
            capture_output=True,
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c max_connections=200"
        control = [str(binaries / "pg_ctl"), "-D", str(place), "-w", "-l", str(Path(folder) / "log")]
        subprocess.run(_as_postgres(*control, "-o", options, "start"), check=True, capture_output=True)
        try:
            yield f"postgresql+asyncpg://genjin@127.0.0.1:{port}/"
        finally:
            subprocess.run(_as_postgres(*control, "-m", "immediate", "stop"), check=True, capture_output=True)


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'genjin.db'}"
    server = str(request.getfixturevalue("postgres_server"))
    name = f"test_{token_hex(6)}"
    create(server, name)
    return server + name


def create(server: str, name: str) -> None:
    address = server.replace("postgresql+asyncpg", "postgresql") + "postgres"
    subprocess.run(["psql", "-q", address, "-c", f'CREATE DATABASE "{name}"'], check=True, capture_output=True)
