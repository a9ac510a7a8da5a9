// Fewer channels in than a vector holds.
let start = under.start * CHANNELS;
for (var k = 0u; k < CHANNELS; k++) {
    let found = vec4(input[start.x + k], input[start.y + k], input[start.z + k], input[start.w + k]);
    let value = select(nothing, found, under.inside);
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
