//! The photos of `tests/fixtures`, decoded.

/// RGBA, row-major, `width * height * 4` bytes.
pub struct Photo {
    pub rgba: Vec<u8>,
    pub width: usize,
    pub height: usize,
}

#[allow(dead_code, reason = "not every test file goes through all of them")]
pub const NAMES: [&str; 4] = ["astronaut", "chelsea", "coffee", "rocket"];

pub fn read_photo(name: &str) -> Photo {
    let picture = image::open(format!("tests/fixtures/{name}"))
        .unwrap()
        .to_rgba8();
    Photo {
        width: picture.width() as usize,
        height: picture.height() as usize,
        rgba: picture.into_raw(),
    }
}
