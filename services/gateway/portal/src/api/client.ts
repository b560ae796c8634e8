/** The typed client: one place that knows addresses, the session's token and the organisation acted for. */
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "@/api/schema.gen";
import { Problem, problemOf } from "@/api/problem";

export type Schemas = components["schemas"];

/** What every request of this tab says of itself; set by the session, read by the client. */
const standing: { csrfToken: string; organisation: string; language: string } = {
  csrfToken: "",
  organisation: "",
  language: "en",
};

export function speakFor(change: Partial<typeof standing>): void {
  Object.assign(standing, change);
}

const asOurs: Middleware = {
  onRequest({ request }) {
    if (request.method !== "GET" && standing.csrfToken) request.headers.set("X-CSRF-Token", standing.csrfToken);
    // Each tab keeps its organisation, whatever another tab of the same session has switched to.
    if (standing.organisation && !request.headers.has("Counterpart-Organisation"))
      request.headers.set("Counterpart-Organisation", standing.organisation);
    request.headers.set("Accept-Language", standing.language);
    return request;
  },
};

export const api = createClient<paths>({
  baseUrl: "/api/v1",
  credentials: "same-origin",
  // An array in a query is the same name several times.
  querySerializer: { array: { style: "form", explode: true } },
});
api.use(asOurs);

/** The data of an answer, or a Problem thrown: `must(api.GET("/orders", …))`. */
export async function must<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let answer;
  try {
    answer = await asked;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw Problem.unreachable(cause);
  }
  if (!answer.response.ok) throw problemOf(answer.response, answer.error);
  return answer.data as T;
}

/** The ETag of a document as it was read. */
export function etag(document: { sequence: number }): string {
  return `"${document.sequence}"`;
}

/** Address of a file of the API, for a link that downloads it. */
export function fileAddress(path: string, query: Record<string, string | readonly string[] | undefined> = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of typeof value === "string" ? [value] : (value ?? [])) parameters.append(name, one);
  if (standing.organisation) parameters.set("organisation", standing.organisation);
  return `/api/v1${path}?${parameters.toString()}`;
}

/** Sends a file's bytes to `path`; openapi-fetch would make JSON of them. */
export async function upload<T>(
  path: string,
  file: File,
  key: string,
  told: (part: number) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    // fetch cannot tell how far an upload has come.
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1${path}`);
    request.setRequestHeader("X-CSRF-Token", standing.csrfToken);
    request.setRequestHeader("Idempotency-Key", key);
    request.setRequestHeader("Accept-Language", standing.language);
    if (standing.organisation) request.setRequestHeader("Counterpart-Organisation", standing.organisation);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = (event) => told(event.lengthComputable ? event.loaded / event.total : 0);
    request.onerror = () => reject(Problem.unreachable(undefined));
    request.onload = () => {
      let body: unknown;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        body = undefined;
      }
      if (request.status < 300) resolve(body as T);
      else reject(problemOf({ status: request.status, headers: new Headers() }, body));
    };
    request.send(file);
  });
}

/** Sends a file's bytes and takes a file back, to be saved under `name`. */
export async function exchange(path: string, file: File, name: string): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method: "POST",
      credentials: "same-origin",
      headers: {
        "X-CSRF-Token": standing.csrfToken,
        "Accept-Language": standing.language,
        "Content-Type": "application/octet-stream",
        ...(standing.organisation ? { "Counterpart-Organisation": standing.organisation } : {}),
      },
      body: file,
    });
  } catch (cause) {
    throw Problem.unreachable(cause);
  }
  if (!answer.ok) throw problemOf(answer, await answer.json().catch(() => undefined));
  saveAs(await answer.blob(), name);
}

/** Hands the browser something to save. */
export function saveAs(made: Blob, name: string): void {
  const address = URL.createObjectURL(made);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Not before the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
