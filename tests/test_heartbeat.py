"""Signs of life are read by another process, and tell how long a task has taken."""

import multiprocessing

from service.runtime.heartbeat import Heartbeat


def test_silence_and_the_oldest_task_are_told_to_the_parent() -> None:
    now = [100.0]
    heart = Heartbeat(lambda: now[0])
    assert heart.silence() == heart.oldest_task() == 0  # it may take long to start
    child = multiprocessing.get_context("fork").Process(target=heart.beat, args=(90.0,))
    child.start()
    child.join()
    now[0] += 5
    assert heart.silence() == 5
    assert heart.oldest_task() == 15
    heart.beat(None)
    assert heart.silence() == heart.oldest_task() == 0
