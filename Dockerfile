# Two stages: the first installs locked dependencies with their hashes, the second carries only what runs.
FROM python:3.11-slim AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/genjin
COPY requirements.lock /build/
RUN /opt/genjin/bin/pip install --require-hashes -r /build/requirements.lock
COPY pyproject.toml README.md /build/
COPY bot /build/bot
COPY cards /build/cards
COPY config /build/config
COPY handlers /build/handlers
COPY rules /build/rules
COPY storage /build/storage
COPY transcription /build/transcription
RUN /opt/genjin/bin/pip install --no-deps --no-build-isolation /build


FROM python:3.11-slim

RUN useradd --create-home --uid 10001 genjin \
    && install -d -o genjin -g genjin -m 0750 /data
COPY --from=build /opt/genjin /opt/genjin
ENV PATH=/opt/genjin/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GENJIN_DATA=/data \
    GENJIN_HOST=0.0.0.0 \
    GENJIN_PORT=8080
USER genjin
# genjin.yaml, if there is one, is read from here; database, attachments and the speech model live here.
WORKDIR /data
VOLUME /data
EXPOSE 8080
# The first start fetches the speech model (about 140 MB) unless /data/models holds it already.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10m \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"GENJIN_PORT\"]}/healthz', timeout=4)"]
# Without the model the chat works; voice notes are kept and answered with a sentence.
CMD ["sh", "-c", "genjin weights || echo '语音模型没有取到，先不识别语音；之后可再运行 genjin weights'; exec genjin serve"]
