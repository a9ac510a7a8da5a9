// Every channel by itself: four pixels side by side and four channels a thread.

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let groups = shape.groups_out;
    let tiles = (shape.columns + 3u) / 4u;
    let group = id.x % groups;
    let tile = id.x / groups;
    let left = tile % tiles * 4u;
    let line = tile / tiles; // over all pictures
    let pixel = line * shape.columns + left;
    if (pixel >= shape.pixels) {
        return;
    }
    let picture = line / shape.rows * shape.height;
    let top = i32(line % shape.rows * STRIDE) - i32(shape.before);
    let start = i32(left * STRIDE) - i32(shape.before);
    var s0 = bias[group];
    var s1 = s0;
    var s2 = s0;
    var s3 = s0;
    for (var tap = 0u; tap < KERNEL; tap++) {
        let y = top + i32(tap);
        if (y < 0 || y >= i32(shape.height)) {
            continue;
        }
        let row = (picture + u32(y)) * shape.width;
        let taps = tap * KERNEL * groups + group;
UNROLLED
    }
    let last = shape.columns - left;
    let to = pixel * groups + group;
    store(to, s0);
    if (last > 1u) { store(to + groups, s1); }
    if (last > 2u) { store(to + 2u * groups, s2); }
    if (last > 3u) { store(to + 3u * groups, s3); }
}

// A pixel of a line of the picture, zero outside it.
fn value(row: u32, x: i32, group: u32) -> vec4<f32> {
    let inside = clamp(x, 0, i32(shape.width) - 1);
    let found = input[(row + u32(inside)) * shape.groups_out + group];
    return select(vec4<f32>(), found, inside == x);
}
