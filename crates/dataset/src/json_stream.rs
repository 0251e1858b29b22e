//! A file's JSON values one by one, whatever the file's size.
//!
//! A `.jsonl` file is cut at line ends; anything else is cut by its brackets: the elements of one
//! array, or values standing one after another. Only one value is in memory at a time, and never
//! more than a given number of bytes of it. Cutting knows strings and brackets and nothing more;
//! whether a piece is valid JSON is decided by the parser, so a bad piece costs only itself.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// One value's bytes and where they stand.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// 1-based line in a `.jsonl` file, 1-based position otherwise.
    pub(crate) line: u64,
    /// The bytes, or `None` when there were more than allowed.
    pub(crate) bytes: Option<Vec<u8>>,
}

/// The values of one file.
pub(crate) struct JsonStream<R> {
    reader: R,
    mode: Mode,
    line: u64,
    max_bytes: usize,
    started: bool,
    finished: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Lines,
    /// Values one after another, outside any array.
    Values,
    /// The elements of the outermost array.
    Elements,
}

impl JsonStream<BufReader<File>> {
    /// Opens a file; its extension says whether it has one value a line.
    pub(crate) fn open(path: &Path, max_bytes: usize) -> io::Result<Self> {
        let by_line = path.extension().is_some_and(|extension| {
            extension.eq_ignore_ascii_case("jsonl") || extension.eq_ignore_ascii_case("ndjson")
        });
        Ok(Self::new(BufReader::with_capacity(64 << 10, File::open(path)?), by_line, max_bytes))
    }
}

impl<R: BufRead> JsonStream<R> {
    pub(crate) fn new(reader: R, by_line: bool, max_bytes: usize) -> Self {
        let mode = if by_line { Mode::Lines } else { Mode::Values };
        Self { reader, mode, line: 0, max_bytes, started: false, finished: false }
    }

    /// The next value; blank lines are passed over. After an error the file is given up.
    fn read(&mut self) -> io::Result<Option<Piece>> {
        if !self.started {
            self.started = true;
            self.skip_byte_order_mark()?;
            if self.mode == Mode::Values && self.skip_to_value()? == Some(b'[') {
                self.reader.consume(1);
                self.mode = Mode::Elements;
            }
        }
        match self.mode {
            Mode::Lines => self.read_line(),
            Mode::Values | Mode::Elements => self.read_value(),
        }
    }

    fn skip_byte_order_mark(&mut self) -> io::Result<()> {
        if self.reader.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
            self.reader.consume(3);
        }
        Ok(())
    }

    /// The next byte that is no white space, not consumed.
    fn skip_to_value(&mut self) -> io::Result<Option<u8>> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(None);
            }
            let blank = buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            let found = buffer.get(blank).copied();
            self.reader.consume(blank);
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    fn read_line(&mut self) -> io::Result<Option<Piece>> {
        loop {
            let mut taken = Taken::new(self.max_bytes);
            let mut ended = false;
            let mut any = false;
            while !ended {
                let buffer = self.reader.fill_buf()?;
                if buffer.is_empty() {
                    break;
                }
                any = true;
                let (length, used) = match buffer.iter().position(|byte| *byte == b'\n') {
                    Some(position) => (position, position + 1),
                    None => (buffer.len(), buffer.len()),
                };
                ended = used > length;
                taken.add(&buffer[..length]);
                self.reader.consume(used);
            }
            if !any {
                return Ok(None);
            }
            self.line += 1;
            if !taken.is_blank() {
                return Ok(Some(Piece { line: self.line, bytes: taken.bytes }));
            }
        }
    }

    fn read_value(&mut self) -> io::Result<Option<Piece>> {
        loop {
            match self.skip_to_value()? {
                None => return Ok(None),
                Some(b',') => self.reader.consume(1),
                Some(b']') if self.mode == Mode::Elements => {
                    self.reader.consume(1);
                    // What follows the array is cut as values and judged by the parser.
                    self.mode = Mode::Values;
                }
                Some(_) => break,
            }
        }
        let mut taken = Taken::new(self.max_bytes);
        let mut cutter = Cutter::default();
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                break;
            }
            let in_array = self.mode == Mode::Elements;
            let end = buffer.iter().position(|byte| cutter.ends_before(*byte, in_array));
            let length = end.unwrap_or(buffer.len());
            taken.add(&buffer[..length]);
            self.reader.consume(length);
            if end.is_some() {
                break;
            }
        }
        self.line += 1;
        Ok(Some(Piece { line: self.line, bytes: taken.bytes }))
    }
}

impl<R: BufRead> Iterator for JsonStream<R> {
    type Item = io::Result<Piece>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let read = self.read().transpose();
        self.finished = !matches!(read, Some(Ok(_)));
        read
    }
}

/// Bytes kept up to a limit; beyond it, dropped while reading goes on.
struct Taken {
    bytes: Option<Vec<u8>>,
    max_bytes: usize,
}

impl Taken {
    fn new(max_bytes: usize) -> Self {
        Self { bytes: Some(Vec::new()), max_bytes }
    }

    fn add(&mut self, more: &[u8]) {
        if let Some(bytes) = &mut self.bytes {
            if bytes.len() + more.len() > self.max_bytes {
                self.bytes = None;
            } else {
                bytes.extend_from_slice(more);
            }
        }
    }

    fn is_blank(&self) -> bool {
        self.bytes.as_ref().is_some_and(|bytes| bytes.iter().all(u8::is_ascii_whitespace))
    }
}

/// Follows strings and brackets to the end of one value.
#[derive(Default)]
struct Cutter {
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// A bracketed value is complete.
    complete: bool,
}

impl Cutter {
    /// Whether the value ends before `byte`, which is then not part of it.
    fn ends_before(&mut self, byte: u8, in_array: bool) -> bool {
        if self.complete {
            return true;
        }
        if self.in_string {
            match (self.escaped, byte) {
                (true, _) => self.escaped = false,
                (false, b'\\') => self.escaped = true,
                (false, b'"') => {
                    self.in_string = false;
                    self.complete = self.depth == 0;
                }
                (false, _) => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' if self.depth > 0 => {
                self.depth -= 1;
                self.complete = self.depth == 0;
            }
            // A bare value (number, word) ends at a separator.
            b',' => return self.depth == 0,
            b']' => return in_array,
            b' ' | b'\t' | b'\r' | b'\n' => return self.depth == 0 && !in_array,
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces(text: &[u8], by_line: bool, buffer: usize, max_bytes: usize) -> Vec<(u64, Option<String>)> {
        JsonStream::new(BufReader::with_capacity(buffer, text), by_line, max_bytes)
            .map(|piece| piece.unwrap())
            .map(|piece| {
                (piece.line, piece.bytes.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()))
            })
            .collect()
    }

    fn some(line: u64, text: &str) -> (u64, Option<String>) {
        (line, Some(text.to_owned()))
    }

    #[test]
    fn lines_are_numbered_blank_ones_passed_over() {
        for buffer in [3, 5, 64] {
            let got = pieces(b"\xEF\xBB\xBF{\"a\":1}\r\n\n  \n{oops\n[2]", true, buffer, 100);
            assert_eq!(got, [some(1, "{\"a\":1}"), some(4, "{oops"), some(5, "[2]")]);
        }
    }

    #[test]
    fn an_array_is_cut_into_its_elements() {
        let text = br#" [ {"a":"]},\"[" , "b":[1,{}]}, "x,]" ,3,[4] , true] "#;
        for buffer in [3, 5, 64] {
            let got = pieces(text, false, buffer, 100);
            let expected = [
                some(1, r#"{"a":"]},\"[" , "b":[1,{}]}"#),
                some(2, r#""x,]""#),
                some(3, "3"),
                some(4, "[4]"),
                some(5, "true"),
            ];
            assert_eq!(got, expected);
        }
    }

    #[test]
    fn objects_may_follow_each_other() {
        assert_eq!(
            pieces(b"{\"a\":1}\n{\"b\":2}", false, 8, 100),
            [some(1, "{\"a\":1}"), some(2, "{\"b\":2}")]
        );
    }

    #[test]
    fn what_is_too_long_is_dropped_and_the_rest_goes_on() {
        assert_eq!(pieces(b"{\"a\":\"0123456789\"}\n{}", true, 4, 10), [(1, None), some(2, "{}")]);
        assert_eq!(pieces(b"[{\"a\":\"0123456789\"},{}]", false, 4, 10), [(1, None), some(2, "{}")]);
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..200), by_line: bool) {
            let count = JsonStream::new(bytes.as_slice(), by_line, 50).count();
            prop_assert!(count <= bytes.len());
        }

        #[test]
        fn cutting_an_array_gives_back_its_elements(
            texts in proptest::collection::vec(".{0,12}", 0..6), numbers in proptest::collection::vec(any::<i32>(), 0..4),
        ) {
            let values: Vec<serde_json::Value> = texts.iter()
                .map(|text| serde_json::json!({ "text": text, "list": [text, null] }))
                .chain(numbers.iter().map(|number| serde_json::json!(number)))
                .collect();
            let text = serde_json::to_vec_pretty(&values).unwrap();
            let cut: Vec<serde_json::Value> = JsonStream::new(text.as_slice(), false, 10_000)
                .map(|piece| serde_json::from_slice(&piece.unwrap().bytes.unwrap()).unwrap())
                .collect();
            prop_assert_eq!(cut, values);
        }
    }
}
