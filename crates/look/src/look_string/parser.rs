//! Recursive descent over the text of a look string.

use super::{LookString, LookStringError, SubEntity};
use crate::Colour;

/// Deeper nesting is refused: a rider on a mount with a pet needs three levels.
const DEEPEST: usize = 16;

pub(super) fn parse(text: &str) -> Result<LookString, LookStringError> {
    let mut parser = Parser { text, position: 0, radix: 10 };
    parser.skip_blanks();
    parser.header()?;
    let look = parser.look(0)?;
    parser.skip_blanks();
    if parser.position < text.len() {
        return Err(parser.wants("the end"));
    }
    Ok(look)
}

struct Parser<'a> {
    text: &'a str,
    position: usize,
    radix: u32,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.position..]
    }

    fn skip_blanks(&mut self) {
        self.position = self.text.len() - self.rest().trim_start().len();
    }

    fn wants(&self, expected: &'static str) -> LookStringError {
        LookStringError::Syntax { expected, position: self.position }
    }

    fn take(&mut self, mark: char) -> bool {
        let found = self.rest().starts_with(mark);
        self.position += if found { mark.len_utf8() } else { 0 };
        found
    }

    fn header(&mut self) -> Result<(), LookStringError> {
        if !self.take('[') {
            return Ok(());
        }
        let Some(end) = self.rest().find(']') else {
            return Err(self.wants("`]`"));
        };
        let header = &self.rest()[..end];
        self.position += end + 1;
        if let Some((_, base)) = header.split_once(',') {
            self.radix = match base.trim() {
                "A" | "a" => 10,
                "G" | "g" => 16,
                "Z" | "z" => 36,
                other => return Err(LookStringError::Base(other.chars().take(20).collect())),
            };
        }
        Ok(())
    }

    fn look(&mut self, depth: usize) -> Result<LookString, LookStringError> {
        if depth >= DEEPEST {
            return Err(LookStringError::TooDeep(DEEPEST));
        }
        if !self.take('{') {
            return Err(self.wants("`{`"));
        }
        let mut look = LookString { bones: self.number()?, ..LookString::default() };
        let mut part = 0;
        loop {
            if self.take('}') {
                return Ok(look);
            }
            if part == 4 || !self.take('|') {
                return Err(self.wants(if part == 4 { "`}`" } else { "`|` or `}`" }));
            }
            part += 1;
            // Parts may be empty.
            if self.rest().starts_with(['|', '}']) {
                continue;
            }
            loop {
                match part {
                    1 => look.skins.push(self.number()?),
                    2 => self.colour(&mut look.colours)?,
                    3 => look.scales.push(self.number()?),
                    _ => look.sub_entities.push(self.sub_entity(depth)?),
                }
                if !self.take(',') {
                    break;
                }
            }
        }
    }

    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|mark: char| !mark.is_ascii_alphanumeric()).unwrap_or(rest.len());
        self.position += end;
        &rest[..end]
    }

    fn number(&mut self) -> Result<u64, LookStringError> {
        let start = self.position;
        let radix = self.radix;
        u64::from_str_radix(self.word(), radix)
            .map_err(|_| LookStringError::Syntax { expected: "a number", position: start })
    }

    /// `index=colour`; `-1`, "the class's default", is left out.
    fn colour(&mut self, colours: &mut Vec<(u64, Colour)>) -> Result<(), LookStringError> {
        let index = self.number()?;
        if !self.take('=') {
            return Err(self.wants("`=`"));
        }
        let start = self.position;
        let refused = LookStringError::Syntax { expected: "a colour", position: start };
        if self.take('-') {
            return if self.word() == "1" { Ok(()) } else { Err(refused) };
        }
        let marked = self.take('#');
        let word = self.word();
        let code = u32::from_str_radix(word, if marked { 16 } else { self.radix });
        match code {
            Ok(code) if code <= 0xFF_FFFF && (!marked || word.len() == 6) => {
                colours.push((index, Colour::from_rgb(code)));
                Ok(())
            }
            Ok(_) | Err(_) => Err(refused),
        }
    }

    /// `category@index={…}`
    fn sub_entity(&mut self, depth: usize) -> Result<SubEntity, LookStringError> {
        let category = self.number()?;
        let index = if self.take('@') { self.number()? } else { return Err(self.wants("`@`")) };
        if !self.take('=') {
            return Err(self.wants("`=`"));
        }
        Ok(SubEntity { category, index, look: self.look(depth + 1)? })
    }
}
