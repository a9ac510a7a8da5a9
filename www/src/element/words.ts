/** The words of the poster, which is all that is loaded before the click. All others are the page's (page/words.ts). */

const en = {
  start: { objects: "Start the camera", face: "Start the camera", draw: "Start drawing" },
  what: {
    objects: "Show it a few examples and it recognises the rest.",
    face: "Show it a face a few times and it knows it again.",
    draw: "Draw a character or two and it knows them again.",
  },
  privacy: "Pictures stay in this page. Nothing is uploaded.",
  failed: "The rest of this element could not be downloaded. Check the connection, then try again.",
};

type PosterWords = typeof en;

const zh: PosterWords = {
  start: { objects: "打开摄像头", face: "打开摄像头", draw: "开始手绘" },
  what: {
    objects: "给它看几个例子，它就能认出其余的。",
    face: "让它看几次人脸，它就能再次认出。",
    draw: "画一两个字符，它就能再次认出。",
  },
  privacy: "图片只留在本页面，不会上传。",
  failed: "元件的其余部分无法下载。请检查网络后重试。",
};

/** The words by language. */
export const posterWords: Record<"en" | "zh", PosterWords> = { en, zh };
