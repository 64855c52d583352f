/** Sends files to the server with progress. The first makes a set, the others join it. */
import { ApiError, apiUrl, getCsrf } from "./client";

export interface UploadFile {
  /** Relative path, for example "photos/cat.jpg". */
  name: string;
  file: Blob;
}

export interface UploadProgress {
  files: number;
  ofFiles: number;
  bytes: number;
  ofBytes: number;
}

interface Uploaded {
  upload: string;
  name: string;
  bytes: number;
}

/** Uploads one after another; resolves to the id of the set. Throws ApiError; an aborted signal ends it with "Stopped". */
export async function uploadFiles(
  project: number,
  files: readonly UploadFile[],
  onProgress: (progress: UploadProgress) => void,
  signal: AbortSignal,
): Promise<string> {
  const ofBytes = files.reduce((sum, { file }) => sum + file.size, 0);
  let upload: string | undefined;
  let before = 0;
  for (const [at, { name, file }] of files.entries()) {
    const url = apiUrl(`/projects/${project}/uploads`, { name, upload });
    const report = (sent: number) =>
      onProgress({ files: at, ofFiles: files.length, bytes: Math.min(ofBytes, before + sent), ofBytes });
    upload = (await send(url, file, report, signal)).upload;
    before += file.size;
  }
  if (upload === undefined) throw new ApiError(0, "Nothing", "There is no file to upload. Choose at least one.");
  return upload;
}

/** XMLHttpRequest, because fetch does not tell how much was sent. */
function send(url: string, file: Blob, report: (sent: number) => void, signal: AbortSignal): Promise<Uploaded> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-CSRF-Token", getCsrf() ?? "");
    request.upload.onprogress = (event) => report(event.loaded);
    request.onerror = () => reject(new ApiError(0, "Offline", "The connection was lost during the upload. Try again."));
    request.onabort = () => reject(new ApiError(0, "Stopped", "The upload was stopped."));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as Uploaded);
      else reject(refusal(request));
    };
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}

function refusal(request: XMLHttpRequest): ApiError {
  try {
    const { error } = JSON.parse(request.responseText) as { error: { code: string; message: string } };
    return new ApiError(request.status, error.code, error.message);
  } catch {
    return new ApiError(request.status, "Unexpected", `The server answered ${request.status} to the upload.`);
  }
}
