//! The ROC curve as an SVG: true accept rate over the false accept rate, which is logarithmic.

use std::fmt::Write as _;

use super::figures::Scores;

/// The drawing, and its plot in it.
const SIZE: (f64, f64) = (640.0, 400.0);
const PLOT: (f64, f64, f64, f64) = (64.0, 48.0, 616.0, 340.0);

/// Decades of the false accept rate, from 1e-4 to 1.
const DECADES: f64 = 4.0;

/// Lowest true accept rate that is drawn.
const LEAST: f64 = 0.9;

/// Draws the curve, with the point of the equal error rate on it.
pub fn roc(title: &str, scores: &Scores) -> String {
    let (left, top, right, bottom) = PLOT;
    let x = |rate: f64| {
        let decades = rate.max(1e-9).log10() + DECADES;
        left + decades.clamp(0.0, DECADES) / DECADES * (right - left)
    };
    let y = |rate: f64| bottom - ((rate - LEAST) / (1.0 - LEAST)).max(0.0) * (bottom - top);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n\
         <title>{2}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{left}\" y=\"24\">{2}</text>\n",
        SIZE.0,
        SIZE.1,
        title.replace('&', "&amp;").replace('<', "&lt;")
    );
    for decade in 0..=DECADES as i32 {
        let rate = 10f64.powi(decade - DECADES as i32);
        let _ = writeln!(
            svg,
            "<path d=\"M{0:.1} {top}V{bottom}\" stroke=\"#ddd\"/>\
             <text x=\"{0:.1}\" y=\"{1}\" text-anchor=\"middle\">{2} %</text>",
            x(rate),
            bottom + 20.0,
            100.0 * rate
        );
    }
    for step in 0..=5 {
        let rate = LEAST + f64::from(step) * (1.0 - LEAST) / 5.0;
        let _ = writeln!(
            svg,
            "<path d=\"M{left} {0:.1}H{right}\" stroke=\"#ddd\"/>\
             <text x=\"{1}\" y=\"{2:.1}\" text-anchor=\"end\">{3:.0} %</text>",
            y(rate),
            left - 8.0,
            y(rate) + 4.0,
            100.0 * rate
        );
    }
    let mut points: Vec<String> = (scores.curve().iter())
        .map(|(_, accepted, rejected)| format!("{:.1} {:.1}", x(*accepted), y(1.0 - rejected)))
        .collect();
    points.dedup();
    let (equal, _) = scores.equal_error();
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#0a58ca\" stroke-width=\"2\"/>\n\
         <circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"#b02a37\"/>\n\
         <text x=\"{:.1}\" y=\"{:.1}\" fill=\"#b02a37\">equal error rate {:.2} %</text>\n\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">strangers let in</text>\n\
         <text x=\"{right}\" y=\"24\" text-anchor=\"end\">owners let in</text>\n</svg>",
        points.join(" "),
        x(equal),
        y(1.0 - equal),
        x(equal) + 10.0,
        y(1.0 - equal) + 20.0,
        100.0 * equal,
        (left + right) / 2.0,
        bottom + 44.0
    );
    svg
}
