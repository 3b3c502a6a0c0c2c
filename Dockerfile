# syntax=docker/dockerfile:1

FROM rust:1.95-slim-trixie AS chef
RUN cargo install cargo-chef --version 0.1.78 --locked
WORKDIR /build

# The recipe changes only with the dependencies, so their layer below outlives every edit of the code.
FROM chef AS plan
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

FROM chef AS build
COPY --from=plan /build/recipe.json .
RUN cargo chef cook --release --locked --recipe-path recipe.json
COPY . .
RUN cargo build --release --locked --bin coffee

FROM debian:trixie-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin coffee
WORKDIR /app
COPY --from=build /build/target/release/coffee /usr/local/bin/coffee
COPY config config
# Files for clients, unless a bucket or an asset service is configured: mount a volume here.
RUN install --directory --owner=10001 --group=10001 data/files
# Large caches in large pages: reads all over them miss the page tables less often. Room for the short
# allocations of many requests at a time in each thread's own cache. Neither costs memory: 400 attempts to
# sign in grow the process from 66 to 107 MiB with them and without, as hashing keeps its buffers.
ENV COFFEE__ENV=production GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.tcache_count=256
# By number, so that a platform can see that it is not root.
USER 10001:10001
EXPOSE 8009
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["coffee", "healthcheck"]
ENTRYPOINT ["coffee"]
CMD ["serve"]
