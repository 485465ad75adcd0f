# The image of the service and of the loader: two stages, so that no compiler and no test tool is in the second.
FROM python:3.12-slim-bookworm AS build
# PyTorch's index of builds without CUDA makes the image several gigabytes smaller where no GPU is used:
# docker compose build --build-arg PIP_EXTRA_INDEX_URL=...
ARG PIP_EXTRA_INDEX_URL=
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /source
# What changes seldom comes first: the packages are a layer of their own. Each has one of the digests that
# requirements.txt knows; with another index they are held by their versions alone.
COPY constraints.txt requirements.txt pyproject.toml ./
RUN if [ -z "$PIP_EXTRA_INDEX_URL" ]; then pip install --require-hashes -r requirements.txt; else \
    python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > /tmp/needed.txt \
 && PIP_CONSTRAINT=constraints.txt pip install -r /tmp/needed.txt; fi
COPY . .
RUN PIP_CONSTRAINT=constraints.txt pip install --no-deps . \
 && pip uninstall --yes openvino-telemetry pip

FROM python:3.12-slim-bookworm
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin helper \
 && install --directory --owner=10001 --group=10001 /data /models
COPY --from=build /opt/venv /opt/venv
# Models come with the packages or through the volume at /models, never from a hub.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TOKENIZERS_PARALLELISM=false \
    HF_HOME=/models HF_HUB_OFFLINE=1 \
    CONFERENCE_HELPER_DATA_DIR=/data CONFERENCE_HELPER_HOST=0.0.0.0 CONFERENCE_HELPER_LOG_FORMAT=json
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=3)"]
ENTRYPOINT ["conference-helper"]
CMD ["serve"]
