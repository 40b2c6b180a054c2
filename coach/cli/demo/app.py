"""`coach demo`: what it takes.

Only light modules are imported here; the commands import what they need when they run.
"""

from __future__ import annotations

from typing import Annotated

import typer

from coach.cli.options import AsJson


def demo(
    seed: Annotated[int, typer.Option(min=0, help="Another seed is another runner and another run.")] = 1,
    minutes: Annotated[float, typer.Option(min=1, max=120, help="How long the run is.")] = 6.0,
    preferred: Annotated[
        float | None,
        typer.Option(
            metavar="SPM", min=140, max=190, help="The runner's own cadence.", show_default="by the seed"
        ),
    ] = None,
    speed: Annotated[
        float | None,
        typer.Option(
            metavar="M_S", min=2.0, max=5.0, help="The runner's easy speed.", show_default="by the seed"
        ),
    ] = None,
    compliance: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            min=0.0,
            max=1.3,
            help="How much of the way to the beat the runner goes; in people 0.7 to 1.15.",
            show_default="by the seed",
        ),
    ] = None,
    weeks: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=52,
            help="A season of so many weeks, each run simulated stride by stride without the sensor.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """See and try it all without hardware: a simulated runner who hears the coach and answers.

    A run goes through the same links, recorder, detector and coach as a live one, and enters the journal
    under the name of a demo.
    """
    from coach.cli.demo.command import run_demo, run_season
    from coach.cli.demo.runner import drawn

    runner = drawn(seed, preferred_spm=preferred, speed_m_s=speed, compliance=compliance)
    if weeks is None:
        run_demo(runner, minutes, as_json=as_json)
    else:
        run_season(runner, weeks, as_json=as_json)
