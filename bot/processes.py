"""Who a process is, so that another one on the same machine can tell that it is dead without waiting."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from secrets import token_hex

from storage.leases import Holder
from storage.tables import Lease

DEAD = ("Z", "X")
"""States of a process that has ended and was not yet collected."""


def this_run() -> Holder:
    """This run of the program."""
    pid = os.getpid()
    try:
        _, birth = _state(pid)
    except OSError:  # no Linux
        birth = ""
    return Holder(token_hex(16), platform.node()[:200], pid, machine(), birth)


def machine() -> str:
    """Where a process number means the same: one boot of one machine, and within it one container."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:  # no Linux
        return platform.node()[:200]


def is_dead(lease: Lease) -> bool:
    """The holder's process has certainly ended. False where that cannot be seen from here."""
    if lease.machine != machine():
        return False
    try:
        state, birth = _state(lease.pid)
    except OSError:
        return not _exists(lease.pid)
    return state in DEAD or birth != lease.birth


def _state(pid: int) -> tuple[str, str]:
    """Linux's letter for what a process is doing, and the tick since boot at which it was started."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return fields[0], fields[19]


def _exists(pid: int) -> bool:
    if os.name != "posix":
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
