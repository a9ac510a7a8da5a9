/**
 * The camera: which there are, opening one, turning it round, and letting it go.
 *
 * It owns the stream and nothing of the page. Each failure of the browser becomes one `camera_*` code.
 */
import { KShotError, messageOf } from "./errors.ts";
import type { ErrorCode } from "./types.ts";

/** Towards the user, or away from them. */
export type Facing = "user" | "environment";

/** A camera that can be chosen. Browsers hide the label until one was opened. */
export interface CameraInfo {
  id: string;
  label: string;
}

/** Which camera to open: one by its id, or any that looks that way. */
export type CameraChoice = { deviceId: string } | { facing: Facing };

// 640x480 is far above the network's 224 and cheap to move; every webcam has it.
const SIZE: MediaTrackConstraints = {
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 30 },
};

const CODES: Record<string, ErrorCode> = {
  NotAllowedError: "camera_denied",
  SecurityError: "camera_denied",
  NotFoundError: "camera_missing",
  OverconstrainedError: "camera_missing",
  NotReadableError: "camera_busy",
  AbortError: "camera_busy",
};

/** Opens one camera at a time and keeps its stream. */
export class Camera {
  #stream: MediaStream | null = null;
  #facing: Facing = "user";
  #opening = 0;
  /** Called with `camera_unplugged` when the picture ends by itself. */
  onEnded: ((error: KShotError) => void) | null = null;

  /** The stream while a camera is open; give it to a video element's `srcObject`. */
  get stream(): MediaStream | null {
    return this.#stream;
  }

  /** Which way the open camera looks, as far as it tells; webcams count as `user`. */
  get facing(): Facing {
    return this.#facing;
  }

  /** The id of the open camera. */
  get deviceId(): string | null {
    return this.#stream?.getVideoTracks()[0]?.getSettings().deviceId ?? null;
  }

  /**
   * Opens a camera and closes the one before. In the place of one that is gone it opens another. Throws `camera_insecure` where the page is not served
   * over https or from localhost, `camera_not_delegated` or `camera_forbidden` where a permissions policy
   * forbids it, `camera_denied`, `camera_missing`, `camera_busy` or `camera_failed`.
   */
  async open(choice: CameraChoice = { facing: "user" }): Promise<MediaStream> {
    if (!window.isSecureContext) {
      throw new KShotError("camera_insecure", "browsers give cameras only to https pages and to localhost");
    }
    if (navigator.mediaDevices?.getUserMedia === undefined) {
      throw new KShotError("camera_missing", "this browser has no camera access");
    }
    const refusal = refusedByPolicy();
    if (refusal !== null) throw refusal;
    const turn = ++this.#opening;
    // Many phones cannot open one camera while the other is.
    this.#release();
    const stream = await requestStream(choice).catch((error) => {
      if (!("deviceId" in choice) || error.code !== "camera_missing") throw error;
      return requestStream({ facing: this.#facing });
    });
    if (turn !== this.#opening) {
      for (const track of stream.getTracks()) track.stop();
      throw new KShotError("camera_failed", "another camera was asked for meanwhile");
    }
    this.#stream = stream;
    const track = stream.getVideoTracks()[0];
    const asked = "facing" in choice ? choice.facing : null;
    this.#facing =
      facingOf(track?.getSettings().facingMode) ?? facingByLabel(track?.label) ?? asked ?? "user";
    track?.addEventListener("ended", () => {
      if (this.#stream !== stream) return;
      this.stop();
      this.onEnded?.(new KShotError("camera_unplugged", "the camera's picture ended"));
    });
    return stream;
  }

  /** Opens the camera that looks the other way. */
  flip(): Promise<MediaStream> {
    return this.open({ facing: this.#facing === "user" ? "environment" : "user" });
  }

  /** Lets the camera go; its light goes out. */
  stop(): void {
    this.#opening++;
    this.#release();
  }

  #release(): void {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
  }
}

/** The cameras there are now. */
export async function listCameras(): Promise<CameraInfo[]> {
  if (navigator.mediaDevices?.enumerateDevices === undefined) return [];
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter(({ kind }) => kind === "videoinput")
    .map(({ deviceId, label }) => ({ id: deviceId, label }));
}

/** Calls back when a camera is plugged in or out; gives the way to stop listening. */
export function watchCameras(onChange: () => void): () => void {
  navigator.mediaDevices?.addEventListener("devicechange", onChange);
  return () => navigator.mediaDevices?.removeEventListener("devicechange", onChange);
}

/** Whether the user already allowed the camera, as far as the browser tells. */
export async function cameraAllowed(): Promise<boolean> {
  try {
    const status = await navigator.permissions.query({ name: "camera" });
    return status.state === "granted";
  } catch {
    return false; // Not every browser knows the name; then we ask by a button as if it were new.
  }
}

async function requestStream(choice: CameraChoice): Promise<MediaStream> {
  const which: MediaTrackConstraints =
    "deviceId" in choice
      ? { deviceId: { exact: choice.deviceId } }
      : { facingMode: { ideal: choice.facing } };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: { ...SIZE, ...which } });
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    // A browser that does not tell its policies says no at once, without asking, in a frame of another origin.
    if (name === "NotAllowedError" && policies() === null && inForeignFrame())
      throw new KShotError("camera_not_delegated", messageOf(error), { cause: error });
    throw new KShotError(CODES[name] ?? "camera_failed", messageOf(error), { cause: error });
  }
}

/** The policies of the document, where the browser tells them; none but Chromium does yet. */
function policies(): { allowsFeature(name: string): boolean } | null {
  const { permissionsPolicy, featurePolicy } = document as Document & {
    permissionsPolicy?: { allowsFeature(name: string): boolean };
    featurePolicy?: { allowsFeature(name: string): boolean };
  };
  return permissionsPolicy ?? featurePolicy ?? null;
}

/** Whether a permissions policy forbids the camera, so that nobody would even be asked. */
function refusedByPolicy(): KShotError | null {
  if (policies()?.allowsFeature("camera") !== false) return null;
  return window.top === window
    ? new KShotError("camera_forbidden", "the page's Permissions-Policy header forbids the camera")
    : new KShotError(
        "camera_not_delegated",
        'the iframe has no allow="camera", or a page around it forbids it',
      );
}

/** Whether this page is in a frame of a page from elsewhere. */
function inForeignFrame(): boolean {
  try {
    return window.top?.location.origin !== location.origin;
  } catch {
    return true; // The other page may not even be looked at.
  }
}

function facingOf(mode: string | undefined): Facing | null {
  return mode === "user" || mode === "environment" ? mode : null;
}

function facingByLabel(label: string | undefined): Facing | null {
  return label !== undefined && /\b(back|rear|environment)\b/i.test(label) ? "environment" : null;
}
