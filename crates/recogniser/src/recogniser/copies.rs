//! The same picture stored twice. Vectors propose, pixels decide: two looks of one class in one palette are as near
//! by vector as a copy before another background.

use std::collections::HashMap;

use lorgnon_imaging::{Likeness, Limits, Picture, decode};
use lorgnon_index::Filter;
use rayon::prelude::*;

use super::Recogniser;
use crate::RecogniserError;

/// Looks that are compared pixel by pixel with one that may have copies elsewhere in the index.
const TRIED: usize = 16;
/// Cosine below which vectors are not of the same picture: a copy before white has .7 to .9.
const LEAST: f32 = 0.6;

impl Recogniser {
    /// Pairs of stored looks with the same picture, whatever was done to its size, background and bytes; the first
    /// of each is of `ids`, those of one another are named once.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn copies(&self, ids: &[String]) -> Result<Vec<(String, String)>, RecogniserError> {
        let likenesses: Vec<Option<Likeness>> =
            ids.par_iter().map(|id| self.likeness(id)).collect::<Result<_, _>>()?;
        let own: HashMap<&str, usize> = ids.iter().enumerate().map(|(at, id)| (id.as_str(), at)).collect();
        let all = own.len() as u64 >= self.reader.len();
        let pairs: Vec<Vec<(String, String)>> = (0..ids.len())
            .into_par_iter()
            .map(|at| {
                let Some(one) = &likenesses[at] else { return Ok(Vec::new()) };
                let mut copies: Vec<String> = (at + 1..ids.len())
                    .filter(|other| {
                        likenesses[*other].as_ref().is_some_and(|two| one.is_of_same_picture(two))
                    })
                    .map(|other| ids[other].clone())
                    .collect();
                if !all {
                    copies.extend(self.copies_beyond(&ids[at], one, &own)?);
                }
                Ok(copies.into_iter().map(|copy| (ids[at].clone(), copy)).collect())
            })
            .collect::<Result<_, RecogniserError>>()?;
        Ok(pairs.into_iter().flatten().collect())
    }

    /// Copies of a look that are not among those looked at anyhow.
    fn copies_beyond(
        &self,
        id: &str,
        likeness: &Likeness,
        known: &HashMap<&str, usize>,
    ) -> Result<Vec<String>, RecogniserError> {
        let Some(vectors) = self.reader.vectors(id)? else { return Ok(Vec::new()) };
        let mut copies = Vec::new();
        for found in self.reader.search(&vectors.global, None, TRIED, &Filter::default())? {
            if found.similarity >= LEAST
                && !known.contains_key(found.id.as_str())
                && self.likeness(&found.id)?.is_some_and(|other| likeness.is_of_same_picture(&other))
            {
                copies.push(found.id);
            }
        }
        Ok(copies)
    }

    /// Whether a stored look's picture is this one, whatever was done to its size, background and bytes.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn shows_the_same(&self, picture: &Picture, id: &str) -> Result<bool, RecogniserError> {
        let likeness = Likeness::new(picture);
        Ok(self.likeness(id)?.is_some_and(|other| likeness.is_of_same_picture(&other)))
    }

    /// Of a stored look's small picture; `None` also where its bytes are damaged, which `index verify` tells.
    fn likeness(&self, id: &str) -> Result<Option<Likeness>, RecogniserError> {
        let decoded = self.thumbnail(id)?.map(|bytes| decode(&bytes, &Limits::default()));
        let picture = decoded.and_then(|picture| {
            picture.inspect_err(|error| tracing::warn!(id, %error, "a stored picture does not decode")).ok()
        });
        Ok(picture.map(|picture| Likeness::new(&picture)))
    }
}
