"""The phone page as files: what lies in `page/`, the on-device core, and what is made from both.

Every address in it is relative, so that it works in any folder of any host.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

INDEX = "index.html"
SERVICE_WORKER = "service-worker.js"
PACKED = ".deflated"
"""Ends the name of a file that the page unpacks itself (RFC 1950). Hosts have no rule for such an end, as
they may have for .wasm or .gz."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
"""Nothing from a foreign origin, no script or style within the page. `wasm-unsafe-eval` is what browsers ask
for to compile WebAssembly; JavaScript from strings stays forbidden. The page may make pictures and sounds."""

POLICY_MARK = b"<!-- content-security-policy -->"
"""In the head of index.html, where the policy goes: a static host sends no headers of ours."""

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    PACKED: "application/octet-stream",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
"""By the end of a name. Files of no other kind are in the page."""

VERSION_DIGITS = 12
"""Of SHA-256, in hexadecimal: 48 bits. Our choice."""

_HERE = Path(__file__).parent
_LEFT_OUT = ("comment", "title", "count")


@dataclass(frozen=True, slots=True)
class Site:
    """The page, ready to be served.

    Attributes:
        version: changes with any byte of any file.
        files: what is served, by its path relative to the page's address.
    """

    version: str
    files: Mapping[str, bytes]


def phone_site(wrapper: bytes) -> Site:
    """The page as this distribution has it.

    Args:
        wrapper: cadence_core.js, which runs the core for pages.

    Raises:
        OSError: its files cannot be read.
    """
    from coach.phone.recording_table import recording_table

    page = _HERE / "page"
    parts = {
        path.relative_to(page).as_posix(): path.read_bytes()
        for path in sorted(page.rglob("*"))
        if path.is_file() and path.suffix in CONTENT_TYPES
    }
    core = _HERE / "core"
    parts["core/cadence_core.js"] = wrapper
    parts |= {path: shortened(path, content) for path, content in parts.items()}
    layout = json.loads((core / "cadence_core.json").read_bytes())
    packed = {
        "core/cadence_core.wasm": (core / "cadence_core.wasm").read_bytes(),
        "core/cadence_core.json": _json(without_words(layout)),
        "recording.json": _json(recording_table()),
        "texts.json": _json(json.loads(parts.pop("texts.json"))),
    }
    parts |= {path + PACKED: zlib.compress(content, level=9) for path, content in packed.items()}
    return site_of(parts)


def site_of(parts: Mapping[str, bytes]) -> Site:
    """Make a site of its files: index.html gets the content security policy, and the service worker, where
    there is one, a first line that tells it the version and the files to keep for use offline.

    Raises:
        ValueError: index.html has no place for the policy.
    """
    files = dict(parts)
    if files[INDEX].count(POLICY_MARK) != 1:
        raise ValueError(f"the head of {INDEX} must have {POLICY_MARK.decode()} once")
    policy = f'<meta http-equiv="Content-Security-Policy" content="{CONTENT_SECURITY_POLICY}">'
    files[INDEX] = files[INDEX].replace(POLICY_MARK, policy.encode())
    version = _version(files)
    if SERVICE_WORKER in files:
        kept = ["./", *sorted(files.keys() - {SERVICE_WORKER})]
        told = json.dumps({"version": version, "files": kept})
        files[SERVICE_WORKER] = f"const SITE = {told};\n".encode() + files[SERVICE_WORKER]
    return Site(version, dict(sorted(files.items())))


def files_of(service_worker: bytes) -> frozenset[str]:
    """The files of the site to which a service worker belongs, itself among them; none where it is of no site
    of ours."""
    told = re.match(rb"const SITE = (\{.*\});\n", service_worker)
    try:
        files = [str(path) for path in json.loads(told[1])["files"]] if told else []
    except (ValueError, KeyError, TypeError):
        files = []
    within = {path for path in files if not {"/", ".."} & set(PurePosixPath(path).parts)}
    return frozenset(within - {"./"} | {SERVICE_WORKER}) if files else frozenset()


def shortened(path: str, content: bytes) -> bytes:
    """A file without what is there for its readers: the comments and spare white space of a script or style,
    the indentation of a page. No name is changed."""
    if path.endswith(".js"):
        from rjsmin import jsmin

        return str(jsmin(content.decode())).encode()
    if path.endswith(".css"):
        from rcssmin import cssmin

        return str(cssmin(content.decode())).encode()
    if path.endswith(".html"):
        return re.sub(rb"\n\s+", b"\n", content)
    return content


def content_type(path: str) -> str:
    """Of a file of a site."""
    return CONTENT_TYPES[PurePosixPath(path).suffix]


def without_words(layout: Any) -> Any:
    """The core's layout without what is written for people and for C: most of it, and the page reads none."""
    if isinstance(layout, dict):
        return {name: without_words(value) for name, value in layout.items() if name not in _LEFT_OUT}
    return layout


def _json(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def _version(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:VERSION_DIGITS]
