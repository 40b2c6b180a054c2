"""`coach phone serve` and `coach phone build`: who gets the page, with which headers, and how they fail."""

from __future__ import annotations

import json
import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from coach.cli.phone.site import own_site
from coach.phone.listening import listen
from coach.phone.server import is_own_host
from coach.phone.site import CONTENT_SECURITY_POLICY, SERVICE_WORKER, content_type

from ..cli.conftest import START

WAIT_S = 30


def phone(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", START, "phone", *map(str, arguments)],
        capture_output=True, text=True, timeout=WAIT_S, check=False,
    )  # fmt: skip


def refused(*arguments: object) -> str:
    """What a command says that cannot do it: one line."""
    run = phone(*arguments)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("coach: ")
    assert run.stderr.count("\n") == 1
    return run.stderr


def misused(*arguments: object) -> str:
    """What a command says whose options do not go together."""
    run = phone(*arguments)
    assert (run.returncode, run.stdout) == (2, "")
    return " ".join(run.stderr.replace("│", " ").split())


class Served:
    """A page that is served by a process of its own, and what was asked of it."""

    def __init__(self, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", START, "phone", "serve", "--port", "0", *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.first = self.process.stdout.readline()
        address = re.search(r"(https?)://([\d.]+):(\d+)/", self.first)
        assert address is not None, self.process.communicate()
        self.scheme, self.host, self.port = address[1], address[2], int(address[3])

    def get(
        self, path: str, method: str = "GET", trusted: Path | None = None, **headers: str
    ) -> HTTPResponse:
        if self.scheme == "https":
            connection: HTTPConnection = HTTPSConnection(
                "127.0.0.1", self.port, timeout=WAIT_S, context=ssl.create_default_context(cafile=trusted)
            )
        else:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        response.body = response.read()  # type: ignore[attr-defined]
        connection.close()
        return response


def body(response: HTTPResponse) -> bytes:
    return response.body  # type: ignore[attr-defined,no-any-return]


@contextmanager
def served(*arguments: object) -> Iterator[Served]:
    page = Served(*arguments)
    try:
        yield page
    finally:
        page.process.send_signal(signal.SIGINT)
        _, said = page.process.communicate(timeout=WAIT_S)
        assert (page.process.returncode, said) == (0, "")


@pytest.fixture(scope="module")
def page() -> Iterator[Served]:
    with served() as one:
        yield one


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of this machine, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    return write_pair(folder / "cert.pem", folder / "key.pem")


def write_pair(cert: Path, key: Path, password: bytes | None = None) -> tuple[Path, Path]:
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, secret.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(secret, SHA256())
    )
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    locked = (
        serialization.NoEncryption() if password is None else serialization.BestAvailableEncryption(password)
    )
    key.write_bytes(
        secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    )
    return cert, key


class TestServing:
    def test_says_where_the_page_is_and_ends_quietly_with_ctrl_c(self, page: Served) -> None:
        assert page.first.startswith("The phone page is at http://127.0.0.1:")

    def test_gives_every_file_as_what_it_is(self, page: Served) -> None:
        files = own_site().files
        for path, content in files.items():
            response = page.get(f"/{path}")
            assert (response.status, body(response)) == (200, content)
            assert response.headers["Content-Type"] == content_type(path)
        assert body(page.get("/?live&token=x")) == files["index.html"]

    @pytest.mark.parametrize("path", ["/", "/app.js", "/service-worker.js", "/nothing"])
    def test_every_answer_carries_the_policy_and_is_asked_for_anew(self, page: Served, path: str) -> None:
        headers = page.get(path).headers
        assert headers["Content-Security-Policy"] == f"{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-cache"
        assert "camera=()" in headers["Permissions-Policy"]

    def test_a_file_that_has_not_changed_is_not_sent_again(self, page: Served) -> None:
        tag = page.get("/app.js").headers["ETag"]
        again = page.get("/app.js", **{"If-None-Match": tag})
        assert (again.status, body(again), again.headers["ETag"]) == (304, b"", tag)
        assert page.get("/app.js", **{"If-None-Match": '"another"'}).status == 200
        assert page.get("/style.css").headers["ETag"] != tag

    def test_head_tells_the_size_alone(self, page: Served) -> None:
        response = page.get("/", "HEAD")
        assert (response.status, body(response)) == (200, b"")
        assert int(response.headers["Content-Length"]) == len(own_site().files["index.html"])

    @pytest.mark.parametrize(
        "path", ["/nothing", "/core/", "/../pyproject.toml", "/%2e%2e/%2e%2e/etc/passwd"]
    )
    def test_what_is_not_of_the_page_is_not_there(self, page: Served, path: str) -> None:
        response = page.get(path)
        assert (response.status, body(response)) == (404, b"there is no such file\n")

    def test_a_foreign_name_for_this_machine_gets_nothing(self, page: Served) -> None:
        for host in ("evil.example", f"evil.example:{page.port}", "192.0.2.1", "localhost.evil.example", ""):
            assert page.get("/", Host=host).status == 421, host
        for host in ("localhost", f"localhost:{page.port}", "127.0.0.1:9999", f"[::1]:{page.port}"):
            assert page.get("/", Host=host).status == 200, host

    def test_what_is_no_http_is_answered_and_not_told(self, page: Served) -> None:
        with socket.create_connection(("127.0.0.1", page.port), timeout=WAIT_S) as stranger:
            stranger.sendall(b"\x16\x03\x01 good day\r\n\r\n")
            assert b"400" in stranger.recv(100)

    def test_https_with_a_certificate(self, pair: tuple[Path, Path]) -> None:
        cert, key = pair
        with served("--cert", cert, "--key", key) as page:
            assert page.first.startswith("The phone page is at https://")
            assert page.get("/", trusted=cert).status == 200
            with pytest.raises(ssl.SSLError):
                page.get("/")
            # A name in the network is as good as another: the certificate says whose it is.
            assert page.get("/", trusted=cert, Host="laptop.local").status == 200


class TestRefusals:
    @pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
    def test_beyond_this_machine_there_is_no_plain_http(self, host: str) -> None:
        assert "--cert FILE and --key FILE" in misused("serve", "--host", host)

    def test_a_certificate_needs_its_key(self, pair: tuple[Path, Path]) -> None:
        cert, key = pair
        assert "both" in misused("serve", "--cert", cert)
        assert "both" in misused("serve", "--key", key)

    def test_files_that_are_none_or_do_not_belong_together(
        self, pair: tuple[Path, Path], tmp_path: Path
    ) -> None:
        cert, key = pair
        _, other_key = write_pair(tmp_path / "other.pem", tmp_path / "other.key")
        _, locked = write_pair(tmp_path / "locked.pem", tmp_path / "locked.key", password=b"secret")
        (tmp_path / "text.pem").write_text("good day")
        assert "none.pem cannot be read" in refused("serve", "--cert", cert, "--key", tmp_path / "none.pem")
        assert "is not the key of" in refused("serve", "--cert", cert, "--key", other_key)
        assert "no certificate" in refused("serve", "--cert", tmp_path / "text.pem", "--key", key)
        assert "without a password" in refused("serve", "--cert", tmp_path / "locked.pem", "--key", locked)

    def test_a_port_in_use_or_an_address_of_nobody(self, pair: tuple[Path, Path]) -> None:
        cert, key = pair
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            assert refused("serve", "--port", port) == (
                f"coach: port {port} of 127.0.0.1 cannot be used: address already in use; "
                "choose another by --port or --host\n"
            )
        of_nobody = refused("serve", "--host", "192.0.2.1", "--cert", cert, "--key", key)
        assert "cannot be used: cannot assign requested address; choose" in of_nobody
        for tls in ((), ("--cert", cert, "--key", key)):
            assert "no address of the name" in refused("serve", "--host", "no-such-name.invalid", *tls)


def test_over_plain_http_a_network_is_known_by_addresses_alone() -> None:
    assert is_own_host("192.168.1.5:8621", "network")
    assert is_own_host("[fd00::5]:8621", "network")
    assert not is_own_host("evil.example:8621", "network")
    assert not is_own_host("192.168.1.5:8621", "machine")


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this system has no IPv6, or not both at a port")
def test_at_every_address_of_both_kinds_it_answers_to_both() -> None:
    with listen("::", 0) as listener:
        port = listener.getsockname()[1]
        for host in ("127.0.0.1", "::1"):
            socket.create_connection((host, port), timeout=WAIT_S).close()


class TestBuilding:
    def test_writes_the_files_and_leaves_others_alone(self, tmp_path: Path) -> None:
        out = tmp_path / "new" / "site"
        (out / "core").mkdir(parents=True)
        (out / "CNAME").write_text("coach.example")
        told = json.loads(phone("build", "--out", out, "--json").stdout)
        site = own_site()
        written = {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}
        assert written.pop("CNAME") == b"coach.example"
        assert written == site.files
        assert told == {
            "folder": str(out),
            "files": sorted(site.files),
            "bytes": sum(map(len, site.files.values())),
            "version": site.version,
        }

    def test_an_earlier_build_makes_room_and_what_is_beside_it_stays(self, tmp_path: Path) -> None:
        out, beside = tmp_path / "site", tmp_path / "beside.txt"
        beside.write_text("mine")
        earlier = {"version": "0", "files": ["./", "app.js", "old/gone.js", "../beside.txt", str(beside)]}
        (out / "old").mkdir(parents=True)
        (out / "app.js").write_text("of yesterday")
        (out / "old" / "gone.js").write_text("of yesterday")
        (out / SERVICE_WORKER).write_text(f"const SITE = {json.dumps(earlier)};\n")
        assert phone("build", "--out", out).returncode == 0
        assert (out / "app.js").read_bytes() == own_site().files["app.js"]
        assert not (out / "old" / "gone.js").exists()
        assert beside.read_text() == "mine"
        assert phone("build", "--out", out).returncode == 0

    @pytest.mark.parametrize("worker", [None, "self.skipWaiting();", "const SITE = {};\n", "const SITE = 1"])
    def test_a_page_of_others_is_not_overwritten(self, tmp_path: Path, worker: str | None) -> None:
        (tmp_path / "index.html").write_text("mine")
        if worker is not None:
            (tmp_path / SERVICE_WORKER).write_text(worker)
        assert "holds files that are not of this page (index.html)" in refused("build", "--out", tmp_path)
        assert (tmp_path / "index.html").read_text() == "mine"
        assert len(list(tmp_path.iterdir())) == 1 + (worker is not None)

    def test_a_build_that_broke_off_is_completed(self, tmp_path: Path) -> None:
        site = own_site()
        (tmp_path / "app.js").write_bytes(site.files["app.js"])
        assert phone("build", "--out", tmp_path).returncode == 0
        assert (tmp_path / SERVICE_WORKER).read_bytes() == site.files[SERVICE_WORKER]

    def test_a_link_of_others_is_not_followed(self, tmp_path: Path) -> None:
        out, beside = tmp_path / "site", tmp_path / "beside.html"
        out.mkdir()
        (out / "index.html").symlink_to(beside)
        assert "holds files that are not of this page (index.html)" in refused("build", "--out", out)
        assert not beside.exists()

    def test_says_what_a_host_must_do(self, tmp_path: Path) -> None:
        run = phone("build", "--out", tmp_path)
        assert run.returncode == 0
        assert "HTTPS" in run.stdout
        assert ".js as text/javascript" in run.stdout

    def test_a_file_is_no_folder(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        assert "name another folder" in refused("build", "--out", tmp_path / "file")
        assert (tmp_path / "file").read_text() == ""
