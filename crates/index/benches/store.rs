//! How fast the stores are and what they take: `cargo bench -p lorgnon-index -- LOOKS [DIMENSIONS]` for the embedded
//! one, with `postgres` behind it for the one at `LORGNON_TEST_POSTGRES` (`tools/postgres-for-tests`).
//!
//! Vectors are drawn evenly from the sphere, the hardest case for a search that wants to leave out
//! most rows: real looks lie closer to their like. `LORGNON_BENCH_KINSHIP=1` draws 300 kinds of looks instead.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program for people to read")]

use std::time::{Duration, Instant};

use lorgnon_embed::EncoderSpec;
use lorgnon_index::{
    EmbeddedStore, Entry, Filter, Fingerprint, LookRecord, Manifest, PostgresStore, Reader, Store, VectorSet,
};
use lorgnon_look::{ClassLabel, Gender, Look, Slot, SlotMap};
use lorgnon_testing::memory_mb;

const BATCH: u64 = 2_000;
const COMMIT_EVERY: u64 = 10_000;
const QUERIES: usize = 200;

struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Near enough to normal: the sum of the word's four quarters.
    fn vector(&mut self, dimensions: usize) -> Vec<f32> {
        let mut vector: Vec<f32> = (0..dimensions)
            .map(|_| {
                let word = self.next();
                let sum = (word & 0xFFFF) + (word >> 16 & 0xFFFF) + (word >> 32 & 0xFFFF) + (word >> 48);
                sum as f32 - 131_070.0
            })
            .collect();
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        vector.iter_mut().for_each(|value| *value /= length);
        vector
    }
}

/// How much of a vector is its kind's, of which there are 300; 0 for vectors drawn evenly.
fn kinship() -> f32 {
    std::env::var("LORGNON_BENCH_KINSHIP").ok().and_then(|text| text.parse().ok()).unwrap_or(0.0)
}

impl Draw {
    /// A vector near those of its kind.
    fn near(&mut self, number: u64, dimensions: usize) -> Vec<f32> {
        let mut vector = self.vector(dimensions);
        let kinship = kinship();
        if kinship > 0.0 {
            let kind = Draw((number % 300 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1).vector(dimensions);
            vector.iter_mut().zip(kind).for_each(|(value, kind)| *value += kind * kinship);
            let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
            vector.iter_mut().for_each(|value| *value /= length);
        }
        vector
    }
}

fn draw_entry(number: u64, dimensions: usize) -> Entry {
    let mut draw = Draw(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut look =
        Look { id: format!("{:08x}", number.wrapping_mul(2_654_435_761) as u32), ..Look::default() };
    look.class = Some(ClassLabel::new(&(draw.next() % 18 + 1).to_string()));
    look.gender = Some(Gender::ALL[(draw.next() % 2) as usize]);
    for slot in Slot::ALL {
        look.items.insert(slot, draw.next() % 500 + 1);
    }
    Entry {
        record: LookRecord { look, source: "labels.jsonl".to_owned(), fingerprint: Fingerprint([0; 32]) },
        vectors: VectorSet {
            global: draw.near(number, dimensions),
            slots: SlotMap::from_fn(|_| draw.near(number, dimensions)),
        },
        blobs: Vec::new(),
    }
}

/// Time all threads of this process have run, which other processes do not disturb.
fn processor_time() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanoseconds = threads.filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanoseconds.sum())
}

/// Wall times, sorted, and the mean processor time of a round.
fn times(rounds: usize, mut run: impl FnMut(usize)) -> (Vec<Duration>, Duration) {
    let before = processor_time();
    let mut times: Vec<Duration> = (0..rounds)
        .map(|round| {
            let start = Instant::now();
            run(round);
            start.elapsed()
        })
        .collect();
    let spent = processor_time().saturating_sub(before) / rounds as u32;
    times.sort();
    (times, spent)
}

fn row(name: &str, (times, spent): &(Vec<Duration>, Duration)) {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let at = |share: f64| milliseconds(times[((times.len() - 1) as f64 * share).round() as usize]);
    println!(
        "{name:<44} p50 {:>8.3} ms  p99 {:>8.3} ms  best {:>8.3} ms  processor {:>8.3} ms",
        at(0.5),
        at(0.99),
        at(0.0),
        milliseconds(*spent)
    );
}

/// Writes the global vectors and the queries for `tools/reference/nearest.py`.
fn dump(
    folder: &std::path::Path,
    looks: u64,
    dimensions: usize,
    queries: &[Vec<f32>],
) -> std::io::Result<()> {
    use std::io::Write;
    let write = |name: &str, vectors: &mut dyn Iterator<Item = Vec<f32>>| {
        let mut file = std::io::BufWriter::new(std::fs::File::create(folder.join(name))?);
        for vector in vectors {
            for value in vector {
                file.write_all(&value.to_le_bytes())?;
            }
        }
        file.flush()
    };
    write("vectors.f32", &mut (0..looks).map(|number| draw_entry(number, dimensions).vectors.global))?;
    write("queries.f32", &mut queries.iter().cloned())
}

/// Writes drawn looks, a commit every so many.
fn ingest(store: &dyn Store, looks: u64, dimensions: usize) {
    let mut spent = Duration::ZERO;
    let mut writer = store.writer().unwrap();
    for start in (0..looks).step_by(BATCH as usize) {
        let end = (start + BATCH).min(looks);
        let batch: Vec<Entry> = (start..end).map(|number| draw_entry(number, dimensions)).collect();
        let clock = Instant::now();
        for entry in batch {
            writer.put(entry).unwrap();
        }
        if end.is_multiple_of(COMMIT_EVERY) || end == looks {
            writer
                .set_manifest(Manifest {
                    encoder: Some(EncoderSpec {
                        name: "bench".into(),
                        dimensions,
                        weights: String::new(),
                        recipe: 1,
                    }),
                    ..Manifest::default()
                })
                .unwrap();
            writer.commit().unwrap();
            writer = store.writer().unwrap();
        }
        spent += clock.elapsed();
    }
    drop(writer);
    println!("{:<44} {:>9.0} looks/s", "ingest, a commit every 10,000", looks as f64 / spent.as_secs_f64());
}

/// What searches may be narrowed to.
fn filters() -> [(&'static str, Filter); 4] {
    [
        ("all", Filter::default()),
        ("one sex", Filter { gender: Some(Gender::ALL[0]), ..Filter::default() }),
        ("one class", Filter { class: Some(ClassLabel::new("1")), ..Filter::default() }),
        ("one item", Filter { item: Some((Slot::Cape, 7)), ..Filter::default() }),
    ]
}

/// Searches of every kind.
fn searches(reader: &dyn Reader, queries: &[Vec<f32>]) {
    let search = |query: &[f32], slot, filter: &Filter| reader.search(query, slot, 10, filter).unwrap();
    for (name, filter) in filters() {
        row(
            &format!("first top 10 of {name}"),
            &times(1, |round| drop(search(&queries[round], None, &filter))),
        );
        // All of them, since each reads pages of its own from files that the ingest has left in no memory.
        for query in queries {
            search(query, None, &filter);
        }
        let name = format!("top 10 of {name}");
        row(&name, &times(QUERIES, |round| drop(search(&queries[round], None, &filter))));
    }
    row(
        "top 10 of all eight vectors",
        &times(QUERIES.min(50), |round| {
            for slot in std::iter::once(None).chain(Slot::ALL.into_iter().map(Some)) {
                drop(search(&queries[round], slot, &Filter::default()));
            }
        }),
    );
}

/// How much of what a plain loop over floats finds the store finds too. Of many looks fewer questions are asked.
fn recall(reader: &dyn Reader, looks: u64, dimensions: usize, queries: &[Vec<f32>]) {
    let queries = &queries[..if looks > 200_000 { QUERIES / 4 } else { QUERIES }];
    let filters = filters();
    let mut best: Vec<Vec<f64>> = vec![Vec::new(); filters.len() * queries.len()];
    for number in 0..looks {
        let entry = draw_entry(number, dimensions);
        let look = &entry.record.look;
        let passes = |filter: &Filter| {
            filter.class.as_ref().is_none_or(|class| look.class.as_ref() == Some(class))
                && filter.gender.is_none_or(|gender| look.gender == Some(gender))
                && filter.item.is_none_or(|(slot, item)| look.items.get(&slot) == Some(&item))
        };
        let passed = filters.each_ref().map(|(_, filter)| passes(filter));
        for (of_query, query) in queries.iter().enumerate() {
            let products = entry.vectors.global.iter().zip(query).map(|(a, b)| f64::from(*a) * f64::from(*b));
            let dot = products.sum::<f64>();
            for (of_filter, _) in passed.iter().enumerate().filter(|(_, passed)| **passed) {
                let best = &mut best[of_filter * queries.len() + of_query];
                if best.len() < 10 || dot > best[9] {
                    best.truncate(9);
                    best.insert(best.partition_point(|other| *other >= dot), dot);
                }
            }
        }
    }
    for ((name, filter), best) in filters.iter().zip(best.chunks(queries.len())) {
        let (mut agreed, mut expected) = (0, 0);
        for (query, best) in queries.iter().zip(best) {
            let Some(last) = best.last() else { continue };
            expected += best.len();
            let found = reader.search(query, None, 10, filter).unwrap();
            agreed += found.iter().filter(|found| f64::from(found.similarity) >= last - 1e-6).count();
        }
        println!(
            "{:<44} {:>9.4}",
            format!("recall, {name}"),
            f64::from(agreed as u32) / f64::from(expected as u32)
        );
    }
}

fn queries(dimensions: usize) -> Vec<Vec<f32>> {
    let mut draw = Draw(77);
    (0..QUERIES).map(|number| draw.near(number as u64, dimensions)).collect()
}

fn postgres(looks: u64, dimensions: usize) {
    let base = std::env::var("LORGNON_TEST_POSTGRES").expect("a server: see tools/postgres-for-tests");
    let index_from = std::env::var("LORGNON_BENCH_INDEX_FROM").ok().and_then(|text| text.parse().ok());
    let mut store = PostgresStore::open(&format!("{base}?schema=bench")).unwrap();
    if let Some(looks) = index_from {
        store = store.with_index_from(looks);
    }
    let mut writer = store.writer().unwrap();
    writer.clear().unwrap();
    writer.commit().unwrap();
    ingest(&store, looks, dimensions);
    store.compact().unwrap();
    println!("{:<44} {:>9}", "searched by an HNSW index", store.info().unwrap().indexed);
    let raw = (looks * 8 * dimensions as u64 * 6) as f64;
    let bytes = store.info().unwrap().table_bytes as f64;
    println!("{:<44} {:>9.0} MB, {:.3} x the bytes of f32 and f16", "disk", bytes / 1e6, bytes / raw);
    row("open", &times(9, |_| drop(PostgresStore::open(&format!("{base}?schema=bench")).unwrap())));
    let reader = store.reader().unwrap();
    let queries = queries(dimensions);
    searches(&*reader, &queries);
    recall(&*reader, looks, dimensions, &queries);
    row("reader() when nothing changed", &times(1000, |_| drop(store.reader().unwrap())));
    row(
        "one look more",
        &times(50, |round| {
            let mut writer = store.writer().unwrap();
            writer.put(draw_entry(looks + round as u64, dimensions)).unwrap();
            writer.commit().unwrap();
        }),
    );
}

fn embedded(looks: u64, dimensions: usize) {
    let cache =
        tempfile::tempdir_in(std::env::var("LORGNON_BENCH_DIR").unwrap_or_else(|_| ".".into())).unwrap();
    let store = EmbeddedStore::open(cache.path()).unwrap();
    ingest(&store, looks, dimensions);
    let raw = (looks * 8 * dimensions as u64 * 5) as f64;
    let info = store.info().unwrap();
    println!(
        "{:<44} {:>9.0} MB, {:.3} x the bytes of f32 and int8",
        "disk",
        info.file_bytes as f64 / 1e6,
        info.file_bytes as f64 / raw
    );
    drop(store);

    let anonymous = memory_mb("RssAnon");
    row("open", &times(9, |_| drop(EmbeddedStore::open(cache.path()).unwrap().reader().unwrap())));
    let store = EmbeddedStore::open(cache.path()).unwrap();
    let reader = store.reader().unwrap();
    let queries = queries(dimensions);
    searches(&*reader, &queries);
    row("reader() when nothing changed", &times(1000, |_| drop(store.reader().unwrap())));
    println!("{:<44} {:>9.1} MB", "memory beyond mapped pages, growth", memory_mb("RssAnon") - anonymous);
    println!("{:<44} {:>9.1} MB", "mapped pages in memory", memory_mb("RssFile"));
    recall(&*reader, looks, dimensions, &queries);
    if let Some(folder) = std::env::var_os("LORGNON_BENCH_DUMP") {
        dump(std::path::Path::new(&folder), looks, dimensions, &queries).unwrap();
    }
}

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let looks = numbers.first().copied().unwrap_or(10_000);
    let dimensions = numbers.get(1).map_or(512, |number| *number as usize);
    println!("{looks} looks x 8 vectors x {dimensions} dimensions");
    if std::env::args().any(|argument| argument == "postgres") {
        postgres(looks, dimensions);
    } else {
        embedded(looks, dimensions);
    }
}
