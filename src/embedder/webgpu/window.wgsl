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
