// Every channel with every other: four pixels and eight channels out a thread.

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
        let start = under.start * shape.groups_in;
        for (var k = 0u; k < shape.groups_in; k++) {
            let v0 = value(start.x + k, under.inside.x);
            let v1 = value(start.y + k, under.inside.y);
            let v2 = value(start.z + k, under.inside.z);
            let v3 = value(start.w + k, under.inside.w);
            let next = shape.groups_out;
            let a = mat4x4(weight[row], weight[row + next], weight[row + 2u * next], weight[row + 3u * next]);
            a0 += a * v0;
            a1 += a * v1;
            a2 += a * v2;
            a3 += a * v3;
            row += 1u;
            let b = mat4x4(weight[row], weight[row + next], weight[row + 2u * next], weight[row + 3u * next]);
            b0 += b * v0;
            b1 += b * v1;
            b2 += b * v2;
            b3 += b * v3;
            row += 4u * next - 1u;
        }
    }
    store_pair(pixel.x, group, a0, b0);
    store_pair(pixel.y, group, a1, b1);
    store_pair(pixel.z, group, a2, b2);
    store_pair(pixel.w, group, a3, b3);
}

fn value(index: u32, inside: bool) -> vec4<f32> {
    if (KERNEL == 1u) {
        return input[index];
    }
    return select(vec4<f32>(), input[index], inside);
}
