//! What fitting the models takes as looks grow: `cargo run --release --example fit_scale -- 10000 100000 1000000`.
//!
//! Looks of the demo are drawn and measured once; the store that is fitted from repeats their measurements under as many
//! other ids as asked for, without holding them. Each number of looks is fitted in a process of its own, whose highest
//! memory is told.
#![expect(clippy::print_stdout, reason = "a program")]

use std::ops::ControlFlow;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use lorgnon_dataset::{Dataset, Options};
use lorgnon_embed::BuiltinEncoder;
use lorgnon_index::{
    EmbeddedStore, Filter, LookRecord, Manifest, Match, Reader, Store, StoreError, VectorSet,
};
use lorgnon_look::{Catalogue, Slot};
use lorgnon_recogniser::train::{TrainSettings, Unobserved, train, try_fit};
use lorgnon_testing::memory_mb;

/// Looks that are drawn and measured.
const DRAWN: u64 = 192;
/// Folder of the measured looks, for the processes that fit.
const FOLDER: &str = "LORGNON_FIT_SCALE_FOLDER";

/// A state with every look of another many times over.
struct Repeated {
    base: Arc<dyn Reader>,
    records: Vec<LookRecord>,
    looks: u64,
}

impl Repeated {
    fn new(base: Arc<dyn Reader>, looks: u64) -> Result<Self, StoreError> {
        let mut records = Vec::new();
        base.visit(&mut |record| {
            records.push(record);
            ControlFlow::Continue(())
        })?;
        Ok(Self { base, records, looks })
    }

    /// The id of the look whose measurements another has.
    fn original<'a>(&self, id: &'a str) -> &'a str {
        id.split_once('-').map_or(id, |(_, original)| original)
    }
}

impl Reader for Repeated {
    fn version(&self) -> u64 {
        self.base.version()
    }

    fn manifest(&self) -> &Manifest {
        self.base.manifest()
    }

    fn len(&self) -> u64 {
        self.looks
    }

    fn look(&self, id: &str) -> Result<Option<LookRecord>, StoreError> {
        self.base.look(self.original(id))
    }

    fn visit(&self, visit: &mut dyn FnMut(LookRecord) -> ControlFlow<()>) -> Result<(), StoreError> {
        for number in 0..self.looks {
            let mut record = self.records[(number % self.records.len() as u64) as usize].clone();
            record.look.id = format!("{number:08}-{}", record.look.id);
            if visit(record).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn vectors(&self, id: &str) -> Result<Option<VectorSet>, StoreError> {
        self.base.vectors(self.original(id))
    }

    fn blob(&self, id: &str, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.base.blob(self.original(id), name)
    }

    fn blob_names(&self, id: &str) -> Result<Vec<String>, StoreError> {
        self.base.blob_names(self.original(id))
    }

    fn model_names(&self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    fn model(&self, _name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(None)
    }

    fn search(
        &self,
        vector: &[f32],
        slot: Option<Slot>,
        count: usize,
        filter: &Filter,
    ) -> Result<Vec<Match>, StoreError> {
        self.base.search(vector, slot, count, filter)
    }
}

/// Processor time of this process, in seconds: fields 14 and 15 of `/proc/self/stat`, in hundredths.
fn processor_s() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn fit(folder: &std::path::Path, looks: u64) -> Result<(), Box<dyn std::error::Error>> {
    let store = EmbeddedStore::open(folder)?;
    let reader = Repeated::new(store.reader()?, looks)?;
    let (start, before) = (Instant::now(), processor_s());
    let bytes = try_fit(&reader, &Catalogue::default(), &Unobserved)?;
    println!(
        "{looks:>9} looks: {:>7.1} s, {:>7.1} s of processor, {:>6.0} MB at most, {:>5.0} MB of it mapped files, models of {:.1} MB",
        start.elapsed().as_secs_f64(),
        processor_s() - before,
        memory_mb("VmHWM"),
        memory_mb("RssFile"),
        bytes as f64 / 1e6,
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    if let (Some(folder), [looks]) = (std::env::var_os(FOLDER), &numbers[..]) {
        return fit(std::path::Path::new(&folder), *looks);
    }
    let folder = tempfile::tempdir()?;
    let drawn = lorgnon_demo::write_dataset(&folder.path().join("looks"), DRAWN, 1, &mut |_| {})?;
    let dataset = Dataset::open(&drawn.train, &Options::default())?;
    let store = EmbeddedStore::open(&folder.path().join("cache"))?;
    let (encoder, settings) = (BuiltinEncoder::new(), TrainSettings::default());
    train(&dataset, &store, &encoder, &Catalogue::default(), &settings, &Unobserved)?;
    println!("{DRAWN} looks drawn and measured in {:.1} s of processor", processor_s());
    for looks in numbers {
        let program = std::env::current_exe()?;
        let status =
            Command::new(program).arg(looks.to_string()).env(FOLDER, folder.path().join("cache")).status()?;
        if !status.success() {
            return Err(format!("{looks} looks could not be fitted").into());
        }
    }
    Ok(())
}
