/** The words about keeping work, in English and 简体中文. A key that one language lacks does not compile. */
import { language } from "../language.ts";
import type { Language } from "../words.ts";

const en = {
  state: {
    idle: "",
    saving: "Saving…",
    saved: "Saved",
    failed: "Not saved",
    newer: "Not saved",
    unread: "Not saved",
    off: "Not saved",
    gone: "Not saved",
  },
  savedTitle: "Kept in this browser, on this device alone",
  offTitle: "Kept in memory, until this page is closed",
  gone: "What was kept was deleted, in another tab or in the browser's settings. Nothing is kept now.",
  newer: "Another tab has newer work.",
  load: "Load it",
  saveInstead: "Save this instead",
  unread: "What was saved here before cannot be opened, so nothing is saved over it.",
  retry: "Try again",
  loaded: "Loaded from the other tab.",

  save: "Save file",
  saveTitle: "Save classes, photos and settings as one .kshot file",
  open: "Open file",
  openTitle: "Open a .kshot file, or a zip of photos with a folder for each class",
  openKshotTitle: "Open a .kshot file",
  people: {
    classes: (n: number) => (n === 1 ? "1 person" : `${n} people`),
    replaceSays: "The file's people take the place of those here, and its threshold that of here.",
    addSays: "The file's people come after those who are here.",
  },
  savePeopleTitle: "Save everyone as a .kshot file: names and embeddings, no pictures",
  openPeopleTitle: "Open a .kshot file of people",
  startOver: "Start over",
  startedOver: "All classes are removed.",

  dialogTitle: (name: string) => `Open ${name}`,
  downloading: (loaded: string, total: string) => `Downloading: ${loaded} of ${total} MB`,
  downloadingOnly: (loaded: string) => `Downloading: ${loaded} MB`,
  reading: "Reading the file…",
  anew: (done: number, total: number) =>
    `Made with another network. Looking at its photos anew: ${done} of ${total}`,
  anewFirst: "It was made with another network: its photos are looked at anew, which takes a moment.",
  holds: (classes: string, shots: string) => `The file holds ${classes} with ${shots}.`,
  here: (classes: string, shots: string) => `Here there are ${classes} with ${shots}.`,
  classes: (n: number) => (n === 1 ? "1 class" : `${n} classes`),
  shots: (n: number) => (n === 1 ? "1 shot" : `${n} shots`),
  replace: "Replace",
  replaceSays: "The file's classes and settings take the place of what is here.",
  add: "Add",
  addSays: "The file's classes come after those that are here.",
  eitherWay: "Either way, undo takes it back.",
  cancel: "Cancel",
  close: "Close",
  opened: (classes: string, shots: string) => `Opened: ${classes} with ${shots}.`,
  embeddedAnew: (n: number) =>
    n === 1
      ? "1 shot was made with another network and looked at anew."
      : `${n} shots were made with another network and looked at anew.`,
  lost: (n: number) =>
    n === 1 ? "1 shot had no photo and was left out." : `${n} shots had no photo and were left out.`,

  savePhotos: "Zip",
  savePhotosOf: (name: string) => `Save the photos of ${name} as a zip`,
};

/** What every language has to say. */
type KeepWords = typeof en;

/** The words that differ where classes are something else. */
export type ClassWords = Pick<KeepWords, "classes" | "replaceSays" | "addSays">;

const zh: KeepWords = {
  state: {
    idle: "",
    saving: "正在保存…",
    saved: "已保存",
    failed: "未保存",
    newer: "未保存",
    unread: "未保存",
    off: "未保存",
    gone: "未保存",
  },
  savedTitle: "只保存在此设备的这个浏览器里",
  offTitle: "只在内存里，关闭页面即消失",
  gone: "保存的内容已在另一个标签页或浏览器设置中删除，现在什么也不保存。",
  newer: "另一个标签页有更新的内容。",
  load: "载入",
  saveInstead: "改为保存这里的",
  unread: "以前保存的内容无法打开，因此没有覆盖它。",
  retry: "重试",
  loaded: "已从另一个标签页载入。",

  save: "存为文件",
  saveTitle: "把类别、照片和设置存为一个 .kshot 文件",
  open: "打开文件",
  openTitle: "打开 .kshot 文件，或每个类别一个文件夹的照片 zip",
  openKshotTitle: "打开 .kshot 文件",
  people: {
    classes: (n) => ` ${n} 个人`,
    replaceSays: "文件中的人和阈值取代这里的。",
    addSays: "文件中的人排在这里的人之后。",
  },
  savePeopleTitle: "把所有人存为一个 .kshot 文件：名字和嵌入，没有照片",
  openPeopleTitle: "打开存有人的 .kshot 文件",
  startOver: "重新开始",
  startedOver: "已删除所有类别。",

  dialogTitle: (name) => `打开 ${name}`,
  downloading: (loaded, total) => `正在下载：${loaded} / ${total} MB`,
  downloadingOnly: (loaded) => `正在下载：${loaded} MB`,
  reading: "正在读取文件…",
  anew: (done, total) => `来自另一个网络，正在重新查看照片：${done} / ${total}`,
  anewFirst: "它来自另一个网络：照片会被重新查看，需要一点时间。",
  holds: (classes, shots) => `文件里有${classes}、${shots}。`,
  here: (classes, shots) => `这里有${classes}、${shots}。`,
  classes: (n) => ` ${n} 个类别`,
  shots: (n) => ` ${n} 个样本`,
  replace: "替换",
  replaceSays: "文件中的类别和设置取代这里的一切。",
  add: "添加",
  addSays: "文件中的类别排在这里的类别之后。",
  eitherWay: "两种方式都可以撤销。",
  cancel: "取消",
  close: "关闭",
  opened: (classes, shots) => `已打开：${classes}、${shots}。`,
  embeddedAnew: (n) => `${n} 个样本来自另一个网络，已重新查看。`,
  lost: (n) => `${n} 个样本没有照片，未能载入。`,

  savePhotos: "Zip",
  savePhotosOf: (name) => `把 ${name} 的照片存为 zip`,
};

/** The words by language. */
export const keepLanguages: Record<Language, KeepWords> = { en, zh };

/** The words in use; read them when they are shown, never keep them. */
export function keepWords(): KeepWords {
  return keepLanguages[language()];
}
