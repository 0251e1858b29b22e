//! What a kept look teaches of the slots that are fitted together.

use std::borrow::Cow;

use super::art::{Seen, Views};
use super::descriptor::Descriptor;
use super::eyes::Part;
use super::measurement::ItemMeasurement;
use super::window::Behind;

/// A look as it teaches the slots in front of the body, or those that hang behind it and all that.
pub(super) struct Lesson<'a> {
    measurement: &'a ItemMeasurement,
    views: Cow<'a, Views>,
    /// By what stands behind, what is left where the body and all that is worn in front of it are left out;
    /// `None` for slots in front.
    rest: Option<[Descriptor; Behind::ALL.len()]>,
}

impl<'a> Lesson<'a> {
    /// Of what is worn in front.
    pub(super) fn in_front(measurement: &'a ItemMeasurement) -> Self {
        Self { measurement, views: Cow::Borrowed(measurement.views()), rest: None }
    }

    /// Of what hangs behind; `rest` is what is left of the look.
    pub(super) fn behind(measurement: &'a ItemMeasurement, rest: &[Seen; Behind::ALL.len()]) -> Self {
        let [cut_out, in_scenery] = rest.each_ref().map(Seen::packed);
        Self {
            measurement,
            views: Cow::Owned(Views::new(cut_out, in_scenery)),
            rest: Some(rest.each_ref().map(Seen::descriptor)),
        }
    }

    pub(super) fn views(&self) -> &Views {
        &self.views
    }

    /// The windows that an eye learns from; none where it has nothing to see.
    pub(super) fn windows(&self, part: Part, behind: Behind) -> &[Descriptor] {
        match (part, &self.rest) {
            (Part::Whole, _) => self.measurement.windows(behind),
            (Part::Rest, Some(rest)) => std::slice::from_ref(&rest[behind as usize]),
            (Part::Rest, None) => &[],
        }
    }

    /// The window that the view shows, too.
    pub(super) fn window(&self, behind: Behind) -> &Descriptor {
        &self.measurement.windows(behind)[0]
    }

    /// What is left of that.
    pub(super) fn rest(&self, behind: Behind) -> Option<&Descriptor> {
        self.windows(Part::Rest, behind).first()
    }
}
