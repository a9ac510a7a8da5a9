// The page of hand-poses.mjs: one hand, posed, turned and lit by the numbers it is given.

import * as THREE from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";

const SIDE = 224;
const FINGERS = ["thumb", "index-finger", "middle-finger", "ring-finger", "pinky-finger"];
const JOINTS = (finger) =>
  (finger === "thumb"
    ? ["metacarpal", "phalanx-proximal", "phalanx-distal", "tip"]
    : ["metacarpal", "phalanx-proximal", "phalanx-intermediate", "phalanx-distal", "tip"]
  ).map((joint) => `${finger}-${joint}`);

const renderer = new THREE.WebGLRenderer({ antialias: true, alpha: true, preserveDrawingBuffer: true });
renderer.setSize(SIDE, SIDE, false);
const hand = await new GLTFLoader().loadAsync("/hand.glb");
let mesh;
hand.scene.traverse((part) => {
  if (part.isSkinnedMesh) mesh = part;
});
mesh.frustumCulled = false;
const material = new THREE.MeshStandardMaterial({ roughness: 0.6 });
mesh.material = material;
const bone = (name) => mesh.skeleton.bones.find((one) => one.name === name);
hand.scene.updateMatrixWorld(true);

// The file's bones lie side by side; here each hangs on the one before it, so that a finger bends as a whole.
const wrist = bone("wrist");
for (const finger of FINGERS) {
  let before = wrist;
  for (const joint of JOINTS(finger)) {
    before.attach(bone(joint));
    before = bone(joint);
  }
}
const atRest = new Map(mesh.skeleton.bones.map((one) => [one, one.quaternion.clone()]));
const arm = new THREE.Mesh(new THREE.CylinderGeometry(0.026, 0.034, 0.22, 20), material);
arm.rotation.x = Math.PI / 2;
hand.scene.updateMatrixWorld(true);
wrist.add(arm);
arm.position.set(0, 0, 0.1);

// The wrist's own pose undone: the fingers are up and the palm is to the camera.
const upright = new THREE.Group();
upright.add(hand.scene);
const turned = new THREE.Group();
turned.add(upright);
const place = new THREE.Vector3();
const pose = new THREE.Quaternion();
wrist.getWorldPosition(place);
wrist.getWorldQuaternion(pose);
upright.applyMatrix4(new THREE.Matrix4().compose(place, pose, new THREE.Vector3(1, 1, 1)).invert());
const scene = new THREE.Scene();
scene.add(turned);
const camera = new THREE.PerspectiveCamera(35, 1, 0.05, 5);
const sky = new THREE.HemisphereLight(0xffffff, 0x776655, 1.5);
const lamp = new THREE.DirectionalLight(0xffffff, 2);
scene.add(sky, lamp);

const facing = new THREE.Quaternion().setFromRotationMatrix(
  new THREE.Matrix4().makeBasis(
    new THREE.Vector3(-1, 0, 0),
    new THREE.Vector3(0, 0, -1),
    new THREE.Vector3(0, -1, 0),
  ),
);

// Bends in radians of the joints of a straight, a bent and a folded finger, and how far each finger spreads.
const THUMB = [
  [0, 0, 0],
  [-0.1, -0.6, -0.7],
  [-0.2, -1.0, -1.1],
];
const FINGER = [
  [0.05, 0.05, 0.05],
  [-0.75, -0.7, -0.35],
  [-1.45, -1.65, -1.0],
];
const SPREAD = [0, -0.22, -0.07, 0.1, 0.25];

globalThis.render = (states, chances, tone) => {
  let used = 0;
  const between = (low, high) => low + (high - low) * chances[used++];
  const jitter = () => between(-0.12, 0.12);
  for (const [one, quaternion] of atRest) one.quaternion.copy(quaternion);
  FINGERS.forEach((finger, at) => {
    const state = states[at];
    const [first, second, third, fourth] = JOINTS(finger).map(bone);
    if (finger === "thumb") {
      const [a, b, c] = THUMB[state];
      first.rotateX(a * 0.6 + jitter() * 0.4);
      first.rotateY((state === 0 ? -0.35 : state * 0.25) + jitter());
      second.rotateX(b + jitter());
      third.rotateX(c + jitter());
    } else {
      const [a, b, c] = FINGER[state];
      second.rotateX(a + jitter());
      third.rotateX(b + jitter());
      fourth.rotateX(c + jitter());
      if (state === 0) second.rotateY(states[5] * SPREAD[at] + jitter() * 0.4);
    }
  });
  material.color.setRGB(0.92 - 0.5 * tone, 0.7 - 0.45 * tone, 0.58 - 0.42 * tone);
  const turn = new THREE.Euler(between(-0.45, 0.45), between(-0.6, 0.6), between(-0.5, 0.5));
  turned.quaternion.setFromEuler(turn).multiply(facing);
  const middle = 0.07; // of the hand, above the wrist, in metres
  camera.position.set(between(-0.05, 0.05), middle + between(-0.05, 0.05), between(0.42, 0.62));
  camera.lookAt(between(-0.03, 0.03), middle + between(-0.03, 0.03), 0);
  sky.intensity = between(0.5, 2);
  lamp.intensity = between(0.5, 3.2);
  lamp.position.set(between(-1, 1), between(-0.3, 1), between(0.2, 1));
  lamp.color.setHSL(between(0, 1), between(0, 0.25), 0.7);
  renderer.render(scene, camera);
  return renderer.domElement.toDataURL("image/png");
};
