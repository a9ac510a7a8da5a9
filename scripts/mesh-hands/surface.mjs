// The skin as a finer mesh: each quad becomes four, by the rules of Catmull and Clark, "Recursively generated B-spline
// surfaces on arbitrary topological meshes" (1978).

/** How the vertices of a mesh of quads become those of the finer one: a list of [vertex, weight] for each. */
export function finer(quads, count) {
  const faces = quads.map((quad) => quad.map((vertex) => [vertex, 0.25]));
  const edges = new Map(); // by their ends: their number and the faces beside them
  const key = (a, b) => (a < b ? a * count + b : b * count + a);
  const around = Array.from({ length: count }, () => ({ faces: [], edges: [] }));
  for (const [face, quad] of quads.entries()) {
    for (const [corner, vertex] of quad.entries()) {
      const next = quad[(corner + 1) % 4];
      const id = key(vertex, next);
      if (!edges.has(id)) {
        const edge = { number: edges.size, ends: [vertex, next], faces: [] };
        edges.set(id, edge);
        for (const end of edge.ends) around[end].edges.push(edge);
      }
      edges.get(id).faces.push(face);
      around[vertex].faces.push(face);
    }
  }
  const rows = [];
  const row = (...parts) => {
    const sum = new Map();
    for (const [weight, points] of parts) {
      for (const [vertex, own] of points) sum.set(vertex, (sum.get(vertex) ?? 0) + weight * own);
    }
    rows.push([...sum]);
  };
  for (const [vertex, { faces: beside, edges: spokes }] of around.entries()) {
    const self = [[vertex, 1]];
    const ends = (edge) => edge.ends.map((end) => [end, 0.5]);
    const rim = spokes.filter((edge) => edge.faces.length === 1);
    const n = spokes.length;
    if (rim.length > 0) row([0.5, self], ...rim.map((edge) => [0.5 / rim.length, ends(edge)]));
    else
      row(
        [(n - 3) / n, self],
        ...beside.map((face) => [1 / n / n, faces[face]]),
        ...spokes.map((edge) => [2 / n / n, ends(edge)]),
      );
  }
  for (const { ends, faces: beside } of edges.values()) {
    const middle = ends.map((end) => [end, 0.5]);
    if (beside.length === 1) row([1, middle]);
    else row([0.5, middle], ...beside.map((face) => [0.25, faces[face]]));
  }
  for (const face of faces) row([1, face]);
  const small = quads.flatMap((quad, face) => {
    const edge = (a, b) => count + edges.get(key(a, b)).number;
    const middle = count + edges.size + face;
    return quad.map((vertex, corner) => [
      vertex,
      edge(vertex, quad[(corner + 1) % 4]),
      middle,
      edge(quad[(corner + 3) % 4], vertex),
    ]);
  });
  return { rows, quads: small };
}

/** The finer mesh's values, `size` numbers a vertex. */
export function refined(rows, values, size, to = new Float32Array(rows.length * size)) {
  for (const [at, row] of rows.entries()) {
    for (let part = 0; part < size; part++) {
      let sum = 0;
      for (const [vertex, weight] of row) sum += weight * values[vertex * size + part];
      to[at * size + part] = sum;
    }
  }
  return to;
}
