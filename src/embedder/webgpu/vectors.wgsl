// As many channels in as fill vectors.
let start = under.start * shape.groups_in;
for (var k = 0u; k < shape.groups_in; k++) {
    let v0 = select(nothing, input[start.x + k], under.inside.x);
    let v1 = select(nothing, input[start.y + k], under.inside.y);
    let v2 = select(nothing, input[start.z + k], under.inside.z);
    let v3 = select(nothing, input[start.w + k], under.inside.w);
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
