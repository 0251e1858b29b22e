//! Small systems of linear equations.

/// A pivot smaller than this determines nothing.
const LEAST_PIVOT: f64 = 1e-12;

/// Solves linear equations, their left sides by line, by elimination with pivots; `None` where they do not
/// determine all.
pub(crate) fn solve<const N: usize>(mut lines: [[f64; N]; N], mut right: [f64; N]) -> Option<[f64; N]> {
    for column in 0..N {
        let pivot =
            (column..N).max_by(|&one, &two| lines[one][column].abs().total_cmp(&lines[two][column].abs()))?;
        lines.swap(column, pivot);
        right.swap(column, pivot);
        if lines[column][column].abs() < LEAST_PIVOT {
            return None;
        }
        for other in 0..N {
            if other != column {
                let factor = lines[other][column] / lines[column][column];
                let line = lines[column];
                for (value, from) in lines[other].iter_mut().zip(line).skip(column) {
                    *value -= factor * from;
                }
                right[other] -= factor * right[column];
            }
        }
    }
    Some(std::array::from_fn(|index| right[index] / lines[index][index]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_that_say_nothing_have_no_answer() {
        assert_eq!(solve([[1.0, 2.0], [2.0, 4.0]], [1.0, 2.0]), None);
        assert_eq!(solve([[0.0, 2.0], [4.0, 0.0]], [2.0, 4.0]), Some([1.0, 1.0]));
    }
}
