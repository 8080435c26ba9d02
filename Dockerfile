# One image serves pages, API and worker; the database is PostgreSQL beside it (see compose.yaml).
FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends make ca-certificates npm \
    libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 fonts-noto-cjk fonts-noto-cjk-extra chromium \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/achievement-fund
COPY . .
RUN make setup && useradd --create-home fund && mkdir /data && chown fund /data
USER fund
ENV AFUND_HOME=/data AFUND_HOST=0.0.0.0
EXPOSE 8000
CMD [".venv/bin/afund", "serve"]
