"""What the system itself holds a process to."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def nothing_grows() -> Iterator[None]:
    """The system lets no file of this process grow, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
