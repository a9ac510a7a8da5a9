// Texture to network input: the same triangle filter, white ground and normalisation as
// `Resizer` in src/frame.rs, whose weights come in by `taps`.

override SIDE: u32 = 224u;
override MEAN: f32 = 127.0;
override SCALE: f32 = 128.0;

@group(0) @binding(0) var frame: texture_2d<f32>;                    // [side, side], 0 to 1
@group(0) @binding(1) var<storage, read_write> input: array<f32>;    // [SIDE, SIDE, 3]
@group(0) @binding(2) var<storage, read> taps: array<u32>;           // SIDE x (first, count), SIDE x weights

fn weight(target_pixel: u32, tap: u32, most: u32) -> f32 {
    return bitcast<f32>(taps[2u * SIDE + target_pixel * most + tap]);
}

@compute @workgroup_size(8, 8)
fn resize(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x >= SIDE || id.y >= SIDE) {
        return;
    }
    let most = (arrayLength(&taps) - 2u * SIDE) / SIDE;
    let first = vec2<u32>(taps[2u * id.x], taps[2u * id.y]);
    let count = vec2<u32>(taps[2u * id.x + 1u], taps[2u * id.y + 1u]);
    var sum = vec3<f32>(0.0);
    for (var y = 0u; y < count.y; y++) {
        var row = vec3<f32>(0.0);
        for (var x = 0u; x < count.x; x++) {
            let pixel = textureLoad(frame, first + vec2<u32>(x, y), 0);
            let over_white = pixel.rgb * pixel.a + (1.0 - pixel.a);
            row += weight(id.x, x, most) * over_white;
        }
        sum += weight(id.y, y, most) * row;
    }
    let value = (255.0 * sum - MEAN) / SCALE;
    let start = 3u * (id.y * SIDE + id.x);
    input[start] = value.r;
    input[start + 1u] = value.g;
    input[start + 2u] = value.b;
}
