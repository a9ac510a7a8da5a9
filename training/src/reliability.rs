//! Two kinds of plot side by side, as SVG: accuracy by the number of shots, and reliability, what
//! was stated against what came true.

use std::fmt::Write;

use crate::statistics::{Calibration, Estimate};

/// Side of a diagram and of its margin, in pixels.
const SIDE: f64 = 260.0;
const MARGIN: f64 = 48.0;

/// Colours of the lines: blue, vermilion, green, purple and black of Okabe and Ito, which those
/// tell apart who see no red or green.
const COLOURS: [&str; 5] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000"];

/// A method's name, and its accuracy by the number of shots.
pub type Line = (String, Vec<(usize, Estimate)>);

/// The accuracies, then a reliability diagram a name. A bar is as high as the share of right
/// answers among those that were stated with a probability in its range; on the diagonal the two
/// agree. Its darkness is its share of the queries.
pub fn draw(title: &str, lines: &[Line], diagrams: &[(String, Calibration)]) -> String {
    let width = MARGIN + (1 + diagrams.len()) as f64 * (SIDE + MARGIN);
    let height = bottom_of_legend(lines.len());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n\
         <text x=\"{MARGIN}\" y=\"22\" font-size=\"15\">{}</text>\n",
        escape(title)
    );
    svg.push_str(&accuracies(lines));
    for (number, (name, calibration)) in diagrams.iter().enumerate() {
        let left = MARGIN + (1 + number) as f64 * (SIDE + MARGIN);
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
        svg.push_str(&shares(left));
    }
    svg.push_str("</svg>\n");
    svg
}

/// The height of all of it: the names of the lines stand under the first plot.
fn bottom_of_legend(lines: usize) -> f64 {
    2.0 * MARGIN + SIDE + 15.0 * (1 + lines) as f64
}

/// 0, 50 and 100 % at the left of a diagram.
fn shares(left: f64) -> String {
    [0.0, 0.5, 1.0]
        .map(|share| {
            format!(
                "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{:.0} %</text>\n",
                left - 4.0,
                MARGIN + SIDE - share * SIDE + 4.0,
                100.0 * share
            )
        })
        .concat()
}

/// Accuracy by the number of shots, on a logarithmic scale, with the 95 % intervals as bars.
fn accuracies(lines: &[Line]) -> String {
    let (left, top, bottom) = (MARGIN, MARGIN, MARGIN + SIDE);
    let mut shots: Vec<usize> = lines
        .iter()
        .flat_map(|(_, points)| points)
        .map(|(shot, _)| *shot)
        .collect();
    shots.sort_unstable();
    shots.dedup();
    let logarithm = |shot: usize| (shot as f64).ln();
    let first = shots.first().copied().map_or(0.0, logarithm);
    let last = shots.last().copied().map_or(0.0, logarithm);
    let place = |shot: usize| {
        let along = if last > first {
            (logarithm(shot) - first) / (last - first)
        } else {
            0.5
        };
        left + 0.05 * SIDE + 0.9 * SIDE * along
    };
    let mut svg = format!(
        "<path d=\"M{left} {top}V{bottom}H{}\" stroke=\"#333\" fill=\"none\"/>\n\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">shots a class; bars: 95 % interval</text>\n",
        left + SIDE,
        left + SIDE / 2.0,
        bottom + 34.0
    );
    svg.push_str(&shares(left));
    for shot in &shots {
        let (x, y) = (place(*shot), bottom + 16.0);
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{shot}</text>"
        );
    }
    for (number, ((name, points), colour)) in lines.iter().zip(COLOURS.iter().cycle()).enumerate() {
        let height = |accuracy: f64| bottom - SIDE * accuracy.clamp(0.0, 1.0);
        let path: Vec<String> = (points.iter())
            .map(|(shot, found)| format!("{:.1} {:.1}", place(*shot), height(found.mean)))
            .collect();
        let _ = writeln!(
            svg,
            "<path d=\"M{}\" stroke=\"{colour}\" stroke-width=\"2\" fill=\"none\"/>",
            path.join("L")
        );
        for (shot, Estimate { mean, interval }) in points {
            let x = place(*shot);
            let _ = writeln!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"/>\
                 <path d=\"M{x:.1} {:.1}V{:.1}\" stroke=\"{colour}\"/>",
                height(*mean),
                height(mean - interval),
                height(mean + interval)
            );
        }
        let y = bottom + 52.0 + 15.0 * number as f64;
        let _ = writeln!(
            svg,
            "<text x=\"{left}\" y=\"{y}\" fill=\"{colour}\">{}</text>",
            escape(name)
        );
    }
    svg
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
