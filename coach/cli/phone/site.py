"""The phone page, put together from what lies in `coach` and `hardware`."""

from __future__ import annotations

from importlib.resources import files

from coach.phone.site import Site, phone_site


def own_site() -> Site:
    """The page as this distribution has it. Raises OSError where its files cannot be read."""
    wrapper = files("hardware.firmware") / "beside_core" / "wasm32" / "cadence_core.js"
    return phone_site(wrapper.read_bytes())
