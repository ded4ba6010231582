"""A real browser without a window, where there is one."""

from __future__ import annotations

import shutil
import subprocess

BROWSER = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), "")
OPTIONS = "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --no-first-run".split()


def visit_address(address: str, profile: str) -> tuple[str, list[str]]:
    """The document at an address as the browser has it after the scripts ran, and the lines of its console."""
    command = [
        BROWSER,
        *OPTIONS,
        f"--user-data-dir={profile}",
        "--enable-logging=stderr",
        "--virtual-time-budget=3000",
        "--dump-dom",
        address,
    ]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]
