//! How fast the embedded store is and what it takes: `cargo bench -p lorgnon-index -- LOOKS [DIMENSIONS]`.
//!
//! Vectors are drawn evenly from the sphere, the hardest case for a scan that wants to leave out
//! most rows: real looks lie closer to their like.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program for people to read")]

use std::time::{Duration, Instant};

use lorgnon_embed::EncoderSpec;
use lorgnon_index::{EmbeddedStore, Entry, Filter, Fingerprint, LookRecord, Manifest, Store, VectorSet};
use lorgnon_look::{ClassLabel, Gender, Look, Slot, SlotMap};

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
            global: draw.vector(dimensions),
            slots: SlotMap::from_fn(|_| draw.vector(dimensions)),
        },
        blobs: Vec::new(),
    }
}

/// A line of `/proc/self/status`, in MB.
fn memory_mb(line: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status
        .lines()
        .find_map(|text| text.strip_prefix(line)?.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) / 1024.0
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

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let looks = numbers.first().copied().unwrap_or(10_000);
    let dimensions = numbers.get(1).map_or(512, |number| *number as usize);
    println!("{looks} looks x 8 vectors x {dimensions} dimensions");
    let cache =
        tempfile::tempdir_in(std::env::var("LORGNON_BENCH_DIR").unwrap_or_else(|_| ".".into())).unwrap();
    let store = EmbeddedStore::open(cache.path()).unwrap();

    let mut spent = Duration::ZERO;
    let mut writer = store.writer().unwrap();
    for start in (0..looks).step_by(BATCH as usize) {
        let end = (start + BATCH).min(looks);
        let batch: Vec<Entry> = (start..end).map(|number| draw_entry(number, dimensions)).collect();
        let clock = Instant::now();
        for entry in batch {
            writer.put(entry).unwrap();
        }
        if end % COMMIT_EVERY == 0 || end == looks {
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
    let mut draw = Draw(77);
    let queries: Vec<Vec<f32>> = (0..QUERIES).map(|_| draw.vector(dimensions)).collect();
    let any = Filter::default();
    let mut found = Vec::new();
    let search = |query: &[f32], slot, filter: &Filter| reader.search(query, slot, 10, filter).unwrap();
    for query in &queries[..20] {
        found.push(search(query, None, &any));
    }
    row("top 10 of one vector, exact", &times(QUERIES, |round| drop(search(&queries[round], None, &any))));
    row(
        "top 10 of all eight vectors, exact",
        &times(QUERIES.min(50), |round| {
            for slot in std::iter::once(None).chain(Slot::ALL.into_iter().map(Some)) {
                drop(search(&queries[round], slot, &any));
            }
        }),
    );
    let class = Filter { class: Some(ClassLabel::new("1")), ..Filter::default() };
    row("first search with a filter", &times(1, |round| drop(search(&queries[round], None, &class))));
    row("top 10 of one class", &times(QUERIES, |round| drop(search(&queries[round], None, &class))));
    let item = Filter { item: Some((Slot::Cape, 7)), ..Filter::default() };
    row("top 10 wearing one item", &times(QUERIES, |round| drop(search(&queries[round], None, &item))));
    row("reader() when nothing changed", &times(1000, |_| drop(store.reader().unwrap())));
    println!("{:<44} {:>9.1} MB", "memory beyond mapped pages, growth", memory_mb("RssAnon") - anonymous);
    println!("{:<44} {:>9.1} MB", "mapped pages in memory", memory_mb("RssFile"));

    if let Some(folder) = std::env::var_os("LORGNON_BENCH_DUMP") {
        dump(std::path::Path::new(&folder), looks, dimensions, &queries).unwrap();
    }
    if looks <= 200_000 {
        let plain: Vec<Vec<f32>> =
            (0..looks).map(|number| draw_entry(number, dimensions).vectors.global).collect();
        let dot =
            |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
        let mut agreed = 0;
        let plain_times = times(20, |round| {
            let mut all: Vec<f64> = plain.iter().map(|stored| dot(stored, &queries[round])).collect();
            all.sort_by(|left, right| right.total_cmp(left));
            agreed +=
                found[round].iter().filter(|found| f64::from(found.similarity) >= all[9] - 1e-6).count();
        });
        row("the same by a plain loop over floats in memory", &plain_times);
        println!("{:<44} {:>9.4}", "recall", agreed as f64 / 200.0);
    }
}
