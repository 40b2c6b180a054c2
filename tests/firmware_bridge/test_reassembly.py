"""The order of numbered frames: each once and in its place, every one that is missing counted."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.readings import Losses
from firmware_bridge.reassembly import FARTHEST_AHEAD, NEW_LIFE_FRAMES, WINDOW_FRAMES, NewLife, Reassembly

TURN = 1 << 32
BOOT, NEXT_BOOT = 11, 22

starts = st.one_of(st.integers(0, 20), st.integers(TURN - 20, TURN - 1))


class Run:
    """A reassembly whose frames are their own numbers; it counts the lives after the first."""

    def __init__(self) -> None:
        self.losses = Losses()
        self.new_lives = 0
        self.order: Reassembly[int] = Reassembly(self.losses)
        self.out: list[int] = []

    def take(self, *numbers: int, boot: int = BOOT, is_hello: bool = False, life: int = 0) -> list[int]:
        """What comes out at these frames; those of another life have other bytes."""
        released: list[int | NewLife] = []
        for number in numbers:
            released += self.order.take(boot, number % TURN, number, mark=life, is_hello=is_hello)
        return self._kept(released)

    def release(self) -> list[int]:
        return self._kept(self.order.release())

    def _kept(self, released: list[int | NewLife]) -> list[int]:
        frames = [frame for frame in released if not isinstance(frame, NewLife)]
        self.new_lives += len(released) - len(frames)
        self.out += frames
        return frames


@given(starts, st.integers(1, 50))
def test_while_nothing_is_missing_nothing_is_delayed(start: int, count: int) -> None:
    run = Run()
    for number in range(start, start + count):
        assert run.take(number) == [number]
    assert run.losses == Losses()


@st.composite
def slightly_shuffled(draw: st.DrawFn) -> list[int]:
    """0, then numbers of which none is overtaken by as many as the window."""
    left = list(range(1, draw(st.integers(2, 40))))
    shuffled = [0]
    while left:
        # The front may be overtaken only so often: whoever passes it is at most so far ahead of it.
        within = [number for number in left if number < left[0] + WINDOW_FRAMES]
        pick = draw(st.sampled_from(within))
        left.remove(pick)
        shuffled.append(pick)
    return shuffled


@given(starts, slightly_shuffled())
def test_any_order_within_the_window_comes_out_in_order(start: int, numbers: list[int]) -> None:
    run = Run()
    run.take(*(start + number for number in numbers))
    assert run.out == [start + number for number in sorted(numbers)]
    assert run.losses == Losses()


@given(starts, st.lists(st.integers(0, 30), max_size=40))
def test_a_duplicate_changes_nothing_and_is_counted(start: int, again: list[int]) -> None:
    run = Run()
    expected = 0
    for number in range(31):
        run.take(start + number)
        for earlier in again:
            if earlier <= number:
                run.take(start + earlier)
                expected += 1
    assert run.out == [start + number for number in range(31)]
    assert run.losses == Losses(duplicates=expected)


def test_those_behind_a_missing_frame_wait_for_it_and_no_longer_than_the_window() -> None:
    run = Run()
    run.take(0)
    assert run.take(2, 3, 4) == []
    assert run.take(1) == [1, 2, 3, 4]
    assert run.take(6, 7, 8) == []
    assert run.take(9) == [6, 7, 8, 9]
    assert run.losses == Losses(lost_frames=1)


def test_a_frame_that_comes_after_the_wait_is_late_and_stays_lost() -> None:
    run = Run()
    run.take(0, 2, 3, 4, 5)
    assert run.take(1) == []
    assert run.losses == Losses(lost_frames=1, late=1)


@given(starts, st.sets(st.integers(1, 60)))
def test_every_number_that_never_came_is_counted(start: int, missing: set[int]) -> None:
    run = Run()
    came = [start + number for number in range(62) if number not in missing]
    run.take(*came)
    run.release()
    assert run.out == came
    assert run.losses == Losses(lost_frames=len([number for number in missing if number < 61]))


def test_at_a_link_loss_what_waits_is_released_and_the_next_frame_does_not_wait() -> None:
    run = Run()
    run.take(0, 2)
    assert run.release() == [2]
    assert run.take(100) == [100]
    assert run.losses == Losses(lost_frames=1 + 97)


def test_frames_sent_again_after_a_reconnect_are_duplicates() -> None:
    run = Run()
    run.take(0, 1, 2, 3)
    run.release()
    assert run.take(1, 2, 3, 4) == [4]
    assert run.losses == Losses(duplicates=3)


def test_what_was_sent_before_anyone_listened_is_not_lost() -> None:
    run = Run()
    run.take(1000)
    assert run.take(999) == []
    assert run.losses == Losses(late=1)


def test_a_hello_begins_a_boot_at_once_and_releases_what_waited_before() -> None:
    run = Run()
    run.take(0, 2)
    assert run.take(0, boot=NEXT_BOOT, is_hello=True) == [2, 0]
    assert run.take(1, boot=NEXT_BOOT) == [1]
    assert run.losses == Losses(lost_frames=1)
    assert run.new_lives == 1


def test_a_pod_that_begins_anew_with_the_same_boot_id_is_believed_after_some_frames() -> None:
    run = Run()
    run.take(*range(30))
    assert run.take(0, is_hello=True, life=1) == []
    assert run.take(*range(1, NEW_LIFE_FRAMES), life=1) == []
    assert run.take(NEW_LIFE_FRAMES, life=1) == list(range(NEW_LIFE_FRAMES + 1))
    assert run.take(NEW_LIFE_FRAMES + 1, life=1) == [NEW_LIFE_FRAMES + 1]
    assert (run.losses, run.new_lives) == (Losses(), 1)


def test_a_new_life_whose_first_frames_are_alike_is_known_by_the_others() -> None:
    run = Run()
    run.take(*range(30))
    run.take(0, is_hello=True)
    run.take(1)
    assert run.take(*range(2, 10), life=1) == list(range(10))
    assert (run.losses, run.new_lives) == (Losses(), 1)


def test_a_boot_id_may_come_back_after_another() -> None:
    run = Run()
    run.take(*range(30))
    run.take(*range(20), boot=NEXT_BOOT)
    run.take(0, is_hello=True, life=1)
    assert run.take(*range(1, 12), life=1) == list(range(12))
    assert (run.losses, run.new_lives) == (Losses(), 2)


def test_a_hello_sent_again_with_what_followed_it_is_no_new_life_while_new_frames_come() -> None:
    run = Run()
    run.take(0, is_hello=True)
    run.take(*range(1, 30))
    run.take(0, is_hello=True)
    for number in range(1, NEW_LIFE_FRAMES + 3):
        run.take(29 + number, number)
    assert run.losses == Losses(duplicates=NEW_LIFE_FRAMES + 3)
    assert run.new_lives == 0


@given(st.integers(0, 30), st.integers(0, 60), st.booleans())
def test_all_that_a_pod_holds_may_come_twice_after_a_reconnect(hello: int, again: int, other: bool) -> None:
    run = Run()
    run.take(*range(hello))
    run.take(hello, is_hello=True)
    run.take(*range(hello + 1, hello + 60))
    if other:
        run.take(0, boot=NEXT_BOOT, is_hello=True)
    run.release()
    run.take(hello, is_hello=True)
    run.take(*range(hello + 1, hello + again))
    run.release()
    sent_again = max(1, again)
    assert run.losses == (Losses(late=sent_again) if other else Losses(duplicates=sent_again))
    assert run.new_lives == other


def test_frames_given_up_as_lost_that_come_in_a_row_after_all_are_late() -> None:
    run = Run()
    run.take(0, *range(50, 60))
    run.take(1, is_hello=True)
    run.take(*range(2, 50))
    run.release()
    assert run.losses == Losses(lost_frames=49, late=49)
    assert run.new_lives == 0


def test_frames_of_an_earlier_boot_are_late() -> None:
    run = Run()
    run.take(0, 1)
    run.take(0, boot=NEXT_BOOT, is_hello=True)
    assert run.take(2, 3, boot=BOOT) == []
    assert run.losses == Losses(late=2)


def test_without_a_hello_a_boot_begins_with_its_second_frame() -> None:
    run = Run()
    run.take(0)
    assert run.take(5, boot=NEXT_BOOT) == []
    assert run.take(5, boot=NEXT_BOOT) == []
    assert run.take(4, boot=NEXT_BOOT) == [4, 5]
    assert run.losses == Losses(duplicates=1)


def test_one_frame_of_a_boot_that_nobody_heard_of_ends_nothing() -> None:
    run = Run()
    run.take(0)
    run.take(7, boot=NEXT_BOOT)
    assert run.take(1) == [1]
    run.release()
    assert run.losses == Losses(late=1)


def test_a_number_from_nowhere_moves_nothing() -> None:
    run = Run()
    run.take(0, FARTHEST_AHEAD + 2, 1, 2)
    assert run.out == [0, 1, 2]
    assert run.losses == Losses(late=1)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.sampled_from([1, 2, 3]), st.integers(0, 12), st.booleans()),
            st.none(),
        ),
        max_size=60,
    )
)
def test_whatever_comes_each_frame_comes_out_once_at_most_and_each_boot_in_order(
    arrivals: list[tuple[int, int, bool] | None],
) -> None:
    losses = Losses()
    order: Reassembly[tuple[int, int]] = Reassembly(losses)
    released: list[tuple[int, int] | NewLife] = []
    taken = 0
    for arrival in [*arrivals, None]:
        if arrival is None:
            released += order.release()
        else:
            boot, number, is_hello = arrival
            taken += 1
            released += order.take(
                boot, number, (boot, number), mark=number % 3 + taken % 2, is_hello=is_hello
            )
    lives: list[list[tuple[int, int]]] = [[]]
    for frame in released:
        if isinstance(frame, NewLife):
            lives.append([])
        else:
            lives[-1].append(frame)
    for life in lives:
        assert len({boot for boot, _ in life}) <= 1
        assert life == sorted(set(life))
    assert taken == sum(map(len, lives)) + losses.duplicates + losses.late
