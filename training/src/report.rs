//! Plain text for the terminal: tables with aligned columns, and what was left out.

use std::fmt::Write;

use crate::pictures::Unreadable;

/// A table: the first row is the header, columns as wide as their widest cell. Text columns
/// come first and lean left, figures lean right.
pub fn table(text_columns: usize, rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..columns)
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let cell = if column < text_columns {
                format!("{cell:<width$}")
            } else {
                format!("{cell:>width$}")
            };
            line.push_str(&cell);
            line.push_str("  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Unreadable files and folders by name and reason; empty for none.
pub fn list_unreadable(unreadable: &[Unreadable]) -> String {
    let folders = unreadable.iter().filter(|one| one.name.ends_with('/'));
    let folders = folders.count();
    let numbers = [
        (unreadable.len() - folders, "file", "files"),
        (folders, "folder", "folders"),
    ];
    let counted: Vec<String> = (numbers.into_iter())
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| count(number, one, many))
        .collect();
    let mut text = String::new();
    if !counted.is_empty() {
        let _ = writeln!(text, "{} could not be used:", counted.join(" and "));
    }
    for one in unreadable {
        let _ = writeln!(text, "  {}: {}", one.name, one.reason);
    }
    text
}

/// Classes with too few pictures and how many each has; empty for none.
pub fn list_too_few(classes: &[(String, usize)], needed: usize) -> String {
    if classes.is_empty() {
        return String::new();
    }
    let named: Vec<String> = classes
        .iter()
        .map(|(name, has)| format!("{name} ({has})"))
        .collect();
    format!(
        "{} left out, with fewer than {needed} usable pictures: {}\n",
        count(classes.len(), "class is", "classes are"),
        named.join(", ")
    )
}

/// `1 class`, `2 classes`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// A share 0 to 1 in percent with one decimal; a dash where there is none.
pub fn percent(part: usize, whole: usize) -> String {
    if whole == 0 {
        "-".to_owned()
    } else {
        format!("{:.1}", 100.0 * part as f64 / whole as f64)
    }
}
