"""The texts of the page: each in every language, the coach's words as the host has them."""

from __future__ import annotations

import json
import math
import re
import subprocess
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cadence.cue import CUE, CueKind, CueReason, CueStatus, cue_to_dict
from coach.audio.lines import cue_words, reason_words

from .page_in_node import need_node

PAGE = Path(__file__).parents[2] / "coach" / "phone" / "page"
TEXTS: dict[str, list[str]] = json.loads((PAGE / "texts.json").read_text(encoding="utf-8"))
ASK = """
import { readFileSync } from "node:fs";
const [folder] = process.argv.slice(-1);
globalThis.fetch = async (address) => new Response(readFileSync(address));
const { keys, cues, reasons, statuses, wanted } = JSON.parse(readFileSync(0, "utf8"));
const { LANGUAGES } = await import(`${folder}/languages.js`);
const { textsOf, languageOf } = await import(`${folder}/texts.js`);
const { cueWords, reasonWords, statusWords } = await import(`${folder}/words.js`);
const all = Object.fromEntries(Object.keys(LANGUAGES).map((language) => {
  const t = textsOf(language);
  const texts = Object.fromEntries(keys.map((key) => [key, t(key)]));
  return [language, {
    texts,
    cues: cues.map((cue) => cueWords(t, cue)),
    reasons: reasons.map((reason) => reasonWords(t, reason)),
    statuses: statuses.map((status) => statusWords(t, status)),
  }];
}));
let missing = null;
try { textsOf("en")("no such text"); } catch (error) { missing = error.message; }
console.log(JSON.stringify({ all, missing, chosen: wanted.map((of) => languageOf(...of)) }));
"""
CUES = [
    np.array([(0.0, kind, reason, 172.4 if kind in (1, 2) else math.nan)], CUE)[0]
    for kind in CueKind
    for reason in CueReason
]
FAMILIES = {key.split(".")[0] for key in TEXTS}
WANTED = [["auto", ["de-AT", "en"]], ["auto", ["fr", "sv"]], ["en", ["de"]], ["auto", ["fr", "de"]]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("texts")
    for name in ("texts.js", "languages.js", "packed.js", "words.js"):
        (folder / name).write_bytes((PAGE / name).read_bytes())
    (folder / "texts.json.deflated").write_bytes(zlib.compress((PAGE / "texts.json").read_bytes()))
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "ask.js").write_text(ASK, encoding="utf-8")
    given = {
        "keys": list(TEXTS),
        "cues": [cue_to_dict(cue) for cue in CUES],
        "reasons": [reason.name.lower() for reason in CueReason],
        "statuses": [status.name.lower() for status in CueStatus],
        "wanted": WANTED,
    }
    command = [need_node(), str(folder / "ask.js"), str(folder)]
    run = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


def test_every_text_is_there_in_each_language_with_the_same_places_to_fill() -> None:
    for key, texts in TEXTS.items():
        assert len(texts) == 2, key
        english, german = (sorted(re.findall(r"\{\w+\}", text)) for text in texts)
        assert english == german, key
        assert all(texts) or key.endswith(".none"), key


def test_every_text_that_the_page_asks_for_is_in_the_table() -> None:
    known = set(TEXTS)
    sources = [*PAGE.rglob("*.js"), PAGE / "index.html"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    quoted = re.findall(r'"([a-z]+\.[\w.-]+)"', text)
    asked = {key for key in quoted if key.split(".")[0] in FAMILIES and not key.endswith((".js", ".svg"))}
    assert asked <= known
    assert len(asked) > 60
    # Of the others the last part is put together where they are asked for.
    put_together = {"cue", "reason", "status", "link", "losses", "support"}
    of_units = {"run.km", "run.mi"}
    assert {key.split(".")[0] for key in known - asked - of_units} <= put_together


def test_the_coach_says_on_the_page_what_it_says_on_the_host(told: dict[str, Any]) -> None:
    assert told["all"]["en"]["cues"] == [cue_words(cue) for cue in CUES]
    assert told["all"]["en"]["reasons"] == [reason_words(reason) for reason in CueReason]


def test_the_coach_speaks_each_language(told: dict[str, Any]) -> None:
    for cue, words in zip(CUES, told["all"]["de"]["cues"], strict=True):
        assert bool(words) == (cue["kind"] != CueKind.NONE)
    assert all(told["all"]["de"]["statuses"])


def test_the_language_is_the_chosen_one_or_the_first_of_the_phones_that_is_here(
    told: dict[str, Any],
) -> None:
    assert told["chosen"] == ["de", "en", "en", "de"]


def test_a_key_without_a_text_is_an_error(told: dict[str, Any]) -> None:
    assert told["missing"] == 'there is no text "no such text"'
