"""Fixtures for the tests of others: `pytest_plugins = ["hardware.pytest_fixtures"]` in a conftest.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from hardware import harness


@pytest.fixture
def simulated_pod() -> Iterator[Callable[..., harness.RunningPod]]:
    """Makes simulated pods, switched off when the test is over: `pod = simulated_pod("hill")`, with the
    arguments of `hardware.simulated_pod`."""
    with ExitStack() as pods:

        def switch_on(*args: Any, **options: Any) -> harness.RunningPod:
            return pods.enter_context(harness.simulated_pod(*args, **options))

        yield switch_on
