//! The curve of a training as an SVG: loss and validation accuracy over the steps.

use std::fmt::Write;

use super::checkpoint::Progress;

/// Size of the picture, in its own units.
const SIZE: (f64, f64) = (800.0, 420.0);

/// Left, right, top and bottom edge of the plot.
const PLOT: [f64; 4] = [60.0, 735.0, 45.0, 370.0];

/// Horizontal lines, both ends counted.
const LINES: usize = 5;

/// Two colours of the Okabe-Ito palette, which the colour-blind can tell apart.
const COLOURS: [&str; 2] = ["#0072b2", "#d55e00"];

/// Draws the curve. The loss has a logarithmic axis on the left; the accuracy, in percent, has
/// its own on the right.
pub fn draw(title: &str, progress: &Progress) -> String {
    let [left, right, top, bottom] = PLOT;
    let losses: Vec<(f64, f64)> = progress
        .losses
        .iter()
        .map(|(step, loss)| (*step as f64, loss.max(f64::MIN_POSITIVE).log10()))
        .collect();
    let accuracies: Vec<(f64, f64)> = progress
        .validations
        .iter()
        .map(|(step, right)| (*step as f64, 100.0 * right.share()))
        .collect();
    let (width, height) = SIZE;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n\
         <title>Training curve of {0}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text x=\"{left}\" y=\"24\" font-size=\"16\">{0}</text>\n",
        escape(title)
    );
    let last = progress.step.max(1) as f64;
    let axes = [
        (losses, left - 6.0, "end", "training loss"),
        (accuracies, right + 6.0, "start", "validation, % right"),
    ];
    for (number, ((points, label, anchor, name), colour)) in
        axes.into_iter().zip(COLOURS).enumerate()
    {
        let (low, high) = range(&points);
        for line in 0..LINES {
            let share = line as f64 / (LINES - 1) as f64;
            let y = bottom - share * (bottom - top);
            let value = low + share * (high - low);
            let text = if number == 0 {
                format!("{:.3}", 10f64.powf(value))
            } else {
                format!("{value:.1}")
            };
            let _ = writeln!(
                svg,
                "<path d=\"M{left} {y:.1}H{right}\" stroke=\"#ddd\"/>\
                 <text x=\"{label}\" y=\"{:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{text}</text>",
                y + 4.0
            );
        }
        let path: Vec<String> = points
            .iter()
            .map(|(step, value)| {
                let x = left + step / last * (right - left);
                let y = bottom - (value - low) / (high - low) * (bottom - top);
                format!("{x:.1} {y:.1}")
            })
            .collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>\
             <text x=\"{:.0}\" y=\"24\" fill=\"{colour}\">{name}</text>",
            path.join(" "),
            right - 280.0 + 130.0 * number as f64
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{left}\" y=\"{0}\">0</text>\
         <text x=\"{right}\" y=\"{0}\" text-anchor=\"end\">{1} steps</text>\n</svg>",
        bottom + 24.0,
        progress.step
    );
    svg
}

/// Lowest and highest value, apart even where all are the same.
fn range(points: &[(f64, f64)]) -> (f64, f64) {
    let values = || points.iter().map(|(_, value)| *value);
    let (low, high) = (
        values().fold(f64::MAX, f64::min),
        values().fold(f64::MIN, f64::max),
    );
    if low < high {
        (low, high)
    } else if low > high {
        (0.0, 1.0) // no points
    } else {
        (low - 0.5, low + 0.5)
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
