//! The reliability diagram: what was stated against what came true, as SVG.

use std::fmt::Write;

use crate::statistics::Calibration;

/// Side of a diagram and of its margin, in pixels.
const SIDE: f64 = 260.0;
const MARGIN: f64 = 48.0;

/// One diagram a name, side by side. A bar is as high as the share of right answers among those
/// that were stated with a probability in its range; on the diagonal the two agree. Its darkness
/// is its share of the queries.
pub fn draw(title: &str, diagrams: &[(String, Calibration)]) -> String {
    let width = MARGIN + diagrams.len() as f64 * (SIDE + MARGIN);
    let height = SIDE + 2.5 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text x=\"{MARGIN}\" y=\"22\" font-size=\"15\">{}</text>\n",
        escape(title)
    );
    for (number, (name, calibration)) in diagrams.iter().enumerate() {
        let left = MARGIN + number as f64 * (SIDE + MARGIN);
        let (top, bottom) = (MARGIN, MARGIN + SIDE);
        let queries: f64 = calibration.bins().iter().map(|(_, _, count)| count).sum();
        for (confidence, accuracy, count) in calibration.bins() {
            let bar = SIDE / crate::statistics::CALIBRATION_BINS as f64;
            let x = left + (confidence * SIDE / bar).floor().min(SIDE / bar - 1.0) * bar;
            let tall = accuracy * SIDE;
            let _ = writeln!(
                svg,
                "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall:.1}\" fill=\"#1f6feb\" \
                 fill-opacity=\"{:.2}\"/>",
                bottom - tall,
                bar - 1.0,
                (0.25 + 1.5 * count / queries).min(1.0)
            );
        }
        let right = left + SIDE;
        let _ = writeln!(
            svg,
            "<path d=\"M{left} {top}V{bottom}H{right}\" stroke=\"#333\" fill=\"none\"/>\
             <path d=\"M{left} {bottom}L{right} {top}\" stroke=\"#333\" stroke-dasharray=\"4 4\"/>\
             <text x=\"{left}\" y=\"{}\">{}, error {:.1} %</text>\
             <text x=\"{right}\" y=\"{}\" text-anchor=\"end\">stated</text>",
            bottom + 34.0,
            escape(name),
            100.0 * calibration.error(),
            bottom + 16.0
        );
        for share in [0.0, 0.5, 1.0] {
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{:.0} %</text>",
                left - 4.0,
                bottom - share * SIDE + 4.0,
                100.0 * share
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
