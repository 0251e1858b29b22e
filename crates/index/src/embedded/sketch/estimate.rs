//! How near a sketched row can be, from the upper bits of its numbers alone or from both.
//!
//! Plain Rust that the compiler vectorises, compiled once for each instruction set, like
//! [`kernels`](super::super::kernels).

use multiversion::multiversion;

/// Words that a comparison works on at once: a sketch has a multiple of them.
pub(super) const WORDS: usize = 8;
/// One bit each of 512 numbers.
pub(super) type Bits = [u64; WORDS];
/// Numbers of [`Bits`].
pub(super) const NUMBERS: usize = 64 * WORDS;
/// Bits a number of a query.
const PLANES: usize = 4;
/// Rows that are counted before their bounds are computed, so that the second is done for several at once.
const GROUP: usize = 32;

/// A query compared with sketches: quantised to a few bits a number, which lie in planes so that a
/// product is a count of bits.
#[derive(Debug, Clone)]
pub(crate) struct SketchedQuery {
    /// For so many words' numbers the lowest bits, the next, and so on.
    planes: Vec<[Bits; PLANES]>,
    /// What a quantised number of 0 stands for, and how much more one of 1.
    low: f32,
    step: f32,
    /// Sum of the numbers, quantised.
    total: f32,
    asked: Asked,
}

/// What a comparison with sketches must know of a query besides its numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// Dot product of the query, of length 1, with the centre of all rows.
    pub(super) with_centre: f32,
    /// Squared distance from the centre.
    pub(super) square: f32,
    /// Squared length of the centre.
    pub(super) centre_square: f32,
    /// Standard deviations that upper bounds allow for: of the estimate by signs, and by both bits.
    pub(super) deviations: [f32; 2],
}

/// What turns the product of a query and the signs of a row, both less the centre, into an estimate of the
/// cosine.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct SignScale {
    /// The product times this estimates that of the vectors without bias.
    pub(super) factor: f32,
    /// Dot product of the row's difference to the centre with the centre.
    pub(super) offset: f32,
}

/// The same for both bits of each number.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct FullScale {
    pub(super) factor: f32,
    pub(super) offset: f32,
    /// Variance of the estimate for a query that is 1 from the centre.
    pub(super) variance: f32,
}

/// The rows of a sketch; each has as many [`Bits`] as a query has planes of them.
#[derive(Debug, Clone, Default)]
pub(super) struct SketchRows {
    /// Whether each number is positive.
    pub(super) upper: Vec<Bits>,
    /// The lower bit of a number of 2 bits, which stands for twice that less 3.
    pub(super) lower: Vec<Bits>,
    pub(super) signs: Vec<SignScale>,
    pub(super) full: Vec<FullScale>,
}

impl SketchedQuery {
    /// From the rotated difference to the centre, as long as a sketch has numbers.
    pub(super) fn new(rotated: &[f32], asked: Asked) -> Self {
        const LEVELS: u64 = (1 << PLANES) - 1;
        let low = rotated.iter().copied().fold(f32::INFINITY, f32::min);
        let high = rotated.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let step = ((high - low) / LEVELS as f32).max(f32::MIN_POSITIVE);
        let mut query = Self { planes: Vec::new(), low, step, total: 0.0, asked };
        for numbers in rotated.chunks(NUMBERS) {
            let mut planes = [[0; WORDS]; PLANES];
            for (at, value) in numbers.iter().enumerate() {
                let level = (((value - low) / step).round() as u64).min(LEVELS);
                query.total += level as f32;
                for (number, plane) in planes.iter_mut().enumerate() {
                    plane[at / 64] |= (level >> number & 1) << (at % 64);
                }
            }
            query.planes.push(planes);
        }
        query.total = query.low * query.numbers() + query.step * query.total;
        query
    }

    fn numbers(&self) -> f32 {
        (self.planes.len() * NUMBERS) as f32
    }

    /// The product with numbers of 1, where a bit is set, and -1.
    #[inline(always)]
    fn product(&self, bits: &[Bits]) -> f32 {
        // In each lane the levels where bits are set in the lower half, their number in the upper: one sum to add up.
        let mut sums = [0u64; WORDS];
        for (bits, planes) in bits.iter().zip(&self.planes) {
            for lane in 0..WORDS {
                let mut levels = 0u64;
                for plane in planes.iter().rev() {
                    levels = 2 * levels + u64::from((bits[lane] & plane[lane]).count_ones());
                }
                sums[lane] += levels + (u64::from(bits[lane].count_ones()) << 32);
            }
        }
        let sums: u64 = sums.iter().sum();
        let (levels, set) = ((sums & 0xFFFF_FFFF) as u32 as f32, (sums >> 32) as u32 as f32);
        2.0 * (self.low * set + self.step * levels) - self.total
    }

    /// The estimate of the cosine and as much as it may be too small.
    #[inline(always)]
    fn bound(&self, estimated: Estimated, deviations: f32) -> f32 {
        let Estimated { product, factor, variance, offset } = estimated;
        // Of the query's own quantisation, evenly spread within a step.
        let code_square = self.row_square(offset) + variance * (self.numbers() - 1.0);
        let of_query = self.step * self.step / 12.0 * code_square;
        let estimate = self.asked.with_centre + offset + product * factor;
        estimate + deviations * (variance * self.asked.square + of_query).sqrt()
    }

    /// Squared distance of a row from the centre.
    #[inline(always)]
    fn row_square(&self, offset: f32) -> f32 {
        1.0 - 2.0 * offset - self.asked.centre_square
    }
}

/// What estimates a row's cosine: a product times a factor, with that variance, about an offset.
struct Estimated {
    product: f32,
    factor: f32,
    variance: f32,
    offset: f32,
}

/// Of some rows by their signs, in order: their products with the query, and the largest cosines they can be
/// expected to have.
#[derive(Debug)]
pub(crate) struct BySigns {
    pub(crate) products: Vec<f32>,
    pub(crate) bounds: Vec<f32>,
}

/// What the signs of consecutive rows say, from the row `first` on, as many as `out` has room for.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512dq+avx512vpopcntdq+popcnt",
    "x86_64+avx2+popcnt",
    "x86_64+popcnt",
    "aarch64+neon"
))]
pub(super) fn by_signs(rows: &SketchRows, first: usize, query: &SketchedQuery, out: &mut BySigns) {
    let parts = query.planes.len();
    let (last, numbers) = (first + out.bounds.len(), query.numbers());
    let bits = rows.upper[first * parts..last * parts].chunks(GROUP * parts);
    let scales = rows.signs[first..last].chunks(GROUP);
    let out = out.products.chunks_mut(GROUP).zip(out.bounds.chunks_mut(GROUP));
    for ((bits, scales), (products, bounds)) in bits.zip(scales).zip(out) {
        for (row, product) in bits.chunks_exact(parts).zip(&mut *products) {
            *product = query.product(row);
        }
        for ((product, scale), bound) in products.iter().zip(scales).zip(bounds) {
            let SignScale { factor, offset } = *scale;
            // All codes of signs have the same length, so the factor tells the variance. (Not of a row of zeros,
            // which is not as long as others; but that is like nothing.)
            let code_square = numbers * factor * factor;
            let variance = ((code_square - query.row_square(offset)) / (numbers - 1.0)).max(0.0);
            let estimated = Estimated { product: *product, factor, variance, offset };
            *bound = query.bound(estimated, query.asked.deviations[0]);
        }
    }
}

/// The largest cosine that some rows, whose products by signs are known, can be expected to have by both bits.
#[multiversion(targets(
    "x86_64+avx512f+avx512bw+avx512vl+avx512dq+avx512vpopcntdq+popcnt",
    "x86_64+avx2+popcnt",
    "x86_64+popcnt",
    "aarch64+neon"
))]
pub(super) fn by_both(rows: &SketchRows, which: &[(usize, f32)], query: &SketchedQuery) -> Vec<f32> {
    let parts = query.planes.len();
    let mut bounds = Vec::with_capacity(which.len());
    for which in which.chunks(GROUP) {
        // The rows lie far from each other. Asked for in one go, their memory is waited for once, not row by row.
        let asked_for = which.iter().fold(0u64, |all, (row, _)| {
            all ^ rows.lower[row * parts][0] ^ u64::from(rows.full[*row].factor.to_bits())
        });
        std::hint::black_box(asked_for);
        for (row, by_signs) in which {
            // A number is twice its upper bit and its lower one, twice that less 3: twice its sign, and twice its
            // lower bit less 1.
            let product = 2.0 * by_signs + query.product(&rows.lower[row * parts..(row + 1) * parts]);
            let FullScale { factor, offset, variance } = rows.full[*row];
            bounds.push(
                query.bound(Estimated { product, factor, variance, offset }, query.asked.deviations[1]),
            );
        }
    }
    bounds
}
