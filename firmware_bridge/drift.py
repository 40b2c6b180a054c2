"""How a pod's clock drifts against the host's, from when its packets arrived.

A packet arrives when its last sample was taken, plus a delay that is never negative. So over (pod time,
arrival - pod time) all points lie on or above one straight line, whose slope is the drift. The line is
the edge, below the mean time, of the points' lower convex hull (Zhang, Liu and Xia, "Clock
synchronization algorithms for network measurements", INFOCOM 2002).
"""

from __future__ import annotations

from bisect import bisect_right

BUCKET_NS = 1_000_000_000
"""Of each second only the packet with the least delay counts. Our choice."""
SHORTEST_SPAN_NS = 60_000_000_000
"""Below a minute, 1 ms of delay looks like more drift than crystals have (some 20 ppm). Our choice."""
MOST_VERTICES = 1024
"""Of the hull; beyond it the older half is left out, since only a crystal whose drift changes, as it warms,
bends the hull so often. Our choice: 17 minutes, if each second stood on it."""

Point = tuple[int, int]


class Envelope:
    """The lower envelope of delays, for one unbroken life of a pod's clock.

    Args:
        slope: taken until the points tell a better one: of (host - pod) over pod.
    """

    def __init__(self, slope: float | None = None) -> None:
        self._slope_before = slope
        self._hull: list[Point] = []
        self._best: Point | None = None

    def add(self, pod_ns: int, host_ns: int) -> None:
        """Take a packet: the pod's time at its last sample, and when it arrived."""
        point = (pod_ns, host_ns - pod_ns)
        if self._best is None:
            self._best = point
        elif pod_ns // BUCKET_NS > self._best[0] // BUCKET_NS:
            self._extend(self._best)
            self._best = point
        elif pod_ns >= self._last_ns() and point[1] < self._best[1]:
            self._best = point

    @property
    def slope(self) -> float | None:
        """Of (host - pod) over pod; None while not known."""
        if not self._hull or self._hull[-1][0] - self._hull[0][0] < SHORTEST_SPAN_NS:
            return self._slope_before
        (x0, y0), (x1, y1) = self._middle_edge()
        return (y1 - y0) / (x1 - x0)

    def host_ns(self, pod_ns: int) -> int:
        """When the host's clock stood at `pod_ns`, but for the least delay of all packets.

        Raises:
            ValueError: no packet was added yet.
        """
        if self._best is None:
            raise ValueError("no packet has told the host's time yet")
        slope = self.slope or 0.0
        # Below every point with this slope: exact for the middle edge, and safe for a slope from before.
        x, y = min((self._best, *self._hull), key=lambda point: point[1] - slope * (point[0] - pod_ns))
        return pod_ns + y + round(slope * (pod_ns - x))

    def _last_ns(self) -> int:
        return self._hull[-1][0] + 1 if self._hull else -(1 << 63)

    def _extend(self, point: Point) -> None:
        hull = self._hull
        while len(hull) >= 2 and not _turns_up(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
        if len(hull) > MOST_VERTICES:
            del hull[: MOST_VERTICES // 2]

    def _middle_edge(self) -> tuple[Point, Point]:
        middle_ns = (self._hull[0][0] + self._hull[-1][0]) // 2
        end = bisect_right(self._hull, middle_ns, key=lambda point: point[0])
        return self._hull[end - 1], self._hull[end]


def _turns_up(a: Point, b: Point, c: Point) -> bool:
    return (b[0] - a[0]) * (c[1] - b[1]) > (c[0] - b[0]) * (b[1] - a[1])
