/**
 * The bench: measures what the README claims, on this machine, and prints it as Markdown.
 *
 *   npm run bench                             everything, about 20 minutes
 *   npm run bench -- --quick                  fewer rounds
 *   npm run bench -- --only cpu,webgpu        some sections
 *   npm run bench -- --gpu                    WebGPU on this machine's own GPU instead of the software adapter
 *   npm run bench -- --photo mug.jpg          another frame
 *   npm run bench -- --out docs/bench.md      writes it to a file as well
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ROOT, Stop, say } from "../scripts/command.mjs";
import { reportBounds } from "./bounds.mjs";
import { browserChoice, withPage } from "./browser.mjs";
import { describeMachine } from "./machine.mjs";
import { buildPages, PAGES } from "./pages.mjs";
import { FACES, measureFaces } from "./sections/faces.mjs";
import { measureMemory } from "./sections/memory.mjs";
import { measureHead, measureSmoothness } from "./sections/responsiveness.mjs";
import { measureSpeed } from "./sections/speed.mjs";
import { measureBytes, measureStart } from "./sections/start.mjs";
import { serve } from "./server.mjs";

const SECTIONS = {
  cpu: ["Speed on the CPU, one thread", (context) => measureSpeed(context, "cpu")],
  webgpu: ["Speed on WebGPU", (context) => measureSpeed(context, "webgpu")],
  faces: ["Faces: find, align, embed", measureFaces],
  start: ["From navigation to the first answer", measureStart],
  bytes: ["Over the wire, with brotli", measureBytes],
  memory: ["Memory", measureMemory],
  head: ["Head", measureHead],
  smoothness: ["The page while frames are in work", measureSmoothness],
};

/** Runs the sections asked for with the Chromium at `executablePath`. */
export async function runBench(args, executablePath) {
  const { quick, gpu, only, photo, out } = readOptions(args);
  Object.assign(browserChoice, { executablePath, realGpu: gpu });

  say("Building the bench's pages");
  await buildPages();
  const server = await serve(PAGES, {
    "/bench/weights.safetensors": join(ROOT, "weights", "embedder.safetensors"),
    "/bench/projection.safetensors": join(ROOT, "weights", "projection.safetensors"),
    "/bench/photo": photo,
    ...Object.fromEntries(FACES.map((url) => [url, join(ROOT, url.replace("/bench", "tests/fixtures"))])),
    ...faceApiFiles(),
  });
  try {
    const facts = await withPage("webgpu", `${server.origin}/speed.html`, describeMachine);
    const report = [`Measured by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}.`, ""];
    report.push(...facts.map((fact) => `- ${fact}`));
    console.log(report.join("\n"));
    for (const name of only) {
      const [title, measure] = SECTIONS[name];
      say(title);
      const tables = [await measure({ origin: server.origin, quick })].flat();
      console.log(`\n${tables.join("\n\n")}`);
      report.push("", `## ${title}`, "", tables.join("\n\n"));
    }
    const { report: promises, broken } = reportBounds();
    if (promises !== "") {
      say("Promises");
      console.log(`\n${promises}`);
      report.push("", "## Promises", "", promises);
    }
    if (out) {
      mkdirSync(dirname(out), { recursive: true });
      writeFileSync(out, `# Bench\n\n${report.join("\n")}\n`);
    }
    if (broken > 0) throw new Stop(`${broken} of the promises above are broken.`);
  } finally {
    await server.close();
  }
}

/** The models of face-api that are measured, by their URL. */
function faceApiFiles() {
  const models = ["tiny_face_detector", "face_landmark_68", "face_recognition"];
  const files = models.flatMap((model) => [`${model}_model.bin`, `${model}_model-weights_manifest.json`]);
  const folder = join(ROOT, "node_modules", "@vladmandic", "face-api", "model");
  return Object.fromEntries(files.map((file) => [`/bench/face-api/${file}`, join(folder, file)]));
}

function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      gpu: { type: "boolean", default: false },
      only: { type: "string" },
      photo: { type: "string", default: join("tests", "fixtures", "photos", "chelsea.png") },
      out: { type: "string" },
    },
  });
  const only = values.only?.split(",") ?? Object.keys(SECTIONS);
  const unknown = only.find((name) => !(name in SECTIONS));
  if (unknown)
    throw new Stop(`There is no section ${unknown}; there are ${Object.keys(SECTIONS).join(", ")}.`);
  const photo = resolve(ROOT, values.photo);
  if (!existsSync(photo)) throw new Stop(`There is no photo ${photo}.`);
  return { ...values, only, photo, out: values.out && resolve(ROOT, values.out) };
}
