//! One file's transfer: in ranges, resumed, checked, then given its name.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::{FetchEvent, FetchedFile, Hub, HubError};

/// Bytes asked for at a time: a timeout is for so many.
const RANGE: u64 = 16 << 20;
/// Bytes read at a time.
const BUFFER: usize = 1 << 16;
/// The pause before a transfer is taken up again, doubled each time up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// A file to be fetched.
pub(super) struct Download<'a> {
    pub(super) hub: &'a Hub,
    pub(super) agent: &'a ureq::Agent,
    pub(super) url: String,
    pub(super) name: &'a str,
    pub(super) size: Option<u64>,
    pub(super) sha256: Option<&'a str>,
    pub(super) target: PathBuf,
}

impl Download<'_> {
    pub(super) fn run(&self, tell: &mut dyn FnMut(FetchEvent<'_>)) -> Result<FetchedFile, HubError> {
        // Small files have no digest in the listing: they are fetched each time.
        if self.sha256.is_some() && self.target.is_file() {
            let kept = self.described(&self.target)?;
            if self.difference(&kept).is_none() {
                tell(FetchEvent::Kept { file: self.name });
                return Ok(kept);
            }
        }
        if let Some(folder) = self.target.parent() {
            std::fs::create_dir_all(folder).map_err(self.disk(folder))?;
        }
        let part = PathBuf::from(format!("{}.part", self.target.display()));
        let mut pause = FIRST_PAUSE;
        let mut broken = 0;
        loop {
            let arrived = std::fs::metadata(&part).map_or(0, |metadata| metadata.len());
            match self.transfer(&part, tell).and_then(|()| self.accept(&part)) {
                Ok(file) => return Ok(file),
                Err(error) if error.is_passing() && broken < self.hub.retries => {
                    tell(FetchEvent::Retrying { file: self.name, error: &error });
                    let got_on = std::fs::metadata(&part).is_ok_and(|metadata| metadata.len() > arrived);
                    // A transfer that breaks but gets on may break often.
                    (broken, pause) = if got_on { (0, FIRST_PAUSE) } else { (broken + 1, pause) };
                    std::thread::sleep(pause);
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Brings the partial file to the end.
    fn transfer(&self, part: &Path, tell: &mut dyn FnMut(FetchEvent<'_>)) -> Result<(), HubError> {
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(part)
            .map_err(self.disk(part))?;
        let mut done = file.seek(SeekFrom::End(0)).map_err(self.disk(part))?;
        if self.size.is_some_and(|size| done > size) {
            file.set_len(0).and_then(|()| file.rewind()).map_err(self.disk(part))?;
            done = 0;
        }
        while self.size.is_none_or(|size| done < size) {
            let mut request =
                self.agent.get(&self.url).header("Range", format!("bytes={done}-{}", done + RANGE - 1));
            if let Some(token) = &self.hub.token {
                request = request.header("Authorization", format!("Bearer {token}"));
            }
            let mut response = request.call().map_err(|source| self.unreachable(source))?;
            let status = response.status().as_u16();
            if status == 416 {
                // The file is shorter than what we have of it.
                return file
                    .set_len(0)
                    .map_err(self.disk(part))
                    .and(Err(self.damaged("it is shorter than was listed")));
            }
            HubError::of_status(status, &self.url, self.name)?;
            if status != 206 && done > 0 {
                file.set_len(0).and_then(|()| file.rewind()).map_err(self.disk(part))?;
                done = 0;
            }
            let before = done;
            let mut body = response.body_mut().as_reader();
            let mut buffer = vec![0; BUFFER];
            loop {
                let read = body.read(&mut buffer).map_err(|source| self.unreachable(source))?;
                if read == 0 {
                    break;
                }
                file.write_all(&buffer[..read]).map_err(self.disk(part))?;
                done += read as u64;
                let total = self.size.unwrap_or(done).max(done);
                tell(FetchEvent::Progress { file: self.name, done, total });
            }
            let whole = status != 206 || done - before < RANGE;
            if whole && self.size.is_none_or(|size| done >= size) {
                break;
            }
            if done == before {
                return Err(self.damaged("it ends before its listed size"));
            }
        }
        file.sync_all().map_err(self.disk(part))
    }

    /// Gives the partial file its name if it is what was listed; else it is thrown away.
    fn accept(&self, part: &Path) -> Result<FetchedFile, HubError> {
        let described = self.described(part)?;
        if let Some(what) = self.difference(&described) {
            std::fs::remove_file(part).map_err(self.disk(part))?;
            return Err(self.damaged(&what));
        }
        std::fs::rename(part, &self.target).map_err(self.disk(&self.target))?;
        Ok(described)
    }

    /// What differs from the listing.
    fn difference(&self, file: &FetchedFile) -> Option<String> {
        if let Some(size) = self.size.filter(|size| *size != file.size) {
            return Some(format!("{} bytes where {size} are listed", file.size));
        }
        let listed = self.sha256.filter(|listed| !listed.eq_ignore_ascii_case(&file.sha256))?;
        Some(format!("SHA-256 {} where {listed} is listed", file.sha256))
    }

    fn described(&self, path: &Path) -> Result<FetchedFile, HubError> {
        let mut file = File::open(path).map_err(self.disk(path))?;
        let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 20]);
        loop {
            match file.read(&mut buffer).map_err(self.disk(path))? {
                0 => break,
                read => {
                    hash.update(&buffer[..read]);
                    size += read as u64;
                }
            }
        }
        let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(FetchedFile { name: self.name.to_owned(), size, sha256 })
    }

    fn disk(&self, path: &Path) -> impl FnOnce(std::io::Error) -> HubError {
        move |source| HubError::Disk { path: path.to_owned(), source }
    }

    fn unreachable(&self, source: impl std::error::Error + Send + Sync + 'static) -> HubError {
        HubError::Unreachable { url: self.url.clone(), source: Box::new(source) }
    }

    fn damaged(&self, what: &str) -> HubError {
        HubError::Damaged { file: self.name.to_owned(), what: what.to_owned() }
    }
}
