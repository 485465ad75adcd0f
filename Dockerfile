# The image of the service and of the loader, in stages, so that no compiler and no test tool is in the last.
#   service    loads, searches and serves with the program's own model and with exported ones
#   complete   has all packages: for models that are to be exported, measuring and training's base
# BASE may be any image of Debian's kind that has `python` from 3.11 on, with venv: docker build --build-arg BASE=...
ARG BASE=python:3.12-slim-bookworm

FROM ${BASE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /source
# What changes seldom comes first: the packages are a layer of their own. Each has one of the digests that the file
# of requirements knows.
COPY requirements-serve.txt ./
RUN pip install --require-hashes -r requirements-serve.txt

FROM build AS build-complete
# PyTorch's index of builds without CUDA makes this one several gigabytes smaller where no GPU is used:
# docker build --target complete --build-arg PIP_EXTRA_INDEX_URL=... With another index, packages are held by their
# versions alone.
ARG PIP_EXTRA_INDEX_URL=
COPY constraints.txt requirements.txt pyproject.toml ./
RUN if [ -z "$PIP_EXTRA_INDEX_URL" ]; then pip install --require-hashes -r requirements.txt; else \
    python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > /tmp/needed.txt \
 && PIP_CONSTRAINT=constraints.txt pip install -r /tmp/needed.txt; fi
COPY . .
RUN PIP_CONSTRAINT=constraints.txt pip install --no-deps . \
 && pip uninstall --yes openvino-telemetry pip

FROM build AS build-service
COPY . .
# Of OpenVINO it needs the runtime for processors, and no reader of other formats than its own. Nothing is fetched from a
# hub (hf-xet), built (setuptools, which Python 3.11 puts into an environment) or tested.
RUN PIP_CONSTRAINT=constraints.txt pip install --no-deps . \
 && pip uninstall --yes openvino-telemetry hf-xet setuptools pip \
 && find /opt/venv -type d -name tests -prune -exec rm -r {} + \
 && cd /opt/venv/lib/python3.*/site-packages/openvino/libs \
 && rm -f libopenvino_intel_gpu_plugin.so libopenvino_intel_npu_plugin.so cache.json \
    libopenvino_tensorflow*_frontend.so.* libopenvino_onnx_frontend.so.* libopenvino_pytorch_frontend.so.* \
    libopenvino_paddle_frontend.so.* libopenvino_gguf_frontend.so.*

FROM ${BASE} AS base
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin helper \
 && install --directory --owner=10001 --group=10001 /data /models
# Models come with the packages or through the volume at /models, never from a hub.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TOKENIZERS_PARALLELISM=false \
    HF_HOME=/models HF_HUB_OFFLINE=1 \
    CONFERENCE_HELPER_DATA_DIR=/data CONFERENCE_HELPER_HOST=0.0.0.0 CONFERENCE_HELPER_LOG_FORMAT=json
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=3)"]
USER 10001:10001
ENTRYPOINT ["conference-helper"]
CMD ["serve"]

FROM base AS complete
COPY --from=build-complete /opt/venv /opt/venv

FROM base AS service
COPY --from=build-service /opt/venv /opt/venv
