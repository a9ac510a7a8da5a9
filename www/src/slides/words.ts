/** The words of "Put it on a slide", in both languages. */
import type { Language } from "../page/words.ts";
import type { Tool } from "./snippets.ts";

const en = {
  title: "Put it on a slide",
  intro: "The element stays a poster until it is clicked, and lets the camera go when you leave the slide.",
  switchLanguage: "中文",
  options: "What is to be on it",
  task: "Task",
  tasks: { objects: "Objects before the camera", face: "Faces before the camera", draw: "Drawings" },
  classes: "Classes, between commas",
  bare: "Only the picture and the answer, nothing to press",
  copy: "Copy",
  copied: "Copied",
  copyFailed: "Select the text and copy it",
  copyOf: (tool: string) => `Copy the snippet for ${tool}`,
  tools: {
    html: {
      name: "Any page of your own",
      says: "Two lines. Leave the height out and it takes what it needs.",
    },
    reveal: {
      name: "reveal.js, on the slide itself",
      says: "Put the script into the head. Keys that you press inside the element do not turn the slide.",
    },
    revealFrame: {
      name: "reveal.js, in a frame",
      says: 'Kept apart from the deck. Without allow="camera" the browser blocks the camera.',
    },
    slidev: { name: "Slidev", says: "A slide of its own in slides.md." },
    quarto: {
      name: "Quarto",
      says: "In a .qmd of the format revealjs; the block goes into the page as it is.",
    },
    marp: {
      name: "Marp",
      says: "Marp takes HTML out unless it is told to leave it: marp --html slides.md. In VS Code: “Marp: Enable HTML”.",
    },
  } satisfies Record<Tool, { name: string; says: string }>,
  other: "PowerPoint, Keynote, Google Slides, PDF",
  otherSays:
    "They show no live page on a slide. Put the picture there, with the link on it and the code for the phones in the room.",
  link: "Link",
  copyLink: "Copy the link",
  qr: "The link as a QR code",
  saveQr: "Save the code",
  savePoster: "Save the picture",
  poster: "A picture for the slide",
  blocked: "If the camera stays off",
  blockedSays: [
    "The deck has to come from https or from localhost: a file opened from disk gets no camera in most browsers.",
    'Every iframe around it needs allow="camera", also the one of a course page that shows your deck.',
    'A server that sends “Permissions-Policy: camera=()” forbids it: camera=(self "HOST") lets it through.',
    "A Content Security Policy needs script-src HOST 'wasm-unsafe-eval', connect-src HOST and worker-src blob:; for a frame, frame-src HOST is enough.",
  ],
};

export type SlideWords = typeof en;

const zh: SlideWords = {
  title: "放进幻灯片",
  intro: "点击之前它只是一张海报；离开这一页时，它会关闭摄像头。",
  switchLanguage: "English",
  options: "放什么",
  task: "任务",
  tasks: { objects: "摄像头前的物体", face: "摄像头前的人脸", draw: "手绘" },
  classes: "类别，用逗号隔开",
  bare: "只显示画面和答案，没有按钮",
  copy: "复制",
  copied: "已复制",
  copyFailed: "请选中文字后复制",
  copyOf: (tool) => `复制 ${tool} 的代码`,
  tools: {
    html: { name: "你自己的网页", says: "两行。不写高度时，它按需要占位。" },
    reveal: { name: "reveal.js，直接放在页上", says: "把脚本放进 head。在元件里按的键不会翻页。" },
    revealFrame: {
      name: "reveal.js，放在框架里",
      says: '与幻灯片隔开。没有 allow="camera"，浏览器会禁用摄像头。',
    },
    slidev: { name: "Slidev", says: "在 slides.md 中单独一页。" },
    quarto: { name: "Quarto", says: "用于 revealjs 格式的 .qmd；这一块会原样写入网页。" },
    marp: {
      name: "Marp",
      says: "Marp 默认去掉 HTML，要这样运行：marp --html slides.md。在 VS Code 中打开 “Marp: Enable HTML”。",
    },
  },
  other: "PowerPoint、Keynote、Google 幻灯片、PDF",
  otherSays: "它们无法在页上显示活动网页。把图片放上去，加上链接，再放二维码给教室里的手机。",
  link: "链接",
  copyLink: "复制链接",
  qr: "链接的二维码",
  saveQr: "保存二维码",
  savePoster: "保存图片",
  poster: "放在页上的图片",
  blocked: "如果摄像头打不开",
  blockedSays: [
    "幻灯片要通过 https 或 localhost 打开：从磁盘打开的文件在多数浏览器里不能用摄像头。",
    '外面的每一层 iframe 都要有 allow="camera"，包括显示你的幻灯片的课程页面。',
    '服务器若发送 “Permissions-Policy: camera=()”，摄像头会被禁止；改为 camera=(self "HOST") 即可。',
    "内容安全策略（CSP）需要 script-src HOST 'wasm-unsafe-eval'、connect-src HOST 和 worker-src blob:；用框架时只要 frame-src HOST。",
  ],
};

/** The words by language. */
export const slideWords: Record<Language, SlideWords> = { en, zh };
