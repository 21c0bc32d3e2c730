"""The worker of the conversions in this process: the same code, without a thousand processes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pkzone.formats import export, import_, sandbox
from pkzone.formats.batches import Batch, encoded
from pkzone.formats.registry import FORMATS
from pkzone.formats.sandbox_worker import batches_in, perform

__all__ = ["worker_in_this_process"]


@contextmanager
def worker_in_this_process() -> Iterator[None]:
    """Let conversions run without a child, with the settings of GDAL that one would have."""

    def ask(job: dict[str, Any], **_: Any) -> Iterator[Any]:
        for answer in perform(job, iter(())):
            if isinstance(answer, Batch):
                yield from batches_in(io.BytesIO(encoded(answer)))
            else:
                yield json.loads(encoded(answer))

    def tell(job: dict[str, Any], batches: Any, **_: Any) -> list[Any]:
        data = b"".join(map(encoded, batches))
        return list(perform(job, batches_in(io.BytesIO(data))))

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OGR_CURRENT_DATE", sandbox._OPTIONS["OGR_CURRENT_DATE"])
        for form in FORMATS:
            for name, value in form.config.items():
                patch.setenv(name, value)
        patch.setattr(import_, "ask", ask)
        patch.setattr(export, "tell", tell)
        yield
