/** The words of `task="face"`: what to change for a shot to be taken. */
import type { Advice } from "../face-types.ts";
import type { Language } from "../page/words.ts";

const en = {
  record: "Hold to show the face",
  first: (name: string) => `Hold “${name}” and look into the camera`,
  nobody: "No face",
  forget: "Forget all faces",
  newName: (n: number) => `Person ${n}`,
  add: "Add person",
  advice: {
    no_face: "No face: come before the camera.",
    several_faces: "More than one face: let the others step aside.",
    half_face: "The face is cut off: come to the middle.",
    come_closer: "Come closer.",
    move_back: "Move back a little.",
    too_dark: "Too dark: turn towards a light.",
    too_bright: "Too bright: turn away from the light.",
    blurred: "Blurred: hold still, or wipe the lens.",
    profile: "Turn towards the camera.",
    another_person: "That is somebody else: nothing was taken.",
  } as Partial<Record<Advice, string>>,
};

type FaceWords = typeof en;

const zh: FaceWords = {
  record: "按住，展示人脸",
  first: (name) => `按住“${name}”，看着摄像头`,
  nobody: "没有人脸",
  forget: "忘记所有人脸",
  newName: (n) => `人物 ${n}`,
  add: "添加人物",
  advice: {
    no_face: "没有人脸：请到摄像头前。",
    several_faces: "不止一张脸：请其他人让开。",
    half_face: "人脸不完整：请到画面中间。",
    come_closer: "请靠近一些。",
    move_back: "请退后一些。",
    too_dark: "太暗：请面向光源。",
    too_bright: "太亮：请避开强光。",
    blurred: "模糊：请保持不动，或擦一擦镜头。",
    profile: "请面向摄像头。",
    another_person: "这是另一个人：没有记录。",
  },
};

/** The words by language. */
export const faceWords: Record<Language, FaceWords> = { en, zh };
