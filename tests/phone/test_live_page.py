"""`coach run --page`: a run is watched as it is, by those who may, and holds up for none of them."""

from __future__ import annotations

import asyncio
import io
import json
import re
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest
import typer
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError
from rich.console import Console

from cadence.cue import CUE
from cadence.stride import STRIDE, Activity
from coach.cli.live.asked import PageAsked, page_asked
from coach.cli.live.page import open_door, paged
from coach.cli.live.page_view import PageView
from coach.cli.live.run import LiveRun
from coach.cli.live.state import LiveWatch
from coach.cli.live.view import live_view
from coach.cli.pods.links import OpenPod
from coach.phone.listening import ServeError, listen, network_address
from coach.phone.live_page import LivePage, Watch
from coach.phone.live_socket import LiveSocket
from coach.phone.server import application, serving
from coach.phone.site import INDEX, POLICY_MARK, site_of
from coach.replay import Tally
from coach.run import Found, Run
from coach.run_settings import RunSettings
from firmware_bridge.pods.catalogue import decoders
from firmware_bridge.readings import CadenceUpdate

from ..cli.conftest import START

TOKEN = "a-token"
KINDS = ("strides", "cues", "updates")


class Told(NamedTuple):
    """What one watcher was told: the results, added up, and the views."""

    results: dict[str, list[Any]]
    views: list[dict[str, Any]]
    kinds: list[str]


async def read_all(watching: ClientWebSocketResponse) -> Told:
    """Read to the end of the run."""
    told = Told({kind: [] for kind in KINDS}, [], [])
    async for message in watching:
        ((kind, content),) = json.loads(message.data).items()
        told.kinds.append(kind)
        if kind == "view":
            told.views.append(content)
            continue
        for name, records in content.items():
            told.results[name] += records
    assert watching.close_code == 1000
    return told


def strides(count: int, first: int = 0) -> Found:
    found = np.zeros(count, STRIDE)
    found["t_mid_stance_s"] = np.arange(first, first + count)
    found["activity"] = Activity.RUNNING
    found["cadence_spm"] = np.nan
    return Found(strides=found)


class TestWhatIsSent:
    def test_first_all_that_was_found_then_what_is_new_and_each_once(self) -> None:
        page = LivePage()
        page.take(strides(2))
        watch = Watch(page)
        (results,) = map(json.loads, watch.messages())
        assert [stride["t_mid_stance_s"] for stride in results["results"]["strides"]] == [0.0, 1.0]
        assert watch.messages() == []
        page.take(strides(1, first=2))
        page.take(
            Found(
                cues=list(np.array([(2.0, 1, 1, 172.0)], CUE)),
                updates=[CadenceUpdate(2.5, 165.0, 3.0, float("nan"), Activity.RUNNING)],
            )
        )
        (found,) = map(json.loads, watch.messages())
        assert [stride["t_mid_stance_s"] for stride in found["found"]["strides"]] == [2.0]
        assert found["found"]["cues"] == [
            {"t_s": 2.0, "kind": "burst_up", "tempo_spm": 172.0, "reason": "below_target"}
        ]
        assert found["found"]["updates"][0]["stride_length_m"] is None

    def test_a_view_when_it_has_changed(self) -> None:
        page = LivePage()
        watch = Watch(page)
        assert json.loads(watch.messages()[0]) == {"results": {kind: [] for kind in KINDS}}
        page.show({"strides": 1})
        assert watch.messages() == ['{"view":{"strides":1}}']
        page.show({"strides": 1})
        assert watch.messages() == []

    def test_nothing_that_is_no_number_can_be_sent(self) -> None:
        with pytest.raises(ValueError, match="JSON"):
            LivePage().show({"cadence_spm": float("nan")})


@asynccontextmanager
async def watched(page: LivePage) -> AsyncIterator[tuple[LiveSocket, str]]:
    """A page that is served, and where."""
    sockets = LiveSocket(page, TOKEN)
    app = application(site_of({INDEX: POLICY_MARK}), "machine")
    sockets.add_to(app)
    listener = listen("127.0.0.1", 0)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)  # or it holds megabytes
    async with serving(app, listener):
        yield sockets, f"http://127.0.0.1:{listener.getsockname()[1]}"


class TestWhoMayWatch:
    @pytest.mark.parametrize(
        ("token", "origin", "host", "status"),
        [
            ("another", None, None, 403),
            ("", None, None, 403),
            (TOKEN, "http://evil.example", None, 403),
            (TOKEN, "http://127.0.0.1:1", None, 403),
            (TOKEN, "null", None, 403),
            (TOKEN, "http://evil.example", "evil.example", 421),
        ],
        ids=["wrong token", "no token", "foreign page", "page of another port", "page of nowhere", "rebound"],
    )
    def test_not_without_the_token_nor_from_another_page(
        self, token: str, origin: str | None, host: str | None, status: int
    ) -> None:
        async def watch() -> None:
            async with watched(LivePage()) as (_, address), ClientSession() as session:
                with pytest.raises(WSServerHandshakeError) as failed:
                    await session.ws_connect(
                        f"{address}/live?token={token}",
                        origin=origin or address,
                        headers={} if host is None else {"Host": host},
                    )
                assert failed.value.status == status

        asyncio.run(watch())

    def test_not_by_a_program_that_does_not_say_where_it_comes_from(self) -> None:
        async def watch() -> None:
            async with watched(LivePage()) as (_, address), ClientSession() as session:
                with pytest.raises(WSServerHandshakeError):
                    await session.ws_connect(f"{address}/live?token={TOKEN}")
                response = await session.get(f"{address}/live?token={TOKEN}", headers={"Origin": address})
                assert (response.status, (await response.text()).count("\n")) == (400, 1)

        asyncio.run(watch())

    def test_a_watcher_who_talks_is_let_go(self) -> None:
        async def watch() -> None:
            async with watched(LivePage()) as (_, address), ClientSession() as session:
                talking = await session.ws_connect(f"{address}/live?token={TOKEN}", origin=address)
                await talking.receive()
                await talking.send_str(100_000 * "x")
                assert (await talking.receive()).type in (WSMsgType.CLOSE, WSMsgType.CLOSED)

        asyncio.run(watch())


def test_one_who_does_not_read_holds_up_nobody_and_gets_all_when_they_read() -> None:
    rounds, each = 200, 40  # some 2.5 MB, far more than a socket holds

    async def watch() -> None:
        page = LivePage()
        async with watched(page) as (sockets, address), ClientSession() as session:
            where = f"{address}/live?token={TOKEN}"
            slow = await session.ws_connect(where, origin=address, max_msg_size=0)
            slow_transport = slow._conn.transport  # type: ignore[union-attr]
            slow_transport.pause_reading()
            quick = asyncio.ensure_future(
                read_all(await session.ws_connect(where, origin=address, max_msg_size=0))
            )
            for number in range(rounds):
                page.take(strides(each, first=number * each))
                page.show({"round": number})
                sockets.publish()
                await asyncio.sleep(0.002)
            slow_transport.resume_reading()
            late = asyncio.ensure_future(read_all(slow))
            await sockets.finish()
            told, told_late = await quick, await late
        assert told.results == told_late.results
        assert [stride["t_mid_stance_s"] for stride in told.results["strides"]] == list(range(rounds * each))
        assert told.views[-1] == told_late.views[-1] == {"round": rounds - 1}
        # The late one got in few messages what the other got in many.
        assert len(told_late.kinds) < len(told.kinds) / 2

    asyncio.run(watch())


def test_the_end_of_a_run_does_not_wait_for_one_who_never_reads() -> None:
    async def watch() -> float:
        page = LivePage()
        page.take(strides(20_000))
        loop = asyncio.get_running_loop()
        async with watched(page) as (sockets, address), ClientSession() as session:
            slow = await session.ws_connect(f"{address}/live?token={TOKEN}", origin=address, max_msg_size=0)
            slow._conn.transport.pause_reading()  # type: ignore[union-attr]
            await asyncio.sleep(0.1)
            began_s = loop.time()
            await sockets.finish()
            return loop.time() - began_s

    assert asyncio.run(watch()) < 3.0


class Process:
    """`coach run --page --json` as a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, page: str) -> None:
        self.process = process
        self.page, _, query = page.partition("?")
        self.live = f"{self.page}live?token={query.partition('token=')[2]}"

    def watch(self, session: ClientSession) -> Any:
        return session.ws_connect(self.live, origin=self.page.rstrip("/"), max_msg_size=0)


@asynccontextmanager
async def started(folder: Path, *arguments: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", START, "run", "--pod", "sim:steady,lapse=10", "--no-journal"),
        *("--page-port", "0", *arguments),
        cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, limit=1 << 24,
    )  # fmt: skip
    assert process.stderr is not None
    try:
        while b"to watch this run" not in (said := await process.stderr.readline()):
            assert said, "it ended"
        address = re.search(r"http://\S+", said.decode())
        assert address is not None
        yield Process(process, address[0])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def of_nothing() -> LiveRun:
    """A run to which nothing has come."""
    run = Run(decoders())
    link: Any = SimpleNamespace(path="nowhere")
    return LiveRun(RunSettings(), run, Tally(run), OpenPod(link), None)


def run_async(what: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(what(), 60))  # type: ignore[arg-type]


def test_watchers_are_told_what_the_run_prints(tmp_path: Path) -> None:
    async def watch() -> None:
        async with (
            started(tmp_path, "--page", "--json", "--seconds", "40") as run,
            ClientSession() as session,
        ):
            assert run.page.startswith("http://127.0.0.1:")
            page = await session.get(run.page)
            assert page.headers["Content-Type"].startswith("text/html")
            first = asyncio.ensure_future(read_all(await run.watch(session)))
            await asyncio.sleep(2.0)
            second = asyncio.ensure_future(read_all(await run.watch(session)))
            stdout, stderr = await run.process.communicate()
            told, told_late = await first, await second
        *lines, last = map(json.loads, stdout.splitlines())
        assert (run.process.returncode, stderr) == (0, b"")
        assert last["summary"]["strides"] == len(told.results["strides"]) > 45
        assert told.results["strides"] == [line for line in lines if "t_contact_s" in line]
        assert told.results["cues"] == [line["cue"] for line in lines if "cue" in line]
        assert told_late.results == told.results
        assert told.kinds[0] == told_late.kinds[0] == "results"
        assert told.kinds.count("results") == 1
        phases = [view["phase"] for view in told.views]
        assert phases == sorted(phases, key=["waiting", "running", "over"].index)
        assert {"waiting", "running", "over"} == set(phases)
        assert phases.count("over") == 1
        seen = next(view for view in reversed(told.views) if view["phase"] == "running")
        assert seen["cadence_spm"] == pytest.approx(165.0, abs=5.0)
        assert (seen["link"], seen["activity"], seen["status"]) == ("connected", "running", "learning")
        assert seen["pod"] == last["summary"]["device"]
        assert told.views[-1]["strides"] == last["summary"]["strides"]
        assert told.views[-1]["distance_m"] == pytest.approx(last["summary"]["distance_m"], abs=0.001)
        # Four seconds of real time at most four times each, and once at the end.
        assert len(told.views) <= 4 * 6

    run_async(watch)


def test_in_a_network_the_address_is_this_machines_there(tmp_path: Path) -> None:
    try:
        address = network_address()
    except ServeError as error:
        pytest.skip(str(error))

    async def watch() -> None:
        async with started(tmp_path, "--page-lan", "--seconds", "5") as run, ClientSession() as session:
            assert run.page.startswith(f"http://{address}:")
            page = await session.get(run.page)
            # Browsers complain of it where the address is not secure.
            assert "Cross-Origin-Opener-Policy" not in page.headers
            told = await read_all(await run.watch(session))
            await run.process.communicate()
        assert told.views[-1]["phase"] == "over"

    run_async(watch)


def test_a_port_in_use_is_told_before_the_run_begins(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = subprocess.run(
            [sys.executable, "-c", START, "run", "--pod", "sim", "--page", "--page-port", str(port)],
            cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith(f"coach: port {port} of 127.0.0.1 cannot be used")
    assert "--page-port" in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_port_is_for_a_page() -> None:
    with pytest.raises(typer.BadParameter, match="for --page"):
        page_asked(page=False, lan=False, port=8000)
    assert page_asked(page=False, lan=False, port=None) is None
    assert page_asked(page=True, lan=True, port=8000) == PageAsked(lan=True, port=8000)


def test_a_run_that_is_taken_up_is_watched_from_its_beginning() -> None:
    async def watch() -> None:
        live = of_nothing()
        live.tally.add(strides(3))
        with open_door(PageAsked(lan=False, port=0)) as door:
            page, _, query = door.address.partition("?live&")
            async with ClientSession() as session:
                async with paged(door, live) as take:
                    watching = await session.ws_connect(f"{page}live?{query}", origin=page.rstrip("/"))
                    told = asyncio.ensure_future(read_all(watching))
                    live.tally.add(strides(1, first=3))
                    take(strides(1, first=3))
                assert len((await told).results["strides"]) == 4

    run_async(watch)


class TestTheMoment:
    def test_of_a_run_that_has_not_begun_nothing_is_known(self) -> None:
        moment = PageView(of_nothing(), start_s=100.0).moment(103.9)
        known = {name: value for name, value in moment.items() if value is not None}
        assert known == {
            "phase": "waiting",
            "elapsed_s": 3,
            "activity": "unknown",
            "link": "connecting",
            "pod": "",
            "strides": 0,
            "losses": {"lost_frames": 0, "disconnects": 0, "restarts": 0},
            "paused": False,
        }
        assert json.loads(json.dumps(moment, allow_nan=False)) == moment

    def test_the_last_cue_grows_old(self) -> None:
        view = PageView(of_nothing(), start_s=100.0)
        view.take(Found(cues=list(np.array([(5.0, 1, 1, 172.0)], CUE))), 105.2)
        assert view.moment(107.5)["said"] == {
            "t_s": 5.0, "kind": "burst_up", "tempo_spm": 172.0, "reason": "below_target", "age_s": 2,
        }  # fmt: skip

    def test_a_sensor_without_strides_tells_the_distance_by_its_speed(self) -> None:
        view = PageView(of_nothing(), start_s=0.0)
        for second in range(11):
            view.take(Found(updates=[CadenceUpdate(second, 165.0, 3.0, 1.1, Activity.RUNNING)]), second)
        assert view.moment(11.0)["distance_m"] == pytest.approx(30.0)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (57, 24), (200, 50), (30, 24)])
def test_on_a_terminal_of_any_width_the_address_can_be_read(width: int, height: int) -> None:
    address = "http://192.168.100.200:8621/?live&token=AbCdEfGhIjKlMnOpQrStUv"
    live = of_nothing()
    state = LiveWatch(live.settings, live.run, live.tally, live.pod.link, live.recorder).state(0.0)
    terminal = Console(file=io.StringIO(), width=width, height=height, force_terminal=True, color_system=None)
    with terminal.capture() as capture:
        terminal.print(live_view(state, address))
    lines = capture.get().splitlines()
    assert len(lines) <= height
    assert address in "".join(line.strip().removeprefix("page").strip() for line in lines)
