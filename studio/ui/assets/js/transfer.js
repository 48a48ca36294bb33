// One file's way to the server, piece by piece (tus.io): a line that was cut, or a server that was restarted, costs
// what was in the air. The library is loaded when the first file is dropped.
import { ask, base, language } from "./server.js";

const PIECE = 1_000_000; // bytes; as proxies cap what one request may bring, most of them at 1 MiB
const [LEAST, MOST] = [200_000, 8_000_000];
const QUICK = 2000; // milliseconds; a piece that is through sooner may be followed by a larger one
const SILENT = 60_000; // milliseconds without a byte, after which a line counts as cut
const DELAYS = [0, 1000, 2000, ...Array(600).fill(3000)]; // half an hour of a server that does not answer
const HEADERS = { "X-Studio": "page", "Accept-Language": language };

const endpoint = (kind) => new URL(`uploads/${kind}`, base).href;

let library;
function client() {
  library ??= import("./vendor/tus.min.js").then(() => window.tus);
  return library;
}

// Send a file, and have it kept. `told` has: progress(done, all), cut() while nobody answers, sent() once it is there.
// Returns { done, cancel }: done gives { kept, notice }, or throws { notice } or { status }.
export function transfer(file, kind, told) {
  let upload;
  let stop;
  const stopped = new Promise((_, reject) => { stop = () => reject({ cancelled: true }); });
  stopped.catch(() => {});
  let began = 0;
  let heard = Infinity;
  const watch = setInterval(() => {
    if (Date.now() - heard < SILENT) return;
    heard = Date.now();
    told.cut();
    upload.abort().then(() => upload.start());
  }, 1000);
  const done = (async () => {
    const tus = await client();
    const sent = new Promise((resolve, reject) => {
      upload = new tus.Upload(file, {
        endpoint: endpoint(kind),
        chunkSize: PIECE,
        headers: HEADERS,
        metadata: { filename: file.name },
        retryDelays: DELAYS,
        removeFingerprintOnSuccess: false, // once it is kept
        onShouldRetry: (error) => {
          const again = goesOn(error, upload);
          if (again) told.cut();
          return again;
        },
        onBeforeRequest: () => { began = heard = Date.now(); },
        onAfterResponse: unsettled,
        onProgress: (there, all) => { heard = Date.now(); told.progress(there, all); },
        onChunkComplete: () => {
          const { options } = upload;
          if (!options.capped && Date.now() - began < QUICK) options.chunkSize = Math.min(MOST, options.chunkSize * 2);
        },
        onSuccess: resolve,
        onError: (error) => reject(reason(error)),
      });
    });
    const [before] = (await upload.findPreviousUploads()).sort((a, b) => new Date(b.creationTime) - new Date(a.creationTime));
    if (before) upload.resumeFromPreviousUpload(before);
    await Promise.race([stopped, null]);
    upload.start();
    await Promise.race([stopped, sent]).finally(() => clearInterval(watch));
    told.sent();
    try {
      return await kept(upload.url);
    } finally {
      await forget(tus, upload.url);
    }
  })();
  const cancel = async () => {
    stop();
    await upload?.abort(true).catch(() => {}); // a server that does not answer removes it in a day
  };
  return { done, cancel };
}

// A proxy that says it is not there says nothing of how far the upload is: the library would begin anew.
function unsettled(request, answer) {
  if (request.getMethod() === "HEAD" && answer.getStatus() >= 500) throw new Error("no answer yet");
}

// Whether to try again. A piece that nobody let through is cut smaller: by 413, or by a line that breaks every time.
function goesOn(error, upload) {
  const status = error.originalResponse?.getStatus() ?? 0;
  const { options } = upload;
  if (status === 413 || (status === 0 && error.originalRequest.getMethod() === "PATCH")) {
    const smaller = Math.round(options.chunkSize / 2);
    options.capped = true;
    if (smaller >= LEAST) options.chunkSize = smaller;
    if (status === 413) return smaller >= LEAST;
  }
  return status < 400 || status === 409 || status === 423 || (status >= 500 && status !== 507);
}

function reason(error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  try {
    const { notice } = JSON.parse(error.originalResponse.getBody());
    if (notice) return { notice, status };
  } catch { /* not ours: a proxy's page */ }
  return { status };
}

// Have it kept; asked again where the line breaks.
async function kept(url) {
  for (const delay of DELAYS) {
    await new Promise((resolve) => { setTimeout(resolve, delay); });
    const answer = await ask(`${url}/keep`, { method: "POST", headers: HEADERS }).catch(() => null);
    if (!answer || answer.status >= 500) continue;
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return said;
    throw { ...said, status: answer.status };
  }
  throw { status: 0 };
}

async function forget(tus, url) {
  const { urlStorage } = tus.defaultOptions;
  for (const item of await urlStorage.findAllUploads()) {
    if (item.uploadUrl === url) await urlStorage.removeUpload(item.urlStorageKey);
  }
}

// Uploads to a form that were cut off in this browser and that the server still has: { name, share, drop }.
export async function unfinished(kind) {
  if (!Object.keys(localStorage).some((key) => key.startsWith("tus::"))) return [];
  const { urlStorage } = (await client()).defaultOptions;
  const found = [];
  for (const item of await urlStorage.findAllUploads()) {
    if (!item.uploadUrl?.startsWith(`${endpoint(kind)}/`)) continue;
    const remove = () => urlStorage.removeUpload(item.urlStorageKey);
    const answer = await ask(item.uploadUrl, { method: "HEAD", headers: HEADERS }).catch(() => null);
    if (answer?.status === 404) await remove();
    if (!answer?.ok) continue;
    const share = Number(answer.headers.get("Upload-Offset")) / Number(answer.headers.get("Upload-Length"));
    if (share < 0.01) continue; // nothing that is worth a word
    found.push({
      name: item.metadata.filename,
      share,
      drop: async () => {
        await remove();
        await ask(item.uploadUrl, { method: "DELETE", headers: HEADERS });
      },
    });
  }
  return found;
}
