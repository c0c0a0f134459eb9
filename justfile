# What one does with Muster day by day: https://just.systems

_default:
    @just --list --unsorted

# Serve from a folder of its own, with sample data; prints the addresses and a token for each admin
run *arguments:
    cargo run -- demo {{ arguments }}

# Run all tests
test *arguments:
    cargo test --workspace {{ arguments }}

# Click through the pages in Chromium
pages *arguments:
    MUSTER_WEB=require cargo build
    cd tests/pages && npm ci --ignore-scripts && npm test -- {{ arguments }}

# Kill servers and databases at random moments, for about half an hour; takes PostgreSQL's programs
crash:
    MUSTER_TEST_KILLS=200 cargo test --test crash -- --nocapture a_server_on_sqlite
    MUSTER_TEST_KILLS=100 cargo test --test crash -- --nocapture --ignored a_server_on_postgres
    MUSTER_TEST_KILLS=50 cargo test --test crash -- --nocapture --ignored a_postgres
    MUSTER_TEST_SECONDS=300 cargo test --test crash -- --nocapture --ignored three_servers
    # Stopped for longer than PostgreSQL leaves a transaction alone
    MUSTER_TEST_SECONDS=300 MUSTER_TEST_LEASE_SECONDS=10 cargo test --test crash -- --nocapture --ignored three_servers

# Format, then show what clippy and rustdoc find
lint:
    cargo fmt --all
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Write schema.graphql anew, from the code; not at all if the code does not build
schema:
    cargo build
    cargo run -q -- schema > schema.graphql

# Ask for pages and watch beside floors and peers; `just serving history --rounds 2` for some of it
serving *arguments:
    benches/serving/run {{ arguments }}

# Import two rosters of a million rows; `just bench --rows 10000` for a taste
bench *arguments:
    cargo build --release
    cargo run --release -p muster-benches --bin measure -- {{ arguments }}

# Whether costly requests slow others down; takes wrk
crowd *arguments:
    cargo build --release
    cargo run --release -p muster-benches --bin crowd -- {{ arguments }}

# Write the pictures in docs/screenshots anew, from the demo
screenshots:
    cargo build
    npm ci --ignore-scripts --prefix tests/pages
    node tests/pages/screenshots.mjs

# Import rosters beside psql, sqlite3 and other tools; `just speed --rows 1000000 postgres` for some of it
speed *arguments:
    cargo build --release --workspace
    benches/imports/compare.py {{ arguments }}

# How the cost of an import grows with its rows, and with the members that it changes
growth *arguments:
    cargo build --release --workspace
    benches/imports/growth.py {{ arguments }}
