/** What the page says of each error: one sentence, and one thing to do. */
import type { ErrorCode } from "../types.ts";
import type { Language } from "./words.ts";

/** What happened, and what the reader can do about it. */
export interface ErrorWords {
  says: string;
  todo: string;
}

const en: Record<ErrorCode, ErrorWords> = {
  weights_unavailable: {
    says: "The network's weights could not be downloaded.",
    todo: "Check the connection, then try again.",
  },
  weights_damaged: {
    says: "The network's weights arrived damaged.",
    todo: "Try again; if it stays so, the server holds a wrong file.",
  },
  characters_unavailable: {
    says: "The sample characters could not be downloaded.",
    todo: "Check the connection, then try again.",
  },
  characters_damaged: {
    says: "The sample characters arrived damaged.",
    todo: "Try again; if it stays so, the server holds a wrong file.",
  },
  drawing_empty: {
    says: "There is no drawing in this picture.",
    todo: "Use one with dark lines on light paper, or light ones on a dark board.",
  },
  episode_impossible: {
    says: "These characters are too few for such a task.",
    todo: "Choose fewer classes or shots, or all alphabets.",
  },
  person_unknown: {
    says: "This person is not enrolled any more.",
    todo: "Enrol them again.",
  },
  enrolment_missing: {
    says: "No enrolment is under way.",
    todo: "Start one first.",
  },
  challenge_missing: {
    says: "No challenge is under way.",
    todo: "Start one first.",
  },
  code_unavailable: {
    says: "This part of the page could not be downloaded.",
    todo: "Check the connection, then try again.",
  },
  module_unavailable: {
    says: "The engine could not be downloaded.",
    todo: "Check the connection, then try again.",
  },
  wasm_unsupported: {
    says: "This browser cannot run WebAssembly.",
    todo: "Open the page in a current Chrome, Edge, Firefox or Safari.",
  },
  wasm_forbidden: {
    says: "The page's Content Security Policy forbids WebAssembly.",
    todo: "Add 'wasm-unsafe-eval' to its script-src, then reload.",
  },
  simd_unsupported: {
    says: "This browser's WebAssembly has no SIMD.",
    todo: "Update the browser; every one since 2023 has it.",
  },
  webgpu_unavailable: {
    says: "WebGPU is not available here.",
    todo: "Stay on the CPU, or try another browser or a newer graphics driver.",
  },
  device_lost: { says: "The device was lost for a moment.", todo: "Do it once more; your shots are kept." },
  engine_crashed: { says: "The engine stopped.", todo: "Try again." },
  disposed: { says: "The engine was shut down.", todo: "Reload the page." },
  picture_unreadable: {
    says: "This is no picture that the browser can read.",
    todo: "Use a JPEG, PNG or WebP file.",
  },
  picture_too_small: {
    says: "The picture is too small to say anything.",
    todo: "Use one with a few more pixels.",
  },
  picture_too_large: { says: "The picture is too large.", todo: "Make it smaller and add it again." },
  video_not_ready: { says: "The camera has no picture yet.", todo: "Wait a moment and try again." },
  embedding_invalid: { says: "The network found nothing in this picture.", todo: "Use another picture." },
  class_unknown: { says: "This class is gone.", todo: "Undo its removal, or choose another." },
  shot_unknown: { says: "This shot is gone.", todo: "Undo its removal." },
  name_empty: { says: "A class needs a name.", todo: "Type at least one letter." },
  too_many_classes: { says: "There is no room for another class.", todo: "Remove one first." },
  too_many_shots: { says: "This class has no room for another shot.", todo: "Remove some shots first." },
  method_takes_fewer: {
    says: "This method takes at most 20 classes.",
    todo: "Switch some off, or choose another method under “How it decides”.",
  },
  setting_invalid: { says: "This value is out of range.", todo: "Choose another, or go back to auto." },
  state_invalid: { says: "The saved state cannot be read.", todo: "Choose another one." },
  state_other_embedder: {
    says: "The saved state was made with another network.",
    todo: "Record the shots again.",
  },
  name_too_long: { says: "This name is too long.", todo: "Use a shorter one." },
  file_unavailable: {
    says: "The file could not be downloaded.",
    todo: "Check its address and the connection, then try again.",
  },
  file_not_kshot: { says: "This is no .kshot file.", todo: "Choose one that kshot has saved." },
  file_version: {
    says: "This file was saved by a newer kshot.",
    todo: "Reload the page to get the newest one, then try again.",
  },
  file_cut_off: { says: "This file ends too early.", todo: "Copy or download it again." },
  file_damaged: { says: "This file is damaged.", todo: "Copy or download it again." },
  file_invalid: {
    says: "This file holds what kshot cannot use.",
    todo: "Save it again where it comes from.",
  },
  file_too_large: {
    says: "This is more than one file can hold.",
    todo: "Remove some classes or shots first.",
  },
  file_other_kind: { says: "This file is for another task.", todo: "Open it where it was saved." },
  storage_full: {
    says: "Not saved: there is no room left on this disk.",
    todo: "Save a file of it, or free some space; everything is still here until you close the page.",
  },
  storage_unavailable: {
    says: "Not saved: this browser keeps nothing for this page.",
    todo: "Save a file of it before you close the page.",
  },
  zip_unreadable: { says: "This zip cannot be read.", todo: "Make it again, without a password." },
  zip_too_large: {
    says: "This zip unpacks to more than the page takes.",
    todo: "Split it into smaller ones, with photos alone.",
  },
  camera_denied: {
    says: "The camera is blocked for this page.",
    todo: "Allow it in the address bar, then try again.",
  },
  camera_missing: { says: "No camera was found.", todo: "Plug one in, then try again." },
  camera_busy: { says: "Another program is using the camera.", todo: "Close it there, then try again." },
  camera_unplugged: {
    says: "The camera was unplugged.",
    todo: "Plug it in again, then try again; your shots are kept.",
  },
  camera_insecure: {
    says: "Browsers give the camera only to https pages.",
    todo: "Open the page over https or on localhost.",
  },
  camera_not_delegated: {
    says: "The page around this frame does not hand the camera on to it.",
    todo: 'Add allow="camera" to the <iframe> tag there, then reload.',
  },
  camera_forbidden: {
    says: "The server of this page forbids it the camera.",
    todo: "Have it send the header “Permissions-Policy: camera=(self)”, then reload.",
  },
  camera_failed: { says: "The camera could not be opened.", todo: "Choose another camera, or try again." },
};

const zh: Record<ErrorCode, ErrorWords> = {
  weights_unavailable: { says: "网络权重无法下载。", todo: "请检查网络后重试。" },
  weights_damaged: { says: "网络权重已损坏。", todo: "请重试；若仍如此，则服务器上的文件有误。" },
  characters_unavailable: { says: "示例字符无法下载。", todo: "请检查网络后重试。" },
  characters_damaged: { says: "示例字符已损坏。", todo: "请重试；若仍如此，则服务器上的文件有误。" },
  drawing_empty: { says: "这张图片里没有笔画。", todo: "请用浅底深色，或深底浅色的线条。" },
  episode_impossible: { says: "这些字符不够组成这样的任务。", todo: "请减少类别或样本，或选择全部字母表。" },
  person_unknown: { says: "这个人已不在登记名单中。", todo: "请重新登记。" },
  enrolment_missing: { says: "目前没有进行中的登记。", todo: "请先开始登记。" },
  challenge_missing: { says: "目前没有进行中的活体检测。", todo: "请先开始检测。" },
  code_unavailable: { says: "页面的这一部分无法下载。", todo: "请检查网络后重试。" },
  module_unavailable: { says: "引擎无法下载。", todo: "请检查网络后重试。" },
  wasm_unsupported: {
    says: "此浏览器无法运行 WebAssembly。",
    todo: "请用新版 Chrome、Edge、Firefox 或 Safari 打开。",
  },
  wasm_forbidden: {
    says: "此页面的内容安全策略（CSP）禁止 WebAssembly。",
    todo: "请在 script-src 中加上 'wasm-unsafe-eval'，然后刷新。",
  },
  simd_unsupported: {
    says: "此浏览器的 WebAssembly 不支持 SIMD。",
    todo: "请更新浏览器，2023 年以后的版本都支持。",
  },
  webgpu_unavailable: {
    says: "此处无法使用 WebGPU。",
    todo: "继续使用 CPU，或换用其他浏览器、更新显卡驱动。",
  },
  device_lost: { says: "设备暂时丢失。", todo: "请再做一次；样本都保留着。" },
  engine_crashed: { says: "引擎已停止。", todo: "请重试。" },
  disposed: { says: "引擎已关闭。", todo: "请刷新页面。" },
  picture_unreadable: { says: "浏览器无法把它读作图片。", todo: "请使用 JPEG、PNG 或 WebP 文件。" },
  picture_too_small: { says: "图片太小，看不出内容。", todo: "请换一张更大的图片。" },
  picture_too_large: { says: "图片太大。", todo: "请缩小后再添加。" },
  video_not_ready: { says: "摄像头还没有画面。", todo: "请稍等后重试。" },
  embedding_invalid: { says: "网络在这张图片里没有看到内容。", todo: "请换一张图片。" },
  class_unknown: { says: "这个类别已不存在。", todo: "请撤销删除，或选择其他类别。" },
  shot_unknown: { says: "这个样本已不存在。", todo: "请撤销删除。" },
  name_empty: { says: "类别需要名称。", todo: "请至少输入一个字。" },
  too_many_classes: { says: "无法再添加类别。", todo: "请先删除一个。" },
  too_many_shots: { says: "这个类别无法再添加样本。", todo: "请先删除一些样本。" },
  method_takes_fewer: {
    says: "这种方法最多支持 20 个类别。",
    todo: "请停用一些类别，或在“如何判断”中换一种方法。",
  },
  setting_invalid: { says: "这个值超出范围。", todo: "请换一个值，或恢复自动。" },
  state_invalid: { says: "保存的状态无法读取。", todo: "请换一个文件。" },
  state_other_embedder: { says: "保存的状态来自另一个网络。", todo: "请重新录制样本。" },
  name_too_long: { says: "这个名称太长。", todo: "请换一个短些的。" },
  file_unavailable: { says: "文件无法下载。", todo: "请检查地址和网络后重试。" },
  file_not_kshot: { says: "这不是 .kshot 文件。", todo: "请选择由 kshot 保存的文件。" },
  file_version: { says: "这个文件由更新版本的 kshot 保存。", todo: "请刷新页面以获取最新版，然后重试。" },
  file_cut_off: { says: "这个文件不完整。", todo: "请重新复制或下载。" },
  file_damaged: { says: "这个文件已损坏。", todo: "请重新复制或下载。" },
  file_invalid: { says: "这个文件的内容无法使用。", todo: "请在来源处重新保存。" },
  file_too_large: { says: "超出一个文件能容纳的大小。", todo: "请先删除一些类别或样本。" },
  file_other_kind: { says: "这个文件属于另一种任务。", todo: "请在保存它的页面中打开。" },
  storage_full: { says: "未保存：磁盘空间不足。", todo: "请另存为文件，或腾出空间；关闭页面前内容都还在。" },
  storage_unavailable: { says: "未保存：此浏览器不为本页保存内容。", todo: "请在关闭页面前另存为文件。" },
  zip_unreadable: { says: "这个 zip 无法读取。", todo: "请重新制作，不要加密码。" },
  zip_too_large: { says: "这个 zip 解压后太大。", todo: "请分成几个较小的，只放照片。" },
  camera_denied: { says: "本页面被禁止使用摄像头。", todo: "请在地址栏中允许，然后重试。" },
  camera_missing: { says: "没有找到摄像头。", todo: "请接入摄像头后重试。" },
  camera_busy: { says: "摄像头正被其他程序使用。", todo: "请在那里关闭，然后重试。" },
  camera_unplugged: { says: "摄像头被拔出了。", todo: "请重新接好再重试；样本都保留着。" },
  camera_insecure: {
    says: "浏览器只允许 https 页面使用摄像头。",
    todo: "请用 https 或 localhost 打开。",
  },
  camera_not_delegated: {
    says: "外层页面没有把摄像头交给这个框架。",
    todo: '请在那里的 <iframe> 标签上加 allow="camera"，然后刷新。',
  },
  camera_forbidden: {
    says: "此页面的服务器禁止它使用摄像头。",
    todo: "请让服务器发送 “Permissions-Policy: camera=(self)”，然后刷新。",
  },
  camera_failed: { says: "摄像头无法打开。", todo: "请换一个摄像头，或重试。" },
};

/** The words for every error, by language. */
export const errorWords: Record<Language, Record<ErrorCode, ErrorWords>> = { en, zh };
