// Every channel with every other: four pixels and eight channels out a thread. What is summed under one tap
// of the window stands in the one place that says so: vectors.wgsl, or planes.wgsl.

const nothing = vec4<f32>();

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let pairs = shape.groups_out / 2u;
    let pixel = min(id.x / pairs * 4u + vec4(0u, 1u, 2u, 3u), vec4(shape.pixels - 1u));
    let group = id.x % pairs * 2u;
    if (id.x / pairs * 4u >= shape.pixels) {
        return;
    }
    var a0 = bias[group];
    var b0 = bias[group + 1u];
    var a1 = a0;
    var b1 = b0;
    var a2 = a0;
    var b2 = b0;
    var a3 = a0;
    var b3 = b0;
    var row = group;
    for (var tap = 0u; tap < KERNEL * KERNEL; tap++) {
        let under = place(pixel, tap);
        SUM
    }
    store_pair(pixel.x, group, a0, b0);
    store_pair(pixel.y, group, a1, b1);
    store_pair(pixel.z, group, a2, b2);
    store_pair(pixel.w, group, a3, b3);
}

// The pixels under one tap of the window, for four pixels of the output.
struct Place {
    start: vec4<u32>,     // of the input
    inside: vec4<bool>,   // the picture
}

fn place(pixel: vec4<u32>, tap: u32) -> Place {
    if (KERNEL == 1u && STRIDE == 1u) {
        return Place(pixel, vec4(true));
    }
    let line = pixel / shape.columns; // over all pictures
    let y = vec4<i32>(line % shape.rows * STRIDE + tap / KERNEL) - i32(shape.before);
    let x = vec4<i32>(pixel % shape.columns * STRIDE + tap % KERNEL) - i32(shape.before);
    let row = vec4<u32>(clamp(y, vec4(0), vec4(i32(shape.height) - 1)));
    let column = vec4<u32>(clamp(x, vec4(0), vec4(i32(shape.width) - 1)));
    let inside = (vec4<i32>(row) == y) & (vec4<i32>(column) == x);
    return Place((line / shape.rows * shape.height + row) * shape.width + column, inside);
}

fn store_pair(pixel: u32, group: u32, a: vec4<f32>, b: vec4<f32>) {
    let to = pixel * shape.groups_out + group;
    store(to, a);
    store(to + 1u, b);
}
