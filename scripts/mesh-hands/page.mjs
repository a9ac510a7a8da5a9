// The page of mesh-hands.mjs: hands of a kind in its poses, each shape bent, turned and lit by numbers of its own.

import { numbers } from "numbers";
import * as THREE from "three";
import { apart, Hand, poses } from "./pose.mjs";
import { finer, refined } from "./surface.mjs";

const SIDE = 256;
const POSES = 10;
const FIELD = 22; // degrees that the camera sees
const SKINS = ["#f6d9c6", "#e6b998", "#c98f6b", "#9a6444", "#6b4230", "#4a2e22"];

const model = await (await fetch("/model.json")).json();
const { rows, quads } = finer(model.quads, model.skin);
const triangles = quads.flatMap(([a, b, c, d]) => [a, b, c, a, c, d]);

// Which vertices of the finer mesh are of a nail, by the picture that paints them.
const nails = await (async () => {
  const bitmap = await createImageBitmap(await (await fetch("/nails.jpg")).blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const places = refined(rows, model.texture.flat(), 2);
  return rows.map((_, vertex) => {
    const x = Math.min(width - 1, Math.floor(places[2 * vertex] * width));
    const y = Math.min(height - 1, Math.floor((1 - places[2 * vertex + 1]) * height));
    return data[4 * (y * width + x)] / 255;
  });
})();

const renderer = new THREE.WebGLRenderer({ antialias: true, alpha: true, preserveDrawingBuffer: true });
renderer.setSize(SIDE, SIDE, false);
renderer.shadowMap.enabled = true;
const scene = new THREE.Scene();
const camera = new THREE.PerspectiveCamera(FIELD, 1, 0.1, 60);
const sky = new THREE.HemisphereLight(0xffffff, 0x8a7566, 1);
const lamp = new THREE.DirectionalLight(0xffffff, 2);
lamp.castShadow = true;
lamp.shadow.mapSize.set(512, 512);
lamp.shadow.normalBias = 0.03;
lamp.shadow.bias = -0.002;
Object.assign(lamp.shadow.camera, { left: -1.5, right: 1.5, top: 1.5, bottom: -1.5, near: 0.1, far: 12 });
scene.add(sky, lamp);

function surface(material) {
  const mesh = new THREE.Mesh(new THREE.BufferGeometry(), material);
  for (const name of ["position", "color"]) {
    mesh.geometry.setAttribute(name, new THREE.BufferAttribute(new Float32Array(rows.length * 3), 3));
  }
  mesh.geometry.setIndex(triangles);
  mesh.frustumCulled = false;
  mesh.matrixAutoUpdate = false;
  mesh.castShadow = true;
  mesh.receiveShadow = true;
  scene.add(mesh);
  return mesh;
}
const skin = surface(new THREE.MeshStandardMaterial({ vertexColors: true }));
const sleeve = surface(new THREE.MeshStandardMaterial({ side: THREE.DoubleSide, roughness: 0.95 }));

/** A mix of bodies and of what can be done to hands. */
function shape(random) {
  const places = model.places.map((place) => [...place]);
  const add = (name, weight) => {
    for (const [vertex, x, y, z] of model.targets[name]) {
      places[vertex][0] += weight * x;
      places[vertex][1] += weight * y;
      places[vertex][2] += weight * z;
    }
  };
  for (const start of [/^universal-/, /^(african|asian|caucasian)-/]) {
    const names = Object.keys(model.targets).filter((name) => start.test(name));
    const shares = [1, 2, 3].map(() => [names[Math.floor(random() * names.length)], 0.15 + random()]);
    const whole = shares.reduce((sum, [, share]) => sum + share, 0);
    for (const [name, share] of shares) add(name, share / whole);
  }
  for (const [what, least, most] of [
    ["fingers-diameter", -0.7, 0.8],
    ["fingers-length", -0.6, 0.7],
    ["scale", -0.3, 0.3],
  ]) {
    const weight = least + (most - least) * random();
    add(`l-hand-${what}-${weight < 0 ? "decr" : "incr"}`, Math.abs(weight));
  }
  return places;
}

/** What stays the same in all pictures of a kind. */
function making(kind) {
  const random = numbers(kind * 7919 + 5);
  const places = shape(random);
  const joints = Object.fromEntries(
    Object.entries(model.joints).map(([name, cube]) => {
      const middle = new THREE.Vector3();
      for (const vertex of cube) middle.add(new THREE.Vector3(...places[vertex]));
      return [name, middle.divideScalar(cube.length)];
    }),
  );
  const hand = new Hand(model.bones, model.parents, joints);
  const reach = model.bones.map(() => []);
  for (const [vertex, pulls] of model.pulls.entries()) {
    for (const [bone, weight] of pulls) if (weight > 0.6) reach[bone].push(vertex);
  }
  for (const [at, bone] of model.bones.entries()) {
    if (bone === "wrist") continue;
    const far = reach[at].map((vertex) => apart(new THREE.Vector3(...places[vertex]), ...hand.ends(bone)));
    hand.radii.set(bone, far.length ? far.reduce((sum, one) => sum + one, 0) / far.length : 0.1);
  }
  // Where the sleeve may begin, and where the palm is, which is lighter than the back.
  const fine = refined(rows, places.slice(0, model.skin).flat(), 3);
  const arm = joints.wrist.clone().sub(joints.elbow).normalize();
  const point = new THREE.Vector3();
  const below = rows.map(
    (_, vertex) =>
      -point
        .fromArray(fine, 3 * vertex)
        .sub(joints.wrist)
        .dot(arm),
  );
  skin.geometry.attributes.position.array.set(fine);
  skin.geometry.computeVertexNormals();
  const normal = skin.geometry.attributes.normal;
  const palm = rows.map((_, vertex) => {
    const inside = point.fromBufferAttribute(normal, vertex).dot(hand.palm);
    return (
      THREE.MathUtils.smoothstep(inside, -0.1, 0.6) * THREE.MathUtils.smoothstep(-below[vertex], -0.6, 0.4)
    );
  });
  const moves = poses(POSES, random);
  const thumbs = moves.map((pose) => hand.thumb(pose, random));
  return { places, hand, below, palm, moves, thumbs, back: kind % 2 === 1, mirrored: (kind >> 1) % 2 === 1 };
}

/** The coarse skin in a pose: what no bone of the hand pulls stays with the arm. */
function skinned({ places }, matrices) {
  const out = new Float32Array(model.skin * 3);
  const parts = model.bones.map((bone) => matrices[bone].elements);
  for (let vertex = 0; vertex < model.skin; vertex++) {
    const [x, y, z] = places[vertex];
    const whole = Math.max(
      1,
      model.pulls[vertex].reduce((sum, [, weight]) => sum + weight, 0),
    );
    let rest = 1;
    for (const [bone, weight] of model.pulls[vertex]) {
      const m = parts[bone];
      const share = weight / whole;
      rest -= share;
      for (let row = 0; row < 3; row++) {
        out[3 * vertex + row] += share * (m[row] * x + m[row + 4] * y + m[row + 8] * z + m[row + 12]);
      }
    }
    out[3 * vertex] += rest * x;
    out[3 * vertex + 1] += rest * y;
    out[3 * vertex + 2] += rest * z;
  }
  return out;
}

// The vertices that the hand is measured by, which leaves out the arm.
const ofHand = model.pulls
  .map((pulls, vertex) => [vertex, pulls.reduce((sum, [, weight]) => sum + weight, 0)])
  .filter(([, weight]) => weight > 0.9)
  .map(([vertex]) => vertex);

function paint({ palm, below }, between, random) {
  const tone = between(0, SKINS.length - 1.001);
  const base = new THREE.Color(SKINS[Math.floor(tone)]).lerp(
    new THREE.Color(SKINS[Math.floor(tone) + 1]),
    tone % 1,
  );
  base.offsetHSL(between(-0.015, 0.015), between(-0.1, 0.1), between(-0.03, 0.03));
  const inside = base.clone().lerp(new THREE.Color("#efbfa6"), 0.1 + (0.3 * tone) / SKINS.length);
  const nail = base.clone().lerp(new THREE.Color("#f3c9bd"), 0.35);
  const colors = skin.geometry.attributes.color;
  const color = new THREE.Color();
  for (let vertex = 0; vertex < rows.length; vertex++) {
    color.copy(base).lerp(inside, palm[vertex]).lerp(nail, nails[vertex]);
    color.toArray(colors.array, 3 * vertex);
  }
  colors.needsUpdate = true;
  skin.material.roughness = between(0.45, 0.75);
  sleeve.visible = random() < 0.45;
  sleeve.material.color.setHSL(random(), between(0, 0.7), between(0.08, 0.85));
  const start = between(0.1, 0.8);
  const index = quads.filter((quad) => quad.every((vertex) => below[vertex] > start));
  sleeve.geometry.setIndex(index.flatMap(([a, b, c, d]) => [a, b, c, a, c, d]));
}

function picture(kind, number, seed) {
  const random = numbers(seed);
  const between = (low, high) => low + (high - low) * random();
  const amount = between(0.05, 0.08);
  const matrices = kind.hand.bend(kind.moves[number], kind.thumbs[number], () => between(-amount, amount));
  const places = skinned(kind, matrices);
  const { geometry } = skin;
  refined(rows, places, 3, geometry.attributes.position.array);
  geometry.attributes.position.needsUpdate = true;
  geometry.computeVertexNormals();
  paint(kind, between, random);
  const thick = between(0.05, 0.09);
  for (let at = 0; at < rows.length * 3; at++) {
    sleeve.geometry.attributes.position.array[at] =
      geometry.attributes.position.array[at] + thick * geometry.attributes.normal.array[at];
  }
  sleeve.geometry.attributes.position.needsUpdate = true;
  sleeve.geometry.computeVertexNormals();

  // Fingers up and the palm or the back to the camera, then turned, and mirrored to be a right hand.
  const { forward, aside, palm } = kind.hand;
  const upright = new THREE.Matrix4().makeBasis(aside.clone().negate(), forward, palm).transpose();
  if (kind.back) upright.premultiply(new THREE.Matrix4().makeRotationY(Math.PI));
  if (kind.mirrored) upright.premultiply(new THREE.Matrix4().makeScale(-1, 1, 1));
  const turned = new THREE.Euler(between(-0.4, 0.4), between(-0.5, 0.5), between(-0.55, 0.55), "ZXY");
  upright.premultiply(new THREE.Matrix4().makeRotationFromEuler(turned));
  const box = new THREE.Box3();
  const point = new THREE.Vector3();
  for (const vertex of ofHand) box.expandByPoint(point.fromArray(places, 3 * vertex).applyMatrix4(upright));
  const middle = box.getCenter(new THREE.Vector3());
  const reach = box.getSize(new THREE.Vector3());
  upright.premultiply(new THREE.Matrix4().makeTranslation(middle.negate()));
  for (const mesh of [skin, sleeve]) mesh.matrix.copy(upright);

  const size = between(0.55, 0.9);
  const seen = Math.max(reach.x, reach.y) / size; // the picture's side, in the hand's measure
  const free = (1 - size) / 2 + 0.02;
  camera.position.set(
    seen * between(-free, free),
    seen * between(-free, free),
    seen / (2 * Math.tan((FIELD * Math.PI) / 360)),
  );
  sky.intensity = between(0.9, 2.5);
  lamp.intensity = between(0.8, 3.4);
  lamp.position.set(between(-1, 1), between(-0.4, 1), between(0.3, 1)).setLength(5);
  lamp.color.setHSL(random(), between(0, 0.25), 0.75);
  renderer.render(scene, camera);
  return renderer.domElement.toDataURL("image/png");
}

/** The pictures of every pose of a kind, as data URLs. */
globalThis.render = (number, pictures) => {
  const kind = making(number);
  return kind.moves.map((_, pose) =>
    Array.from({ length: pictures }, (_, at) => picture(kind, pose, (number * 64 + pose) * 1024 + at + 1)),
  );
};
