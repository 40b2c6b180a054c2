"""What those who watch a run in a browser are sent, as JSON: first all that was found, then what is new."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cadence.cue import cue_to_dict
from cadence.stride import to_dict
from coach.run import Found
from coach.stride_files import update_dict


class LivePage:
    """All that was found in a run, and its present moment, for any number of watchers.

    Nothing waits for a watcher: each takes from here what they have not seen yet, however late they are.

    Attributes:
        found: as JSON, by kind. Each is made text once, not anew for each watcher.
        view: the moment, as JSON; empty before the first.
    """

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {"strides": [], "cues": [], "updates": []}
        self.view = ""

    def take(self, found: Found) -> None:
        """Go on by what came of a message."""
        self.found["strides"] += [_json(to_dict(stride)) for stride in found.strides]
        self.found["cues"] += [_json(cue_to_dict(cue)) for cue in found.cues]
        self.found["updates"] += [_json(update_dict(update)) for update in found.updates]

    def show(self, view: Mapping[str, Any]) -> None:
        """The run's present moment, in plain values."""
        self.view = _json(view)


class Watch:
    """What one watcher of a page has been sent."""

    def __init__(self, page: LivePage) -> None:
        self._page = page
        self._sent = dict.fromkeys(page.found, 0)
        self._begun = False
        self._view = ""

    def messages(self) -> list[str]:
        """What is to be sent now: {"results": ..} the first time and {"found": ..} where there is more since,
        each with "strides", "cues" and "updates"; and {"view": ..} where it has changed."""
        messages = []
        new = {kind: texts[self._sent[kind] :] for kind, texts in self._page.found.items()}
        if not self._begun or any(new.values()):
            lists = ",".join(f'"{kind}":[{",".join(texts)}]' for kind, texts in new.items())
            messages.append(f'{{"{"found" if self._begun else "results"}":{{{lists}}}}}')
            self._sent = {kind: len(texts) for kind, texts in self._page.found.items()}
            self._begun = True
        if self._page.view != self._view:
            self._view = self._page.view
            messages.append(f'{{"view":{self._view}}}')
        return messages


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), allow_nan=False)
