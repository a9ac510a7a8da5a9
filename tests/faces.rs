//! Are faces found, and is every bad picture told by its own advice?
#![allow(clippy::unwrap_used)]

mod face_photos;

use face_photos::{beside, blurred, darkened, far_away, leaning, networks, open, picture, turned};
use image::RgbaImage;
use kshot::Error;
use kshot::backend::at_once;
use kshot::face::enrolment::Enrolment;
use kshot::face::look::{Look, Networks};
use kshot::face::people::{People, alike};
use kshot::face::quality::Advice;
use kshot::face::search::{Rhythm, Search};
use kshot::frame::picture::{Picture, Region, Scene, Similarity};

const PEOPLE: [&str; 4] = ["p05", "p15", "p21", "p25"];

fn look(networks: &Networks, image: &RgbaImage) -> Look {
    networks.see(&picture(image)).unwrap()
}

#[test]
fn a_face_is_found_with_its_points_in_place() {
    let networks = networks();
    for (name, eyes, mouth) in [
        // By eye, in pixels of the fixture: right eye, left eye, mouth.
        ("obama-1", [[173.0, 130.0], [241.0, 128.0]], [208.0, 196.0]),
        (
            "caltech-p05-1",
            [[123.0, 92.0], [169.0, 92.0]],
            [146.0, 144.0],
        ),
    ] {
        let look = look(&networks, &open(name));
        println!("{name}: {:?}", look.faces);
        assert_eq!(look.faces.len(), 1, "{name}");
        let face = look.faces[0];
        assert!(face.score > 0.8);
        let expected = [eyes[0], eyes[1], mouth];
        let found = [face.keypoints[0], face.keypoints[1], face.keypoints[3]];
        for (a, b) in expected.iter().zip(found) {
            let far = (a[0] - b[0]).hypot(a[1] - b[1]);
            assert!(far < 0.06 * face.bounds[2], "{name}: {a:?} and {b:?}");
        }
        assert_eq!(look.advice, Advice::Ready, "{name}");
    }
}

#[test]
fn photos_of_one_person_are_alike_and_of_two_are_not() {
    let networks = networks();
    let embed = |name: &str| networks.look(&picture(&open(name))).unwrap().1.unwrap();
    let mut people = People::default();
    let mut ids = Vec::new();
    for person in PEOPLE {
        let id = people.add(person).unwrap();
        let shots = [1, 2].map(|number| embed(&format!("caltech-{person}-{number}")));
        people.add_shots(id, shots.to_vec()).unwrap();
        ids.push(id);
    }
    let threshold = kshot::face::scores::SHIPPED.threshold_for(1e-3);
    for (person, id) in PEOPLE.into_iter().zip(&ids) {
        let query = embed(&format!("caltech-{person}-3"));
        let all = people.similarities(&query);
        assert_eq!(all[0].0, *id);
        assert!(all[0].1 > threshold, "{person}: {all:?}");
        assert!(all[1].1 < threshold, "{person}: {all:?}");
    }
    let obama = ["obama-1", "obama-2", "obama-3"].map(embed);
    let stranger = embed("biden-1");
    for (i, a) in obama.iter().enumerate() {
        for b in &obama[i + 1..] {
            assert!(alike(a, b) > threshold, "{}", alike(a, b));
        }
        assert!(alike(a, &stranger) < threshold, "{}", alike(a, &stranger));
        assert!(people.similarities(a)[0].1 < threshold);
    }
}

#[test]
fn every_bad_picture_has_its_advice() {
    let networks = networks();
    let portrait = open("obama-1");
    let group: Vec<RgbaImage> = (0..40)
        .map(|i| open(&format!("caltech-{}-{}", PEOPLE[i % 4], 1 + i / 4 % 3)))
        .collect();
    let head = (208.0, 150.0, 92.0);
    for (what, image, expected) in [
        ("a good portrait", portrait.clone(), Advice::Ready),
        ("a cat", open("chelsea"), Advice::NoFace),
        ("a cup", open("coffee"), Advice::NoFace),
        ("a cat from near", filling(&open("chelsea")), Advice::NoFace),
        ("a cup from near", filling(&open("coffee")), Advice::NoFace),
        (
            "a grey wall",
            RgbaImage::from_pixel(640, 480, [90, 90, 90, 255].into()),
            Advice::NoFace,
        ),
        ("half a face", open("obama-half"), Advice::HalfFace),
        ("forty faces", beside(&group, 8), Advice::SeveralFaces),
        ("two faces", beside(&group[..2], 2), Advice::SeveralFaces),
        (
            "a face of 20 pixels",
            far_away(&portrait, 58),
            Advice::ComeCloser,
        ),
        (
            "a face that fills the picture",
            near(&portrait),
            Advice::MoveBack,
        ),
        ("darkness", darkened(&portrait, 0.25), Advice::TooDark),
        (
            "a face against the light",
            open("caltech-dark"),
            Advice::TooDark,
        ),
        (
            "a burnt-out face",
            darkened(&portrait, 4.0),
            Advice::TooBright,
        ),
        ("a shaken camera", blurred(&portrait, 9.0), Advice::Blurred),
        (
            "a head turned too far",
            turned(&portrait, head, -60.0, 0.0),
            Advice::Profile,
        ),
        (
            "a head a little turned",
            turned(&portrait, head, 15.0, 0.0),
            Advice::Ready,
        ),
        (
            "a head that leans to one side",
            leaning(&portrait, 40.0),
            Advice::Ready,
        ),
        (
            "a head that leans to the other",
            leaning(&open("caltech-p15-1"), -40.0),
            Advice::Ready,
        ),
    ] {
        let look = look(&networks, &image);
        let of = look
            .largest
            .as_ref()
            .map(|largest| (largest.pose, largest.quality));
        println!("{what}: {:?} of {}, {of:?}", look.advice, look.faces.len());
        assert_eq!(
            look.advice,
            expected,
            "{what}: {of:?} {:?}",
            look.faces.first()
        );
    }
}

#[test]
fn in_frames_of_a_camera_a_small_face_is_found_part_by_part_and_then_followed() {
    let networks = networks();
    let photo = picture(&far_away(&open("obama-1"), 58));
    let found = |search| {
        at_once(networks.find_async(&photo, search))
            .unwrap()
            .place()
    };
    let whole = found(Search::Parts).unwrap();
    let mut rhythm = Rhythm::default();
    let mut frames = 0;
    let place = loop {
        let place = found(rhythm.search());
        rhythm.take(place);
        frames += 1;
        assert!(frames <= 24, "the parts of a 4:3 picture");
        if let Some(place) = place {
            break place;
        }
    };
    println!("found in frame {frames} at {place:?}, in the photo at {whole:?}");
    assert!(frames > 1, "not all parts are searched in the first frame");
    for _ in 0..5 {
        let [x, y] = found(rhythm.search()).unwrap();
        assert!((x - whole[0]).abs() < 0.02 && (y - whole[1]).abs() < 0.02);
        rhythm.take(Some([x, y]));
    }
    // It left: one frame for where it was, then the parts go on where they had stopped.
    let parts = Search::Turn(frames - 1);
    rhythm.take(None);
    assert_eq!(rhythm.search(), parts);
    rhythm.take(None);
    assert_eq!(rhythm.search(), Search::Turn(frames));
}

/// The photo as high as a camera's picture.
fn filling(photo: &RgbaImage) -> RgbaImage {
    let large = image::imageops::resize(photo, 480, 480, image::imageops::FilterType::Triangle);
    let mut picture = RgbaImage::from_pixel(640, 480, [0, 0, 0, 255].into());
    image::imageops::overlay(&mut picture, &large, 80, 0);
    picture
}

/// The middle of the portrait, enlarged.
fn near(portrait: &RgbaImage) -> RgbaImage {
    image::imageops::crop_imm(portrait, 117, 80, 178, 178).to_image()
}

#[test]
fn darkness_is_told_where_no_face_can_be_seen_in_it() {
    let networks = networks();
    for dark in [
        RgbaImage::from_pixel(640, 480, [2, 2, 2, 255].into()),
        darkened(&open("biden-1"), 0.03),
    ] {
        let look = look(&networks, &dark);
        assert!(look.faces.is_empty());
        assert_eq!(look.advice, Advice::TooDark);
        let step = Enrolment::new(1, Vec::new()).step(&look, None);
        assert_eq!((step.taken, step.advice), (None, Advice::TooDark));
    }
    let night = look(&networks, &darkened(&open("rocket"), 0.5));
    assert_eq!(night.advice, Advice::NoFace);
}

#[test]
fn a_turned_head_is_seen_to_turn_its_way() {
    let networks = networks();
    let portrait = open("obama-1");
    let head = (208.0, 150.0, 92.0);
    let pose = |yaw, pitch| {
        let look = look(&networks, &turned(&portrait, head, yaw, pitch));
        look.largest.unwrap().pose
    };
    let straight = pose(0.0, 0.0);
    println!(
        "{straight:?} {:?} {:?} {:?} {:?}",
        pose(20.0, 0.0),
        pose(-20.0, 0.0),
        pose(0.0, 15.0),
        pose(0.0, -15.0)
    );
    assert!(straight.yaw.abs() < 8.0 && straight.pitch.abs() < 12.0 && straight.roll.abs() < 4.0);
    assert!(pose(20.0, 0.0).yaw > straight.yaw + 10.0);
    assert!(pose(-20.0, 0.0).yaw < straight.yaw - 10.0);
    assert!(pose(0.0, 15.0).pitch > straight.pitch + 6.0);
    assert!(pose(0.0, -15.0).pitch < straight.pitch - 6.0);
}

#[test]
fn a_face_in_a_large_photo_is_read_from_near() {
    let networks = networks();
    let portrait = open("obama-1");
    // 12 megapixels, the face 170 pixels wide: 54 in the copy that is searched.
    let mut photo = RgbaImage::from_pixel(4000, 3000, [110, 120, 100, 255].into());
    image::imageops::overlay(&mut photo, &portrait, 2200, 1400);
    let (small, near) = (
        networks.look(&picture(&portrait)).unwrap(),
        networks.look(&picture(&photo)).unwrap(),
    );
    let (a, b) = (small.0.faces[0], near.0.faces[0]);
    assert!((b.bounds[0] - a.bounds[0] - 2200.0).abs() < 0.15 * a.bounds[2]);
    assert!((b.keypoints[0][0] - a.keypoints[0][0] - 2200.0).abs() < 0.05 * a.bounds[2]);
    assert_eq!(near.0.advice, Advice::Ready);
    let alike = alike(&small.1.unwrap(), &near.1.unwrap());
    assert!(alike > 0.8, "{alike}");
}

#[test]
fn a_picture_too_small_and_damaged_weights_are_errors() {
    let dot = Picture::from_rgba(&[0; 4 * 4 * 4], 4, 4);
    assert_eq!(dot.unwrap_err().code(), "picture_too_small");
    let cut = Picture::from_rgba(&[0; 7], 10, 10);
    assert_eq!(cut.unwrap_err().code(), "picture_unreadable");
    let damaged = Networks::from_bytes(&[0; 100]);
    assert!(matches!(damaged, Err(Error::WeightsDamaged { .. })));
}

#[test]
fn a_sample_that_is_not_turned_is_the_same_on_both_ways() {
    let photo = picture(&open("obama-2"));
    let upright = Similarity {
        a: 2.7,
        b: 0.0,
        origin: [-30.0, 12.0],
    };
    // A turn too small to move a pixel takes the other way.
    let turned = Similarity { b: 1e-6, ..upright };
    let (a, b) = (photo.sample(&upright, 128), photo.sample(&turned, 128));
    assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 0.1));
    assert!(a.iter().any(|value| *value > 200.0));
    assert_eq!(a[0], 0.0, "black outside");
}

#[test]
fn a_part_is_what_it_was_cut_from() {
    let photo = picture(&open("obama-2"));
    let region = Region {
        left: 40,
        top: 60,
        width: 200,
        height: 100,
    };
    assert_eq!(photo.picture(region, 500).unwrap().size(), (200, 100));
    assert_eq!(photo.picture(region, 50).unwrap().size(), (50, 25));
}
