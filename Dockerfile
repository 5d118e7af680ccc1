# syntax=docker/dockerfile:1

# The newest Node LTS that the tests run on.
FROM node:24-bookworm-slim AS build
# For better-sqlite3 where there is no finished binary of it.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates g++ make python3 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --include=dev --no-audit --no-fund
COPY . .
RUN NEXT_TELEMETRY_DISABLED=1 npm run build \
  && node scripts/stage.mjs /image/app \
  && mkdir /image/data \
  # Without its symbols Node is 18 MB smaller.
  && strip --strip-unneeded -o /image/node /usr/local/bin/node

FROM debian:bookworm-slim
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends libstdc++6 \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --uid 1000 --no-create-home --shell /usr/sbin/nologin node
COPY --from=build /image/node /usr/local/bin/node
COPY --from=build /image/app /app
COPY --from=build --chown=1000:1000 /image/data /app/data
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 DATA_DIR=/app/data
# As a number, so that Kubernetes can tell that it is not root.
USER 1000:1000
VOLUME /app/data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --start-interval=1s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# SIGTERM, which `docker stop` sends, ends it in order; give it DRAIN_SECONDS and SHUTDOWN_TIMEOUT.
CMD ["node", "server.mjs"]
