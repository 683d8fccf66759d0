# One image for every program of the Procfile: the product only, no sandbox and no embedded servers.
# docker run --env-file production.env IMAGE worker

FROM python:3.13-slim AS build
RUN python -m venv /opt/duemate
COPY requirements-run.lock /tmp/
RUN /opt/duemate/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
    -r /tmp/requirements-run.lock
RUN printf '#!/opt/duemate/bin/python\nimport sys\n\nfrom app.cli import main\n\nsys.exit(main())\n' \
    > /opt/duemate/bin/duemate && chmod 755 /opt/duemate/bin/duemate

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin duemate
COPY --from=build /opt/duemate /opt/duemate
WORKDIR /srv/duemate
COPY alembic.ini ./
COPY migrations ./migrations
COPY app ./app
ENV PATH=/opt/duemate/bin:$PATH PYTHONPATH=/srv/duemate PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER duemate
EXPOSE 8400
# A worker and a ticker listen nowhere: run those with --no-healthcheck.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8400/healthz', timeout=4)"]
ENTRYPOINT ["duemate"]
CMD ["web", "--host", "0.0.0.0"]
