# syntax=docker/dockerfile:1
# Build:  docker build -t lorgnon .
# Run:    docker run -p 127.0.0.1:3000:3000 -v lorgnon:/var/lib/lorgnon -e LORGNON_TOKEN=… lorgnon
# Train:  docker run --rm -v lorgnon:/var/lib/lorgnon -v /srv/site/looks:/looks:ro lorgnon train --dataset /looks

FROM rust:1.95.0-slim-bookworm AS build
WORKDIR /lorgnon
COPY . .
# The caches hold what is between builds; what is shipped is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/lorgnon/target \
    tools/release-build /out && mkdir /out/state

# The C library of the same Debian, certificates, a user without rights; no shell.
FROM gcr.io/distroless/cc-debian12:nonroot
LABEL org.opencontainers.image.title="Lorgnon" \
      org.opencontainers.image.description="Recognises the look of a Dofus character" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=build /out/lorgnon /usr/bin/lorgnon
# A new volume takes its owner from here.
COPY --from=build --chown=65532:65532 /out/state /var/lib/lorgnon
ENV LORGNON_CACHE=/var/lib/lorgnon \
    LORGNON_LISTEN=0.0.0.0:3000
# nonroot
USER 65532:65532
WORKDIR /var/lib/lorgnon
VOLUME ["/var/lib/lorgnon"]
EXPOSE 3000
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/lorgnon"]
CMD ["serve"]
