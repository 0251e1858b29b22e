//! How a pixel shows the colour that tints it.

/// A pixel shows `offset + gain · colour` in each channel, as far as a byte can: the game's own law with no
/// offset, another game's with one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tinting {
    /// Gain a channel, or for a fixed pixel its colour over 255.
    pub(super) gain: [f32; 3],
    /// What it shows of black, in levels.
    pub(super) offset: [f32; 3],
}

/// A gain below this tells too little of a colour to divide by.
const LEAST_GAIN: f32 = 0.05;

impl Tinting {
    /// A pixel that shows nothing.
    pub(super) const NONE: Self = Self::multiple([0.0; 3]);

    /// A pure multiple.
    pub(super) const fn multiple(gain: [f32; 3]) -> Self {
        Self { gain, offset: [0.0; 3] }
    }

    /// Whether it is a pure multiple.
    #[expect(clippy::float_cmp, reason = "a multiple has no offset, not a small one")]
    pub(super) fn is_multiple(&self) -> bool {
        self.offset == [0.0; 3]
    }

    /// The mean gain of the channels.
    pub(super) fn brightness(&self) -> f32 {
        (self.gain[0] + self.gain[1] + self.gain[2]) / 3.0
    }

    /// What a channel shows of a colour, 0 to 255.
    #[inline]
    pub(super) fn channel(&self, channel: usize, colour: f32) -> f32 {
        (self.offset[channel] + self.gain[channel] * colour).clamp(0.0, 255.0)
    }

    /// What it shows of a colour, 0 to 255.
    #[inline]
    pub(super) fn shown(&self, colour: [f32; 3]) -> [f32; 3] {
        std::array::from_fn(|channel| self.channel(channel, colour[channel]))
    }

    /// The channel of a colour that would show this, without any limit.
    #[inline]
    pub(super) fn undone(&self, channel: usize, value: f32) -> f32 {
        (value - self.offset[channel]) / self.gain[channel].max(LEAST_GAIN)
    }

    /// The largest miss of a channel, in levels, where a colour is to be seen.
    #[inline]
    pub(super) fn miss(&self, colour: [f32; 3], seen: [f32; 3]) -> f32 {
        let mut worst = 0f32;
        for (channel, seen) in seen.into_iter().enumerate() {
            worst = worst.max((seen - self.channel(channel, colour[channel])).abs());
        }
        worst
    }
}
