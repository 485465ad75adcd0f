"""Settings of how much reading a source may take."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class ReadSettings(BaseModel):
    """How much reading a source of 10 MiB may take: variables that begin with READ_."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    seconds: Annotated[float, Field(gt=0)] = 50.0
    """Seconds of processor time that reading a source of 3 to 10 MiB may take; smaller ones have less, down
    to a fifteenth, larger ones more. Raise it on slow machines."""
    memory: Annotated[int, Field(ge=100)] = 800
    """MiB of memory that reading a workbook of 10 MiB may take (on Linux); smaller ones have less, down to
    7/16, larger ones more. Raise it for workbooks that are refused for it."""
