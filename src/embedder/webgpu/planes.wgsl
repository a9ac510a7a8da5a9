// A convolution over fewer channels than a vector holds: four pixels and eight channels out a
// thread.

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
        let start = under.start * CHANNELS;
        for (var k = 0u; k < CHANNELS; k++) {
            let found = vec4(input[start.x + k], input[start.y + k], input[start.z + k], input[start.w + k]);
            let value = select(vec4<f32>(), found, under.inside);
            let a = weight[row];
            let b = weight[row + 1u];
            a0 += a * value.x;
            b0 += b * value.x;
            a1 += a * value.y;
            b1 += b * value.y;
            a2 += a * value.z;
            b2 += b * value.z;
            a3 += a * value.w;
            b3 += b * value.w;
            row += shape.groups_out;
        }
    }
    store_pair(pixel.x, group, a0, b0);
    store_pair(pixel.y, group, a1, b1);
    store_pair(pixel.z, group, a2, b2);
    store_pair(pixel.w, group, a3, b3);
}
