//! Matrix products on slices, by the `gemm` crate, which Burn's CPU device uses as well.

/// A row-major matrix, or its transpose.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    row_step: usize,
    column_step: usize,
}

impl<'a> Matrix<'a> {
    /// `[rows, columns]`; `values` holds exactly that many.
    pub fn new(values: &'a [f32], columns: usize) -> Self {
        let rows = values.len() / columns;
        assert_eq!(values.len(), rows * columns, "the matrix is not full");
        Matrix {
            values,
            rows,
            columns,
            row_step: columns,
            column_step: 1,
        }
    }

    /// How many rows there are.
    pub fn rows(self) -> usize {
        self.rows
    }

    /// Rows become columns.
    pub fn transposed(self) -> Self {
        Matrix {
            rows: self.columns,
            columns: self.rows,
            row_step: self.column_step,
            column_step: self.row_step,
            ..self
        }
    }
}

/// `output = left · right`, or `output += left · right` where `add` is set; `output` is
/// `[left rows, right columns]`, row-major. On this thread alone, and always in one order of
/// sums: the same input gives the same bits.
pub fn multiply(left: Matrix<'_>, right: Matrix<'_>, output: &mut [f32], add: bool) {
    assert_eq!(left.columns, right.rows, "the matrices do not fit");
    assert_eq!(
        output.len(),
        left.rows * right.columns,
        "the output does not fit"
    );
    // SAFETY: `Matrix::new` made sure that each matrix lies within its slice, and the lines
    // above that the output is as large as the product; `output` is borrowed alone.
    unsafe {
        gemm::gemm(
            left.rows,
            right.columns,
            left.columns,
            output.as_mut_ptr(),
            1,
            right.columns as isize,
            add,
            left.values.as_ptr(),
            left.column_step as isize,
            left.row_step as isize,
            right.values.as_ptr(),
            right.column_step as isize,
            right.row_step as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}
