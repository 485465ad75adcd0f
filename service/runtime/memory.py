"""Gives memory back to the system: what was freed, and pages of files that only opening them read."""

import ctypes
from pathlib import Path

_MAPS = Path("/proc/self/maps")
_PAGE_OUT = 21
"""MADV_PAGEOUT of Linux 5.4: pages leave memory now; whatever touches one has it read again."""


def page_out(folder: Path) -> None:
    """Take what is mapped from the files in a folder out of memory; what is used comes back by itself.

    Where the system cannot do that, all stays as it is.
    """
    try:
        lines = _MAPS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:  # another system, or one that does not say
        return
    library, place = ctypes.CDLL(None), folder.resolve()
    for line in lines:
        span, *_, path = line.split(maxsplit=5)
        if Path(path).is_relative_to(place):
            start, end = (int(address, 16) for address in span.split("-"))
            library.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _PAGE_OUT)


def trim_heap() -> None:
    """Return freed memory to the system, where the C library would keep it (glibc)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
