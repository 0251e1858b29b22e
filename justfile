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

# needs `cargo install cargo-deny`
deny:
    cargo deny check

# needs `cargo install cargo-machete`
unused:
    cargo machete

# kill -9 during training, again and again
kill-test dataset rounds="20": build
    tools/kill-train.py --dataset {{dataset}} --rounds {{rounds}}

build:
    cargo build --release --locked

demo:
    cargo run --release --locked -- demo

# shell completions and manual pages
dist: build
    mkdir -p target/dist/completions
    target/release/lorgnon man --output target/dist/man
    target/release/lorgnon completions bash > target/dist/completions/lorgnon.bash
    target/release/lorgnon completions zsh > target/dist/completions/_lorgnon
    target/release/lorgnon completions fish > target/dist/completions/lorgnon.fish
