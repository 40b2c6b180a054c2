"""The whole phone page under a tester's fingers: what is tapped, what is seen, what its browser keeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE_S = 60.0
"""Far longer than anything takes, for a machine that is busy."""

_KEPT = """async () => {
    const done = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const database = await done(indexedDB.open("cadence-coach"));
    const stores = database.transaction(["runs", "results"]);
    const [heads, results] = await Promise.all(
        ["runs", "results"].map((name) => done(stores.objectStore(name).getAll())));
    database.close();
    return heads.map((head) => ({ head, results: results.find(({ run }) => run === head.id) ?? null }));
}"""


class WholePage:
    """One page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tap(self, action: str) -> None:
        self.page.click(f"[data-screen]:not([hidden]) [data-action={action}]")

    def seen(self, field: str) -> str:
        """The text of a field of the screen that is seen."""
        return self.page.inner_text(f"[data-screen]:not([hidden]) [data-field={field}]")

    @property
    def screen(self) -> str:
        return str(self.page.get_attribute("[data-screen]:not([hidden])", "data-screen"))

    def go(self, screen: str) -> None:
        self.page.click(f"nav a[href='#{screen}']")
        self.until(lambda: self.screen == screen)

    def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds; Playwright's own way evaluates strings, which the policy forbids."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > deadline_s:
                seen = self.page.inner_text("[data-screen]:not([hidden])")
                raise AssertionError(f"in vain on the screen {self.screen}, which shows {seen!r}")
            time.sleep(0.05)

    def begin(self, action: str = "connect") -> None:
        """Run with a pod."""
        self.until(lambda: self.page.is_enabled(f"[data-screen=connect] [data-action={action}]"))
        self.tap(action)
        self.until(lambda: self.screen == "run")

    def run_until(self, t_s: float) -> None:
        """Wait until the run shows so much time."""
        self.until(lambda: self.run_s >= t_s)

    @property
    def run_s(self) -> float:
        minutes, seconds = self.seen("time").split(":")[-2:]
        return 60.0 * float(minutes) + float(seconds)

    def stop(self) -> None:
        """End the run: it takes two taps."""
        self.tap("stop")
        self.tap("stop")
        self.until(lambda: self.screen != "run")

    def export(self, kind: str, folder: Path) -> Path:
        """A download of the run that is seen."""
        with self.page.expect_download() as download:
            self.tap(f"export-{kind}")
        path = folder / str(download.value.suggested_filename)
        download.value.save_as(path)
        return path

    def kept(self) -> list[dict[str, Any]]:
        """Heads and results of all runs in the browser's store."""
        kept: list[dict[str, Any]] = self.page.evaluate(_KEPT)
        return kept
