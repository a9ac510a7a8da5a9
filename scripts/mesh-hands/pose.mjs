// How a hand bends: from the curl of its fingers, their spread and where the thumb lies to a matrix for each bone.

import { Matrix4, Quaternion } from "three";

const FINGERS = [2, 3, 4, 5];

// Bends in radians of the three joints, of a straight, a bent and a folded finger, measured from the palm's plane.
const BENDS = [
  [0.05, 0.08, 0.05],
  [0.5, 1.0, 0.6],
  [1.4, 1.65, 0.95],
];

// Between neighbours, in radians; the index finger's share, the middle finger's and so on.
const SPREADS = [0.0, 0.12, 0.25];
const ASIDE = [1.05, 0.1, -0.85, -1.8];

export const THUMBS = ["out", "along", "across"];

// Of the thumb: the first bone's way from the forward direction and out of the palm, its roll, and the other bends.
const LEAST = [-0.3, 0.0, 0.0, -0.2, -0.2];
const MOST = [1.05, 1.15, 0.9, 0.95, 1.2];
const OUT = [1.0, 0.3, 0.0, -0.2, -0.2];
const RESTING = [0.3, 0.4, 0.3, 0.2, 0.2];

/**
 * Ten or so poses of a kind: [curls of four fingers in halves, spread, thumb]. No two differ by less than a finger that is
 * straight in one and folded in the other, two fingers by half of that, or a thumb that stands out in one alone.
 */
export function poses(count, random) {
  const one = (...among) => among[Math.floor(random() * among.length)];
  const found = [];
  for (let tries = 0; found.length < count && tries < 9000; tries++) {
    const pose = [...FINGERS.map(() => one(0, 0, 1, 2, 2)), one(0, 1, 2), one(0, 1, 2)];
    const differs = (other) =>
      FINGERS.reduce((sum, _, at) => sum + Math.abs(pose[at] - other[at]), 0) >= 2 ||
      (pose[5] === 0) !== (other[5] === 0);
    if (found.every(differs)) found.push(pose);
  }
  return found;
}

const unit = (from, to) => to.clone().sub(from).normalize();
const turn = (axis, angle) => new Quaternion().setFromAxisAngle(axis, angle);

export class Hand {
  /** Of bones with their parents, and where their joints are. */
  constructor(bones, parents, joints) {
    Object.assign(this, { bones, parents, joints });
    this.forward = unit(joints.wrist, joints["finger3-1"]);
    const palm = unit(joints.wrist, joints["finger5-1"]).cross(unit(joints.wrist, joints["finger2-1"]));
    this.aside = palm.cross(this.forward).normalize(); // towards the thumb
    this.palm = this.forward.clone().cross(this.aside);
    this.radii = new Map();
  }

  chain(finger) {
    return [1, 2, 3, 4].map((joint) => this.joints[`finger${finger}-${joint}`]);
  }

  /** The ends of a bone at rest. */
  ends(bone) {
    const next = bone.startsWith("metacarpal")
      ? `finger${Number(bone.at(-1)) + 1}-1`
      : bone.slice(0, -1) + (Number(bone.at(-1)) + 1);
    return [this.joints[bone], this.joints[next]];
  }

  #finger(finger, curl, spread, tremble, to) {
    const chain = this.chain(finger);
    const along = unit(chain[0], chain[2]);
    along.addScaledVector(this.palm, -along.dot(this.palm)).normalize();
    const axis = along.clone().cross(this.palm);
    const rest = [0, 1, 2].map((at) => {
      const part = unit(chain[at], chain[at + 1]);
      return Math.atan2(part.dot(this.palm), part.dot(along));
    });
    const now = Math.atan2(along.dot(this.aside), along.dot(this.forward));
    const folded = curl / 2;
    const wanted = (1 - folded) * SPREADS[spread] * ASIDE[finger - 2] + folded * 0.3 * now;
    for (let at = 0; at < 3; at++) {
      const bend = BENDS[curl][at] - rest[at] + (at ? rest[at - 1] : 0) + tremble();
      to[`finger${finger}-${at + 1}`] = turn(axis, bend);
    }
    to[`finger${finger}-1`].premultiply(turn(this.palm, wanted - now + 0.4 * tremble()));
  }

  #thumb([aside, outward, roll, second, third], tremble, to) {
    const chain = this.chain(1);
    const first = unit(chain[0], chain[1]);
    const axis = first.clone().cross(unit(chain[2], chain[3])).normalize();
    const a = aside + tremble();
    const e = outward + tremble();
    const way = this.forward
      .clone()
      .multiplyScalar(Math.cos(e) * Math.cos(a))
      .addScaledVector(this.aside, Math.cos(e) * Math.sin(a))
      .addScaledVector(this.palm, Math.sin(e));
    to["finger1-1"] = turn(way, roll).multiply(new Quaternion().setFromUnitVectors(first, way));
    to["finger1-2"] = turn(axis, second + tremble());
    to["finger1-3"] = turn(axis, third + tremble());
  }

  /** A matrix for each bone that `turns` or its parents turn. */
  #matrices(turns, bones = this.bones) {
    const matrices = {};
    for (const bone of bones) {
      const parent = this.bones[this.parents[this.bones.indexOf(bone)]];
      const head = this.joints[bone];
      const own = new Matrix4().makeTranslation(head);
      own.multiply(new Matrix4().makeRotationFromQuaternion(turns[bone] ?? new Quaternion()));
      own.multiply(new Matrix4().makeTranslation(head.clone().negate()));
      matrices[bone] = matrices[parent] ? own.premultiply(matrices[parent]) : own;
    }
    return matrices;
  }

  /** The bones' matrices in a pose whose thumb was found before; `tremble` gives small angles. */
  bend([...pose], thumb, tremble) {
    const turns = {};
    for (const [at, finger] of FINGERS.entries()) this.#finger(finger, pose[at], pose[4], tremble, turns);
    this.#thumb(thumb, tremble, turns);
    turns.wrist = turn(this.palm, tremble()).multiply(turn(this.aside, tremble()));
    return this.#matrices(turns);
  }

  /** How the thumb lies in a pose: where it should and yet, by its bones' thickness, in no finger. */
  thumb(pose, random) {
    if (THUMBS[pose[5]] === "out") return OUT;
    const still = () => 0;
    const matrices = this.bend(pose, OUT, still);
    const wrist = matrices.wrist.clone().invert();
    const rods = this.bones
      .filter((bone) => bone !== "wrist" && !bone.startsWith("finger1"))
      .map((bone) => ({
        ends: this.ends(bone).map((end) => end.clone().applyMatrix4(matrices[bone]).applyMatrix4(wrist)),
        radius: this.radii.get(bone),
      }));
    const goal = this.#goal(pose, matrices);
    const cost = (angles) => {
      const turns = {};
      this.#thumb(angles, still, turns);
      const bones = this.#matrices(turns, ["finger1-1", "finger1-2", "finger1-3"]);
      let sum = 0;
      for (const bone of ["finger1-2", "finger1-3"]) {
        const [from, to] = this.ends(bone).map((end) => end.clone().applyMatrix4(bones[bone]));
        if (bone === "finger1-3") sum += to.distanceToSquared(goal);
        for (const share of [0.2, 0.5, 0.8]) {
          const point = from.clone().lerp(to, share);
          for (const rod of rods) {
            const deep = this.radii.get(bone) + rod.radius - apart(point, ...rod.ends);
            if (deep > 0) sum += 40 * deep * deep;
          }
        }
      }
      return sum + 0.01 * angles.reduce((all, angle, at) => all + (angle - RESTING[at]) ** 2, 0);
    };
    let best = RESTING;
    let least = cost(best);
    for (let tries = 0; tries < 900; tries++) {
      const reach = tries < 200 ? 1 : 0.3 * (1 - tries / 1000);
      const angles = best.map((angle, at) => {
        const wide = MOST[at] - LEAST[at];
        return Math.min(MOST[at], Math.max(LEAST[at], angle + reach * wide * (random() - 0.5)));
      });
      const sum = cost(angles);
      if (sum < least) [best, least] = [angles, sum];
    }
    return best;
  }

  /** Where the thumb's tip should be: beside the index finger, on a folded or bent one, or across the palm. */
  #goal(pose, matrices) {
    const thick = (bone) => this.radii.get(bone) + this.radii.get("finger1-3");
    const on = (bone, share, way) => {
      const [from, to] = this.ends(bone).map((end) => end.clone().applyMatrix4(matrices[bone]));
      const side = way.clone().transformDirection(matrices[bone]);
      return from.lerp(to, share).addScaledVector(side, thick(bone));
    };
    if (THUMBS[pose[5]] === "along") return on("finger2-1", 0.45, this.aside);
    const held = FINGERS.slice(0, 3).filter((_, at) => pose[at] > 0);
    if (held.length === 0) return on("metacarpal3", 0.75, this.palm);
    const [first, second] = held;
    if (pose[first - 2] === 1) return on(`finger${first}-3`, 0.7, this.palm);
    const back = this.palm.clone().negate();
    const goal = on(`finger${first}-2`, 0.5, back);
    return second === first + 1 && pose[second - 2] === 2
      ? goal.lerp(on(`finger${second}-2`, 0.5, back), 0.5)
      : goal;
  }
}

/** From a point to the line between two others. */
export function apart(point, from, to) {
  const line = to.clone().sub(from);
  const share = point.clone().sub(from).dot(line) / line.lengthSq();
  return point.distanceTo(from.clone().addScaledVector(line, Math.min(1, Math.max(0, share))));
}
