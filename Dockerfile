# The one image of web, worker and beat. PyPI packages come from the lock, with hashes.
FROM python:3.11-slim-bookworm AS packages

ENV PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r /tmp/requirements.txt


FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --home-dir /nonexistent parc \
    && install -d -o parc -g parc -m 0750 /data/evidence

ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/tmp/cache \
    EVIDENCE_ROOT=/data/evidence

COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# The static files of this version, named by their content; the key is of this command only.
RUN SECRET_KEY=only-to-collect-the-static-files-of-this-image-000000 \
    python manage.py collectstatic --no-input --verbosity 0

USER 10001
EXPOSE 8000
CMD ["gunicorn", "parc.wsgi", "--config", "deploy/gunicorn.conf.py"]
