"""The offline analyser finds the strides of people and of a simulated runner, whatever the mounting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from cadence.offline import analyse
from cadence.sample import SampleBlock
from hardware.gait import Pace
from hardware.imu import IdealImu
from hardware.runner import STEADY_BODY, Segment, simulate


def read_csv(path: Path) -> NDArray[np.float64]:
    return np.loadtxt(path, delimiter=",", skiprows=1)


def read_truth(path: Path) -> NDArray[np.void]:
    return np.genfromtxt(path, delimiter=",", names=True)


def strides_of(rows: NDArray[np.float64]) -> NDArray[np.void]:
    return analyse(rows[:, 0], rows[:, 1:4], rows[:, 4:7])


@pytest.fixture(scope="module")
def simulated() -> tuple[NDArray[np.float64], NDArray[np.void]]:
    """Twenty seconds at 165 spm and 3 m/s: rows of t and motion, and the truth."""
    run = simulate([Segment(20.0, Pace())], imu=IdealImu(rate_hz=200.0), body=STEADY_BODY)
    whole: SampleBlock = run.whole()
    return np.column_stack([whole.t_us * 1e-6, whole.motion.astype(np.float64)]), run.truth_strides


def test_a_steady_runner_is_measured(simulated: tuple[NDArray[np.float64], NDArray[np.void]]) -> None:
    rows, truth = simulated
    found = strides_of(rows)
    assert len(found) in (len(truth) - 1, len(truth))
    inner = found[2:-2]
    assert inner["stride_time_s"] == pytest.approx(120.0 / 165.0, abs=0.004)
    assert np.median(inner["contact_time_s"]) == pytest.approx(
        np.nanmedian(truth["contact_time_s"]), abs=0.03
    )
    assert np.median(inner["stride_length_m"]) == pytest.approx(np.median(truth["stride_length_m"]), rel=0.03)


def test_the_mounting_does_not_matter(simulated: tuple[NDArray[np.float64], NDArray[np.void]]) -> None:
    rows, _ = simulated
    turn = Rotation.from_euler("xyz", [100.0, -35.0, 200.0], degrees=True)
    turned = np.column_stack([rows[:, 0], turn.apply(rows[:, 1:4]), turn.apply(rows[:, 4:7])])
    plain, moved = strides_of(rows), strides_of(turned)
    for name in plain.dtype.names or ():
        np.testing.assert_allclose(moved[name], plain[name], rtol=1e-6, atol=1e-6)


def test_no_stride_spans_a_gap(simulated: tuple[NDArray[np.float64], NDArray[np.void]]) -> None:
    rows, _ = simulated
    found = strides_of(rows[(rows[:, 0] < 8.0) | (rows[:, 0] > 8.4)])
    first_after = found[found["t_contact_s"] > 8.4][0]
    assert np.isnan(first_after["stride_time_s"])
    assert not ((found["t_toe_off_s"] < 8.0) & (found["t_mid_stance_s"] > 8.4)).any()


def test_a_pod_that_lies_still_makes_no_stride() -> None:
    t = np.arange(4000) / 200.0
    noise = np.random.default_rng(1).standard_normal((4000, 6))
    found = analyse(t, [0.0, 0.0, 9.81] + 0.05 * noise[:, :3], 0.01 * noise[:, 3:])
    assert len(found) == 0


@pytest.mark.parametrize(
    ("t_s", "rows", "reason"),
    [(np.zeros(5), 4, "expected times"), (np.array([0.0, 1.0, 0.5]), 3, "backwards")],
)
def test_what_is_no_recording_is_refused(t_s: NDArray[np.float64], rows: int, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        analyse(t_s, np.zeros((rows, 3)), np.zeros((rows, 3)))


@pytest.mark.parametrize(("kind", "length_percent"), [("run", 2.5), ("walk", 1.5)])
def test_strides_stand_up_against_motion_capture(data_dir: Path, kind: str, length_percent: float) -> None:
    found, errors, total = 0, [], 0
    for path in sorted((data_dir / "pyshoe_vicon" / kind).glob("*.truth.csv")):
        truth = read_truth(path)
        strides = strides_of(read_csv(path.with_name(path.name.replace(".truth.csv", ".csv.gz"))))
        middle = (strides["t_toe_off_s"] + strides["t_contact_s"]) / 2.0
        inside = (middle > truth["t_start_s"][:, None]) & (middle < truth["t_end_s"][:, None])
        hit = inside.any(axis=1)
        total, found = total + len(truth), found + int(hit.sum())
        length = strides["stride_length_m"][inside.argmax(axis=1)[hit]]
        errors.append(length / truth["stride_length_m"][hit] - 1.0)
    assert found >= 0.98 * total
    assert np.nanmedian(np.abs(np.concatenate(errors))) <= length_percent / 100.0


def test_contacts_stand_up_against_a_force_plate(data_dir: Path) -> None:
    contact, toe_off, length, total = [], [], [], 0
    for path in sorted((data_dir / "fukuchi_virtual").glob("*.truth.csv"))[::3]:
        truth = read_truth(path)
        truth = truth[truth["t_contact_20N_s"] > 3.0]
        strides = strides_of(read_csv(path.with_name(path.name.replace(".truth.csv", ".csv.gz"))))
        total += len(truth)
        away = strides["t_contact_s"] - truth["t_contact_20N_s"][:, None]
        nearest = np.abs(away).argmin(axis=1)
        hit = (np.abs(away).min(axis=1) < 0.12) & (nearest + 1 < len(strides))
        following = strides[nearest[hit] + 1]
        contact.append(away[np.arange(len(truth)), nearest][hit])
        toe_off.append(following["t_toe_off_s"] - truth["t_toe_off_20N_s"][hit])
        length.append(np.nanmean(following["stride_length_m"] / truth["stride_length_m"][hit]) - 1.0)
    assert sum(map(len, contact)) >= 0.98 * total
    assert np.median(np.abs(np.concatenate(contact))) < 0.010
    assert np.nanmedian(np.abs(np.concatenate(toe_off))) < 0.010
    assert np.mean(np.abs(length)) < 0.02
