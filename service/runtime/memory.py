"""Returns memory to the system: the freed heap, and pages of mapped files that only opening them read."""

import ctypes
from pathlib import Path

_MAPS = Path("/proc/self/maps")
_PAGE_OUT = 21
"""MADV_PAGEOUT of Linux 5.4: evicts pages now; the next access reads them again. See madvise(2)."""


def page_out(folder: Path) -> None:
    """Evict what is mapped from the files of a folder; pages that are used are read again.

    Does nothing where the system cannot do that.
    """
    try:
        lines = _MAPS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:  # another system, or one that does not say
        return
    library, root = ctypes.CDLL(None), folder.resolve()
    for line in lines:
        span, *_, path = line.split(maxsplit=5)
        if Path(path).is_relative_to(root):
            start, end = (int(address, 16) for address in span.split("-"))
            library.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _PAGE_OUT)


def trim_heap() -> None:
    """Return freed heap memory to the system, which glibc would keep; see malloc_trim(3)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
