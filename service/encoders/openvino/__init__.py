"""The OpenVINO encoder: a model exported once, then run by OpenVINO without torch.

All imports of OpenVINO are in this package, which keeps it from importing `openvino_telemetry`: that posts to
an analytics service, writes a client id into the home folder and forks while threads run. OpenVINO has a stub
of its own for where it is not installed.
"""

import sys

sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None makes the import raise ImportError
